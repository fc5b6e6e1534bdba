# A VF from a network's pool is claimed when libvirt has chosen it: refused to others by address and
# by MAC, reset when the guest stops, although libvirt's XML no longer names it then.
pool_hostdev pool eth0
start_paused owner "$(pool_nic pool mac="$owner_mac")"
expect "the port" "$(ports_of pool)" "owner $owner_mac $(vf_pci eth0 0)"
guard_owner
set_vf eth0 0 "${odd_settings[@]}"
guard_vf eth0 0
refused_beside_owner thief "FAIL vf-claimed: .*$(who_is owner)" -- "$(vf eth0 0 mac=52:54:00:aa:00:02)"
refused_beside_owner twin "FAIL mac-claimed: .*$(who_is owner)" -- "$(pool_nic pool mac="$owner_mac")"
stop owner
assert_released eth0 0
