/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_reset_read: the VF that is to be reset is found, and what its driver gives a new one is known. */
#include "reset_machine.h"

/* ---- finding the VF ---- */

static void test_read(void **state)
{
	struct tree *tree = *state;
	struct vw_pci vf = pci(VF(1)), pf = pci(PF);
	struct vw_vf_place place;
	struct vw_vf_attr attr;
	struct vw_error err;

	assert_int_equal(vw_reset_read(&tree->host, &vf, &place, &attr, &err), 0);
	assert_true(vw_pci_equal(&place.pf, &pf));
	assert_int_equal(place.index, 1);
	assert_string_equal(place.netdev, "eth0");
	assert_int_equal(place.ifindex, IFINDEX);
	assert_string_equal(place.driver, "igb");
	assert_int_equal(attr.index, 1);
	assert_int_equal(attr.spoofchk, 1);
	assert_int_equal(vw_reset_read(&tree->host, &vf, NULL, NULL, NULL), 0);

	assert_int_equal(vw_reset_read(&tree->host, &pf, &place, &attr, &err), -ENOENT);
	assert_non_null(strstr(err.msg, PF));
	vf = pci("0000:02:10.0");
	assert_int_equal(vw_reset_read(&tree->host, &vf, &place, &attr, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "0000:02:10.0"));
}

/* virtfnN decides; sriov_offset and sriov_stride, right, wrong or senseless, only save time. */
static void test_index(void **state)
{
	static const struct {
		const char *offset, *stride;
	} cases[] = { { "128", "1" }, { "127", "1" }, { "0", "0" }, { "1", "-1" }, { "x", "" },
		{ "99999999999999999999", "1" } };
	struct tree *tree = *state;

	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		tree_file(tree, "/sys/bus/pci/devices/" PF "/sriov_offset", cases[i].offset);
		tree_file(tree, "/sys/bus/pci/devices/" PF "/sriov_stride", cases[i].stride);
		for (uint32_t k = 0; k < 3; k++) {
			struct vw_pci vf = pci(VF(k));
			struct vw_vf_place place;

			assert_int_equal(vw_reset_read(&tree->host, &vf, &place, NULL, NULL), 0);
			assert_int_equal(place.index, k);
		}
	}
}

/* A VF whose PF does not know it, or is no PCI address. */
static void test_strange_links(void **state)
{
	struct tree *tree = *state;
	struct vw_pci vf = pci("0000:09:00.0");
	struct vw_error err;

	tree_pci(tree, "0000:09:00.0", "0x020000", "");
	tree_link(tree, "/sys/bus/pci/devices/0000:09:00.0/physfn", "../" PF);
	assert_int_equal(vw_reset_read(&tree->host, &vf, NULL, NULL, &err), -ENOENT);
	tree_link(tree, "/sys/bus/pci/devices/0000:09:00.0/physfn", "../0000:09:00.0");
	assert_int_equal(vw_reset_read(&tree->host, &vf, NULL, NULL, &err), -ENOENT);
	tree_link(tree, "/sys/bus/pci/devices/0000:09:00.0/physfn", "/etc/passwd");
	assert_true(vw_reset_read(&tree->host, &vf, NULL, NULL, &err) < 0);
	assert_non_null(strstr(err.msg, "0000:09:00.0"));
}

static void test_no_netdev(void **state)
{
	static const char *const vfs[] = { "10000:02:10.0" };
	struct tree *tree = *state;
	struct vw_pci vf = pci(vfs[0]);
	struct vw_error err;

	tree_pf(tree, "10000:02:00.0", "", vfs, 1, ""); /* unbound: no net directory */
	assert_int_equal(vw_reset_read(&tree->host, &vf, NULL, NULL, &err), -ENODEV);
	assert_non_null(strstr(err.msg, "10000:02:00.0"));
	tree_dir(tree, "/sys/bus/pci/devices/10000:02:00.0/net"); /* in another network namespace */
	assert_int_equal(vw_reset_read(&tree->host, &vf, NULL, NULL, &err), -ENODEV);
	tree_netdev(tree, "10000:02:00.0", "gone0"); /* not among the links */
	assert_int_equal(vw_reset_read(&tree->host, &vf, NULL, NULL, &err), -ENODEV);
}

static void test_hole(void **state)
{
	struct tree *tree = *state;
	struct vw_pci vf = pci(VF(1));
	struct vw_error err;

	tree_file(tree, "/vfward-record/faults", "eth0/1 read EAGAIN always\n");
	tree->host.deadline = vw_deadline_in(20);
	assert_int_equal(vw_reset_read(&tree->host, &vf, NULL, NULL, &err), -EUCLEAN);
	assert_non_null(strstr(err.msg, "VF 1"));
	assert_non_null(strstr(err.msg, "eth0"));
	vf = pci(VF(2));
	assert_int_equal(vw_reset_read(&tree->host, &vf, NULL, NULL, NULL), 0);
}

static void test_hole_after_set(void **state)
{
	struct tree *tree = *state;
	struct vw_vf_attr now = nl_new_vf(1);
	struct vw_reset_target target = { .want = nl_new_vf(0), .tenant = tenant };
	struct vw_reset_result result;
	struct vw_pci vf = pci(VF(1));
	int rc;

	now.mac = tenant;
	put_links(tree, &now, IFF_UP);
	hole_after_set = tree;
	rc = vw_reset_vf(&tree->host, &vf, &target, &result, NULL);
	hole_after_set = NULL;
	assert_int_equal(rc, 0);
	assert_true(result.clean);
}

/* Representors and second ports stand beside the netdev that lists VFs. */
static void test_several_netdevs(void **state)
{
	struct tree *tree = *state;
	struct vw_vf_attr vfs[] = { nl_new_vf(0), nl_new_vf(1), nl_new_vf(2) };
	struct vw_pci vf = pci(VF(2));
	struct vw_vf_place place;
	struct vw_error err;
	struct nlbuf b = { 0 };

	tree_netdev(tree, PF, "aa0");
	tree_netdev(tree, PF, "zz0");
	nlbuf_link(
		&b, &(struct nl_link){ .ifindex = 9, .name = "aa0", .num_vf = 3, .no_list = true });
	nlbuf_link(
		&b, &(struct nl_link){ .ifindex = 8, .name = "zz0", .num_vf = 3, .no_list = true });
	nlbuf_link(&b, &(struct nl_link){
			       .ifindex = 7, .name = "eth0", .num_vf = 3, .vfs = vfs, .n_vfs = 3 });
	tree_bytes(tree, "/vfward-record/links.nl", b.data, b.len);
	nlbuf_free(&b);
	assert_int_equal(vw_reset_read(&tree->host, &vf, &place, NULL, NULL), 0);
	assert_string_equal(place.netdev, "eth0");
	assert_int_equal(place.ifindex, 7);
	/* And it is the one that is spoken of, when it has a hole. */
	tree_file(tree, "/vfward-record/faults", "eth0/2 read EAGAIN always\n");
	tree->host.deadline = vw_deadline_in(20);
	assert_int_equal(vw_reset_read(&tree->host, &vf, NULL, NULL, &err), -EUCLEAN);
	assert_non_null(strstr(err.msg, "of eth0 "));
}

/* ---- defaults ---- */

static void test_defaults(void **state)
{
	static const struct {
		const char *driver;
		int now, want;
	} spoofchk[] = { { "igb", 0, 1 }, { "igb", 1, 1 }, { "ixgbe", 0, 1 }, { "i40e", 0, 1 },
		{ "ice", 0, 1 }, { "ice", VW_UNKNOWN, VW_UNKNOWN }, { "mlx5_core", 1, VW_UNKNOWN },
		{ "", 1, VW_UNKNOWN }, { "igbx", 1, VW_UNKNOWN } };
	struct vw_vf_attr now = { .index = 3,
		.mac = tenant,
		.vlan = 5,
		.qos = 3,
		.vlan_proto = 0x88a8,
		.trust = 1,
		.rss_query = 1,
		.link_state = 2,
		.min_rate = 1,
		.max_rate = 2 },
			  d;

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(spoofchk); i++) {
		now.spoofchk = spoofchk[i].now;
		d = vw_reset_defaults(spoofchk[i].driver, &now);
		if (d.spoofchk != spoofchk[i].want)
			fail_msg("%s: %d", spoofchk[i].driver, d.spoofchk);
	}
	assert_true(vw_mac_is_zero(&d.mac));
	assert_int_equal(d.index, 3);
	assert_int_equal(d.vlan, 0);
	assert_int_equal(d.qos, 0);
	assert_int_equal(d.vlan_proto, 0x8100);
	assert_int_equal(d.min_rate, 0);
	assert_int_equal(d.max_rate, 0);
	assert_int_equal(d.trust, 0);
	assert_int_equal(d.rss_query, 0);
	assert_int_equal(d.link_state, 0);
	now.trust = now.rss_query = now.link_state = VW_UNKNOWN;
	d = vw_reset_defaults("igb", &now);
	assert_int_equal(d.trust, VW_UNKNOWN);
	assert_int_equal(d.rss_query, VW_UNKNOWN);
	assert_int_equal(d.link_state, VW_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_read),
		T(test_index),
		T(test_strange_links),
		T(test_no_netdev),
		T(test_hole),
		T(test_several_netdevs),
		T(test_hole_after_set),
		cmocka_unit_test(test_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
