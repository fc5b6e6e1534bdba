#!/bin/bash
# vfward-hook: a domain's whole life on a recorded machine: claims at each step, and a clean VF at the end.
. "$(dirname "$0")/lib.sh"
need jq
root=$work/root
pf="pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=3"
machine "$root" <<EOF
$pf
vf 0000:01:10.0 vlan=7 spoofchk=off
EOF
mac=52:54:00:00:00:01
domain web1 1 "$(vf 01:10.0 $mac)" "$(nic 52:54:00:00:00:02)" >"$work/web1.xml"
attributes "$root" 0000:01:10.0 >"$work/before"
check "the VF has a preset" grep -q 'vlan=7 .*spoofchk=false' "$work/before"

# claimed TEXT LINE...: these VF claims, and no others.
claimed() {
	local text=$1
	shift
	claims "$root" >"$work/claims"
	printf '%s\n' "$@" | sed '/^$/d' >"$work/wanted"
	same "$text" "$work/wanted" "$work/claims"
}
# starting: libvirt has bound the VF and set its MAC; there is no QEMU and no status file yet.
starting() {
	change "$root" <<EOF
$pf
vf 0000:01:10.0 driver=vfio-pci mac=$mac
EOF
}
# running: as libvirt leaves the machine when the guest runs. Words go behind the VF's.
running() {
	change "$root" <<EOF
$pf
vf 0000:01:10.0 driver=vfio-pci mac=$mac $*
process 4711 guest=web1 vfio=0000:01:10.0
status web1 - pid=4711 $work/web1.xml
EOF
}
# ended: the guest is gone; libvirt has put back a MAC of its own choice, and left the rest.
ended() {
	change "$root" <<EOF
$pf
vf 0000:01:10.0 $*
EOF
}

claimed "nothing is claimed before" ""
hook "$root" web1 prepare begin - <"$work/web1.xml"
allowed prepare
check "nothing to say" test ! -s "$work/err"
claimed "prepared" "0000:01:10.0 web1 prepared"
check "the registry is root's alone" test "$(stat -c %a "$root/run/vfward")" = 700 -a \
	"$(stat -c %a "$root/run/vfward/registry.db")" = 600
starting
hook "$root" web1 start begin - <"$work/web1.xml"
allowed start
claimed "still prepared" "0000:01:10.0 web1 prepared"
running
hook "$root" web1 started begin - <"$work/web1.xml"
allowed started
claimed "running" "0000:01:10.0 web1 running"
run "$VFWARD" --root "$root" list
says "the list names the domain" '0000:01:10\.0 .* domain web1 \(running\)$'

# While it runs: the admin turns on trust; other domains want the same VF, or the same MAC.
running trust=on
attributes "$root" 0000:01:10.0 >"$work/running"
domain other 2 "$(vf 01:10.0 52:54:00:00:00:09)" >"$work/other.xml"
hook "$root" other prepare begin - <"$work/other.xml"
refused "the same VF" vf-claimed web1
says "libvirt's user sees who was refused" 'refuses domain other at prepare' "$work/err"
# libvirt goes on like this after a refusal.
hook "$root" other stopped end - <"$work/other.xml"
allowed "stopped of the refused one"
hook "$root" other release end failed <"$work/other.xml"
allowed "release of the refused one"
claimed "the owner keeps its VF" "0000:01:10.0 web1 running"
attributes "$root" 0000:01:10.0 >"$work/still"
same "the owner's VF is untouched" "$work/running" "$work/still"
domain samemac 3 "$(vf 01:10.1 $mac)" >"$work/samemac.xml"
hook "$root" samemac prepare begin - <"$work/samemac.xml"
refused "the same MAC on another VF" mac-claimed web1
domain virtio 4 "$(nic 52:54:00:00:00:05)" "$(vf 01:10.1 52:54:00:00:00:02)" >"$work/virtio.xml"
hook "$root" virtio prepare begin - <"$work/virtio.xml"
refused "the MAC of a running domain's virtio NIC" mac-claimed web1
claimed "a refused domain has no claims" "0000:01:10.0 web1 running"

# The daemon is restarted; the registry is lost: the same claims again.
hook "$root" web1 reconnect begin - <"$work/web1.xml"
allowed reconnect
claimed "reconnect" "0000:01:10.0 web1 running"
rm -r "$root/run/vfward"
hook "$root" other prepare begin - <"$work/other.xml"
refused "a lost registry is rebuilt first" vf-claimed web1
says "and that is said" '^WARN registry-rebuilt: ' "$work/err"
claimed "rebuilt" "0000:01:10.0 web1 running"
rm -r "$root/run/vfward"
machine "$work/fresh" <<EOF
$pf
vf 0000:01:10.0 vlan=7 spoofchk=off
EOF
change "$root" <<EOF
$pf
vf 0000:01:10.0 vlan=7 spoofchk=off
EOF
hook "$root" web1 prepare begin - <"$work/web1.xml"
running trust=on vlan=9

# The end.
hook "$root" web1 started begin - <"$work/web1.xml"
hook "$root" web1 stopped end - <"$work/web1.xml"
allowed stopped
claimed "stopping" "0000:01:10.0 web1 stopping"
ended mac=52:54:00:77:77:77 trust=on qos=2 spoofchk=on rate=100
hook "$root" web1 release end destroyed <"$work/web1.xml"
allowed release
claimed "released" ""
attributes "$root" 0000:01:10.0 >"$work/after"
same "the VF is as before" "$work/before" "$work/after"
run "$VFWARD" --root "$root" list
says "the list says free" '0000:01:10\.0 .* free$'
hook "$root" web1 release end destroyed <"$work/web1.xml"
allowed "release again"
hook "$root" other prepare begin - <"$work/other.xml"
allowed "the next domain gets the VF"
claimed "the next domain" "0000:01:10.0 other prepared"
hook "$root" other release end failed <"$work/other.xml"
claimed "and lets go of it" ""

# A plain <hostdev> keeps the MAC that the admin gave the VF.
ended mac=52:54:00:12:34:56 vlan=5
attributes "$root" 0000:01:10.0 >"$work/before"
domain plain 5 "$(hostdev 01:10.0)" >"$work/plain.xml"
hook "$root" plain prepare begin - <"$work/plain.xml"
allowed "a plain hostdev"
claimed "a plain hostdev" "0000:01:10.0 plain prepared"
ended mac=52:54:00:12:34:56 vlan=5 trust=on
hook "$root" plain release end shutdown <"$work/plain.xml"
attributes "$root" 0000:01:10.0 >"$work/after"
same "a plain hostdev keeps the preset" "$work/before" "$work/after"

# A VF that does not come clean is quarantined; its own domain may have it back.
ended
hook "$root" web1 prepare begin - <"$work/web1.xml"
ended "mac=$mac"
printf 'eth0/0 mac EIO always\n' >"$root/vfward-record/faults"
hook "$root" web1 release end crashed <"$work/web1.xml"
allowed "release of a VF that stays dirty"
says "release says what stays" '^FAIL residue: .*0000:01:10\.0' "$work/err"
claimed "quarantined" "0000:01:10.0 web1 quarantined"
run "$VFWARD" --root "$root" list
says "the list says so" '0000:01:10\.0 .* quarantined: .*web1$'
mkdir -p "$root/etc/vfward"
printf '[hook]\ndeadline = 2\n' >"$root/etc/vfward/vfward.conf"
hook "$root" other prepare begin - <"$work/other.xml"
refused "a quarantined VF" residue 0000:01:10.0
says "a quarantined VF: whose" '^WARN vf-quarantined: .*web1' "$work/err"
run "$VFWARD" --root "$root" reset 0000:01:10.0
status "reset does not help yet" 1
rm "$root/vfward-record/faults"
run "$VFWARD" --root "$root" reset 0000:01:10.0
status "reset helps" 0
claimed "no longer quarantined" ""
attributes "$root" 0000:01:10.0 >"$work/after"
check "no MAC is left" grep -q 'mac=00:00:00:00:00:00' "$work/after"
finish
