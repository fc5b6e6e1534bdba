#!/bin/bash
# vfward-hook waits for a domain that is being stopped: as long as its deadline, and no longer.
. "$(dirname "$0")/lib.sh"
need jq timeout
root=$work/root
machine "$root" <<'EOF'
pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=2
EOF
# wait_hook NAME OPERATION < XML: as hook, but ended after 20 s; $took is in milliseconds.
wait_hook() {
	local began=${EPOCHREALTIME/./}
	run timeout 20 env -i LC_ALL=C PATH="$PATH" VFWARD_ROOT="$root" "$VFWARD_HOOK" "$1" "$2" begin -
	took=$(((${EPOCHREALTIME/./} - began) / 1000))
}
domain web1 1 "$(vf 01:10.0 52:54:00:00:00:01)" >"$work/web1.xml"
domain samevf 2 "$(vf 01:10.0 52:54:00:00:00:02)" >"$work/samevf.xml"
domain samemac 3 "$(vf 01:10.1 52:54:00:00:00:01)" >"$work/samemac.xml"

hook "$root" web1 prepare begin - <"$work/web1.xml"
allowed prepare
hook "$root" web1 started begin - <"$work/web1.xml"
hook "$root" web1 stopped end - <"$work/web1.xml"
check "web1 is being stopped" test "$(claims "$root")" = "0000:01:10.0 web1 stopping"

# Its release does not come.
deadline 1
for name in samevf samemac; do
	wait_hook $name prepare <"$work/$name.xml"
	refused "$name at the deadline" "${name/same/}-stopping" web1
	check "$name waited ($took ms)" test "$took" -ge 700
	check "$name did not wait for ever ($took ms)" test "$took" -lt 6000
done

# A host so busy that the process gets no CPU until its deadline is over: what it saw before that is the answer.
stalled() {
	env -i LC_ALL=C PATH="$PATH" VFWARD_ROOT="$root" "$VFWARD_HOOK" samevf prepare begin - <"$work/samevf.xml" >"$work/out" 2>"$work/err" &
	sleep "$1"
	kill -STOP $!
	sleep 1.2
	kill -CONT $!
	wait $!
}
for after in 0.3 0.311 0.322 0.333; do
	stalled $after
	rc=$? last="stalled $after"
	refused "stalled after $after s" vf-stopping web1
done
check "nothing has changed" test "$(claims "$root")" = "0000:01:10.0 web1 stopping"

# A reason that no waiting mends is said at once.
deadline 15
domain both 4 "$(vf 01:10.0 52:54:00:aa:00:00)" >"$work/both.xml"
wait_hook both prepare <"$work/both.xml"
refused "a hard reason beside a soft one" mac-on-pf eth0
check "that is not waited for ($took ms)" test "$took" -lt 8000

# It comes: the next domain gets the VF.
(sleep 0.5 && exec env -i LC_ALL=C VFWARD_ROOT="$root" "$VFWARD_HOOK" web1 release end - <"$work/web1.xml" >/dev/null 2>&1) &
wait_hook samevf prepare <"$work/samevf.xml"
wait
allowed "a release while another domain waits"
check "it waited for that ($took ms)" test "$took" -ge 300
check "the VF is the next domain's" test "$(claims "$root")" = "0000:01:10.0 samevf prepared"
finish
