# What the administrator has set before the start is there again after the release, although
# libvirt clears the VLAN at the start, and somebody changes the rest while the guest runs.
set_vf eth0 0 "${odd_settings[@]}"
owner
expect "the VLAN while the guest runs" "$(vf_attr eth0 0 vlan)" 0
set_vf eth0 0 "trust off" "spoofchk on" "max_tx_rate 7" "vlan 9"
stop owner
assert_released eth0 0 "$odd_settings_read"
