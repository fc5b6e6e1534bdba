# Two VFs of one PF with one MAC in one domain are refused; so are a VF and a bridge over its PF.
refused_alone twins "FAIL mac-same-domain: .*52:54:00:aa:00:01 on one PF, 0000:01:00.0" "remedy:" -- \
	"$(vf eth0 0 mac=52:54:00:aa:00:01) $(vf eth0 1 mac=52:54:00:aa:00:01)"
ip link add br0 type bridge
ip link set eth0 master br0
refused_alone twins "FAIL mac-same-domain: .*52:54:00:aa:00:01 on one PF, 0000:01:00.0" -- \
	"$(vf eth0 0 mac=52:54:00:aa:00:01) $(virtio br0 mac=52:54:00:aa:00:01)"
