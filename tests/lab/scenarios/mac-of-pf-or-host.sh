# The MAC of a PF, and that of another netdev of the host, are refused.
ip link add dummy0 address 52:54:00:cc:00:01 type dummy
refused_alone thief "FAIL mac-on-pf: MAC 52:54:00:20:00:00 is that of .*PF eth1" "remedy:" -- \
	"$(vf eth0 0 mac=52:54:00:20:00:00)"
refused_alone thief "FAIL mac-on-host: MAC 52:54:00:cc:00:01 is that of .*netdev dummy0" "remedy:" -- \
	"$(vf eth0 0 mac=52:54:00:cc:00:01)"
