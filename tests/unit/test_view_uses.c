/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_view_uses: does a domain use a VF, when all else is broken? */
#include "machine.h"

#define INACTIVE NETWORK(MAC3, "pool")

static void test_uses_vf(void **state)
{
	static const struct {
		const char *devices;
		bool uses;
	} cases[] = {
		{ "", false },
		{ BRIDGE(MAC1, "br0"), false },
		{ INACTIVE, false },
		{ IF_VF(MAC1, "0"), true },
		{ IF_VF(MAC1, "7"), true }, /* there or not */
		{ "<interface type='hostdev'><source/></interface>", true },
		{ HOSTDEV("0"), true },
		{ HOSTDEV("7"), false },
		{ HOSTDEV_AT("0", "0"), true },     /* a PF, and its VFs with it */
		{ HOSTDEV_AT("0x18", "0"), false }, /* an NVMe VF */
		{ HOSTDEV_AT("0x99", "0"), false },
		{ MACVTAP(MAC1, "eth1v1"), true },
		{ MACVTAP(MAC1, "eth1"), false },
		{ MACVTAP(MAC1, "eth9"), false },
		{ DIRECT(MAC1, "eth1v1"), false },
		{ BRIDGE(MAC1, "br0") HOSTDEV_AT("0", "0") HOSTDEV("1"), true },
	};
	struct machine *m = *state;

	tree_pci(&m->tree, "0000:01:18.0", "0x010802", "nvme");
	tree_link(&m->tree, DEVICES "0000:01:18.0/physfn", "../" PF0);
	/* Neither netlink nor registry has a say. */
	machine_remove(m, "/vfward-record");
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_domain *domain;

		machine_domain(m, "web1", WEB1, cases[i].devices);
		domain = &m->domains[--m->n_domains];
		if (vw_view_uses_vf(&m->tree.host, domain) != cases[i].uses)
			fail_msg("case %zu", i);
		vw_domain_free(domain);
	}
	machine_remove(m, DEVICES PF0 "/virtfn0");
	assert_false(vw_view_uses_vf(
		&m->tree.host, machine_domain(m, "web2", WEB2, HOSTDEV_AT("0", "0"))));
}

/* Where nobody could look there may be a VF. */
static void test_blind(void **state)
{
	static const struct {
		const char *devices;
		bool may;
	} cases[] = {
		{ HOSTDEV("0"), true },
		{ HOSTDEV("7"), true },
		{ MACVTAP(MAC1, "eth1"), true },
		{ INACTIVE, true },
		{ BRIDGE(MAC1, "br0"), false },
	};
	struct machine *m = *state;

	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		const struct vw_domain *domain = machine_domain(m, "web1", WEB1, cases[i].devices);
		unsigned long limit = tree_descriptors(0);
		bool may = vw_view_uses_vf(&m->tree.host, domain);

		tree_descriptors(limit);
		if (may != cases[i].may)
			fail_msg("case %zu", i);
	}
}

#define POOL(inside) "<forward mode='hostdev' managed='yes'>" inside "</forward>"
#define TAPS(inside) "<forward mode='passthrough'>" inside "</forward>"

static void test_pools(void **state)
{
	static const struct {
		const char *devices;
		bool uses;
	} cases[] = {
		{ NETWORK(MAC1, "pool"), true },
		{ NETWORK(MAC1, "taps"), true },
		{ NETWORK(MAC1, "odd"), true }, /* a pool whose PF nobody knows */
		{ NETWORK(MAC1, "nat"), false },
		{ NETWORK(MAC1, "bridge"), false },
		{ NETWORK(MAC1, "plain"), false },
		{ NETWORK(MAC1, "none"), false },
		{ BRIDGE(MAC1, "br0") NETWORK(MAC1, "nat") NETWORK(MAC1, "pool"), true },
	};
	struct machine *m = *state;

	machine_network(m, "pool", POOL("<pf dev='eth0'/>"));
	machine_network(m, "odd", POOL("<pf dev='eth9'/>"));
	machine_network(m, "taps", TAPS("<interface dev='eth0v1'/>"));
	machine_network(m, "plain", TAPS("<interface dev='eth0'/>"));
	machine_network(m, "nat", "<forward mode='nat'/>");
	machine_network(m, "bridge", "<forward mode='bridge'><interface dev='eth0v1'/></forward>");
	/* Neither netlink nor registry has a say. */
	machine_remove(m, "/vfward-record");
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_domain *domain;

		machine_domain(m, "web1", WEB1, cases[i].devices);
		domain = &m->domains[--m->n_domains];
		if (vw_view_uses_vf(&m->tree.host, domain) != cases[i].uses)
			fail_msg("case %zu", i);
		vw_domain_free(domain);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_uses_vf),
		T(test_blind),
		T(test_pools),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
