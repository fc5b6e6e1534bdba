#!/bin/bash
# vfward-hook as the network hook: VFs from pools, claimed and released port by port.
. "$(dirname "$0")/lib.sh"
need jq
root=$work/root
spec="pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=4
pf 0000:02:00.0 eth1 igb mac=52:54:00:aa:00:10 vfs=2"
machine "$root" <<<"$spec"
pool=$(hostdev_forward eth0)
taps=$(macvtap_forward eth0v0 eth0v1)
nat="<forward mode='nat'/><bridge name='virbr0'/>"
live "$root" pool "$pool"
live "$root" taps "$taps"
live "$root" nat "$nat"
mac1=52:54:00:00:00:01 mac2=52:54:00:00:00:02

domain web1 1 "$(pool_nic pool $mac1)" >"$work/web1.xml"
domain web1 1 "$(vf 01:10.1 $mac1)" >"$work/web1-resolved.xml"
port pool "$pool" 1 web1 1 $mac1 "$(plug_vf 01:10.1)" >"$work/web1.port"
# life NAME: prepare, port-created, start, started; each must be allowed.
life() {
	hook "$root" "$1" prepare <"$work/$1.xml"
	allowed "prepare of $1"
	hook "$root" pool port-created <"$work/$1.port"
	allowed "port-created of $1"
	hook "$root" "$1" start <"$work/$1-resolved.xml"
	allowed "start of $1"
	hook "$root" "$1" started <"$work/$1-resolved.xml"
	runs
}
# again: the machine as it was first.
again() {
	change "$root" <<<"$spec
$*"
	live "$root" pool "$pool"
	live "$root" taps "$taps"
	live "$root" nat "$nat"
}
# runs: web1's QEMU has the VF, and libvirt's live status says so.
runs() {
	again "vf 0000:01:10.1 mac=$mac1 driver=vfio-pci trust=on
process 4711 guest=web1 vfio=0000:01:10.1
status web1 - pid=4711 $work/web1-resolved.xml"
}

# --- the whole life; what libvirt says of the NIC at stopped and release does not matter ---
again "vf 0000:01:10.1 vlan=7 trust=off"
before=$(attributes "$root" 0000:01:10.1)
hook "$root" web1 prepare <"$work/web1.xml"
allowed "prepare with a NIC of a pool"
check "no VF is claimed yet" test -z "$(claims "$root")"
hook "$root" pool port-created <"$work/web1.port"
allowed port-created
check "the port's VF is claimed" test "$(claims "$root")" = "0000:01:10.1 web1 prepared"
again "vf 0000:01:10.1 mac=$mac1 vlan=0 trust=on driver=vfio-pci"
hook "$root" web1 start <"$work/web1-resolved.xml"
allowed "start with the VF resolved"
hook "$root" web1 started <"$work/web1-resolved.xml"
check "it runs" test "$(claims "$root")" = "0000:01:10.1 web1 running"
hook "$root" web1 stopped end <"$work/web1.xml"
hook "$root" pool port-deleted <"$work/web1.port"
allowed port-deleted
check "the port's end frees the VF" test -z "$(claims "$root")"
check "it is as it was before ($before)" test "$(attributes "$root" 0000:01:10.1)" = "$before"
hook "$root" web1 release end destroyed <"$work/web1.xml"
allowed "release after port-deleted"

# --- release is the fall-back: the network was destroyed, no port-deleted comes ---
again
life web1
change "$root" <<<"$spec
vf 0000:01:10.1 mac=$mac1 driver=vfio-pci"
hook "$root" web1 stopped end <"$work/web1.xml"
check "web1 is being stopped" test "$(claims "$root")" = "0000:01:10.1 web1 stopping"
hook "$root" web1 release end destroyed <"$work/web1.xml"
check "release frees the pool's VF" test -z "$(claims "$root")"
check "without its MAC" grep -q mac=00:00:00:00:00:00 <<<"$(attributes "$root" 0000:01:10.1)"

# --- a failed start: the pool is empty, or the VF is somebody's ---
again
life web1
domain web2 2 "$(pool_nic pool $mac2)" >"$work/web2.xml"
hook "$root" web2 prepare <"$work/web2.xml"
allowed "prepare with an empty pool"
hook "$root" web2 stopped end <"$work/web2.xml"
hook "$root" web2 release end failed <"$work/web2.xml"
check "web1 has not noticed" test "$(claims "$root")" = "0000:01:10.1 web1 running"
domain web3 3 "$(pool_nic pool $mac2)" >"$work/web3.xml"
hook "$root" web3 prepare <"$work/web3.xml"
port pool "$pool" 3 web3 3 $mac2 "$(plug_vf 01:10.1)" >"$work/web3.port"
hook "$root" pool port-created <"$work/web3.port"
refused "a VF that another domain has" vf-claimed "domain web1"
says "the refusal names network and domain" "^vfward refuses the port of network pool, domain web3 at port-created" "$work/err"
hook "$root" web3 stopped end <"$work/web3.xml"
hook "$root" pool port-deleted <"$work/web3.port"
hook "$root" web3 release end failed <"$work/web3.xml"
check "web1 has not noticed the port either" test "$(claims "$root")" = "0000:01:10.1 web1 running"

# --- the MAC is judged at prepare already, as a VF's ---
domain twin 4 "$(pool_nic pool $mac1)" >"$work/twin.xml"
hook "$root" twin prepare <"$work/twin.xml"
refused "a pool NIC with a running VF's MAC" mac-claimed "domain web1"
domain tap 5 "$(nic $mac2)" >"$work/tap.xml"
hook "$root" tap prepare <"$work/tap.xml"
allowed "a bridge NIC"
domain twin 4 "$(pool_nic pool $mac2)" >"$work/twin.xml"
hook "$root" twin prepare <"$work/twin.xml"
refused "a pool NIC with a bridge NIC's MAC" mac-claimed "domain tap"
sed "s/network='pool'/network='nat'/" "$work/twin.xml" >"$work/twin-nat.xml"
hook "$root" twin prepare <"$work/twin-nat.xml"
allowed "a NIC of a plain network with a bridge NIC's MAC"
says "which is worth a warning" "^WARN mac-claimed" "$work/err"
hook "$root" twin release end failed <"$work/twin.xml"
hook "$root" tap release end failed <"$work/tap.xml"

# --- hot-plug: the port is all that is asked ---
port pool "$pool" 6 web1 1 $mac1 "$(plug_vf 01:10.2)" >"$work/plug.port"
hook "$root" pool port-created <"$work/plug.port"
refused "the domain's own MAC on a second VF of the PF" mac-same-domain $mac1
port pool "$pool" 6 web5 5 $mac1 "$(plug_vf 01:10.2)" >"$work/plug.port"
hook "$root" pool port-created <"$work/plug.port"
refused "another domain's MAC" mac-claimed "domain web1"
check "nothing has changed" test "$(claims "$root")" = "0000:01:10.1 web1 running"
port pool "$pool" 6 web1 1 $mac2 "$(plug_vf 01:10.2)" >"$work/plug.port"
hook "$root" pool port-created <"$work/plug.port"
allowed "a second VF"
check "both are claimed" test "$(claims "$root" | wc -l)" -eq 2
hook "$root" pool port-created <"$work/plug.port"
allowed "the same again"
domain other 7 "$(vf 02:10.0 $mac2)" >"$work/other.xml"
hook "$root" other prepare <"$work/other.xml"
refused "the plugged NIC's MAC for another domain" mac-claimed "domain web1"
# Plugging a NIC of a plain network is asked about, too.
port nat "$nat" 8 web5 5 $mac1 "$(plug_bridge virbr0)" >"$work/tap.port"
hook "$root" nat port-created <"$work/tap.port"
refused "a bridge port with a VF's MAC" mac-claimed "domain web1"
hook "$root" pool port-deleted <"$work/plug.port"
check "unplugged: the first one stays" test "$(claims "$root")" = "0000:01:10.1 web1 running"
hook "$root" other prepare <"$work/other.xml"
allowed "the unplugged NIC's MAC"
hook "$root" other release end failed <"$work/other.xml"

# --- a VF in use is left alone: the guest still holds it ---
held=$(attributes "$root" 0000:01:10.1)
hook "$root" pool port-deleted <"$work/web1.port"
allowed "port-deleted while the guest runs"
check "its VF stays claimed" test "$(claims "$root")" = "0000:01:10.1 web1 running"
check "and as it is" test "$(attributes "$root" 0000:01:10.1)" = "$held"
hook "$root" other prepare < <(domain other 7 "$(vf 02:10.0 $mac1)")
refused "its MAC is not free either" mac-claimed "domain web1"
again
hook "$root" web1 release end destroyed <"$work/web1.xml"

# --- ports that are told of again are accepted, whatever the judge would say ---
life web1
port pool "$pool" 9 web9 9 $mac1 "$(plug_vf 01:10.1)" >"$work/again.port"
hook "$root" pool port-created <"$work/again.port"
refused "a new port" vf-claimed
recorded "$root" pool 9
hook "$root" pool port-created <"$work/again.port"
allowed "a port on record"
check "a domain that does not live gets no claim" test "$(claims "$root")" = "0000:01:10.1 web1 running"
rm -r "$root/run/libvirt/network/pool"
# RECLAIM: no port on record, but the owner's live status has the NIC.
rm -r "$root/run/vfward"
runs
hook "$root" pool port-created <"$work/web1.port"
allowed "a port of a domain that has it"
check "it is claimed (again)" test "$(claims "$root")" = "0000:01:10.1 web1 running"
# The same with a registry that cannot be used: a no would only make libvirt forget the port.
rm -r "$root/run/vfward"
echo file >"$root/run/vfward"
hook "$root" pool port-created <"$work/web1.port"
allowed "a port told of again, without a registry"
port pool "$pool" 2 web2 2 $mac2 "$(plug_vf 01:10.2)" >"$work/web2.port"
hook "$root" pool port-created <"$work/web2.port"
refused "a new port of a VF, without a registry" registry-unavailable
port nat "$nat" 8 web5 5 $mac2 "$(plug_bridge virbr0)" >"$work/tap.port"
hook "$root" nat port-created <"$work/tap.port"
allowed "a bridge port, without a registry"
hook "$root" web2 prepare <"$work/web2.xml"
refused "prepare with a NIC of a pool, without a registry" registry-unavailable
hook "$root" web2 prepare < <(domain web2 2 "$(pool_nic nat $mac2)")
allowed "prepare with a NIC of a plain network, without a registry"
hook "$root" pool port-deleted <"$work/web1.port"
allowed "port-deleted without a registry"
rm "$root/run/vfward"

# --- macvtap pools ---
again
domain mv 10 "$(pool_nic taps $mac1)" >"$work/mv.xml"
port taps "$taps" 10 mv 10 $mac1 "$(plug_macvtap eth0v1)" >"$work/mv.port"
hook "$root" mv prepare <"$work/mv.xml"
hook "$root" taps port-created <"$work/mv.port"
allowed "a macvtap port"
check "its VF is claimed" test "$(claims "$root")" = "0000:01:10.1 mv prepared"
hook "$root" mv start < <(domain mv 10 "$(macvtap eth0v1 $mac1)")
allowed "start on it"
domain thief 11 "$(vf 01:10.1 $mac2)" >"$work/thief.xml"
hook "$root" thief prepare <"$work/thief.xml"
refused "its VF for another domain" vf-claimed "domain mv"
# While the macvtap is there, the guest is.
again "netdev macvtap0 kind=macvtap mac=$mac1
master eth0v1 macvtap0
vf 0000:01:10.1 mac=$mac1"
held=$(attributes "$root" 0000:01:10.1)
hook "$root" taps port-deleted <"$work/mv.port"
allowed "port-deleted of a macvtap in use"
says "which says that it is in use" "^WARN vf-left-alone: .* is still in use" "$work/err"
check "its VF stays claimed" test "$(claims "$root")" = "0000:01:10.1 mv prepared"
check "and as it is" test "$(attributes "$root" 0000:01:10.1)" = "$held"
again "vf 0000:01:10.1 mac=$mac1"
hook "$root" mv stopped end <"$work/mv.xml"
hook "$root" taps port-deleted <"$work/mv.port"
check "free again" test -z "$(claims "$root")"
hook "$root" mv release end destroyed <"$work/mv.xml"

# --- what else the network hook is told is none of our business ---
network pool "$pool" | sed '1i <hookData>' | sed '$a </hookData>' >"$work/network.xml"
for operation in start started updated stopped; do
	hook "$root" pool $operation <"$work/network.xml"
	allowed "a network's $operation"
	check "nothing is said at a network's $operation" test ! -s "$work/err"
done
hook "$root" pool port-created <"$work/network.xml"
refused "port-created without a port" xml-invalid
head -c 300 "$work/web2.port" >"$work/cut"
hook "$root" pool port-created <"$work/cut"
refused "half a document that speaks of a VF" xml-invalid
says "the refusal names the network" "^vfward refuses the port of network pool at port-created" "$work/err"
head -c 150 "$work/tap.port" >"$work/cut"
hook "$root" nat port-created <"$work/cut"
allowed "half a document that does not"
finish
