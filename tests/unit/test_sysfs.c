/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_sysfs: facts about functions, netdevs and groups, from trees laid out as the kernel does and as records do. */
#include "tree.h"

#include "cleanup.h"
#include "sysfs.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#define DEVICES "/sys/bus/pci/devices"
#define PF      "0000:07:00.0"
#define VF0     "0000:07:10.0"
#define VF1     "0000:07:10.2"
#define VMD     "10000:e1:00.0"

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

static const struct {
	const char *text;
	int rc;
	long value;
} numbers[] = {
	{ "0x020000\n", 0, 0x020000 },
	{ "63\n", 0, 63 },
	{ "0\n", 0, 0 },
	{ "-1\n", 0, -1 },
	{ "010\n", 0, 10 },
	{ "0x7fffffffffffffff\n", 0, LONG_MAX },
	{ "9223372036854775807\n", 0, LONG_MAX },
	{ "9223372036854775808\n", -ERANGE, 0 },
	{ "0xffffffffffffffff\n", -ERANGE, 0 },
	{ "99999999999999999999999999\n", -ERANGE, 0 },
	{ "", -EINVAL, 0 },
	{ "\n", -EINVAL, 0 },
	{ "-\n", -EINVAL, 0 },
	{ "--1\n", -EINVAL, 0 },
	{ "-0x1\n", -EINVAL, 0 },
	{ "0x\n", -EINVAL, 0 },
	{ "+1\n", -EINVAL, 0 },
	{ " 1\n", -EINVAL, 0 },
	{ "1 2\n", -EINVAL, 0 },
	{ "1x\n", -EINVAL, 0 },
	{ "(null)\n", -EINVAL, 0 },
	{ "1111111111222222222233333333334444\n", -EFBIG, 0 },
};

static void test_attributes(void **state)
{
	struct tree *tree = *state;
	struct vw_pci pf = pci_of(PF), none = pci_of("0000:07:00.1"), vmd = pci_of(VMD);
	char buf[32];
	long value;

	tree_pci(tree, PF, "0x020000", "igb");
	tree_pci(tree, VMD, "0x010802", "");
	assert_true(vw_sysfs_pci_exists(&tree->host, &pf));
	assert_true(vw_sysfs_pci_exists(&tree->host, &vmd));
	assert_false(vw_sysfs_pci_exists(&tree->host, &none));
	assert_int_equal(vw_sysfs_pci_attr(&tree->host, &pf, "vendor", buf, sizeof(buf)), 6);
	assert_string_equal(buf, "0x8086");
	assert_int_equal(vw_sysfs_pci_attr(&tree->host, &pf, "none", buf, sizeof(buf)), -ENOENT);
	assert_int_equal(vw_sysfs_pci_attr(&tree->host, &none, "vendor", buf, 32), -ENOENT);
	assert_int_equal(vw_sysfs_pci_number(&tree->host, &none, "vendor", &value), -ENOENT);
	for (size_t i = 0; i < VW_ARRAY_SIZE(numbers); i++) {
		tree_file(tree, DEVICES "/" PF "/number", numbers[i].text);
		value = 0;
		assert_int_equal(
			vw_sysfs_pci_number(&tree->host, &pf, "number", &value), numbers[i].rc);
		assert_int_equal(value, numbers[i].value);
	}
}

static const struct {
	const char *target;
	int rc;
} function_links[] = {
	{ "../" PF, 0 },
	{ "../../pci0000:00/0000:00:01.0/" PF, 0 },
	{ PF, 0 },
	{ "../0000:07:00.0x", -EBADMSG },
	{ "../07:00.0", -EBADMSG },
	{ "../0000:07:00.8", -EBADMSG },
	{ "../00000000:07:00.0", -EBADMSG },
	{ "../0000:7:00.0", -EBADMSG },
	{ "../0000:0A:00.0", -EBADMSG },
	{ "..", -EINVAL },
	{ "../", -EINVAL },
	{ "../virtio0", -EBADMSG },
};

static void test_function_links(void **state)
{
	static const char *const vfs[] = { VF0, VF1 };
	struct tree *tree = *state;
	struct vw_pci pf = pci_of(PF), vf = pci_of(VF0), vf1 = pci_of(VF1), other;
	char buf[16];

	tree_pf(tree, PF, "igb", vfs, 2, "igbvf");
	assert_int_equal(vw_sysfs_pci_function(&tree->host, &vf1, "physfn", &other), 0);
	assert_true(vw_pci_equal(&other, &pf));
	assert_int_equal(vw_sysfs_pci_function(&tree->host, &pf, "virtfn1", &other), 0);
	assert_true(vw_pci_equal(&other, &vf1));
	assert_int_equal(vw_sysfs_pci_function(&tree->host, &pf, "virtfn2", &other), -ENOENT);
	assert_int_equal(vw_sysfs_pci_function(&tree->host, &pf, "physfn", &other), -ENOENT);
	assert_int_equal(vw_sysfs_pci_function(&tree->host, &pf, "vendor", &other), -EINVAL);
	assert_int_equal(vw_sysfs_pci_link(&tree->host, &vf, "driver", buf, sizeof(buf)), 5);
	assert_string_equal(buf, "igbvf");
	assert_int_equal(vw_sysfs_pci_link(&tree->host, &vf, "driver", buf, 5), -ENAMETOOLONG);
	for (size_t i = 0; i < VW_ARRAY_SIZE(function_links); i++) {
		other = vf;
		tree_link(tree, DEVICES "/" VF0 "/physfn", function_links[i].target);
		assert_int_equal(vw_sysfs_pci_function(&tree->host, &vf, "physfn", &other),
			function_links[i].rc);
		assert_true(vw_pci_equal(&other, function_links[i].rc ? &vf : &pf));
	}
}

/* VFs by their numbers; one that is being removed leaves a gap. */
static void test_vfs(void **state)
{
	static const char *const vfs[] = { VF0, VF1 };
	struct tree *tree = *state;
	char text[VW_PCI_STR];
	struct vw_pci pf, vf;

	assert_int_equal(vw_pci_parse(PF, &pf, NULL), 0);
	assert_int_equal(vw_sysfs_vf_count(&tree->host, &pf), 0);
	tree_pf(tree, PF, "igb", vfs, 2, "");
	assert_int_equal(vw_sysfs_vf_count(&tree->host, &pf), 2);
	assert_int_equal(vw_sysfs_vf(&tree->host, &pf, 1, &vf), 0);
	assert_string_equal(vw_pci_format(&vf, text), VF1);
	assert_int_equal(vw_sysfs_vf(&tree->host, &pf, 2, &vf), -ENOENT);
	tree_link(tree, DEVICES "/" PF "/virtfn7", "../" VF0);
	assert_int_equal(vw_sysfs_vf_count(&tree->host, &pf), 3);
	assert_int_equal(vw_sysfs_vf(&tree->host, &pf, 7, &vf), 0);
	assert_string_equal(vw_pci_format(&vf, text), VF0);
}

static void test_all(void **state)
{
	static const char *const vfs[] = { VF0, VF1 };
	static const char *const want[] = { PF, VF0, VF1, VMD };
	struct tree *tree = *state;
	struct vw_names names;

	assert_int_equal(vw_sysfs_pci_all(&tree->host, &names), -ENOENT);
	assert_int_equal(names.n, 0);
	tree_pf(tree, PF, "igb", vfs, 2, "");
	tree_pci(tree, VMD, "0x010802", "");
	tree_dir(tree, DEVICES "/0000:07:00.0\n");
	tree_dir(tree, DEVICES "/00");
	tree_dir(tree, DEVICES "/zz");
	assert_int_equal(vw_sysfs_pci_all(&tree->host, &names), 0);
	assert_int_equal(names.n, VW_ARRAY_SIZE(want));
	for (size_t i = 0; i < names.n; i++)
		assert_string_equal(names.v[i], want[i]);
	vw_names_free(&names);
}

static void test_is_network(void **state)
{
	static const struct {
		const char *class_code;
		bool network;
	} classes[] = {
		{ "0x020000", true },
		{ "0x028000", true },
		{ "0x02ffff", true },
		{ "0x010802", false },
		{ "0x030000", false },
		{ "0x120000", false },
		{ "0x1020000", false },
		{ "0x000200", false },
		{ "0x020", false },
		{ "", false },
		{ "zz", false },
		{ "-131072", false },
	};
	struct tree *tree = *state;
	struct vw_pci pf = pci_of(PF);

	assert_false(vw_sysfs_pci_is_network(&tree->host, &pf));
	for (size_t i = 0; i < VW_ARRAY_SIZE(classes); i++) {
		tree_pci(tree, PF, classes[i].class_code, "");
		assert_int_equal(vw_sysfs_pci_is_network(&tree->host, &pf), classes[i].network);
	}
}

/* The netdevs as "a b c", or the error. */
static const char *netdevs_of(struct tree *tree, const char *addr)
{
	static char buf[256];
	struct vw_pci pci = pci_of(addr);
	struct vw_names names;
	int rc = vw_sysfs_pci_netdevs(&tree->host, &pci, &names);

	if (rc < 0) {
		assert_null(names.v);
		snprintf(buf, sizeof(buf), "%s", strerrorname_np(-rc));
		return buf;
	}
	assert_int_equal(rc, 0);
	buf[0] = '\0';
	for (size_t i = 0; i < names.n; i++) {
		strcat(buf, i ? " " : "");
		strcat(buf, names.v[i]);
	}
	vw_names_free(&names);
	return buf;
}

static void test_netdevs(void **state)
{
	struct tree *tree = *state;

	assert_string_equal(netdevs_of(tree, PF), "ENOENT");
	tree_pci(tree, PF, "0x020000", "mlx4_core");
	assert_string_equal(netdevs_of(tree, PF), "ENOENT");
	tree_netdev(tree, PF, "eth10");
	tree_netdev(tree, PF, "eth9");
	assert_string_equal(netdevs_of(tree, PF), "eth9 eth10");
	/* In another network namespace: the directory stays, empty. */
	tree_pci(tree, VF0, "0x020000", "igbvf");
	tree_dir(tree, DEVICES "/" VF0 "/net");
	assert_string_equal(netdevs_of(tree, VF0), "");

	tree_pci(tree, VF1, "0x020000", "virtio-pci");
	assert_string_equal(netdevs_of(tree, VF1), "ENOENT");
	tree_dir(tree, DEVICES "/" VF1 "/virtio3");
	assert_string_equal(netdevs_of(tree, VF1), "ENOENT");
	tree_dir(tree, DEVICES "/" VF1 "/virtio3/net");
	assert_string_equal(netdevs_of(tree, VF1), "");
	tree_dir(tree, DEVICES "/" VF1 "/virtio3/net/ens3");
	assert_string_equal(netdevs_of(tree, VF1), "ens3");
	/* Only a virtio function is searched for virtio children. */
	tree_pci(tree, "0000:07:10.4", "0x020000", "vfio-pci");
	tree_dir(tree, DEVICES "/0000:07:10.4/virtio3/net/ens3");
	assert_string_equal(netdevs_of(tree, "0000:07:10.4"), "ENOENT");
	tree_file(tree, DEVICES "/0000:07:10.4/net", "");
	assert_string_equal(netdevs_of(tree, "0000:07:10.4"), "ENOTDIR");
}

/* sysfs as the kernel lays it out: the functions live below their bridges, everything else is links. */
static void kernel_layout(struct tree *tree)
{
	static const char bus[] = "/sys/devices/pci0000:00/0000:00:01.0";
	char path[256];

	snprintf(path, sizeof(path), "%s/" PF "/net/ens1/device", bus);
	tree_link(tree, path, "../../../" PF);
	snprintf(path, sizeof(path), "%s/" PF "/class", bus);
	tree_file(tree, path, "0x020000\n");
	tree_link(tree, DEVICES "/" PF, "../../../devices/pci0000:00/0000:00:01.0/" PF);
	tree_link(tree, "/sys/class/net/ens1",
		"../../devices/pci0000:00/0000:00:01.0/" PF "/net/ens1");
	snprintf(path, sizeof(path), "%s/" VF1 "/virtio3/net/ens3/device", bus);
	tree_link(tree, path, "../../../virtio3");
	tree_link(tree, DEVICES "/" VF1, "../../../devices/pci0000:00/0000:00:01.0/" VF1);
	tree_link(tree, "/sys/class/net/ens3",
		"../../devices/pci0000:00/0000:00:01.0/" VF1 "/virtio3/net/ens3");
	tree_dir(tree, "/sys/devices/virtual/net/br0");
	tree_link(tree, "/sys/class/net/br0", "../../devices/virtual/net/br0");
}

static void test_netdev_pci(void **state)
{
	struct tree *tree = *state;
	struct vw_pci pf = pci_of(PF), vf0 = pci_of(VF0), vf1 = pci_of(VF1), pci;

	kernel_layout(tree);
	tree_pci(tree, VF0, "0x020000", "igbvf");
	tree_netdev(tree, VF0, "ens1v0");
	assert_int_equal(vw_sysfs_netdev_pci(&tree->host, "ens1", &pci), 0);
	assert_true(vw_pci_equal(&pci, &pf));
	assert_string_equal(netdevs_of(tree, PF), "ens1");
	assert_int_equal(vw_sysfs_netdev_pci(&tree->host, "ens1v0", &pci), 0);
	assert_true(vw_pci_equal(&pci, &vf0));
	assert_int_equal(vw_sysfs_netdev_pci(&tree->host, "ens3", &pci), 0);
	assert_true(vw_pci_equal(&pci, &vf1));
	assert_int_equal(vw_sysfs_netdev_pci(&tree->host, "br0", &pci), -ENOENT);
	assert_int_equal(vw_sysfs_netdev_pci(&tree->host, "none", &pci), -ENOENT);

	/* A subfunction, a USB adapter, and a virtio device that is not below PCI. */
	tree_link(tree, "/sys/class/net/sf0/device", "../../../mlx5_core.sf.4");
	assert_int_equal(vw_sysfs_netdev_pci(&tree->host, "sf0", &pci), -ENOENT);
	tree_link(tree, "/sys/class/net/usb0/device", "../../../1-1:1.0");
	assert_int_equal(vw_sysfs_netdev_pci(&tree->host, "usb0", &pci), -ENOENT);
	tree_link(tree, "/sys/devices/platform/virtio9/net/mmio/device", "../../../virtio9");
	tree_link(tree, "/sys/class/net/mmio", "../../devices/platform/virtio9/net/mmio");
	assert_int_equal(vw_sysfs_netdev_pci(&tree->host, "mmio", &pci), -ENOENT);
	tree_link(tree, "/sys/class/net/self", "self");
	assert_int_equal(vw_sysfs_netdev_pci(&tree->host, "self", &pci), -ELOOP);
}

/* Names that may come from domain XML; each would lead to ens1 if it were believed. */
static void test_netdev_names(void **state)
{
	static const char *const bad[] = { "", ".", "..", "ens1/", "./ens1", "../net/ens1",
		"ens1/../ens1", "/ens1", "0123456789abcdef" };
	struct tree *tree = *state;
	struct vw_pci pci;
	char buf[16];

	kernel_layout(tree);
	tree_link(tree, "/sys/class/net/0123456789abcdef", "ens1");
	tree_link(tree, "/sys/class/net/0123456789abcde", "ens1");
	tree_file(tree, "/sys/class/net/ens1/tun_flags", "0x1002\n");
	tree_link(tree, "/sys/class/net/ens1/master", "../../br0");
	/* So that "" and ".", as "/sys/class/net//…", find something as well. */
	tree_link(tree, "/sys/class/net/device", "../" PF);
	tree_link(tree, "/sys/class/net/master", "../br0");
	tree_link(tree, "/sys/class/device", "../" PF);
	tree_link(tree, "/sys/class/master", "../br0");
	tree_file(tree, "/sys/class/net/tun_flags", "");
	tree_file(tree, "/sys/class/tun_flags", "");
	for (size_t i = 0; i < VW_ARRAY_SIZE(bad); i++) {
		assert_int_equal(vw_sysfs_netdev_pci(&tree->host, bad[i], &pci), -EINVAL);
		assert_false(vw_sysfs_netdev_exists(&tree->host, bad[i]));
		assert_false(vw_sysfs_netdev_is_tap(&tree->host, bad[i]));
		strcpy(buf, "x");
		assert_int_equal(vw_sysfs_netdev_upper(&tree->host, bad[i], buf, 16), -EINVAL);
		assert_string_equal(buf, "");
	}
	assert_true(vw_sysfs_netdev_exists(&tree->host, "ens1"));
	assert_true(vw_sysfs_netdev_exists(&tree->host, "0123456789abcde"));
	assert_false(vw_sysfs_netdev_exists(&tree->host, "ens2"));
	assert_true(vw_sysfs_netdev_is_tap(&tree->host, "ens1"));
	assert_false(vw_sysfs_netdev_is_tap(&tree->host, "ens3"));
}

static void test_upper(void **state)
{
	struct tree *tree = *state;
	char buf[16];

	assert_int_equal(vw_sysfs_netdev_upper(&tree->host, "ens1", buf, sizeof(buf)), -ENOENT);
	tree_file(tree, "/sys/class/net/ens1/mtu", "1500\n");
	tree_link(tree, "/sys/class/net/ens1/lower_x", "../x");
	tree_link(tree, "/sys/class/net/ens1/upper_", "../x");
	assert_int_equal(vw_sysfs_netdev_upper(&tree->host, "ens1", buf, sizeof(buf)), -ENOENT);
	assert_string_equal(buf, "");
	tree_link(tree, "/sys/class/net/ens1/upper_macvtap10", "../macvtap10");
	assert_int_equal(vw_sysfs_netdev_upper(&tree->host, "ens1", buf, sizeof(buf)), 9);
	assert_string_equal(buf, "macvtap10");
	tree_link(tree, "/sys/class/net/ens1/upper_macvtap9", "../macvtap9");
	assert_int_equal(vw_sysfs_netdev_upper(&tree->host, "ens1", buf, 9), 8);
	assert_string_equal(buf, "macvtap9");
	assert_int_equal(vw_sysfs_netdev_upper(&tree->host, "ens1", buf, 8), -ENAMETOOLONG);
	tree_link(tree, "/sys/class/net/ens1/master", "../../virtual/net/br0");
	assert_int_equal(vw_sysfs_netdev_upper(&tree->host, "ens1", buf, sizeof(buf)), 3);
	assert_string_equal(buf, "br0");
}

static void test_groups(void **state)
{
	struct tree *tree = *state;
	struct vw_names names;

	assert_int_equal(vw_sysfs_iommu_groups(&tree->host), 0);
	assert_int_equal(vw_sysfs_iommu_members(&tree->host, 12, &names), -ENOENT);
	/* Groups without an IOMMU: vfio's no-IOMMU mode. */
	tree_group(tree, PF, 12);
	tree_group(tree, VF0, 12);
	tree_group(tree, VF1, 13);
	assert_int_equal(vw_sysfs_iommu_groups(&tree->host), 0);
	tree_dir(tree, "/sys/class/iommu");
	assert_int_equal(vw_sysfs_iommu_groups(&tree->host), 0);
	tree_dir(tree, "/sys/class/iommu/dmar0");
	assert_int_equal(vw_sysfs_iommu_groups(&tree->host), 2);
	assert_int_equal(vw_sysfs_iommu_members(&tree->host, 12, &names), 0);
	assert_int_equal(names.n, 2);
	assert_string_equal(names.v[0], PF);
	assert_string_equal(names.v[1], VF0);
	vw_names_free(&names);
	assert_int_equal(vw_sysfs_iommu_members(&tree->host, -1, &names), -ENOENT);
}

/* An IOMMU that is off: the class without groups. */
static void test_no_groups(void **state)
{
	struct tree *tree = *state;

	tree_dir(tree, "/sys/class/iommu/dmar0");
	assert_int_equal(vw_sysfs_iommu_groups(&tree->host), 0);
	tree_dir(tree, "/sys/kernel/iommu_groups");
	assert_int_equal(vw_sysfs_iommu_groups(&tree->host), 0);
}

static void test_parent(void **state)
{
	static const struct {
		const char *target;
		int rc;
	} places[] = {
		{ "../../../devices/pci0000:00/0000:00:01.0/" PF, 0 },
		{ "/sys/devices/pci0000:00/0000:00:01.0/" PF, 0 },
		{ "../../../devices/pci0000:00/" PF, -ENOENT },
		{ PF, -EBADMSG },
		{ "0000:00:01.0/" PF, -ENOENT },
		{ "../../../devices/pci0000:00/0000:00:01.0/0000:99:00.0", -EBADMSG },
		{ "../../../devices/pci0000:00/0:1.0/" PF, -ENOENT },
	};
	struct tree *tree = *state;
	struct vw_pci pf, parent, want;

	assert_int_equal(vw_pci_parse(PF, &pf, NULL), 0);
	assert_int_equal(vw_pci_parse("0000:00:01.0", &want, NULL), 0);
	assert_int_equal(vw_sysfs_pci_parent(&tree->host, &pf, &parent), -ENOENT);
	for (size_t i = 0; i < VW_ARRAY_SIZE(places); i++) {
		tree_link(tree, "/sys/bus/pci/devices/" PF, places[i].target);
		assert_int_equal(vw_sysfs_pci_parent(&tree->host, &pf, &parent), places[i].rc);
		if (places[i].rc == 0)
			assert_true(vw_pci_equal(&parent, &want));
	}
}

/* A function whose directory is in the place of the link. */
static void test_no_parent(void **state)
{
	struct tree *tree = *state;
	struct vw_pci pf, parent;

	assert_int_equal(vw_pci_parse(PF, &pf, NULL), 0);
	tree_pci(tree, PF, "0x020000", "");
	assert_int_equal(vw_sysfs_pci_parent(&tree->host, &pf, &parent), -ENOENT);
}

static void test_netdev_attr(void **state)
{
	struct tree *tree = *state;
	char buf[8];

	tree_file(tree, "/sys/class/net/ens1/carrier", "1\n");
	assert_int_equal(vw_sysfs_netdev_attr(&tree->host, "ens1", "carrier", buf, 8), 1);
	assert_string_equal(buf, "1");
	assert_int_equal(vw_sysfs_netdev_attr(&tree->host, "ens2", "carrier", buf, 8), -ENOENT);
	assert_int_equal(
		vw_sysfs_netdev_attr(&tree->host, "../net/ens1", "carrier", buf, 8), -EINVAL);
	assert_string_equal(buf, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_attributes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_function_links, setup, teardown),
		cmocka_unit_test_setup_teardown(test_vfs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_all, setup, teardown),
		cmocka_unit_test_setup_teardown(test_is_network, setup, teardown),
		cmocka_unit_test_setup_teardown(test_netdevs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_netdev_pci, setup, teardown),
		cmocka_unit_test_setup_teardown(test_netdev_names, setup, teardown),
		cmocka_unit_test_setup_teardown(test_upper, setup, teardown),
		cmocka_unit_test_setup_teardown(test_groups, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_groups, setup, teardown),
		cmocka_unit_test_setup_teardown(test_parent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_parent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_netdev_attr, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
