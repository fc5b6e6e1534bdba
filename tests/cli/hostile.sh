#!/bin/bash
# Names that others chose: no control character reaches a terminal or a log, and nothing is taken for a path or a command.
. "$(dirname "$0")/lib.sh"
need jq
root=$work/root
machine "$root" <<'EOF'
pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=4
vf 0000:01:10.1 driver=vfio-pci
process 4711 guest=x vfio=0000:01:10.1
EOF
# clean TEXT: the last run's output holds no control character but the newline, and is UTF-8.
clean() {
	cat "$work/out" "$work/err" >"$work/all"
	check "$1: no control characters" not grep -qP '[\x00-\x09\x0b-\x1f\x7f]' "$work/all"
	check "$1: no C1 controls, no bidi marks" not grep -qP '\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]' "$work/all"
	check "$1: UTF-8" iconv -f UTF-8 -t UTF-8 "$work/all" -o /dev/null
}
names=(
	'with blank' "quote'\"" 'a&b;c' '$(touch pwned)' '`touch pwned`' '-rf' '--help' '..' '.' 'dir\name'
	$'esc\e[31mred' $'line\nbreak' $'bell\a' $'csi\xc2\x9b31m' $'bidi\xe2\x80\xaeabc' $'bad\xff\xfeutf' '%s%n%s%n'
	'ünïcode' "$(printf 'x%.0s' {1..2000})"
)
n=0
for name in "${names[@]}"; do
	n=$((n + 1))
	escaped=$(printf '%s' "$name" | sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g')
	# Not all of these may stand in XML; what may not must be refused, and cleanly, too.
	{ domain NAME $n "$(vf 01:10.0 52:54:00:00:00:01)" | head -n 1
		printf '<name>%s</name>\n' "$escaped"
		domain NAME $n "$(vf 01:10.0 52:54:00:00:00:01)" | tail -n +3; } >"$work/domain.xml"
	hook "$root" "$name" prepare begin - <"$work/domain.xml"
	clean "prepare of name $n"
	was=$rc
	run "$VFWARD" --root "$root" check-domain "$work/domain.xml"
	clean "check-domain of name $n"
	run "$VFWARD" --root "$root" list
	status "list with name $n" 0
	clean "list with name $n"
	run "$VFWARD" --root "$root" list --json
	clean "JSON with name $n" 2>/dev/null
	json "JSON with name $n" '.schema == 1'
	if ((was == 0)); then
		check "name $n comes back whole" test "$(jq -r '.pfs[].vfs[0].claim.domain' "$work/out" | head -c 200)" = \
			"$(printf '%s' "$name" | head -c 200)"
	fi
	domain other 99 "$(vf 01:10.0 52:54:00:00:00:02)" >"$work/other.xml"
	hook "$root" other prepare begin - <"$work/other.xml"
	clean "the refusal that names name $n"
	((was == 0)) && check "it is a refusal" test "$rc" -eq 1
	hook "$root" "$name" release end failed <"$work/domain.xml"
	hook "$root" other release end failed <"$work/other.xml"
	check "released after name $n" test -z "$(claims "$root")"
done
check "nothing was executed" not test -e pwned -o -e "$root/pwned" -o -e "$work/pwned"

# A process that calls itself something.
printf 'e\e[31mvil\n' >"$root/proc/4711/comm"
printf 'qemu\0-name\0guest=g\e[2J\xff,debug-threads=on\0' >"$root/proc/4711/cmdline"
run "$VFWARD" --root "$root" list
clean "a process's names"
says "a process's names" 'e\\x1b\[31mvil'
domain held 7 "$(vf 01:10.1 52:54:00:00:00:07)" >"$work/held.xml"
hook "$root" held prepare begin - <"$work/held.xml"
refused "the holder" vf-in-use 4711
clean "the holder"
run "$VFWARD" --root "$root" reset 0000:01:10.1
clean "reset"

# Other strings of the XML, and of the host.
domain texts 8 "<interface type='hostdev'><mac address='&#x9b;31m&#x202e;'/><source><address type='pci' domain='&#x7f;' bus='x' slot='0' function='0'/></source></interface>" \
	"<interface type='direct'><mac address='52:54:00:00:00:08'/><source dev='../../../etc/passwd' mode='passthrough'/></interface>" \
	"<interface type='direct'><mac address='52:54:00:00:00:09'/><source dev='&#x9b;2J' mode='passthrough'/></interface>" >"$work/texts.xml"
hook "$root" texts prepare begin - <"$work/texts.xml"
status "hostile attributes" 1
clean "hostile attributes"
mkdir -p "$root/var/lib/cni/sriov/pci" "$root/run/netns"
printf '/run/netns/\e[31m' >"$root/var/lib/cni/sriov/pci/0000:01:10.2"
: >"$root/run/netns/"$'\e[31m'
run "$VFWARD" --root "$root" list
clean "a network namespace's name"

# What stands around a mistake in the XML may be a password: no message quotes it.
for mistake in "passwd='SECRET'>" "passwd='SECRET' passwd='SECRET'/>" "passwd='SECRET" "passwd='SE"$'\xff'"CRET'/>" \
	"><a>SECRET</b>" $'>SE\xffCRET' "><![CDATA[SECRET"; do
	domain broken 9 "$(vf 01:10.3 52:54:00:00:00:09)" "<graphics $mistake" >"$work/secret.xml"
	hook "$root" broken prepare begin - <"$work/secret.xml"
	refused "a mistake" xml-invalid
	# libxml2 writes bytes that are no text in hex; 43 52 is "CR"
	check "the message does not quote: $mistake" not grep -qE 'CRET|43 *(0x)?52' "$work/err"
	run "$VFWARD" --root "$root" check-domain "$work/secret.xml"
	check "nor does check-domain's" not grep -qE 'CRET|43 *(0x)?52' "$work/out" "$work/err"
done

# Links of the recorded machine that lead out of it.
mkdir "$work/secret"
echo secret >"$work/secret/vfward.conf"
ln -s "$work/secret" "$root/etc/vfward"
run "$VFWARD" --root "$root" check-config
silent "a link out of the root is not followed" 'secret'
rm -f "$root/run/vfward/registry.db"*
rm -rf "$root/run/vfward"
ln -s "$work/secret" "$root/run/vfward"
hook "$root" held prepare begin - <"$work/held.xml"
check "nothing is written through it" test "$(ls "$work/secret")" = vfward.conf
finish
