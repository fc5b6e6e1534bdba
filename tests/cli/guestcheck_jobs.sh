#!/bin/bash
# Appliances that hang: ended at --timeout or with the program, with every process and file of theirs. QEMU is played by a script.
. "$(dirname "$0")/lib.sh"
[[ -x ${VFWARD_GUESTCHECK:-} ]] || skip "vfward-guestcheck was not built"
need jq mke2fs setsid
export VFWARD_DATADIR=$VFWARD_SOURCE/guestcheck VFWARD_ROOT=$work/host
empty_machine "$VFWARD_ROOT"
export LIBGUESTFS_CACHEDIR=$work

# A fixed appliance, which is never started: guestfs(3), LIBGUESTFS_PATH.
mkdir "$work/appliance" "$work/tmp"
for file in kernel initrd README.fixed; do : >"$work/appliance/$file"; done
mke2fs -q -F "$work/appliance/root" 256k # libguestfs wants to know its UUID
cat >"$work/qemu" <<END
#!/bin/bash
echo \$\$ >>"$work/pids"
printf '%s\n' "\$@" >>"$work/arguments"
real=\$(command -v qemu-system-x86_64 || command -v qemu-kvm)
[[ " \$* " == *" -kernel "* || ! \$real ]] || exec "\$real" "\$@"
trap '' TERM HUP INT
(trap '' TERM HUP INT; echo \$BASHPID >>"$work/pids"; while :; do sleep 0.2; done) &
while :; do sleep 0.2; done
END
chmod +x "$work/qemu"
truncate -s 1M "$work/disk1" "$work/disk2" "$work/disk3"
export LIBGUESTFS_HV=$work/qemu LIBGUESTFS_PATH=$work/appliance LIBGUESTFS_BACKEND=direct LIBGUESTFS_BACKEND_SETTINGS=force_tcg TMPDIR=$work/tmp
anew() { rm -f "$work/pids" "$work/arguments"; : >"$work/pids" >"$work/arguments"; }

# nobody TEXT: neither a process nor a file is left.
nobody() {
	local pid dir
	check "$1: QEMU was started" test -s "$work/pids"
	while read -r pid; do
		check "$1: process $pid is gone" not kill -0 "$pid"
		kill -s KILL "$pid"
	done <"$work/pids" 2>/dev/null
	check "$1: no temporary file is left" test -z "$(ls -A "$work/tmp")"
	while read -r dir; do
		check "$1: $dir is gone" test ! -e "$dir"
	done < <(sed -n 's/.*path=\([^,]*\)\/guestfsd\.sock.*/\1/p' "$work/arguments")
}

anew
run "$VFWARD_GUESTCHECK" --format raw --timeout 3 -j 2 --json "$work/disk1" "$work/nosuch" "$work/disk2"
status "appliances that hang" 3
json "in the order of the command line" '[.images[].image | split("/") | last] == ["disk1", "nosuch", "disk2"]'
json "why" '[.images[].findings[0].id] == ["image-timeout", "image-missing", "image-timeout"]'
json "undetermined" '[.images[].verdict] | unique == ["undetermined"]'
nobody "after --timeout"

# As a program of a shell: in a group of its own, ended by a signal.
for signal in TERM INT HUP; do
	anew
	setsid "$VFWARD_GUESTCHECK" --format raw -j 3 --junit "$work/junit.xml" "$work/disk1" "$work/disk2" "$work/disk3" >"$work/out" 2>"$work/err" &
	program=$!
	for _ in {1..100}; do [[ $(wc -l <"$work/pids") -lt 3 ]] || break; sleep 0.1; done
	kill -s "$signal" "$program"
	wait "$program" 2>/dev/null
	rc=$? last="kill -s $signal"
	status "ended by SIG$signal" $((128 + $(kill -l "$signal")))
	nobody "after SIG$signal"
	check "no half a report after SIG$signal" test "$(echo "$work"/junit.xml*)" = "$work/junit.xml*"
done

# Killed itself, it cannot clean up; but nothing runs on.
anew
"$VFWARD_GUESTCHECK" --format raw "$work/disk1" >"$work/out" 2>"$work/err" &
program=$!
for _ in {1..100}; do [[ ! -s $work/pids ]] || break; sleep 0.1; done
worker=$(cat "/proc/$program/task/$program/children")
kill -s KILL "$program"
wait "$program" 2>/dev/null
for _ in {1..50}; do kill -0 "${worker% }" 2>/dev/null || break; sleep 0.1; done
check "its worker is gone" not kill -0 "${worker% }" 2>/dev/null
while read -r pid; do kill -s KILL "$pid"; done <"$work/pids" 2>/dev/null
sed -n 's/.*path=\(\/tmp\/libguestfs[^,]*\)\/guestfsd\.sock.*/\1/p' "$work/arguments" | xargs --no-run-if-empty rm -rf
finish
