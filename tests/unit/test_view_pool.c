/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_view_pool: what is known of a NIC whose VF its network has not chosen yet. */
#include "machine.h"

#include <stdio.h>

static struct vw_view view;

static void see(struct machine *m, const char *devices)
{
	if (m->n_domains == VW_ARRAY_SIZE(m->domains))
		vw_domain_free(&m->domains[--m->n_domains]);
	vw_view_free(&view);
	machine_write(m);
	if (vw_view_build(&m->tree.host, &m->config, m->registry,
		    machine_domain(m, "web1", WEB1, devices), VW_AT_PREPARE, &view, &m->err))
		fail_msg("%s", m->err.msg);
}

static int teardown(void **state)
{
	vw_view_free(&view);
	return machine_teardown(state);
}

#define V(name) cmocka_unit_test_setup_teardown(name, machine_setup, teardown)

#define ADDRESS(slot, function)                                                                    \
	"<address type='pci' domain='0x0000' bus='0x01' slot='" slot "' function='" function "'/>"
#define POOL(inside) "<forward mode='hostdev' managed='yes'>" inside "</forward>"
#define TAPS(inside) "<forward mode='passthrough'>" inside "</forward>"

static const struct {
	const char *forward;
	bool pool;
	const char *pf; /* NULL: not known */
} networks[] = {
	{ POOL("<pf dev='eth0'/>"), true, PF0 },
	{ POOL("<pf dev='eth1'/>" ADDRESS("0x10", "0")), true, PF1 },
	{ POOL(ADDRESS("0x10", "1") ADDRESS("0x10", "3")), true, PF1 },
	{ POOL("<pf dev='eth9'/>" ADDRESS("0x10", "1")), true, PF1 },
	{ POOL("<pf dev='eth9'/>"), true, NULL }, /* the PF's netdev is elsewhere */
	{ POOL(ADDRESS("0x1f", "7")), true, NULL }, { POOL("<pf dev='../../x'/>"), true, NULL },
	{ POOL(""), true, NULL }, { "<forward mode='hostdev'/>", true, NULL },
	{ TAPS("<interface dev='eth0v1'/><interface dev='eth0v2'/>"), true, PF0 },
	{ TAPS("<interface dev='eth1v0'/>"), true, PF1 }, { TAPS("<pf dev='eth0'/>"), true, PF0 },
	{ "<forward dev='eth0v1' mode='passthrough'><interface dev='eth0v1' connections='1'/>"
	  "</forward>",
		true, PF0 },
	{ TAPS("<interface dev='eth0'/>"), false, NULL }, /* a PF is no VF */
	{ TAPS("<interface dev='br0'/>"), false, NULL },
	{ TAPS("<interface dev='eth9'/>"), false, NULL },
	{ TAPS("<interface dev='../../x'/>"), false, NULL }, { TAPS(""), false, NULL },
	{ "<forward mode='bridge'><interface dev='eth0v1'/></forward>", false, NULL },
	{ "<forward mode='nat'><interface dev='eth0v1'/></forward>", false, NULL },
	{ "<forward mode='bridge'/><bridge name='br0'/>", false, NULL },
	{ "<bridge name='virbr7'/>", false, NULL }, { "", false, NULL },
	{ "<forward mode='hostdev'>", false, NULL }, /* a file that cannot be read */
};

static void test_networks(void **state)
{
	struct machine *m = *state;
	char addr[VW_PCI_STR];

	machine_add_link(m, "br0", "bridge", MAC3);
	tree_dir(&m->tree, "/sys/class/net/br0");
	for (size_t i = 0; i < VW_ARRAY_SIZE(networks); i++) {
		const struct vw_device_view *dv;

		machine_network(m, "pool", networks[i].forward);
		see(m, NETWORK(MAC1, "pool"));
		dv = &view.devices[0];
		if (dv->from_pool != networks[i].pool || dv->mac_on_vf != networks[i].pool)
			fail_msg("case %zu", i);
		assert_null(dv->function);
		assert_false(dv->is_vf);
		assert_true(dv->has_mac);
		if (!networks[i].pool)
			continue;
		if (dv->over_pf_known != !!networks[i].pf)
			fail_msg("case %zu: PF known", i);
		if (networks[i].pf)
			assert_string_equal(vw_pci_format(&dv->over_pf, addr), networks[i].pf);
	}
}

/* Only a NIC of an active network by that name. */
static void test_names(void **state)
{
	static const struct {
		const char *device;
		bool pool;
	} cases[] = {
		{ NETWORK(MAC1, "pool"), true },
		{ NETWORK(MAC1, "pool2"), false },
		{ NETWORK(MAC1, "../network/pool"), false },
		{ NETWORK(MAC1, "x/../pool"), false },
		{ NETWORK(MAC1, ""), false },
		{ "<interface type='network'><mac address='" MAC1 "'/></interface>", false },
		{ BRIDGE(MAC1, "pool"), false },
		{ DIRECT(MAC1, "pool"), false },
		{ IF_VF(MAC1, "2"), false },
	};
	struct machine *m = *state;

	machine_network(m, "pool", POOL("<pf dev='eth0'/>"));
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		see(m, cases[i].device);
		if (view.devices[0].from_pool != cases[i].pool)
			fail_msg("case %zu", i);
	}
}

/* The MAC is judged on the network of the VFs. */
static void test_scope(void **state)
{
	struct machine *m = *state;
	struct vw_claim_owner owner = machine_owner("web2", VW_CLAIM_RUNNING, 5);

	machine_network(m, "pool", POOL("<pf dev='eth0'/>"));
	machine_network(m, "red", TAPS("<interface dev='eth1v0'/>"));
	machine_network(m, "odd", POOL("<pf dev='eth9'/>"));
	see(m, NETWORK(MAC1, "pool"));
	assert_string_equal(view.devices[0].scope, "");
	machine_label(m, "eth0", "blue");
	machine_label(m, PF1, "red");
	machine_claim_mac(m, &owner, MAC1, "blue", true);
	see(m, NETWORK(MAC1, "pool") NETWORK(MAC1, "red") NETWORK(MAC1, "odd"));
	assert_string_equal(view.devices[0].scope, "blue");
	assert_string_equal(view.devices[1].scope, "red");
	assert_string_equal(view.devices[2].scope, "");
	assert_int_equal(view.devices[0].n_rivals, 1);
	assert_int_equal(view.devices[1].n_rivals, 0);
	machine_claim_mac(m, &owner, MAC1, "", false); /* a NIC that is no VF may be anywhere */
	see(m, NETWORK(MAC1, "pool") NETWORK(MAC1, "red"));
	assert_int_equal(view.devices[0].n_rivals, 1);
	assert_int_equal(view.devices[1].n_rivals, 1);
}

/* What the host says of the MAC concerns a VF-to-be as it does a VF. */
static void test_seen(void **state)
{
	struct machine *m = *state;

	machine_network(m, "pool", POOL("<pf dev='eth0'/>"));
	machine_network(m, "nat", "<forward mode='nat'/><bridge name='virbr0'/>");
	machine_set_mac(machine_add_link(m, "dummy0", "dummy", MAC1), MAC1);
	see(m, NETWORK(MAC1, "pool") NETWORK(MAC1, "nat"));
	assert_int_equal(view.devices[0].n_seen, 1);
	assert_int_equal(view.devices[0].seen[0].where, VW_SEEN_ON_NETDEV);
	assert_int_equal(view.devices[1].n_seen, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		V(test_networks),
		V(test_names),
		V(test_scope),
		V(test_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
