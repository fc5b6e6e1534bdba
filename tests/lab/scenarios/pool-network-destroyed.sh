# The network is destroyed while a guest has a VF of its pool: the claim stays, also against the
# network's next life, which hands the VF out again; the guest's end cleans it without its port's.
pool_vfs pool eth0 0
start_paused owner "$(pool_nic pool mac="$owner_mac")"
guard_owner
virsh net-destroy pool
assert_owner_untouched
refused_beside_owner thief "FAIL vf-claimed: .*$(who_is owner)" -- "$(vf eth0 0 mac=52:54:00:aa:00:02)"
virsh net-start pool
refused_beside_owner late "FAIL vf-claimed: .*$(who_is owner)" -- "$(pool_nic pool mac=52:54:00:aa:00:02)"
set_vf eth0 0 "trust on"
stop owner
assert_released eth0 0
