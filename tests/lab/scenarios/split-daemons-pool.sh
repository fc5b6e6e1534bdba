# virtqemud and virtnetworkd instead of libvirtd: a VF of a pool is claimed in the one and in the other,
# each of them may be restarted, a duplicate MAC is refused at prepare and when it is plugged in, and
# the VF is clean in the end.
split_daemons
pool_hostdev pool eth0
start_pluggable owner "$(pool_nic pool mac="$owner_mac")"
guard_owner
start_paused other "$(vf eth1 0 mac=52:54:00:aa:00:02)"
for name in virtnetworkd virtqemud; do
	restart_daemon "$name"
	assert_owner_untouched
	refused_beside_owner thief "FAIL vf-claimed: .*$(who_is owner)" -- "$(vf eth0 0 mac=52:54:00:aa:00:03)"
done
if error=$(hotplug owner "$(pool_nic pool mac=52:54:00:aa:00:02)" 2>&1); then fail "the MAC of other was plugged in"; fi
expect_match "the refusal" "$error" "FAIL mac-claimed: .*$(who_is other)"
assert_owner_untouched
set_vf eth0 0 "trust on"
stop owner other
assert_released eth0 0
assert_vf_clean eth1 0
