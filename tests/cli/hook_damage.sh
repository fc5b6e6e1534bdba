#!/bin/bash
# vfward-hook with a registry that turns out to be damaged: set aside, rebuilt from the running domains, and on.
. "$(dirname "$0")/lib.sh"
need jq sqlite3
root=$work/root
domain web1 1 "$(vf 01:10.0 52:54:00:00:00:01)" >"$work/web1.xml"
domain other 2 "$(vf 01:10.1 52:54:00:00:00:02)" >"$work/other.xml"
domain thief 3 "$(vf 01:10.0 52:54:00:00:00:03)" >"$work/thief.xml"
machine "$root" <<EOF
pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=3
vf 0000:01:10.0 driver=vfio-pci mac=52:54:00:00:00:01
process 4711 guest=web1 vfio=0000:01:10.0
status web1 - pid=4711 $work/web1.xml
EOF
registry=$root/run/vfward/registry.db

# damage: the pages behind the first two, so that opening it finds nothing.
damage() {
	check "there is something to damage" test "$(stat -c %s "$registry")" -gt 12288
	dd if=/dev/urandom of="$registry" bs=4096 seek=2 count=4 conv=notrunc 2>/dev/null
}
# found TEXT N: what every run with a damaged registry has to leave.
found() {
	says "$1: it is said" '^WARN registry-rebuilt: ' "$work/err"
	check "$1: the bad file is kept" test -e "$registry.corrupt-$2"
}

hook "$root" web1 reconnect begin - <"$work/web1.xml"
allowed reconnect
damage
hook "$root" thief prepare begin - <"$work/thief.xml"
refused "the VF of a running domain" vf-claimed web1
found "a refusal" 1
damage
hook "$root" other prepare begin - <"$work/other.xml"
allowed "a free VF"
found "a start" 2
damage
hook "$root" web1 release end destroyed <"$work/web1.xml"
allowed release
found "a release" 3

# Everything else that may be found in its place. web1 runs; what the registry alone knows is lost with it.
fresh() {
	rm -rf "$root/run/vfward"
	hook "$root" web1 reconnect begin - <"$work/web1.xml"
	size=$(stat -c %s "$registry")
}
# set_aside TEXT: the owner's VF is refused, a free one is not, all of it is said, and the thing itself is kept.
set_aside() {
	local was is
	was=$(stat -c '%i %F %s' "$registry")
	hook "$root" thief prepare begin - <"$work/thief.xml"
	refused "$1: the VF of a running domain" vf-claimed web1
	found "$1" 1
	says "$1: where it is kept is said" 'registry-rebuilt: .*registry\.db\.corrupt-1' "$work/err"
	is=$(stat -c '%i %F %s' "$registry.corrupt-1")
	check "$1: the very thing is kept" test "$was" = "$is"
	hook "$root" other prepare begin - <"$work/other.xml"
	allowed "$1: a free VF"
	check "$1: once is enough" test ! -e "$registry.corrupt-2"
	check "$1: a sound registry" test "$(sqlite3 "$registry" 'PRAGMA integrity_check')" = ok
}
put() {
	case $1 in
	nothing) : >"$registry" ;;
	garbage) head -c 20000 /dev/urandom >"$registry" ;;
	zeroes) head -c "$size" /dev/zero >"$registry" ;;
	text) echo "this is no database" >"$registry" ;;
	quarter*) truncate -s $((size * ${1#quarter} / 4)) "$registry" ;;
	page*) truncate -s $((4096 * ${1#page})) "$registry" ;;
	newer) sqlite3 "$registry" 'PRAGMA user_version = 99' ;;
	older) sqlite3 "$registry" 'PRAGMA user_version = 0' ;;
	foreign) rm "$registry" && sqlite3 "$registry" 'CREATE TABLE recipes(cake)' ;;
	directory) rm "$registry" && mkdir -p "$registry/inside" ;;
	symlink) mv "$registry" "$root/run/vfward/good" && ln -s good "$registry" ;;
	out-of-root) ln -sf "$work/outside" "$registry" ;;
	fifo) rm "$registry" && mkfifo "$registry" ;;
	esac
}
echo "not to be touched" >"$work/outside"
fresh
pages=$((size / 4096))
for what in nothing garbage zeroes text quarter{1..3} $(seq -f 'page%g' $((pages - 1))) newer older foreign \
	directory symlink out-of-root fifo; do
	fresh
	put "$what"
	set_aside "$what"
done
check "a symlink out of the root is not followed" grep -q '^not to be touched$' "$work/outside"

# Bits that flip anywhere: an answer that is right and sound, whether or not the flip does harm.
fresh
cp "$registry" "$work/good.db"
wrong=0
for i in {1..200}; do
	rm -rf "$root/run/vfward"/registry.db*
	cp "$work/good.db" "$registry"
	at=$((i <= 100 ? i - 1 : (i * 7919) % size))
	byte=$(od -An -tu1 -j $at -N 1 "$registry")
	printf "\\x$(printf %02x $((byte ^ 1 << i % 8)))" |
		dd of="$registry" bs=1 seek=$at conv=notrunc 2>/dev/null
	VFWARD_ROOT=$root timeout 10 "$VFWARD_HOOK" thief prepare begin - <"$work/thief.xml" \
		>"$work/out" 2>"$work/err"
	rc=$?
	last="bit $((i % 8)) of byte $at flipped"
	((rc == 1)) && grep -q "^FAIL \(vf-claimed\|vf-in-use\): " "$work/err" || wrong=$((wrong + 1))
done
check "flipped bits: refused each time" test "$wrong" -eq 0

# What is harmless stays.
fresh
chmod 666 "$registry"
chown 65534:65534 "$registry"
chmod 777 "$root/run/vfward"
hook "$root" thief prepare begin - <"$work/thief.xml"
refused "owner and mode" vf-claimed web1
silent "owner and mode: no damage" registry-rebuilt "$work/err"
check "the mode is mended" test "$(stat -c %a "$registry" "$root/run/vfward" | xargs)" = "600 700"

# What SQLite would take for the journal of this registry.
fresh
head -c 5000 /dev/urandom >"$registry-journal"
head -c 5000 /dev/urandom >"$registry-wal"
head -c 5000 /dev/urandom >"$registry-shm"
hook "$root" thief prepare begin - <"$work/thief.xml"
refused "stray files" vf-claimed web1
check "stray files: a sound registry" test "$(sqlite3 "$registry" 'PRAGMA integrity_check')" = ok
fresh
mv "$registry" "$registry-journal"
hook "$root" thief prepare begin - <"$work/thief.xml"
refused "a registry in the journal's place" vf-claimed web1
hook "$root" other prepare begin - <"$work/other.xml"
allowed "a registry in the journal's place: a free VF"

# Not without end: above 999 somebody has to look.
fresh
touch "$registry".corrupt-{1..999}
put garbage
hook "$root" thief prepare begin - <"$work/thief.xml"
refused "999 set aside" registry-unavailable
says "999 set aside: what to do" 'registry-unavailable: .*remove them' "$work/err"
finish
