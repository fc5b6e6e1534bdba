# A guest that powers itself off leaves no claim and no residue.
# The guest is a boot sector that does nothing else: port 0x604 (ACPI PM1a control) gets 0x2000 (S5).
start_code guest '\xba\x04\x06\xb8\x00\x20\xef\xf4' "$(vf eth0 0 mac=52:54:00:aa:00:01 vlan=42)"
wait_until 60 gone guest
assert_logged "release guest: PASS vf-released"
assert_released eth0 0
