# The registry is deleted while a guest runs, and libvirtd is restarted: it is there again, with
# the guest's claims. The guest's VF and MAC are refused to others, and its release is clean.
owner
rm -r "${registry%/*}"
restart_daemon
claimed_again() { [[ $(claims_of owner) == "$owner_claims" ]]; }
wait_until 60 claimed_again
refused_beside_owner thief "FAIL mac-claimed: .*$(who_is owner)" -- "$(vf eth1 0 mac="$owner_mac")"
set_vf eth0 0 "trust on"
stop owner
assert_released eth0 0
