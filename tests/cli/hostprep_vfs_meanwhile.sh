#!/bin/bash
# While vfward-hostprep vfs is at work nobody else gets a VF of that PF; when it is dead, however that came, it stands in nobody's way.
. "$(dirname "$0")/lib.sh"
need jq
root=$work/root
spec() {
	echo "pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=$1 total=7"
	echo "pf 0000:02:00.0 eth1 igb mac=52:54:00:aa:00:01 vfs=2 total=7"
}
vfs() { run timeout 60 "$VFWARD_HOSTPREP" --root "$root" vfs "$@"; }
# meanwhile ARGS...: vfs runs, and the kernel is at it until $work/hold goes. $pid; its output is in $work/vfs.out.
meanwhile() {
	: >"$work/asked"
	: >"$work/hold"
	# A shell's background jobs ignore SIGINT.
	env --default-signal "$VFWARD_HOSTPREP" --root "$root" vfs "$@" >"$work/vfs.out" 2>&1 &
	pid=$!
	until_true test -s "$work/asked"
}
# until_true COMMAND...: within ten seconds.
until_true() {
	local i
	for ((i = 0; i < 200; i++)); do
		"$@" && return 0
		sleep 0.05
	done
	return 1
}
prepare() { # NAME NUMBER VF MAC
	domain "$1" "$2" "$(vf "$3" "$4")" >"$work/$1.xml"
	hook "$root" "$1" prepare begin - <"$work/$1.xml"
}
release() {
	hook "$root" "$1" stopped end - <"$work/$1.xml"
	hook "$root" "$1" release end - <"$work/$1.xml"
}
reserved() { "$VFWARD" --root "$root" list --json | jq -r '[.pfs[].vfs[] | select(.status == "reserved")] | length'; }
none_reserved() { test "$(reserved)" -eq 0; }

begin 3
deadline 5
meanwhile eth0=2
prepare web1 1 01:10.1 52:54:00:00:00:01
refused "a VF that is being removed" vf-reserved "vfward-hostprep \(process $pid\)"
prepare web1 1 01:10.5 52:54:00:00:00:01
check "nor is one lost by it" test -n "$(cat "$work/err")"
run "$VFWARD" --root "$root" check-domain "$work/web1.xml"
status "check-domain" 1
run "$VFWARD" --root "$root" list
says "the list" "0000:01:10\.2 .* vfward-hostprep \(process $pid\)\$"
check "all three" test "$(reserved)" -eq 3
run "$VFWARD" --root "$root" reset 0000:01:10.0
status "reset" 1
says "reset" "^FAIL vf-reserved: .*process $pid"
vfs eth0=5
status "a second one" 1
says "a second one" "^FAIL vf-reserved: .*vfward-hostprep \(process $pid\)"
prepare db 2 02:10.0 52:54:00:00:00:02
allowed "another PF's VF"
release db
hostdev 01:00.0 >"$work/device"
domain pf 3 "$(cat "$work/device")" >"$work/pf.xml"
hook "$root" pf prepare begin - <"$work/pf.xml"
refused "the PF itself" vf-reserved "vfward-hostprep \(process $pid\)"
check "the kernel has been asked once" test "$(wc -l <"$work/asked")" -eq 1
rm "$work/hold"
wait "$pid"
check "it ends well" test $? -eq 0
check "nothing is reserved any more" test "$(reserved)" -eq 0
prepare web1 1 01:10.1 52:54:00:00:00:01
allowed "the VF afterwards"
release web1

# Asked to end, as a terminal asks all of its processes: not between 0 and the new number.
for signal in INT TERM HUP; do
	begin 3
	meanwhile eth0=2
	# shellcheck disable=SC2046
	kill "-$signal" "$pid" $(cat "/proc/$pid/task/$pid/children")
	rm "$work/hold"
	wait "$pid" 2>/dev/null
	check "$signal: it ends" test $? -gt 128
	check "$signal: when the work is done" test "$(find "$root/sys/bus/pci/devices/0000:01:00.0/" -name 'virtfn*' | wc -l)" -eq 2
	check "$signal: nothing is reserved" none_reserved
done

# Killed while the kernel is at it: what it does is done, and then nothing is left.
for turn in 1 2 3; do
	begin 3
	meanwhile eth0=2
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	prepare web1 1 01:10.1 52:54:00:00:00:01
	refused "turn $turn: as long as the kernel is at it" vf-reserved "process $pid"
	rm "$work/hold"
	check "turn $turn: it is over when the kernel has answered" until_true none_reserved
	end
	begin 3
	prepare web1 1 01:10.1 52:54:00:00:00:01
	allowed "turn $turn: afterwards"
	vfs eth0=2
	status "turn $turn: and vfs sees the domain" 1
	release web1
	vfs eth0=2
	status "turn $turn: and works again" 0
done

# Killed at any other moment.
for turn in {1..10}; do
	begin 3
	"$VFWARD_HOSTPREP" --root "$root" vfs eth0=2 >"$work/vfs.out" 2>&1 &
	pid=$!
	sleep "0.0$((RANDOM % 40 + 10))"
	kill -KILL "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	check "moment $turn: it is over when the kernel has answered" until_true none_reserved
	end
	machine "$work/again" < <(spec 3)
	rm -rf "${root:?}/sys" && mv "$work/again/sys" "$root/sys"
	cp "$work/again/vfward-record/links.nl" "$root/vfward-record/links.nl"
	prepare web1 1 01:10.0 52:54:00:00:00:01
	allowed "moment $turn"
done

# The kernel does not come back.
begin 3
echo "sriov_numvfs 0 hang" >"$work/faults"
vfs --seconds 1 eth0=2
status "a kernel that hangs" 1
says "a kernel that hangs" '^FAIL vfs-stuck: PF eth0 .*not come back from removing the VFs within 1 s; process [0-9]+ is left'
says "where to look" 'remedy: see /proc/[0-9]+/stack'
writer=$(sed -n 's/^FAIL vfs-stuck.*process \([0-9]*\) is left.*/\1/p' "$work/out")
check "the process is there" test "$(cat "/proc/$writer/comm")" = vfward-hostprep
prepare web1 1 01:10.1 52:54:00:00:00:01
refused "as long as it hangs" vf-reserved "in the hands of process $writer"
vfs eth0=1
status "vfs, too" 1
says "vfs, too" '^FAIL vf-reserved: '
echo 0 >"$root/vfward-record/kernel-says"
check "it ends when the kernel answers" until_true test ! -e "/proc/$writer"
prepare web1 1 01:10.1 52:54:00:00:00:01
allowed "then nothing is left of it"
end
finish
