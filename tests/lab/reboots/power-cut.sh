# The power fails at ten random moments of apply, one in each tenth of its time. The host still boots through its own
# loader, and the next run finishes, or undoes, what apply had begun.
# shellcheck shell=bash disable=SC2034,SC2154
# machines: grub sdboot

cuts=10
phases=(measure_and_cut)
for ((n = 1; n < cuts; n++)); do phases+=(recover_and_cut); done
phases+=(recover)

measure_and_cut() {
	local began
	settled
	note first manifest
	began=${EPOCHREALTIME/./}
	prepare
	note length echo $((${EPOCHREALTIME/./} - began))
	note applied manifest
	hostprep 0 undo
	assert_same first manifest
	cut
}

recover_and_cut() {
	recover
	cut
}

# cut: apply is killed with the machine, in the tenth of its time that this boot is for.
cut() {
	local length
	length=$(<"$state/length")
	note moment echo $((length * (number - 1) / cuts + RANDOM * length / cuts / 32768))
	cut_power_in "$(<"$state/moment")"
	vfward-hostprep apply --yes --pf eth0=4 --pf eth1=4 --passthrough || true
	sleep infinity
}

# recover: after every other cut by apply, which finishes; after the others by undo.
recover() {
	echo "the power failed after $(<"$state/moment") of $(<"$state/length") us"
	settled
	if ((number % 2)); then
		prepare
		assert_same applied manifest
	fi
	hostprep 0 undo
	assert_same first manifest
}
