#!/bin/bash
# vfward xml: interfaces on VFs that are free, with MACs that nobody has; and networks. What it prints the hook lets start, and libvirt reads.
. "$(dirname "$0")/lib.sh"
need jq xmllint
root=$work/root
schemas=/usr/share/libvirt/schemas
machine "$root" <<'END'
pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=7
vf 0000:01:10.1 driver=vfio-pci
vf 0000:01:10.2 netns=other
pf 0000:02:00.0 eth1 igb mac=52:54:00:aa:00:01 vfs=0 total=7
pf 1f000:01:00.0 eth2 igb mac=52:54:00:aa:00:02 vfs=1
pf 0000:03:00.0 eth3 igb down mac=52:54:00:aa:00:03 vfs=2
netdev br0 kind=bridge
master eth0v3 br0
process 4711 guest=web9 vfio=0000:01:10.1
END
domain web1 1 "$(vf 01:10.4 52:54:00:00:00:01)" >"$work/web1.xml"
hook "$root" web1 prepare begin - <"$work/web1.xml"
allowed prepare
xml() { run "$VFWARD" --root "$root" xml "$@"; }

# valid SCHEMA FILE: as libvirt's own schema has it.
valid() {
	if [[ ! -e $schemas/$1.rng ]]; then
		echo "not checked against libvirt's schema, which is not installed: $1" >&2
		return
	fi
	check "libvirt's schema of a $1 takes it" xmllint --noout --relaxng "$schemas/$1.rng" "$2" 2>/dev/null
}
# as_domain: the last output in a domain that libvirt could have written.
as_domain() {
	{
		printf "<domain type='kvm'>\n<name>new</name>\n<uuid>%s</uuid>\n<memory>1024</memory>\n" "$(uuid 77)"
		printf "<os><type>hvm</type></os>\n<devices>\n"
		cat "$work/out"
		printf "</devices>\n</domain>\n"
	} >"$work/new.xml"
}

xml eth0
status "one" 0
check "nothing but XML" test ! -s "$work/err"
check "the first that is free" test "$(xmllint --xpath 'concat(/interface/source/address/@bus, /interface/source/address/@slot,
	/interface/source/address/@function)' "$work/out")" = 0x010x100x0
says "managed" "<interface type='hostdev' managed='yes'>"
says "a MAC as libvirt makes them" "<mac address='52:54:00(:[0-9a-f]{2}){3}'/>"

xml 0000:01:00.0 --count 3
status "three" 0
as_domain
grep -o "52:54:00[0-9a-f:]*" "$work/new.xml" | sort -u >"$work/macs"
check "three MACs" test "$(wc -l <"$work/macs")" -eq 3
check "of the free VFs" test "$(sed -n "s/.*function='\(.*\)'.*/\1/p" "$work/new.xml" | tr '\n' ' ')" = '0x0 0x5 0x6 ' 
valid domain "$work/new.xml"
run "$VFWARD" --root "$root" check-domain "$work/new.xml"
status "the hook would let it start" 0
silent "and has nothing to say" '^(WARN|FAIL)'
hook "$root" new prepare begin - <"$work/new.xml"
allowed "it starts"

# Now they are taken, and everybody is named.
xml eth0 --count 2
status "too few" 1
check "no XML" test ! -s "$work/out"
for who in '0 of 2' 'domain new \(prepared\)' 'domain web1 \(prepared\)' '4711 .*guest web9' \
	'0000:01:10\.2 another network namespace' 'below br0'; do
	says "too few: $who" "^FAIL vf-too-few: .*$who" "$work/err"
done
xml --json eth0
status "too few, as JSON" 1
json "too few, as JSON" '.schema == 1 and .interfaces == [] and .findings[0].id == "vf-too-few"'
hook "$root" new stopped end - <"$work/new.xml"
hook "$root" new release end - <"$work/new.xml"
xml eth0 --count 4
status "one too many" 1
says "one too many" '3 of 4' "$work/err"
xml --json eth0 --count 2
status "JSON" 0
json "JSON" '.interfaces | length == 2 and (.[1].address == "0000:01:10.5") and
	all(.mac | test("^52:54:00")) and all(.mac as $mac | .xml | contains($mac))'

xml eth1
status "no VFs" 1
says "no VFs" 'remedy: vfward-hostprep vfs eth1=COUNT' "$work/err"
xml eth2
status "a long PCI domain" 0
says "a long PCI domain" "domain='0x1f000'"
as_domain
valid domain "$work/new.xml"
# The hook would refuse this one: its PF is down.
xml eth3
status "a PF that is down" 1
says "a PF that is down" '^FAIL vf-too-few: .*eth3 \(0000:03:00\.0\) .*is down' "$work/err"
xml eth9
status "no such PF" 1

# A network.
xml eth0 --network 'a<b&"c'
status "a network" 0
valid network "$work/out"
check "its name" test "$(xmllint --xpath 'string(/network/name)' "$work/out")" = 'a<b&"c'
check "its PF" test "$(xmllint --xpath 'string(/network/forward[@mode="hostdev"][@managed="yes"]/pf/@dev)' "$work/out")" = eth0
xml --json eth0 --network pool
status "a network as JSON" 0
json "a network as JSON" '.network | contains("<name>pool</name>")'
xml eth1 --network pool
status "a network without VFs" 1
check "no XML" test ! -s "$work/out"

# What cannot be meant.
for args in "--count 0" "--count x" "--count 2 --network a" "--network a/b"; do
	# shellcheck disable=SC2086
	xml eth0 $args
	status "$args" 2
done
xml eth0 --network $'a\nb'
status "a name with a newline" 2

# What cannot be read.
printf 'x' >"$root/run/vfward/registry.db"
xml eth0
status "a registry that cannot be read" 1
says "a registry that cannot be read" '^FAIL registry-unavailable: ' "$work/err"
check "no XML" test ! -s "$work/out"
rm -rf "$root/run/vfward"
mkdir -p "$root/etc/libvirt/qemu/networks"
echo "<domain" >"$root/etc/libvirt/qemu/torn.xml"
xml eth0
status "a definition that cannot be read" 0
says "a definition that cannot be read" '^WARN macs-unknown: .*torn' "$work/err"
finish
