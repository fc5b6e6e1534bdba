#!/bin/bash
# Standard input that is missing, cut, slow or too large, at every operation: no start with a VF slips through.
. "$(dirname "$0")/lib.sh"
need jq timeout
root=$work/root
machine "$root" <<'EOF'
pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=4
EOF
bystander "$root"
deadline 60

# Nothing.
for operation in "${operations[@]}"; do
	feed "$operation" </dev/null
	status "empty: $operation" 0
	feed "$operation" <&-
	status "closed: $operation" "$(no "$operation")"
done
untouched "nothing"

# An end anywhere.
whole="<domain><name>a</name><uuid>$(uuid 2)</uuid><devices>$(vf 01:10.0 52:54:00:00:00:02)</devices></domain>"
printf '%s' "$whole" >"$work/whole"
size=${#whole}
before=${whole%%hostdev*}
wrong=
for ((n = 0; n < size; n++)); do
	run env -i VFWARD_ROOT="$root" "$VFWARD_HOOK" a prepare begin - < <(printf '%s' "${whole:0:n}")
	((rc == (n >= ${#before} + 7))) || wrong+=" $n"
done
check "cut at every byte: refused from the word hostdev on (wrong at:$wrong)" test -z "$wrong"
check "every byte was tried" test "$n" -eq "$size" -a "$size" -gt 200
for operation in start started reconnect stopped release; do
	feed "$operation" < <(head -c 30 "$work/whole")
	status "cut before the word: $operation" 0
	feed "$operation" < <(head -c $((size - 1)) "$work/whole")
	status "cut at the last byte: $operation" "$(no "$operation")"
done
untouched "cut input"
feed prepare <"$work/whole"
status "the whole document" 0
feed release <"$work/whole"
status "its release" 0
untouched "the whole document and its release"

# The network hook's document. Its start has the name of a domain's, and is none of our business.
printf '%s' "$(port pool "$(hostdev_forward eth0)" 1 a 2 52:54:00:00:00:02 "$(plug_vf 01:10.0)")" >"$work/port"
size_port=$(wc -c <"$work/port")
wrong=
for ((n = 0; n < size_port; n += n < size_port - 12 ? 13 : 1)); do
	head -c $n "$work/port" >"$work/cut"
	run env -i VFWARD_ROOT="$root" "$VFWARD_HOOK" pool port-created begin - <"$work/cut"
	expected=0
	grep -q hostdev "$work/cut" && expected=1
	((rc == expected)) || wrong+=" $n"
done
check "a port cut anywhere: refused from the word hostdev on (wrong at:$wrong)" test -z "$wrong" -a "$n" -eq "$size_port"
for n in 30 $((size_port - 1)); do
	for operation in port-deleted start started stopped; do
		feed $operation < <(head -c $n "$work/port")
		status "a network's document cut at $n: $operation" 0
	done
done
untouched "a port that is cut"
feed port-created <"$work/port"
status "the whole port" 0
check "it is claimed" test "$(claims "$root" | grep -v web1)" = "0000:01:10.0 a prepared"
feed port-deleted <"$work/port"
untouched "the whole port, and its end"

# What comes slowly may still come to speak of a VF.
deadline 1
for operation in prepare release port-created; do
	feed $operation < <(while printf ' ' && sleep 0.25; do :; done 2>/dev/null)
	status "slow: $operation" "$(no "$operation")"
	says "slow: $operation" 'FAIL xml-invalid: .*did not arrive in time' "$work/err"
	check "slow: $operation ends with its deadline ($took ms)" test "$took" -ge 900 -a "$took" -lt 10000
done
deadline 60
untouched "slow input"

# sized BYTES: the whole document with blanks in it.
sized() {
	printf '<domain>'
	head -c $(($1 - size)) /dev/zero | tr '\0' ' '
	tail -c +9 "$work/whole"
}
max=$((16 * 1024 * 1024))
sized $max >"$work/max"
check "16 MiB are 16 MiB" test "$(wc -c <"$work/max")" -eq $max
feed prepare <"$work/max"
status "16 MiB" 0
feed release <"$work/max"
untouched "16 MiB"
sized $((max + 1)) >"$work/more"
head -c $((max + 1)) /dev/zero | tr '\0' ' ' >"$work/blank"
for operation in "${operations[@]}"; do
	for file in more blank; do
		feed "$operation" <"$work/$file"
		status "16 MiB and a byte: $operation" "$(no "$operation")"
		says "16 MiB and a byte: $operation" 'FAIL xml-invalid: .*larger than 16 MiB' "$work/err"
	done
done
feed prepare </dev/zero
refused "without an end" xml-invalid 'larger than 16 MiB'
untouched "too much"
finish
