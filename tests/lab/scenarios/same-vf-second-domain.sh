# The VF of a running domain is refused to a second one; the message names the first, and the
# first one's VF stays as it is.
start_paused owner "$(vf eth0 0 mac=52:54:00:aa:00:01)"
guard_vf eth0 0
start_refused thief "FAIL vf-claimed: .*owner" "remedy:" -- "$(vf eth0 0 mac=52:54:00:aa:00:02)"
assert_running owner
