#!/bin/bash
# Every tree of tests/data/hostprep: plan, apply, apply again, undo, and undo after others have changed the same files.
# NAME/before is the host, NAME/args the options, NAME/plan what plan says, NAME/after the boot loader's files afterwards. VFWARD_GOLDEN=1 in the
# environment writes NAME/plan anew; look at the difference.
[[ ! -w /dev/shm ]] || TMPDIR=/dev/shm # thousands of fsyncs
export TMPDIR
. "$(dirname "$0")/lib.sh"
need jq
trees=$VFWARD_SOURCE/tests/data/hostprep
hostprep=$VFWARD_HOSTPREP

# state ROOT: every name with its type, mode, link target and content. times ROOT: and when it was last changed.
state() {
	(cd "$1" && find . -mindepth 1 -printf '%P\t%y %m %l\t' \( -type f -exec sha256sum {} \; -o -print \) | LC_ALL=C sort)
}
times() { (cd "$1" && find . -mindepth 1 -printf '%P %T@ %i\n' | LC_ALL=C sort); }

fresh() {
	rm -rf "${root:?}"
	cp -a "$tree/before" "$root"
	mkdir -p "$root/var/lib"
	find "$root" -exec touch -h -d '2020-02-02 02:02:02' {} +
}

# edited JSON: the files that were there and get another content; created JSON: those that were not.
edited() { jq -r '.steps[] | select(.kind == "file" and (.diff | startswith("--- a"))) | .path' "$1"; }
created() { jq -r '.steps[] | select(.kind == "file" and (.diff | startswith("--- /dev/null"))) | .path' "$1"; }

# theirs PATH: somebody else changes a file of this host, as its format allows.
theirs() {
	case $1 in
	*/grubenv) ;;
	*/cmdline) sed -i '1s/^/theirs=1 /' "$root$1" ;;
	*) printf '# theirs\n' >>"$root$1" ;;
	esac
}

# new_kernel: its boot entry is a copy of another one.
new_kernel() {
	local entry
	entry=$(find "$root" -path '*/entries/*.conf' ! -name '*rescue*' | LC_ALL=C sort | tail -n 1)
	[[ ! $entry ]] || cp "$entry" "${entry%/*}/zz-new-kernel.conf"
}

play() {
	local path expected=0
	fresh
	state "$root" >"$work/before"
	times "$root" >"$work/before.times"
	run "$hostprep" --root "$root" plan "${args[@]}"
	if grep -q '^FAIL' "$work/out"; then expected=1; fi
	status "$name: plan" "$expected"
	cp "$work/out" "$work/plan"
	[[ ! ${VFWARD_GOLDEN:-} ]] || cp "$work/plan" "$tree/plan"
	same "$name: the plan" "$tree/plan" "$work/plan"
	run "$hostprep" --root "$root" --json plan "${args[@]}"
	status "$name: plan --json" "$expected"
	cp "$work/out" "$work/json"
	json "$name: JSON" '.schema == 1 and (.steps | type == "array") and (.findings | length > 0)'
	times "$root" >"$work/times"
	same "$name: plan changes nothing" "$work/before.times" "$work/times"

	run "$hostprep" --root "$root" apply "${args[@]}"
	status "$name: apply" "$expected"
	if ((expected)); then
		times "$root" >"$work/times"
		same "$name: a plan that fails changes nothing" "$work/before.times" "$work/times"
		return
	fi
	compare_after
	state "$root" >"$work/after"
	times "$root" >"$work/after.times"
	run "$hostprep" --root "$root" --json apply "${args[@]}"
	status "$name: apply again" 0
	json "$name: apply again says that it changes nothing" '.changed == false and ([.steps[] | select(.kind == "file")] == [])'
	times "$root" >"$work/times"
	same "$name: apply again changes nothing" "$work/after.times" "$work/times"

	run "$hostprep" --root "$root" undo
	status "$name: undo" 0
	state "$root" >"$work/state"
	same "$name: undo gives what was before" "$work/before" "$work/state"
	untouched_times
	run "$hostprep" --root "$root" undo
	status "$name: undo again" 0
	says "$name: undo again has nothing to do" "^Nothing is applied"

	others_change
}

# The boot loader's files are those of NAME/after; whatever else is new was in the plan.
compare_after() {
	(cd "$tree/after" && find . ! -type d -printf '%P\n') | LC_ALL=C sort >"$work/list"
	(cd "$root" && find . -path ./var/lib/vfward -prune -o ! -type d -printf '%P\n') | LC_ALL=C sort >"$work/got"
	created "$work/json" | sed 's,^/,,' | LC_ALL=C sort >"$work/created"
	LC_ALL=C comm -13 "$work/list" "$work/got" >"$work/new"
	check "$name: only planned files are new" test -z "$(LC_ALL=C comm -23 "$work/new" "$work/created")"
	while read -r path; do
		if [[ -L $tree/after/$path ]]; then
			check "$name: $path" test "$(readlink "$tree/after/$path")" = "$(readlink "$root/$path")"
		else
			same "$name: $path" "$tree/after/$path" "$root/$path"
		fi
	done <"$work/list"
}

# What is not in the plan has not even been written to.
untouched_times() {
	(cd "$root" && find . -type f -printf '%P %T@\n') | grep -v ' 15806[0-9]*\.0*$' | sed 's/ [0-9.]*$//; s,^,/,' |
		LC_ALL=C sort >"$work/touched"
	while read -r path; do
		check "$name: $path was written to, and is in the plan" grep -qxF -e "$path" <(
			edited "$work/json"
			edited "$work/json" | while read -r link; do
				path=$(realpath -m "$root$link")
				echo "${path#"$root"}"
			done
		)
	done <"$work/touched"
}

# Kernels come, and files are edited, after apply: undo gives what these would be without it.
others_change() {
	fresh
	new_kernel
	while read -r path; do theirs "$path"; done < <(edited "$work/json")
	state "$root" >"$work/expected"
	fresh
	run "$hostprep" --root "$root" apply "${args[@]}"
	new_kernel
	while read -r path; do theirs "$path"; done < <(edited "$work/json")
	run "$hostprep" --root "$root" undo
	status "$name: undo after others" 0
	state "$root" >"$work/state"
	same "$name: undo leaves what others have changed" "$work/expected" "$work/state"
}

root=$work/root
for tree in "$trees"/*/; do
	tree=${tree%/}
	name=${tree##*/}
	[[ -d $tree/before && -f $tree/args ]] || continue
	read -ra args <"$tree/args"
	play
done
finish
