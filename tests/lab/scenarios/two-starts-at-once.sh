# Two domains with one MAC are started at the same moment, on VFs of two PFs, which libvirt would
# let through: one of them runs, the other is refused.
start_paused one "$(vf eth0 0 mac=52:54:00:aa:00:01)" >/tmp/one 2>&1 &
start_paused two "$(vf eth1 0 mac=52:54:00:aa:00:01)" >/tmp/two 2>&1 &
results=()
for job in $(jobs -p); do
	result=0
	wait "$job" || result=$?
	results+=("$result")
done
cat /tmp/one /tmp/two
case ${results[*]} in
"0 1") winner=one loser=two ;;
"1 0") winner=two loser=one ;;
*) fail "the results were ${results[*]}" ;;
esac
assert_running "$winner"
expect_match "the refusal" "$(cat "/tmp/$loser")" "FAIL mac-claimed: MAC 52:54:00:aa:00:01 is used by domain $winner"
expect "claims of the loser" "$(claims_of "$loser")" ""
