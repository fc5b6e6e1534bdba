# A teaming pair shares its MAC by design, and is let through without a word. A VF and an unrelated
# virtio NIC with one MAC are let through with a warning in the log.
ip link add br0 type bridge
mac=52:54:00:aa:00:01
start_paused pair "$(virtio br0 mac="$mac" teaming=persistent) $(vf eth0 0 mac="$mac" teaming=transient)"
assert_running pair
if logged "mac-same-domain"; then fail "the teaming pair was complained about"; fi
stop pair
assert_released eth0 0

start_paused unrelated "$(virtio br0 mac="$mac") $(vf eth0 0 mac="$mac")"
assert_running unrelated
assert_logged "prepare unrelated: WARN mac-same-domain: .*$mac"
stop unrelated
assert_released eth0 0
