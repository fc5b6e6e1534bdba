#!/bin/bash
# The demo: what vfward does, told by real commands on a real hypervisor (run by guest/main).
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=guest/lib.sh
. /lab/guest/lib.sh

tell() { printf '\n== %s\n' "$*"; }

# show COMMAND...: the command as typed at a prompt, and what it says.
show() {
	printf '\n# %s\n' "$*"
	"$@" 2>&1
}

# refused COMMAND...: the same for a command that must fail.
refused() {
	if show "$@"; then fail "this should have been refused: $*"; fi
}

/lab/guest/reset >/dev/null 2>&1
cd /root
domain_xml A "$(vf eth0 0 mac=52:54:00:aa:00:01 vlan=42)" >A.xml
domain_xml B "$(vf eth1 0 mac=52:54:00:aa:00:01)" >B.xml
domain_xml C "$(vf eth0 0 mac=52:54:00:aa:00:03)" >C.xml

tell "A hypervisor with two SR-IOV adapters. Nobody uses their VFs."
show vfward list

tell "Guest A gets VF 0 of eth0 and the MAC 52:54:00:aa:00:01. It boots; this is its own console:"
show virsh create A.xml
guest_says A "lab-guest: ready"
show cat "$(console_of A)"
show vfward list

tell "Guest B wants another VF, but the same MAC."
refused virsh create B.xml

tell "Guest C has a MAC of its own, but wants A's VF. So says the dry run, and so does libvirt:"
refused vfward check-domain C.xml
refused virsh create C.xml

tell "A has not noticed any of that."
show virsh list
show ip link show dev eth0

tell "Somebody makes A's VF trusted while A runs; then A is stopped."
show ip link set eth0 vf 0 trust on
show ip link show dev eth0
show virsh destroy A

tell "The VF is clean again: no MAC, no VLAN, not trusted, free."
show ip link show dev eth0
assert_vf_clean eth0 0
assert_registry_empty
show vfward list

tell "Now the MAC is free, and B may have it."
show virsh create B.xml --paused
show vfward list

tell "PASSED: every step went as told."
