/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_view: what is gathered for a domain: its functions, groups, MACs, scopes, and other domains' claims on them. */
#include "machine.h"

static int spy_links_get(const struct vw_host *host, struct vw_links *links, struct vw_error *err);

/* Others go on while the host is being looked at. */
#define vw_links_get spy_links_get
#include "../../lib/view.c"
#undef vw_links_get

#include <stdio.h>

static void (*meanwhile)(void);

static int spy_links_get(const struct vw_host *host, struct vw_links *links, struct vw_error *err)
{
	int rc = vw_links_get(host, links, err);

	if (meanwhile)
		meanwhile();
	return rc;
}

static struct vw_view view;

static void build(struct machine *m, const struct vw_domain *domain)
{
	vw_view_free(&view);
	if (vw_view_build(
		    &m->tree.host, &m->config, m->registry, domain, VW_AT_PREPARE, &view, &m->err))
		fail_msg("%s", m->err.msg);
	assert_int_equal(view.moment, VW_AT_PREPARE);
	assert_int_equal(view.n_devices, domain->n_devices);
}

/* The view of web1 with these devices. */
static void see(struct machine *m, const char *devices)
{
	if (m->n_domains == VW_ARRAY_SIZE(m->domains))
		vw_domain_free(&m->domains[--m->n_domains]);
	build(m, machine_domain(m, "web1", WEB1, devices));
}

static int teardown(void **state)
{
	vw_view_free(&view);
	return machine_teardown(state);
}

#define V(name) cmocka_unit_test_setup_teardown(name, machine_setup, teardown)

/* of a network that is not active */
#define INACTIVE NETWORK(MAC3, "pool")

/* ---- functions ---- */

static const struct {
	const char *device;
	const char *function; /* NULL: none */
	bool is_vf, no_netdev;
} functions[] = {
	{ IF_VF(MAC1, "2"), VF1, true, false },
	{ IF_VF(MAC1, "1"), VFA, true, false },
	{ HOSTDEV("0"), VF0, true, false },
	{ HOSTDEV_AT("0", "0"), PF0, false, false },
	{ HOSTDEV_AT("0x1f", "7"), "0000:01:1f.7", false, false }, /* not there */
	{ MACVTAP(MAC1, "eth0v3"), VF3, true, false },
	{ MACVTAP(MAC1, "eth1"), PF1, false, false },
	{ MACVTAP(MAC1, "br0"), NULL, false, false }, /* there, but no PCI function */
	{ MACVTAP(MAC1, "eth9"), NULL, false, true },
	{ MACVTAP(MAC1, "../../x"), NULL, false, true },
	{ DIRECT(MAC1, "eth0v3"), NULL, false, false }, /* shared by design */
	{ DIRECT(MAC1, "eth9"), NULL, false, false },
	{ BRIDGE(MAC1, "eth0v3"), NULL, false, false },
	{ INACTIVE, NULL, false, false },
	{ "<interface type='hostdev'><mac address='" MAC1 "'/><source/></interface>", NULL, false,
		false },
	{ "<interface type='direct'><mac address='" MAC1 "'/><source mode='passthrough'/>"
	  "</interface>",
		NULL, false, false },
};

static void test_functions(void **state)
{
	struct machine *m = *state;
	char addr[VW_PCI_STR];

	machine_add_link(m, "br0", "bridge", MAC3);
	tree_dir(&m->tree, "/sys/class/net/br0");
	machine_write(m);
	for (size_t i = 0; i < VW_ARRAY_SIZE(functions); i++) {
		const struct vw_device_view *dv;

		see(m, functions[i].device);
		assert_int_equal(view.n_devices, 1);
		dv = &view.devices[0];
		if (!!dv->function != !!functions[i].function || dv->is_vf != functions[i].is_vf ||
			dv->no_netdev != functions[i].no_netdev)
			fail_msg("case %zu", i);
		if (dv->function)
			assert_string_equal(
				vw_pci_format(&dv->function->pci, addr), functions[i].function);
	}
}

static void test_many(void **state)
{
	struct machine *m = *state;
	struct vw_pci vf = machine_pci(VF0);

	see(m, "");
	assert_int_equal(view.n_devices, 0);
	assert_false(vw_view_names(&view, &vf));
	see(m, BRIDGE(MAC1, "br0") IF_VF(MAC2, "0") INACTIVE HOSTDEV("1"));
	assert_int_equal(view.n_devices, 4);
	assert_null(view.devices[0].function);
	assert_true(view.devices[1].is_vf);
	assert_null(view.devices[2].function);
	assert_true(view.devices[3].is_vf);
	assert_true(vw_view_names(&view, &vf));
	vf = machine_pci(VFA);
	assert_true(vw_view_names(&view, &vf));
	vf = machine_pci(VF1);
	assert_false(vw_view_names(&view, &vf));
	/* what a function points into is the view's own dump */
	assert_ptr_equal(view.devices[1].function->pf_link, vw_links_by_name(&view.links, "eth0"));
}

/* ---- IOMMU groups ---- */

static void test_groups(void **state)
{
	struct machine *m = *state;
	char addr[VW_PCI_STR];

	see(m, IF_VF(MAC1, "0"));
	assert_false(view.devices[0].function->has_blocker);

	/* VF0, VF1 and the PF in one group */
	tree_group(&m->tree, VF1, 10);
	see(m, IF_VF(MAC1, "0"));
	assert_true(view.devices[0].function->has_blocker);
	assert_string_equal(vw_pci_format(&view.devices[0].function->blocker, addr), VF1);
	assert_string_equal(view.devices[0].function->blocker_driver, "igbvf");

	/* What the domain takes along does not stand in its way, whatever element names it. */
	see(m, IF_VF(MAC1, "0") IF_VF(MAC2, "2"));
	assert_false(view.devices[0].function->has_blocker);
	assert_false(view.devices[1].function->has_blocker);
	see(m, HOSTDEV("2") BRIDGE(MAC3, "br0") IF_VF(MAC1, "0"));
	assert_false(view.devices[0].function->has_blocker);
	assert_false(view.devices[2].function->has_blocker);

	tree_group(&m->tree, PF1, 10);
	see(m, IF_VF(MAC1, "0") IF_VF(MAC2, "2"));
	assert_true(view.devices[0].function->has_blocker);
	assert_true(view.devices[1].function->has_blocker);
	assert_string_equal(view.devices[1].function->blocker_driver, "igb");
	/* a PF that is passed through itself is no matter of ours */
	see(m, HOSTDEV_AT("0", "1"));
	assert_false(view.devices[0].function->has_blocker);
	see(m, HOSTDEV_AT("0", "1") IF_VF(MAC1, "0") IF_VF(MAC2, "2"));
	assert_false(view.devices[1].function->has_blocker);

	tree_link(&m->tree, DEVICES PF1 "/driver", "../../../../bus/pci/drivers/vfio-pci");
	see(m, IF_VF(MAC1, "0") IF_VF(MAC2, "2"));
	assert_false(view.devices[0].function->has_blocker);
}

/* ---- others at the same time ---- */

static struct machine *machine_of_web2;

static void web2_lets_go(void)
{
	struct machine *m = machine_of_web2;
	struct vw_process me = vw_process_self();
	struct vw_pci vf = machine_pci(VF0);

	assert_int_equal(vw_registry_take(m->registry, &vf, WEB2, 15, &me, &m->err), 1);
	assert_int_equal(vw_registry_release_vf(m->registry, &vf, WEB2, &me, &m->err), 0);
}

/* Nobody has the VF any more, but what was read of it is still its last guest's. */
static void test_released_meanwhile(void **state)
{
	struct machine *m = machine_of_web2 = *state;
	struct vw_claim_owner web2 = machine_owner("web2", VW_CLAIM_STOPPING, 0);
	struct vw_vf_claim held = machine_claim_of(m, &web2, VF0, MAC2, VW_USE_INTERFACE);
	const struct vw_domain *web1 = machine_domain(m, "web1", WEB1, IF_VF(MAC1, "0"));
	struct vw_claim_owner owner = vw_claim_owner_now(web1, VW_CLAIM_PREPARED, NULL);

	machine_claim_vf(m, &held);
	meanwhile = web2_lets_go;
	build(m, web1);
	meanwhile = NULL;
	for (int again = 0; again < 2; again++) {
		struct vw_claims claims;

		assert_false(view.devices[0].function->claimed);
		assert_int_equal(vw_claims_of(web1, &view, &owner, &claims), 0);
		assert_int_equal(
			vw_registry_claim(m->registry, &claims, &m->err), again ? 0 : -EBUSY);
		vw_claims_free(&claims);
		build(m, web1);
	}
}

/* ---- MACs ---- */

static void assert_mac(size_t i, const char *want, bool from_xml)
{
	char mac[VW_MAC_STR];

	assert_int_equal(view.devices[i].has_mac, want != NULL);
	if (!want)
		return;
	assert_string_equal(vw_mac_format(&view.devices[i].mac, mac), want);
	assert_int_equal(view.devices[i].mac_from_xml, from_xml);
}

static void test_mac(void **state)
{
	struct machine *m = *state;

	m->vfs0[0].mac = machine_mac(MAC2);
	m->vfs0[1].mac = machine_mac("02:00:00:00:00:00");
	machine_write(m);
	see(m, IF_VF(MAC1, "0") BRIDGE(MAC3, "br0") HOSTDEV_AT("0", "0"));
	assert_mac(0, MAC1, true);
	assert_mac(1, MAC3, true);
	assert_mac(2, NULL, false);
	see(m, HOSTDEV("0") HOSTDEV("2") HOSTDEV("4"));
	assert_mac(0, MAC2, false);
	assert_mac(1, NULL, false); /* libvirt's stand-in */
	assert_mac(2, NULL, false); /* zero */
	/* A MAC that is none is not replaced by what the VF happens to carry. */
	see(m, IF_VF("01:00:00:00:00:00", "0") "<interface type='hostdev'><source>"
					       "<address type='pci' bus='1' slot='0x10'/></source>"
					       "</interface>");
	assert_mac(0, NULL, false);
	assert_mac(1, NULL, false);
	/* The kernel does not show the VF. */
	m->vfs0[0].index = 9;
	machine_write(m);
	see(m, HOSTDEV("0"));
	assert_mac(0, NULL, false);
}

static void test_scope(void **state)
{
	struct machine *m = *state;

	see(m, IF_VF(MAC1, "0"));
	assert_string_equal(view.devices[0].scope, "");
	machine_label(m, "eth0", "blue");
	machine_label(m, PF1, "red");
	see(m, IF_VF(MAC1, "0") IF_VF(MAC2, "1") BRIDGE(MAC3, "br0") MACVTAP(MAC3, "eth0v3")
			HOSTDEV("3"));
	assert_string_equal(view.devices[0].scope, "blue");
	assert_string_equal(view.devices[1].scope, "red");
	assert_string_equal(view.devices[2].scope, "");
	assert_string_equal(view.devices[3].scope, "blue");
	assert_string_equal(view.devices[4].scope, "red");
	/* The PF's netdev is elsewhere: its name says nothing any more, its address does. */
	machine_link(m, "eth0")->gone = machine_link(m, "eth1")->gone = true;
	machine_write(m);
	see(m, IF_VF(MAC1, "0") IF_VF(MAC2, "1"));
	assert_string_equal(view.devices[0].scope, "");
	assert_string_equal(view.devices[1].scope, "red");
}

static void test_over_pf(void **state)
{
	static const struct {
		const char *device, *pf;
	} cases[] = {
		{ IF_VF(MAC1, "0"), PF0 },
		{ IF_VF(MAC1, "3"), PF1 },
		{ MACVTAP(MAC1, "eth0v3"), PF0 },
		{ DIRECT(MAC1, "eth0"), PF0 },
		{ BRIDGE(MAC1, "br1"), PF1 },
		{ BRIDGE(MAC1, "br2"), NULL }, /* no port is a PCI function */
		{ BRIDGE(MAC1, "br9"), NULL }, /* not there */
		{ INACTIVE, NULL },
		{ "<interface type='bridge'><source bridge='br1'/></interface>", NULL },
		{ HOSTDEV_AT("0", "0"), NULL },
		{ "<interface type='user'><mac address='" MAC1 "'/></interface>", NULL },
	};
	struct machine *m = *state;
	char addr[VW_PCI_STR];

	machine_link(m, "eth1")->nl.master = machine_add_link(m, "br1", "bridge", MAC3)->nl.ifindex;
	machine_add_link(m, "br2", "bridge", MAC3);
	machine_add_link(m, "tap0", "tun", MAC3)->nl.master = machine_link(m, "br2")->nl.ifindex;
	machine_write(m);
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		const struct vw_device_view *dv;

		see(m, cases[i].device);
		dv = &view.devices[0];
		if (dv->over_pf_known != !!cases[i].pf)
			fail_msg("case %zu", i);
		if (cases[i].pf)
			assert_string_equal(vw_pci_format(&dv->over_pf, addr), cases[i].pf);
	}
}

/* ---- rivals ---- */

/* web2's claim, and whether web1's device meets it. eth0 is blue, eth1 red or unlabelled. */
static const struct {
	const char *device, *mac, *scope;
	bool on_vf, meets;
} rivals[] = {
	{ IF_VF(MAC1, "0"), MAC1, "blue", true, true },
	{ IF_VF(MAC1, "0"), MAC2, "blue", true, false },
	{ IF_VF(MAC1, "0"), MAC1, "red", true, false },
	{ IF_VF(MAC1, "0"), MAC1, "", true, false },
	{ IF_VF(MAC1, "0"), MAC1, "", false, true }, /* a NIC that is no VF may be anywhere */
	{ IF_VF(MAC1, "1"), MAC1, "", true, true },
	{ IF_VF(MAC1, "1"), MAC1, "blue", true, false },
	{ IF_VF(MAC1, "1"), MAC1, "", false, true },
	{ BRIDGE(MAC1, "br0"), MAC1, "blue", true, true },
	{ BRIDGE(MAC1, "br0"), MAC1, "", true, true },
	{ BRIDGE(MAC1, "br0"), MAC1, "", false, true },
	{ HOSTDEV("6"), MAC2, "blue", true, true }, /* carries MAC2 */
	{ HOSTDEV("6"), MAC1, "blue", true, false },
};

static void test_rivals(void **state)
{
	struct machine *m = *state;
	struct vw_claim_owner owner = machine_owner("web2", VW_CLAIM_RUNNING, 5);

	machine_label(m, "eth0", "blue");
	m->vfs0[3].mac = machine_mac(MAC2);
	machine_write(m);
	for (size_t i = 0; i < VW_ARRAY_SIZE(rivals); i++) {
		machine_claim_mac(m, &owner, rivals[i].mac, rivals[i].scope, rivals[i].on_vf);
		see(m, rivals[i].device);
		if (view.devices[0].n_rivals != rivals[i].meets)
			fail_msg("case %zu: %zu rivals", i, view.devices[0].n_rivals);
		if (!rivals[i].meets)
			continue;
		assert_string_equal(view.devices[0].rivals[0].claim.owner.uuid, WEB2);
		assert_int_equal(view.devices[0].rivals[0].claim.on_vf, rivals[i].on_vf);
		assert_int_equal(view.devices[0].rivals[0].life, VW_LIFE_GONE);
	}
}

static void test_rivals_life(void **state)
{
	struct machine *m = *state;
	struct vw_claim_owner own = machine_owner("web1", VW_CLAIM_PREPARED, 5);
	struct vw_claim_owner two = machine_owner("web2", VW_CLAIM_RUNNING, 5);
	struct vw_claim_owner three = machine_owner("web3", VW_CLAIM_STOPPING, 5);
	struct vw_registry *registry = m->registry;

	machine_claim_mac(m, &own, MAC1, "", false);
	machine_claim_mac(m, &two, MAC1, "", false);
	machine_claim_mac(m, &three, MAC1, "", false);
	machine_status(m, "web2", WEB2, BRIDGE(MAC1, "br0"));
	see(m, IF_VF(MAC1, "0") BRIDGE(MAC1, "br0") BRIDGE(MAC2, "br0"));
	for (size_t i = 0; i < 2; i++) {
		const struct vw_device_view *dv = &view.devices[i];

		assert_int_equal(dv->n_rivals, 2); /* its own claim is none */
		for (size_t k = 0; k < 2; k++) {
			bool is_two = !strcmp(dv->rivals[k].claim.owner.uuid, WEB2);

			assert_int_equal(
				dv->rivals[k].life, is_two ? VW_LIFE_ALIVE : VW_LIFE_STOPPING);
		}
	}
	assert_int_equal(view.devices[2].n_rivals, 0);

	m->registry = NULL;
	see(m, IF_VF(MAC1, "0"));
	assert_int_equal(view.devices[0].n_rivals, 0);
	m->registry = registry;
}

/* ---- own claims, failures ---- */

static void test_own(void **state)
{
	struct machine *m = *state;
	struct vw_claim_owner one = machine_owner("web1", VW_CLAIM_STOPPING, 5);
	struct vw_claim_owner two = machine_owner("web2", VW_CLAIM_RUNNING, 5);
	struct vw_vf_claim own = machine_claim_of(m, &one, VF1, MAC1, VW_USE_INTERFACE);
	struct vw_vf_claim other = machine_claim_of(m, &two, VF2, MAC2, VW_USE_INTERFACE);

	machine_claim_vf(m, &own);
	machine_claim_vf(m, &other);
	see(m, BRIDGE(MAC3, "br0"));
	assert_int_equal(view.n_own, 1);
	assert_true(vw_pci_equal(&view.own[0].vf, &own.vf));
	see(m, IF_VF(MAC3, "4"));
	assert_int_equal(view.n_own, 1);
	assert_true(view.devices[0].function->claimed);
	assert_string_equal(view.devices[0].function->claim.owner.uuid, WEB2);
}

/* Without the links nothing can be said; the view is there to be freed all the same. */
static void test_failures(void **state)
{
	static const char cut[] = "\x50\0\0\0\x10\0\0\0half a message";
	struct machine *m = *state;
	const struct vw_domain *domain = machine_domain(m, "web1", WEB1, IF_VF(MAC1, "0"));

	tree_bytes(&m->tree, "/vfward-record/links.nl", cut, sizeof(cut));
	m->err.msg[0] = '\0';
	assert_int_equal(vw_view_build(&m->tree.host, &m->config, m->registry, domain,
				 VW_AT_PREPARE, &view, &m->err),
		-EBADMSG);
	assert_true(m->err.msg[0]);
	vw_view_free(&view);
	machine_remove(m, "/vfward-record/links.nl");
	m->err.msg[0] = '\0';
	assert_true(vw_view_build(&m->tree.host, &m->config, m->registry, domain, VW_AT_PREPARE,
			    &view, &m->err) < 0);
	assert_true(m->err.msg[0]);
	assert_int_equal(view.n_devices, 0);
	vw_view_free(&view);
	vw_view_free(&view);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		V(test_functions),
		V(test_many),
		V(test_groups),
		V(test_released_meanwhile),
		V(test_mac),
		V(test_scope),
		V(test_over_pf),
		V(test_rivals),
		V(test_rivals_life),
		V(test_own),
		V(test_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
