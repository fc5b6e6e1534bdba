#!/bin/bash
# Hostile documents at the hook: entities, encodings, hidden and doubled elements, names that lead elsewhere, thousands of devices.
# Nothing is fetched, nothing outside is opened, what libvirt would not see is not seen, and the answer comes in time.
. "$(dirname "$0")/lib.sh"
need jq timeout iconv mkfifo
root=$work/root
machine "$root" <<'EOF'
pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=4
vf 0000:01:10.2 driver=vfio-pci
netdev br0 kind=bridge
EOF
bystander "$root"
deadline 60

# A pipe's last part runs in this shell, where the checks are counted.
shopt -s lastpipe

# told TEXT STATUS < XML: what prepare says; and one other operation, each in turn, of which only start may say no.
others=(release start started stopped reconnect)
told() {
	cat >"$work/told"
	feed "${others[0]}" <"$work/told"
	status "$1: ${others[0]}" $(($2 * $(no "${others[0]}")))
	others=("${others[@]:1}" "${others[0]}")
	feed prepare <"$work/told"
	status "$1: prepare" "$2"
}
# taken TEXT [NAME] < XML: prepare lets it through and claims VF 01:10.0 for NAME.
taken() {
	cat >"$work/taken"
	feed prepare <"$work/taken"
	status "$1" 0
	check "$1: claimed" test "$(claims "$root" | grep -v web1)" = "0000:01:10.0 ${2:-a} prepared"
	feed release <"$work/taken"
}
a() { domain a 2 "$@"; }
vf0=$(vf 01:10.0 52:54:00:00:00:02)
a "$vf0" >"$work/a.xml"
taken "the document that is changed below" <"$work/a.xml"

# Entities. Whoever opened the FIFO would wait until the end of the test's patience; nobody listens at port 9.
mkfifo "$work/fifo"
echo secret >"$work/secret"
for url in "file://$work/fifo" "http://127.0.0.1:9/x" "file://$work/secret"; do
	{ printf '<!DOCTYPE domain [<!ENTITY e SYSTEM "%s">]>' "$url" && sed 's/<name>a/&\&e;/' "$work/a.xml"; } |
		told "an external entity: $url" 1
	check "$url is not read" not grep -q secret "$work/err"
	{ printf '<!DOCTYPE domain SYSTEM "%s">' "$url" && cat "$work/a.xml"; } | told "an external DTD: $url" 1
	{ printf '<!DOCTYPE domain [<!ENTITY %% p SYSTEM "%s"> %%p;]>' "$url" && cat "$work/a.xml"; } |
		told "a parameter entity: $url" 1
	# These name a document without asking for it: neither is followed.
	{ printf '<?xml-stylesheet href="%s"?><?xml-model href="%s"?>' "$url" "$url" &&
		sed "s|<devices>|&<x:include xmlns:x='http://www.w3.org/2001/XInclude' href='$url'/>|" "$work/a.xml"; } |
		taken "XInclude and a style sheet: $url"
done
if command -v strace >/dev/null && strace -o "$work/trace" true 2>/dev/null; then
	{ printf '<!DOCTYPE domain [<!ENTITY e SYSTEM "http://127.0.0.1:9/%s">]>' "$work/fifo" && cat "$work/a.xml"; } >"$work/x.xml"
	run timeout 60 strace -f -o "$work/trace" env VFWARD_ROOT="$root" "$VFWARD_HOOK" a prepare begin - <"$work/x.xml"
	status "under strace" 1
	check "strace saw it" grep -q 'exit_group(1)' "$work/trace"
	check "no connection and no foreign file" not grep -qE 'AF_INET|fifo' "$work/trace"
fi
laughs() {
	local i
	printf '<!DOCTYPE d [<!ENTITY e0 "hostdev">'
	for i in {1..9}; do printf '<!ENTITY e%d "%s">' "$i" "$(printf "&e$((i - 1));%.0s" {1..10})"; done
	printf ']>' && a "<x>&e9;</x>" "$vf0"
}
laughs | told "a billion laughs" 1
{ printf '<!DOCTYPE d [<!ENTITY e "' && head -c 100000 /dev/zero | tr '\0' x && printf '">]>' &&
	a "<x>" "$(printf '&e;%.0s' {1..20000})" "</x>" "$vf0"; } | told "quadratic blow-up" 1
untouched "entities"

# Encodings. What is not ASCII's like is refused, unless no byte of it speaks of a VF.
for encoding in UTF-16LE UTF-16BE UTF-16 UTF-32LE UTF-32BE UTF-32; do
	iconv -f UTF-8 -t "$encoding" "$work/a.xml" | told "$encoding, undeclared" 1
	{ printf '<?xml version="1.0" encoding="%s"?>' "$encoding" && cat "$work/a.xml"; } | iconv -f UTF-8 -t "$encoding" |
		told "$encoding, declared" 1
done
for encoding in UTF-16 UTF-7 IBM037 EBCDIC-CP-US SHIFT_JIS nonsense '' '../../../x' ISO-2022-JP; do
	{ printf '<?xml version="1.0" encoding="%s"?>' "$encoding" && cat "$work/a.xml"; } | told "declared as '$encoding'" 1
done
{ printf '<?xml version="1.0" encoding="ISO-8859-1"?>' && sed $'s/<name>a/&\xe9/' "$work/a.xml"; } | taken "Latin-1" aé
{ printf '\xef\xbb\xbf' && cat "$work/a.xml"; } | taken "a byte order mark"
sed $'s/<name>a/&\xff/' "$work/a.xml" | told "invalid UTF-8" 1
sed 's/<devices>/&\x00/' "$work/a.xml" | told "a NUL" 1
sed 's/<devices>/&\x01/' "$work/a.xml" | told "a control character" 1
untouched "encodings"

# Hidden and shown.
a "<!-- $vf0 -->" "<![CDATA[$vf0]]>" "<?x $vf0 ?>" "<metadata>$vf0</metadata>" \
	"<q:interface xmlns:q='u' type='hostdev'>$(source_address 01:10.0 "")</q:interface>" \
	"<interface xmlns='u' type='hostdev'>$(source_address 01:10.0 "")</interface>" | told "what is no device" 0
untouched "what is no device"
a "<!-- > ' \" <!- -->" "<?x ' > ?>" "<![CDATA[ ]] > </devices> ]]>" "$vf0" | taken "a VF behind it"
sed 's/hostdev/\&#104;ost\&#x64;ev/' "$work/a.xml" | taken "a word in references"
sed "s|<domain type='kvm'>|<q:domain xmlns:q='u'>|; s|</domain>|</q:domain>|" "$work/a.xml" | taken "a prefix at the root"
sed "s|<name>a</name>|&<name>b</name>|; s|</uuid>|&<uuid>$(uuid 1)</uuid>|" "$work/a.xml" | taken "a second name, and the bystander's UUID"
sed "s|<devices>|<devices/>&|" "$work/a.xml" | taken "two <devices>"
sed "s|type='hostdev'|type='bridge' &|" "$work/a.xml" | told "an attribute twice" 1
sed "s|<uuid>.*</uuid>|<uuid>../../../x</uuid>|" "$work/a.xml" | told "a UUID that is none" 1
sed "s|<uuid>.*</uuid>||" "$work/a.xml" | told "no UUID" 1
cat "$work/a.xml" "$work/a.xml" | told "two documents" 1
untouched "the hidden and the shown"

# Names that would lead out of a directory. If one did, the hook would find a VF there.
mkdir -p "$root/etc/evil/net/eth9" "$root/run/libvirt/network"
ln -s ../../sys/bus/pci/devices/0000:01:10.0 "$root/etc/evil/device"
for name in ../../../etc/evil /etc/evil ../net/../../../etc/evil . .. '' eth0v0/../eth0v0 ./eth0v0 $'eth0v0\n' '*' 'eth0v0/device/..' \
	"$(printf '../%.0s' {1..100})etc/evil" "$(head -c 5000 /dev/zero | tr '\0' x)"; do
	a "$(macvtap "$name" 52:54:00:00:00:02)" | told "netdev '${name:0:40}'" 1
	a "<interface type='direct'><mac address='52:54:00:00:00:02'/><source dev='$name' mode='bridge'/></interface>" \
		"<interface type='bridge'><mac address='52:54:00:00:00:03'/><source bridge='$name'/></interface>" >"$work/x.xml"
	feed prepare <"$work/x.xml"
	status "bridge '${name:0:40}'" 0
	feed release <"$work/x.xml"
done
# A pool that is one is told by its live status: elsewhere there is none. That shows when the registry cannot be had.
mv "$root/run/vfward" "$work/vfward"
: >"$root/run/vfward"
printf '<networkstatus>%s</networkstatus>' "$(network evil "$(hostdev_forward eth0)")" |
	tee "$root/run/libvirt/evil.xml" "$root/run/evil.xml" "$root/evil.xml" >"$root/run/libvirt/network/good.xml"
for name in good ../evil ../../evil ../../../evil ../network/good /run/libvirt/evil good.xml . .. '' $'a\nb' "$(head -c 5000 /dev/zero | tr '\0' x)"; do
	a "$(pool_nic "$name" 52:54:00:00:00:02)" >"$work/x.xml"
	feed prepare <"$work/x.xml"
	check "network '${name:0:40}'" test "$rc" -eq "$([[ $name == good ]] && echo 1 || echo 0)"
done
rm "$root/run/vfward"
mv "$work/vfward" "$root/run/vfward"
untouched "names"
for name in ../web1 /web1 a/../web1 web1/; do
	domain "$name" 2 "$vf0" | told "domain '$name'" 1
done
untouched "names of domains"

# Sizes. many N TEXT: a document with a device N times; '&' is its number.
many() {
	printf '<domain><name>a</name><uuid>%s</uuid><devices>' "$(uuid 2)"
	seq 100001 $((100000 + $1)) | sed "s|.*|$2|"
	printf '</devices></domain>'
}
plain="<interface type='bridge'><source bridge='br0'/></interface>"
blow() { head -c "$2" /dev/zero | sed "s|\x00|$1|g"; }
many 10000 "$plain" >"$work/x.xml"
feed prepare <"$work/x.xml"
status "10,000 interfaces" 0
feed release <"$work/x.xml"
many 10000 "<interface type='direct'><source dev='x&' mode='passthrough'/></interface>" >"$work/x.xml"
feed prepare <"$work/x.xml"
status "10,000 wrong ones" 1
says "the first are said" '^FAIL vf-no-netdev: .*x100050 ' "$work/err"
says "the others are counted" '^FAIL: 9950 more are left out$' "$work/err"
check "libvirt gets a message, not a megabyte" test "$(wc -c <"$work/err")" -lt 20000
many 10000 "$(hostdev 01:10.0)" >"$work/same.xml"
feed prepare <"$work/same.xml"
status "10,000 times one VF" 1
says "said once" '^FAIL vf-twice: ' "$work/err"
many 10001 "$(hostdev 01:10.0)" | told "10,001 devices" 1
says "the limit" '^FAIL xml-invalid: .*more than 10000 devices' "$work/err"
many 10001 "$plain" >"$work/x.xml"
feed prepare <"$work/x.xml"
status "10,001 interfaces that are no VFs" 0

a "$(blow '<a>' 5000)" "$vf0" "$(blow '</a>' 5000)" | told "5,000 levels" 1
a "$(blow '<a>' 200)" "$(blow '</a>' 200)" "$vf0" | taken "200 levels"
{ a "<a b='" | head -n 5 && head -c 8000000 /dev/zero | tr '\0' x && printf "'/>%s</devices></domain>" "$vf0"; } | taken "an attribute of 8 MB"
{ a "<a>" | head -n 5 && head -c 9000000 /dev/zero | tr '\0' x && printf "</a>%s</devices></domain>" "$vf0"; } | taken "text of 9 MB"
a "<a $(seq -f "b%.0f=''" 1000)/>" "$vf0" | told "1,000 attributes" 1
a "$(seq -f "<a xmlns:b%.0f='u'/>" 1000)" "$vf0" | told "1,000 namespaces" 1
sed "s|<name>a|&$(blow x 2000)|" "$work/a.xml" | told "a name of 2,000 bytes" 1
untouched "sizes"

# More to look at than there is time for: who holds a VF is asked of every process, and the last one does.
{ echo "pf 0000:01:00.0 eth0 igb vfs=2" && echo "vf 0000:01:10.0 driver=vfio-pci" && seq -f 'process %.0f' 1000 1399 && echo 'process 1400 vfio=0000:01:10.0'; } >"$work/spec"
machine "$root" <"$work/spec"
deadline 1
feed prepare <"$work/same.xml"
refused "no time" internal '(cannot be looked at in time|the time is up)'
check "it ends soon after its deadline ($took ms)" test "$took" -ge 900 -a "$took" -lt 10000
finish
