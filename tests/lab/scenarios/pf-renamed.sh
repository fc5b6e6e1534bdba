# The PF is renamed while the guest runs, so that libvirt does not find what it has saved for the
# VF and leaves the guest's MAC on it. The release cleans it all the same.
owner
give_name_back() {
	gone owner || stop owner
	echo 0 >/sys/class/net/lan0/device/sriov_numvfs # the VF may have taken the PF's name
}
ip link set eth0 down
ip link set eth0 name lan0 up
trap give_name_back EXIT
set_vf lan0 0 "trust on"
stop owner
assert_released lan0 0
