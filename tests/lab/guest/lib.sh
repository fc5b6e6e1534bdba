# shellcheck shell=bash disable=SC2034
# What scenarios are written with. Runs inside the lab's hypervisor; see README.md.
# The machine: PFs eth0 (0000:01:00.0) and eth1 (0000:02:00.0) with 3 VFs each, a spare NVMe disk
# 0000:03:00.0 that nobody uses. Every scenario begins with a clean machine (guest/reset).

spare_pci=0000:03:00.0
images=/var/lib/libvirt/images
registry=/run/vfward/registry.db
if [[ -e /dev/kvm ]]; then domain_type=kvm; else domain_type=qemu; fi

# --- saying what is wrong ---

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

# skip REASON: this scenario cannot be played here.
skip() {
	echo "SKIPPED: $*" >&2
	exit 77
}

# expect WHAT ACTUAL EXPECTED
expect() { [[ $2 == "$3" ]] || fail "$1 is '$2', not '$3'"; }

# expect_match WHAT TEXT PATTERN: the text contains the extended regular expression.
expect_match() { grep -qE -- "$3" <<<"$2" || fail "$1 does not say '$3' but: $2"; }

# wait_until SECONDS COMMAND...
wait_until() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		((SECONDS < end)) || fail "it never came true: $*"
		sleep 0.2
	done
}

# --- the devices of a domain: each prints XML; options are words like mac=52:54:00:00:00:01 ---

# option NAME DEFAULT WORD...: the value of NAME=value among the words.
option() {
	local name=$1 value=$2 word
	for word in "${@:3}"; do [[ $word != "$name="* ]] || value=${word#*=}; done
	printf '%s' "$value"
}

# pci_xml 0000:01:10.0 [ATTRIBUTE]: as an <address> element.
pci_xml() {
	local domain bus slot function
	IFS=':.' read -r domain bus slot function <<<"$1"
	echo "<address ${2:-} domain='0x$domain' bus='0x$bus' slot='0x$slot' function='0x$function'/>"
}

mac_xml() { [[ ! $1 ]] || echo "<mac address='$1'/>"; }

# teaming_xml persistent|transient: the pair's virtio half is named ua-pair.
teaming_xml() {
	case $1 in
	persistent) echo "<teaming type='persistent'/><alias name='ua-pair'/>" ;;
	transient) echo "<teaming type='transient' persistent='ua-pair'/>" ;;
	esac
}

# shellcheck disable=SC2016 # no: the quotes are inside double quotes
# interface_at ADDRESS [mac=] [managed=yes] [vlan=] [teaming=transient]: <interface type='hostdev'>
interface_at() {
	local address=$1 vlan
	shift
	vlan=$(option vlan '' "$@")
	echo "<interface type='hostdev' managed='$(option managed yes "$@")'>
		$(mac_xml "$(option mac '' "$@")")<source>$(pci_xml "$address" "type='pci'")</source>
		${vlan:+<vlan><tag id='$vlan'/></vlan>}$(teaming_xml "$(option teaming '' "$@")")</interface>"
}

# vf PF NUMBER [options of interface_at]
vf() { interface_at "$(vf_pci "$1" "$2")" "${@:3}"; }

# hostdev_at ADDRESS [managed=yes]: a plain <hostdev>
hostdev_at() {
	echo "<hostdev mode='subsystem' type='pci' managed='$(option managed yes "${@:2}")'>
		<source>$(pci_xml "$1")</source></hostdev>"
}

# vf_plain PF NUMBER [managed=yes]
vf_plain() { hostdev_at "$(vf_pci "$1" "$2")" "${@:3}"; }

# macvtap NETDEV [mac=] [mode=passthrough]
macvtap() {
	echo "<interface type='direct'>$(mac_xml "$(option mac '' "${@:2}")")
		<source dev='$1' mode='$(option mode passthrough "${@:2}")'/><model type='virtio'/></interface>"
}

# virtio BRIDGE [mac=] [teaming=persistent]
virtio() {
	echo "<interface type='bridge'>$(mac_xml "$(option mac '' "${@:2}")")
		<source bridge='$1'/><model type='virtio'/>$(teaming_xml "$(option teaming '' "${@:2}")")</interface>"
}

# --- pools: networks that hand out VFs ---

# start_network NAME FORWARD-ELEMENT
start_network() {
	virsh net-define <(echo "<network><name>$1</name>$2</network>")
	virsh net-start "$1"
}

# pool_hostdev NAME PF: all its VFs
pool_hostdev() { start_network "$1" "<forward mode='hostdev' managed='yes'><pf dev='$2'/></forward>"; }

# pool_vfs NAME PF NUMBER...: these of its VFs
pool_vfs() {
	local addresses='' number
	for number in "${@:3}"; do addresses+=$(pci_xml "$(vf_pci "$2" "$number")" "type='pci'"); done
	start_network "$1" "<forward mode='hostdev' managed='yes'>$addresses</forward>"
}

# pool_macvtap NAME PF: all its VFs, each for one macvtap
pool_macvtap() {
	local interfaces='' netdev
	for netdev in "/sys/class/net/$2"/device/virtfn*/net/*; do
		interfaces+="<interface dev='${netdev##*/}'/>"
	done
	start_network "$1" "<forward mode='passthrough'>$interfaces</forward>"
}

# pool_nic NETWORK [mac=] [teaming=transient]
pool_nic() {
	echo "<interface type='network'>$(mac_xml "$(option mac '' "${@:2}")")<source network='$1'/>
		$(teaming_xml "$(option teaming '' "${@:2}")")</interface>"
}

# live_network NAME: what libvirt keeps of it while it is active
live_network() { cat "/run/libvirt/network/$1.xml"; }

# ports_of NETWORK: a line each: owner, MAC, VF (its address, or its netdev in a macvtap pool)
ports_of() {
	local file
	for file in "/run/libvirt/network/$1/ports"/*.xml; do
		[[ ! -e $file ]] || xmllint --xpath "concat(//owner/name, ' ', //mac/@address, ' ', //plug/@dev,
			//plug/address/@domain, //plug/address/@bus, //plug/address/@slot,
			//plug/address/@function)" "$file"
	done | sed 's/ 0x\([^ ]*\)0x\([^ ]*\)0x\([^ ]*\)0x\([^ ]*\)$/ \1:\2:\3.\4/'
}

# --- domains ---

escape_xml() { sed "s/&/\&amp;/g; s/</\&lt;/g; s/'/\&apos;/g; s/\"/\&quot;/g" <<<"$1"; }

# console_of NAME: the file that the guest's serial port is written to.
console_of() { echo "$images/${1//[^A-Za-z0-9._-]/_}.console"; }

# domain_xml NAME DEVICE...: MEMORY is in MiB, GUEST is what the guest does (see image/init).
domain_xml() {
	local name=$1
	shift
	echo "<domain type='$domain_type'><name>$(escape_xml "$name")</name>
		<memory unit='MiB'>${MEMORY:-128}</memory><vcpu>1</vcpu>
		<os><type arch='x86_64' machine='pc'>hvm</type>
			<kernel>$images/lab-vmlinuz</kernel><initrd>$images/lab-initrd</initrd>
			<cmdline>console=ttyS0 quiet net.ifnames=0 mitigations=off lab=${GUEST:-wait}</cmdline></os>
		<features><acpi/></features>
		<devices>
			<controller type='usb' model='none'/><memballoon model='none'/>
			<serial type='file'><source path='$(escape_xml "$(console_of "$name")")'/></serial>
			$*
		</devices></domain>"
}

# start NAME DEVICE...: boots a domain, which is gone when it stops.
start() { virsh create <(domain_xml "$@"); }

# start_paused NAME DEVICE...: the same, but its CPUs never run; so it can be small, and go without
# an AppArmor profile of its own (which takes 2 seconds).
start_paused() {
	virsh create --paused <(MEMORY=16 domain_xml "$@" | sed "s,<features>,<seclabel type='none'/>&,")
}

# start_code NAME CODE DEVICE...: runs a domain without any system: its boot sector is CODE, as for printf.
start_code() {
	local name=$1 disk=$images/${1//[^A-Za-z0-9._-]/_}.img
	# shellcheck disable=SC2059 # it is the format
	printf "$2" >"$disk"
	truncate --size=510 "$disk"
	printf '\x55\xaa' >>"$disk"
	truncate --size=1M "$disk"
	virsh create <(MEMORY=32 domain_xml "$name" "${@:3}" "<disk type='file'><source file='$disk'/>
		<target dev='vda' bus='virtio'/><readonly/></disk>" |
		sed "s,<kernel>.*</initrd>,,; s,<cmdline>.*</cmdline>,,; s,<features>,<seclabel type='none'/>&,")
}

# start_pluggable NAME DEVICE...: a domain that gives devices back, for hotunplug. At each timer tick it
# reads port 0xae04 (slots to be ejected) and writes that to 0xae08 (eject):
# sti; hlt; mov dx,0xae04; in eax,dx; mov dl,8; out dx,eax; jmp to sti
start_pluggable() { start_code "$1" '\xfb\xf4\xba\x04\xae\x66\xed\xb2\x08\x66\xef\xeb\xf3' "${@:2}"; }

# hotplug DOMAIN DEVICE
hotplug() { virsh attach-device "$1" <(echo "$2") --live; }

# hotunplug DOMAIN DEVICE: comes back when the device is gone. A NIC can be named by its MAC alone.
hotunplug() {
	local before
	before=$(count_nics "$1")
	virsh detach-device "$1" <(echo "$2") --live
	wait_until 60 fewer_nics "$1" "$before"
}

count_nics() { virsh dumpxml "$1" | grep -cE '<(interface|hostdev) ' || true; }
fewer_nics() { (($(count_nics "$1") < $2)); }

define() { virsh define <(domain_xml "$@"); }

running() { virsh list --name | grep -qxF -- "$1"; }

assert_running() {
	local name
	for name; do running "$name" || fail "$name does not run"; done
}

gone() { ! running "$1"; }

uuid_of() { virsh domuuid "$1" | head -n 1; }

# start_refused NAME PATTERN... -- DEVICE...: the start must fail, libvirt's error must say each
# pattern, and no VF that guard_vf has noted may have changed.
start_refused() {
	local name=$1 patterns=() error pattern
	shift
	while [[ $1 != -- ]]; do patterns+=("$1") && shift; done
	shift
	if error=$(start_paused "$name" "$@" 2>&1); then fail "$name was not refused"; fi
	echo "$error"
	for pattern in "${patterns[@]}"; do expect_match "the refusal of $name" "$error" "$pattern"; done
	gone "$name" || fail "$name runs although it was refused"
	assert_guarded
}

# guest_says NAME PATTERN: waits until the guest's console does.
guest_says() { wait_until 180 grep -qE -- "$2" "$(console_of "$1")"; }

# --- VFs, read without vfward ---

vf_pci() { basename "$(readlink "/sys/class/net/$1/device/virtfn$2")"; }

# vf_netdev PF NUMBER: nothing if it has none here.
vf_netdev() { find "/sys/class/net/$1/device/virtfn$2/net" -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null; }

vf_driver() { basename "$(readlink "/sys/class/net/$1/device/virtfn$2/driver")"; }

# vf_attrs PF NUMBER: what the kernel says through netlink, in one line.
vf_attrs() {
	ip -details -json link show dev "$1" | jq -r --argjson n "$2" '.[0].vfinfo_list[] | select(.vf == $n) |
		"mac=\(.address) vlan=\(.vlan_list[0].vlan // 0) qos=\(.vlan_list[0].qos // 0) " +
		"spoofchk=\(.spoofchk) trust=\(.trust) link=\(.link_state) " +
		"rate=\(.rate.min_tx // 0)-\(.rate.max_tx // 0)"'
}

# vf_attr PF NUMBER NAME
vf_attr() { vf_attrs "$1" "$2" | tr ' ' '\n' | sed -n "s/^$3=//p"; }

# vf_settings PF NUMBER: all but the MAC.
vf_settings() { vf_attrs "$1" "$2" | cut -d ' ' -f 2-; }

no_mac=00:00:00:00:00:00
default_settings="vlan=0 qos=0 spoofchk=true trust=false link=auto rate=0-0"

# assert_vf_clean PF NUMBER [SETTINGS]: back on its driver, no MAC, the settings given or the default.
assert_vf_clean() {
	expect "VF $2 of $1" "$(vf_attrs "$1" "$2")" "mac=$no_mac ${3:-$default_settings}"
	expect "the driver of VF $2 of $1" "$(vf_driver "$1" "$2")" igbvf
}

# guard_vf PF NUMBER: start_refused and assert_guarded compare this VF with what it is now.
declare -A guarded=()
guard_vf() { guarded["$1 $2"]=$(vf_attrs "$1" "$2"); }

assert_guarded() {
	local vf
	for vf in "${!guarded[@]}"; do
		# shellcheck disable=SC2086 # PF and number
		expect "guarded VF $vf" "$(vf_attrs $vf)" "${guarded[$vf]}"
	done
}

# --- the registry, read without vfward ---

registry_claims() {
	[[ ! -e $registry ]] || sqlite3 -readonly "$registry" \
		"SELECT 'VF', printf('%x', address), name, uuid, state FROM vf;
		SELECT 'MAC', mac, name, uuid, state FROM mac"
}

registry_empty() { [[ ! $(registry_claims) ]]; }
assert_registry_empty() { expect "the registry" "$(registry_claims)" ""; }

# hook_log: what the hook has written to syslog since the scenario began.
hook_log() { journalctl --quiet --no-pager --output=cat --since="@${scenario_began:-0}" --identifier=vfward-hook; }

# --- what many scenarios share ---

# owner [options of interface_at]: "owner" runs, paused, with VF 0 of eth0 and $owner_mac; from now on
# neither its VF nor its claims may change.
owner_mac=52:54:00:aa:00:01
owner() {
	start_paused owner "$(vf eth0 0 mac="$owner_mac" "$@")"
	expect "the owner's MAC" "$(vf_attr eth0 0 mac)" "$owner_mac"
	guard_owner
}

guard_owner() {
	guard_vf eth0 0
	owner_claims=$(claims_of owner)
	[[ $owner_claims ]] || fail "owner has no claims"
}

# who_is NAME: how a refusal speaks of the domain.
who_is() { echo "domain $1 \($(uuid_of "$1"), running\)"; }

# refused_beside_owner: start_refused, and the owner has not noticed.
refused_beside_owner() {
	start_refused "$@"
	assert_owner_untouched
	[[ ! $(claims_of "$1") ]] || fail "$1 was refused and has claims: $(claims_of "$1")"
}

assert_owner_untouched() {
	assert_running owner
	assert_guarded
	expect "what owner claims" "$(claims_of owner)" "$owner_claims"
}

# refused_alone: start_refused, and nobody claims anything afterwards.
refused_alone() {
	start_refused "$@"
	assert_registry_empty
}

# claims_of NAME
claims_of() { registry_claims | awk -F '|' -v name="$1" '$3 == name'; }

# stop NAME...
stop() {
	local name
	for name; do virsh destroy "$name"; done
}

# assert_released PF NUMBER [SETTINGS]: the VF is clean, and nobody claims anything.
assert_released() {
	assert_vf_clean "$@"
	assert_registry_empty
}

# logged PATTERN: the hook has said so in the system's log.
logged() { hook_log | grep -qE -- "$1"; }
assert_logged() { wait_until 20 logged "$1"; }

# set_vf PF NUMBER SETTING...: one setting a command, as `ip link set PF vf NUMBER SETTING`.
set_vf() {
	local setting
	for setting in "${@:3}"; do
		# shellcheck disable=SC2086 # a word and its value
		ip link set "$1" vf "$2" $setting
	done
}

# Settings that a VF does not have by itself, and what they look like when read.
odd_settings=("trust on" "vlan 5 qos 2" "spoofchk off" "max_tx_rate 100")
odd_settings_read="vlan=5 qos=2 spoofchk=false trust=true link=auto rate=0-100"

# --- libvirt's daemons ---

# The one that runs QEMU; the other one that a scenario may name is virtnetworkd.
daemon=libvirtd

# split_daemons: from now on it is virtqemud and virtnetworkd, and libvirtd is out of the way.
split_daemons() {
	[[ -x /usr/sbin/virtqemud ]] || skip "this image has no virtqemud and virtnetworkd; its split-daemons.log says why"
	systemctl --quiet stop libvirtd.service libvirtd{,-ro,-admin}.socket
	# What Debian's virsh looks for by itself is libvirtd's socket.
	sed --in-place '$a remote_mode = "direct"' /etc/libvirt/libvirt.conf
	export LIBVIRT_DEFAULT_URI=qemu:///system
	systemctl start virtnetworkd.service virtqemud.service
	daemon=virtqemud
}

# daemon_pid [DAEMON]: as systemd keeps it
daemon_pid() { systemctl show --property=MainPID --value "${1:-$daemon}"; }

# new_daemon OLD-PID [DAEMON]: another one answers.
new_daemon() {
	local pid
	pid=$(daemon_pid "${2:-$daemon}")
	[[ $pid != 0 && $pid != "$1" ]] && virsh list >/dev/null && virsh net-list >/dev/null
}

# restart_daemon [DAEMON]
restart_daemon() {
	local old
	old=$(daemon_pid "$@")
	systemctl restart "${1:-$daemon}"
	wait_until 60 new_daemon "$old" "$@"
}

# hook NAME: standard input becomes one more hook beside ours; qemu.d's hooks run in the order of names.
hook() { install -D -m 755 /dev/stdin "/etc/libvirt/hooks/$1"; }

# outlive_stop NAME: the domain stops; if the daemon dies of that, another one answers.
outlive_stop() {
	local old
	old=$(daemon_pid)
	virsh destroy "$1" || wait_until 60 new_daemon "$old"
	wait_until 30 gone "$1"
}

# detach ADDRESS: to vfio, as an administrator does it; libvirt remembers, so reattach it in the end.
detach() { virsh nodedev-detach "pci_${1//[:.]/_}"; }
reattach() { virsh nodedev-reattach "pci_${1//[:.]/_}"; }

# with_qemu_argument ARGUMENT: adds it to the domain on standard input.
with_qemu_argument() {
	sed "s,<domain ,&xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0' ,
		s,</domain>,<qemu:commandline><qemu:arg value='$1'/></qemu:commandline>&,"
}
