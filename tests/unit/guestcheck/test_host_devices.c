/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_host_devices: the kinds of VFs that a host's adapters make, from attributes, from VFs, and where nobody can tell. */
#include "tree.h"

#include "host_devices.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DEVICES "/sys/bus/pci/devices"

static void add_pf(struct tree *tree, const char *address, const char *total, const char *vf)
{
	char path[128];

	tree_pci(tree, address, "0x020000", "ixgbe");
	snprintf(path, sizeof(path), DEVICES "/%s/sriov_totalvfs", address);
	tree_file(tree, path, total);
	snprintf(path, sizeof(path), DEVICES "/%s/sriov_vf_device", address);
	if (vf)
		tree_file(tree, path, vf);
}

/* "8086:1520 …", and behind a "?" the adapters of which nobody knows what they make. */
static void expect(struct tree *tree, const char *expected)
{
	struct vw_names ids = { 0 }, unknown = { 0 };
	struct vw_error err = { "" };
	char text[256] = "";

	assert_int_equal(vw_host_devices_all(&tree->host, &ids, &unknown, &err), 0);
	for (size_t i = 0; i < ids.n; i++) {
		strcat(text, ids.v[i]);
		strcat(text, " ");
	}
	for (size_t i = 0; i < unknown.n; i++) {
		strcat(text, "?");
		strcat(text, unknown.v[i]);
	}
	assert_string_equal(text, expected);
	vw_names_free(&ids);
	vw_names_free(&unknown);
}

static void test_attribute(void **state)
{
	struct tree tree;

	(void)state;
	tree_new(&tree);
	expect(&tree, "");                               /* no PCI bus at all */
	add_pf(&tree, "0000:01:00.0", "63\n", "1520\n"); /* all decimal digits: it is hexadecimal */
	add_pf(&tree, "0000:01:00.1", "63\n", "1520\n");
	add_pf(&tree, "0000:02:00.0", "63\n", "10ed\n");
	expect(&tree, "8086:1520 8086:10ed ");
	/* no NIC; no SR-IOV; none allowed; a kernel that does not say it, and no VF */
	add_pf(&tree, "0000:03:00.0", "4\n", "1111\n");
	tree_file(&tree, DEVICES "/0000:03:00.0/class", "0x010802\n");
	tree_pci(&tree, "0000:04:00.0", "0x020000", "e1000");
	add_pf(&tree, "0000:04:00.1", "0\n", "154c\n");
	add_pf(&tree, "0000:05:00.0", "63\n", NULL);
	add_pf(&tree, "0000:06:00.0", "63\n", "0\n");
	expect(&tree, "8086:1520 8086:10ed ?0000:05:00.0?0000:06:00.0");
	tree_free(&tree);
}

static void test_from_vf(void **state)
{
	static const char *const vfs[] = { "0000:07:10.0", "0000:07:10.2" };
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_pf(&tree, "0000:07:00.0", "igb", vfs, 2, "igbvf");
	expect(&tree, "8086:10ca ");
	tree_free(&tree);
}

/* That nobody could look is no proof that there is none. */
static void test_unreadable(void **state)
{
	struct vw_names ids = { 0 }, unknown = { 0 };
	struct vw_error err = { "" };
	struct tree tree;
	unsigned long limit;

	(void)state;
	tree_new(&tree);
	add_pf(&tree, "0000:01:00.0", "63\n", "nonsense\n");
	expect(&tree, "?0000:01:00.0");
	limit = tree_descriptors(0);
	assert_int_equal(vw_host_devices_all(&tree.host, &ids, &unknown, &err), -EMFILE);
	tree_descriptors(limit);
	assert_non_null(strstr(err.msg, "PCI functions"));
	vw_names_free(&ids);
	vw_names_free(&unknown);
	tree_free(&tree);
}

static void test_vf(void **state)
{
	static const char *const vfs[] = { "0000:07:10.0" };
	const struct vw_pci vf = { .bus = 7, .slot = 0x10 }, pf = { .bus = 7 }, none = { .bus = 9 };
	struct vw_names ids = { 0 }, of_pf = { 0 };
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_pf(&tree, "0000:07:00.0", "igb", vfs, 1, "vfio-pci");
	assert_int_equal(vw_host_devices_vf(&tree.host, &none, &ids), -ENOENT);
	assert_int_equal(vw_host_devices_vf(&tree.host, &pf, &ids), -ENOENT);
	assert_int_equal(vw_host_devices_vf(&tree.host, &vf, &ids), 0);
	assert_int_equal(vw_host_devices_vf(&tree.host, &vf, &ids), 0);
	assert_int_equal(ids.n, 1);
	assert_string_equal(ids.v[0], "8086:10ca");
	assert_int_equal(vw_host_devices_pf(&tree.host, &pf, &of_pf), 0);
	assert_int_equal(of_pf.n, 1);
	assert_string_equal(of_pf.v[0], "8086:10ca");
	assert_int_equal(vw_host_devices_pf(&tree.host, &none, &of_pf), -ENOENT);
	vw_names_free(&of_pf);
	/* a VF of something else, of a GPU say */
	tree_file(&tree, DEVICES "/0000:07:10.0/class", "0x030000\n");
	assert_int_equal(vw_host_devices_vf(&tree.host, &vf, &ids), -ENOENT);
	vw_names_free(&ids);
	tree_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attribute),
		cmocka_unit_test(test_from_vf),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_vf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
