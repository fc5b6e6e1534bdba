/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_machine: a host on which everything is fine, for the tests of check. */
#ifndef VW_CHECK_MACHINE_H
#define VW_CHECK_MACHINE_H

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

static inline void put16(unsigned char *at, unsigned int value)
{
	at[0] = (unsigned char)value;
	at[1] = (unsigned char)(value >> 8);
}

/* A PF with SR-IOV, 8 GT/s x8, or, with buses, a root port. */
static inline void config(struct tree *tree, const char *path, unsigned int from, unsigned int to)
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

static inline void dmar(struct tree *tree, char flags)
{
	char table[48] = "DMAR";

	table[37] = flags;
	tree_bytes(tree, "/sys/firmware/acpi/tables/DMAR", table, sizeof(table));
}

static inline void routes(struct tree *tree, int ifindex)
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

static inline void build(struct tree *tree)
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

static inline void apply(struct tree *tree, const struct change *change)
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
static inline void run(struct tree *tree, char *buf, size_t size)
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

static inline int set_datadir(void **state)
{
	(void)state;
	return setenv("VFWARD_DATADIR", TEST_DATA "/../../hostprep", 1);
}

#endif
