# A host whose IOMMU somebody has turned off gets it, and VFs. check says what is wrong and where; after
# apply and a reboot all is in force; a second apply changes nothing; undo and a reboot, and all is as at first.
# shellcheck shell=bash disable=SC2034,SC2154
# machines: grub sdboot legacy

phases=(apply_it verify_it undone)

apply_it() {
	settled
	assert_iommu_off
	note first manifest
	hostprep 1 check
	says_all "FAIL iommu-active: " "FAIL iommu-argument: .*intel_iommu=off" \
		"(FAIL|WARN) iommu-argument: $entries:[0-9]+: .* boots with intel_iommu=off" \
		"WARN nic-vfs: .*eth0" "WARN nic-vfs: .*eth1"
	assert_same first manifest
	prepare
	assert_iommu_off
	hostprep 3 verify --exit-code
}

verify_it() {
	settled
	assert_prepared
	hostprep 0 verify --exit-code
	! grep -vE "^(PASS|SKIP) " "$said" || fail "verify is not green"
	note applied manifest
	note written touched
	prepare
	assert_same applied manifest
	assert_same written touched
	hostprep 0 undo
	assert_same first manifest
}

undone() {
	settled
	assert_iommu_off
	assert_same first manifest
}
