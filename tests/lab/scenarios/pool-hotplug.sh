# Plugging a VF of a pool into a running guest: refused with another domain's MAC and with the guest's
# own; else claimed, refused to others, and clean again when it is unplugged, while the guest runs on.
pool_hostdev pool eth0
start_paused owner "$(vf eth1 0 mac="$owner_mac")"
guard_vf eth1 0
start_pluggable guest "$(pool_nic pool mac=52:54:00:aa:00:02)"
plug_refused() {
	local error
	if error=$(hotplug guest "$(pool_nic pool mac="$1")" 2>&1); then fail "$1 was not refused"; fi
	expect_match "the refusal" "$error" "$2"
	assert_running guest owner
	assert_guarded
	expect "the ports" "$(ports_of pool)" "guest 52:54:00:aa:00:02 $(vf_pci eth0 0)"
}
plug_refused "$owner_mac" "FAIL mac-claimed: .*$(who_is owner)"
plug_refused 52:54:00:aa:00:02 "FAIL mac-same-domain: .*52:54:00:aa:00:02"
hotplug guest "$(pool_nic pool mac=52:54:00:aa:00:03)"
expect "the MAC of VF 1" "$(vf_attr eth0 1 mac)" 52:54:00:aa:00:03
expect "what guest claims" "$(claims_of guest | wc -l)" 4
guard_vf eth0 0
start_refused thief "FAIL vf-claimed: .*domain guest" -- "$(vf eth0 1 mac=52:54:00:aa:00:04)"
start_refused twin "FAIL mac-claimed: .*domain guest" -- "$(vf eth1 1 mac=52:54:00:aa:00:03)"
set_vf eth0 1 "trust on"
hotunplug guest "$(pool_nic pool mac=52:54:00:aa:00:03)"
assert_vf_clean eth0 1
expect "what guest claims" "$(claims_of guest | wc -l)" 2
start_paused next "$(vf eth0 1 mac=52:54:00:aa:00:03)"
assert_guarded
stop next guest owner
assert_vf_clean eth0 1
assert_released eth0 0
