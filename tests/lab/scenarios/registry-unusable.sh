# When the registry cannot be used, a domain with a VF does not start and the message says why; one
# without a VF does.
rm -rf "${registry%/*}"
touch "${registry%/*}"
start_refused guest "FAIL registry-unavailable: " "remedy:" -- "$(vf eth0 0 mac=52:54:00:aa:00:01)"
ip link add br0 type bridge
start_paused other "$(virtio br0 mac=52:54:00:aa:00:02)"
assert_running other
rm "${registry%/*}"
