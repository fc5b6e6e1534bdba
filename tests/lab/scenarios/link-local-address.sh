# A link-local address on the VF's netdev is no reason to refuse the VF.
netdev=$(vf_netdev eth0 0)
ip link set "$netdev" up
ip address add 169.254.7.7/16 dev "$netdev"
ip address add fe80::7/64 dev "$netdev" nodad
owner
stop owner
assert_registry_empty
