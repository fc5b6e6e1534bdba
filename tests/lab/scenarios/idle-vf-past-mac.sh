# An idle VF still carries the MAC that a past domain had on it: it is cleared, and the MAC is free
# for another domain.
owner
stop owner
assert_released eth0 0
set_vf eth0 0 "mac $owner_mac"

start_paused next "$(vf eth1 0 mac="$owner_mac")"
assert_vf_clean eth0 0
expect "the MAC on its new VF" "$(vf_attr eth1 0 mac)" "$owner_mac"
assert_logged "prepare next: WARN mac-residue: idle VF $(vf_pci eth0 0) still carries MAC $owner_mac of domain owner"
