# A VF whose netdev has a permanent address, or is a port of a bridge, is refused, each with its
# finding and remedy.
netdev=$(vf_netdev eth0 0)
device=$(vf eth0 0 mac=52:54:00:aa:00:01)
ip address add 192.0.2.7/24 dev "$netdev"
guard_vf eth0 0
refused_alone thief "FAIL vf-permanent-address: netdev $netdev .*192\.0\.2\.7/24" "remedy:" -- "$device"
ip address show dev "$netdev" | grep -F 192.0.2.7/24

ip address flush dev "$netdev"
ip link add br0 type bridge
ip link set "$netdev" master br0
refused_alone thief "FAIL vf-upper-device: netdev $netdev .*is part of .*br0" "remedy:" -- "$device"
ip link show master br0 | grep -F "$netdev"
