# tune spreads the interrupts of VFs over the CPUs, and puts all back. There is a second CPU for it.
echo 1 >/sys/devices/system/cpu/cpu1/online
for n in 0 1 2; do ip link set "$(vf_netdev eth0 "$n")" up; done

# affinities: a line for each interrupt of eth0's VFs
affinities() {
	local irq
	for irq in /sys/class/net/eth0/device/virtfn*/msi_irqs/*; do
		irq=${irq##*/}
		echo "$irq $(</proc/irq/"$irq"/smp_affinity_list)"
	done
}

before=$(affinities)
[[ $before ]] || fail "the VFs have no interrupts"
vfward-hostprep tune
# Every interrupt has one CPU, and neither CPU has two more than the other.
affinities | awk '$2 != 0 && $2 != 1 { print "not on one CPU: " $0; bad = 1 }
	{ n[$2]++ } END { exit bad || n[0] - n[1] > 1 || n[1] - n[0] > 1 }' ||
	fail "the interrupts are not spread: $(affinities)"
spread=$(affinities)
vfward-hostprep tune
expect "what a second run leaves" "$(affinities)" "$spread"
vfward-hostprep tune --undo
expect "what undo leaves" "$(affinities)" "$before"
