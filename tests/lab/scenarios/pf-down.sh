# A VF of a PF that is down is refused; the remedy that the message gives makes the start possible.
ip link set eth0 down
message=$(refused_alone guest "FAIL pf-down: PF eth0 \(0000:01:00.0\) of VF $(vf_pci eth0 0) is down" -- \
	"$(vf eth0 0 mac=52:54:00:aa:00:01)")
remedy=$(sed -n 's/^ *remedy: //p' <<<"$message")
expect "the remedy" "$remedy" "ip link set eth0 up"
$remedy
start_paused guest "$(vf eth0 0 mac=52:54:00:aa:00:01)"
assert_running guest
