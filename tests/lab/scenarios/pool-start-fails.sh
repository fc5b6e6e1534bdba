# A start that fails in QEMU, and a QEMU that is killed: the VF from the pool is clean and free again.
pool_hostdev pool eth0
if virsh create <(domain_xml broken "$(pool_nic pool mac=52:54:00:aa:00:02)" | with_qemu_argument -no-such-option); then
	fail "a broken domain runs"
fi
expect "the ports" "$(ports_of pool)" ""
assert_released eth0 0
start_paused owner "$(pool_nic pool mac="$owner_mac")"
set_vf eth0 0 "trust on"
kill -KILL "$(cat /run/libvirt/qemu/owner.pid)"
wait_until 60 gone owner
wait_until 60 registry_empty
assert_released eth0 0
