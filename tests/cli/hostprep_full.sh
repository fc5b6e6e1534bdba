#!/bin/bash
# apply and undo where the disk is full, read-only, or a file immutable: said in one line, and nothing is changed.
. "$(dirname "$0")/lib.sh"
need unshare mount
if [[ -z ${VFWARD_MOUNTS:-} ]]; then
	unshare --mount --propagation private mount -t tmpfs tmpfs "$work" 2>/dev/null ||
		skip "mounting is not allowed here"
	VFWARD_MOUNTS=private unshare --mount --propagation private bash "$0"
	exit
fi
tree=$VFWARD_SOURCE/tests/data/hostprep/rhel9
read -ra args <"$tree/args"
root=$work/root
trap 'umount -q "$root/boot" "$root/var" "$root" 2>/dev/null; chattr -R -i "$work" 2>/dev/null; rm -rf "$work"' EXIT

state() { (cd "$root" && find . -path ./fill -o -path ./boot/fill -o -path ./var/fill -o -printf '%P %y %m %l ' \( -type f -exec sha256sum {} \; -o -print \)) | LC_ALL=C sort; }
hostprep() { run "$VFWARD_HOSTPREP" --root "$root" "$@"; }

# on MOUNT OPTIONS: the tree, with a file system of its own below MOUNT ("" = all of it).
on() {
	umount -q "$root/boot" "$root/var" "$root" 2>/dev/null
	rm -rf "$root"
	mkdir -p "$root/$1"
	mount -t tmpfs -o "$2" none "$root/$1" || skip "no tmpfs"
	cp -a "$tree/before/." "$root/"
	mkdir -p "$root/var/lib"
	state >"$work/before"
}
fill() { dd if=/dev/zero of="$root/$1/fill" bs=4096 count="$2" 2>/dev/null; }
same_as_before() {
	state >"$work/state"
	same "$1: nothing has changed" "$work/before" "$work/state"
}

# Room for so many pages, from none to enough: apply is done in full, or not at all.
done_=0 refused=0
for where in "" boot var; do
	for ((room = 0; room <= 40; room += 2)); do
		what="$room free pages in /$where"
		on "$where" size=400k
		fill "$where" 1000 # all there is
		truncate -s "-$((room * 4096))" "$root/$where/fill"
		hostprep apply "${args[@]}"
		if ((rc == 0)); then
			done_=$((done_ + 1))
			state >"$work/applied"
			check "$what: done means changed" not cmp -s "$work/before" "$work/applied"
			rm "$root/$where/fill"
			hostprep undo
			status "$what: undo" 0
		else
			refused=$((refused + 1))
			status "$what" 1
			says "$what: the reason" 'is full|No space left' "$work/err"
		fi
		same_as_before "$what"
	done
done
check "there was too little room" test "$refused" -gt 10
check "there was room enough" test "$done_" -gt 10

# undo on a full disk: what is there stays whole, and the next one goes on.
on "" size=400k
hostprep apply "${args[@]}"
state >"$work/applied"
fill "" 1000
hostprep undo
if ((rc)); then
	status "undo on a full disk" 1
	says "undo on a full disk: the reason" 'is full|No space left' "$work/err"
fi
rm "$root/fill"
hostprep undo
status "undo when there is room again" 0
same_as_before "undo when there is room again"

# Read-only.
for where in boot var ""; do
	on "$where" size=1m
	mount -o remount,ro "$root/$where"
	hostprep apply "${args[@]}"
	status "a read-only /$where" 1
	says "a read-only /$where: the reason" 'ead-only file system' "$work/err"
	same_as_before "a read-only /$where"
	check "a read-only /$where stays so" test ! -w "$root/$where"
	hostprep plan "${args[@]}"
	status "plan with a read-only /$where" 0
done
on boot size=1m
hostprep apply "${args[@]}"
mount -o remount,ro "$root/boot"
hostprep undo
status "undo with /boot read-only by now" 1
says "undo with /boot read-only by now: the reason" 'ead-only file system' "$work/err"
mount -o remount,rw "$root/boot"
hostprep undo
status "undo with /boot writable again" 0
same_as_before "undo with /boot writable again"

# Immutable, or a directory that is.
on "" size=1m
entry=$(find "$root/boot/loader/entries" -name '*.conf' | LC_ALL=C sort | tail -n 1)
umount "$root"
cp -a "$tree/before/." "$root/"
mkdir -p "$root/var/lib"
entry=$(find "$root/boot/loader/entries" -name '*.conf' | LC_ALL=C sort | tail -n 1)
state >"$work/before"
for file in "$entry" "${entry%/*}"; do
	chattr +i "$file" 2>/dev/null || break
	hostprep apply "${args[@]}"
	status "immutable: ${file##*/}" 1
	says "immutable: ${file##*/}: the reason" 'immutable|not permitted' "$work/err"
	chattr -i "$file"
	same_as_before "immutable: ${file##*/}"
done
ln "$entry" "$work/second"
hostprep apply "${args[@]}"
status "a file with a second name" 1
says "a file with a second name: the reason" 'hard links' "$work/err"
rm "$work/second"
same_as_before "a file with a second name"
finish
