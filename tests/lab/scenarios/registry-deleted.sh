# The registry is deleted while a guest runs. The next start that is judged rebuilds it first, so
# the guest's VF and MAC stay refused to others. The same when the registry is overwritten with
# rubbish, which is kept. The release is clean.
owner
rm -r "${registry%/*}"
refused_beside_owner thief "FAIL vf-claimed: .*$(who_is owner)" "WARN registry-rebuilt: .*missing" -- \
	"$(vf eth0 0 mac=52:54:00:aa:00:02)"
expect "the registry's mode" "$(stat -c %a "$registry")" 600

echo rubbish >"$registry"
refused_beside_owner thief "FAIL mac-claimed: .*$(who_is owner)" "WARN registry-rebuilt: .*unreadable" -- \
	"$(vf eth1 0 mac="$owner_mac")"
expect "what was set aside" "$(cat "$registry".corrupt-*)" rubbish

rm -r "${registry%/*}"
stop owner
assert_released eth0 0
