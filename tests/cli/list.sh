#!/bin/bash
# vfward list: the table, the JSON, the filter; all without a registry.
. "$(dirname "$0")/lib.sh"
root=$work/root
machine "$root" <<'EOF'
pf 0000:01:00.1 eth1 mlx5_core down mac=52:54:00:aa:00:01 vfs=0 total=8
pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 numa=1 vfs=7 total=7 offset=384 stride=2
vf 0000:02:10.0 driver=vfio-pci mac=52:54:00:00:00:01 vlan=100 qos=3 trust=on
vf 0000:02:10.2 mac=52:54:00:00:00:02 spoofchk=off
vf 0000:02:10.4 netns=other
vf 0000:02:10.6 driver=none rate=1000 minrate=10 spoofchk=unknown trust=unknown link=enable
vf 0000:02:11.4 vlan=7 proto=0x88a8 link=disable rss=on
pci 0000:00:1f.0 class=0x060100
netdev br0 kind=bridge
master eth0v4 br0
addr eth0v5 192.0.2.5/24
addr eth0v1 fe80::1/64
process 4711 guest=web1 vfio=0000:02:10.0
process 4712 comm=other
EOF
cat >"$work/expected" <<'EOF'
FUNCTION           DRIVER     NETDEV  MAC                VLAN   FLAGS                              NUMA  USED BY
0000:01:00.0       igb        eth0    52:54:00:aa:00:00  -      up                                 1     7 of 7 VFs
|- 0 0000:02:10.0  vfio-pci   -       52:54:00:00:00:01  100/3  spoofchk,trust                     1     process 4711 qemu-system-x86 (guest web1)
|- 1 0000:02:10.2  igbvf      eth0v1  52:54:00:00:00:02  -      -                                  1     free
|- 2 0000:02:10.4  igbvf      -       00:00:00:00:00:00  -      spoofchk                           1     another network namespace
|- 3 0000:02:10.6  -          -       00:00:00:00:00:00  -      link=enable,min=10M,max=1000M      1     free
|- 4 0000:02:11.0  igbvf      eth0v4  00:00:00:00:00:00  -      spoofchk                           1     host: below br0
|- 5 0000:02:11.2  igbvf      eth0v5  00:00:00:00:00:00  -      spoofchk                           1     host: address 192.0.2.5/24
`- 6 0000:02:11.4  igbvf      eth0v6  00:00:00:00:00:00  7 ad   spoofchk,rss-query,link=disable    1     free
0000:01:00.1       mlx5_core  eth1    52:54:00:aa:00:01  -      down                               -     0 of 8 VFs
EOF
run "$VFWARD" --root "$root" list
status "list" 0
sed -E 's/ +/ /g' "$work/expected" >"$work/expected.words"
sed -E 's/ +/ /g' "$work/out" >"$work/out.words"
same "the table" "$work/expected.words" "$work/out.words"
# Below NUMA stands nothing but a node's number or "-".
at=$(head -n 1 "$work/out")
at=${at%%NUMA*}
check "the columns stand under each other" \
	not grep -qvE "^.{${#at}}(NUMA|[0-9-])  " "$work/out"
check "nothing on stderr" test ! -s "$work/err"
cp "$work/out" "$work/plain"

run env LC_ALL=C.UTF-8 "$VFWARD" --root "$root" list
if locale -a 2>/dev/null | grep -qix 'c.utf-\?8'; then
	says "branches in UTF-8" '^└─ 6 0000:02:11\.4 '
fi
run "$VFWARD" --root "$root" list --color=always
check "colours" grep -q $'\e\[32m' "$work/out"
sed $'s/\e\\[[0-9]*m//g' "$work/out" >"$work/stripped"
same "colours change nothing else" "$work/plain" "$work/stripped"

# The filter.
for name in eth1 0000:01:00.1 01:00.1; do
	run "$VFWARD" --root "$root" list "$name"
	status "list $name" 0
	check "list $name shows one PF" test "$(grep -c ' of .* VFs$' "$work/out")" -eq 1
	says "list $name" '^0000:01:00\.1 '
done
for name in eth0v1 0000:02:10.0 br0 eth7 lo '' 0000:00:1f.0; do
	run "$VFWARD" --root "$root" list "$name"
	status "'$name' is no PF" 1
	check "'$name' is no PF: a message" test -s "$work/err" -a ! -s "$work/out"
done

# A list with holes is said, and the rest is shown.
machine "$work/hole" <<'EOF'
pf 0000:01:00.0 eth0 igb vfs=3
vf 0000:01:10.1 hole=yes
EOF
run "$VFWARD" --root "$work/hole" list
status "a list with a hole" 1
says "a list with a hole" '^FAIL vf-list-broken: ' "$work/err"
check "all three VFs are shown" test "$(grep -c '^[|`]- ' "$work/out")" -eq 3

# No PF at all is no error.
machine "$work/none" </dev/null
run "$VFWARD" --root "$work/none" list
status "no PF" 0
says "no PF" 'no network function'

# A gap in the virtfn links; a VF that is being removed.
machine "$work/gap" <<'EOF'
pf 0000:01:00.0 eth0 igb vfs=3
EOF
rm "$work/gap/sys/devices/pci0000:00/0000:01:00.0/virtfn1"
run "$VFWARD" --root "$work/gap" list
check "a gap in the numbers" test "$(grep -c '^[|`]- ' "$work/out")" -eq 2
says "the one behind the gap" '^`- 2 '

# By address, as numbers: neither as text, nor as a version.
machine "$work/many" <<'EOF'
pf 10000:01:00.0 eth5 igb
pf 0000:1a:00.0 eth7 igb
pf 0000:19:00.0 eth6 igb
pf 0000:0a:00.0 eth4 igb
pf 0000:09:00.0 eth3 igb
pf 0000:a1:00.0 eth2 igb
pf 0000:10:00.0 eth1 igb
EOF
run "$VFWARD" --root "$work/many" list
same "PFs in order" <(printf '%s\n' 0000:09:00.0 0000:0a:00.0 0000:10:00.0 0000:19:00.0 0000:1a:00.0 0000:a1:00.0 10000:01:00.0) \
	<(sed 1d "$work/out" | cut -d ' ' -f 1)

# The registry: unreadable is said, missing is fine.
mkdir -p "$work/hole/run/vfward" "$work/none/run/vfward"
echo "this is no database" >"$work/none/run/vfward/registry.db"
run "$VFWARD" --root "$work/none" list
status "a registry that is none" 1
says "a registry that is none" '^FAIL registry-unavailable: ' "$work/err"
check "list does not touch it" test "$(cat "$work/none/run/vfward/registry.db")" = "this is no database" \
	-a "$(ls "$work/none/run/vfward")" = registry.db

need jq
run "$VFWARD" --root "$root" list --json
status "JSON" 0
json "top" '.schema == 1 and (keys == ["findings", "pfs", "schema"])'
json "PFs by address" '[.pfs[].address] == ["0000:01:00.0", "0000:01:00.1"]'
json "a PF" '.pfs[0] | .driver == "igb" and .netdev == "eth0" and .mac == "52:54:00:aa:00:00" and .up == true and .numa_node == 1 and .max_vfs == 7'
json "a PF without VFs" '.pfs[1] | .vfs == [] and .up == false and .numa_node == null and .max_vfs == 8'
json "VFs by index" '[.pfs[0].vfs[].index] == [0, 1, 2, 3, 4, 5, 6]'
json "a held VF" '.pfs[0].vfs[0] | .address == "0000:02:10.0" and .driver == "vfio-pci" and .netdev == null and .mac == "52:54:00:00:00:01" and .vlan == 100 and .qos == 3 and .vlan_proto == "802.1Q" and .trust == true and .spoofchk == true and .link_state == "auto" and .status == "held" and .holder == {pid: 4711, command: "qemu-system-x86", guest: "web1"} and .claim == null'
json "what is not reported is null" '.pfs[0].vfs[3] | .spoofchk == null and .trust == null and .rss_query == null and .driver == null and .min_rate == 10 and .max_rate == 1000 and .link_state == "enable"'
json "802.1ad" '.pfs[0].vfs[6] | .vlan_proto == "802.1ad" and .rss_query == true'
json "status" '[.pfs[0].vfs[].status] == ["held", "free", "other-netns", "free", "host", "host", "free"]'
json "host use" '.pfs[0].vfs[4].host_use.upper == "br0" and .pfs[0].vfs[5].host_use.permanent_address == "192.0.2.5/24" and .pfs[0].vfs[2].host_use.other_netns and .pfs[0].vfs[1].host_use.permanent_address == null'
json "every VF has the same members" '[.pfs[].vfs[] | keys] | unique | length == 1'
run "$VFWARD" --root "$work/hole" list --json
json "a hole: attributes are null" '.pfs[0].vfs[1] | .mac == null and .vlan == null and .spoofchk == null'
json "a hole: a finding" '.findings[0].id == "vf-list-broken" and .findings[0].severity == "FAIL"'
finish
