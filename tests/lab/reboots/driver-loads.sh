# What the kernel itself says to modprobe.d: with a list of numbers from the old recipe the driver does not load, and check has said so;
# with what apply writes there it does.
# shellcheck shell=bash disable=SC2034,SC2154
# machines: grub
phases=(judge)

judge() {
	settled
	old_recipe
	what_apply_writes
}

recipe=/etc/modprobe.d/recipe.conf

reload() {
	modprobe --remove igbvf igb
	modprobe igb && udevadm settle
}

old_recipe() {
	modprobe ixgbe # nothing here needs it, but it can be loaded
	modprobe --remove ixgbe
	printf 'options %s\n' "igb max_vfs=2,4" "ixgbe max_vfs=10,10" >"$recipe"
	hostprep 1 check
	says_all "FAIL module-option: $recipe:1: .*max_vfs=2,4.* does not load"
	! modprobe ixgbe || fail "ixgbe was loaded with max_vfs=10,10"
	! reload || fail "igb was loaded with max_vfs=2,4"
	[[ ! -e /sys/bus/pci/devices/0000:01:00.0/net ]] || fail "a PF has a netdev without its driver"
	rm "$recipe"
	reload
	for pf in $pfs; do ls "/sys/bus/pci/devices/$pf/net/"*; done
}

what_apply_writes() {
	hostprep 0 apply --yes --method modprobe --pf eth0=4 --pf eth1=4
	modprobe --showconfig | grep -E "^options igb .*max_vfs=4$"
	reload
	for pf in $pfs; do expect "the number of VFs of $pf" "$(vfs_of "$pf")" 4; done
	hostprep 1 check # the IOMMU is off
	! grep "^FAIL module-option" "$said" || fail "check does not like what apply wrote"
}
