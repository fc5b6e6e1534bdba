#!/bin/bash
# check-config, and vfward.conf(5) against what the program really knows.
. "$(dirname "$0")/lib.sh"
man=$VFWARD_SOURCE/vfward/vfward.conf.5
root=$work/root
empty_machine "$root"
mkdir -p "$root/etc/vfward/vfward.conf.d"
conf=$root/etc/vfward/vfward.conf

run "$VFWARD" --root "$root" check-config
status "no configuration" 0
says "no configuration" 'good'
run "$VFWARD" --root "$root" -q check-config
check "-q says nothing" test ! -s "$work/out"

# The man page's own example is a good configuration.
sed -n '/^\.SH EXAMPLE/,/^\.SH SEE/p' "$man" | sed -e '/^\./d' -e 's/\\-/-/g' >"$conf"
check "the man page has an example" grep -q '^\[networks\]' "$conf"
run "$VFWARD" --root "$root" check-config
status "the man page's example" 0

# Every key of the man page is one, in its section.
section='' keys=0
while read -r line; do
	case $line in
	.SH\ \[*) section=${line#.SH } ;;
	.BR\ *\ \"\ =*)
		key=${line#.BR } key=${key%% *} key=${key//\\/}
		printf '%s\n%s = bad value\n' "$section" "$key" >"$conf"
		run "$VFWARD" --root "$root" check-config
		status "$section $key" 2
		says "$section $key is a key with a bad value" 'bad value'
		keys=$((keys + 1))
		;;
	esac
done <"$man"
check "the man page names all keys ($keys)" test "$keys" -eq 6

# Mistakes: each with file and line, all of them, and exit status 2.
cat >"$conf" <<'EOF'
[hook]
on-error = maybe
deadline = 61
nosuch = 1
[nosuch]
a = b
EOF
printf '[mac]\nsame-domain\n' >"$root/etc/vfward/vfward.conf.d/10.conf"
run "$VFWARD" --root "$root" check-config
status "mistakes" 2
for place in vfward.conf:2 vfward.conf:3 vfward.conf:4 10.conf:2; do
	says "a mistake at $place" "^FAIL config-invalid: .*$place"
done
silent "no word of praise" 'good'
need jq
run "$VFWARD" --root "$root" check-config --json
status "mistakes in JSON" 2
json "schema" '.schema == 1 and (keys == ["findings", "schema"])'
json "findings" '[.findings[] | select(.id == "config-invalid" and .severity == "FAIL")] | length >= 5'
json "members" 'all(.findings[]; keys == ["id", "message", "remedy", "severity", "subject"])'

# Elsewhere a mistake is a warning.
run "$VFWARD" --root "$root" check-domain --json - <<'EOF'
<domain type='kvm'><name>a</name><uuid>11111111-2222-3333-4444-555555555555</uuid><devices/></domain>
EOF
status "check-domain with a mistake in the configuration" 0
json "a warning there" '[.findings[] | select(.id == "config-invalid")] | length > 0 and all(.severity == "WARN")'
finish
