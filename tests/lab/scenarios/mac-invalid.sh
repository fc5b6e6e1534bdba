# An invalid MAC starts nothing. libvirt itself refuses it before any hook runs; our dry run names
# it too.
refuse_mac() {
	start_refused thief "$2" -- "$(vf eth0 0 mac="$1")"
	expect_match "check-domain" "$(domain_xml thief "$(vf eth0 0 mac="$1")" | vfward check-domain - || true)" \
		"FAIL mac-invalid: .*$1"
}
guard_vf eth0 0
refuse_mac 01:00:5e:00:00:01 "expected unicast mac address, found multicast"
refuse_mac 52:54:00:xx:00:01 "unable to parse mac address"
if logged " thief: "; then fail "libvirt did ask the hook"; fi
