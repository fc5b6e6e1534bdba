/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_vf_record: a recorded machine keeps VF attributes as igb would, and fails where a test says so. */
#include "tree.h"

#include "cleanup.h"
#include "nlcraft.h"
#include "vf_record.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/wait.h>

static const struct vw_mac mac_a = { { 0x52, 0x54, 0, 0, 0, 1 } }, mac_zero;

static void put_links(struct tree *tree, uint32_t n, unsigned int flags)
{
	struct vw_vf_attr *vfs = calloc(n, sizeof(*vfs));
	struct nlbuf b = { 0 };

	assert_non_null(vfs);
	for (uint32_t i = 0; i < n; i++)
		vfs[i] = nl_new_vf(i);
	nlbuf_link(&b, &(struct nl_link){ .ifindex = 4,
			       .name = "eth0",
			       .flags = flags,
			       .num_vf = (int)n,
			       .vfs = vfs,
			       .n_vfs = n });
	nlbuf_link(&b, &(struct nl_link){ .ifindex = 5,
			       .name = "eth1",
			       .flags = flags,
			       .num_vf = (int)n,
			       .vfs = vfs,
			       .n_vfs = n });
	tree_bytes(tree, "/vfward-record/links.nl", b.data, b.len);
	nlbuf_free(&b);
	free(vfs);
}

static int setup(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	assert_non_null(tree);
	tree_new(tree);
	put_links(tree, 3, IFF_UP);
	*state = tree;
	return 0;
}

static int teardown(void **state)
{
	tree_free(*state);
	free(*state);
	return 0;
}

static struct vw_vf_attr read_vf(struct tree *tree, const char *pf, uint32_t index)
{
	struct vw_vf_attr vf;
	struct vw_link link;

	assert_int_equal(vw_link_get(&tree->host, pf, &link, NULL), 0);
	assert_non_null(vw_link_vf(&link, index));
	vf = *vw_link_vf(&link, index);
	vw_link_free(&link);
	return vf;
}

static bool has_mac(struct tree *tree, const char *pf, uint32_t index, const struct vw_mac *mac)
{
	struct vw_vf_attr vf = read_vf(tree, pf, index);

	return vw_mac_equal(&vf.mac, mac);
}

static void test_like_igb(void **state)
{
	static const struct {
		enum vw_vf_field field;
		struct vw_vf_attr want;
		int rc;
	} cases[] = {
		{ VW_VF_MAC, { .mac = { { 0x52, 0x54, 0, 0, 0, 9 } } }, 0 },
		{ VW_VF_MAC, { .mac = { { 0 } } }, 0 },
		{ VW_VF_MAC, { .mac = { { 1, 0, 0x5e, 0, 0, 1 } } }, -EINVAL },
		{ VW_VF_MAC, { .mac = { { 255, 255, 255, 255, 255, 255 } } }, -EINVAL },
		{ VW_VF_VLAN, { .vlan = 4095, .qos = 7, .vlan_proto = 0x8100 }, 0 },
		{ VW_VF_VLAN, { .vlan = 4096, .vlan_proto = 0x8100 }, -EINVAL },
		{ VW_VF_VLAN, { .vlan = 1, .qos = 8, .vlan_proto = 0x8100 }, -EINVAL },
		{ VW_VF_VLAN, { .vlan = 1, .vlan_proto = 0x88a8 }, -EPROTONOSUPPORT },
		{ VW_VF_RATE, { .max_rate = 100 }, 0 },
		{ VW_VF_RATE, { .max_rate = 100, .min_rate = 1 }, -EINVAL },
		{ VW_VF_SPOOFCHK, { .spoofchk = 0 }, 0 },
		{ VW_VF_SPOOFCHK, { .spoofchk = VW_UNKNOWN }, -EINVAL },
		{ VW_VF_TRUST, { .trust = 1 }, 0 },
		{ VW_VF_TRUST, { .trust = VW_UNKNOWN }, -EINVAL },
		{ VW_VF_LINK_STATE, { .link_state = 0 }, -EOPNOTSUPP },
		{ VW_VF_RSS_QUERY, { .rss_query = 1 }, -EOPNOTSUPP },
		{ VW_VF_FIELDS, { 0 }, -EINVAL },
	};
	struct tree *tree = *state;

	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_vf_attr want = cases[i].want, before, after;
		struct vw_error err = { "" };
		int rc;

		want.index = 2;
		before = read_vf(tree, "eth0", 2);
		rc = vw_vf_record_set(&tree->host, 4, cases[i].field, &want, &err);
		if (rc != cases[i].rc)
			fail_msg("case %zu: %d %s", i, rc, err.msg);
		assert_true(!rc == !err.msg[0]);
		after = read_vf(tree, "eth0", 2);
		for (int f = 0; f < VW_VF_FIELDS; f++)
			if (!vw_vf_field_equal((enum vw_vf_field)f,
				    rc == 0 && f == (int)cases[i].field ? &want : &before, &after))
				fail_msg("case %zu: %s", i, vw_vf_field_name((enum vw_vf_field)f));
	}
	/* The neighbours, on this PF and the other, are as they were. */
	assert_int_equal(read_vf(tree, "eth0", 1).vlan, 0);
	assert_int_equal(read_vf(tree, "eth1", 2).vlan, 0);
	assert_int_equal(read_vf(tree, "eth0", 2).vlan, 4095);
}

/* The tag's protocol stands in a list of its own. */
static void test_vlan_list(void **state)
{
	struct tree *tree = *state;
	struct vw_vf_attr vf = nl_new_vf(0), want = nl_new_vf(0);
	struct nlbuf b = { 0 };

	vf.vlan = 3;
	vf.vlan_proto = 0x88a8;
	nlbuf_link(&b, &(struct nl_link){
			       .ifindex = 4, .name = "eth0", .num_vf = 1, .vfs = &vf, .n_vfs = 1 });
	tree_bytes(tree, "/vfward-record/links.nl", b.data, b.len);
	nlbuf_free(&b);
	assert_int_equal(read_vf(tree, "eth0", 0).vlan_proto, 0x88a8);
	want.vlan = 4;
	assert_int_equal(vw_vf_record_set(&tree->host, 4, VW_VF_VLAN, &want, NULL), 0);
	assert_int_equal(read_vf(tree, "eth0", 0).vlan, 4);
	assert_int_equal(read_vf(tree, "eth0", 0).vlan_proto, 0x8100);
}

static void test_rate_needs_link(void **state)
{
	struct tree *tree = *state;
	struct vw_vf_attr want = { 0 };

	put_links(tree, 3, 0);
	assert_int_equal(vw_vf_record_set(&tree->host, 4, VW_VF_RATE, &want, NULL), -EINVAL);
	assert_int_equal(vw_vf_record_set(&tree->host, 4, VW_VF_TRUST, &want, NULL), 0);
}

/* A list whose length wrapped is written where it is read. */
static void test_wrapped_list(void **state)
{
	struct tree *tree = *state;
	struct vw_vf_attr want = nl_new_vf(390);

	put_links(tree, 400, IFF_UP);
	want.mac = mac_a;
	assert_int_equal(vw_vf_record_set(&tree->host, 5, VW_VF_MAC, &want, NULL), 0);
	assert_true(has_mac(tree, "eth1", 390, &mac_a));
	assert_true(has_mac(tree, "eth0", 390, &mac_zero));
	assert_true(has_mac(tree, "eth1", 389, &mac_zero));
}

static void test_faults(void **state)
{
	static const struct {
		const char *faults;
		enum vw_vf_field field;
		uint32_t index;
		bool zero;
		int rc[3];
	} cases[] = {
		{ "eth0/1 mac EAGAIN 2\n", VW_VF_MAC, 1, false, { -EAGAIN, -EAGAIN, 0 } },
		{ "eth0/1 mac 11 2", VW_VF_MAC, 1, false, { -EAGAIN, -EAGAIN, 0 } },
		{ "eth0/1 mac EAGAIN 2\n", VW_VF_MAC, 0, false, { 0, 0, 0 } },
		{ "eth0/1 mac EAGAIN 2\n", VW_VF_TRUST, 1, false, { 0, 0, 0 } },
		{ "eth1/1 mac EAGAIN 2\n", VW_VF_MAC, 1, false, { 0, 0, 0 } },
		{ "*/* any EBUSY 1\n", VW_VF_TRUST, 2, false, { -EBUSY, 0, 0 } },
		{ "eth0/* mac EOPNOTSUPP always\n", VW_VF_MAC, 2, false,
			{ -EOPNOTSUPP, -EOPNOTSUPP, -EOPNOTSUPP } },
		{ "eth0/1 trust ENOTSUPP 1\n", VW_VF_TRUST, 1, false, { -524, 0, 0 } },
		{ "eth0/1 mac-zero EINVAL 1\n", VW_VF_MAC, 1, true, { -EINVAL, 0, 0 } },
		{ "eth0/1 mac-zero EINVAL 1\n", VW_VF_MAC, 1, false, { 0, 0, 0 } },
		{ "# comment\n\neth0/1\tmac-zero-spoofchk  EPERM 1\n", VW_VF_MAC, 1, true,
			{ -EPERM, 0, 0 } },
		{ "eth0/1 mac EAGAIN 1\neth0/1 mac EBUSY 1\n", VW_VF_MAC, 1, false,
			{ -EAGAIN, -EBUSY, 0 } },
		{ "eth0/1 mac EAGAIN 0\n", VW_VF_MAC, 1, false, { 0, 0, 0 } },
		{ "", VW_VF_MAC, 1, false, { 0, 0, 0 } },
	};
	struct tree *tree = *state;

	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_vf_attr want = { .index = cases[i].index, .mac = mac_a, .trust = 1 };

		if (cases[i].zero)
			want.mac = (struct vw_mac){ { 0 } };
		put_links(tree, 3, IFF_UP);
		tree_file(tree, "/vfward-record/faults", cases[i].faults);
		for (size_t k = 0; k < 3; k++) {
			int rc = vw_vf_record_set(&tree->host, 4, cases[i].field, &want, NULL);

			if (rc != cases[i].rc[k])
				fail_msg("case %zu, try %zu: %d", i, k, rc);
		}
	}
}

/* Refused only while spoofchk is on. */
static void test_spoofchk_fault(void **state)
{
	struct tree *tree = *state;
	struct vw_vf_attr want = { .index = 1 };

	tree_file(tree, "/vfward-record/faults", "eth0/1 mac-zero-spoofchk EPERM always\n");
	assert_int_equal(vw_vf_record_set(&tree->host, 4, VW_VF_MAC, &want, NULL), -EPERM);
	assert_int_equal(vw_vf_record_set(&tree->host, 4, VW_VF_SPOOFCHK, &want, NULL), 0);
	assert_int_equal(vw_vf_record_set(&tree->host, 4, VW_VF_MAC, &want, NULL), 0);
}

static void test_lies(void **state)
{
	struct tree *tree = *state;
	struct vw_vf_attr want = { .index = 1, .mac = mac_a };

	tree_file(tree, "/vfward-record/faults", "eth0/1 mac ignored 1\neth0/1 mac own-mac 1\n");
	assert_int_equal(vw_vf_record_set(&tree->host, 4, VW_VF_MAC, &want, NULL), 0);
	assert_true(has_mac(tree, "eth0", 1, &mac_zero));
	assert_int_equal(vw_vf_record_set(&tree->host, 4, VW_VF_MAC, &want, NULL), 0);
	assert_int_equal(read_vf(tree, "eth0", 1).mac.b[0], 0x3a);
	assert_int_equal(vw_vf_record_set(&tree->host, 4, VW_VF_MAC, &want, NULL), 0);
	assert_true(has_mac(tree, "eth0", 1, &mac_a));
}

static void test_bad_faults(void **state)
{
	static const char *const bad[] = {
		"eth0 mac EAGAIN 1\n",
		"eth0/x mac EAGAIN 1\n",
		"eth0/-1 mac EAGAIN 1\n",
		"eth0/1 mac EAGAIN\n",
		"eth0/1 mac EAGAIN 1 1\n",
		"eth0/1 mac EWHAT 1\n",
		"eth0/1 mac 0 1\n",
		"eth0/1 mac 4096 1\n",
		"eth0/1 mac EAGAIN never\n",
		"eth0/1 mac EAGAIN 99999999999\n",
		"0123456789abcdef/1 mac EAGAIN 1\n",
		"eth0/1 abcdefghijklmnopqrstuvwxyz EAGAIN 1\n",
		"\x80\xff\n",
		"   \n",
	};
	struct tree *tree = *state;
	struct vw_vf_attr want = nl_new_vf(1);
	struct vw_links links;

	for (size_t i = 0; i < VW_ARRAY_SIZE(bad); i++) {
		struct vw_error err = { "" };

		tree_file(tree, "/vfward-record/faults", bad[i]);
		if (vw_vf_record_set(&tree->host, 4, VW_VF_TRUST, &want, &err) != -EINVAL)
			fail_msg("case %zu", i);
		assert_non_null(strstr(err.msg, "faults"));
		assert_int_equal(vw_links_get(&tree->host, &links, NULL), -EINVAL);
	}
}

static void test_read_faults(void **state)
{
	struct tree *tree = *state;
	struct vw_links links = { 0 };
	struct vw_link v[1] = { { .name = "eth0", .num_vf = 3, .n_vfs = 3 } };
	struct vw_vf_attr vfs[3] = { { .index = 0 }, { .index = 1 }, { .index = 2 } };

	v[0].vfs = vfs;
	links.v = v;
	links.n = 1;
	assert_int_equal(vw_vf_record_read(&tree->host, &links, NULL), 0);
	assert_int_equal(v[0].n_vfs, 3);
	tree_file(tree, "/vfward-record/faults", "eth0/1 read EAGAIN 1\neth0/0 mac EIO always\n");
	assert_int_equal(vw_vf_record_read(&tree->host, &links, NULL), 0);
	assert_int_equal(v[0].n_vfs, 2);
	assert_int_equal(vfs[1].index, 2);
	assert_true(v[0].vfs_broken);
	v[0].vfs_broken = false;
	assert_int_equal(vw_vf_record_read(&tree->host, &links, NULL), 0);
	assert_int_equal(v[0].n_vfs, 2);
	assert_false(v[0].vfs_broken);
}

/* Many writers at once lose nothing, and no reader sees half a file. */
static void test_concurrent(void **state)
{
	struct tree *tree = *state;
	pid_t pids[6];

	put_links(tree, 6, IFF_UP);
	for (uint32_t i = 0; i < 6; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0) {
			struct vw_vf_attr want = { .index = i, .trust = 1, .vlan_proto = 0x8100 };
			int bad = 0;

			for (uint16_t k = 1; k <= 20; k++) {
				struct vw_links links;

				want.vlan = k;
				bad |= vw_vf_record_set(&tree->host, 4, VW_VF_VLAN, &want, NULL);
				bad |= vw_links_get(&tree->host, &links, NULL);
				vw_links_free(&links);
			}
			_exit(bad != 0);
		}
	}
	for (size_t i = 0; i < 6; i++) {
		int status;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	for (uint32_t i = 0; i < 6; i++)
		assert_int_equal(read_vf(tree, "eth0", i).vlan, 20);
}

static void test_locked(void **state)
{
	struct tree *tree = *state;
	struct vw_vf_attr want = nl_new_vf(1);
	int fd = vw_host_openf(&tree->host, O_RDWR | O_CREAT, "/vfward-record/lock");

	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	tree->host.deadline = vw_deadline_in(30);
	assert_int_equal(vw_vf_record_set(&tree->host, 4, VW_VF_TRUST, &want, NULL), -ETIMEDOUT);
	close(fd);
	tree->host.deadline = vw_deadline_in(0);
	assert_int_equal(vw_vf_record_set(&tree->host, 4, VW_VF_TRUST, &want, NULL), 0);
}

/* Links that lead out of the recorded machine are not followed. */
static void test_links_out(void **state)
{
	struct tree *tree = *state, other;
	struct vw_vf_attr want = nl_new_vf(1);
	char target[128];

	tree_new(&other);
	tree_file(&other, "/victim", "untouched");
	snprintf(target, sizeof(target), "%s/victim", other.root);
	tree_link(tree, "/vfward-record/new", target);
	assert_true(vw_vf_record_set(&tree->host, 4, VW_VF_TRUST, &want, NULL) < 0);
	assert_int_equal(unlinkat(tree->host.root_fd, "vfward-record/new", 0), 0);
	assert_int_equal(unlinkat(tree->host.root_fd, "vfward-record/lock", 0), 0);
	tree_link(tree, "/vfward-record/lock", target);
	assert_true(vw_vf_record_set(&tree->host, 4, VW_VF_TRUST, &want, NULL) < 0);
	snprintf(target, sizeof(target), "%s", "");
	assert_int_equal(vw_host_readf(&other.host, target, sizeof(target), "/victim"), 9);
	assert_string_equal(target, "untouched");
	tree_free(&other);
}

static void test_no_record(void **state)
{
	struct vw_vf_attr want = nl_new_vf(1);
	struct vw_error err = { "" };
	struct tree tree;

	(void)state;
	tree_new(&tree);
	assert_int_equal(vw_vf_record_set(&tree.host, 4, VW_VF_TRUST, &want, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "vfward-record"));
	tree_dir(&tree, "/vfward-record");
	assert_int_equal(vw_vf_record_set(&tree.host, 4, VW_VF_TRUST, &want, &err), -ENOENT);
	tree_file(&tree, "/vfward-record/links.nl", "not netlink");
	assert_int_equal(vw_vf_record_set(&tree.host, 4, VW_VF_TRUST, &want, &err), -EBADMSG);
	tree_free(&tree);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_like_igb),
		T(test_vlan_list),
		T(test_rate_needs_link),
		T(test_wrapped_list),
		T(test_faults),
		T(test_spoofchk_fault),
		T(test_lies),
		T(test_bad_faults),
		T(test_read_faults),
		T(test_concurrent),
		T(test_locked),
		T(test_links_out),
		cmocka_unit_test(test_no_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
