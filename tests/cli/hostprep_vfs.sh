#!/bin/bash
# vfward-hostprep vfs: another number of VFs, and nobody loses one. The kernel is played: it makes the machine anew with that number.
. "$(dirname "$0")/lib.sh"
need jq
root=$work/root

# spec VFS: the machine with so many VFs on eth0. $more: further lines, only where there are VFs that they can be about.
more=
spec() {
	echo "pf 0000:01:00.0 eth0 ${driver:-igb} ${state:-up} mac=52:54:00:aa:00:00 vfs=$1 total=7 vfdriver=${vfdriver-igbvf}"
	echo "pf 0000:02:00.0 eth1 igb mac=52:54:00:aa:00:01 vfs=0 total=7"
	[[ $1 == 0 ]] || printf '%s\n' "$more"
}

vfs() { run timeout 60 "$VFWARD_HOSTPREP" --root "$root" vfs "$@"; }
n_vfs() { find "$root/sys/bus/pci/devices/0000:01:00.0/" -name 'virtfn*' | wc -l; }
reserved() { "$VFWARD" --root "$root" list --json | jq -r '.pfs[].vfs[] | select(.status == "reserved").address'; }

# 0 to 4, to 2, to 0; what is as wanted stays.
begin 0
vfs eth0=4
status "0 to 4" 0
says "0 to 4" '^PASS vfs-set: PF eth0 \(0000:01:00\.0, igb\): VFs now: 4, before: 0$'
says "the new VFs are shown" '3 +0000:01:10\.3 +igbvf +eth0v3'
asked "0 to 4" '0000:01:00.0 sriov_numvfs 4;'
vfs --json 0000:01:00.0=4
status "the same number" 0
json "the same number" '.schema == 1 and (.pfs[0] | .before == 4 and .now == 4 and (.changed | not) and
	(.vfs | length) == 4) and .findings[0].id == "vfs-unchanged"'
asked "the same number" '0000:01:00.0 sriov_numvfs 4;'
: >"$work/asked"
vfs --json 52:54:00:aa:00:00=2
status "4 to 2, by MAC" 0
json "4 to 2" '.pfs[0] | .before == 4 and .now == 2 and .changed and .vfs[1].address == "0000:01:10.1" and
	.vfs[1].netdev == "eth0v1"'
asked "4 to 2" '0000:01:00.0 sriov_numvfs 0;0000:01:00.0 sriov_numvfs 2;'
vfs eth0=0
status "2 to 0" 0
check "none is left" test "$(n_vfs)" -eq 0

# What cannot be meant.
wrong() { # TEXT STATUS PATTERN ARGS...
	local text=$1 status=$2 pattern=$3
	shift 3
	: >"$work/asked"
	vfs "$@"
	status "$text" "$status"
	cat "$work/out" "$work/err" >"$work/both"
	says "$text" "$pattern" "$work/both"
	asked "$text" ''
}
wrong "no count" 2 'PF=COUNT' eth0
wrong "no number" 2 'no number' eth0=many
wrong "--seconds" 2 '1 to 3600' --seconds 0 eth0=1
wrong "more than it can have" 1 '^FAIL pf-too-many-vfs: .*7 VFs, not 8' eth0=8
wrong "one of two cannot be" 1 '^FAIL pf-unknown: ' eth0=3 eth7=2
wrong "twice" 1 '^FAIL pf-twice: ' eth0=3 0000:01:00.0=2

# The kernel says no. $1 fault, $2 PFs driver, then what is said.
refuses() { # VFS FAULT PATTERN
	begin "$1"
	echo "sriov_numvfs $2" >"$work/faults"
	vfs eth0=3
	status "$2" 1
	says "$2" "^FAIL $3"
	says "$2: the kernel log" 'remedy: .*0000:01:00\.0'
}
refuses 0 "3 $(errno_of ENOMEM)" 'vfs-refused: PF eth0 .*refuses 3 VFs .*BARs.*none, as before'
check "nothing is left of it" test "$(n_vfs)" -eq 0
refuses 2 "3 $(errno_of EPERM)" 'vfs-refused: .*7 VFs at most; it has the 2 of before again'
asked "the number of before is put back" \
	'0000:01:00.0 sriov_numvfs 0;0000:01:00.0 sriov_numvfs 3;0000:01:00.0 sriov_numvfs 2;'
check "they are back" test "$(n_vfs)" -eq 2
refuses 2 "0 $(errno_of EBUSY)" 'vfs-refused: .*to remove the VFs .*nothing was changed'
check "they are still there" test "$(n_vfs)" -eq 2
refuses 0 "3 nothing" 'vfs-short: .*took the number 3, but there are 0 VFs'
says "who is short of VFs is told where to look" 'remedy: see the kernel log'
begin 0
echo "sriov_numvfs 3 $(errno_of EAGAIN)" >"$work/faults"
vfs eth0=3
status "a PF that is being reset is asked again" 0
asked "a PF that is being reset is asked again" '0000:01:00.0 sriov_numvfs 3;0000:01:00.0 sriov_numvfs 3;'
begin 0
echo "sriov_numvfs 3 $(errno_of ENOENT)" >"$work/faults"
vfs eth0=3
status "a driver without VFs is not asked again" 1

# A driver that makes VFs only while its PF is up.
driver=bnxt_en state=down begin 0
driver=bnxt_en state=down vfs eth0=1
status "bnxt_en, down" 0
says "bnxt_en, down" '^WARN pf-brought-up: '
asked "bnxt_en, down" 'eth0 up ;0000:01:00.0 sriov_numvfs 1;'
begin 0

# Who uses a VF is named, and nothing is changed: not even on a PF that could be.
uses() { # PATTERN SPEC-LINE...
	local pattern=$1
	shift
	printf -v more '%s\n' "$@"
	begin 3
	vfs eth1=2 eth0=5
	status "$pattern" 1
	says "$pattern" "^FAIL $pattern"
	asked "$pattern" ''
	check "$pattern: still 3" test "$(n_vfs)" -eq 3
	more=
}
uses 'vf-in-use: VF 0000:01:10\.1 of eth0 is in use: process 4711 qemu-system-x86 \(guest web9\)' \
	'vf 0000:01:10.1 driver=vfio-pci' 'process 4711 guest=web9 vfio=0000:01:10.1'
uses 'vf-other-netns: VF 0000:01:10\.2 ' 'vf 0000:01:10.2 netns=other'
uses 'vf-upper-device: .*below br0' 'netdev br0 kind=bridge' 'master eth0v0 br0'
uses 'vf-upper-device: .*below macvtap0' 'netdev macvtap0 kind=macvtap' 'master eth0v0 macvtap0'
uses 'vf-permanent-address: .*address 192\.0\.2\.4/24' 'addr eth0v1 192.0.2.4/24'
uses 'vf-default-route: ' 'route default dev eth0v1'
# A DHCP client on every link is no use.
more='addr eth0v1 192.0.2.9/24 dynamic'
begin 3
vfs eth0=2
more=
says "a dynamic address is said" '^WARN vf-dynamic-address: .*eth0v1.*192\.0\.2\.9'
asked "and it goes" '0000:01:00.0 sriov_numvfs 0;0000:01:00.0 sriov_numvfs 2;'

begin 3
mkdir -p "$root/var/lib/cni/sriov/pci" "$root/run/netns"
echo /run/netns/pod7 >"$root/var/lib/cni/sriov/pci/0000:01:10.1"
: >"$root/run/netns/pod7"
vfs eth0=2
status "sriov-cni" 1
says "sriov-cni" '^FAIL vf-cni-allocated: .*pod7'
begin 3
vf=$root/sys/bus/pci/devices/0000:01:10.1
rm -rf "$vf/driver" "$vf/net" "$root/sys/class/net/eth0v1"
mkdir -p "$vf/uio/uio0" "$root/proc/815/fd"
echo dpdk-testpmd >"$root/proc/815/comm"
echo 1 >"$vf/enable"
ln -s /dev/uio0 "$root/proc/815/fd/7"
vfs eth0=2
status "DPDK" 1
says "DPDK" '^FAIL vf-in-use: VF 0000:01:10\.1 .*process 815 dpdk-testpmd'
asked "DPDK" ''

# Domains: prepared, running; gone, whose claim goes with the VF.
begin 3
domain web1 1 "$(vf 01:10.1 52:54:00:00:00:01)" >"$work/web1.xml"
hook "$root" web1 prepare begin - <"$work/web1.xml"
allowed "prepare"
vfs eth0=5
status "a domain that is being started" 1
says "a domain that is being started" '^FAIL vf-claimed: .*domain web1 \(prepared\)'
asked "a domain that is being started" ''
check "the claim is as before" test "$(claims "$root")" = "0000:01:10.1 web1 prepared"
hook "$root" web1 started begin - <"$work/web1.xml"
vfs --json eth0=5
status "a domain that is gone" 0
json "a domain that is gone" '.pfs[0].now == 5'
check "its claim is gone, too" test -z "$(claims "$root")"
end
finish
