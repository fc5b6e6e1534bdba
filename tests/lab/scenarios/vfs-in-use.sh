# vfs does not change the VFs of a PF while a running guest has one of them, and names the guest.
owner
for count in eth0=2 eth0=0; do
	if said=$(vfward-hostprep vfs "$count" 2>&1); then fail "vfs $count was not refused"; fi
	expect_match "vfs $count" "$said" "^FAIL vf-claimed: VF $(vf_pci eth0 0) of eth0 is in use: domain owner "
	assert_owner_untouched
	expect "the number of VFs" "$(</sys/class/net/eth0/device/sriov_numvfs)" 3
done
stop owner
vfward-hostprep vfs eth0=2
expect "the number of VFs" "$(</sys/class/net/eth0/device/sriov_numvfs)" 2
