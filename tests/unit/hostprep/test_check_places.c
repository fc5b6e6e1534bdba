/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_check_places: check on hosts that are built otherwise: bridges and switches above, an image, a tree that means harm. */
#include "check_machine.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_management),
		cmocka_unit_test(test_switch),
		cmocka_unit_test(test_image),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, set_datadir, NULL);
}
