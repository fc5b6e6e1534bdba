# The lab itself, without vfward: libvirt starts a paused guest on one VF, and boots another whose
# console shows the MAC of its XML.
rm -rf /etc/libvirt/hooks

start_paused waiting "$(vf eth0 0 mac=52:54:00:aa:00:01)"
expect "the MAC" "$(vf_attr eth0 0 mac)" 52:54:00:aa:00:01
expect "its driver" "$(vf_driver eth0 0)" vfio-pci

start booted "$(vf eth1 1 mac=52:54:00:aa:00:02)"
guest_says booted "lab-guest: eth0 52:54:00:aa:00:02 igbvf"

assert_running waiting booted
expect_match "the label of libvirtd" "$(cat "/proc/$(pidof libvirtd)/attr/current")" "libvirtd \(enforce\)"
