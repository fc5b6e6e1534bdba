/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_iommu: group numbers, and which member of a group stands in the way of vfio. */
#include "tree.h"

#include "cleanup.h"
#include "iommu.h"

#include <limits.h>
#include <string.h>

#define DEVICES "/sys/bus/pci/devices"
#define MINE    "0000:07:10.0"
#define OTHER   "0000:07:10.2"

static int setup(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	assert_non_null(tree);
	tree_new(tree);
	*state = tree;
	return 0;
}

static int teardown(void **state)
{
	tree_free(*state);
	free(*state);
	return 0;
}

static struct vw_pci pci_of(const char *text)
{
	struct vw_pci pci;

	assert_int_equal(vw_pci_parse(text, &pci, NULL), 0);
	return pci;
}

static void test_group(void **state)
{
	static const struct {
		const char *target;
		int rc;
	} links[] = {
		{ "../../../../kernel/iommu_groups/12", 12 },
		{ "../../../../kernel/iommu_groups/0", 0 },
		{ "x/2147483647", INT_MAX },
		{ "x/2147483648", -EBADMSG },
		{ "x/-1", -EBADMSG },
		{ "x/+1", -EBADMSG },
		{ "x/1a", -EBADMSG },
		{ "x/0x1", -EBADMSG },
		{ "x/..", -EINVAL },
		{ "x/", -EINVAL },
	};
	struct tree *tree = *state;
	struct vw_pci mine = pci_of(MINE);

	assert_int_equal(vw_iommu_group(&tree->host, &mine), -ENOENT);
	tree_pci(tree, MINE, "0x020000", "");
	assert_int_equal(vw_iommu_group(&tree->host, &mine), -ENOENT);
	for (size_t i = 0; i < VW_ARRAY_SIZE(links); i++) {
		tree_link(tree, DEVICES "/" MINE "/iommu_group", links[i].target);
		assert_int_equal(vw_iommu_group(&tree->host, &mine), links[i].rc);
	}
	tree_group(tree, MINE, 7);
	assert_int_equal(vw_iommu_group(&tree->host, &mine), 7);
}

/* One other member of the group, by class and driver. */
static const struct {
	const char *class_code, *driver;
	bool vfio_dev;
	int rc;
} members[] = {
	{ "0x020000", "", false, 0 },
	{ "0x020000", "vfio-pci", false, 0 },
	{ "0x020000", "pci-stub", false, 0 },
	{ "0x020000", "mlx5_vfio_pci", false, 0 },
	{ "0x020000", "variant", true, 0 },
	{ "0x020000", "variant", false, 1 },
	{ "0x020000", "igbvf", false, 1 },
	{ "0x020000", "ixgbe", false, 1 },
	{ "0x020000", "pci-stub2", false, 1 },
	{ "0x010802", "nvme", false, 1 },
	{ "0x060400", "pcieport", false, 0 },
	{ "0x060400", "shpchp", false, 0 },
	{ "0x060401", "some", false, 0 },
	{ "0x060700", "yenta_cardbus", false, 0 },
	{ "0x060000", "ie31200_edac", false, 1 },
	{ "0x060100", "lpc_ich", false, 1 },
	{ "", "igbvf", false, 1 },
};

static void test_blocker(void **state)
{
	struct tree *tree = *state;
	struct vw_pci mine = pci_of(MINE), other = pci_of(OTHER), blocker;
	char driver[32];

	for (size_t i = 0; i < VW_ARRAY_SIZE(members); i++) {
		struct tree one;
		int rc = members[i].rc;

		tree_new(&one);
		tree_pci(&one, MINE, "0x020000", "igbvf");
		tree_pci(&one, OTHER, members[i].class_code, members[i].driver);
		if (members[i].vfio_dev)
			tree_dir(&one, DEVICES "/" OTHER "/vfio-dev/vfio0");
		tree_group(&one, MINE, 5);
		tree_group(&one, OTHER, 5);
		blocker = mine;
		assert_int_equal(
			vw_iommu_blocker(&one.host, 5, &mine, NULL, 0, &blocker, driver, 32), rc);
		assert_true(vw_pci_equal(&blocker, rc ? &other : &mine));
		if (rc)
			assert_string_equal(driver, members[i].driver);
		/* Passed through together. */
		assert_int_equal(
			vw_iommu_blocker(&one.host, 5, &mine, &other, 1, &blocker, driver, 32), 0);
		tree_free(&one);
	}
	assert_int_equal(
		vw_iommu_blocker(&tree->host, 5, &mine, NULL, 0, &blocker, driver, 32), -ENOENT);
}

static void test_large_group(void **state)
{
	struct tree *tree = *state;
	struct vw_pci mine = pci_of(MINE), others[32], blocker, last = pci_of("0000:08:00.0");
	char addr[VW_PCI_STR], driver[4];

	tree_pci(tree, MINE, "0x020000", "igbvf");
	tree_group(tree, MINE, 5);
	for (unsigned int i = 0; i < VW_ARRAY_SIZE(others); i++) {
		snprintf(addr, sizeof(addr), "0000:09:%02x.0", i % 32);
		tree_pci(tree, addr, "0x020000", "igbvf");
		tree_group(tree, addr, 5);
		others[i] = pci_of(addr);
	}
	/* Neither a platform device nor a member that vanished is in the way. */
	tree_link(tree, "/sys/kernel/iommu_groups/5/devices/INTC1055:00", "../../../x");
	tree_link(tree, "/sys/kernel/iommu_groups/5/devices/0000:0a:00.0", "../../../x");
	assert_int_equal(vw_iommu_blocker(&tree->host, 5, &mine, others, VW_ARRAY_SIZE(others),
				 &blocker, driver, sizeof(driver)),
		0);
	assert_int_equal(vw_iommu_blocker(&tree->host, 5, &mine, others, VW_ARRAY_SIZE(others) - 1,
				 &blocker, driver, sizeof(driver)),
		1);
	assert_true(vw_pci_equal(&blocker, &others[31]));
	assert_string_equal(driver, "igb"); /* cut */
	tree_pci(tree, "0000:08:00.0", "0x010802", "nvme");
	tree_group(tree, "0000:08:00.0", 5);
	assert_int_equal(vw_iommu_blocker(&tree->host, 5, &mine, others, VW_ARRAY_SIZE(others),
				 &blocker, driver, sizeof(driver)),
		1);
	assert_true(vw_pci_equal(&blocker, &last));
	/* What cannot be read is an error, not a free pass. */
	tree_link(tree, DEVICES "/0000:08:00.0/driver", "..");
	assert_int_equal(vw_iommu_blocker(&tree->host, 5, &mine, others, VW_ARRAY_SIZE(others),
				 &blocker, driver, sizeof(driver)),
		-EINVAL);
}

static void test_viable(void **state)
{
	struct tree *tree = *state;
	struct vw_pci mine = pci_of(MINE);

	assert_true(vw_iommu_driver_viable(&tree->host, &mine, ""));
	assert_true(vw_iommu_driver_viable(&tree->host, &mine, "vfio-pci"));
	assert_true(vw_iommu_driver_viable(&tree->host, &mine, "pds_vfio_pci"));
	assert_true(vw_iommu_driver_viable(&tree->host, &mine, "pci-stub"));
	assert_true(vw_iommu_driver_viable(&tree->host, &mine, "pcieport"));
	assert_false(vw_iommu_driver_viable(&tree->host, &mine, "igbvf"));
	assert_false(vw_iommu_driver_viable(&tree->host, &mine, "uio_pci_generic"));
	tree_dir(tree, DEVICES "/" MINE "/vfio-dev");
	assert_true(vw_iommu_driver_viable(&tree->host, &mine, "igbvf"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_group, setup, teardown),
		cmocka_unit_test_setup_teardown(test_blocker, setup, teardown),
		cmocka_unit_test_setup_teardown(test_large_group, setup, teardown),
		cmocka_unit_test_setup_teardown(test_viable, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
