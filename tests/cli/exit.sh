#!/bin/bash
# Exit codes and options: 2 for what the user typed wrong, 4 for output that did not arrive; messages on stderr only.
. "$(dirname "$0")/lib.sh"

# usage ARGUMENT...: a usage error that says something, and nothing on stdout.
usage() {
	run "$VFWARD" "$@"
	status "usage error" 2
	check "a message" test -s "$work/err"
	check "nothing on stdout" test ! -s "$work/out"
}
empty_machine "$work/root"
usage
usage nosuch
usage list one two
usage check-domain
usage check-domain a b
usage check-config a
usage install-hook now
usage record
usage record a b
usage reset
usage reset not-an-address
usage reset 0000:01:10.8
usage --root "$work/root" reset 0000:01:10.0x
usage -x list
usage --nosuch list
usage --color=red list
usage --json=yes list
usage --root
usage --root= list
usage --root "$work/missing" list
usage list --uninstall
usage --uninstall reset 0000:01:10.0
usage ''

run "$VFWARD" $'no\e[31msuch'
status "a command with an escape sequence" 2
check "the escape sequence does not reach the terminal" not grep -q $'\e' "$work/err"
run "$VFWARD" $'--no\e[31msuch'
check "nor that of an option" not grep -q $'\e' "$work/err"

# Options before, behind and after "--"; the environment does not matter.
for words in "--root $work/root --json list" "list --json --root $work/root" \
	"list --root=$work/root --json --"; do
	# shellcheck disable=SC2086
	run "$VFWARD" $words
	status "$words" 0
	says "$words" '"pfs"'
done
run env POSIXLY_CORRECT=1 "$VFWARD" list --json --root "$work/root"
status "POSIXLY_CORRECT" 0
says "POSIXLY_CORRECT" '"pfs"'
run "$VFWARD" --root "$work/root" list -- --json
status "behind -- comes an argument" 1
says "behind -- comes an argument" "'--json'" "$work/err"

# Findings and errors have their own codes.
run "$VFWARD" --root "$work/root" list eth9
status "a PF that is not there" 1
run "$VFWARD" --root "$work/root" reset 0000:01:10.0
status "a VF that is not there" 1
says "a VF that is not there" '^FAIL vf-missing: '
run "$VFWARD" --root "$work/root" check-domain "$work/nosuch.xml"
status "a file that is not there" 1
says "a file that is not there" 'nosuch.xml' "$work/err"

# Output that does not arrive must not look like success.
if [[ -c /dev/full ]]; then
	for words in "--help" "--version" "--root $work/root list" "--root $work/root --json list"; do
		# shellcheck disable=SC2086
		"$VFWARD" $words >/dev/full 2>"$work/err"
		rc=$? last="$words >/dev/full"
		status "$words >/dev/full" 4
	done
fi

# Colours.
run "$VFWARD" --root "$work/root" check-domain --color=always - </dev/null
check "always is always" grep -q $'\e\[31m' "$work/out"
run "$VFWARD" --root "$work/root" check-domain - </dev/null
check "a file is no terminal" not grep -q $'\e' "$work/out"
run env NO_COLOR=1 "$VFWARD" --root "$work/root" check-domain --color=always - </dev/null
check "--color=always beats NO_COLOR" grep -q $'\e\[31m' "$work/out"
finish
