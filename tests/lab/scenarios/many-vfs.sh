# A real kernel's list of a thousand VFs, whose length is stored in 16 bits and so wraps three times: vfward reads it whole, each VF
# with its own settings. So it is at the borders of 64 KiB (221 VFs with statistics, 334 without).
modprobe netdevsim || skip "this image has no netdevsim module"
trap 'echo 1 >/sys/bus/netdevsim/del_device' EXIT
echo "1 1" >/sys/bus/netdevsim/new_device
udevadm settle
pf=$(ls /sys/bus/netdevsim/devices/netdevsim1/net)
ip link set "$pf" up

# many N: there are N VFs, some of them with settings of their own; what vfward reads is what was set.
many() {
	local n=$1 vf mac
	echo 0 >/sys/bus/netdevsim/devices/netdevsim1/sriov_numvfs
	echo "$n" >/sys/bus/netdevsim/devices/netdevsim1/sriov_numvfs
	for ((vf = 0; vf < n; vf++)); do echo "$vf 00:00:00:00:00:00 0 0 untrusted"; done >/tmp/wanted
	for vf in 0 1 220 221 222 333 334 335 668 999; do
		((vf < n)) || continue
		printf -v mac 52:54:00:77:%02x:%02x $((vf / 256)) $((vf % 256))
		ip link set "$pf" vf "$vf" mac "$mac"
		ip link set "$pf" vf "$vf" vlan $((vf + 1)) qos 3
		ip link set "$pf" vf "$vf" trust on
		sed -i "s/^$vf .*/$vf $mac $((vf + 1)) 3 trusted/" /tmp/wanted
	done
	echo "$n VFs" >>/tmp/wanted
	lab-vfs "$pf" >/tmp/got
	diff -u /tmp/wanted /tmp/got || fail "of $n VFs vfward does not read what was set"
}
for n in 221 222 334 335 669 1000; do many "$n"; done

# The kernel's list is cut for those who believe its length: else this scenario would show nothing.
lines=$(ip link show dev "$pf" | grep -c '^ *vf ') || true
((lines < 1000)) || fail "this kernel's list of 1000 VFs does not wrap: $lines"
