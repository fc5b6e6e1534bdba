#!/bin/bash
# vfward-hostprep vfs --boot: the VFs of vfs.conf, on the PF that is meant, and only where they are not there yet. And who is asked for --yes.
. "$(dirname "$0")/lib.sh"
need jq
root=$work/root
mac0=52:54:00:aa:00:00 mac1=52:54:00:aa:00:01
spec() {
	echo "pf 0000:01:00.0 eth0 igb mac=$mac0 vfs=$1 total=7"
	echo "pf 0000:02:00.0 eth1 igb mac=$mac1 vfs=0 total=7"
	printf '%s\n' "${more:-}"
}
conf() {
	mkdir -p "$root/etc/vfward"
	printf '%s\n' "$@" >"$root/etc/vfward/vfs.conf"
}
vfs() { run timeout 100 "$VFWARD_HOSTPREP" --root "$root" vfs "$@"; }

begin 0
conf '[0000:01:00.0]' "mac = $mac0" 'vfs = 3' 'autoprobe = no'
vfs --boot 0000:01:00.0
status "at boot" 0
says "at boot" '^PASS vfs-set: .*now: 3'
asked "autoprobe before the first VF comes" \
	'0000:01:00.0 sriov_drivers_autoprobe 0;0000:01:00.0 sriov_numvfs 3;'
: >"$work/asked"
vfs --boot 0000:01:00.0
status "again" 0
says "again" '^PASS vfs-unchanged: '
asked "again" ''

# A guest runs: what is right is left alone, what is not right is refused.
domain web1 1 "$(vf 01:10.1 52:54:00:00:00:01)" >"$work/web1.xml"
hook "$root" web1 prepare begin - <"$work/web1.xml"
vfs --boot 0000:01:00.0
status "the unit is started again, and a guest runs" 0
conf '[0000:01:00.0]' "mac = $mac0" 'vfs = 4'
vfs --boot 0000:01:00.0
status "another number, and a guest runs" 1
says "another number, and a guest runs" '^FAIL vf-claimed: .*web1'
asked "another number, and a guest runs" ''

# A driver that is still loading, and one that is in reset.
begin 0
conf '[0000:01:00.0]' 'vfs = 3'
printf '%s\n' "sriov_numvfs 3 $(errno_of ENOENT)" "sriov_numvfs 3 $(errno_of EAGAIN)" >"$work/faults"
vfs --boot 0000:01:00.0
status "asked again" 0
check "three times" test "$(wc -l <"$work/asked")" -eq 3

# A card that has moved, and one that is gone: the other PF does not suffer.
begin 0
conf '[0000:05:00.0]' "mac = $mac0" 'vfs = 2' '[0000:06:00.0]' 'mac = 52:54:00:aa:00:09' 'vfs = 2'
vfs --boot 0000:06:00.0 0000:05:00.0 0000:07:00.0
status "moved, gone, unknown" 1
says "moved" '^WARN pf-moved: .*52:54:00:aa:00:00 was at 0000:05:00\.0, and is at 0000:01:00\.0'
says "gone" '^FAIL pf-unknown: .*52:54:00:aa:00:09'
says "unknown" '^FAIL vfs-conf-missing: .*0000:07:00\.0'
asked "moved" '0000:01:00.0 sriov_numvfs 2;'

# Another card is where it was: it is left alone.
begin 0
conf '[0000:02:00.0]' "mac = $mac0" 'vfs = 2'
vfs --boot 0000:02:00.0
status "two cards that have changed places" 0
asked "two cards that have changed places" '0000:01:00.0 sriov_numvfs 2;'

# No registry: at boot nobody can have a VF that does not exist, but one that does.
begin 0
conf '[0000:01:00.0]' 'vfs = 3'
mkdir -p "$root/run"
: >"$root/run/vfward"
vfs --boot 0000:01:00.0
status "without a registry" 0
says "without a registry" '^WARN registry-unavailable: '
conf '[0000:01:00.0]' 'vfs = 2'
vfs --boot 0000:01:00.0
status "without a registry, and with VFs" 1
says "without a registry, and with VFs" '^FAIL registry-unavailable: '
begin 0
: >"$root/run/vfward"
vfs eth0=2
status "by hand it needs one" 1
asked "by hand it needs one" ''

# Mistakes.
begin 0
conf '[0000:01:00.0]' 'vfs = many' '[0000:02:00.0]' 'vfs = 0'
vfs --boot 0000:01:00.0
status "a mistake in vfs.conf" 1
says "a mistake in vfs.conf" '^FAIL vfs-conf-'
asked "a mistake in vfs.conf" ''
vfs --boot eth0
status "--boot takes addresses" 2
rm "$root/etc/vfward/vfs.conf"
vfs --boot 0000:01:00.0
status "no vfs.conf" 1

# The default route.
route() { # SPEC-LINE...
	printf -v more '%s\n' "$@"
	begin 0
	vfs eth0=2
	status "the default route" 1
	says "the default route" "^FAIL management-nic: .*over eth0${over:-;}"
	asked "without --yes" ''
	vfs eth1=0
	status "another PF" 0
	vfs --yes eth0=2
	status "--yes" 0
	more=
}
route 'route default dev eth0'
route 'route default6 dev eth0'
over=', through br0;' route 'netdev br0 kind=bridge' 'master eth0 br0' 'route default dev br0'
more='route default dev eth0' begin 0
conf '[0000:01:00.0]' 'vfs = 3'
vfs --boot 0000:01:00.0
status "at boot nobody is asked" 0

# Not below --root.
begin 0
end
vfs eth0=2
status "no kernel" 1
says "no kernel" 'not below --root' "$work/err"
vfs eth0=0
status "nothing to do needs no kernel" 0
finish
