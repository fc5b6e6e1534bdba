#!/bin/bash
# vfward-hostprep check: a host from top to bottom, in text and JSON; the record of it says the same; the table of adapters; hostile names.
. "$(dirname "$0")/lib.sh"
need jq
export VFWARD_DATADIR=$VFWARD_SOURCE/hostprep
hostprep() { run "$VFWARD_HOSTPREP" "$@"; }
root=$work/root

# put FILE < CONTENT
put() {
	mkdir -p "$(dirname "$root$1")"
	cat >"$root$1"
}

machine "$root" <<END
pci 0000:00:01.0 class=0x060400 driver=pcieport lanes=8x8/8x16 buses=01-02 acs
pf 0000:01:00.0 eth0 ixgbe device=0x10fb vfdevice=0x10ed numa=0 vfs=2 total=63 offset=128 stride=2 speed=10000 above=0000:00:01.0 lanes=8x8 vfdriver=vfio-pci
pf 0000:01:00.1 eth1 none device=0x10fb vfdevice=0x10ed total=63 offset=128 stride=2 above=0000:00:01.0 lanes=8x8
pci 0000:00:02.0 class=0x060400 driver=pcieport lanes=2.5x1/8x16 buses=05-05
pf 0000:05:00.0 ens5 i40e device=0x1572 vfdevice=0x154c total=64 offset=240 stride=1 speed=10000 above=0000:00:02.0 lanes=2.5x1/8x8 nobars
pci 0000:06:00.0 class=0x020000 device=0x10c6 driver=ixgbe
netdev eth9 pci=0000:06:00.0
pci 0000:07:00.0 class=0x020000 device=0x1571 driver=none
pci 0000:08:00.0 class=0x020000 vendor=0x15b3 device=0x1015 driver=mlx5_core
pci 0000:09:00.0 class=0x010802 driver=nvme
netdev br0 kind=bridge
master eth0 br0
route default dev br0
END
printf 'processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: fpu vmx\n\nprocessor\t: 1\n' | put /proc/cpuinfo
printf 'root=UUID=x password=SECRET quiet pci=noari\n' | put /proc/cmdline
printf ' 24: 1 IR-PCI-MSI 5-edge eth0\n' | put /proc/interrupts
printf 'DMAR' | put /sys/firmware/acpi/tables/DMAR
: | put /dev/kvm
printf 'GRUB_CMDLINE_LINUX="quiet"\n' | put /etc/default/grub
printf "set default=\"0\"\nmenuentry 'Debian' {\n\tlinux /vmlinuz root=/dev/sda1 ro intel_iommu=off\n}\n" | put /boot/grub/grub.cfg
printf 'OE\n' | put /sys/module/ixgbe/taint
printf '5.19.6\n' | put /sys/module/ixgbe/version
ln -s ../../../../module/ixgbe "$root/sys/bus/pci/drivers/ixgbe/module"

hostprep --root "$root" check
status "a host with faults" 1
# Names of devices are not compared: those that the table lacks come from a list that differs from host to host.
sed -n 's/^\([A-Z]*\) \([a-z-]*\): .*/\1 \2/p' "$work/out" | grep -v 'SKIP nic-firmware' >"$work/ids"
cat >"$work/expected" <<END
PASS cpu-virt
PASS kvm-device
PASS iommu-firmware
PASS iommu-active
PASS interrupt-remapping
PASS iommu-argument
WARN pci-argument
FAIL iommu-argument
PASS secure-boot
PASS vfio-module
PASS nic-sriov
PASS nic-vfs
PASS nic-driver
PASS nic-vf-bars
PASS nic-vf-buses
PASS nic-link-width
PASS nic-acs
PASS nic-link
PASS nic-numa
WARN nic-management
PASS nic-sriov
FAIL nic-sfp
PASS nic-vf-bars
PASS nic-vf-buses
PASS nic-link-width
PASS nic-acs
PASS nic-numa
PASS nic-sriov
WARN nic-vfs
PASS nic-driver
FAIL nic-vf-bars
WARN nic-vf-buses
WARN nic-link-width
PASS nic-acs
PASS nic-link
PASS nic-numa
PASS nic-management
WARN adapter-no-sriov
WARN adapter-is-vf
WARN adapter-sriov-hidden
END
same "what is found, in order" "$work/expected" "$work/ids"
says "the driver's version and origin" 'on ixgbe 5\.19\.6, which does not come with the kernel$'
says "a 10G NIC in a slot of one lane" '^WARN nic-link-width: ens5 .* want 10000 Mbit/s, .* carries 2000 \(2\.5 GT/s x1\)$'
says "an adapter without SR-IOV has its name" '^WARN adapter-no-sriov: eth9 .*82598EB 10-Gigabit AF Dual Port.* no 82598 has it$'
says "the bridge above the port is named" '^WARN nic-management: .* by way of br0:'
says "room for some VFs is counted" '^WARN nic-vf-buses: .* buses 05 to 05 only, .* 16 of 64 VFs'
awk '/^(WARN|FAIL)/ { getline remedy; if (remedy !~ /^  remedy: ./) print }' "$work/out" >"$work/bare"
check "every WARN and FAIL has a remedy" test ! -s "$work/bare"

hostprep --root "$root" --json check
status "JSON" 1
json "JSON has all findings" "(.schema == 1) and ([.findings[] | select(.id != \"nic-firmware\")] | length == $(wc -l <"$work/expected"))"
json "the subject is the function" '[.findings[] | select(.id == "nic-sfp").subject] == ["0000:01:00.1"]'
cp "$work/out" "$work/json"
hostprep --root "$root" -q check
silent "-q leaves out what is good" '^(PASS|SKIP)'
says "-q says what is not" '^FAIL nic-sfp'

# The record of the machine is checked with the same result, and tells no secret.
run "$VFWARD" --root "$root" record "$work/copy"
status "record" 0
hostprep --root "$work/copy" --json check
# The boot loader's files are not in it.
others='.findings[] | select((.id | startswith("loader-") | not) and (.subject | startswith("/boot/") | not))'
same "the record says the same" <(jq "$others" "$work/json") <(jq "$others" "$work/out")
check "no secret of the command line" not grep -rq SECRET "$work/copy"
check "it has arguments about devices" grep -qx 'pci=noari' "$work/copy/proc/cmdline"
check "and one CPU" not grep -q 'processor.*1' "$work/copy/proc/cpuinfo"

# The table: a line that is wrong is left out by name; a missing one is said.
mkdir "$work/data"
printf '# x\n8086\t10fb\t10ed\t-\tixgbe\t82599\t63\tport\tOurs\n8086\t10c6\tbad\n' >"$work/data/sriov-adapters.tsv"
VFWARD_DATADIR=$work/data hostprep --root "$root" check
says "a wrong line is named" "^WARN adapter-table: $work/data/sriov-adapters.tsv:3: "
says "the other line counts" '^PASS nic-sriov: eth0 .*, Ours, '
silent "the wrong line does not" '^WARN adapter-no-sriov'
VFWARD_DATADIR=$work/nothing hostprep --root "$root" check
says "no table" "^WARN adapter-table: $work/nothing/sriov-adapters.tsv: "
VFWARD_DATADIR='' hostprep --root "$root" check
silent "the build tree has the table" 'adapter-table'
mkdir -p "$work/prefix/sbin" "$work/prefix/share"
cp "$VFWARD_HOSTPREP" "$work/prefix/sbin"
cp -r "$work/data" "$work/prefix/share/vfward"
VFWARD_DATADIR='' run "$work/prefix/sbin/vfward-hostprep" --root "$root" check
says "it is looked for beside the program" "^WARN adapter-table: $work/prefix/share/vfward/sriov-adapters.tsv:3: "

# The table itself: the columns that its head describes, each adapter once.
hostprep --root "$root" check
silent "our table has no mistake" 'adapter-table'
check "our table has adapters" test "$(grep -vc '^#' "$VFWARD_DATADIR/sriov-adapters.tsv")" -gt 100

# An image: no /sys, nothing of this machine.
mkdir "$work/image"
hostprep --root "$work/image" check
status "an image" 0
silent "an image is skipped" '^(PASS|WARN|FAIL) '
says "an image is skipped" '^SKIP iommu-active: '
# A leak checker cannot work below strace; sanitizers read /proc/self.
run env ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=file -o "$work/trace" "$VFWARD_HOSTPREP" --root "$root" check
if [[ $rc -ne 127 ]]; then
	# What openat2 opens is below the root.
	grep -vF -e 'openat2(' -e '"/proc/self/' -e "$work" "$work/trace" >"$work/opened"
	check "nothing of this machine is looked at" not grep -E '"/(sys|proc|boot|dev/(kvm|vfio)|run/modprobe|etc/(modprobe|default|kernel)|lib/modules)' "$work/opened"
fi

# Names that hurt.
printf 'pf 0000:01:00.0 %s igb vfs=1\n' $'e\x1b[31m' | machine "$work/hostile"
hostprep --root "$work/hostile" check
check "nothing that a terminal obeys" not grep -q $'\x1b' "$work/out"
rm "$work/hostile/sys/devices/pci0000:00/0000:01:00.0/config"
mkfifo "$work/hostile/sys/devices/pci0000:00/0000:01:00.0/config"
run timeout 20 "$VFWARD_HOSTPREP" --root "$work/hostile" check
check "a FIFO holds nobody up" test "$rc" -le 1
finish
