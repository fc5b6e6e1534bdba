# A guest that boots sees the MAC of its XML on its VF. When it is destroyed, the VF has no MAC and
# otherwise the settings that it had before; the registry is empty. The hook ran at its installed
# path, under a daemon that AppArmor confines.
settings=$(vf_settings eth0 0)
expect_match "the label of libvirtd" "$(cat "/proc/$(daemon_pid)/attr/current")" "^libvirtd \(enforce\)"
expect "the hook" "$(readlink -f /etc/libvirt/hooks/qemu.d/90-vfward)" /usr/sbin/vfward-hook

start guest "$(vf eth0 0 mac=52:54:00:aa:00:01 vlan=42)"
guest_says guest "lab-guest: eth0 52:54:00:aa:00:01 igbvf"
expect "the MAC" "$(vf_attr eth0 0 mac)" 52:54:00:aa:00:01
expect "the VLAN" "$(vf_attr eth0 0 vlan)" 42
expect_match "the registry" "$(registry_claims)" "52:54:00:aa:00:01.*guest"

stop guest
assert_released eth0 0 "$settings"
assert_logged "release guest: PASS vf-released"
