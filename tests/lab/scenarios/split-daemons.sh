# The same under virtqemud and virtnetworkd instead of libvirtd: a VF of a running domain is refused to
# a second one, also after virtqemud was restarted, and is clean after the stop.
split_daemons
set_vf eth0 0 "spoofchk off"
owner vlan=42
refused_beside_owner thief "FAIL vf-claimed: VF $(vf_pci eth0 0) is used by $(who_is owner)" \
	"remedy: stop owner first" -- "$(vf eth0 0 mac=52:54:00:aa:00:02)"
restart_daemon
restart_daemon virtnetworkd
refused_beside_owner thief "FAIL mac-claimed: .*$(who_is owner)" -- "$(vf eth1 0 mac="$owner_mac")"
stop owner
assert_released eth0 0 "${default_settings/spoofchk=true/spoofchk=false}"

for name in virtqemud virtnetworkd; do pgrep -x "$name" || fail "$name does not run"; done
if pgrep -x -u root libvirtd; then fail "libvirtd runs"; fi # a user may still have one for qemu:///session
