# vfs gives an idle PF another number of VFs at once. All are made anew, and can be used; the same number again changes nothing.
index() { cat "/sys/class/net/eth1/device/virtfn0/net/$(vf_netdev eth1 0)/ifindex"; }
count() { cat /sys/class/net/eth1/device/sriov_numvfs; }

before=$(index)
vfward-hostprep vfs eth1=5
expect "the number of VFs" "$(count)" 5
[[ $(index) != "$before" ]] || fail "VF 0 is still the one that it was"
before=$(index)
vfward-hostprep vfs eth1=5
expect "the first VF's netdev" "$(index)" "$before"
start_paused last "$(vf eth1 4 mac=52:54:00:aa:00:05)"
stop last
assert_released eth1 4
for more in 6 8; do # igb has 7 at most
	vfward-hostprep vfs "eth1=$more" && status=0 || status=$?
	expect "the status of vfs eth1=$more" "$status" $((more > 7))
	expect "the number of VFs" "$(count)" 6
done
vfward-hostprep vfs eth1=0
expect "the number of VFs" "$(count)" 0
