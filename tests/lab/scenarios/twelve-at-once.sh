# Twelve domains that want one VF and one MAC are started at the same moment: one runs, eleven are refused and told who has it. libvirt's
# own refusals do not count: the hook comes first.
mac=52:54:00:aa:00:01
for ((i = 1; i <= 12; i++)); do
	start_paused "racer$i" "$(vf eth0 0 mac="$mac")" >"/tmp/racer$i" 2>&1 &
done
wait
winner=$(virsh list --name | grep .)
[[ $winner == racer* && $winner != *$'\n'* ]] || fail "these run: $winner"
for ((i = 1; i <= 12; i++)); do
	[[ racer$i != "$winner" ]] || continue
	expect_match "the refusal of racer$i" "$(<"/tmp/racer$i")" "FAIL (vf|mac)-claimed: .*domain $winner \("
	expect "claims of racer$i" "$(claims_of "racer$i")" ""
done
expect "the MAC of the VF" "$(vf_attr eth0 0 mac)" "$mac"
expect "claims" "$(registry_claims | awk -F '|' '{ print $1, $3 }' | sort -u | xargs)" "MAC $winner VF $winner"
stop "$winner"
wait_until 20 registry_empty
assert_vf_clean eth0 0
