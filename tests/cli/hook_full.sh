#!/bin/bash
# vfward-hook where the registry cannot be written: a full or read-only /run. Who uses no VF does not notice.
. "$(dirname "$0")/lib.sh"
need jq sqlite3 unshare mount
if [[ -z ${VFWARD_MOUNTS:-} ]]; then
	# A tmpfs of our own on the registry, seen by nobody else.
	unshare --mount --propagation private mount -t tmpfs tmpfs "$work" 2>/dev/null ||
		skip "mounting is not allowed here"
	VFWARD_MOUNTS=private unshare --mount --propagation private bash "$0"
	exit
fi
root=$work/root
dir=$root/run/vfward
machine "$root" <<'EOF'
pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=8
EOF
domain web1 1 "$(vf 01:10.0 52:54:00:00:00:01)" "$(nic 52:54:00:00:01:01)" >"$work/web1.xml"
domain web2 2 "$(vf 01:10.1 52:54:00:00:00:02)" "$(nic 52:54:00:00:01:02)" >"$work/web2.xml"
domain thief 3 "$(vf 01:10.0 52:54:00:00:00:03)" >"$work/thief.xml"
domain none 4 "$(nic 52:54:00:00:01:04)" >"$work/none.xml"
mkdir -p "$dir" "$root/etc/vfward"

# pages N: the registry's file system has room for N more pages. mount's size is rounded up to pages, 0 means no limit.
pages() {
	rm -f "$dir/filler"
	local free
	free=$(stat -f -c %a "$dir")
	((free <= $1)) || head -c $(((free - $1) * 4096)) /dev/zero >"$dir/filler"
}
new_registry() {
	umount "$dir" 2>/dev/null
	mount -t tmpfs -o size=1m,mode=0700 tmpfs "$dir"
}
# no_room REASON: whatever is asked for, the answer is right.
no_room() {
	local operation
	for operation in prepare start; do
		hook "$root" none "$operation" begin - <"$work/none.xml"
		allowed "$1: $operation without a VF"
		hook "$root" web2 "$operation" begin - <"$work/web2.xml"
		refused "$1: $operation with a VF" '(registry-unavailable|internal)' "$1"
		says "$1: $operation has a remedy" '^  remedy: .*on-error' "$work/err"
	done
	for operation in started reconnect stopped release; do
		hook "$root" web2 "$operation" begin - <"$work/web2.xml"
		allowed "$1: $operation"
		hook "$root" none "$operation" begin - <"$work/none.xml"
		allowed "$1: $operation without a VF"
	done
	printf '[hook]\non-error = warn\n' >"$root/etc/vfward/vfward.conf"
	hook "$root" web2 prepare begin - <"$work/web2.xml"
	allowed "$1: on-error = warn"
	says "$1: on-error = warn says what is missing" "^FAIL (registry-unavailable|internal): .*$1" "$work/err"
	rm "$root/etc/vfward/vfward.conf"
}
claimed() {
	claims "$root" >"$work/claims"
	printf '%s\n' "${@:2}" | sed '/^$/d' >"$work/wanted"
	same "$1" "$work/wanted" "$work/claims"
}
full="No space left on device"

# No registry yet, and no room for one.
new_registry
pages 0
no_room "$full"
check "nothing half made is left" test -z "$(find "$dir" -name 'registry.db*' -size +0)"
pages 100
hook "$root" web1 prepare begin - <"$work/web1.xml"
allowed "there is room again"
claimed "there is room again" "0000:01:10.0 web1 prepared"

# A registry that cannot grow, and has no room for a journal.
cp "$dir/registry.db" "$work/good.db"
pages 0
no_room "$full"
hook "$root" thief prepare begin - <"$work/thief.xml"
refused "what is claimed can still be read" vf-claimed web1
for operation in stopped release; do
	hook "$root" web1 "$operation" end - <"$work/web1.xml"
	allowed "full: $operation of who has claims"
	says "full: $operation says so" "^FAIL .*$full" "$work/err"
done
claimed "they stay until there is room" "0000:01:10.0 web1 prepared"
pages 100
hook "$root" web1 release end - <"$work/web1.xml"
allowed "release when there is room"
claimed "release when there is room" ""

# A little room: all or nothing, page by page.
seen=
for room in {0..40}; do
	new_registry
	cp "$work/good.db" "$dir/registry.db"
	pages "$room"
	hook "$root" web2 prepare begin - <"$work/web2.xml"
	seen+=$rc
	rm -f "$dir/filler"
	if ((rc)); then
		claimed "$room pages: nothing" "0000:01:10.0 web1 prepared"
	else
		claimed "$room pages: everything" "0000:01:10.0 web1 prepared" "0000:01:10.1 web2 prepared"
	fi
	check "$room pages: a sound registry" test "$(sqlite3 "$dir/registry.db" 'PRAGMA integrity_check')" = ok
	check "$room pages: nothing set aside" test ! -e "$dir/registry.db.corrupt-1"
done
check "with enough room it worked, with little it did not" grep -qE '^1+0+$' <<<"$seen"

# Read-only.
new_registry
cp "$work/good.db" "$dir/registry.db"
mount -o remount,ro "$dir"
no_room "(read-only|Read-only)"
hook "$root" thief prepare begin - <"$work/thief.xml"
check "read-only: refused" test "$rc" -eq 1
mount -o remount,rw "$dir"
claimed "read-only: the claims are as they were" "0000:01:10.0 web1 prepared"
hook "$root" web2 prepare begin - <"$work/web2.xml"
allowed "writable again"
new_registry
mount -o remount,ro "$dir"
no_room "(read-only|Read-only)"
umount "$dir"
finish
