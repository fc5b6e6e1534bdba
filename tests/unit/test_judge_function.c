/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_judge_function: every rule about the function of a device. */
#include "judge_scene.h"

static void missing(struct scene *s)
{
	s->fn = (struct vw_function_view){ .pci = s->fn.pci, .kind = VW_FN_MISSING };
	s->dvs[0].is_vf = s->dvs[0].mac_on_vf = false;
}

static void numvfs_zero(struct scene *s)
{
	missing(s);
	s->fn.pf_known = true;
	s->fn.pf = pci_of("0000:01:00.0");
}

static void missing_plain(struct scene *s)
{
	numvfs_zero(s);
	s->devices[0].kind = VW_DEV_HOSTDEV;
}

static void is_pf(struct scene *s)
{
	s->fn.kind = VW_FN_PF;
	s->dvs[0].is_vf = s->dvs[0].mac_on_vf = false;
}

static void pf_plain(struct scene *s)
{
	is_pf(s);
	s->devices[0].kind = VW_DEV_HOSTDEV;
}

static void pf_plain_used(struct scene *s)
{
	pf_plain(s);
	snprintf(s->fn.pf_user, sizeof(s->fn.pf_user), "VF 0000:01:10.2 is used by domain db");
}

/* The PF stays where it is, and so do its VFs. */
static void pf_macvtap_used(struct scene *s)
{
	pf_plain_used(s);
	s->devices[0].kind = VW_DEV_MACVTAP;
	s->devices[0].source = "eth0";
}

static void bad_address(struct scene *s)
{
	s->devices[0].has_pci = false;
	s->devices[0].bad_pci = "slot='0x20' is larger than 0x1f";
	s->dvs[0].function = NULL;
	s->dvs[0].is_vf = s->dvs[0].mac_on_vf = false;
}

static void no_address(struct scene *s)
{
	bad_address(s);
	s->devices[0].bad_pci = NULL;
}

static void twice(struct scene *s)
{
	s->devices[1] = s->devices[0];
	s->devices[1].mac = mac_of("52:54:00:00:00:02");
	s->dvs[1] = s->dvs[0];
	s->dvs[1].mac = s->devices[1].mac;
	s->fn2 = s->fn;
	s->dvs[1].function = &s->fn2;
}

static void claimed_own(struct scene *s)
{
	claimed_by(s, OWN, VW_CLAIM_RUNNING, VW_LIFE_ALIVE);
}

static void quarantined(struct scene *s)
{
	claimed_by(s, OTHER, VW_CLAIM_QUARANTINED, VW_LIFE_GONE);
}

static void quarantined_own(struct scene *s)
{
	claimed_by(s, OWN, VW_CLAIM_QUARANTINED, VW_LIFE_GONE);
}

static void held(struct scene *s)
{
	s->fn.on_vfio = s->fn.held = true;
	s->fn.holder =
		(struct vw_holder){ .pid = 4242, .comm = "qemu-system-x86", .guest = "rogue" };
}

static void holder_unknown(struct scene *s)
{
	s->fn.on_vfio = s->fn.holder_unknown = true;
}

static void held_by_claimant(struct scene *s)
{
	claimed(s);
	held(s);
}

/* Nobody can hold at prepare what this domain is still to get. */
static void held_and_own(struct scene *s)
{
	claimed_own(s);
	held(s);
}

static void other_netns(struct scene *s)
{
	s->fn.netdev[0] = '\0';
	s->fn.netdev_elsewhere = true;
}

static void upper(struct scene *s)
{
	snprintf(s->fn.upper, sizeof(s->fn.upper), "br0");
}

static void dynamic(struct scene *s)
{
	snprintf(s->fn.use.dynamic, sizeof(s->fn.use.dynamic), "192.0.2.1/24");
}

static void default_route(struct scene *s)
{
	s->fn.use.default_route = true;
}

static void netdev_rules_at_start(struct scene *s)
{
	other_netns(s);
	upper(s);
	permanent(s);
	default_route(s);
	s->devices[0].managed = false;
	s->view.moment = VW_AT_START;
}

static void cni(struct scene *s)
{
	snprintf(s->fn.cni_netns, sizeof(s->fn.cni_netns), "/var/run/netns/c1");
}

static void unmanaged(struct scene *s)
{
	s->devices[0].managed = false;
}

static void unmanaged_bound(struct scene *s)
{
	unmanaged(s);
	s->fn.on_vfio = true;
	snprintf(s->fn.driver, sizeof(s->fn.driver), "vfio-pci");
}

static void macvtap(struct scene *s)
{
	s->devices[0].kind = VW_DEV_MACVTAP;
	s->devices[0].source = "eth4";
	s->devices[0].managed = false;
}

static void macvtap_no_netdev(struct scene *s)
{
	macvtap(s);
	s->fn.netdev[0] = '\0';
}

static void macvtap_missing(struct scene *s)
{
	macvtap(s);
	s->dvs[0].function = NULL;
	s->dvs[0].is_vf = s->dvs[0].mac_on_vf = false;
	s->dvs[0].no_netdev = true;
}

static void pf_down_plain(struct scene *s)
{
	pf_down(s);
	s->devices[0].kind = VW_DEV_HOSTDEV;
}

static void pf_no_netdev(struct scene *s)
{
	s->fn.pf_link = NULL;
	s->fn.attr = NULL;
}

static void pf_no_netdev_plain(struct scene *s)
{
	pf_no_netdev(s);
	s->devices[0].kind = VW_DEV_HOSTDEV;
}

static void list_broken(struct scene *s)
{
	s->fn.attr = NULL;
	s->links[0].vfs_broken = true;
}

/* A port comes before anything is bound. */
static void port(struct scene *s)
{
	s->view.moment = VW_AT_PORT;
}

static void port_upper(struct scene *s)
{
	upper(s);
	port(s);
}

static void port_group(struct scene *s)
{
	group(s);
	port(s);
}

static void port_unmanaged(struct scene *s)
{
	unmanaged(s);
	port(s);
}

static void port_claimed(struct scene *s)
{
	claimed(s);
	port(s);
}

static void port_quarantined_own(struct scene *s)
{
	quarantined_own(s);
	port(s);
}

/* By a process that changes the VFs of the PF. */
static void reserved(struct scene *s)
{
	claimed_by(s, VW_RESERVER, VW_CLAIM_STOPPING, VW_LIFE_STOPPING);
	s->fn.claim.owner.daemon.pid = 815;
	s->fn.claim.worker.pid = 816;
}

static void reserved_missing(struct scene *s)
{
	numvfs_zero(s);
	reserved(s);
}

static void reserved_missing_plain(struct scene *s)
{
	missing_plain(s);
	reserved(s);
}

static void reserved_pf(struct scene *s)
{
	pf_plain(s);
	reserved(s);
}

static void reserved_pf_macvtap(struct scene *s)
{
	pf_macvtap_used(s);
	reserved(s);
}

static const struct scene_rule rules[] = {
	{ "good", nothing, NULL, NONE, false, -1, NULL },
	{ "missing", missing, "vf-missing", VW_FAIL, false, -1, "0000:01:10.0" },
	{ "numvfs zero", numvfs_zero, "numvfs-zero", VW_FAIL, false, -1, "0000:01:00.0" },
	{ "missing plain hostdev", missing_plain, NULL, NONE, false, -1, NULL },
	{ "interface on PF", is_pf, "address-is-pf", VW_FAIL, false, -1, "0000:01:10.0" },
	{ "interface on other", is_other, "address-not-vf", VW_FAIL, false, -1, "0000:01:10.0" },
	{ "plain other", other_plain, NULL, NONE, false, -1, NULL },
	{ "plain PF", pf_plain, NULL, NONE, false, -1, NULL },
	{ "plain PF with users", pf_plain_used, "pf-in-use", VW_FAIL, false, -1, "domain db" },
	{ "macvtap on PF with users", pf_macvtap_used, NULL, NONE, false, -1, NULL },
	{ "bad address", bad_address, "address-invalid", VW_FAIL, false, -1, "0x20" },
	{ "no address", no_address, "address-invalid", VW_FAIL, false, -1, "source" },
	{ "twice", twice, "vf-twice", VW_FAIL, false, -1, "0000:01:10.0" },
	{ "claimed", claimed, "vf-claimed", VW_FAIL, false, -1, "domain db (" OTHER },
	{ "claimed by itself", claimed_own, NULL, NONE, false, -1, NULL },
	{ "stopping", stopping, "vf-stopping", VW_FAIL, true, -1, "domain db" },
	{ "stale", stale, "vf-stale-claim", VW_WARN, false, VW_ACT_RELEASE_VF, "domain db" },
	{ "quarantined", quarantined, "vf-quarantined", VW_WARN, false, VW_ACT_RELEASE_VF,
		"vfward reset 0000:01:10.0" },
	{ "quarantined, own", quarantined_own, "vf-quarantined", VW_WARN, false, -1,
		"0000:01:10.0" },
	{ "reserved", reserved, "vf-reserved", VW_FAIL, false, -1,
		"vfward-hostprep (process 815), which" },
	{ "reserved, and not there", reserved_missing, "vf-reserved", VW_FAIL, false, -1,
		"process 816" },
	{ "reserved, not there, plain", reserved_missing_plain, "vf-reserved", VW_FAIL, false, -1,
		"process 816" },
	{ "reserved, PF", reserved_pf, "vf-reserved", VW_FAIL, false, -1, "process 816" },
	{ "reserved, macvtap on PF", reserved_pf_macvtap, NULL, NONE, false, -1, NULL },
	{ "held", held, "vf-in-use", VW_FAIL, false, -1, "4242 (qemu-system-x86, guest rogue)" },
	{ "holder unknown", holder_unknown, "vf-holder-unknown", VW_WARN, false, -1,
		"0000:01:10.0" },
	{ "held by its claimant", held_by_claimant, "vf-claimed", VW_FAIL, false, -1, "domain db" },
	{ "held, own claim", held_and_own, "vf-in-use", VW_FAIL, false, -1, "4242" },
	{ "netns", other_netns, "vf-other-netns", VW_FAIL, false, -1, "namespace" },
	{ "upper", upper, "vf-upper-device", VW_FAIL, false, -1, "br0" },
	{ "permanent address", permanent, "vf-permanent-address", VW_FAIL, false, -1,
		"192.0.2.1/24" },
	{ "dynamic address", dynamic, "vf-dynamic-address", VW_WARN, false, -1, "192.0.2.1/24" },
	{ "default route", default_route, "vf-default-route", VW_FAIL, false, -1, "eth4" },
	{ "netdev at start", netdev_rules_at_start, NULL, NONE, false, -1, NULL },
	{ "sriov-cni", cni, "vf-cni-allocated", VW_FAIL, false, -1, "/var/run/netns/c1" },
	{ "unmanaged, not bound", unmanaged, "vf-not-on-vfio", VW_FAIL, false, -1, "igbvf" },
	{ "unmanaged, bound", unmanaged_bound, NULL, NONE, false, -1, NULL },
	{ "macvtap", macvtap, NULL, NONE, false, -1, NULL },
	{ "macvtap, VF without netdev", macvtap_no_netdev, "vf-no-netdev", VW_FAIL, false, -1,
		"0000:01:10.0" },
	{ "macvtap on nothing", macvtap_missing, "vf-no-netdev", VW_FAIL, false, -1, "eth4" },
	{ "PF down", pf_down, "pf-down", VW_FAIL, false, -1, "ip link set eth0 up" },
	{ "PF down, plain", pf_down_plain, "pf-down", VW_WARN, false, -1, "eth0" },
	{ "PF elsewhere", pf_no_netdev, "pf-no-netdev", VW_FAIL, false, -1, "0000:01:00.0" },
	{ "PF elsewhere, plain", pf_no_netdev_plain, "pf-no-netdev", VW_WARN, false, -1,
		"0000:01:00.0" },
	{ "list broken", list_broken, "vf-list-broken", VW_FAIL, false, -1, "cut" },
	{ "group", group, "group-not-viable", VW_FAIL, false, -1, "0000:01:00.1" },
	{ "port", port, NULL, NONE, false, -1, NULL },
	{ "port, upper", port_upper, "vf-upper-device", VW_FAIL, false, -1, "br0" },
	{ "port, group", port_group, NULL, NONE, false, -1, NULL },
	{ "port, unmanaged", port_unmanaged, "vf-not-on-vfio", VW_FAIL, false, -1, "igbvf" },
	{ "port, claimed", port_claimed, "vf-claimed", VW_FAIL, false, -1, "domain db" },
	{ "port, quarantined, own", port_quarantined_own, "vf-quarantined", VW_WARN, false, -1,
		"0000:01:10.0" },
};

static void test_rules(void **state)
{
	(void)state;
	assert_rules(rules, sizeof(rules) / sizeof(rules[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
