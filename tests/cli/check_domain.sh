#!/bin/bash
# check-domain: the dry run: text, JSON, exit status, and that it changes nothing.
. "$(dirname "$0")/lib.sh"
root=$work/root
machine "$root" <<'EOF'
pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=4 total=7
vf 0000:01:10.1 netns=other
vf 0000:01:10.2 driver=vfio-pci
process 4711 guest=web9 vfio=0000:01:10.2
EOF
snapshot() { (cd "$root" && find . -printf '%p %y %m %l\n' | sort && find . -type f -exec cksum {} + | sort); }
check_domain() { run "$VFWARD" --root "$root" check-domain "$@"; }
snapshot >"$work/before"

domain good 1 "$(vf 01:10.0 52:54:00:00:00:01)" "$(nic 52:54:00:00:00:02)" >"$work/good.xml"
check_domain "$work/good.xml"
status "a good domain" 0
check "the last line is the verdict" test "$(tail -n 1 "$work/out")" = "verdict: allow"
check_domain - <"$work/good.xml"
status "from standard input" 0
domain none 2 "$(nic 52:54:00:00:00:03)" >"$work/none.xml"
check_domain "$work/none.xml"
status "a domain without a VF" 0
check "only the verdict" test "$(cat "$work/out")" = "verdict: allow"

# bad TEXT ID DEVICE...: refused for this reason.
bad() {
	local text=$1 id=$2
	shift 2
	domain bad 3 "$@" >"$work/bad.xml"
	check_domain "$work/bad.xml"
	status "$text" 1
	says "$text" "^FAIL $id: "
	check "$text: the verdict" test "$(tail -n 1 "$work/out")" = "verdict: refuse"
}
bad "no such VF" vf-missing "$(vf 07:00.0 52:54:00:00:00:01)"
bad "VFs are not enabled" numvfs-zero "$(vf 01:10.5 52:54:00:00:00:01)"
bad "a PF" address-is-pf "$(vf 01:00.0 52:54:00:00:00:01)"
bad "a container's" vf-other-netns "$(vf 01:10.1 52:54:00:00:00:01)"
bad "held by a QEMU" vf-in-use "$(vf 01:10.2 52:54:00:00:00:01)"
says "the process is named" '4711.*web9'
bad "twice the VF" vf-twice "$(vf 01:10.0 52:54:00:00:00:01)" "$(vf 01:10.0 52:54:00:00:00:02)"
bad "the PF's MAC" mac-on-pf "$(vf 01:10.0 52:54:00:aa:00:00)"
bad "a multicast MAC" mac-invalid "$(vf 01:10.0 53:54:00:00:00:01)"
bad "two at once, the first" vf-missing "$(vf 07:00.0 53:54:00:00:00:01)"
says "two at once, the second" '^FAIL mac-invalid: '

# What cannot be read.
printf 'this is no XML' >"$work/garbage"
: >"$work/empty"
head -c 20000000 /dev/zero | tr '\0' 'x' >"$work/huge"
head -c 300 "$work/good.xml" >"$work/cut"
printf '<domain><name>a</name></domain>' >"$work/nouuid"
printf '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><domain><name>&e;</name><uuid>%s</uuid></domain>' \
	"$(uuid 1)" >"$work/entity"
printf '<domain>\0</domain>' >"$work/nul"
for file in garbage empty huge cut entity nul; do
	check_domain "$work/$file"
	status "$file" 1
	says "$file" '^FAIL xml-invalid: '
	check "$file: the verdict" test "$(tail -n 1 "$work/out")" = "verdict: refuse"
done
check_domain "$work"
status "a directory" 1
check_domain "$work/nouuid"
status "a definition that has no UUID yet" 0

snapshot >"$work/after"
same "nothing was changed, and no registry made" "$work/before" "$work/after"

# Without a registry the other domains' MACs are not known; that is said where there are other domains.
mkdir -p "$root/run/libvirt/qemu"
printf '<domstatus state="running" pid="1">%s</domstatus>' "$(domain other 9 "$(nic 52:54:00:00:00:44)")" \
	>"$root/run/libvirt/qemu/other.xml"
check_domain "$work/good.xml"
status "running domains, no registry" 0
says "running domains, no registry" '^WARN registry-unavailable: '
rm "$root/run/libvirt/qemu/other.xml"
# A registry that cannot be read: a domain with a VF is refused, one without is not.
mkdir -p "$root/run/vfward"
echo "no database" >"$root/run/vfward/registry.db"
check_domain "$work/good.xml"
status "a broken registry, a VF" 1
says "a broken registry, a VF" '^FAIL registry-unavailable: '
check_domain "$work/none.xml"
status "a broken registry, no VF" 0
says "a broken registry, no VF" '^WARN registry-unavailable: '
mkdir -p "$root/etc/vfward"
printf '[hook]\non-error = warn\n' >"$root/etc/vfward/vfward.conf"
check_domain "$work/good.xml"
status "a broken registry, on-error = warn" 0
rm -r "$root/run/vfward" "$root/etc/vfward"

need jq
domain 'a & "b"' 4 "$(vf 01:10.0 52:54:00:00:00:01)" "$(nic 52:54:00:00:00:02)" "$(hostdev 01:10.3 no)" \
	"<interface type='user'><mac address='52:54:00:00:00:03'/></interface>" |
	sed 's/<name>a & /<name>a \&amp; /' >"$work/all.xml"
check_domain --json "$work/all.xml"
json "top" '(keys == ["devices", "findings", "name", "schema", "uuid", "verdict"]) and .schema == 1'
json "name and uuid" '.name == "a & \"b\"" and .uuid == "00000000-0000-4000-8000-000000000004"'
json "verdict" '.verdict == "allow" or .verdict == "refuse"'
json "the verdict and the status agree" "(.verdict == \"refuse\") == ($rc == 1)"
json "devices in document order" '[.devices[] | [.element, .type, .mac, .pci]] == [
	["interface", "hostdev", "52:54:00:00:00:01", "0000:01:10.0"],
	["interface", "bridge", "52:54:00:00:00:02", null],
	["hostdev", "pci", null, "0000:01:10.3"],
	["interface", "user", "52:54:00:00:00:03", null]]'
json "managed" '[.devices[].managed] == [true, false, false, false]'
check_domain --json "$work/garbage"
status "garbage in JSON" 1
json "garbage in JSON" '.name == null and .uuid == null and .verdict == "refuse" and .devices == [] and .findings[0].id == "xml-invalid"'
check_domain --json "$work/none.xml"
json "no findings are an empty array" '.findings == [] and .verdict == "allow"'
check_domain -v "$work/good.xml"
says "-v shows the devices" '^interface +hostdev +52:54:00:00:00:01 +0000:01:10\.0'
finish
