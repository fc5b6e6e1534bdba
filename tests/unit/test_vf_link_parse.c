/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_vf_link_parse: link messages, whole, cut and wrapped. */
#include "tree.h"

#include "cleanup.h"
#include "nlcraft.h"

#include <net/if.h>
#include <stdio.h>

static const struct vw_mac mac_a = { { 0x52, 0x54, 0, 0, 0, 1 } };
static const struct vw_mac mac_b = { { 0x52, 0x54, 0, 0, 0, 2 } };

static struct vw_vf_attr *many(size_t n)
{
	struct vw_vf_attr *v = calloc(n, sizeof(*v));

	assert_non_null(v);
	for (size_t i = 0; i < n; i++) {
		v[i] = nl_new_vf((uint32_t)i);
		v[i].mac.b[0] = 2;
		v[i].mac.b[4] = (uint8_t)(i >> 8);
		v[i].mac.b[5] = (uint8_t)i;
		v[i].vlan = (uint16_t)i;
	}
	return v;
}

static void parse_good(const struct nlbuf *b, struct vw_links *links)
{
	struct vw_error err = { "" };
	/* In memory of exactly its size, so that the sanitizer sees a read beyond it. */
	char *copy = malloc(b->len ? b->len : 1);
	int rc;

	assert_non_null(copy);
	memcpy(copy, b->data, b->len);
	rc = vw_links_parse(copy, b->len, links, &err);
	free(copy);
	if (rc)
		fail_msg("%d: %s", rc, err.msg);
}

static void test_empty(void **state)
{
	struct vw_links links;

	(void)state;
	assert_int_equal(vw_links_parse("", 0, &links, NULL), 0);
	assert_int_equal(links.n, 0);
	vw_links_free(&links);
}

static void test_plain_links(void **state)
{
	struct nlbuf b = { 0 };
	struct vw_links links;

	(void)state;
	nlbuf_link(&b, &(struct nl_link){ .ifindex = 1,
			       .name = "lo",
			       .type = ARPHRD_LOOPBACK,
			       .mac = &(struct vw_mac){ { 0 } },
			       .flags = IFF_UP | IFF_LOOPBACK,
			       .num_vf = -1 });
	nlbuf_link(&b, &(struct nl_link){ .ifindex = 7,
			       .name = "abcdefghijklmno",
			       .mac = &mac_a,
			       .perm = &mac_b,
			       .master = 9,
			       .num_vf = 0 });
	nlbuf_link(&b, &(struct nl_link){ .ifindex = 9,
			       .name = "br0",
			       .mac = &mac_b,
			       .kind = "bridge",
			       .num_vf = -1 });
	parse_good(&b, &links);
	assert_int_equal(links.n, 3);

	assert_string_equal(links.v[0].name, "lo");
	assert_int_equal(links.v[0].ifindex, 1);
	assert_int_equal(links.v[0].flags, IFF_UP | IFF_LOOPBACK);
	assert_false(links.v[0].has_mac); /* not an Ethernet */
	assert_int_equal(links.v[0].num_vf, -1);
	assert_string_equal(links.v[0].kind, "");

	assert_string_equal(links.v[1].name, "abcdefghijklmno");
	assert_true(links.v[1].has_mac && vw_mac_equal(&links.v[1].mac, &mac_a));
	assert_true(links.v[1].has_perm && vw_mac_equal(&links.v[1].perm, &mac_b));
	assert_int_equal(links.v[1].master, 9);
	assert_int_equal(links.v[1].num_vf, 0);
	assert_false(links.v[1].vfs_broken);

	assert_string_equal(links.v[2].kind, "bridge");
	assert_false(links.v[2].has_perm);
	assert_int_equal(links.v[2].master, 0);
	vw_links_free(&links);
	assert_null(links.v);
	nlbuf_free(&b);
}

static void test_vf_values(void **state)
{
	struct vw_vf_attr vfs[] = { nl_new_vf(0), nl_new_vf(1), nl_new_vf(2), nl_new_vf(3) };
	struct nlbuf b = { 0 };
	struct vw_links links;
	const struct vw_vf_attr *vf;

	(void)state;
	vfs[1] = (struct vw_vf_attr){ .index = 1,
		.mac = mac_a,
		.vlan = 4095,
		.qos = 7,
		.vlan_proto = 0x88a8,
		.spoofchk = 0,
		.trust = 1,
		.rss_query = 1,
		.link_state = 2,
		.min_rate = 100,
		.max_rate = 4000000000U };
	vfs[2].vlan_proto = 0; /* mlx5, nfp */
	vfs[2].spoofchk = vfs[2].trust = VW_UNKNOWN;
	vfs[3].spoofchk = 2;
	vfs[3].link_state = 3;
	nlbuf_link(&b, &(struct nl_link){ .ifindex = 2,
			       .name = "eth0",
			       .num_vf = 4,
			       .vfs = vfs,
			       .n_vfs = 4,
			       .kind = "x",
			       .perm = &mac_b });
	parse_good(&b, &links);
	assert_int_equal(links.v[0].n_vfs, 4);
	assert_int_equal(links.v[0].num_vf, 4);
	assert_false(links.v[0].vfs_broken);
	assert_string_equal(links.v[0].kind, "x"); /* stands behind the list */
	assert_true(links.v[0].has_perm);

	vf = &links.v[0].vfs[0];
	assert_int_equal(vf->vlan_proto, 0x8100);
	assert_int_equal(vf->rss_query, VW_UNKNOWN);
	assert_int_equal(vf->spoofchk, 1);
	assert_int_equal(vf->trust, 0);
	assert_int_equal(vf->link_state, 0);
	assert_true(vw_mac_is_zero(&vf->mac));

	vf = vw_link_vf(&links.v[0], 1);
	assert_ptr_equal(vf, &links.v[0].vfs[1]);
	assert_true(vw_mac_equal(&vf->mac, &mac_a));
	assert_int_equal(vf->vlan, 4095);
	assert_int_equal(vf->qos, 7);
	assert_int_equal(vf->vlan_proto, 0x88a8);
	assert_int_equal(vf->spoofchk, 0);
	assert_int_equal(vf->trust, 1);
	assert_int_equal(vf->rss_query, 1);
	assert_int_equal(vf->link_state, 2);
	assert_int_equal(vf->min_rate, 100);
	assert_true(vf->max_rate == 4000000000U);

	vf = &links.v[0].vfs[2];
	assert_int_equal(vf->vlan_proto, 0x8100);
	assert_int_equal(vf->spoofchk, VW_UNKNOWN);
	assert_int_equal(vf->trust, VW_UNKNOWN);
	assert_int_equal(links.v[0].vfs[3].spoofchk, 1);
	assert_int_equal(links.v[0].vfs[3].link_state, VW_UNKNOWN);
	assert_null(vw_link_vf(&links.v[0], 4));
	vw_links_free(&links);
	nlbuf_free(&b);
}

/* A kernel that knows less: no attribute but the address, a rate of the old kind. */
static void test_old_kernel(void **state)
{
	struct ifinfomsg ifi = { .ifi_type = ARPHRD_ETHER, .ifi_index = 2 };
	struct ifla_vf_mac mac = { .vf = 5 };
	struct ifla_vf_tx_rate rate = { .vf = 5, .rate = 77 };
	struct ifla_vf_rate both = { .vf = 6, .min_tx_rate = 10, .max_tx_rate = 20 };
	struct nlbuf b = { 0 };
	struct vw_links links;
	size_t msg, list, vf;

	(void)state;
	msg = nlbuf_begin(&b, RTM_NEWLINK, &ifi, sizeof(ifi));
	nlbuf_attr(&b, IFLA_IFNAME, "eth0", 4); /* without its NUL */
	nlbuf_u32(&b, IFLA_NUM_VF, 2);
	list = nlbuf_nest(&b, IFLA_VFINFO_LIST | NLA_F_NESTED);
	vf = nlbuf_nest(&b, IFLA_VF_INFO | NLA_F_NESTED);
	nlbuf_attr(&b, IFLA_VF_MAC, &mac, sizeof(mac));
	nlbuf_attr(&b, IFLA_VF_TX_RATE, &rate, sizeof(rate));
	nlbuf_attr(&b, 99, "later kernels", 13);
	nlbuf_nest_end(&b, vf);
	vf = nlbuf_nest(&b, IFLA_VF_INFO);
	mac.vf = 6;
	nlbuf_attr(&b, IFLA_VF_MAC, &mac, sizeof(mac));
	nlbuf_attr(&b, IFLA_VF_RATE, &both, sizeof(both));
	nlbuf_attr(&b, IFLA_VF_TX_RATE, &rate, sizeof(rate)); /* of less worth */
	nlbuf_nest_end(&b, vf);
	nlbuf_nest_end(&b, list);
	nlbuf_end(&b, msg);
	parse_good(&b, &links);
	assert_string_equal(links.v[0].name, "eth0");
	assert_int_equal(links.v[0].vfs[0].index, 5);
	assert_int_equal(links.v[0].vfs[0].max_rate, 77);
	assert_int_equal(links.v[0].vfs[1].max_rate, 20);
	assert_int_equal(links.v[0].vfs[1].min_rate, 10);
	assert_int_equal(links.v[0].vfs[0].spoofchk, VW_UNKNOWN);
	assert_int_equal(links.v[0].vfs[0].trust, VW_UNKNOWN);
	assert_int_equal(links.v[0].vfs[0].link_state, VW_UNKNOWN);
	assert_int_equal(links.v[0].vfs[0].vlan_proto, 0x8100);
	vw_links_free(&links);
	nlbuf_free(&b);
}

static void test_holes(void **state)
{
	static const struct {
		size_t n;
		uint32_t index[4];
		int num_vf;
		bool no_list, broken;
	} cases[] = {
		{ 3, { 0, 1, 2 }, 3, false, false },
		{ 2, { 0, 2 }, 3, false, true },
		{ 2, { 1, 2 }, 3, false, true },
		{ 0, { 0 }, 3, false, true }, /* all of them in reset */
		{ 0, { 0 }, 3, true, false }, /* a representor */
		{ 3, { 0, 2, 1 }, 3, false, true },
		{ 3, { 0, 1, 1 }, 3, false, true },
		{ 3, { 0, 1, 2 }, 2, false, true },
		{ 2, { 0, 0xffffffff }, 2, false, true },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_vf_attr vfs[4];
		struct nlbuf b = { 0 };
		struct vw_links links;

		for (size_t k = 0; k < cases[i].n; k++)
			vfs[k] = nl_new_vf(cases[i].index[k]);
		nlbuf_link(&b, &(struct nl_link){ .ifindex = 2,
				       .name = "eth0",
				       .num_vf = cases[i].num_vf,
				       .vfs = vfs,
				       .n_vfs = cases[i].n,
				       .no_list = cases[i].no_list });
		parse_good(&b, &links);
		if (links.v[0].vfs_broken != cases[i].broken)
			fail_msg("case %zu: broken is %d", i, links.v[0].vfs_broken);
		for (size_t k = 1; k < links.v[0].n_vfs; k++)
			assert_true(links.v[0].vfs[k - 1].index < links.v[0].vfs[k].index);
		/* The number is in the entry, never the position. */
		if (i == 1) {
			assert_null(vw_link_vf(&links.v[0], 1));
			assert_int_equal(vw_link_vf(&links.v[0], 2)->index, 2);
		}
		vw_links_free(&links);
		nlbuf_free(&b);
	}
}

/* Lists beyond 64 KiB, whose stored length is 16 bits of the true one. */
static void test_wrap(void **state)
{
	static const struct {
		size_t n;
		bool stats;
	} cases[] = { { 221, true }, { 222, true }, { 300, true }, { 334, false }, { 335, false },
		{ 334, true }, { 442, true }, { 443, true }, { 500, false }, { 668, false },
		{ 669, false }, { 1000, false }, { 1000, true }, { 1024, false }, { 4095, true },
		{ 10031, false }, /* stored as 0, less than the header */
		{ 16384, false } /* 3211264 + 4: stored as 4, an empty list */ };

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_vf_attr *vfs = many(cases[i].n);
		struct nlbuf b = { 0 };
		struct vw_links links;

		nlbuf_link(&b, &(struct nl_link){ .ifindex = 2,
				       .name = "eth0",
				       .mac = &mac_a,
				       .perm = &mac_b,
				       .kind = "k",
				       .num_vf = (int)cases[i].n,
				       .vfs = vfs,
				       .n_vfs = cases[i].n,
				       .stats = cases[i].stats });
		nlbuf_link(&b, &(struct nl_link){ .ifindex = 3, .name = "eth1", .num_vf = -1 });
		parse_good(&b, &links);
		assert_int_equal(links.n, 2);
		if (links.v[0].n_vfs != cases[i].n || links.v[0].vfs_broken)
			fail_msg("%zu VFs: %zu read", cases[i].n, links.v[0].n_vfs);
		for (size_t k = 0; k < cases[i].n; k++) {
			const struct vw_vf_attr *vf = vw_link_vf(&links.v[0], (uint32_t)k);

			assert_non_null(vf);
			assert_true(vw_mac_equal(&vf->mac, &vfs[k].mac));
			assert_int_equal(vf->vlan, vfs[k].vlan);
		}
		/* Neither garbage from inside the list nor less than what follows it. */
		assert_true(vw_mac_equal(&links.v[0].mac, &mac_a));
		assert_true(links.v[0].has_perm && vw_mac_equal(&links.v[0].perm, &mac_b));
		assert_string_equal(links.v[0].kind, "k");
		assert_string_equal(links.v[1].name, "eth1");
		vw_links_free(&links);
		nlbuf_free(&b);
		free(vfs);
	}
}

/* Wrapped and with holes: its end is known, one VF is missing. */
static void test_wrap_with_hole(void **state)
{
	struct vw_vf_attr *vfs = many(400);
	struct nlbuf b = { 0 };
	struct vw_links links;

	(void)state;
	memmove(&vfs[7], &vfs[8], 392 * sizeof(*vfs));
	nlbuf_link(&b, &(struct nl_link){ .ifindex = 2,
			       .name = "eth0",
			       .num_vf = 400,
			       .vfs = vfs,
			       .n_vfs = 399,
			       .perm = &mac_b });
	parse_good(&b, &links);
	assert_int_equal(links.v[0].n_vfs, 399);
	assert_true(links.v[0].vfs_broken);
	assert_true(links.v[0].has_perm);
	assert_null(vw_link_vf(&links.v[0], 7));
	assert_non_null(vw_link_vf(&links.v[0], 399));
	vw_links_free(&links);
	nlbuf_free(&b);
	free(vfs);
}

/* A wrapped list that does not end where its length says, modulo 64 KiB: nothing in it is believed. */
static void test_wrap_without_end(void **state)
{
	struct vw_vf_attr *vfs = many(400);
	struct nlbuf b = { 0 };
	struct vw_links links;
	char *list = NULL;

	(void)state;
	nlbuf_link(&b, &(struct nl_link){ .ifindex = 2,
			       .name = "eth0",
			       .mac = &mac_a,
			       .num_vf = 400,
			       .vfs = vfs,
			       .n_vfs = 400,
			       .perm = &mac_b });
	for (size_t i = 0; i + 8 < b.len && !list; i += 4) {
		struct nlattr a[2];

		memcpy(a, b.data + i, sizeof(a));
		if (a[0].nla_type == IFLA_VFINFO_LIST && a[1].nla_type == IFLA_VF_INFO &&
			a[1].nla_len == 196)
			list = b.data + i;
	}
	assert_non_null(list);
	list[0] = (char)(list[0] + 4);
	parse_good(&b, &links);
	assert_true(links.v[0].vfs_broken);
	assert_int_equal(links.v[0].n_vfs, 0);
	assert_true(vw_mac_equal(&links.v[0].mac, &mac_a));
	assert_false(links.v[0].has_perm);
	vw_links_free(&links);
	nlbuf_free(&b);
	free(vfs);
}

/* Every cut of a message is refused, except on the border between two. */
static void test_truncated(void **state)
{
	struct vw_vf_attr vfs[] = { nl_new_vf(0), nl_new_vf(1) };
	struct nlbuf b = { 0 };
	size_t first;

	(void)state;
	nlbuf_link(&b, &(struct nl_link){ .ifindex = 2,
			       .name = "eth0",
			       .mac = &mac_a,
			       .num_vf = 2,
			       .vfs = vfs,
			       .n_vfs = 2,
			       .kind = "bridge" });
	first = b.len;
	nlbuf_link(&b, &(struct nl_link){ .ifindex = 3, .name = "eth1", .num_vf = -1 });
	for (size_t len = 1; len < b.len; len++) {
		struct vw_links links = { (struct vw_link *)1, 1 };
		struct vw_error err = { "" };
		char *copy = malloc(len);
		int rc;

		assert_non_null(copy);
		memcpy(copy, b.data, len);
		rc = vw_links_parse(copy, len, &links, &err);
		free(copy);
		if (len == first) {
			assert_int_equal(rc, 0);
			vw_links_free(&links);
			continue;
		}
		assert_int_equal(rc, -EBADMSG);
		assert_true(err.msg[0] && !links.v && !links.n);
	}
	/* The same within one message, whose header says less than is there. */
	for (uint32_t len = 0; len < first; len += 4) {
		struct vw_links links;
		int rc;

		memcpy(b.data, &len, sizeof(len));
		rc = vw_links_parse(b.data, first, &links, NULL);
		assert_int_equal(rc, -EBADMSG);
	}
	nlbuf_free(&b);
}

/* Each byte changed to a few values: any answer is fine, a crash or a read out of bounds is not. */
static void test_mangled(void **state)
{
	static const unsigned char bytes[] = { 0, 1, 3, 4, 0x7f, 0xff };
	struct vw_vf_attr vfs[] = { nl_new_vf(0), nl_new_vf(1) };
	struct nlbuf b = { 0 };
	size_t good = 0, bad = 0;

	(void)state;
	nlbuf_link(&b, &(struct nl_link){ .ifindex = 2,
			       .name = "eth0",
			       .mac = &mac_a,
			       .num_vf = 2,
			       .vfs = vfs,
			       .n_vfs = 2,
			       .kind = "bridge" });
	for (size_t i = 0; i < b.len; i++) {
		char *copy = malloc(b.len);

		assert_non_null(copy);
		for (size_t k = 0; k < sizeof(bytes); k++) {
			struct vw_links links;

			memcpy(copy, b.data, b.len);
			copy[i] = (char)bytes[k];
			if (vw_links_parse(copy, b.len, &links, NULL) == 0)
				good++;
			else
				bad++;
			vw_links_free(&links);
		}
		free(copy);
	}
	assert_true(good > 100 && bad > 100);
	nlbuf_free(&b);
}

static void test_bad_attributes(void **state)
{
	static const struct {
		int type;
		const char *data;
		size_t len;
		int want;
	} cases[] = {
		{ IFLA_IFNAME, "", 0, -EBADMSG },
		{ IFLA_IFNAME, "\0", 1, -EBADMSG },
		{ IFLA_IFNAME, "0123456789abcdef", 16, -EBADMSG },
		{ IFLA_IFNAME, "0123456789abcde", 16, 0 },
		{ IFLA_IFNAME, "a\0b", 3, 0 },
		{ IFLA_MASTER, "\1\0", 2, -EBADMSG },
		{ IFLA_MASTER, "\377\377\377\377", 4, -EBADMSG },
		{ IFLA_NUM_VF, "\1", 1, -EBADMSG },
		{ IFLA_NUM_VF, "\377\377\377\377", 4, -EBADMSG },
		{ IFLA_ADDRESS, "\1\2\3\4\5", 5, 0 },
		{ IFLA_ADDRESS, NULL, 20, 0 },
		{ IFLA_LINKINFO, "\3\0\1\0", 4, -EBADMSG },
		{ IFLA_LINKINFO, "\4\0\1\0", 4, -EBADMSG },
		{ IFLA_LINKINFO, "\24\0\1\0aaaaaaaaaaaaaaaa", 20, -EBADMSG },
		{ IFLA_LINKINFO, "", 0, 0 },
		{ IFLA_VFINFO_LIST, "\4\0\1\0", 4, -EBADMSG },   /* a VF without anything */
		{ IFLA_VFINFO_LIST, "\4\0\2\0", 4, -EBADMSG },   /* what is no VF */
		{ IFLA_VFINFO_LIST, "\300\0\1\0", 4, -EBADMSG }, /* longer than the list */
		{ IFLA_VFINFO_LIST, "\1", 1, -EBADMSG },
		{ IFLA_VFINFO_LIST, "", 0, 0 },
		{ 200, "\1", 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct ifinfomsg ifi = { .ifi_type = ARPHRD_ETHER, .ifi_index = 2 };
		struct nlbuf b = { 0 };
		struct vw_links links;
		size_t at = nlbuf_begin(&b, RTM_NEWLINK, &ifi, sizeof(ifi));
		int rc;

		nlbuf_string(&b, IFLA_IFNAME, "eth0");
		nlbuf_attr(&b, cases[i].type, cases[i].data, cases[i].len);
		nlbuf_end(&b, at);
		rc = vw_links_parse(b.data, b.len, &links, NULL);
		if (rc != cases[i].want)
			fail_msg("case %zu: %d", i, rc);
		if (rc == 0)
			assert_false(links.v[0].has_mac);
		vw_links_free(&links);
		nlbuf_free(&b);
	}
}

/* A number that no VLAN can be: that VF is not believed, the others are. */
static void test_vlan_out_of_range(void **state)
{
	struct vw_vf_attr vfs[] = { nl_new_vf(0), nl_new_vf(1) };
	struct nlbuf b = { 0 };
	struct vw_links links;
	bool done = false;

	(void)state;
	nlbuf_link(&b, &(struct nl_link){
			       .ifindex = 2, .name = "eth0", .num_vf = 2, .vfs = vfs, .n_vfs = 2 });
	for (size_t i = 0; i + 16 <= b.len && !done; i += 4) {
		const uint32_t want[] = { 16 | IFLA_VF_VLAN << 16, 0, 0, 0 };

		done = memcmp(b.data + i, want, sizeof(want)) == 0;
		if (done)
			b.data[i + 10] = 1; /* 65536 */
	}
	assert_true(done);
	parse_good(&b, &links);
	assert_int_equal(links.v[0].n_vfs, 1);
	assert_int_equal(links.v[0].vfs[0].index, 1);
	assert_true(links.v[0].vfs_broken);
	vw_links_free(&links);
	nlbuf_free(&b);
}

static void test_other_messages(void **state)
{
	struct ifinfomsg bridge = {
		.ifi_family = AF_BRIDGE, .ifi_type = ARPHRD_ETHER, .ifi_index = 2
	};
	struct nlbuf b = { 0 };
	struct vw_links links;
	int zero = 0;
	size_t at;

	(void)state;
	at = nlbuf_begin(&b, RTM_NEWLINK, &bridge, sizeof(bridge));
	nlbuf_string(&b, IFLA_IFNAME, "eth0");
	nlbuf_end(&b, at);
	nlbuf_end(&b, nlbuf_begin(&b, RTM_DELLINK, "", 1));
	nlbuf_end(&b, nlbuf_begin(&b, NLMSG_NOOP, NULL, 0));
	nlbuf_end(&b, nlbuf_begin(&b, NLMSG_DONE, &zero, sizeof(zero)));
	parse_good(&b, &links);
	assert_int_equal(links.n, 0);
	vw_links_free(&links);
	nlbuf_free(&b);
}

static void test_nameless(void **state)
{
	static const int indexes[] = { 0, -1, 2 };

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(indexes); i++) {
		struct ifinfomsg ifi = { .ifi_type = ARPHRD_ETHER, .ifi_index = indexes[i] };
		struct nlbuf b = { 0 };
		struct vw_links links;
		size_t at = nlbuf_begin(&b, RTM_NEWLINK, &ifi, sizeof(ifi));

		if (indexes[i] != 2)
			nlbuf_string(&b, IFLA_IFNAME, "eth0");
		nlbuf_end(&b, at);
		assert_int_equal(vw_links_parse(b.data, b.len, &links, NULL), -EBADMSG);
		nlbuf_free(&b);
	}
}

static void test_infiniband(void **state)
{
	struct vw_vf_attr vf = nl_new_vf(0);
	struct nlbuf b = { 0 };
	struct vw_links links;

	(void)state;
	vf.mac = mac_a;
	nlbuf_link(&b, &(struct nl_link){ .ifindex = 2,
			       .name = "ib0",
			       .type = ARPHRD_INFINIBAND,
			       .num_vf = 1,
			       .vfs = &vf,
			       .n_vfs = 1 });
	parse_good(&b, &links);
	assert_true(vw_mac_is_zero(&links.v[0].vfs[0].mac));
	vw_links_free(&links);
	nlbuf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_plain_links),
		cmocka_unit_test(test_vf_values),
		cmocka_unit_test(test_old_kernel),
		cmocka_unit_test(test_holes),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_wrap_with_hole),
		cmocka_unit_test(test_wrap_without_end),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_mangled),
		cmocka_unit_test(test_bad_attributes),
		cmocka_unit_test(test_vlan_out_of_range),
		cmocka_unit_test(test_other_messages),
		cmocka_unit_test(test_nameless),
		cmocka_unit_test(test_infiniband),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
