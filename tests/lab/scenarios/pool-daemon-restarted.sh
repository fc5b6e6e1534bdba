# libvirtd is restarted while a guest has a VF of a pool: the port that it tells of again is accepted,
# whether it is on record or, after the network was made anew, only in the guest's status. VF and MAC
# stay refused to others; the VF is clean afterwards.
pool_hostdev pool eth0
start_paused owner "$(pool_nic pool mac="$owner_mac")"
guard_owner
restart_daemon
assert_owner_untouched
expect "the port" "$(ports_of pool)" "owner $owner_mac $(vf_pci eth0 0)"
refused_beside_owner thief "FAIL vf-claimed: .*$(who_is owner)" -- "$(vf eth0 0 mac=52:54:00:aa:00:02)"
virsh net-destroy pool
virsh net-start pool
restart_daemon
assert_owner_untouched
expect "the port" "$(ports_of pool)" "owner $owner_mac $(vf_pci eth0 0)"
refused_beside_owner twin "FAIL mac-claimed: .*$(who_is owner)" -- "$(pool_nic pool mac="$owner_mac")"
# libvirt 11.3 itself has died of this once, behind the hook, by a general protection fault.
outlive_stop owner
wait_until 30 registry_empty
# libvirt itself leaves such a VF on vfio and its MAC on it.
expect "VF 0 of eth0" "$(vf_attrs eth0 0)" "mac=$no_mac $default_settings"
