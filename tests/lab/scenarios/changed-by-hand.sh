# Trust, VLAN, spoof checking and rate that were changed while the guest ran are undone.
owner
set_vf eth0 0 "${odd_settings[@]}"
expect "VF 0" "$(vf_settings eth0 0)" "$odd_settings_read"
stop owner
assert_released eth0 0
