# A guest that powers itself off leaves no claim and no residue.
GUEST=poweroff start guest "$(vf eth0 0 mac=52:54:00:aa:00:01 vlan=42)"
set_vf eth0 0 "trust on"
guest_says guest "lab-guest: ready"
wait_until 180 gone guest
assert_released eth0 0
assert_logged "release guest: PASS vf-released"
