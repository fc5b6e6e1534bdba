# A guest that powers itself off leaves no claim and no residue.
# The guest is a boot sector that does nothing else: port 0x604 (ACPI PM1a control) gets 0x2000 (S5).
printf '\xba\x04\x06\xb8\x00\x20\xef\xf4' >"$images/poweroff.img"
truncate --size=510 "$images/poweroff.img"
printf '\x55\xaa' >>"$images/poweroff.img"
truncate --size=1M "$images/poweroff.img"
disk="<disk type='file'><source file='$images/poweroff.img'/><target dev='vda' bus='virtio'/><readonly/></disk>"

virsh create <(domain_xml guest "$(vf eth0 0 mac=52:54:00:aa:00:01 vlan=42)" "$disk" |
	sed "s,<kernel>.*</initrd>,,; s,<cmdline>.*</cmdline>,,; s,<features>,<seclabel type='none'/>&,")
wait_until 60 gone guest
assert_logged "release guest: PASS vf-released"
assert_released eth0 0
