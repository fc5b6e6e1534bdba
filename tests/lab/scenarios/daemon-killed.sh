# libvirtd is killed while a guest runs: also between its end and the next start the claims stay;
# later VF and MAC are refused to others, and the release is clean.
set_vf eth0 0 "spoofchk off"
owner
old=$(daemon_pid)
kill -KILL "$old"
assert_guarded
expect "what owner claims" "$(claims_of owner)" "$owner_claims"
wait_until 60 new_daemon "$old"
refused_beside_owner thief "FAIL mac-claimed: .*$(who_is owner)" -- "$(vf eth1 0 mac="$owner_mac")"
stop owner
assert_released eth0 0 "${default_settings/spoofchk=true/spoofchk=false}"
