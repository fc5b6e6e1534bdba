#!/bin/bash
# apply and undo killed at every system call that changes anything, and with every system call failing once: afterwards the host is as before
# or as wanted, or the next run makes it so. Every third run is played, because all take five minutes; VFWARD_CRASH_STRIDE=N in the environment
# plays every Nth.
[[ ! -w /dev/shm ]] || TMPDIR=/dev/shm # thousands of fsyncs
export TMPDIR
. "$(dirname "$0")/lib.sh"
need strace
stride=${VFWARD_CRASH_STRIDE:-3}
tree=$VFWARD_SOURCE/tests/data/hostprep/rhel9
read -ra args <"$tree/args"
root=$work/root
turn=0
export ASAN_OPTIONS=detect_leaks=0 # which is ptrace itself

strace -f -o "$work/trace" true 2>/dev/null || skip "strace may not trace here"

# state: all but vfward's own directory.
state() { (cd "$root" && find . -path ./var/lib/vfward -prune -o -printf '%P %y %m %l ' \( -type f -exec sha256sum {} \; -o -print \)) | LC_ALL=C sort; }
hostprep() { run "$VFWARD_HOSTPREP" --root "$root" "$@"; }

rm -rf "$root"
cp -a "$tree/before" "$root"
mkdir -p "$root/var/lib"
state >"$work/before"
cp -a "$root" "$work/root.before"
hostprep apply "${args[@]}"
status "apply" 0
state >"$work/after"
cp -a "$root" "$work/root.after"
check "there is something to apply" not cmp -s "$work/before" "$work/after"

# reset WHICH: before or after.
reset() {
	rm -rf "${root:?}"
	cp -a "$work/root.$1" "$root"
}
is() { [[ $(<"$work/$1") == "$(<"$work/state")" ]]; }
# nothing_left: of vfward's.
nothing_left() { check "$what: nothing of vfward's is left" test ! -e "$root/var/lib/vfward"; }

# Whatever there is: an apply ends in one state, an undo in the other.
next_run() {
	if ((turn++ % 2)); then
		hostprep apply "${args[@]}"
		status "$what, then apply" 0
		state >"$work/state"
		check "$what, then apply: as wanted" is after
		hostprep undo
	else
		hostprep undo
	fi
	status "$what, then undo" 0
	state >"$work/state"
	same "$what, then undo: as before" "$work/before" "$work/state"
	nothing_left
}

killed() {
	status "$what: was killed" 137
	next_run
}

# failing: the run itself says what it could not do, and leaves one of the two states; or it says that the next one has to help.
failing() {
	check "$what: it ends by itself" test "$rc" -le 4
	state >"$work/state"
	if ((rc == 0)); then
		check "$what: good, and so it is" is "$goal"
	elif ((rc == 4)); then
		says "$what: could not say what it did" 'cannot write|out of memory' "$work/err"
	else
		check "$what: it says why" test -s "$work/err"
		silent "$what: a failure is not called done" '^Done'
		if [[ $goal == after ]] && ! grep -q 'not everything could be put back' "$work/out"; then
			check "$what: all is as before" is before
		fi
	fi
	next_run
}

# play GOAL COMMAND...: GOAL is the state that the command leads to.
play() {
	goal=$1
	shift
	local start=before calls=0 call n inject
	[[ $goal == after ]] || start=after
	reset "$start"
	run strace -f -o "$work/trace" "$VFWARD_HOSTPREP" --root "$root" "$@"
	status "$1 under strace" 0
	state >"$work/state"
	check "$1 under strace: as wanted" is "$goal"
	# What the loader does before main is not ours.
	sed -nE 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/p' "$work/trace" | sort | uniq -c >"$work/calls"
	while read -r n call; do
		case $call in
		mkdirat | openat | openat2 | write | fsync | fchmod | fchown | renameat | unlinkat) inject=kill ;;
		read | newfstatat | fstatfs | readlinkat | getdents64 | flistxattr | close | flock) inject=fail ;;
		*) continue ;;
		esac
		each "$@"
	done <"$work/calls"
	check "$1: there were runs" test "$calls" -gt $((100 / stride))
}

each() {
	local i error
	for ((i = 1; i <= n; i++)); do
		((++calls % stride == 0)) || continue
		error=EIO
		((calls % 2)) || error=ENOSPC
		what="$1, $call $i of $n: $error"
		reset "$start"
		run timeout 60 strace -f -o "$work/trace" -e "inject=$call:error=$error:when=$i" "$VFWARD_HOSTPREP" --root "$root" "$@"
		# The loader says 127 when it cannot load a library.
		((rc == 127)) || failing
		[[ $inject == kill ]] || continue
		what="$1, $call $i of $n: killed"
		reset "$start"
		run timeout 60 strace -f -o "$work/trace" -e "inject=$call:signal=KILL:when=$i" "$VFWARD_HOSTPREP" --root "$root" "$@"
		killed
	done
}

# What only could not be looked at is not taken for absent: without systemd the plan would be another.
unseen() {
	local path=/usr/lib/systemd/systemd
	what="systemd unseen"
	reset before
	run strace -f -o "$work/trace" -P "$path" -e inject=openat2:error=EIO "$VFWARD_HOSTPREP" --root "$root" apply "${args[@]}"
	status "$what" 1
	says "$what: says why" "cannot look for $path: Input/output error" "$work/err"
	silent "$what: shows no wrong plan" rc.local "$work/out"
	state >"$work/state"
	check "$what: all is as before" is before
}

unseen
play after apply "${args[@]}"
play before undo
finish
