#!/bin/bash
# vfward-hook at prepare: each thing that stands in the way has its own finding, names the blocker and has a remedy; what
# does not stand in the way does not. After every refusal the machine is as before.
. "$(dirname "$0")/lib.sh"
need jq
root=$work/root
free=52:54:00:00:00:01

# on SPEC-LINES...: a new machine: two igb PFs, and these lines.
on() {
	machine "$root" <<EOF
pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=3 total=7
pf 0000:03:00.0 eth1 igb mac=52:54:00:aa:00:03 vfs=2 total=2
netdev eth9 mac=52:54:00:aa:00:09
netdev br0 kind=bridge mac=52:54:00:aa:00:0b
$(printf '%s\n' "$@")
EOF
	mkdir -p "$root/etc/vfward"
	printf '[hook]\ndeadline = 1\n' >"$root/etc/vfward/vfward.conf"
}
# no ID WHO DEVICE...: prepare says no for this one reason, and leaves nothing behind.
no() {
	local id=$1 who=$2
	shift 2
	domain guest 1 "$@" >"$work/guest.xml"
	cksum "$root/vfward-record/links.nl" >"$work/links.before"
	hook "$root" guest prepare begin - <"$work/guest.xml"
	refused "prepare" "$id" "$who"
	check "$id is the only one" test "$(grep -c '^FAIL' "$work/err")" -eq 1
	hook "$root" guest stopped end - <"$work/guest.xml"
	hook "$root" guest release end failed <"$work/guest.xml"
	cksum "$root/vfward-record/links.nl" >"$work/links.after"
	same "no VF was touched after $id" "$work/links.before" "$work/links.after"
	claims "$root" >"$work/claims"
	check "no claim after $id" test ! -s "$work/claims"
	run "$VFWARD" --root "$root" check-domain "$work/guest.xml"
	status "check-domain says the same as the hook" 1
	says "check-domain says $id, too" "^FAIL $id: "
}
# yes TEXT DEVICE...: both say that the domain may start.
yes() {
	local text=$1
	shift
	domain guest 1 "$@" >"$work/guest.xml"
	run "$VFWARD" --root "$root" check-domain "$work/guest.xml"
	status "check-domain: $text" 0
	hook "$root" guest prepare begin - <"$work/guest.xml"
	allowed "$text"
}
# warned TEXT ID
warned() { says "$1" "^WARN $2: " "$work/err"; }

# The VF.
on
no vf-missing 0000:07:00.0 "$(vf 07:00.0 $free)"
says "a remedy" '^  remedy: '
yes "nothing says that a missing hostdev would be a VF" "$(hostdev 07:00.0)"
no numvfs-zero '' "$(vf 01:10.4 $free)"
no address-is-pf 0000:01:00.0 "$(vf 01:00.0 $free)"
no vf-twice 0000:01:10.0 "$(vf 01:10.0 $free)" "$(hostdev 01:10.0)"
no address-invalid '' "<interface type='hostdev'><mac address='$free'/><source><address type='pci' domain='0' bus='0x100' slot='0' function='0'/></source></interface>"
on 'pci 0000:04:00.0 class=0x030000'
no address-not-vf 0000:04:00.0 "$(vf 04:00.0 $free)"
on 'vf 0000:01:10.0 driver=vfio-pci' 'process 4711 guest=web9 vfio=0000:01:10.0'
no vf-in-use '4711.*web9' "$(vf 01:10.0 $free)"
no vf-in-use '4711.*web9' "$(hostdev 01:10.0)"
yes "the VF beside it" "$(vf 01:10.1 $free)"
on 'vf 0000:01:10.0 netns=other'
no vf-other-netns 0000:01:10.0 "$(vf 01:10.0 $free)"
on 'master eth0v0 br0'
no vf-upper-device br0 "$(vf 01:10.0 $free)"
no vf-upper-device br0 "$(macvtap eth0v0 $free)"
on 'addr eth0v0 192.0.2.1/24'
no vf-permanent-address '192\.0\.2\.1/24' "$(vf 01:10.0 $free)"
on 'addr eth0v0 192.0.2.1/24 dynamic'
yes "a dynamic address" "$(vf 01:10.0 $free)"
warned "a dynamic address" vf-dynamic-address
on 'addr eth0v0 fe80::1/64'
yes "a link-local address" "$(vf 01:10.0 $free)"
check "a link-local address: nothing to say" test ! -s "$work/err"
on 'route default dev eth0v0'
no vf-default-route '' "$(vf 01:10.0 $free)"
on
mkdir -p "$root/var/lib/cni/sriov/pci" "$root/run/netns"
echo /run/netns/pod7 >"$root/var/lib/cni/sriov/pci/0000:01:10.0"
yes "a network namespace that is gone" "$(vf 01:10.0 $free)"
on
mkdir -p "$root/var/lib/cni/sriov/pci" "$root/run/netns"
echo /run/netns/pod7 >"$root/var/lib/cni/sriov/pci/0000:01:10.0"
: >"$root/run/netns/pod7"
no vf-cni-allocated pod7 "$(vf 01:10.0 $free)"
on
no vf-not-on-vfio 0000:01:10.0 "$(vf 01:10.0 $free no)"
no vf-not-on-vfio 0000:01:10.0 "$(hostdev 01:10.0 no)"
on 'vf 0000:01:10.0 driver=vfio-pci'
yes "managed='no', bound before" "$(vf 01:10.0 $free no)"
on
no vf-no-netdev eth7 "$(macvtap eth7 $free)"
yes "macvtap passthrough" "$(macvtap eth0v0 $free)"
on 'vf 0000:01:10.0 group=40' 'vf 0000:01:10.1 group=40'
no group-not-viable 0000:01:10.1 "$(vf 01:10.0 $free)"
on 'vf 0000:01:10.0 hole=yes'
no vf-list-broken '' "$(vf 01:10.0 $free)"

# The PF.
machine "$root" <<'EOF'
pf 0000:01:00.0 eth0 igb down vfs=2
EOF
no pf-down eth0 "$(vf 01:10.0 $free)"
yes "a PF that is down, for a plain hostdev" "$(hostdev 01:10.0)"
warned "a PF that is down, for a plain hostdev" pf-down
on 'vf 0000:01:10.0 driver=vfio-pci' 'process 4711 guest=web9 vfio=0000:01:10.0'
no pf-in-use 0000:01:10.0 "$(hostdev 01:00.0)"
yes "a PF whose VFs nobody uses" "$(hostdev 03:00.0)"

# The MAC.
on
no mac-invalid '53:54:00:00:00:01' "$(vf 01:10.0 53:54:00:00:00:01)"
no mac-invalid '' "$(vf 01:10.0 nonsense)"
no mac-on-pf eth0 "$(vf 01:10.0 52:54:00:aa:00:00)"
no mac-on-pf eth1 "$(vf 01:10.0 52:54:00:aa:00:03)"
no mac-on-host eth9 "$(vf 01:10.0 52:54:00:aa:00:09)"
on 'vf 0000:03:10.1 mac=52:54:00:00:00:07' 'vf 0000:01:10.0 mac=52:54:00:00:00:08'
no mac-on-vf 0000:03:10.1 "$(vf 01:10.0 52:54:00:00:00:07)"
says "the remedy" 'remedy: .*vfward reset 0000:03:10\.1'
yes "the VF's own MAC" "$(vf 01:10.0 52:54:00:00:00:08)"
on
no mac-same-domain "$free" "$(vf 01:10.0 $free)" "$(vf 01:10.1 $free)"
yes "one MAC, and a virtio NIC elsewhere" "$(vf 01:10.0 $free)" "$(nic $free)"
warned "one MAC, and a virtio NIC elsewhere" mac-same-domain
on
printf '[mac]\nsame-domain = refuse\n' >"$root/etc/vfward/vfward.conf"
no mac-same-domain "$free" "$(vf 01:10.0 $free)" "$(nic $free)"
on
team="<interface type='bridge'><mac address='$free'/><source bridge='br0'/><teaming type='persistent'/><alias name='ua-t'/></interface>"
yes "a teaming pair" "$team" "$(vf 01:10.0 $free | sed "s#</interface>#<teaming type='transient' persistent='ua-t'/></interface>#")"
check "a teaming pair: nothing to say" test ! -s "$work/err"

# A MAC that a past claim explains is taken off the idle VF.
on
domain past 8 "$(vf 03:10.0 52:54:00:00:00:77)" >"$work/past.xml"
hook "$root" past prepare begin - <"$work/past.xml"
hook "$root" past release end failed <"$work/past.xml"
change "$root" <<'EOF'
pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=3 total=7
pf 0000:03:00.0 eth1 igb mac=52:54:00:aa:00:03 vfs=2 total=2
vf 0000:03:10.0 mac=52:54:00:00:00:77
EOF
yes "residue of a past claim" "$(vf 01:10.0 52:54:00:00:00:77)"
warned "residue of a past claim" mac-residue
attributes "$root" 0000:03:10.0 >"$work/attributes"
check "it was cleared" grep -q 'mac=00:00:00:00:00:00' "$work/attributes"

# All that stands in the way is said at once.
on 'addr eth0v0 192.0.2.1/24' 'master eth0v0 br0'
domain guest 1 "$(vf 01:10.0 52:54:00:aa:00:00)" "$(vf 07:00.0 $free)" >"$work/guest.xml"
hook "$root" guest prepare begin - <"$work/guest.xml"
for id in vf-permanent-address vf-upper-device mac-on-pf vf-missing; do
	refused "all at once" "$id"
done
finish
