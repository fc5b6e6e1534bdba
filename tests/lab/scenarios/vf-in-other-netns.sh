# A VF whose netdev is in another network namespace (a container's) is refused, and stays there.
netdev=$(vf_netdev eth0 0)
ip netns add container
ip link set "$netdev" netns container
guard_vf eth0 0
refused_alone thief "FAIL vf-other-netns: .*VF $(vf_pci eth0 0) is in another network namespace" "remedy:" -- \
	"$(vf eth0 0 mac=52:54:00:aa:00:01)"
ip netns exec container ip link show dev "$netdev"
