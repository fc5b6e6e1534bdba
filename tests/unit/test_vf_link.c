/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_vf_link: links of a recorded machine, lists with holes, and one attribute set at a time; what the real kernel gets. */
#include "tree.h"

/* The messages that would go to the kernel are looked at from inside. */
#include "../../lib/vf_link.c"

#include "nlcraft.h"

static const struct vw_mac mac_a = { { 0x52, 0x54, 0, 0, 0, 1 } };

static void put_links(struct tree *tree, const struct vw_vf_attr *vfs, size_t n)
{
	struct nlbuf b = { 0 };

	nlbuf_link(&b, &(struct nl_link){
			       .ifindex = 1, .name = "lo", .type = ARPHRD_LOOPBACK, .num_vf = -1 });
	nlbuf_link(&b, &(struct nl_link){ .ifindex = 4,
			       .name = "eth0",
			       .mac = &mac_a,
			       .flags = IFF_UP,
			       .num_vf = (int)n,
			       .vfs = vfs,
			       .n_vfs = n });
	tree_bytes(tree, "/vfward-record/links.nl", b.data, b.len);
	nlbuf_free(&b);
}

static int setup(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));
	struct vw_vf_attr vfs[] = { nl_new_vf(0), nl_new_vf(1), nl_new_vf(2) };

	assert_non_null(tree);
	tree_new(tree);
	put_links(tree, vfs, 3);
	*state = tree;
	return 0;
}

static int teardown(void **state)
{
	tree_free(*state);
	free(*state);
	return 0;
}

static void test_get(void **state)
{
	struct tree *tree = *state;
	struct vw_links links;
	struct vw_link link;
	struct vw_error err;

	assert_int_equal(vw_links_get(&tree->host, &links, &err), 0);
	assert_int_equal(links.n, 2);
	assert_ptr_equal(vw_links_by_name(&links, "eth0"), &links.v[1]);
	assert_ptr_equal(vw_links_by_index(&links, 1), &links.v[0]);
	assert_null(vw_links_by_name(&links, "eth"));
	assert_null(vw_links_by_name(&links, ""));
	assert_null(vw_links_by_index(&links, 0));
	vw_links_free(&links);

	assert_int_equal(vw_link_get(&tree->host, "eth0", &link, &err), 0);
	assert_int_equal(link.ifindex, 4);
	assert_int_equal(link.n_vfs, 3);
	vw_link_free(&link);
	assert_int_equal(link.n_vfs, 0);
	vw_link_free(&link);
	assert_int_equal(vw_link_get(&tree->host, "eth1", &link, &err), -ENODEV);
	assert_non_null(strstr(err.msg, "eth1"));
	vw_link_free(&link);
	assert_int_equal(vw_link_get(&tree->host, "../../etc/passwd", &link, NULL), -ENODEV);
}

static void test_get_fails(void **state)
{
	struct tree *tree = *state;
	struct vw_links links = { (struct vw_link *)1, 7 };
	struct vw_link link;
	struct vw_error err;

	tree_bytes(tree, "/vfward-record/links.nl", "\7\0\0\0garbage garbage", 19);
	assert_int_equal(vw_links_get(&tree->host, &links, &err), -EBADMSG);
	assert_true(!links.v && !links.n);
	assert_non_null(strstr(err.msg, "links"));
	assert_int_equal(vw_link_get(&tree->host, "eth0", &link, &err), -EBADMSG);
	assert_int_equal(unlinkat(tree->host.root_fd, "vfward-record/links.nl", 0), 0);
	assert_int_equal(vw_links_get(&tree->host, &links, &err), -ENOENT);
	assert_int_equal(vw_link_get(&tree->host, "eth0", &link, &err), -ENOENT);
}

/* VF 1 is away for as many readings. */
static void test_holes(void **state)
{
	static const struct {
		const char *faults;
		bool broken;
	} cases[] = {
		{ "eth0/1 read EAGAIN 1\n", false },
		{ "eth0/1 read EAGAIN 3\n", false },
		{ "eth0/1 read EAGAIN 4\n", true },
		{ "eth0/1 read EAGAIN always\n", true },
	};
	struct tree *tree = *state;

	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_links links;
		struct vw_link *eth0;

		tree_file(tree, "/vfward-record/faults", cases[i].faults);
		assert_int_equal(vw_links_get(&tree->host, &links, NULL), 0);
		eth0 = vw_links_by_name(&links, "eth0");
		if (eth0->vfs_broken != cases[i].broken)
			fail_msg("case %zu", i);
		assert_int_equal(eth0->n_vfs, cases[i].broken ? 2 : 3);
		assert_true(!vw_link_vf(eth0, 1) == cases[i].broken);
		assert_int_equal(vw_link_vf(eth0, 2)->index, 2);
		vw_links_free(&links);
	}
}

static void test_hole_of_one_link(void **state)
{
	struct tree *tree = *state;
	struct vw_link link;

	tree_file(tree, "/vfward-record/faults", "eth0/0 read EAGAIN 2\n");
	assert_int_equal(vw_link_get(&tree->host, "eth0", &link, NULL), 0);
	assert_false(link.vfs_broken);
	assert_non_null(vw_link_vf(&link, 0));
	vw_link_free(&link);
}

/* No time: what was read is given, and marked. */
static void test_hole_without_time(void **state)
{
	struct tree *tree = *state;
	struct vw_links links;

	tree_file(tree, "/vfward-record/faults", "eth0/1 read EAGAIN 1\n");
	tree->host.deadline = vw_deadline_in(5);
	assert_int_equal(vw_links_get(&tree->host, &links, NULL), 0);
	assert_true(vw_links_by_name(&links, "eth0")->vfs_broken);
	vw_links_free(&links);
}

static void test_many_vfs_by_number(void **state)
{
	struct vw_link link = { .n_vfs = 100 };

	(void)state;
	link.vfs = calloc(100, sizeof(*link.vfs));
	assert_non_null(link.vfs);
	for (uint32_t i = 0; i < 100; i++)
		link.vfs[i].index = 3 * i + 1;
	for (uint32_t i = 0; i < 310; i++) {
		const struct vw_vf_attr *vf = vw_link_vf(&link, i);

		assert_true(!!vf == (i % 3 == 1 && i < 300));
		assert_true(!vf || vf->index == i);
	}
	assert_null(vw_link_vf(&link, UINT32_MAX));
	vw_link_free(&link);
	assert_null(vw_link_vf(&link, 0));
}

static void test_set(void **state)
{
	struct tree *tree = *state;
	struct vw_vf_attr want = nl_new_vf(1), now;
	struct vw_link link;
	struct vw_error err = { "" };

	want.mac = mac_a;
	want.vlan = 7;
	want.trust = 1;
	assert_int_equal(vw_vf_set(&tree->host, 4, VW_VF_MAC, &want, &err), 0);
	assert_int_equal(vw_link_get(&tree->host, "eth0", &link, NULL), 0);
	now = link.vfs[1];
	/* That field and no other, that VF and no other. */
	assert_true(vw_mac_equal(&now.mac, &mac_a));
	assert_int_equal(now.vlan, 0);
	assert_int_equal(now.trust, 0);
	assert_true(vw_mac_is_zero(&link.vfs[0].mac) && vw_mac_is_zero(&link.vfs[2].mac));
	vw_link_free(&link);

	want.link_state = 2;
	assert_int_equal(vw_vf_set(&tree->host, 4, VW_VF_LINK_STATE, &want, &err), -EOPNOTSUPP);
	assert_non_null(strstr(err.msg, "link-state"));
	assert_non_null(strstr(err.msg, "VF 1"));
	tree_file(tree, "/vfward-record/faults", "eth0/1 trust ENOTSUPP 1\n");
	assert_int_equal(vw_vf_set(&tree->host, 4, VW_VF_TRUST, &want, &err), -524);
	assert_non_null(strstr(err.msg, "not supported"));
	assert_int_equal(vw_vf_set(&tree->host, 99, VW_VF_MAC, &want, &err), -ENODEV);
	want.index = 3;
	assert_int_equal(vw_vf_set(&tree->host, 4, VW_VF_MAC, &want, &err), -EINVAL);
}

/* The one attribute of a request, after its headers. */
static const struct nlattr *built(
	struct nl_msg *msg, enum vw_vf_field field, const struct vw_vf_attr *want)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	const struct nlattr *list, *info, *a;

	assert_int_equal(build_set(msg, 4, field, want), 0);
	assert_int_equal(((struct ifinfomsg *)nlmsg_data(nlh))->ifi_index, 4);
	list = nlmsg_attrdata(nlh, sizeof(struct ifinfomsg));
	assert_int_equal(nla_type(list), IFLA_VFINFO_LIST);
	assert_int_equal(
		nlmsg_attrlen(nlh, sizeof(struct ifinfomsg)), nla_total_size(nla_len(list)));
	info = nla_data(list);
	assert_int_equal(nla_type(info), IFLA_VF_INFO);
	assert_int_equal(nla_total_size(nla_len(info)), nla_len(list));
	a = nla_data(info);
	assert_int_equal(nla_total_size(nla_len(a)), nla_len(info));
	return a;
}

static void test_requests(void **state)
{
	static const uint32_t q[] = { 3, 5, 6 }, rate[] = { 3, 10, 20 };
	static const struct {
		enum vw_vf_field field;
		int type;
		uint32_t value;
	} settings[] = { { VW_VF_SPOOFCHK, IFLA_VF_SPOOFCHK, 0 },
		{ VW_VF_LINK_STATE, IFLA_VF_LINK_STATE, 2 },
		{ VW_VF_RSS_QUERY, IFLA_VF_RSS_QUERY_EN, 1 }, { VW_VF_TRUST, IFLA_VF_TRUST, 1 } };
	struct vw_vf_attr want = { .index = 3,
		.mac = mac_a,
		.vlan = 5,
		.qos = 6,
		.vlan_proto = 0x8100,
		.spoofchk = 0,
		.trust = 1,
		.rss_query = 1,
		.link_state = 2,
		.min_rate = 10,
		.max_rate = 20 };
	struct ifla_vf_vlan_info tag;
	const struct nlattr *a;
	struct nl_msg *msg;

	(void)state;
	msg = nlmsg_alloc_simple(RTM_SETLINK, 0);
	a = built(msg, VW_VF_MAC, &want);
	assert_int_equal(nla_type(a), IFLA_VF_MAC);
	assert_int_equal(nla_len(a), sizeof(struct ifla_vf_mac));
	assert_memory_equal(nla_data(a), &want.index, 4);
	assert_memory_equal((char *)nla_data(a) + 4, "\x52\x54\0\0\0\1\0\0", 8);
	nlmsg_free(msg);

	msg = nlmsg_alloc_simple(RTM_SETLINK, 0);
	a = built(msg, VW_VF_VLAN, &want);
	assert_int_equal(nla_type(a), IFLA_VF_VLAN);
	assert_int_equal(nla_len(a), sizeof(q));
	assert_memory_equal(nla_data(a), q, sizeof(q));
	nlmsg_free(msg);

	want.vlan_proto = 0x88a8;
	msg = nlmsg_alloc_simple(RTM_SETLINK, 0);
	a = built(msg, VW_VF_VLAN, &want);
	assert_int_equal(nla_type(a), IFLA_VF_VLAN_LIST);
	a = nla_data(a);
	assert_int_equal(nla_type(a), IFLA_VF_VLAN_INFO);
	assert_int_equal(nla_len(a), sizeof(tag));
	memcpy(&tag, nla_data(a), sizeof(tag));
	assert_memory_equal(&tag, q, sizeof(q));
	assert_memory_equal(&tag.vlan_proto, "\x88\xa8", 2); /* network order */
	nlmsg_free(msg);

	msg = nlmsg_alloc_simple(RTM_SETLINK, 0);
	a = built(msg, VW_VF_RATE, &want);
	assert_int_equal(nla_type(a), IFLA_VF_RATE);
	assert_memory_equal(nla_data(a), rate, sizeof(rate));
	nlmsg_free(msg);

	for (size_t i = 0; i < VW_ARRAY_SIZE(settings); i++) {
		uint32_t pair[2] = { 3, settings[i].value };

		msg = nlmsg_alloc_simple(RTM_SETLINK, 0);
		a = built(msg, settings[i].field, &want);
		assert_int_equal(nla_type(a), settings[i].type);
		assert_int_equal(nla_len(a), sizeof(pair));
		assert_memory_equal(nla_data(a), pair, sizeof(pair));
		nlmsg_free(msg);
	}
}

/* "Unknown" is never sent: as 0xffffffff it would switch a thing on. */
static void test_unknown_is_not_sent(void **state)
{
	struct vw_vf_attr want = { .spoofchk = VW_UNKNOWN,
		.trust = VW_UNKNOWN,
		.rss_query = VW_UNKNOWN,
		.link_state = VW_UNKNOWN };
	static const int fields[] = { VW_VF_SPOOFCHK, VW_VF_TRUST, VW_VF_RSS_QUERY,
		VW_VF_LINK_STATE, VW_VF_FIELDS, 99 };

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(fields); i++) {
		struct nl_msg *msg = nlmsg_alloc_simple(RTM_SETLINK, 0);

		assert_int_equal(build_set(msg, 4, (enum vw_vf_field)fields[i], &want), -EINVAL);
		nlmsg_free(msg);
	}
}

static void test_equal(void **state)
{
	static const struct {
		enum vw_vf_field field;
		struct vw_vf_attr a, b;
		bool equal;
	} cases[] = {
		{ VW_VF_MAC, { .mac = { { 2 } } }, { .mac = { { 2 } } }, true },
		{ VW_VF_MAC, { .mac = { { 2 } } }, { .mac = { { 0 } } }, false },
		{ VW_VF_VLAN, { .vlan = 1 }, { .vlan = 2 }, false },
		{ VW_VF_VLAN, { .vlan = 1, .qos = 1 }, { .vlan = 1 }, false },
		{ VW_VF_VLAN, { .vlan = 1, .vlan_proto = 0x8100 },
			{ .vlan = 1, .vlan_proto = 0x88a8 }, false },
		{ VW_VF_VLAN, { .vlan_proto = 0x8100 }, { .vlan_proto = 0x88a8 }, true },
		{ VW_VF_VLAN, { .qos = 1, .vlan_proto = 0x8100 },
			{ .qos = 1, .vlan_proto = 0x88a8 }, false },
		{ VW_VF_VLAN, { .trust = 1 }, { .trust = 0 }, true },
		{ VW_VF_RATE, { .max_rate = 1 }, { .max_rate = 1 }, true },
		{ VW_VF_RATE, { .max_rate = 1 }, { .max_rate = 2 }, false },
		{ VW_VF_RATE, { .min_rate = 1 }, { .min_rate = 2 }, false },
		{ VW_VF_SPOOFCHK, { .spoofchk = 1 }, { .spoofchk = VW_UNKNOWN }, false },
		{ VW_VF_SPOOFCHK, { .spoofchk = 1, .trust = 1 }, { .spoofchk = 1 }, true },
		{ VW_VF_LINK_STATE, { .link_state = 1 }, { .link_state = 2 }, false },
		{ VW_VF_RSS_QUERY, { .rss_query = 1 }, { .rss_query = 0 }, false },
		{ VW_VF_TRUST, { .trust = 1 }, { .trust = 0 }, false },
		{ VW_VF_TRUST, { .trust = 1 }, { .trust = 1 }, true },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++)
		if (vw_vf_field_equal(cases[i].field, &cases[i].a, &cases[i].b) != cases[i].equal)
			fail_msg("case %zu", i);
}

static void test_names(void **state)
{
	static const char *const names[] = { "mac", "vlan", "rate", "spoofchk", "link-state",
		"rss-query", "trust" };

	(void)state;
	assert_int_equal(VW_ARRAY_SIZE(names), VW_VF_FIELDS);
	for (size_t i = 0; i < VW_ARRAY_SIZE(names); i++)
		assert_string_equal(vw_vf_field_name((enum vw_vf_field)i), names[i]);
	assert_string_equal(vw_vf_field_name(VW_VF_FIELDS), "?");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_get),
		T(test_get_fails),
		T(test_holes),
		T(test_hole_of_one_link),
		T(test_hole_without_time),
		T(test_set),
		cmocka_unit_test(test_many_vfs_by_number),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_unknown_is_not_sent),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
