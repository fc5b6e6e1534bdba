# A QEMU that is killed leaves no claim and no residue.
owner vlan=42
set_vf eth0 0 "trust on"
kill -KILL "$(cat /run/libvirt/qemu/owner.pid)"
wait_until 60 gone owner
wait_until 60 registry_empty
assert_released eth0 0
