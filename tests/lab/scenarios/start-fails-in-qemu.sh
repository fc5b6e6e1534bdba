# A start that fails in QEMU, after our yes, leaves no claim and no residue; the user sees QEMU's
# reason.
set_vf eth0 0 "trust on"
settings=$(vf_settings eth0 0)
if error=$(virsh create <(domain_xml guest "$(vf eth0 0 mac=52:54:00:aa:00:01 vlan=42)" |
	with_qemu_argument -nonsense) 2>&1); then fail "it started"; fi
expect_match "the error" "$error" "-nonsense: invalid option"
assert_logged "release guest: PASS vf-released"
assert_released eth0 0 "$settings"
