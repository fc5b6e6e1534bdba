#!/bin/bash
# vfward-hook with a registry that turns out to be damaged: set aside, rebuilt from the running domains, and on.
. "$(dirname "$0")/lib.sh"
need jq
root=$work/root
domain web1 1 "$(vf 01:10.0 52:54:00:00:00:01)" >"$work/web1.xml"
domain other 2 "$(vf 01:10.1 52:54:00:00:00:02)" >"$work/other.xml"
domain thief 3 "$(vf 01:10.0 52:54:00:00:00:03)" >"$work/thief.xml"
machine "$root" <<EOF
pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=3
vf 0000:01:10.0 driver=vfio-pci mac=52:54:00:00:00:01
process 4711 guest=web1 vfio=0000:01:10.0
status web1 - pid=4711 $work/web1.xml
EOF
registry=$root/run/vfward/registry.db

# damage: the pages behind the first two, so that opening it finds nothing.
damage() {
	check "there is something to damage" test "$(stat -c %s "$registry")" -gt 12288
	dd if=/dev/urandom of="$registry" bs=4096 seek=2 count=4 conv=notrunc 2>/dev/null
}
# found TEXT N: what every run with a damaged registry has to leave.
found() {
	says "$1: it is said" '^WARN registry-rebuilt: ' "$work/err"
	check "$1: the bad file is kept" test -e "$registry.corrupt-$2"
}

hook "$root" web1 reconnect begin - <"$work/web1.xml"
allowed reconnect
damage
hook "$root" thief prepare begin - <"$work/thief.xml"
refused "the VF of a running domain" vf-claimed web1
found "a refusal" 1
damage
hook "$root" other prepare begin - <"$work/other.xml"
allowed "a free VF"
found "a start" 2
damage
hook "$root" web1 release end destroyed <"$work/web1.xml"
allowed release
found "a release" 3
finish
