# A pool of netdevs for macvtap passthrough: the VF below is claimed, refused to others, and clean
# afterwards; also when the network was destroyed meanwhile.
pool_macvtap taps eth0
start_paused owner "$(pool_nic taps mac="$owner_mac")"
guard_owner
refused_beside_owner thief "FAIL vf-claimed: .*$(who_is owner)" -- "$(vf eth0 0 mac=52:54:00:aa:00:02)"
set_vf eth0 0 "trust on"
stop owner
assert_released eth0 0
start_paused owner "$(pool_nic taps mac="$owner_mac")"
virsh net-destroy taps
stop owner
assert_released eth0 0
