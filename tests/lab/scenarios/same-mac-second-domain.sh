# The MACs of a running domain, on its VF and on its virtio NIC, are refused to a second domain's
# VF, on the same PF and on the other; the MAC of its VF also to a second domain's virtio NIC. The
# message names the owner.
ip link add br0 type bridge
virtio_mac=52:54:00:aa:00:02
start_paused owner "$(vf eth0 0 mac="$owner_mac") $(virtio br0 mac="$virtio_mac")"
guard_owner
claimed="FAIL mac-claimed: MAC $owner_mac is used by $(who_is owner) on its VF $(vf_pci eth0 0)"
guard_vf eth0 1
refused_beside_owner same-pf "$claimed" "remedy: give this domain a MAC of its own" -- "$(vf eth0 1 mac="$owner_mac")"
refused_beside_owner other-pf "$claimed" -- "$(vf eth1 0 mac="$owner_mac")"
refused_beside_owner virtio "$claimed" -- "$(virtio br0 mac="$owner_mac")"
refused_beside_owner of-virtio \
	"FAIL mac-claimed: MAC $virtio_mac is used by $(who_is owner) on its bridge interface" -- \
	"$(vf eth1 0 mac="$virtio_mac")"
