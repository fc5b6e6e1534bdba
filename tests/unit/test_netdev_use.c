/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_netdev_use: which addresses and routes make a netdev the host's own. */
#include "tree.h"

#include "cleanup.h"
#include "netdev_use.h"
#include "nlcraft.h"

#include <stdio.h>

#define ME 7

static void put(struct tree *tree, const struct nlbuf *addresses, const struct nlbuf *routes)
{
	tree_bytes(tree, "/vfward-record/addresses.nl", addresses->data, addresses->len);
	tree_bytes(tree, "/vfward-record/routes.nl", routes->data, routes->len);
}

static void test_addresses(void **state)
{
	static const struct {
		const char *address;
		int prefix, scope;
		uint32_t flags;
		int ifindex;
		const char *permanent, *dynamic;
	} cases[] = {
		{ "192.0.2.1", 24, RT_SCOPE_UNIVERSE, IFA_F_PERMANENT, ME, "192.0.2.1/24", "" },
		{ "192.0.2.1", 24, RT_SCOPE_UNIVERSE, 0, ME, "", "192.0.2.1/24" },
		{ "192.0.2.1", 24, RT_SCOPE_SITE, IFA_F_PERMANENT, ME, "192.0.2.1/24", "" },
		{ "192.0.2.1", 24, RT_SCOPE_LINK, IFA_F_PERMANENT, ME, "", "" },
		{ "127.0.0.2", 8, RT_SCOPE_HOST, IFA_F_PERMANENT, ME, "", "" },
		{ "192.0.2.1", 24, RT_SCOPE_UNIVERSE, IFA_F_PERMANENT, ME + 1, "", "" },
		{ "169.254.3.4", 16, RT_SCOPE_UNIVERSE, IFA_F_PERMANENT, ME, "", "" },
		{ "169.253.3.4", 16, RT_SCOPE_UNIVERSE, IFA_F_PERMANENT, ME, "169.253.3.4/16", "" },
		{ "2001:db8::1", 64, RT_SCOPE_UNIVERSE, IFA_F_PERMANENT, ME, "2001:db8::1/64", "" },
		{ "2001:db8::1", 64, RT_SCOPE_UNIVERSE, IFA_F_MANAGETEMPADDR, ME, "",
			"2001:db8::1/64" },
		{ "2001:db8:1111:2222:3333:4444:5555:6666", 128, RT_SCOPE_UNIVERSE,
			IFA_F_PERMANENT | IFA_F_NOPREFIXROUTE, ME,
			"2001:db8:1111:2222:3333:4444:5555:6666/128", "" },
		{ "fe80::1", 64, RT_SCOPE_LINK, IFA_F_PERMANENT, ME, "", "" },
		{ "fe80::1", 64, RT_SCOPE_UNIVERSE, IFA_F_PERMANENT, ME, "", "" },
		{ "febf::1", 64, RT_SCOPE_UNIVERSE, IFA_F_PERMANENT, ME, "", "" },
		{ "fec0::1", 64, RT_SCOPE_SITE, IFA_F_PERMANENT, ME, "fec0::1/64", "" },
		{ "fd00::1", 64, RT_SCOPE_UNIVERSE, IFA_F_PERMANENT, ME, "fd00::1/64", "" },
	};
	struct tree tree;

	(void)state;
	tree_new(&tree);
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct nlbuf b = { 0 };
		struct vw_netdev_use use;

		assert_true(nlbuf_address(&b, cases[i].ifindex, cases[i].address, cases[i].prefix,
			cases[i].scope, cases[i].flags));
		put(&tree, &b, &(struct nlbuf){ 0 });
		assert_int_equal(vw_netdev_use_get(&tree.host, ME, &use, NULL), 0);
		if (strcmp(use.permanent, cases[i].permanent) ||
			strcmp(use.dynamic, cases[i].dynamic))
			fail_msg("case %zu: \"%s\" \"%s\"", i, use.permanent, use.dynamic);
		assert_false(use.default_route);
		nlbuf_free(&b);
	}
	tree_free(&tree);
}

static void test_first_of_many(void **state)
{
	struct nlbuf b = { 0 };
	struct vw_netdev_use use;
	struct tree tree;

	(void)state;
	tree_new(&tree);
	nlbuf_address(&b, ME, "fe80::1", 64, RT_SCOPE_LINK, IFA_F_PERMANENT);
	nlbuf_address(&b, ME, "192.0.2.9", 24, RT_SCOPE_UNIVERSE, 0);
	nlbuf_address(&b, ME, "192.0.2.1", 24, RT_SCOPE_UNIVERSE, IFA_F_PERMANENT);
	nlbuf_address(&b, ME, "192.0.2.2", 24, RT_SCOPE_UNIVERSE, IFA_F_PERMANENT);
	nlbuf_address(&b, ME, "192.0.2.8", 24, RT_SCOPE_UNIVERSE, 0);
	put(&tree, &b, &(struct nlbuf){ 0 });
	assert_int_equal(vw_netdev_use_get(&tree.host, ME, &use, NULL), 0);
	assert_string_equal(use.permanent, "192.0.2.1/24");
	assert_string_equal(use.dynamic, "192.0.2.9/24");
	nlbuf_free(&b);
	tree_free(&tree);
}

/* Our end of a point-to-point link; an address of an old kernel, whose flags are 8 bits. */
static void test_address_forms(void **state)
{
	struct ifaddrmsg ifa = { .ifa_family = AF_INET,
		.ifa_prefixlen = 32,
		.ifa_flags = IFA_F_PERMANENT,
		.ifa_index = ME };
	struct nlbuf b = { 0 };
	struct vw_netdev_use use;
	struct tree tree;
	size_t at;

	(void)state;
	tree_new(&tree);
	at = nlbuf_begin(&b, RTM_NEWADDR, &ifa, sizeof(ifa));
	nlbuf_attr(&b, IFA_ADDRESS, "\300\0\2\2", 4);
	nlbuf_attr(&b, IFA_LOCAL, "\300\0\2\1", 4);
	nlbuf_end(&b, at);
	put(&tree, &b, &(struct nlbuf){ 0 });
	assert_int_equal(vw_netdev_use_get(&tree.host, ME, &use, NULL), 0);
	assert_string_equal(use.permanent, "192.0.2.1/32");
	nlbuf_free(&b);
	tree_free(&tree);
}

static void test_routes(void **state)
{
	static const struct {
		int family;
		const char *dst;
		int prefix, ifindex, type;
		uint32_t table;
		bool want;
	} cases[] = {
		{ AF_INET, NULL, 0, ME, RTN_UNICAST, RT_TABLE_MAIN, true },
		{ AF_INET6, NULL, 0, ME, RTN_UNICAST, RT_TABLE_MAIN, true },
		{ AF_INET, NULL, 0, ME, RTN_UNICAST, 1000, true },
		{ AF_INET, NULL, 0, ME + 1, RTN_UNICAST, RT_TABLE_MAIN, false },
		{ AF_INET, NULL, 0, 0, RTN_BLACKHOLE, RT_TABLE_MAIN, false },
		{ AF_INET6, NULL, 0, ME, RTN_UNREACHABLE, RT_TABLE_MAIN, false },
		{ AF_INET, "192.0.2.0", 24, ME, RTN_UNICAST, RT_TABLE_MAIN, false },
		{ AF_INET, "192.0.2.1", 32, ME, RTN_LOCAL, RT_TABLE_LOCAL, false },
		{ AF_INET6, "fe80::", 64, ME, RTN_UNICAST, RT_TABLE_MAIN, false },
		{ 28 /* MPLS */, NULL, 0, ME, RTN_UNICAST, RT_TABLE_MAIN, false },
	};
	struct tree tree;

	(void)state;
	tree_new(&tree);
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct nlbuf b = { 0 };
		struct vw_netdev_use use;

		assert_true(nlbuf_route(&b, cases[i].family, cases[i].dst, cases[i].prefix,
			cases[i].ifindex, cases[i].type, cases[i].table));
		put(&tree, &(struct nlbuf){ 0 }, &b);
		assert_int_equal(vw_netdev_use_get(&tree.host, ME, &use, NULL), 0);
		if (use.default_route != cases[i].want)
			fail_msg("case %zu", i);
		assert_true(!*use.permanent && !*use.dynamic);
		nlbuf_free(&b);
	}
	tree_free(&tree);
}

static void test_cached_route(void **state)
{
	struct rtmsg rtm = {
		.rtm_family = AF_INET6, .rtm_type = RTN_UNICAST, .rtm_flags = RTM_F_CLONED
	};
	struct nlbuf b = { 0 };
	struct vw_netdev_use use;
	struct tree tree;
	size_t at;

	(void)state;
	tree_new(&tree);
	at = nlbuf_begin(&b, RTM_NEWROUTE, &rtm, sizeof(rtm));
	nlbuf_u32(&b, RTA_OIF, ME);
	nlbuf_end(&b, at);
	put(&tree, &(struct nlbuf){ 0 }, &b);
	assert_int_equal(vw_netdev_use_get(&tree.host, ME, &use, NULL), 0);
	assert_false(use.default_route);
	nlbuf_free(&b);
	tree_free(&tree);
}

static void test_multipath(void **state)
{
	static const struct {
		struct rtnexthop hops[3];
		size_t len;
		int rc;
		bool want;
	} cases[] = {
		{ { { 8, 0, 0, 3 }, { 8, 0, 0, ME } }, 16, 0, true },
		{ { { 8, 0, 0, ME }, { 8, 0, 0, 3 } }, 16, 0, true },
		{ { { 8, 0, 0, 2 }, { 8, 0, 0, 3 } }, 16, 0, false },
		{ { { 16, 0, 0, 2 }, { 8, 0, 0, ME }, { 8, 0, 0, 3 } }, 24, 0,
			false }, /* inside a hop */
		{ { { 8, 0, 0, 2 }, { 9, 0, 0, 3 } }, 16, -EBADMSG, false },
		{ { { 8, 0, 0, 2 }, { 0, 0, 0, 3 } }, 16, -EBADMSG, false },
		{ { { 8, 0, 0, 2 }, { 8, 0, 0, ME } }, 12, -EBADMSG, false },
		{ { { 0 } }, 0, 0, false },
	};
	struct rtmsg rtm = { .rtm_family = AF_INET, .rtm_type = RTN_UNICAST };
	struct tree tree;

	(void)state;
	tree_new(&tree);
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct nlbuf b = { 0 };
		struct vw_netdev_use use;
		size_t at = nlbuf_begin(&b, RTM_NEWROUTE, &rtm, sizeof(rtm));
		int rc;

		nlbuf_attr(&b, RTA_MULTIPATH, cases[i].hops, cases[i].len);
		nlbuf_end(&b, at);
		put(&tree, &(struct nlbuf){ 0 }, &b);
		rc = vw_netdev_use_get(&tree.host, ME, &use, NULL);
		if (rc != cases[i].rc || (rc == 0 && use.default_route != cases[i].want))
			fail_msg("case %zu: %d", i, rc);
		nlbuf_free(&b);
	}
	tree_free(&tree);
}

static void test_broken(void **state)
{
	static const struct {
		int type;
		const char *data;
		size_t len;
	} attrs[] = {
		{ IFA_LOCAL, "\300\0\2", 3 }, { IFA_LOCAL, "\300\0\2\1\1", 5 },
		{ IFA_BROADCAST, "\300\0\2\1", 4 }, /* no address at all */
	};
	struct ifaddrmsg ifa = { .ifa_family = AF_INET, .ifa_index = ME };
	struct rtmsg rtm = { .rtm_family = AF_INET, .rtm_type = RTN_UNICAST };
	struct nlbuf b = { 0 }, none = { 0 };
	struct vw_netdev_use use;
	struct vw_error err = { "" };
	struct tree tree;
	size_t at;

	(void)state;
	tree_new(&tree);
	assert_int_equal(vw_netdev_use_get(&tree.host, ME, &use, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "addresses"));
	tree_file(&tree, "/vfward-record/addresses.nl", "");
	assert_int_equal(vw_netdev_use_get(&tree.host, ME, &use, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "routes"));
	for (size_t i = 0; i < VW_ARRAY_SIZE(attrs); i++) {
		at = nlbuf_begin(&b, RTM_NEWADDR, &ifa, sizeof(ifa));
		nlbuf_attr(&b, attrs[i].type, attrs[i].data, attrs[i].len);
		nlbuf_end(&b, at);
		put(&tree, &b, &none);
		assert_int_equal(vw_netdev_use_get(&tree.host, ME, &use, &err), -EBADMSG);
		nlbuf_free(&b);
	}
	at = nlbuf_begin(&b, RTM_NEWROUTE, &rtm, sizeof(rtm));
	nlbuf_attr(&b, RTA_OIF, "\7\0", 2);
	nlbuf_end(&b, at);
	put(&tree, &none, &b);
	assert_int_equal(vw_netdev_use_get(&tree.host, ME, &use, &err), -EBADMSG);
	nlbuf_free(&b);
	/* Every cut of a good one. */
	nlbuf_address(&b, ME, "192.0.2.1", 24, RT_SCOPE_UNIVERSE, IFA_F_PERMANENT);
	for (size_t len = 1; len < b.len; len++) {
		struct nlbuf cut = { b.data, len, 0 };

		put(&tree, &cut, &none);
		assert_int_equal(vw_netdev_use_get(&tree.host, ME, &use, &err), -EBADMSG);
		put(&tree, &none, &cut);
		assert_int_equal(vw_netdev_use_get(&tree.host, ME, &use, &err), -EBADMSG);
	}
	for (uint32_t len = 0; len < NLMSG_HDRLEN + sizeof(ifa); len++) {
		memcpy(b.data, &len, sizeof(len));
		put(&tree, &b, &none);
		assert_int_equal(vw_netdev_use_get(&tree.host, ME, &use, &err), -EBADMSG);
	}
	nlbuf_free(&b);
	tree_free(&tree);
}

static void test_senseless_index(void **state)
{
	struct vw_netdev_use use;
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_file(&tree, "/vfward-record/addresses.nl", "");
	tree_file(&tree, "/vfward-record/routes.nl", "");
	assert_int_equal(vw_netdev_use_get(&tree.host, 0, &use, NULL), -EINVAL);
	assert_int_equal(vw_netdev_use_get(&tree.host, -1, &use, NULL), -EINVAL);
	assert_int_equal(vw_netdev_use_get(&tree.host, ME, &use, NULL), 0);
	assert_true(!*use.permanent && !*use.dynamic && !use.default_route);
	tree_free(&tree);
}

/* This machine: the loopback has addresses, of which none counts. */
static void test_loopback(void **state)
{
	struct vw_netdev_use use;
	struct vw_error err = { "" };
	struct vw_host host;

	(void)state;
	assert_int_equal(vw_host_open(&host, NULL, NULL), 0);
	if (vw_netdev_use_get(&host, 1, &use, &err) < 0)
		fail_msg("%s", err.msg);
	assert_false(use.default_route);
	assert_string_equal(use.dynamic, "");
	vw_host_close(&host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_first_of_many),
		cmocka_unit_test(test_address_forms),
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_cached_route),
		cmocka_unit_test(test_multipath),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_senseless_index),
		cmocka_unit_test(test_loopback),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
