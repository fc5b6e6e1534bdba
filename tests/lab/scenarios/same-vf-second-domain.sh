# The VF of a running domain is refused to a second one, as interface and as plain <hostdev>; the
# message names the owner and says what to do, and the owner's VF stays as it is.
owner vlan=42
set_vf eth0 0 "trust on" "spoofchk off"
guard_owner
for device in "$(vf eth0 0 mac=52:54:00:aa:00:02)" "$(vf_plain eth0 0)" "$(vf eth0 0 mac="$owner_mac")"; do
	refused_beside_owner thief "FAIL vf-claimed: VF $(vf_pci eth0 0) is used by $(who_is owner)" \
		"remedy: stop owner first" -- "$device"
done
stop owner
assert_released eth0 0
