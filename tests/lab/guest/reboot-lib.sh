# shellcheck shell=bash disable=SC2034
# What scenarios of reboots/ are written with. Runs on a machine that boots from its own disk; see README.md.
# The machine: PFs eth0 (0000:01:00.0) and eth1 (0000:02:00.0) without VFs, the IOMMU turned off.

state=/var/lib/lab # survives reboots

# --- saying what is wrong ---

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

# expect WHAT ACTUAL EXPECTED
expect() { [[ $2 == "$3" ]] || fail "$1 is '$2', not '$3'"; }

# expect_match WHAT TEXT PATTERN: the text contains the extended regular expression.
expect_match() { grep -qE -- "$3" <<<"$2" || fail "$1 does not say '$3' but: $2"; }

# --- the machine ---

pfs="0000:01:00.0 0000:02:00.0"

# Where the boot entries stand.
case $HOSTNAME in
*grub) entries=/boot/grub/grub.cfg ;;
*legacy) entries=/boot/grub/menu.lst ;;
*sdboot) entries="/boot/efi/loader/entries/.*.conf" ;;
esac

# What a boot itself changes, also after a power cut: fsck keeps clusters of a FAT that belong to no file.
not_of_boot=(! -path /boot/efi/loader/random-seed ! -path "/boot/efi/FSCK*.REC" ! -path /etc/machine-id)

# manifest: each file of /etc and /boot with type, mode, owner, and its bytes.
manifest() {
	find /etc /boot "${not_of_boot[@]}" -printf '%p %y %m %U:%G %l\n' | sort
	find /etc /boot -type f "${not_of_boot[@]}" -print0 | sort -z | xargs -0 sha256sum
}

# touched: what was written to, even if it says the same as before
touched() { find /etc /boot -printf '%p %i %T@\n' | sort; }

# note NAME COMMAND...: keeps what COMMAND prints, for assert_same in this phase or a later one.
note() {
	"${@:2}" >"$state/$1"
	sync "$state/$1"
}

# assert_same NAME COMMAND...: it still prints what it did for `note`.
assert_same() { diff --unified=0 "$state/$1" <("${@:2}") || fail "it is not as it was: $1"; }

# settled: the drivers are there, and what comes with them. systemd itself does not wait for that.
settled() {
	udevadm settle
	sleep 1 # what udev tells systemd to start becomes a job a moment later
	systemctl is-system-running --wait || true
}

vfs_of() { cat "/sys/bus/pci/devices/$1/sriov_numvfs"; }

# word WORD: it is on the kernel's command line.
word() { grep -qE "(^| )$1( |\$)" /proc/cmdline; }

assert_iommu_off() {
	local pf
	word intel_iommu=off || fail "intel_iommu=off is not on the command line: $(</proc/cmdline)"
	expect "the list of IOMMUs" "$(ls /sys/class/iommu)" ""
	for pf in $pfs; do expect "the number of VFs of $pf" "$(vfs_of "$pf")" 0; done
}

# assert_prepared: what `prepare` asked for is in force: 4 VFs on each PF, each with its driver and an IOMMU group.
assert_prepared() {
	local pf n vf
	! word intel_iommu=off || fail "intel_iommu=off is on the command line: $(</proc/cmdline)"
	word intel_iommu=on || fail "intel_iommu=on is not on the command line: $(</proc/cmdline)"
	word iommu=pt || fail "iommu=pt is not on the command line: $(</proc/cmdline)"
	expect_match "the list of IOMMUs" "$(ls /sys/class/iommu)" dmar
	for pf in $pfs; do
		expect "the number of VFs of $pf" "$(vfs_of "$pf")" 4
		for n in 0 1 2 3; do
			vf=/sys/bus/pci/devices/$pf/virtfn$n
			expect "the driver of VF $n of $pf" "$(basename "$(readlink "$vf/driver")")" igbvf
			expect "the IOMMU domain of VF $n of $pf" "$(<"$vf/iommu_group/type")" identity
		done
	done
}

# --- vfward-hostprep ---

said=$state/said # what hostprep has said

# hostprep STATUS ARGUMENT...: it must end with this status.
hostprep() {
	local status=0
	vfward-hostprep "${@:2}" >"$said" 2>&1 || status=$?
	cat "$said"
	expect "the status of vfward-hostprep ${*:2}" "$status" "$1"
}

# says_all PATTERN...: each at the beginning of a line of what hostprep has said.
says_all() {
	local pattern
	for pattern; do grep -qE -- "^$pattern" "$said" || fail "hostprep does not say: $pattern"; done
}

prepare() { hostprep 0 apply --yes --pf eth0=4 --pf eth1=4 --passthrough; }

# cut_power_in MICROSECONDS: all that is done until then may be lost, unless it is on the disk.
cut_power_in() {
	sync
	printf 'LAB-CUT %d.%06d\n' $(($1 / 1000000)) $(($1 % 1000000)) >/dev/hvc0
}
