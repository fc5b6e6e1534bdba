# An idle VF carries the MAC, and no past domain explains that: refused, and the VF is left alone.
# The remedy that the message gives makes the start possible.
set_vf eth0 0 "mac 52:54:00:aa:00:01" "trust on"
guard_vf eth0 0
message=$(refused_alone guest "FAIL mac-on-vf: idle VF $(vf_pci eth0 0) carries MAC 52:54:00:aa:00:01" -- \
	"$(vf eth1 0 mac=52:54:00:aa:00:01)")
remedy=$(sed -n 's/^ *remedy: //p' <<<"$message")
expect "the remedy" "$remedy" "vfward reset $(vf_pci eth0 0)"
$remedy
assert_released eth0 0
start_paused guest "$(vf eth1 0 mac=52:54:00:aa:00:01)"
assert_running guest
