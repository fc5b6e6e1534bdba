/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_check: a host on which everything is fine, then one thing after the other is not: each finding comes then, and only then. */
#include "tree.h"

#include "check.h"
#include "cleanup.h"
#include "nlcraft.h"

#include <linux/pci_regs.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define DEVICES "/sys/bus/pci/devices/"
#define PLACE   "/sys/devices/pci0000:00/"
#define PORT    PLACE "0000:00:01.0/"
#define PF      PORT "0000:01:00.0/"
#define NETDEV  PF "net/eth0/"
#define EFIVAR  "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define FLAGS   "processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: fpu "
#define ZERO    "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
#define PLACED  "0x00000000e0000000 0x00000000e00fffff 0x0000000000140204\n"
#define BARS7   PLACED ZERO ZERO ZERO ZERO ZERO ZERO
#define GOOD    BARS7 PLACED ZERO ZERO PLACED ZERO ZERO

#define GRUB(first, second)                                                                        \
	"set default=\"0\"\nmenuentry 'Debian' {\n\tlinux /vmlinuz root=/dev/sda1 ro" first        \
	"\n\tinitrd /initrd.img\n}\nmenuentry 'Other' {\n\tlinux /vmlinuz root=/dev/sda1 "         \
	"ro" second "\n}\n"

/* One file becomes another; content NULL: it goes. */
struct change {
	const char *path, *content;
};

static void put16(unsigned char *at, unsigned int value)
{
	at[0] = (unsigned char)value;
	at[1] = (unsigned char)(value >> 8);
}

/* A PF with SR-IOV, 8 GT/s x8, or, with buses, a root port. */
static void config(struct tree *tree, const char *path, unsigned int from, unsigned int to)
{
	unsigned char bytes[4096] = { 0 };

	put16(bytes + PCI_STATUS, PCI_STATUS_CAP_LIST);
	bytes[PCI_CAPABILITY_LIST] = 0x40;
	bytes[0x40] = PCI_CAP_ID_EXP;
	put16(bytes + 0x40 + PCI_EXP_FLAGS, 2 | (from ? PCI_EXP_TYPE_ROOT_PORT << 4 : 0));
	put16(bytes + 0x40 + PCI_EXP_LNKCAP, 3 | 8 << 4);
	put16(bytes + 0x40 + PCI_EXP_LNKSTA, 3 | 8 << 4);
	if (from) {
		bytes[PCI_HEADER_TYPE] = PCI_HEADER_TYPE_BRIDGE;
		bytes[PCI_SECONDARY_BUS] = (unsigned char)from;
		bytes[PCI_SUBORDINATE_BUS] = (unsigned char)to;
		put16(bytes + 0x100, PCI_EXT_CAP_ID_ACS);
		put16(bytes + 0x102, 1);
	} else {
		put16(bytes + 0x100, PCI_EXT_CAP_ID_SRIOV);
		put16(bytes + 0x102, 1);
		put16(bytes + 0x100 + PCI_SRIOV_TOTAL_VF, 63);
		put16(bytes + 0x100 + PCI_SRIOV_VF_OFFSET, 128);
		put16(bytes + 0x100 + PCI_SRIOV_VF_STRIDE, 2);
	}
	tree_bytes(tree, path, bytes, sizeof(bytes));
}

static void dmar(struct tree *tree, char flags)
{
	char table[48] = "DMAR";

	table[37] = flags;
	tree_bytes(tree, "/sys/firmware/acpi/tables/DMAR", table, sizeof(table));
}

static void routes(struct tree *tree, int ifindex)
{
	struct nlbuf b = { 0 };

	nlbuf_route(&b, AF_INET, NULL, 0, ifindex, RTN_UNICAST, 254);
	tree_bytes(tree, "/vfward-record/routes.nl", b.data, b.len);
	nlbuf_free(&b);
}

static const struct change good[] = {
	{ "/proc/cpuinfo", FLAGS "vmx sse2\n\nprocessor\t: 1\n" },
	{ "/proc/sys/kernel/osrelease", "6.1.0-28-amd64\n" },
	{ "/proc/interrupts", "  CPU0\n 24:  1   IR-PCI-MSI   5-edge      eth0\n" },
	{ "/dev/kvm", "" },
	{ "/etc/default/grub", "GRUB_CMDLINE_LINUX=\"quiet\"\n" },
	{ "/boot/grub/grub.cfg", GRUB("", "") },
	{ EFIVAR, "abcd\x02" },
	{ "/sys/class/iommu/dmar0/intel-iommu/ecap", "8\n" },
	{ "/sys/bus/pci/drivers/vfio-pci/bind", "" },
	{ "/sys/bus/pci/drivers/ixgbe/bind", "" },
	{ PORT "class", "0x060400\n" },
	{ PORT "max_link_speed", "8.0 GT/s PCIe\n" },
	{ PORT "max_link_width", "16\n" },
	{ PF "class", "0x020000\n" },
	{ PF "vendor", "0x8086\n" },
	{ PF "device", "0x10fb\n" },
	{ PF "sriov_totalvfs", "63\n" },
	{ PF "sriov_offset", "128\n" },
	{ PF "sriov_stride", "2\n" },
	{ PF "numa_node", "0\n" },
	{ PF "resource", GOOD },
	{ PF "max_link_speed", "8.0 GT/s PCIe\n" },
	{ PF "max_link_width", "8\n" },
	{ PF "current_link_speed", "8.0 GT/s PCIe\n" },
	{ PF "current_link_width", "8\n" },
	{ PORT "0000:01:10.0/class", "0x020000\n" },
	{ NETDEV "flags", "0x1003\n" },
	{ NETDEV "carrier", "1\n" },
	{ NETDEV "speed", "10000\n" },
	{ NETDEV "ifindex", "2\n" },
	{ "/sys/class/net/br0/ifindex", "3\n" },
	{ "/vfward-record/addresses.nl", "" },
};

static const struct {
	const char *path, *target;
} links[] = {
	{ DEVICES "0000:00:01.0", "../../../devices/pci0000:00/0000:00:01.0" },
	{ DEVICES "0000:01:00.0", "../../../devices/pci0000:00/0000:00:01.0/0000:01:00.0" },
	{ DEVICES "0000:01:10.0", "../../../devices/pci0000:00/0000:00:01.0/0000:01:10.0" },
	{ PF "driver", "../../../../bus/pci/drivers/ixgbe" },
	{ PF "virtfn0", "../0000:01:10.0" },
	{ PORT "0000:01:10.0/physfn", "../0000:01:00.0" },
	{ "/sys/class/net/eth0", "../../devices/pci0000:00/0000:00:01.0/0000:01:00.0/net/eth0" },
};

static void build(struct tree *tree)
{
	tree_new(tree);
	for (size_t i = 0; i < VW_ARRAY_SIZE(good); i++)
		tree_file(tree, good[i].path, good[i].content);
	for (size_t i = 0; i < VW_ARRAY_SIZE(links); i++)
		tree_link(tree, links[i].path, links[i].target);
	tree_group(tree, "0000:00:01.0", 1);
	tree_group(tree, "0000:01:00.0", 2);
	tree_group(tree, "0000:01:10.0", 3);
	config(tree, PORT "config", 1, 2);
	config(tree, PF "config", 0, 0);
	dmar(tree, 1);
	routes(tree, 9);
}

static void apply(struct tree *tree, const struct change *change)
{
	char path[512];

	if (change->content && strncmp(change->content, "->", 2) == 0) {
		tree_link(tree, change->path, change->content + 2);
	} else if (change->content) {
		tree_file(tree, change->path, change->content);
	} else {
		snprintf(path, sizeof(path), "%s%s", tree->root, change->path);
		if (remove(path) != 0)
			fail_msg("%s: %s", path, strerror(errno));
	}
}

/* All that is not PASS, one after the other: "FAIL kvm-device;". What depends on the root and not on these tests stays away. */
static void run(struct tree *tree, char *buf, size_t size)
{
	static const char *const others[] = { "nic-firmware" };
	struct vw_findings findings = { 0 };
	struct vw_error err = { "" };

	buf[0] = '\0';
	if (vw_check_all(&tree->host, &findings, &err) < 0)
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < findings.n; i++) {
		const struct vw_finding *f = &findings.v[i];
		bool other = false;

		for (size_t k = 0; k < VW_ARRAY_SIZE(others); k++)
			other |= f->severity == VW_SKIP && strcmp(f->id, others[k]) == 0;
		if (f->severity == VW_WARN || f->severity == VW_FAIL)
			assert_non_null(f->remedy);
		if (f->severity != VW_PASS && !other)
			snprintf(buf + strlen(buf), size - strlen(buf), "%s %s;",
				vw_severity_name(f->severity), f->id);
	}
	vw_findings_free(&findings);
}

#define NO_IOMMU                                                                                   \
	{ "/sys/class/iommu/dmar0/intel-iommu/ecap", NULL },                                       \
		{ "/sys/class/iommu/dmar0/intel-iommu", NULL },                                    \
	{                                                                                          \
		"/sys/class/iommu/dmar0", NULL                                                     \
	}
#define NO_SRIOV                                                                                   \
	{ PF "sriov_totalvfs", NULL },                                                             \
	{                                                                                          \
		PF "config", NULL                                                                  \
	}
#define OTHER_VF PORT "0000:01:10.2/"

static const struct {
	const char *what;
	struct change changes[8];
	const char *want;
} cases[] = {
	{ "all is well", { { 0 } }, "" },

	{ "no flag", { { "/proc/cpuinfo", FLAGS "sse2\n" } }, "FAIL cpu-virt;SKIP kvm-device;" },
	{ "a flag that only contains the word", { { "/proc/cpuinfo", FLAGS "xvmx vmxx svme\n" } },
		"FAIL cpu-virt;SKIP kvm-device;" },
	{ "the word elsewhere", { { "/proc/cpuinfo", FLAGS "sse2\nvmx flags\t: vmx\n" } },
		"FAIL cpu-virt;SKIP kvm-device;" },
	{ "AMD's flag", { { "/proc/cpuinfo", FLAGS "svm\n" } }, "" },
	{ "the flag at the end of the file", { { "/proc/cpuinfo", FLAGS "vmx" } }, "" },
	{ "no x86", { { "/proc/cpuinfo", "processor\t: 0\nFeatures\t: fp asimd\n" } },
		"SKIP cpu-virt;" },
	{ "no cpuinfo", { { "/proc/cpuinfo", NULL } }, "SKIP cpu-virt;" },
	{ "no kvm", { { "/dev/kvm", NULL } }, "FAIL kvm-device;" },
	{ "no /dev", { { "/dev/kvm", NULL }, { "/dev", NULL } }, "SKIP kvm-device;" },

	{ "no table, and no IOMMU", { { "/sys/firmware/acpi/tables/DMAR", NULL }, NO_IOMMU },
		"FAIL iommu-firmware;FAIL iommu-active;SKIP interrupt-remapping;" },
	{ "no table, and an IOMMU", { { "/sys/firmware/acpi/tables/DMAR", NULL } }, "" },
	{ "AMD's table",
		{ { "/sys/firmware/acpi/tables/DMAR", NULL },
			{ "/sys/firmware/acpi/tables/IVRS", "IVRS" }, NO_IOMMU },
		"FAIL iommu-active;SKIP interrupt-remapping;" },
	{ "no tables to look into",
		{ { "/sys/firmware/acpi/tables/DMAR", NULL }, { "/sys/firmware/acpi/tables", NULL },
			NO_IOMMU },
		"SKIP iommu-firmware;FAIL iommu-active;SKIP interrupt-remapping;" },
	{ "no IOMMU in use", { NO_IOMMU }, "FAIL iommu-active;SKIP interrupt-remapping;" },
	{ "a kernel that does not tell",
		{ NO_IOMMU, { "/proc/sys/kernel/osrelease", "2.6.32-573.el6.x86_64\n" } },
		"SKIP iommu-active;SKIP interrupt-remapping;" },

	{ "not remapped", { { "/proc/interrupts", " 24:  1   PCI-MSI  5-edge eth0\n" } },
		"FAIL interrupt-remapping;" },
	{ "not remapped, new names",
		{ { "/proc/interrupts", " 24:  1  PCI-MSIX-0000:01:00.0  5-edge eth0\n" } },
		"FAIL interrupt-remapping;" },
	{ "remapped, new names",
		{ { "/proc/interrupts", " 24:  1  IR-PCI-MSIX-0000:01:00.0  5-edge eth0\n" } },
		"" },
	{ "not remapped, and vfio does not mind",
		{ { "/proc/interrupts", " 24:  1   IO-APIC  5-edge eth0\n" },
			{ "/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts",
				"Y\n" } },
		"WARN interrupt-remapping;" },
	{ "not remapped, and vfio minds",
		{ { "/proc/interrupts", " 24:  1   IO-APIC  5-edge eth0\n" },
			{ "/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts",
				"N\n" } },
		"FAIL interrupt-remapping;" },
	{ "only the IOMMU tells: it can", { { "/proc/interrupts", NULL } }, "" },
	{ "only the IOMMU tells: it cannot",
		{ { "/proc/interrupts", NULL },
			{ "/sys/class/iommu/dmar0/intel-iommu/ecap", "f7\n" } },
		"FAIL interrupt-remapping;" },
	{ "only the firmware tells: it does not allow it",
		{ { "/proc/interrupts", NULL }, { "/sys/class/iommu/dmar0/intel-iommu/ecap", "x" },
			{ "/sys/firmware/acpi/tables/DMAR",
				"DMAR.................................\xfe.........." } },
		"FAIL interrupt-remapping;" },
	{ "nobody tells",
		{ { "/proc/interrupts", NULL }, { "/sys/class/iommu/dmar0/intel-iommu/ecap", "x" },
			{ "/sys/firmware/acpi/tables/DMAR", "" } },
		"SKIP interrupt-remapping;" },

	{ "an argument against it, and it is active",
		{ { "/proc/cmdline", "ro intel_iommu=off\n" } }, "WARN iommu-argument;" },
	{ "an argument against it, and it is not", { NO_IOMMU, { "/proc/cmdline", "iommu=off\n" } },
		"FAIL iommu-active;SKIP interrupt-remapping;FAIL iommu-argument;" },
	{ "an argument for init", { { "/proc/cmdline", "quiet -- intel_iommu=off\n" } }, "" },
	{ "the default entry has an argument against it",
		{ { "/boot/grub/grub.cfg", GRUB(" intel_iommu=off", "") } },
		"FAIL iommu-argument;" },
	{ "another entry has", { { "/boot/grub/grub.cfg", GRUB("", " iommu=off") } },
		"WARN iommu-argument;" },
	{ "entries that cannot be read", { { "/boot/grub/grub.cfg", "menuentry 'x {\n" } },
		"WARN boot-entries;" },
	{ "no boot loader", { { "/boot/grub/grub.cfg", NULL }, { "/etc/default/grub", NULL } },
		"SKIP loader-none;" },
	{ "no ARI", { { "/proc/cmdline", "pci=realloc,noari\n" } }, "WARN pci-argument;" },

	{ "a variable that cannot be read", { { EFIVAR, "abc" } }, "SKIP secure-boot;" },
	{ "Secure Boot on", { { EFIVAR, "abcd\x01" } }, "" },
	{ "lockdown tells",
		{ { EFIVAR, "abc" },
			{ "/sys/kernel/security/lockdown", "none [integrity] confidentiality\n" } },
		"" },
	{ "no lockdown does not",
		{ { EFIVAR, "abc" },
			{ "/sys/kernel/security/lockdown", "[none] integrity confidentiality\n" } },
		"SKIP secure-boot;" },

	{ "the kernel has no SR-IOV", { { PF "sriov_totalvfs", NULL } }, "FAIL nic-sriov;" },
	{ "the firmware has no VF", { { PF "sriov_totalvfs", "0\n" } }, "FAIL nic-sriov;" },
	{ "no NIC", { { PF "class", "0x010802\n" } }, "FAIL nic-sriov;" },
	{ "an InfiniBand adapter", { { PF "class", "0x020700\n" } }, "" },
	{ "no VFs", { { PF "virtfn0", NULL } }, "WARN nic-vfs;" },

	{ "no driver", { { PF "driver", NULL }, { PF "device", "0x1528\n" } }, "FAIL nic-driver;" },
	{ "no driver for an unknown device", { { PF "driver", NULL }, { PF "device", "0xfffe\n" } },
		"FAIL nic-driver;" },
	{ "the driver is not loaded",
		{ { PF "driver", NULL }, { "/sys/bus/pci/drivers/ixgbe/bind", NULL },
			{ "/sys/bus/pci/drivers/ixgbe", NULL } },
		"FAIL nic-driver;" },
	{ "the driver is there and leaves it alone", { { PF "driver", NULL } }, "FAIL nic-sfp;" },
	{ "the PF is given away", { { PF "driver", "->../../../../bus/pci/drivers/vfio-pci" } },
		"WARN nic-driver;" },

	{ "no VF BAR was placed", { { PF "resource", BARS7 ZERO ZERO ZERO ZERO ZERO ZERO } },
		"FAIL nic-vf-bars;" },
	{ "only the ROM was placed",
		{ { PF "resource",
			PLACED ZERO ZERO ZERO ZERO ZERO PLACED ZERO ZERO ZERO ZERO ZERO ZERO } },
		"FAIL nic-vf-bars;" },
	{ "one VF BAR was not placed",
		{ { PF "resource", BARS7 PLACED ZERO ZERO
			"0x0000000000000000 0x00000000000fffff 0x0000000000140204\n" ZERO ZERO } },
		"FAIL nic-vf-bars;" },
	{ "one VF BAR is unset",
		{ { PF "resource", BARS7 PLACED ZERO ZERO
			"0x00000000e0000000 0x00000000e00fffff 0x0000000020140204\n" ZERO ZERO } },
		"FAIL nic-vf-bars;" },
	{ "too few lines", { { PF "resource", BARS7 } }, "SKIP nic-vf-bars;" },
	{ "no lines", { { PF "resource", BARS7 "\x1b[31m\n" } }, "SKIP nic-vf-bars;" },

	{ "VFs beyond the bridge's buses", { { PF "sriov_offset", "512\n" } },
		"FAIL nic-vf-buses;" },
	{ "some VFs beyond", { { PF "sriov_stride", "16\n" } }, "WARN nic-vf-buses;" },
	{ "just enough room", { { PF "sriov_offset", "387\n" } }, "" },
	{ "one too few", { { PF "sriov_offset", "388\n" } }, "WARN nic-vf-buses;" },

	{ "a slot of one lane",
		{ { PF "current_link_width", "1\n" }, { PF "max_link_width", "1\n" } },
		"WARN nic-link-width;" },
	{ "just enough lanes",
		{ { PF "current_link_width", "2\n" }, { PF "max_link_width", "2\n" } }, "" },
	{ "enough, but less than both can", { { PF "current_link_width", "4\n" } },
		"WARN nic-link-width;" },
	{ "slower than both can", { { PF "current_link_speed", "5.0 GT/s PCIe\n" } },
		"WARN nic-link-width;" },
	{ "the slot has less",
		{ { PF "current_link_width", "4\n" }, { PORT "max_link_width", "4\n" } }, "" },
	{ "the slot is slower",
		{ { PF "current_link_speed", "5 GT/s\n" }, { PORT "max_link_speed", "5 GT/s\n" } },
		"" },
	{ "the card has less",
		{ { PF "current_link_width", "4\n" }, { PF "max_link_width", "4\n" } }, "" },
	{ "config space tells", { { PF "current_link_width", NULL } }, "" },
	{ "nobody knows", { { PF "current_link_width", "255\n" } }, "SKIP nic-link-width;" },
	{ "a speed from the future", { { PF "current_link_speed", "999 GT/s\n" } },
		"SKIP nic-link-width;" },

	{ "a stranger in the VF's group",
		{ { PLACE "0000:00:1f.0/class", "0x010802\n" },
			{ DEVICES "0000:00:1f.0", "->../../../devices/pci0000:00/0000:00:1f.0" },
			{ "/sys/kernel/iommu_groups/3/devices/0000:00:1f.0", "" } },
		"WARN nic-acs;" },
	{ "a stranger in the PF's group, no VFs",
		{ { PLACE "0000:00:1f.0/class", "0x010802\n" },
			{ DEVICES "0000:00:1f.0", "->../../../devices/pci0000:00/0000:00:1f.0" },
			{ "/sys/kernel/iommu_groups/2/devices/0000:00:1f.0", "" },
			{ PF "virtfn0", NULL } },
		"WARN nic-vfs;WARN nic-acs;" },
	{ "a bridge in the group", { { "/sys/kernel/iommu_groups/3/devices/0000:00:01.0", "" } },
		"" },
	{ "two VFs in one group",
		{ { OTHER_VF "class", "0x020000\n" },
			{ DEVICES "0000:01:10.2",
				"->../../../devices/pci0000:00/0000:00:01.0/0000:01:10.2" },
			{ OTHER_VF "physfn", "->../0000:01:00.0" },
			{ PF "virtfn1", "->../0000:01:10.2" },
			{ "/sys/kernel/iommu_groups/3/devices/0000:01:10.2", "" } },
		"WARN nic-acs;" },
	{ "no group", { { PORT "0000:01:10.0/iommu_group", NULL }, { PF "iommu_group", NULL } },
		"SKIP nic-acs;" },

	{ "no node, where there are two",
		{ { PF "numa_node", "-1\n" }, { "/sys/devices/system/node/node0/x", "" },
			{ "/sys/devices/system/node/node1/x", "" } },
		"WARN nic-numa;" },
	{ "no node, where there is one",
		{ { PF "numa_node", "-1\n" }, { "/sys/devices/system/node/node0/x", "" },
			{ "/sys/devices/system/node/possible", "" } },
		"" },
	{ "no attribute", { { PF "numa_node", NULL } }, "" },

	{ "down", { { NETDEV "flags", "0x1002\n" } }, "WARN nic-link;" },
	{ "no carrier", { { NETDEV "carrier", "0\n" } }, "WARN nic-link;" },
	{ "no flags", { { NETDEV "flags", NULL } }, "SKIP nic-link;" },
	{ "no speed", { { NETDEV "speed", "-1\n" } }, "" },

	{ "a 1 GbE adapter", { { PF "device", "0x1521\n" } }, "WARN nic-gigabit;" },
	{ "an unknown adapter", { { PF "device", "0xfffe\n" } }, "" },

	{ "an adapter without SR-IOV", { NO_SRIOV, { PF "device", "0x10c6\n" } },
		"WARN adapter-no-sriov;FAIL nic-sriov;" },
	{ "an adapter that hides it", { NO_SRIOV }, "WARN adapter-sriov-hidden;FAIL nic-sriov;" },
	{ "a VF in a guest", { NO_SRIOV, { PF "device", "0x10ed\n" } },
		"WARN adapter-is-vf;FAIL nic-sriov;" },
	{ "a VF in a guest of Hyper-V", { NO_SRIOV, { PF "device", "0x152e\n" } },
		"WARN adapter-is-vf;FAIL nic-sriov;" },
	{ "another vendor's", { NO_SRIOV, { PF "vendor", "0x1af4\n" } }, "FAIL nic-sriov;" },
	{ "capability without the kernel's word, another device",
		{ { PF "sriov_totalvfs", NULL }, { PF "device", "0x10c6\n" } }, "FAIL nic-sriov;" },
};

static void test_cases(void **state)
{
	char got[1024];

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct tree tree;

		build(&tree);
		for (size_t k = 0; k < VW_ARRAY_SIZE(cases[i].changes); k++)
			if (cases[i].changes[k].path)
				apply(&tree, &cases[i].changes[k]);
		run(&tree, got, sizeof(got));
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: %s, wanted %s", cases[i].what, got, cases[i].want);
		tree_free(&tree);
	}
}

static void test_management(void **state)
{
	struct tree tree;
	char got[1024];

	(void)state;
	build(&tree);
	routes(&tree, 2);
	run(&tree, got, sizeof(got));
	assert_string_equal(got, "WARN nic-management;");
	routes(&tree, 3);
	run(&tree, got, sizeof(got));
	assert_string_equal(got, "");
	tree_link(&tree, NETDEV "master", "../../../../../virtual/net/br0");
	run(&tree, got, sizeof(got));
	assert_string_equal(got, "WARN nic-management;");
	tree_free(&tree);
}

/* A switch between the card and its root port: the step inside of it is no link, the one above is. */
static void test_switch(void **state)
{
	static const struct change deep[] = {
		{ PLACE "0000:00:02.0/0000:05:00.0/0000:06:00.0/0000:07:00.0/class", "0x020000\n" },
		{ PLACE "0000:00:02.0/max_link_width", "16\n" },
		{ PLACE "0000:00:02.0/max_link_speed", "8.0 GT/s PCIe\n" },
		{ PLACE "0000:00:02.0/0000:05:00.0/max_link_width", "8\n" },
		{ PLACE "0000:00:02.0/0000:05:00.0/max_link_speed", "8.0 GT/s PCIe\n" },
		{ PLACE "0000:00:02.0/0000:05:00.0/current_link_width", "8\n" },
		{ PLACE "0000:00:02.0/0000:05:00.0/current_link_speed", "8.0 GT/s PCIe\n" },
		{ PLACE "0000:00:02.0/0000:05:00.0/0000:06:00.0/max_link_width", "16\n" },
		{ PLACE "0000:00:02.0/0000:05:00.0/0000:06:00.0/max_link_speed",
			"8.0 GT/s PCIe\n" },
		{ PLACE "0000:00:02.0/0000:05:00.0/0000:06:00.0/current_link_width", "4\n" },
		{ PLACE "0000:00:02.0/0000:05:00.0/0000:06:00.0/current_link_speed",
			"8.0 GT/s PCIe\n" },
		{ PF "max_link_width", "4\n" },
		{ PF "current_link_width", "4\n" },
		{ DEVICES "0000:00:02.0", "->../../../devices/pci0000:00/0000:00:02.0" },
		{ DEVICES "0000:05:00.0",
			"->../../../devices/pci0000:00/0000:00:02.0/0000:05:00.0" },
		{ DEVICES "0000:06:00.0",
			"->../../../devices/pci0000:00/0000:00:02.0/0000:05:00.0/0000:06:00.0" },
		/* The PF's files stay where they were: nothing depends on that but its link. */
		{ PLACE "0000:00:02.0/0000:05:00.0/0000:06:00.0/0000:01:00.0",
			"->../../../0000:00:01.0/0000:01:00.0" },
		{ DEVICES "0000:01:00.0", "->../../../devices/pci0000:00/0000:00:02.0/0000:05:00.0/"
					  "0000:06:00.0/0000:01:00.0" },
	};
	struct tree tree;
	char got[1024];

	(void)state;
	build(&tree);
	for (size_t i = 0; i < VW_ARRAY_SIZE(deep); i++)
		apply(&tree, &deep[i]);
	run(&tree, got, sizeof(got));
	assert_string_equal(got, "");
	tree_file(&tree, DEVICES "0000:05:00.0/current_link_width", "1\n");
	run(&tree, got, sizeof(got));
	assert_string_equal(got, "WARN nic-link-width;");
	tree_free(&tree);
}

/* Without /sys nothing is said of the machine, and nothing of the running one. */
static void test_image(void **state)
{
	struct tree tree;
	char got[1024];

	(void)state;
	tree_new(&tree);
	run(&tree, got, sizeof(got));
	assert_string_equal(got,
		"SKIP cpu-virt;SKIP kvm-device;SKIP iommu-firmware;SKIP iommu-active;"
		"SKIP interrupt-remapping;SKIP loader-none;SKIP secure-boot;SKIP vfio-module;"
		"SKIP nic-sriov;");
	tree_free(&tree);
}

/* Names from a foreign machine reach the findings escaped; FIFOs hold nobody up; no link leads out of the root. */
static void test_hostile(void **state)
{
	static const char *const fifos[] = { PF "config", PF "resource", PF "current_link_width",
		NETDEV "flags", "/proc/cpuinfo", "/proc/interrupts" };
	struct vw_findings findings = { 0 };
	struct tree tree;
	char path[512], got[1024];

	(void)state;
	build(&tree);
	tree_link(&tree, PF "driver", "../drivers/\x1b[31mixgbe\n");
	tree_file(&tree, PF "local_cpulist", "0-3\x1b[2J");
	assert_int_equal(vw_check_all(&tree.host, &findings, NULL), 0);
	for (size_t i = 0; i < findings.n; i++) {
		assert_null(strchr(findings.v[i].message, '\x1b'));
		assert_null(strchr(findings.v[i].message, '\n'));
	}
	vw_findings_free(&findings);
	for (size_t i = 0; i < VW_ARRAY_SIZE(fifos); i++) {
		snprintf(path, sizeof(path), "%s%s", tree.root, fifos[i]);
		remove(path);
		assert_int_equal(mkfifo(path, 0600), 0);
	}
	run(&tree, got, sizeof(got));
	assert_non_null(strstr(got, "SKIP nic-vf-bars;"));
	assert_non_null(strstr(got, "SKIP cpu-virt;"));
	tree_free(&tree);

	/* The running machine's own files, by an absolute link and by one that climbs. */
	build(&tree);
	apply(&tree, &(struct change){ "/proc/cpuinfo", NULL });
	tree_link(&tree, "/proc/cpuinfo", "../../../../../../../../proc/cpuinfo");
	apply(&tree, &(struct change){ PF "resource", NULL });
	tree_link(&tree, PF "resource", "/etc/passwd");
	run(&tree, got, sizeof(got));
	assert_string_equal(got, "SKIP cpu-virt;SKIP nic-vf-bars;");
	tree_free(&tree);
}

static int set_datadir(void **state)
{
	(void)state;
	return setenv("VFWARD_DATADIR", TEST_DATA "/../../hostprep", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_management),
		cmocka_unit_test(test_switch),
		cmocka_unit_test(test_image),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, set_datadir, NULL);
}
