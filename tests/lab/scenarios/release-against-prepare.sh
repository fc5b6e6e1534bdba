# A domain is destroyed while the next one is started on its VF, in turn: the next one waits for the release, is not refused, and
# nothing of the last one is left.
start_paused one "$(vf eth0 0 mac=52:54:00:aa:00:01)"
last=one
for round in 1 2 3 4 5 6; do
	if [[ $last == one ]]; then next=two; else next=one; fi
	next_mac=52:54:00:aa:01:0$round
	ip link set eth0 vf 0 trust on
	ip link set eth0 vf 0 vlan $((10 + round))
	virsh destroy "$last" &
	# Later each time: the start meets the end of the last domain at another place.
	sleep "0.$((10 + 5 * round))"
	# Before libvirt has told the hook that the last domain stops, the VF is that one's; after that nobody is refused.
	for ((tries = 1; ; tries++)); do
		start_paused "$next" "$(vf eth0 0 mac=$next_mac)" >/tmp/next 2>&1 && break
		expect_match "the refusal" "$(</tmp/next)" "FAIL vf-claimed: .*domain $last \\([^)]*, running\\)"
		((tries < 10)) || fail "$next is refused again and again"
	done
	wait
	gone "$last" || fail "$last still runs"
	assert_running "$next"
	expect "the VF" "$(vf_attrs eth0 0)" "mac=$next_mac $default_settings"
	expect "who claims" "$(registry_claims | cut -d '|' -f 3 | sort -u)" "$next"
	last=$next
done
stop "$last"
wait_until 20 registry_empty
assert_vf_clean eth0 0
