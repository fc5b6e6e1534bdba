/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mkmachine_config: what a function says on the bus: config space with its capabilities, resources, lanes. */
#include "mkmachine.h"

#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PCIE_AT  0x40
#define SRIOV_AT 0x100
#define ARI_AT   0x140
#define ACS_AT   0x150

/* Speeds by their code in Link Capabilities. */
static const char *const speeds[] = { "Unknown", "2.5 GT/s PCIe", "5.0 GT/s PCIe", "8.0 GT/s PCIe",
	"16.0 GT/s PCIe", "32.0 GT/s PCIe", "64.0 GT/s PCIe" };

static void put16(unsigned char *at, unsigned int value)
{
	at[0] = (unsigned char)value;
	at[1] = (unsigned char)(value >> 8);
}

static void put32(unsigned char *at, unsigned int value)
{
	put16(at, value);
	put16(at + 2, value >> 16);
}

static unsigned int hex(const char *text)
{
	return (unsigned int)strtoul(text, NULL, 16);
}

static bool is_bridge(const struct function *f)
{
	return hex(f->class_code) >> 8 == 0x0604;
}

static void header(const struct function *f, unsigned char *config)
{
	put16(config + PCI_VENDOR_ID, hex(f->vendor));
	put16(config + PCI_DEVICE_ID, hex(f->device));
	put16(config + PCI_STATUS, PCI_STATUS_CAP_LIST);
	put32(config + PCI_CLASS_REVISION, hex(f->class_code) << 8);
	config[PCI_CAPABILITY_LIST] = PCIE_AT;
	if (is_bridge(f)) {
		config[PCI_HEADER_TYPE] = PCI_HEADER_TYPE_BRIDGE;
		config[PCI_PRIMARY_BUS] = f->pci.bus;
		config[PCI_SECONDARY_BUS] = f->secondary;
		config[PCI_SUBORDINATE_BUS] = f->subordinate;
	}
	config[PCIE_AT] = PCI_CAP_ID_EXP;
	put16(config + PCIE_AT + PCI_EXP_FLAGS,
		2 | (is_bridge(f) ? PCI_EXP_TYPE_ROOT_PORT : PCI_EXP_TYPE_ENDPOINT) << 4);
	put32(config + PCIE_AT + PCI_EXP_LNKCAP, f->max.code | f->max.width << 4);
	put16(config + PCIE_AT + PCI_EXP_LNKSTA, f->now.code | f->now.width << 4);
}

/* One extended capability; the one before it points to it. */
static unsigned char *extended(unsigned char *config, unsigned int *last, unsigned int at, int id)
{
	if (*last)
		put32(config + *last, config[*last] | 1U << 16 | at << 20);
	put32(config + at, (unsigned int)id | 1U << 16);
	*last = at;
	return config + at;
}

void make_config(const struct function *f, unsigned char config[CONFIG_SIZE])
{
	unsigned int last = 0;
	unsigned char *cap;

	memset(config, 0, CONFIG_SIZE);
	header(f, config);
	/* The first extended capability has to be at 0x100, if there is any. */
	if (f->is_pf || f->acs) {
		cap = extended(config, &last, SRIOV_AT, f->is_pf ? PCI_EXT_CAP_ID_SRIOV : 0);
		if (f->is_pf) {
			put16(cap + PCI_SRIOV_CTRL, f->vfs ? PCI_SRIOV_CTRL_VFE : 0);
			put16(cap + PCI_SRIOV_INITIAL_VF, f->total);
			put16(cap + PCI_SRIOV_TOTAL_VF, f->total);
			put16(cap + PCI_SRIOV_NUM_VF, f->vfs);
			put16(cap + PCI_SRIOV_VF_OFFSET, f->offset);
			put16(cap + PCI_SRIOV_VF_STRIDE, f->stride);
			put16(cap + PCI_SRIOV_VF_DID, hex(f->vf_device));
			put32(cap + PCI_SRIOV_BAR, 0xe0000000 | PCI_BASE_ADDRESS_MEM_TYPE_64);
			extended(config, &last, ARI_AT, PCI_EXT_CAP_ID_ARI);
		}
		if (f->acs)
			extended(config, &last, ACS_AT, PCI_EXT_CAP_ID_ACS);
	}
}

/* The lines of the resource file: BARs, ROM, and for a PF the VF BARs, of which BAR 0 and 3 are used. */
static void put_resources(int root, const struct function *f, const char *dir)
{
	char text[1024] = "";

	for (int line = 0; line < 13; line++) {
		bool used = line == 0 || (f->is_pf && !f->no_bars && (line == 7 || line == 10));

		sprintf(text + strlen(text), "0x%016x 0x%016x 0x%016x\n",
			used ? 0xe0000000U + 0x100000U * (unsigned int)line : 0,
			used ? 0xe00fffffU + 0x100000U * (unsigned int)line : 0,
			used ? 0x140204U : 0);
	}
	put_text(root, text, "%s/resource", dir);
}

static void put_lanes(int root, struct lanes lanes, const char *dir, const char *which)
{
	char text[32];

	snprintf(text, sizeof(text), "%u\n", lanes.width);
	put_text(root, text, "%s/%s_link_width", dir, which);
	snprintf(text, sizeof(text), "%s\n", speeds[lanes.code]);
	put_text(root, text, "%s/%s_link_speed", dir, which);
}

void put_config(int root, const struct function *f, const char *dir)
{
	unsigned char config[CONFIG_SIZE];
	char path[512];

	make_config(f, config);
	snprintf(path, sizeof(path), "%s/config", dir);
	put_bytes(root, path, config, sizeof(config));
	put_text(root, "0\n", "%s/irq", dir);
	put_resources(root, f, dir);
	if (!f->max.width)
		return;
	put_lanes(root, f->now, dir, "current");
	put_lanes(root, f->max, dir, "max");
}
