#!/bin/bash
# vfward-guestcheck -d: the disks of a libvirt domain and the VFs in its XML, by libvirt's test driver.
. "$(dirname "$0")/lib.sh"
[[ -x ${VFWARD_GUESTCHECK:-} ]] || skip "vfward-guestcheck was not built"
need jq
export VFWARD_DATADIR=$VFWARD_SOURCE/guestcheck VFWARD_ROOT=$work/host
machine "$VFWARD_ROOT" <<<'pf 0000:01:00.0 eth0 igb mac=52:54:00:aa:00:00 vfs=2 vfdevice=0x1520'

# node DEVICE...: a libvirt with one domain, which is off.
node() {
	{
		echo '<node>'
		domain web1 1 "$@" | sed -e "s/type='kvm'/type='test'/" \
			-e "s,<devices>,<memory>65536</memory><os><type>hvm</type></os>&,"
		echo '</node>'
	} >"$work/node.xml"
	# The test driver starts every domain but those with a runstate of "shutoff" (5).
	sed -i "s,<domain type='test'>,<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>," "$work/node.xml"
	sed -i "s,<devices>,<test:runstate>${state:-5}</test:runstate>&," "$work/node.xml"
}
guestcheck() { run "$VFWARD_GUESTCHECK" -c "test://$work/node.xml" "$@"; }
disk() { printf "<disk type='file' device='disk'><driver type='raw'/><source file='%s'/><target dev='%s'/></disk>" "$1" "$2"; }

# The disks are not there: that is enough to see that they are looked for.
node "$(disk "$work/nosuch" vda)"
guestcheck -d web1 --json
status "a domain that is off" 3
json "its image has its name" '.images[0].image == "web1"'
json "its disk was looked for" '[.images[0].findings[].id] == ["image-missing"]'
guestcheck -d "$(uuid 1)" --json
status "by its UUID" 3
state=1
node "$(disk "$work/nosuch" vda)"
guestcheck -d web1 --json
json "a domain that runs" '[.images[0].findings[] | select(.id == "domain-running")] | length == 1 and .[0].severity == "WARN"'
state=
node "<disk type='network'><driver type='raw'/><source protocol='nbd' name='x'><host name='h'/></source><target dev='vda'/></disk>"
guestcheck -d web1
status "no disk is left" 3
says "it is said which was left out" '^WARN domain-disk-skipped: disk 1 is of type network'
says "no disk is left" '^FAIL domain-no-disks: '

# Its VFs: of this host, and not.
node "$(vf 01:10.0 52:54:00:00:00:01)" "$(disk "$work/nosuch" vda)"
guestcheck -d web1
silent "the VF is known" 'domain-vf-unknown'
node "$(vf 09:10.0 52:54:00:00:00:01)" "$(disk "$work/nosuch" vda)"
guestcheck -d web1
says "a VF that this host does not have" '^FAIL domain-vf-unknown: .*0000:09:10\.0'
guestcheck -d web1 --device 8086:10ed
silent "nobody wants to know" 'domain-vf-unknown'

guestcheck -d $'no\e[31msuch'
status "a domain that is not there" 2
says "a domain that is not there" '^FAIL domain-unknown: '
check "nothing for the terminal" not grep -q $'\e' "$work/out"
run "$VFWARD_GUESTCHECK" -c "qemu:///system?socket=$work/nosuch" -d web1 --json
status "a libvirt that is not there" 2
json "a libvirt that is not there" '.images == [] and .findings[0].id == "libvirt-unreachable"'
check "libvirt itself prints nothing" test ! -s "$work/err"
finish
