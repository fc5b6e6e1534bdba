#!/bin/bash
# vfward reset: a VF that nobody uses comes clean; whoever has it is named and keeps it.
. "$(dirname "$0")/lib.sh"
need jq
root=$work/root
machine "$root" <<'EOF'
pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=7
vf 0000:01:10.0 mac=52:54:00:00:00:01 vlan=5 qos=1 trust=on spoofchk=off rate=10
vf 0000:01:10.1 driver=vfio-pci mac=52:54:00:00:00:02
vf 0000:01:10.2 netns=other mac=52:54:00:00:00:03
vf 0000:01:10.3 mac=52:54:00:00:00:04
vf 0000:01:10.4 mac=52:54:00:00:00:05
vf 0000:01:10.5 mac=52:54:00:00:00:06
vf 0000:01:10.6 driver=vfio-pci mac=52:54:00:00:00:07
pci 0000:04:00.0 class=0x020000 driver=e1000
netdev br0 kind=bridge
master eth0v3 br0
addr eth0v4 192.0.2.4/24
route default dev eth0v5
process 4711 guest=web9 vfio=0000:01:10.1
EOF
reset() { run "$VFWARD" --root "$root" reset "$@"; }

reset 0000:01:10.0
status "an idle VF" 0
says "an idle VF" '^PASS vf-released: '
attributes "$root" 0000:01:10.0 >"$work/got"
echo "mac=00:00:00:00:00:00 vlan=0 qos=0 spoofchk=true trust=false rate=0-0" >"$work/wanted"
same "it has igb's defaults" "$work/wanted" "$work/got"
reset 01:10.0
status "again, and the short spelling" 0
check "no claim is left" test -z "$(claims "$root")"
reset 0000:01:10.6
status "idle on vfio" 0
reset -q 0000:01:10.6
status "quiet" 0
check "-q says nothing of what is good" test ! -s "$work/out"

# keeps ADDRESS ID WHO
keeps() {
	attributes "$root" "$1" >"$work/wanted"
	reset "$1"
	status "$1: $2" 1
	says "$1: $2" "^FAIL $2: .*$3"
	attributes "$root" "$1" >"$work/got"
	same "$1 is as before" "$work/wanted" "$work/got"
}
keeps 0000:01:10.1 vf-in-use '4711.*web9'
keeps 0000:01:10.2 vf-other-netns ''
keeps 0000:01:10.3 vf-upper-device br0
keeps 0000:01:10.4 vf-permanent-address '192\.0\.2\.4/24'
keeps 0000:01:10.5 vf-default-route ''
keeps 0000:01:00.0 address-is-pf ''
keeps 0000:04:00.0 address-not-vf ''
keeps 0000:07:00.0 vf-missing ''
mkdir -p "$root/var/lib/cni/sriov/pci" "$root/run/netns"
echo /run/netns/pod7 >"$root/var/lib/cni/sriov/pci/0000:01:10.6"
: >"$root/run/netns/pod7"
keeps 0000:01:10.6 vf-cni-allocated pod7

# A living claim.
domain web1 1 "$(vf 01:10.0 52:54:00:00:00:01)" >"$work/web1.xml"
hook "$root" web1 prepare begin - <"$work/web1.xml"
allowed prepare
keeps 0000:01:10.0 vf-claimed web1
check "the claim stays" test "$(claims "$root")" = "0000:01:10.0 web1 prepared"

# A stale one: running, but neither libvirt nor vfio knows of it.
hook "$root" web1 started begin - <"$work/web1.xml"
run "$VFWARD" --root "$root" list
says "the list says that its domain is gone" '0000:01:10\.0 .* gone: domain web1 \(running\)$'
reset 0000:01:10.0
status "a stale claim" 0
check "the stale claim is gone" test -z "$(claims "$root")"

# A lost registry does not make a running domain's VF free.
change "$root" <<EOF
pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=7
vf 0000:01:10.0 mac=52:54:00:00:00:01 driver=vfio-pci
status web1 - pid=4711 $work/web1.xml
EOF
rm -r "$root/run/vfward"
keeps 0000:01:10.0 vf-claimed web1

reset --json 0000:01:10.0
json "JSON" '.schema == 1 and .findings[-1].id == "vf-claimed"'
finish
