# shellcheck shell=bash
# What every cli test needs: a directory of its own, running a program, and checks that count.
# A test ends with "finish"; it fails if any check failed, or if none was made.
set -u
export LC_ALL=C
unset VFWARD_ROOT NO_COLOR POSIXLY_CORRECT

work=$(mktemp -d "${TMPDIR:-/tmp}/vfward-cli.XXXXXX") || exit 1
# A subshell that is killed before it is itself runs the trap, too.
trap '[[ $BASHPID != "$$" ]] || { end; rm -rf "$work"; }' EXIT
checks=0 failed=0 rc=0

skip() {
	printf 'SKIPPED: %s\n' "$*"
	exit 77
}

# empty_machine ROOT: a recorded machine without any device.
empty_machine() {
	mkdir -p "$1/vfward-record"
	: >"$1/vfward-record/links.nl"
	: >"$1/vfward-record/addresses.nl"
	: >"$1/vfward-record/routes.nl"
}

# machine ROOT < SPEC: a recorded machine (tests/tools/mkmachine.c says what a SPEC is).
machine() {
	[[ -x ${MKMACHINE:-} ]] || skip "mkmachine was not built"
	rm -rf "$1"
	if ! "$MKMACHINE" "$1"; then
		echo "mkmachine failed" >&2
		exit 1
	fi
}

# change ROOT < SPEC: the machine becomes another one, and keeps vfward's registry and configuration.
change() {
	machine "$work/changed"
	rm -rf "${1:?}"/{sys,proc,dev,vfward-record,run/libvirt,var}
	cp -a "$work/changed"/{sys,proc,dev,vfward-record} "$1/"
	mkdir -p "$1/run"
	cp -a "$work/changed/run/libvirt" "$1/run/"
}

# uuid N: the N-th test domain's.
uuid() { printf '00000000-0000-4000-8000-%012d' "$1"; }

# domain NAME N DEVICE...: its XML.
domain() {
	printf "<domain type='kvm'>\n<name>%s</name>\n<uuid>%s</uuid>\n<devices>\n" "$1" "$(uuid "$2")"
	shift 2
	printf '%s\n' "$@" "</devices>" "</domain>"
}

# Devices. vf, hostdev: BUS:SLOT.FUNCTION in hex, without the domain.
source_address() {
	local bus=${1%%:*} rest=${1#*:}
	printf "<source><address%s domain='0x0000' bus='0x%s' slot='0x%s' function='0x%s'/></source>" \
		"$2" "$bus" "${rest%%.*}" "${rest#*.}"
}
vf() { printf "<interface type='hostdev' managed='%s'><mac address='%s'/>%s</interface>" "${3:-yes}" "$2" "$(source_address "$1" " type='pci'")"; }
hostdev() { printf "<hostdev mode='subsystem' type='pci' managed='%s'>%s</hostdev>" "${2:-yes}" "$(source_address "$1" "")"; }
nic() { printf "<interface type='bridge'><mac address='%s'/><source bridge='br0'/></interface>" "$1"; }
macvtap() { printf "<interface type='direct'><mac address='%s'/><source dev='%s' mode='passthrough'/></interface>" "$2" "$1"; }

# pool_nic NETWORK MAC
pool_nic() { printf "<interface type='network'><mac address='%s'/><source network='%s'/></interface>" "$2" "$1"; }

# network NAME FORWARD: its XML, as libvirt prints it.
network() { printf "<network>\n<name>%s</name>\n<uuid>%s</uuid>\n%s\n</network>\n" "$1" "$(uuid 990)" "$2"; }
# live ROOT NAME FORWARD: the network is active.
live() {
	mkdir -p "$1/run/libvirt/network"
	printf '<networkstatus>\n%s</networkstatus>\n' "$(network "$2" "$3")" >"$1/run/libvirt/network/$2.xml"
}
# Forwards: all VFs of a PF; macvtap on these netdevs.
hostdev_forward() { printf "<forward mode='hostdev' managed='yes'><pf dev='%s'/></forward>" "$1"; }
macvtap_forward() {
	printf "<forward mode='passthrough'>"
	printf "<interface dev='%s'/>" "$@"
	printf "</forward>"
}
# Plugs of ports.
plug_vf() { printf "<plug type='hostdev-pci' managed='yes'>%s</plug>" "$(source_address "$1" "" | sed 's,</*source>,,g')"; }
plug_macvtap() { printf "<plug type='direct' dev='%s' mode='passthrough'/>" "$1"; }
plug_bridge() { printf "<plug type='network' bridge='%s'/>" "$1"; }
# port NETWORK FORWARD PORT-NUMBER DOMAIN DOMAIN-NUMBER MAC PLUG: what the network hook gets.
port() {
	printf "<hookData>\n%s\n<networkport>\n<uuid>%s</uuid>\n" "$(network "$1" "$2")" "$(uuid "$((500 + $3))")"
	printf "<owner><name>%s</name><uuid>%s</uuid></owner>\n" "$4" "$(uuid "$5")"
	printf "<mac address='%s'/>\n%s\n</networkport>\n</hookData>\n" "$6" "$7"
}
# recorded ROOT NETWORK PORT-NUMBER: libvirt has the port on record.
recorded() {
	mkdir -p "$1/run/libvirt/network/$2/ports"
	echo '<networkport/>' >"$1/run/libvirt/network/$2/ports/$(uuid "$((500 + $3))").xml"
}

# hook ROOT NAME OPERATION [SUB EXTRA] < XML: as libvirt calls it. stdout must stay empty, always.
hook() {
	local root=$1
	shift
	run env -i LC_ALL=C PATH="$PATH" USER=root VFWARD_ROOT="$root" "$VFWARD_HOOK" \
		"$1" "$2" "${3:-begin}" "${4:--}"
	check "stdout of $2 is empty" test ! -s "$work/out"
}
# refused TEXT ID [WHO]: the last hook run said no, for this reason, and named whom.
refused() {
	status "$1" 1
	says "$1: $2" "^FAIL $2: .*${3:-}" "$work/err"
}
# allowed TEXT
allowed() { status "$1" 0; }

# bystander ROOT: a guest that runs, on VF 01:10.3. untouched TEXT: its claim is the only one, as before.
bystander() {
	root=$1
	domain web1 1 "$(vf 01:10.3 52:54:00:00:00:01)" >"$work/web1.xml"
	hook "$root" web1 prepare begin - <"$work/web1.xml"
	hook "$root" web1 started begin - <"$work/web1.xml"
	untouched "at first"
}
untouched() { check "$1: nothing was claimed or released" test "$(claims "$root")" = "0000:01:10.3 web1 running"; }

# feed OPERATION < BYTES: as hook, but ended after a minute; $took is in milliseconds. no OPERATION: the status of a no.
operations=(prepare start started reconnect stopped release port-created port-deleted)
feed() {
	local began=${EPOCHREALTIME/./}
	run timeout 60 env -i LC_ALL=C PATH="$PATH" VFWARD_ROOT="$root" "$VFWARD_HOOK" x "$1" begin -
	took=$(((${EPOCHREALTIME/./} - began) / 1000))
	check "stdout of $1 is empty" test ! -s "$work/out"
	check "$1: an answer" test "$rc" -le 1
}
# Deadlines are for the tests that are about them: elsewhere a busy machine may take its time.
deadline() {
	mkdir -p "$root/etc/vfward"
	printf '[hook]\ndeadline = %s\n' "$1" >"$root/etc/vfward/vfward.conf"
}
no() { [[ $1 == @(prepare|start|port-created) ]] && echo 1 || echo 0; }

# claims ROOT: "ADDRESS DOMAIN STATE" of all VFs that are claimed.
claims() {
	"$VFWARD" --root "$1" list --json 2>"$work/claims.err" |
		jq -r '.pfs[].vfs[] | select(.claim) | "\(.address) \(.claim.domain) \(.claim.state)"'
}
# attributes ROOT ADDRESS: what the PF keeps for a VF, on one line.
attributes() {
	"$VFWARD" --root "$1" list --json 2>/dev/null |
		jq -r --arg a "$2" '.pfs[].vfs[] | select(.address == $a) |
			"mac=\(.mac) vlan=\(.vlan) qos=\(.qos) spoofchk=\(.spoofchk) trust=\(.trust) rate=\(.min_rate)-\(.max_rate)"'
}

# A kernel that is played, for what writes to sriov_numvfs (hostprep/vfs_writer.h): it makes the machine $root anew with that number of VFs.
# spec N, the test's own, says what the machine is like with N VFs. begin N: a new machine, with a kernel; end: the kernel goes.
#
# Faults are lines of $work/faults, "WHAT VALUE ANSWER"; each is used once. ANSWER: an errno, hang (none at all), or nothing (yes, and no VF).
# As long as there is a file $work/hold it answers nothing. What was asked for is in $work/asked.
player=
kernel() {
	local who what value answer
	exec 8<>"$root/vfward-record/kernel" 9<>"$root/vfward-record/kernel-says"
	: >"$work/ready"
	while read -r who what value <&8; do
		echo "$who $what $value" >>"$work/asked"
		answer=$(sed -n "s/^$what $value //p" "$work/faults" | head -n 1)
		sed -i "0,/^$what $value /{/^$what $value /d}" "$work/faults"
		[[ $answer == hang ]] && continue
		while [[ -e $work/hold ]]; do sleep 0.02; done
		[[ $what != sriov_numvfs || ($answer != 0 && -n $answer) ]] || renumber "$value"
		[[ $answer == nothing ]] && answer=0
		echo "${answer:-0}" >&9
	done
}
renumber() {
	rm -rf "$work/next" "$work/old"
	spec "$1" | "$MKMACHINE" "$work/next"
	mv "$root/sys" "$work/old"
	mv "$work/next/sys" "$root/sys"
	mv "$work/next/vfward-record/links.nl" "$root/vfward-record/links.nl"
	rm -rf "$work/old"
}
begin() {
	end
	machine "$root" < <(spec "$1")
	mkfifo "$root/vfward-record/kernel" "$root/vfward-record/kernel-says"
	: >"$work/asked"
	: >"$work/faults"
	rm -f "$work/ready" "$work/hold"
	kernel &
	player=$!
	until [[ -e $work/ready ]]; do sleep 0.01; done
}
end() {
	[[ -z $player ]] || kill "$player"
	[[ -z $player ]] || wait "$player"
	player=
} 2>/dev/null
asked() { check "$1: the kernel was asked for: ${2:-nothing}" test "$(tr '\n' ';' <"$work/asked")" = "$2"; }
errno_of() { # the numbers of Linux, in its asm-generic headers and on x86
	case $1 in
	EPERM) echo 1 ;;
	ENOENT) echo 2 ;;
	EAGAIN) echo 11 ;;
	ENOMEM) echo 12 ;;
	EBUSY) echo 16 ;;
	esac
}

# cell DIR < SPEC: a host with GRUB 2 on an Intel machine (SPEC as for machine), and a generator that works as update-grub does.
# inside DIR COMMAND...: runs it there, with DIR as "/" and mounts that nobody else sees.
cell() {
	local file
	((EUID == 0)) || skip "only root can have a root of its own"
	unshare --mount true 2>/dev/null || skip "no mount namespaces here"
	machine "$1"
	mkdir -p "$1"/{boot/grub,dev,etc/default/grub.d,etc/systemd/system,etc/udev/rules.d,proc,run,tmp,usr/bin,usr/lib,usr/lib64,usr/sbin,var/lib} \
		"$1"/{lib/modules,sys/firmware/acpi/tables}
	rm -rf "${1:?}/lib" "$1/proc" "$1/sys/kernel/iommu_groups" # the IOMMU is off
	mkdir "$1/proc"
	ln -s usr/lib "$1/lib"
	ln -s usr/lib64 "$1/lib64"
	ln -s usr/bin "$1/bin"
	: >"$1/dev/null" >"$1/sys/firmware/acpi/tables/DMAR"
	cp "$VFWARD_HOSTPREP" "$1/usr/sbin/vfward-hostprep"
	printf 'processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: vmx\n' >"$1/cpuinfo"
	printf 'BOOT_IMAGE=/vmlinuz-6.1 root=/dev/sda1 ro quiet\n' >"$1/cmdline"
	echo 11111111-1111-1111-1111-111111111111 >"$1/boot_id"
	printf 'GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX=""\n' >"$1/etc/default/grub"
	printf '#!/bin/bash\nexec /usr/sbin/grub-mkconfig -o /boot/grub/grub.cfg\n' >"$1/usr/sbin/update-grub"
	cat >"$1/usr/sbin/grub-mkconfig" <<-'END'
		#!/bin/bash
		echo run >>/runs
		. /etc/default/grub
		for f in /etc/default/grub.d/*.cfg; do [[ ! -e $f ]] || . "$f"; done
		{
			echo '### BEGIN /etc/grub.d/10_linux ###'
			for kernel in $(cat /kernels); do
				echo "menuentry 'Linux $kernel' {"
				echo "	linux /vmlinuz-$kernel root=/dev/sda1 ro $GRUB_CMDLINE_LINUX $GRUB_CMDLINE_LINUX_DEFAULT"
				echo "}"
			done
			echo '### END /etc/grub.d/10_linux ###'
		} >"$2"
	END
	chmod +x "$1"/usr/sbin/{update-grub,grub-mkconfig}
	for file in "$1"/sys/class/net/*/ifindex; do [[ ! -e $file ]] || echo 1 >"$file"; done # the loopback device
	echo 6.1 >"$1/kernels"
	inside "$1" /usr/sbin/update-grub
	rm "$1/runs"
}
inside() {
	# shellcheck disable=SC2016
	unshare --mount --net --propagation private bash -c '
		set -e
		for dir in usr/lib usr/lib64 usr/bin; do mount --rbind "/$dir" "$1/$dir"; done
		mount --bind /proc "$1/proc"
		for file in cpuinfo cmdline; do mount --bind "$1/$file" "$1/proc/$file"; done
		mount --bind "$1/boot_id" "$1/proc/sys/kernel/random/boot_id"
		mount --bind /dev/null "$1/dev/null"
		root=$1
		shift
		exec chroot "$root" "$@"' inside "$@"
}

# need PROGRAM...: the test cannot say anything without them.
need() {
	local program
	for program in "$@"; do
		command -v "$program" >/dev/null || skip "$program is not installed"
	done
}

# run COMMAND...: its output goes to $work/out and $work/err, its status to $rc.
run() {
	"$@" >"$work/out" 2>"$work/err"
	rc=$?
	last="$*"
}

# check TEXT COMMAND...: COMMAND has to succeed.
check() {
	local text=$1
	shift
	checks=$((checks + 1))
	"$@" && return 0
	failed=$((failed + 1))
	{
		printf 'FAILED: %s\n  check: %s\n  after: %s\n  status %s, stdout:\n' \
			"$text" "$*" "${last:-}" "$rc"
		sed 's/^/    /' "$work/out"
		printf '  stderr:\n'
		sed 's/^/    /' "$work/err"
	} >&2 2>/dev/null
	return 0
}

# not COMMAND...
not() { ! "$@"; }

# status TEXT NUMBER: of the last run.
status() { check "$1 (exit status $2)" test "$rc" -eq "$2"; }

# says TEXT PATTERN [FILE]: an extended regular expression matches a line of the last run's stdout.
says() { check "$1" grep -qE -e "$2" "${3:-$work/out}"; }
silent() { check "$1" not grep -qE -e "$2" "${3:-$work/out}"; }

# same TEXT EXPECTED GOT: two files are equal; shows the difference.
same() {
	checks=$((checks + 1))
	diff -u "$2" "$3" && return 0
	failed=$((failed + 1))
	printf 'FAILED: %s\n' "$1" >&2
}

# json TEXT FILTER [FILE]: jq says true.
json() { check "$1" jq -e "$2" "${3:-$work/out}" >/dev/null; }

finish() {
	if ((checks == 0)); then
		echo "no check was made" >&2
		exit 1
	fi
	printf '%d checks, %d failed\n' "$checks" "$failed"
	exit $((failed > 0))
}
