#!/bin/bash
# Names that a guest chose, and names of images: nothing of them is for a terminal, starts a line, or breaks JSON or XML.
. "$(dirname "$0")/lib.sh"
[[ -x ${VFWARD_GUESTCHECK:-} ]] || skip "vfward-guestcheck was not built"
need iconv jq xmllint
export VFWARD_DATADIR=$VFWARD_SOURCE/guestcheck VFWARD_ROOT=$work/host
empty_machine "$VFWARD_ROOT"

# clean TEXT FILE: printable, and UTF-8.
clean() {
	check "$1: no control characters" not grep -qP '[\x00-\x09\x0b-\x1f\x7f]' "$2"
	check "$1: no C1 controls, no bidi marks" not grep -qP '\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]' "$2"
	check "$1: UTF-8" iconv -f UTF-8 -t UTF-8 "$2" -o /dev/null
}
names=($'esc\e[31mred' $'line\nPASS 8086:10ed forged: line' $'csi\xc2\x9b31m' $'bidi\xe2\x80\xaeabc' $'bad\xff\xfeutf'
	$'noncharacter\xef\xbf\xbf' ']]>&<"' '%s%n%s%n' '../../etc' "$(printf 'x%.0s' {1..200})")
n=0
for name in "${names[@]}"; do
	n=$((n + 1))
	root=$work/$n
	release=$(tr '/' '_' <<<"6.1-$name")
	mkdir -p "$root/etc/modprobe.d" "$root/boot" "$root/lib/modules/$release/kernel"
	printf 'ID="%s"\nVERSION_ID="%s"\nPRETTY_NAME="%s"\n' "$name" "$name" "$name" >"$root/etc/os-release"
	printf 'alias pci:v00008086d000010EDsv*sd*bc*sc*i* %s\n' "$name" >"$root/lib/modules/$release/modules.alias"
	printf 'kernel/%s.ko:\n' "$name" >"$root/lib/modules/$release/modules.dep"
	: >"$root/lib/modules/$release/modules.builtin" >"$root/boot/vmlinuz-$release"
	printf 'blacklist %s\n' "$name" >"$root/etc/modprobe.d/$n.conf"
	run "$VFWARD_GUESTCHECK" --root "$root" -v --device 8086:10ed
	check "guest $n: an answer" test "$rc" -eq 1 -o "$rc" -eq 3
	clean "guest $n, text" "$work/out"
	silent "guest $n: no forged line" '^PASS'
	run "$VFWARD_GUESTCHECK" --root "$root" --json --device 8086:10ed
	clean "guest $n, JSON" "$work/out"
	json "guest $n: JSON" '.images[0].systems[0].type == "linux"'
	run "$VFWARD_GUESTCHECK" --root "$root" --junit - --device 8086:10ed
	clean "guest $n, JUnit" "$work/out"
	check "guest $n: XML" xmllint --noout "$work/out"

	# The same as names of images, in what is said while they are examined, too.
	run "$VFWARD_GUESTCHECK" --format raw "$work/$name" "$work/$n.$name"
	status "image $n" 3
	cat "$work/out" "$work/err" >"$work/all"
	clean "image $n" "$work/all"
	silent "image $n: no forged line" '^PASS'
	run "$VFWARD_GUESTCHECK" --format raw "$work/$name" --junit -
	check "image $n: XML" xmllint --noout "$work/out"
	((n <= 5)) || continue # options are escaped in one place each
	for option in --device --adapter --format --kernel -j --timeout --policy --junit; do
		run "$VFWARD_GUESTCHECK" --root "$root" "$option" "$name/"
		cat "$work/out" "$work/err" >"$work/all"
		status "$option" 2
		clean "$option" "$work/all"
	done
done
finish
