# macvtap in passthrough mode uses its VF alone: it is claimed, refused to others, and clean
# afterwards.
netdev=$(vf_netdev eth0 0)
start_paused owner "$(macvtap "$netdev" mac="$owner_mac")"
guard_owner
set_vf eth0 0 "trust on"
guard_vf eth0 0
refused_beside_owner thief "FAIL vf-claimed: .*$(who_is owner)" -- "$(vf eth0 0 mac=52:54:00:aa:00:02)"
refused_beside_owner thief "FAIL vf-claimed: .*$(who_is owner)" -- "$(macvtap "$netdev" mac=52:54:00:aa:00:02)"
stop owner
assert_released eth0 0
