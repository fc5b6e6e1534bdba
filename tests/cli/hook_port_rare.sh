#!/bin/bash
# vfward-hook at ports, where it is not all plain: stopping domains, teaming pairs, labels, quarantine, odd names, on-error.
. "$(dirname "$0")/lib.sh"
need jq iconv
root=$work/root
spec="pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=4
pf 0000:02:00.0 eth1 igb mac=52:54:00:aa:00:10 vfs=2
netdev br0 kind=bridge"
pool=$(hostdev_forward eth0)
other=$(hostdev_forward eth1)
taps=$(macvtap_forward eth0v0 eth0v1)
nat="<forward mode='nat'/><bridge name='virbr0'/>"
mac1=52:54:00:00:00:01 mac2=52:54:00:00:00:02

networks() {
	live "$root" pool "$pool"
	live "$root" other "$other"
	live "$root" taps "$taps"
	live "$root" nat "$nat"
}
# again LINE...: the machine as it was first, but for these lines.
again() {
	change "$root" < <(printf '%s\n' "$spec" "$@")
	networks
}
# plug NETWORK FORWARD PORT-NUMBER DOMAIN DOMAIN-NUMBER MAC PLUG: port-created; the port's XML stays in $work/DOMAIN.port.
plug() {
	port "$@" >"$work/$4.port"
	hook "$root" "$1" port-created <"$work/$4.port"
}
configure() {
	mkdir -p "$root/etc/vfward"
	cat >"$root/etc/vfward/vfward.conf"
}
# forget: no claims, no configuration.
forget() {
	rm -rf "$root/run/vfward" "$root/etc/vfward"
	again "$@"
}
machine "$root" <<<"$spec"
networks

# --- a domain that is being stopped is waited for, but not for long: libvirt holds the network's lock ---
domain web1 1 "$(vf 01:10.1 $mac1)" >"$work/web1.xml"
hook "$root" web1 prepare <"$work/web1.xml"
hook "$root" web1 started <"$work/web1.xml"
hook "$root" web1 stopped end <"$work/web1.xml"
deadline 15
# timed TEXT ID < XML: refused after about a second.
timed() {
	local began=${EPOCHREALTIME/./}
	hook "$root" pool port-created
	took=$(((${EPOCHREALTIME/./} - began) / 1000))
	refused "$1" "$2" web1
	check "$1: waited ($took ms)" test "$took" -gt 700
	check "$1: not until the deadline ($took ms)" test "$took" -lt 3000
}
timed "a port on a VF that is being released" vf-stopping < <(port pool "$pool" 2 web2 2 $mac2 "$(plug_vf 01:10.1)")
timed "a port with a MAC that is being released" mac-stopping < <(port pool "$pool" 2 web2 2 $mac1 "$(plug_vf 01:10.2)")
check "nothing has changed" test "$(claims "$root")" = "0000:01:10.1 web1 stopping"
(sleep 0.3 && exec env -i LC_ALL=C VFWARD_ROOT="$root" "$VFWARD_HOOK" web1 release end - <"$work/web1.xml" >/dev/null 2>&1) &
plug pool "$pool" 2 web2 2 $mac1 "$(plug_vf 01:10.1)"
wait
allowed "the release comes while the port waits"
check "the VF is the port's" test "$(claims "$root")" = "0000:01:10.1 web2 prepared"
hook "$root" pool port-deleted <"$work/web2.port"
check "and free after it" test -z "$(claims "$root")"

# --- teaming: the VF half is plugged into a guest that runs ---
# team HALF NETDEV-LINE
team() {
	forget "$2"
	domain web1 1 "$1" >"$work/web1.xml"
	hook "$root" web1 prepare <"$work/web1.xml"
	allowed "prepare of the virtio half"
	hook "$root" web1 started <"$work/web1.xml"
	again "$2" "process 4711 guest=web1" "netdev macvtap0 kind=macvtap mac=$mac1" "status web1 - pid=4711 $work/web1.xml"
}
team "$(nic $mac1)" "netdev tap0 kind=tun mac=fe:54:00:00:00:01"
plug pool "$pool" 1 web1 1 $mac1 "$(plug_vf 01:10.1)"
allowed "the VF half beside a tap"
hook "$root" pool port-deleted <"$work/web1.port"
team "$(macvtap eth1 $mac1 | sed s/passthrough/bridge/)" ""
plug pool "$pool" 1 web1 1 $mac1 "$(plug_vf 01:10.1)"
allowed "the VF half beside a macvtap"
check "is claimed" test "$(claims "$root")" = "0000:01:10.1 web1 prepared"
plug pool "$pool" 2 web2 2 $mac1 "$(plug_vf 01:10.2)"
refused "the MAC of both for another domain" mac-claimed "domain web1"
hook "$root" pool port-deleted <"$work/web1.port"
check "the VF half is unplugged" test -z "$(claims "$root")"
plug pool "$pool" 2 web2 2 $mac1 "$(plug_vf 01:10.2)"
refused "the virtio half has kept the MAC" mac-claimed "domain web1"
forget "netdev macvtap0 kind=macvtap mac=$mac1"
plug pool "$pool" 1 web1 1 $mac1 "$(plug_vf 01:10.1)"
refused "the MAC of a macvtap that nobody has claimed" mac-on-host macvtap0

# --- a second VF with one's own MAC ---
forget
plug pool "$pool" 1 web1 1 $mac1 "$(plug_vf 01:10.1)"
again "vf 0000:01:10.1 mac=$mac1 driver=vfio-pci"
plug other "$other" 2 web1 1 $mac1 "$(plug_vf 02:10.0)"
allowed "on another PF"
says "that is worth a warning" "^WARN mac-same-domain" "$work/err"
hook "$root" other port-deleted <"$work/web1.port"
check "its VF is free, the first stays" test "$(claims "$root")" = "0000:01:10.1 web1 prepared"
plug other "$other" 3 web2 2 $mac1 "$(plug_vf 02:10.0)"
refused "the MAC stays, too" mac-claimed "domain web1"
configure <<<$'[mac]\nsame-domain = refuse'
plug other "$other" 2 web1 1 $mac1 "$(plug_vf 02:10.0)"
refused "on another PF, if that is refused" mac-same-domain $mac1
# Unplugged, and nobody told: what is left is taken off before the next VF gets the MAC.
forget
plug pool "$pool" 1 web1 1 $mac1 "$(plug_vf 01:10.1)"
hook "$root" web1 started <"$work/web1.xml"
domain web1 1 "$(nic $mac2)" >"$work/web1.xml"
again "vf 0000:01:10.1 mac=$mac1" "process 4711 guest=web1" "status web1 - pid=4711 $work/web1.xml"
plug pool "$pool" 2 web1 1 $mac1 "$(plug_vf 01:10.2)"
allowed "the MAC of a VF that was unplugged unseen"
check "the VF is the new one" test "$(claims "$root")" = "0000:01:10.2 web1 prepared"
check "the former one is clean" grep -q mac=00:00:00:00:00:00 <<<"$(attributes "$root" 0000:01:10.1)"

# --- labels: one MAC in two networks ---
forget
configure <<<$'[networks]\neth0 = blue\neth1 = red'
live "$root" taps "$taps"
plug pool "$pool" 1 web1 1 $mac1 "$(plug_vf 01:10.1)"
allowed "the MAC on blue"
check "its label is understood" not grep -q config-invalid "$work/err"
hook "$root" web2 prepare < <(domain web2 2 "$(pool_nic other $mac1)")
allowed "and on red, at prepare"
plug other "$other" 2 web2 2 $mac1 "$(plug_vf 02:10.0)"
allowed "and on red, at the port"
hook "$root" web3 prepare < <(domain web3 3 "$(pool_nic pool $mac1)")
refused "on blue again, at prepare" mac-claimed "domain web1"
hook "$root" web3 prepare < <(domain web3 3 "$(pool_nic taps $mac1)")
refused "on blue again, for a macvtap" mac-claimed "domain web1"
plug pool "$pool" 3 web3 3 $mac1 "$(plug_vf 01:10.2)"
refused "on blue again, at the port" mac-claimed "domain web1"
plug nat "$nat" 4 web4 4 $mac1 "$(plug_bridge virbr0)"
refused "on a NIC that may be on any of them" mac-claimed

# --- a VF that did not come clean is reset again, whoever the pool hands it to ---
forget
plug pool "$pool" 1 web1 1 $mac1 "$(plug_vf 01:10.1)"
again "vf 0000:01:10.1 mac=$mac1" "fault eth0/1 mac EPERM always"
hook "$root" pool port-deleted <"$work/web1.port"
allowed "port-deleted of a VF that does not come clean"
check "it is quarantined" test "$(claims "$root")" = "0000:01:10.1 web1 quarantined"
plug pool "$pool" 2 web2 2 $mac2 "$(plug_vf 01:10.1)"
refused "it stays so" residue "$mac1"
plug pool "$pool" 1 web1 1 $mac1 "$(plug_vf 01:10.1)"
allowed "its own domain gets it back"
says "with a warning" "^WARN vf-quarantined" "$work/err"
hook "$root" pool port-deleted <"$work/web1.port"
again "vf 0000:01:10.1 mac=$mac1"
plug pool "$pool" 2 web2 2 $mac2 "$(plug_vf 01:10.1)"
allowed "a quarantined VF that now comes clean"
check "it is the port's" test "$(claims "$root")" = "0000:01:10.1 web2 prepared"

# --- the VF is gone, or was never there ---
forget
plug pool "$pool" 1 web1 1 $mac1 "$(plug_vf 01:10.1)"
change "$root" <<<"${spec/vfs=4/vfs=0 total=4}"
networks
hook "$root" pool port-deleted <"$work/web1.port"
allowed "port-deleted of a VF that is gone"
says "which is said" "^WARN vf-left-alone: .*no longer there" "$work/err"
plug other "$other" 2 web2 2 $mac1 "$(plug_vf 02:10.0)"
allowed "its MAC is free"
plug pool "$pool" 1 web1 1 $mac2 "$(plug_vf 01:10.1)"
refused "a port of a VF that is gone" numvfs-zero 0000:01:10.1
plug pool "$pool" 1 web1 1 $mac2 "<plug type='hostdev-pci' managed='yes'/>"
refused "a port without its VF's address" address-invalid
plug taps "$taps" 1 web1 1 $mac2 "$(plug_macvtap eth0v1)"
refused "a macvtap port on a netdev that is gone" vf-no-netdev eth0v1

# --- names that others chose reach neither path nor terminal ---
forget
live "$root" pool "$pool"
# odd NAME OWNER: a port whose network and owner are called so; 01:10.1 is claimed by web9.
odd() {
	port "$1" "$pool" 1 "$2" 1 $mac1 "$(plug_vf 01:10.1)" >"$work/odd.port"
	hook "$root" "$1" port-created <"$work/odd.port"
	check "nothing odd is printed for '$(printf %q "$2")'" not grep -q $'[\x01-\x09\x0b-\x1f\x7f]' "$work/err"
	check "no line is forged by '$(printf %q "$2")'" not grep -q "^forged" "$work/err"
	check "what is printed is UTF-8" iconv -f UTF-8 -t UTF-8 -o /dev/null "$work/err"
}
plug pool "$pool" 9 web9 9 $mac2 "$(plug_vf 01:10.1)"
for name in $'a\nforged: b' $'a\xc2\x9b2Jb' $'a\xe2\x80\xaeb' .. "%s%n" "$(printf '%01000d' 0)"; do
	odd "$name" web1
	refused "a network with an odd name" vf-claimed web9
	odd pool "$name"
	refused "an owner with an odd name" vf-claimed web9
done
for name in ../qemu/web1 /etc/x; do
	odd "$name" web1
	refused "a network whose name leads elsewhere" xml-invalid
	odd pool "$name"
	refused "an owner whose name leads elsewhere" xml-invalid
done
for name in $'a\xff\xfeb' $'a\033[2Jb' "&#0;" "" "$(printf '%02000d' 0)"; do
	odd pool "$name"
	refused "an owner whose name is none" xml-invalid
done
check "nothing has changed" test "$(claims "$root")" = "0000:01:10.1 web9 prepared"
hook "$root" $'a\nforged\033[2J' port-created <"$work/odd.port"
check "the argument is escaped, too" not grep -q -e ^forged -e $'\033' "$work/err"

# --- on-error = warn ---
forget
configure <<<$'[hook]\non-error = warn'
echo file >"$root/run/vfward"
plug pool "$pool" 1 web1 1 $mac1 "$(plug_vf 01:10.1)"
allowed "a port without a registry, on-error=warn"
says "which is said" "^FAIL registry-unavailable" "$work/err"
head -c 300 "$work/web1.port" >"$work/cut"
hook "$root" pool port-created <"$work/cut"
allowed "half a document, on-error=warn"
rm "$root/run/vfward"
plug pool "$pool" 9 web9 9 $mac2 "$(plug_vf 01:10.1)"
plug pool "$pool" 1 web1 1 $mac1 "$(plug_vf 01:10.1)"
refused "a reason of the judge stays one" vf-claimed web9
finish
