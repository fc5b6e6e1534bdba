/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_view_sightings: where else on the host a domain's MACs are seen, and what explains them. */
#include "machine.h"

#include "cleanup.h"

#include <stdio.h>

static struct vw_view view;

static void see_at(struct machine *m, const char *devices, enum vw_moment moment)
{
	if (m->n_domains == VW_ARRAY_SIZE(m->domains))
		vw_domain_free(&m->domains[--m->n_domains]);
	vw_view_free(&view);
	machine_write(m);
	if (vw_view_build(&m->tree.host, &m->config, m->registry,
		    machine_domain(m, "web1", WEB1, devices), moment, &view, &m->err))
		fail_msg("%s", m->err.msg);
}

static void see(struct machine *m, const char *devices)
{
	see_at(m, devices, VW_AT_PREPARE);
}

static int teardown(void **state)
{
	vw_view_free(&view);
	return machine_teardown(state);
}

#define V(name) cmocka_unit_test_setup_teardown(name, machine_setup, teardown)

/* What device i sees, as "vf 0000:01:10.4", "vf 2 of eth0", "pf eth0", "netdev br0", in order. */
static void assert_seen(size_t i, const char *want)
{
	char text[512] = "", addr[VW_PCI_STR];

	for (size_t k = 0; k < view.devices[i].n_seen; k++) {
		const struct vw_mac_seen *seen = &view.devices[i].seen[k];
		size_t n = strlen(text);

		if (seen->where != VW_SEEN_ON_VF)
			snprintf(text + n, sizeof(text) - n, "%s%s %s", n ? ", " : "",
				seen->where == VW_SEEN_ON_PF ? "pf" : "netdev", seen->netdev);
		else if (seen->vf_known)
			snprintf(text + n, sizeof(text) - n, "%svf %s", n ? ", " : "",
				vw_pci_format(&seen->vf, addr));
		else
			snprintf(text + n, sizeof(text) - n, "%svf %u of %s", n ? ", " : "",
				seen->index, seen->netdev);
	}
	assert_string_equal(text, want);
}

static void set_vf_mac(struct machine *m, const char *vf, const char *mac)
{
	machine_vf(m, vf)->mac = machine_mac(mac);
}

/* ---- on VFs ---- */

static void test_idle_vf(void **state)
{
	struct machine *m = *state;
	const struct vw_mac_seen *seen;

	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "");
	set_vf_mac(m, VF2, MAC1);
	set_vf_mac(m, VFA, MAC1);
	set_vf_mac(m, VF3, MAC2);
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "vf " VF2 ", vf " VFA);
	seen = &view.devices[0].seen[0];
	assert_string_equal(seen->netdev, "eth0");
	assert_int_equal(seen->index, 2);
	assert_false(seen->claimed || seen->past || seen->in_use);

	/* A NIC that is no VF meets a VF just the same. */
	see(m, BRIDGE(MAC1, "br0") BRIDGE(MAC2, "br0") BRIDGE(MAC3, "br0") IF_VF(MAC2, "0"));
	assert_seen(0, "vf " VF2 ", vf " VFA);
	assert_seen(1, "vf " VF3);
	assert_seen(2, "");
	assert_seen(3, "vf " VF3);
}

/* What the domain names itself is not somebody else. */
static void test_own_vf(void **state)
{
	struct machine *m = *state;

	set_vf_mac(m, VF0, MAC1);
	machine_set_mac(machine_link(m, "eth0v0"), MAC1);
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "");
	see(m, HOSTDEV("0"));
	assert_true(view.devices[0].has_mac);
	assert_seen(0, "");
	see(m, IF_VF(MAC1, "2"));
	assert_seen(0, "vf " VF0);
	/* … and neither when another device of it names that VF. */
	see(m, IF_VF(MAC1, "2") HOSTDEV("0"));
	assert_seen(0, "");
	see(m, BRIDGE(MAC1, "br0") IF_VF(MAC2, "0"));
	assert_seen(0, "");
}

static void test_nobody(void **state)
{
	struct machine *m = *state;

	set_vf_mac(m, VF2, "02:00:00:00:00:00");
	machine_set_mac(machine_link(m, "eth0v3"), "02:00:00:00:00:00");
	see(m, IF_VF("02:00:00:00:00:00", "0"));
	assert_seen(0, "");
	see(m, IF_VF("00:00:00:00:00:00", "0"));
	assert_seen(0, "");
}

/* The PF has no sysfs here, or no link to its VF: only the number is known. */
static void test_unknown_vf(void **state)
{
	struct machine *m = *state;

	set_vf_mac(m, VF2, MAC1);
	machine_remove(m, DEVICES PF0 "/virtfn2");
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "vf 2 of eth0");
	machine_remove(m, "/sys/class/net/eth0");
	see(m, IF_VF(MAC1, "1"));
	assert_seen(0, "vf 2 of eth0");
	assert_false(view.devices[0].seen[0].claimed || view.devices[0].seen[0].in_use);
}

static void test_claimed_vf(void **state)
{
	struct machine *m = *state;
	struct vw_claim_owner two = machine_owner("web2", VW_CLAIM_RUNNING, 5);
	struct vw_vf_claim claim = machine_claim_of(m, &two, VF2, MAC1, VW_USE_INTERFACE);
	struct vw_registry *registry = m->registry;
	const struct vw_mac_seen *seen;

	set_vf_mac(m, VF2, MAC1);
	machine_claim_vf(m, &claim);
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "vf " VF2);
	seen = &view.devices[0].seen[0];
	assert_true(seen->claimed);
	assert_false(seen->past);
	assert_int_equal(seen->life, VW_LIFE_GONE);
	assert_string_equal(seen->owner.uuid, WEB2);
	assert_true(vw_pci_equal(&seen->claim.vf, &claim.vf));
	machine_status(m, "web2", WEB2, IF_VF(MAC1, "4"));
	see(m, IF_VF(MAC1, "0"));
	assert_int_equal(view.devices[0].seen[0].life, VW_LIFE_ALIVE);

	m->registry = NULL;
	see(m, IF_VF(MAC1, "0"));
	assert_false(view.devices[0].seen[0].claimed);
	m->registry = registry;
}

static void test_past(void **state)
{
	struct machine *m = *state;
	struct vw_claim_owner two = machine_owner("web2", VW_CLAIM_STOPPING, 5);
	struct vw_vf_claim claim = machine_claim_of(m, &two, VF2, MAC1, VW_USE_INTERFACE);
	struct vw_process me = vw_process_self();

	machine_claim_vf(m, &claim);
	assert_int_equal(vw_registry_take(m->registry, &claim.vf, WEB2, 1U << VW_CLAIM_STOPPING,
				 &me, &m->err),
		1);
	assert_int_equal(vw_registry_release_vf(m->registry, &claim.vf, WEB2, &me, &m->err), 0);
	set_vf_mac(m, VF2, MAC1);
	set_vf_mac(m, VF3, MAC1);
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "vf " VF2 ", vf " VF3);
	assert_true(view.devices[0].seen[0].past);
	assert_string_equal(view.devices[0].seen[0].owner.name, "web2");
	assert_false(view.devices[0].seen[1].past); /* another VF */
	/* Another MAC on that VF is not explained. */
	set_vf_mac(m, VF2, MAC2);
	see(m, IF_VF(MAC2, "0"));
	assert_seen(0, "vf " VF2);
	assert_false(view.devices[0].seen[0].past);
	assert_string_equal(view.devices[0].seen[0].owner.name, "");
}

static void test_in_use(void **state)
{
	struct machine *m = *state;

	set_vf_mac(m, VF2, MAC1);
	set_vf_mac(m, VF3, MAC1);
	machine_vfio(m, VF2, 2);
	machine_vfio(m, VF3, 3);
	machine_open(m, 99, "dpdk", "/dev/vfio/devices/vfio2");
	see(m, IF_VF(MAC1, "0"));
	assert_true(view.devices[0].seen[0].in_use);
	assert_false(view.devices[0].seen[1].in_use);
	/* in another network namespace */
	tree_link(&m->tree, DEVICES VF3 "/driver", "../../../../bus/pci/drivers/igbvf");
	machine_remove(m, DEVICES VF3 "/vfio-dev");
	tree_dir(&m->tree, DEVICES VF3 "/net");
	m->tree.host.deadline = vw_deadline_in(100);
	see(m, IF_VF(MAC1, "0"));
	assert_true(view.devices[0].seen[1].in_use);
}

/* ---- scopes ---- */

static void test_scopes(void **state)
{
	struct machine *m = *state;

	set_vf_mac(m, VF2, MAC1);
	set_vf_mac(m, VFB, MAC1);
	machine_label(m, "eth0", "blue");
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "vf " VF2);
	see(m, IF_VF(MAC1, "1"));
	assert_seen(0, "vf " VFB);
	see(m, BRIDGE(MAC1, "br0"));
	assert_seen(0, "vf " VF2 ", vf " VFB);
	machine_label(m, PF1, "blue");
	see(m, IF_VF(MAC1, "1"));
	assert_seen(0, "vf " VF2 ", vf " VFB);
	machine_label(m, PF1, "red");
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "vf " VF2);
}

/* The netdev of a VF belongs to the network that the VF is on. */
static void test_scope_of_vf_netdev(void **state)
{
	struct machine *m = *state;

	machine_label(m, "eth0", "blue");
	machine_label(m, "eth1", "red");
	set_vf_mac(m, VFB, MAC1);
	machine_set_mac(machine_link(m, "eth1v1"), MAC1);
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "");
	see(m, IF_VF(MAC1, "1"));
	assert_seen(0, "vf " VFB);
	/* The PF's list does not say so, but the netdev does. */
	set_vf_mac(m, VFB, "00:00:00:00:00:00");
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "");
	see(m, IF_VF(MAC1, "1"));
	assert_seen(0, "netdev eth1v1");
	/* Its PF has no netdev here: the address tells. */
	machine_link(m, "eth1")->gone = true;
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "");
	machine_label(m, PF1, "blue");
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "netdev eth1v1");
}

/* ---- on netdevs ---- */

static void test_netdevs(void **state)
{
	struct machine *m = *state;

	machine_add_link(m, "br0", "bridge", MAC1);
	machine_add_link(m, "tap0", "tun", "fe:54:00:00:00:02");
	machine_add_link(m, "tap1", "tun", "fe:54:00:00:00:03");
	machine_add_link(m, "dummy0", "dummy", "fe:54:00:00:00:03");
	machine_add_link(m, "tun0", "tun", NULL);
	see(m, IF_VF(MAC1, "0") IF_VF("fe:54:00:00:00:02", "2") IF_VF("fe:54:00:00:00:03", "4")
			BRIDGE(MAC1, "br0"));
	assert_seen(0, "netdev br0");
	assert_seen(1, ""); /* libvirt's copy of a guest's address on its tap */
	assert_seen(2, "netdev dummy0");
	assert_seen(3, ""); /* a NIC that is no VF does not mind */
	machine_set_mac(machine_link(m, "tap0"), MAC2);
	see(m, IF_VF(MAC2, "0"));
	assert_seen(0, "netdev tap0");
}

/* One netdev is enough, and the PF's name says most. */
static void test_pf(void **state)
{
	struct machine *m = *state;

	machine_set_mac(machine_link(m, "eth1"), MAC1);
	machine_add_link(m, "br1", "bridge", MAC1);
	machine_add_link(m, "vlan1", "vlan", MAC1);
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "pf eth1");
	machine_set_mac(machine_link(m, "eth0"), MAC1);
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "pf eth0"); /* the first of two */
	machine_set_mac(machine_link(m, "eth0"), MAC2);
	/* after the others in the dump */
	machine_link(m, "eth1")->gone = true;
	machine_add_link(m, "eth1x", NULL, MAC1)->nl.num_vf = 0;
	tree_pf(&m->tree, "0000:05:00.0", "igb", NULL, 0, "");
	tree_netdev(&m->tree, "0000:05:00.0", "eth1x");
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "pf eth1x");
	set_vf_mac(m, VF3, MAC1);
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "vf " VF3 ", pf eth1x");
	/* A function without SR-IOV is none, though the kernel gives a number of VFs for it, too. */
	machine_remove(m, DEVICES "0000:05:00.0/sriov_totalvfs");
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "vf " VF3 ", netdev br1");
	machine_link(m, "br1")->gone = machine_link(m, "vlan1")->gone = true;
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "vf " VF3 ", netdev eth1x");
}

/* The VF behind a netdev explains the netdev. */
static void test_vf_netdev(void **state)
{
	struct machine *m = *state;

	machine_set_mac(machine_link(m, "eth0v3"), MAC1);
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "netdev eth0v3");
	set_vf_mac(m, VF2, MAC1);
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "vf " VF2 ", netdev eth0v3"); /* another VF does not */
	set_vf_mac(m, VF3, MAC1);
	set_vf_mac(m, VF2, MAC2);
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "vf " VF3);
}

static void test_permanent(void **state)
{
	struct machine *m = *state;

	/* A bond gives its ports one address; theirs is still theirs. */
	machine_set_mac(machine_add_link(m, "eth5", NULL, MAC2), MAC2);
	machine_set_perm(machine_link(m, "eth5"), MAC1);
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "netdev eth5");
	machine_set_mac(machine_link(m, "eth5"), NULL);
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "netdev eth5");
	machine_set_mac(machine_link(m, "eth5"), MAC1);
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "netdev eth5");
	machine_set_mac(machine_link(m, "eth5"), MAC3);
	machine_set_perm(machine_link(m, "eth5"), MAC3);
	machine_set_perm(machine_link(m, "eth1"), MAC1);
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "pf eth1");
	/* That of a VF is what its PF once said, so perhaps a former guest's. */
	machine_set_perm(machine_link(m, "eth1"), MAC3);
	machine_set_perm(machine_link(m, "eth1v0"), MAC1);
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "");
}

/* ---- what libvirt has made itself by the time of `start` ---- */

static void test_macvtap(void **state)
{
	struct machine *m = *state;

	machine_set_mac(machine_link(m, "eth0v0"), MAC1);
	machine_add_link(m, "macvtap0", "macvtap", MAC1);
	tree_link(&m->tree, DEVICES VF0 "/net/eth0v0/upper_macvtap0", "../macvtap0");
	see_at(m, MACVTAP(MAC1, "eth0v0"), VW_AT_START);
	assert_seen(0, "");
	/* At prepare it is not ours, and another one never is. */
	see(m, MACVTAP(MAC1, "eth0v0"));
	assert_seen(0, "netdev macvtap0");
	machine_add_link(m, "macvtap1", "macvtap", MAC1);
	see_at(m, MACVTAP(MAC1, "eth0v0"), VW_AT_START);
	assert_seen(0, "netdev macvtap1");
}

/* A VF and the macvtap of its teaming partner share their MAC by design. */
static void test_team(void **state)
{
	struct machine *m = *state;

	machine_add_link(m, "macvtap0", "macvtap", MAC1);
	see_at(m, IF_VF(MAC1, "0") DIRECT(MAC1, "eth0"), VW_AT_START);
	assert_seen(0, "");
	see(m, IF_VF(MAC1, "0") DIRECT(MAC1, "eth0"));
	assert_seen(0, "netdev macvtap0");
	see_at(m, IF_VF(MAC1, "0") BRIDGE(MAC1, "br0"), VW_AT_START);
	assert_seen(0, "netdev macvtap0");
	see_at(m, IF_VF(MAC1, "0") DIRECT(MAC2, "eth0"), VW_AT_START);
	assert_seen(0, "netdev macvtap0");
	/* One macvtap for each such NIC, and no other kind of netdev. */
	machine_add_link(m, "macvtap1", "macvtap", MAC1);
	see_at(m, IF_VF(MAC1, "0") DIRECT(MAC1, "eth0") DIRECT(MAC1, "eth1"), VW_AT_START);
	assert_seen(0, "");
	machine_link(m, "macvtap0")->nl.kind = "macvlan";
	see_at(m, IF_VF(MAC1, "0") DIRECT(MAC1, "eth0"), VW_AT_START);
	assert_seen(0, "netdev macvtap0");
}

/* A port does not tell of the pair, but the domain has claimed the MAC for its other half. */
static void test_team_at_port(void **state)
{
	struct machine *m = *state;
	struct vw_claim_owner owner = machine_owner("web1", VW_CLAIM_RUNNING, 5);
	struct vw_claim_owner other = machine_owner("web2", VW_CLAIM_RUNNING, 5);

	machine_add_link(m, "macvtap0", "macvtap", MAC1);
	machine_claim_mac(m, &other, MAC1, "", false); /* another domain's is no excuse */
	see_at(m, IF_VF(MAC1, "0"), VW_AT_PORT);
	assert_false(view.devices[0].own_nic);
	assert_seen(0, "netdev macvtap0");
	machine_claim_mac(m, &owner, MAC1, "", false);
	see_at(m, IF_VF(MAC1, "0"), VW_AT_PORT);
	assert_true(view.devices[0].own_nic);
	assert_int_equal(view.devices[0].n_rivals, 1); /* web2 is still there */
	assert_seen(0, "");
	/* A whole domain names the other half itself. */
	see(m, IF_VF(MAC1, "0"));
	assert_seen(0, "netdev macvtap0");
	/* no other kind of netdev */
	machine_link(m, "macvtap0")->nl.kind = "macvlan";
	see_at(m, IF_VF(MAC1, "0"), VW_AT_PORT);
	assert_seen(0, "netdev macvtap0");
	machine_link(m, "macvtap0")->nl.kind = "macvtap";
	/* The VF itself is no other half. */
	machine_claim_mac(m, &other, MAC3, "", false);
	machine_claim_mac(m, &owner, MAC1, "", true);
	see_at(m, IF_VF(MAC1, "0"), VW_AT_PORT);
	assert_false(view.devices[0].own_nic);
	assert_seen(0, "netdev macvtap0");
}

/* Many NICs and many addresses: each NIC finds its own. */
static void test_index(void **state)
{
	static const char *const functions[] = { "0", "2", "4", "6", "1", "3" };
	struct machine *m = *state;
	char devices[4096] = "";

	for (size_t i = 0; i < 12; i++) {
		char name[IFNAMSIZ], mac[VW_MAC_STR];
		size_t n = strlen(devices);

		/* in no order of their addresses */
		snprintf(mac, sizeof(mac), "52:54:00:00:01:%02zx", i * 7 % 12);
		if (i < VW_ARRAY_SIZE(functions))
			snprintf(devices + n, sizeof(devices) - n,
				"<interface type='hostdev'><mac address='%s'/><source><address "
				"type='pci' bus='1' slot='0x10' function='%s'/></source>"
				"</interface>",
				mac, functions[i]);
		snprintf(name, sizeof(name), "d%s", mac + 15);
		machine_add_link(m, name, "dummy", mac);
	}
	see(m, devices);
	assert_int_equal(view.n_devices, VW_ARRAY_SIZE(functions));
	for (size_t i = 0; i < view.n_devices; i++) {
		char want[32];

		snprintf(want, sizeof(want), "netdev d%02zx", i * 7 % 12);
		assert_seen(i, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		V(test_idle_vf),
		V(test_own_vf),
		V(test_nobody),
		V(test_unknown_vf),
		V(test_claimed_vf),
		V(test_past),
		V(test_in_use),
		V(test_scopes),
		V(test_scope_of_vf_netdev),
		V(test_netdevs),
		V(test_pf),
		V(test_vf_netdev),
		V(test_permanent),
		V(test_macvtap),
		V(test_team),
		V(test_team_at_port),
		V(test_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
