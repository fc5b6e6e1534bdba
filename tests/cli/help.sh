#!/bin/bash
# Help and man page say the same: synopses, options, commands, and every finding has its place in docs/findings.md.
. "$(dirname "$0")/lib.sh"

# plain < roff: without fonts and escaped hyphens.
plain() { sed -E 's/\\f[BIRP]//g; s/\\-/-/g; s/^\.(B|I|BI|BR|IR|RB|SS|TP) ?//'; }

# documented NAME PROGRAM MANPAGE
documented() {
	local name=$1 program=$2 man=$3
	run "$program" --help
	status "help" 0
	check "help writes nothing to stderr" test ! -s "$work/err"
	sed -n "s/^  \($name \[OPTION\].*\)/\1/p" "$work/out" | sort >"$work/help.synopsis"
	sed -n '/^\.SH SYNOPSIS/,/^\.SH DESCRIPTION/p' "$man" | plain | grep "^$name " | sort >"$work/man.synopsis"
	check "there are synopses" test -s "$work/help.synopsis"
	same "the synopses of help and man page" "$work/help.synopsis" "$work/man.synopsis"

	grep -oE -e '--[a-z-]+' "$work/out" | sort -u | grep -v -x -e '--help' >"$work/help.options"
	sed -n '/^\.SH OPTIONS/,/^\.SH FINDINGS/p' "$man" | plain | grep -oE -e '--[a-z-]+' |
		sort -u | grep -v -x -e '--help' >"$work/man.options"
	same "the options of help and man page" "$work/help.options" "$work/man.options"
	check "the man page has --help" grep -q 'help' "$man"

	# Every command: its own help, its synopsis first, its section in the man page.
	sed -n "s/^$name \[OPTION\]\.\.\. \([a-z][a-z-]*\).*/\1/p" "$work/help.synopsis" >"$work/commands"
	while read -r command; do
		run "$program" "$command" --help
		status "help of $command" 0
		says "help of $command shows its synopsis" "^  $name \[OPTION\]\.\.\. $command"
		check "help of $command shows no other" test "$(grep -c "$name \[OPTION\]" "$work/out")" -eq 1
		check "the man page has a section on $command" \
			grep -qE "^\.SS ${command//-/(\\\\)?-}( |\$)" "$man"
	done <"$work/commands"

	run "$program" --version
	status "version" 0
	says "version" "^$name [0-9]+\.[0-9]+\.[0-9]+\$"
	run "$program" -V
	says "short version" "^$name [0-9]"
}
documented vfward "$VFWARD" "$VFWARD_SOURCE/vfward/vfward.8"
documented vfward-hostprep "$VFWARD_HOSTPREP" "$VFWARD_SOURCE/hostprep/vfward-hostprep.8"
[[ ! -x ${VFWARD_GUESTCHECK:-} ]] ||
	documented vfward-guestcheck "$VFWARD_GUESTCHECK" "$VFWARD_SOURCE/guestcheck/vfward-guestcheck.8"

# Findings: every id that the sources name is documented, and every documented one is named somewhere.
grep -rhoE --include='*.c' 'VW_(PASS|WARN|FAIL|SKIP)[^;]*' "$VFWARD_SOURCE"/{lib,hooks,vfward,hostprep,guestcheck} >"$work/calls"
find "$VFWARD_SOURCE"/{lib,hooks,vfward,hostprep,guestcheck} -name '*.c' -exec cat {} + >"$work/sources"
sed -n 's/^| `\([a-z-]*\)` |.*/\1/p' "$VFWARD_SOURCE/docs/findings.md" | sort -u >"$work/documented"
check "docs/findings.md lists ids" test -s "$work/documented"
while read -r id; do
	check "the documented finding $id exists" grep -qF "\"$id\"" "$work/sources"
done <"$work/documented"
tr '\n\t' '  ' <"$work/sources" |
	grep -oE 'vw_finding_add\([^;"]*"[a-z]+(-[a-z]+)*"' | grep -oE '"[a-z-]+"$' | tr -d '"' |
	sort -u >"$work/used"
check "the sources use ids" test -s "$work/used"
while read -r id; do
	check "the finding $id is documented" grep -qx "$id" "$work/documented"
done <"$work/used"
finish
