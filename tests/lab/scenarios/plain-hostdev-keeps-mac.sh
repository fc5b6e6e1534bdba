# A VF that is passed through as a plain <hostdev> keeps the MAC and the settings that it was
# preset with; what was changed meanwhile is undone. While it runs, its MAC is taken.
set_vf eth0 0 "mac 52:54:00:bb:00:01" "vlan 5 qos 2" "spoofchk off"
before=$(vf_attrs eth0 0)
start_paused owner "$(vf_plain eth0 0)"
guard_owner
refused_beside_owner thief "FAIL mac-claimed: .*$(who_is owner)" -- "$(vf eth1 0 mac=52:54:00:bb:00:01)"

set_vf eth0 0 "trust on" "vlan 9" "spoofchk on"
stop owner
expect "VF 0" "$(vf_attrs eth0 0)" "$before"
expect "its driver" "$(vf_driver eth0 0)" igbvf
assert_registry_empty
