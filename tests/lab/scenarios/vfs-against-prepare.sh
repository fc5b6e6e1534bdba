# While vfs is at work no domain gets a VF of that PF; when it is done, one does.
vfs() { vfward-hostprep vfs "eth0=$1" >/root/vfs.out 2>&1; }
reserved() { registry_claims | grep vfward-hostprep >/dev/null; }

device=$(vf eth0 0 mac=52:54:00:aa:00:01)
# It is held up in the middle, which may take more than one attempt.
for attempt in {1..20}; do
	vfs $((2 + attempt % 2)) &
	shell=$!
	until reserved || [[ ! -e /proc/$shell ]]; do :; done
	pkill -STOP -x vfward-hostprep || continue
	if reserved; then break; fi
	pkill -CONT -x vfward-hostprep
	wait "$shell"
done
reserved || fail "vfs was never seen at work"

if error=$(start_paused thief "$device" 2>&1); then fail "thief was not refused"; fi
expect_match "the refusal" "$error" "FAIL vf-reserved: .*vfward-hostprep"
gone thief
pkill -CONT -x vfward-hostprep
wait "$shell" || fail "vfs failed: $(</root/vfs.out)"
reserved && fail "the VFs stay reserved: $(registry_claims)"
start_paused next "$device"
stop next
assert_released eth0 0
