# libvirtd is restarted while a guest runs: its claims stay, VF and MAC stay refused to others, and
# its release is clean.
set_vf eth0 0 "spoofchk off"
owner
restart_daemon
refused_beside_owner thief "FAIL vf-claimed: .*$(who_is owner)" -- "$(vf eth0 0 mac=52:54:00:aa:00:02)"
stop owner
assert_released eth0 0 "${default_settings/spoofchk=true/spoofchk=false}"
