# A start on a pool that is empty, or in which libvirt chooses a VF that another domain uses outside
# the pool, fails and leaves everybody else alone.
pool_vfs pool eth0 0
start_paused owner "$(pool_nic pool mac="$owner_mac")"
guard_owner
refused_beside_owner late "none are available" -- "$(pool_nic pool mac=52:54:00:aa:00:02)"
stop owner
assert_released eth0 0
owner
refused_beside_owner thief "refuses the port of network pool, domain thief at port-created" \
	"FAIL vf-claimed: .*$(who_is owner)" -- "$(pool_nic pool mac=52:54:00:aa:00:02)"
stop owner
assert_released eth0 0
