/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_pci: what config space says, however long, broken or hostile it is. */
#include "tree.h"

#include "cleanup.h"
#include "pci.h"

#include <linux/pci_regs.h>
#include <stdio.h>
#include <string.h>

#define CONFIG "/sys/bus/pci/devices/0000:01:00.0/config"

static const struct vw_pci function = { 0, 1, 0, 0 };

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

static int read_config(struct tree *tree, const void *data, size_t len, struct vw_pci_caps *caps)
{
	struct pci_access *library;
	int rc;

	if (data)
		tree_bytes(tree, CONFIG, data, len);
	assert_int_equal(vw_pci_library_open(&library, NULL), 0);
	rc = vw_pci_caps_read(library, &tree->host, &function, caps);
	vw_pci_library_close(&library);
	return rc;
}

/* Two capabilities in front of PCI Express, two extended ones in front of SR-IOV. */
static void craft(unsigned char config[4096])
{
	memset(config, 0, 4096);
	put16(config + PCI_STATUS, PCI_STATUS_CAP_LIST);
	config[PCI_CAPABILITY_LIST] = 0x40;
	put16(config + 0x40, PCI_CAP_ID_PM | 0x50 << 8);
	put16(config + 0x50, PCI_CAP_ID_MSIX | 0xa0 << 8);
	put16(config + 0xa0, PCI_CAP_ID_EXP);
	put32(config + 0xa0 + PCI_EXP_LNKCAP, 0xabc00000 | 4 | 16 << 4);
	put16(config + 0xa0 + PCI_EXP_LNKSTA, 0xf000 | 3 | 8 << 4);
	put32(config + 0x100, PCI_EXT_CAP_ID_ERR | 1 << 16 | 0x140 << 20);
	put32(config + 0x140, PCI_EXT_CAP_ID_ARI | 1 << 16 | 0x160 << 20);
	put32(config + 0x160, PCI_EXT_CAP_ID_SRIOV | 1 << 16);
	put16(config + 0x160 + PCI_SRIOV_CTRL, PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE);
	put16(config + 0x160 + PCI_SRIOV_TOTAL_VF, 64);
	put16(config + 0x160 + PCI_SRIOV_NUM_VF, 5);
	put16(config + 0x160 + PCI_SRIOV_VF_OFFSET, 0x180);
	put16(config + 0x160 + PCI_SRIOV_VF_STRIDE, 2);
	put16(config + 0x160 + PCI_SRIOV_VF_DID, 0x10ed);
	put32(config + 0x160 + PCI_SRIOV_BAR, 0xe0000004);
	put32(config + 0x160 + PCI_SRIOV_BAR + 20, 0x12345678);
}

static void test_whole(void **state)
{
	unsigned char config[4096];
	struct vw_pci_caps caps;
	struct tree tree;

	(void)state;
	tree_new(&tree);
	craft(config);
	assert_int_equal(read_config(&tree, config, sizeof(config), &caps), 0);
	assert_true(caps.extended && caps.sriov && caps.ari && !caps.acs);
	assert_int_equal(caps.max_speed, 4);
	assert_int_equal(caps.max_width, 16);
	assert_int_equal(caps.link_speed, 3);
	assert_int_equal(caps.link_width, 8);
	assert_int_equal(caps.secondary, 0);
	assert_true(caps.vf.enabled);
	assert_int_equal(caps.vf.total, 64);
	assert_int_equal(caps.vf.vfs, 5);
	assert_int_equal(caps.vf.offset, 0x180);
	assert_int_equal(caps.vf.stride, 2);
	assert_int_equal(caps.vf.device, 0x10ed);
	assert_true(caps.vf.bars[0] == 0xe0000004 && caps.vf.bars[5] == 0x12345678);
	config[PCI_HEADER_TYPE] = 0x80 | PCI_HEADER_TYPE_BRIDGE;
	config[PCI_SECONDARY_BUS] = 3;
	config[PCI_SUBORDINATE_BUS] = 9;
	put16(config + 0x140, PCI_EXT_CAP_ID_ACS);
	assert_int_equal(read_config(&tree, config, sizeof(config), &caps), 0);
	assert_true(caps.acs && !caps.ari);
	assert_int_equal(caps.secondary, 3);
	assert_int_equal(caps.subordinate, 9);
	tree_free(&tree);
}

/* Anybody but root sees 64 bytes; a device without PCI Express has 256. What is not there is not known. */
static void test_short(void **state)
{
	static const struct {
		size_t len;
		bool link, extended;
	} lengths[] = { { 0, false, false }, { 64, false, false }, { 256, true, false },
		{ 4096, true, true } };
	unsigned char config[4097];
	struct vw_pci_caps caps;
	struct tree tree;

	(void)state;
	tree_new(&tree);
	assert_int_equal(read_config(&tree, NULL, 0, &caps), -ENOENT);
	craft(config);
	for (size_t i = 0; i < VW_ARRAY_SIZE(lengths); i++) {
		tree_bytes(&tree, CONFIG, "", 0);
		assert_int_equal(read_config(&tree, config, lengths[i].len, &caps), 0);
		assert_true(caps.extended == lengths[i].extended);
		assert_true(caps.sriov == lengths[i].extended);
		assert_true((caps.link_width == 8) == lengths[i].link);
	}
	assert_int_equal(read_config(&tree, config, 4097, &caps), -EFBIG);
	assert_false(caps.sriov);
	tree_free(&tree);
}

/* Capabilities that lead to each other, to the end of config space, or anywhere: an end comes, and no more than 4096 bytes are read. */
static void test_hostile(void **state)
{
	unsigned char config[4096];
	struct vw_pci_caps caps;
	struct tree tree;

	(void)state;
	tree_new(&tree);
	craft(config);
	put32(config + 0x160, PCI_EXT_CAP_ID_ERR | 1 << 16 | 0x100 << 20);
	config[0x51] = 0x40;
	assert_int_equal(read_config(&tree, config, sizeof(config), &caps), 0);
	assert_true(!caps.sriov && !caps.link_width);
	craft(config);
	put32(config + 0x140, PCI_EXT_CAP_ID_ARI | 1 << 16 | 0xffcU << 20);
	put32(config + 0xffc, PCI_EXT_CAP_ID_SRIOV | 1 << 16);
	assert_int_equal(read_config(&tree, config, sizeof(config), &caps), 0);
	assert_true(caps.sriov);
	srandom(1);
	for (int i = 0; i < 500; i++) {
		for (size_t k = 0; k < sizeof(config); k++)
			config[k] = (unsigned char)random();
		config[PCI_STATUS] |= PCI_STATUS_CAP_LIST;
		if (i % 2)
			put16(config + (config[PCI_CAPABILITY_LIST] & ~3), PCI_CAP_ID_EXP);
		assert_int_equal(read_config(&tree, config, sizeof(config), &caps), 0);
	}
	memset(config, 0xff, sizeof(config)); /* a device that fell off its bus */
	assert_int_equal(read_config(&tree, config, sizeof(config), &caps), 0);
	assert_false(caps.sriov);
	tree_free(&tree);
}

static void test_name(void **state)
{
	struct pci_access *library;
	char name[8];

	(void)state;
	assert_int_equal(vw_pci_library_open(&library, NULL), 0);
	assert_string_equal(vw_pci_library_name(library, 0xfffe, 0xfffe, name, sizeof(name)), "");
	vw_pci_library_name(library, 0x8086, 0x10fb, name, sizeof(name));
	assert_true(strlen(name) < sizeof(name));
	vw_pci_library_close(&library);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
