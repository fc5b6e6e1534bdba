/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_judge: every rule of the judge: a case that is fine, changed in one thing, must give that rule's finding and no other. */
#include "tree.h"

#include "judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The case: domain "web1" with an interface on VF 0 of eth0 (device 0) and a virtio NIC on a bridge (device 1). */
struct scene {
	struct vw_domain domain;
	struct vw_device devices[3];
	struct vw_view view;
	struct vw_device_view dvs[3];
	struct vw_function_view fn, fn2;
	struct vw_link links[2];
	struct vw_vf_attr vfs[4];
	struct vw_mac_rival rivals[2];
	struct vw_mac_seen seen[2];
	struct vw_config config;
};

static struct vw_mac mac_of(const char *text)
{
	struct vw_mac mac = { { 0 } };

	assert_int_equal(vw_mac_parse(text, &mac), 0);
	return mac;
}

static struct vw_pci pci_of(const char *text)
{
	struct vw_pci pci = { 0 };

	assert_int_equal(vw_pci_parse(text, &pci, NULL), 0);
	return pci;
}

static struct vw_claim_owner owner_of(const char *uuid, const char *name, enum vw_claim_state state)
{
	struct vw_claim_owner owner = { .state = state };

	snprintf(owner.uuid, sizeof(owner.uuid), "%s", uuid);
	snprintf(owner.name, sizeof(owner.name), "%s", name);
	return owner;
}

#define OWN   "11111111-1111-1111-1111-111111111111"
#define OTHER "22222222-2222-2222-2222-222222222222"

static void scene_new(struct scene *s)
{
	memset(s, 0, sizeof(*s));
	s->vfs[0] = (struct vw_vf_attr){ .index = 0, .vlan_proto = 0x8100, .spoofchk = 1 };
	s->links[0] = (struct vw_link){ .ifindex = 2,
		.name = "eth0",
		.flags = IFF_UP,
		.num_vf = 7,
		.vfs = s->vfs,
		.n_vfs = 1 };
	s->view.links = (struct vw_links){ s->links, 1 };

	s->devices[0] = (struct vw_device){ .kind = VW_DEV_VF_INTERFACE,
		.type = "hostdev",
		.has_mac = true,
		.mac = mac_of("52:54:00:00:00:01"),
		.has_pci = true,
		.pci = pci_of("0000:01:10.0"),
		.managed = true,
		.is_interface = true };
	s->devices[1] = (struct vw_device){ .kind = VW_DEV_NIC,
		.type = "bridge",
		.has_mac = true,
		.mac = mac_of("52:54:00:00:00:02"),
		.source = "br0",
		.is_interface = true };
	s->domain = (struct vw_domain){
		.name = "web1", .uuid = OWN, .devices = s->devices, .n_devices = 2
	};

	s->fn = (struct vw_function_view){ .pci = s->devices[0].pci,
		.kind = VW_FN_VF,
		.driver = "igbvf",
		.pf_known = true,
		.pf = pci_of("0000:01:00.0"),
		.pf_driver = "igb",
		.pf_link = &s->links[0],
		.attr = &s->vfs[0],
		.netdev = "eth4" };
	s->dvs[0] = (struct vw_device_view){ .function = &s->fn,
		.is_vf = true,
		.mac_on_vf = true,
		.has_mac = true,
		.mac = s->devices[0].mac,
		.mac_from_xml = true,
		.over_pf = s->fn.pf,
		.over_pf_known = true };
	s->dvs[1] = (struct vw_device_view){
		.has_mac = true, .mac = s->devices[1].mac, .mac_from_xml = true
	};
	s->view.devices = s->dvs;
	s->view.n_devices = 2;
}

/* ---- one change each ---- */

static void nothing(struct scene *s)
{
	(void)s;
}

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

static void is_other(struct scene *s)
{
	s->fn.kind = VW_FN_OTHER;
	s->dvs[0].is_vf = s->dvs[0].mac_on_vf = false;
}

static void other_plain(struct scene *s)
{
	is_other(s);
	s->devices[0].kind = VW_DEV_HOSTDEV;
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

static void claimed_by(
	struct scene *s, const char *uuid, enum vw_claim_state state, enum vw_life life)
{
	s->fn.claimed = true;
	s->fn.claim.owner = owner_of(uuid, "db", state);
	s->fn.claim.vf = s->fn.pci;
	s->fn.life = life;
}

static void claimed(struct scene *s)
{
	claimed_by(s, OTHER, VW_CLAIM_RUNNING, VW_LIFE_ALIVE);
}

static void claimed_own(struct scene *s)
{
	claimed_by(s, OWN, VW_CLAIM_RUNNING, VW_LIFE_ALIVE);
}

static void stopping(struct scene *s)
{
	claimed_by(s, OTHER, VW_CLAIM_STOPPING, VW_LIFE_STOPPING);
}

static void stale(struct scene *s)
{
	claimed_by(s, OTHER, VW_CLAIM_RUNNING, VW_LIFE_GONE);
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

static void permanent(struct scene *s)
{
	snprintf(s->fn.use.permanent, sizeof(s->fn.use.permanent), "192.0.2.1/24");
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

static void pf_down(struct scene *s)
{
	s->links[0].flags = 0;
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

static void group(struct scene *s)
{
	s->fn.has_blocker = true;
	s->fn.blocker = pci_of("0000:01:00.1");
	snprintf(s->fn.blocker_driver, sizeof(s->fn.blocker_driver), "igb");
}

static void bad_mac(struct scene *s)
{
	s->devices[0].has_mac = s->dvs[0].has_mac = false;
	s->devices[0].bad_mac = "01:00:5e:00:00:01";
}

static void bad_mac_virtio(struct scene *s)
{
	s->devices[1].has_mac = s->dvs[1].has_mac = false;
	s->devices[1].bad_mac = "zz";
}

static void rival(struct scene *s, size_t device, bool on_vf, enum vw_life life)
{
	s->rivals[0] = (struct vw_mac_rival){
		.claim = { .owner = owner_of(OTHER, "db", VW_CLAIM_RUNNING),
			.mac = s->dvs[device].mac,
			.on_vf = on_vf,
			.device = "VF 0000:01:10.2" },
		.life = life,
	};
	s->dvs[device].rivals = s->rivals;
	s->dvs[device].n_rivals = 1;
}

static void mac_claimed(struct scene *s)
{
	rival(s, 0, false, VW_LIFE_ALIVE);
}

static void mac_claimed_virtio_by_vf(struct scene *s)
{
	rival(s, 1, true, VW_LIFE_ALIVE);
}

static void mac_claimed_both_virtio(struct scene *s)
{
	rival(s, 1, false, VW_LIFE_ALIVE);
}

static void mac_stopping(struct scene *s)
{
	rival(s, 0, true, VW_LIFE_STOPPING);
}

static void mac_stale(struct scene *s)
{
	rival(s, 0, true, VW_LIFE_GONE);
}

static struct vw_mac_seen *seen_on(struct scene *s, int where)
{
	s->seen[0].where = where;
	snprintf(s->seen[0].netdev, sizeof(s->seen[0].netdev), "eth0");
	s->seen[0].index = 3;
	if (where == VW_SEEN_ON_VF) {
		s->seen[0].vf_known = true;
		s->seen[0].vf = pci_of("0000:01:10.6");
	}
	s->dvs[0].seen = s->seen;
	s->dvs[0].n_seen = 1;
	return s->seen;
}

static void mac_on_idle_vf(struct scene *s)
{
	seen_on(s, VW_SEEN_ON_VF);
}

static void mac_on_unknown_vf(struct scene *s)
{
	seen_on(s, VW_SEEN_ON_VF)->vf_known = false;
}

static void mac_residue(struct scene *s)
{
	struct vw_mac_seen *seen = seen_on(s, VW_SEEN_ON_VF);

	seen->past = true;
	seen->owner = owner_of(OTHER, "db", VW_CLAIM_STOPPING);
}

static void mac_residue_in_use(struct scene *s)
{
	mac_residue(s);
	s->seen[0].in_use = true;
}

static void mac_on_claimed_vf(struct scene *s)
{
	struct vw_mac_seen *seen = seen_on(s, VW_SEEN_ON_VF);

	seen->claimed = true;
	seen->owner = owner_of(OTHER, "db", VW_CLAIM_RUNNING);
}

static void mac_on_stopping_vf(struct scene *s)
{
	mac_on_claimed_vf(s);
	s->seen[0].life = VW_LIFE_STOPPING;
}

static void mac_on_stale_vf(struct scene *s)
{
	mac_on_claimed_vf(s);
	s->seen[0].life = VW_LIFE_GONE;
	s->seen[0].claim.owner = s->seen[0].owner;
	s->seen[0].claim.vf = s->seen[0].vf;
}

/* One domain, one finding: its claim has been named already. */
static void mac_claimed_and_seen(struct scene *s)
{
	mac_on_claimed_vf(s);
	rival(s, 0, true, VW_LIFE_ALIVE);
}

static void mac_on_pf(struct scene *s)
{
	seen_on(s, VW_SEEN_ON_PF);
}

static void mac_on_host(struct scene *s)
{
	seen_on(s, VW_SEEN_ON_NETDEV);
}

static void same_mac(struct scene *s)
{
	s->devices[1].mac = s->devices[0].mac;
	s->dvs[1].mac = s->dvs[0].mac;
}

static void same_mac_strict(struct scene *s)
{
	same_mac(s);
	s->config.same_domain_refuse = true;
}

static void same_mac_one_pf(struct scene *s)
{
	same_mac(s);
	s->dvs[1].over_pf_known = true;
	s->dvs[1].over_pf = s->fn.pf;
}

static void team(struct scene *s)
{
	same_mac_one_pf(s);
	s->devices[0].team = VW_TEAM_TRANSIENT;
	s->devices[0].team_peer = "ua-net";
	s->devices[1].team = VW_TEAM_PERSISTENT;
	s->devices[1].alias = "ua-net";
}

static void team_of_another(struct scene *s)
{
	team(s);
	s->devices[0].team_peer = "ua-other";
}

static void same_mac_no_vf(struct scene *s)
{
	other_plain(s);
	same_mac(s);
}

static void former(struct scene *s)
{
	static struct vw_vf_claim own;

	own = (struct vw_vf_claim){ .owner = owner_of(OWN, "web1", VW_CLAIM_RUNNING),
		.vf = pci_of("0000:01:10.4") };
	s->view.own = &own;
	s->view.n_own = 1;
}

static void former_still_named(struct scene *s)
{
	former(s);
	s->view.own->vf = s->fn.pci;
}

#define NONE VW_PASS

static const struct {
	const char *name;
	void (*change)(struct scene *s);
	const char *id; /* NULL: no finding */
	enum vw_severity severity;
	bool wait;
	int action;           /* -1 = none */
	const char *mentions; /* in message or remedy */
} cases[] = {
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
	{ "bad MAC", bad_mac, "mac-invalid", VW_FAIL, false, -1, "01:00:5e:00:00:01" },
	{ "bad MAC of virtio", bad_mac_virtio, NULL, NONE, false, -1, NULL },
	{ "MAC claimed", mac_claimed, "mac-claimed", VW_FAIL, false, -1, "domain db (" OTHER },
	{ "virtio MAC claimed by VF", mac_claimed_virtio_by_vf, "mac-claimed", VW_FAIL, false, -1,
		"domain db" },
	{ "virtio MAC claimed by virtio", mac_claimed_both_virtio, "mac-claimed", VW_WARN, false,
		-1, "domain db" },
	{ "MAC stopping", mac_stopping, "mac-stopping", VW_FAIL, true, -1, "domain db" },
	{ "MAC stale", mac_stale, NULL, NONE, false, VW_ACT_RELEASE_MAC, NULL },
	{ "MAC on idle VF", mac_on_idle_vf, "mac-on-vf", VW_FAIL, false, -1,
		"vfward reset 0000:01:10.6" },
	{ "MAC on nameless VF", mac_on_unknown_vf, "mac-on-vf", VW_FAIL, false, -1,
		"ip link set eth0 vf 3" },
	{ "residue", mac_residue, "mac-residue", VW_WARN, false, VW_ACT_CLEAR_VF, "domain db" },
	{ "residue, but in use", mac_residue_in_use, "mac-on-vf", VW_FAIL, false, -1,
		"outside libvirt" },
	{ "MAC on claimed VF", mac_on_claimed_vf, "mac-on-vf", VW_FAIL, false, -1, "domain db" },
	{ "MAC on stopping VF", mac_on_stopping_vf, "mac-stopping", VW_FAIL, true, -1,
		"domain db" },
	{ "MAC on stale VF", mac_on_stale_vf, NULL, NONE, false, VW_ACT_RELEASE_VF, NULL },
	{ "MAC claimed and seen", mac_claimed_and_seen, "mac-claimed", VW_FAIL, false, -1,
		"domain db" },
	{ "MAC of PF", mac_on_pf, "mac-on-pf", VW_FAIL, false, -1, "PF eth0" },
	{ "MAC of host", mac_on_host, "mac-on-host", VW_FAIL, false, -1, "netdev eth0" },
	{ "same MAC, unrelated", same_mac, "mac-same-domain", VW_WARN, false, -1,
		"52:54:00:00:00:01" },
	{ "same MAC, strict", same_mac_strict, "mac-same-domain", VW_FAIL, false, -1,
		"52:54:00:00:00:01" },
	{ "same MAC, one PF", same_mac_one_pf, "mac-same-domain", VW_FAIL, false, -1,
		"0000:01:00.0" },
	{ "team", team, NULL, NONE, false, -1, NULL },
	{ "team of another", team_of_another, "mac-same-domain", VW_FAIL, false, -1,
		"0000:01:00.0" },
	{ "same MAC, no VF", same_mac_no_vf, NULL, NONE, false, -1, NULL },
	{ "former VF", former, NULL, NONE, false, VW_ACT_RELEASE_VF, NULL },
	{ "former VF still named", former_still_named, NULL, NONE, false, -1, NULL },
};

static void test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vw_verdict verdict;
		struct scene s;

		scene_new(&s);
		cases[i].change(&s);
		assert_int_equal(vw_judge(&s.domain, &s.view, &s.config, &verdict), 0);
		if (verdict.findings.n != (cases[i].id ? 1 : 0) ||
			verdict.n_actions != (cases[i].action >= 0)) {
			for (size_t k = 0; k < verdict.findings.n; k++)
				vw_finding_write(stderr, &verdict.findings.v[k]);
			fail_msg("%s: %zu findings, %zu actions", cases[i].name, verdict.findings.n,
				verdict.n_actions);
		}
		if (cases[i].id) {
			const struct vw_finding *f = &verdict.findings.v[0];

			if (strcmp(f->id, cases[i].id) || f->severity != cases[i].severity ||
				f->wait != cases[i].wait)
				fail_msg("%s: %s %s wait=%d", cases[i].name,
					vw_severity_name(f->severity), f->id, f->wait);
			if (!strstr(f->message, cases[i].mentions) &&
				(!f->remedy || !strstr(f->remedy, cases[i].mentions)))
				fail_msg("%s: '%s' / '%s' does not mention '%s'", cases[i].name,
					f->message, f->remedy ? f->remedy : "", cases[i].mentions);
			if (f->severity == VW_FAIL && !f->remedy)
				fail_msg("%s: no remedy", cases[i].name);
		}
		if (cases[i].action >= 0)
			assert_int_equal(verdict.actions[0].what, cases[i].action);
		vw_verdict_free(&verdict);
	}
}

/* Everything that stands in the way is said at once. */
static void test_all_findings(void **state)
{
	struct vw_verdict verdict;
	struct scene s;

	(void)state;
	scene_new(&s);
	pf_down(&s);
	permanent(&s);
	group(&s);
	mac_claimed(&s);
	assert_int_equal(vw_judge(&s.domain, &s.view, &s.config, &verdict), 0);
	assert_int_equal(verdict.findings.n, 4);
	assert_int_equal(vw_findings_worst(&verdict.findings), VW_FAIL);
	vw_verdict_free(&verdict);
}

/* One hard reason is enough not to wait for the soft ones. */
static void test_only_waiting(void **state)
{
	struct vw_verdict verdict;
	struct scene s;

	(void)state;
	scene_new(&s);
	stopping(&s);
	assert_int_equal(vw_judge(&s.domain, &s.view, &s.config, &verdict), 0);
	assert_true(vw_findings_only_waiting(&verdict.findings));
	vw_verdict_free(&verdict);
	pf_down(&s);
	assert_int_equal(vw_judge(&s.domain, &s.view, &s.config, &verdict), 0);
	assert_false(vw_findings_only_waiting(&verdict.findings));
	vw_verdict_free(&verdict);
}

/* What two devices need cleaned is cleaned once. */
static void test_actions_once(void **state)
{
	struct vw_verdict verdict;
	struct scene s;

	(void)state;
	scene_new(&s);
	stale(&s);
	mac_on_stale_vf(&s);
	s.seen[0].claim = s.fn.claim;
	s.seen[0].vf = s.fn.pci;
	assert_int_equal(vw_judge(&s.domain, &s.view, &s.config, &verdict), 0);
	assert_int_equal(verdict.n_actions, 1);
	vw_verdict_free(&verdict);
}

/* Of three NICs with one MAC the VF meets both others. */
static void test_same_mac_of_three(void **state)
{
	struct vw_verdict verdict;
	struct scene s;

	(void)state;
	scene_new(&s);
	same_mac(&s);
	s.devices[2] = s.devices[1];
	s.dvs[2] = s.dvs[1];
	s.domain.n_devices = s.view.n_devices = 3;
	assert_int_equal(vw_judge(&s.domain, &s.view, &s.config, &verdict), 0);
	assert_int_equal(verdict.findings.n, 2);
	for (size_t i = 0; i < verdict.findings.n; i++)
		assert_string_equal(verdict.findings.v[i].id, "mac-same-domain");
	vw_verdict_free(&verdict);
}

/* Names that others chose cannot bring control characters into a message. */
static void test_hostile_names(void **state)
{
	struct vw_verdict verdict;
	struct scene s;

	(void)state;
	scene_new(&s);
	claimed(&s);
	snprintf(s.fn.claim.owner.name, sizeof(s.fn.claim.owner.name), "a\nFAIL forged\x1b[2J");
	assert_int_equal(vw_judge(&s.domain, &s.view, &s.config, &verdict), 0);
	assert_null(strpbrk(verdict.findings.v[0].message, "\n\x1b"));
	assert_null(strpbrk(verdict.findings.v[0].remedy, "\n\x1b"));
	vw_verdict_free(&verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_all_findings),
		cmocka_unit_test(test_only_waiting),
		cmocka_unit_test(test_actions_once),
		cmocka_unit_test(test_same_mac_of_three),
		cmocka_unit_test(test_hostile_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
