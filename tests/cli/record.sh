#!/bin/bash
# vfward record: the copy shows the same as the original, and holds no secrets.
. "$(dirname "$0")/lib.sh"
need jq
root=$work/root
copy=$work/copy
domain web1 1 "$(vf 01:10.0 52:54:00:00:00:01)" "$(nic 52:54:00:00:00:02)" |
	sed "s#<devices>#<description>SECRET1</description><devices><graphics type='vnc' passwd='SECRET2'/>#" >"$work/web1.xml"
machine "$root" <<EOF
pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 numa=0 vfs=6
pf 0000:03:00.0 eth1 igb down vfs=0
vf 0000:01:10.0 driver=vfio-pci mac=52:54:00:00:00:01 vlan=7 trust=on
vf 0000:01:10.1 netns=other
vf 0000:01:10.5 driver=vfio-pci
pci 0000:05:00.0 class=0x010802 driver=nvme
netdev br0 kind=bridge
netdev tap0 kind=tun
master eth0v2 br0
addr eth0v3 192.0.2.5/24
route default dev eth0v4
process 4711 guest=web1 vfio=0000:01:10.0
process 4712 comm=libvirtd
process 4713 comm=cat vfio=0000:01:10.5
process 4714 comm=bash
status web1 - pid=4711 $work/web1.xml
EOF
printf 'qemu-system-x86_64\0-name\0guest=web1,debug-threads=on\0-object\0secret,id=s,data=SECRET3\0' >"$root/proc/4711/cmdline"
printf 'cat\0--password\0SECRET4\0' >"$root/proc/4713/cmdline"
printf 'PASSWORD=SECRET5\0' >"$root/proc/4711/environ"
ln -s /etc/SECRET6 "$root/proc/4711/fd/9"
mkdir -p "$root/etc/libvirt/qemu" "$root/etc/vfward" "$root/var/lib/cni/sriov/pci" "$root/run/netns"
echo SECRET7 >"$root/etc/libvirt/qemu/web1.xml"
printf '[hook]\ndeadline = 7\n' >"$root/etc/vfward/vfward.conf"
echo /run/netns/pod7 >"$root/var/lib/cni/sriov/pci/0000:01:10.4"
echo SECRET8 >"$root/run/netns/pod7"
live "$root" pool "$(hostdev_forward eth0)<dns><host ip='SECRET10'/></dns><metadata><x>SECRET11</x></metadata>"
domain web2 2 "$(pool_nic pool 52:54:00:00:00:01)" >"$work/web2.xml"
hook "$root" web1 reconnect begin - <"$work/web1.xml"
allowed "reconnect"
check "there is a claim to record" test -n "$(claims "$root")"

run "$VFWARD" --root "$root" record "$copy"
status "record" 0
says "record says what it did" '^[0-9]+ files in '
check "the directory is its owner's alone" test "$(stat -c %a "$copy")" = 700
# Times in claims are not compared, there are none in the list.
for what in "list" "list --json" "check-domain --json $work/web1.xml" "check-domain $work/web2.xml" "check-config"; do
	# shellcheck disable=SC2086
	run "$VFWARD" --root "$root" $what
	cp "$work/out" "$work/one"
	one=$rc
	# shellcheck disable=SC2086
	run "$VFWARD" --root "$copy" $what
	status "$what in the copy" "$one"
	same "$what is the same in the copy" "$work/one" "$work/out"
done
run "$VFWARD" --root "$copy" check-domain "$work/web2.xml"
says "the copy's network is a pool" '^FAIL mac-claimed'
run "$VFWARD" --root "$copy" list --json
json "the comparison has something to compare" '(.pfs | length == 2) and ([.pfs[0].vfs[].status] == ["claimed", "other-netns", "host", "host", "container", "held"])'

check "no secret" not grep -rq SECRET "$copy"
check "no other process" test ! -e "$copy/proc/4714"
check "sriov_numvfs is never read" test -z "$(find "$copy" -name sriov_numvfs)"
check "only vfio's descriptors" test "$(find "$copy"/proc/*/fd -mindepth 1 -printf '%l\n' | grep -vc '^/dev/vfio/')" -eq 0
check "links below /sys are relative" test -z "$(find "$copy/sys" -type l -lname '/*')"
check "only files, links and directories" test -z "$(find "$copy" ! -type f ! -type d ! -type l)"

# A copy of the copy is the same again.
run "$VFWARD" --root "$copy" -q record "$work/copy2"
status "record of a record" 0
check "-q says nothing" test ! -s "$work/out"
same "a copy of the copy" <(cd "$copy" && find . -printf '%p %y %l\n' | sort) <(cd "$work/copy2" && find . -printf '%p %y %l\n' | sort)

# Where it does not go.
run "$VFWARD" --root "$root" record "$copy"
status "a directory that is not empty" 1
mkdir "$work/empty"
run "$VFWARD" --root "$root" record "$work/empty"
status "an empty directory" 0
: >"$work/file"
run "$VFWARD" --root "$root" record "$work/file"
status "a file" 1
run "$VFWARD" --root "$root" record "$work/no/such"
status "no parent" 1
run "$VFWARD" --root "$root" record /
status "the root directory" 1

# A status file that cannot be read is left out, and that is said.
echo "<domstatus>SECRET9" >"$root/run/libvirt/qemu/broken.xml"
run "$VFWARD" --root "$root" record "$work/copy3"
status "a broken status file" 0
says "a broken status file" '^WARN record-incomplete: broken\.xml'
check "nothing of it is copied" not grep -rq SECRET "$work/copy3"
finish
