#!/bin/bash
# A thousand VFs on eight PFs: every one has its number and its address, and what is done to one is done to it alone.
. "$(dirname "$0")/lib.sh"
need jq timeout awk
root=$work/root
limit=60 # seconds for what takes a fraction of one: a bound for what hangs or grows out of hand

# PF, netdev, VFs, offset, stride: VFs on the PF's own bus, on the next ones, across the border between two, with ARI's function
# numbers beyond 7, behind the second port, in a domain of five digits, and one list beyond 64 KiB.
cat >"$work/pfs" <<'EOF'
0000:10:00.0 eth0 100 8 1
0000:18:00.1 eth1 100 256 2
0000:20:00.0 eth2 60 16 2
0000:28:00.0 eth3 20 246 1
0000:30:00.0 eth4 200 128 4
0000:40:00.0 eth5 335 1 1
0000:e0:00.0 eth6 85 128 1
10000:01:00.0 eth7 100 128 1
EOF
# "ADDRESS PF NUMBER" of all VFs: routing ids count from the PF's, by offset and stride (SR-IOV specification, 2.1.2).
while IFS=' :.' read -r domain bus slot function _ n offset stride; do
	for ((i = 0; i < n; i++)); do
		rid=$((16#$bus * 256 + 16#$slot * 8 + function + offset + i * stride))
		printf '%s:%02x:%02x.%x %s:%s:%s.%s %d\n' "$domain" $((rid >> 8)) $((rid >> 3 & 31)) $((rid & 7)) \
			"$domain" "$bus" "$slot" "$function" "$i"
	done
done <"$work/pfs" >"$work/wanted"
check "a thousand" test "$(cut -d ' ' -f 1 "$work/wanted" | sort -u | wc -l)" -eq 1000
awk '{ printf "pf %s %s ice vfs=%d offset=%d stride=%d\n", $1, $2, $3, $4, $5 }' "$work/pfs" >"$work/spec"
# Each VF has a VLAN of its own, and so cannot be taken for another.
awk '{ printf "vf %s vlan=%d\n", $1, NR }' "$work/wanted" >>"$work/spec"
machine "$root" <"$work/spec"

# at PF NUMBER: the VF's address
at() { awk -v pf="$1" -v n="$2" '$2 == pf && $3 == n { print $1 }' "$work/wanted"; }
# state: every VF with what the PF keeps for it and who claims it
state() {
	timeout "$limit" "$VFWARD" --root "$root" list --json |
		jq -r '.pfs[].vfs[] | "\(.address) \(.vlan) \(.mac) \(.claim.domain)"'
}

run timeout "$limit" "$VFWARD" --root "$root" list --json
status "JSON" 0
jq -r '.pfs[] | .address as $pf | .vfs[] | "\(.address) \($pf) \(.index)"' "$work/out" >"$work/got"
same "every VF with its PF and number" "$work/wanted" "$work/got"
jq -r '.pfs[].vfs[].vlan' "$work/out" >"$work/got"
same "every VF with its settings" <(seq 1000) "$work/got"
json "all of them are free" '[.pfs[].vfs[].status] | unique == ["free"]'
run timeout "$limit" "$VFWARD" --root "$root" list
status "the table" 0
check "a line for each" test "$(grep -c ' free$' "$work/out")" -eq 1000

# A domain's life, and a reset, on VFs at all kinds of places.
n=0
while read -r pf number; do
	n=$((n + 1))
	place="VF $number of $pf"
	address=$(at "$pf" "$number")
	IFS=:. read -r domain bus slot function <<<"$address"
	domain dom$n $n "<interface type='hostdev' managed='yes'><mac address='52:54:00:00:01:$(printf %02x $n)'/>
		<source><address type='pci' domain='0x$domain' bus='0x$bus' slot='0x$slot' function='0x$function'/></source>
		</interface>" >"$work/dom.xml"
	state >"$work/before"
	run timeout "$limit" "$VFWARD" --root "$root" check-domain "$work/dom.xml"
	status "$place: check-domain" 0
	hook "$root" dom$n prepare begin - <"$work/dom.xml"
	allowed "$place: prepare"
	hook "$root" dom$n start begin - <"$work/dom.xml"
	allowed "$place: start"
	state >"$work/after"
	same "$place: one claim" <(sed "s/^\($address .*\) null\$/\1 dom$n/" "$work/before") "$work/after"
	check "$place: it is one" not cmp -s "$work/before" "$work/after"
	hook "$root" dom$n release end - <"$work/dom.xml"
	state >"$work/after"
	same "$place: as before" "$work/before" "$work/after"
	run timeout "$limit" "$VFWARD" --root "$root" reset "$address"
	status "$place: reset" 0
	state >"$work/after"
	same "$place: one VF was reset" <(sed "s/^$address [0-9]* /$address 0 /" "$work/before") "$work/after"
done <<'EOF'
0000:18:00.1 0
0000:28:00.0 9
0000:28:00.0 10
0000:30:00.0 199
0000:40:00.0 221
0000:40:00.0 333
0000:40:00.0 334
10000:01:00.0 99
EOF
finish
