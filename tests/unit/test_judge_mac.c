/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_judge_mac: every rule about the MAC of a device. */
#include "judge_scene.h"

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

static void mac_on_stopping_vf(struct scene *s)
{
	mac_on_claimed_vf(s);
	s->seen[0].life = VW_LIFE_STOPPING;
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

/* ---- a port: one NIC more ---- */

/* Its MAC is on another VF of this domain. */
static void port_own(struct scene *s)
{
	mac_on_claimed_vf(s);
	s->seen[0].owner = owner_of(OWN, "web1", VW_CLAIM_RUNNING);
	s->seen[0].claim.owner = s->seen[0].owner;
	s->seen[0].claim.vf = s->seen[0].vf;
	s->view.moment = VW_AT_PORT;
}

static void port_own_other_pf(struct scene *s)
{
	port_own(s);
	snprintf(s->seen[0].netdev, sizeof(s->seen[0].netdev), "eth1");
}

static void port_own_other_pf_strict(struct scene *s)
{
	port_own_other_pf(s);
	s->config.same_domain_refuse = true;
}

/* The other half of a pair, or not: the port does not tell. */
static void port_own_no_vf(struct scene *s)
{
	port_own(s);
	s->devices[0].kind = VW_DEV_NIC;
	s->dvs[0].function = NULL;
	s->dvs[0].is_vf = s->dvs[0].mac_on_vf = false;
}

/* Unplugged while nobody looked. */
static void port_own_gone(struct scene *s)
{
	port_own(s);
	s->seen[0].life = VW_LIFE_GONE;
}

static void port_own_stopping(struct scene *s)
{
	port_own(s);
	s->seen[0].life = VW_LIFE_STOPPING;
}

static void prepare_own(struct scene *s)
{
	port_own(s);
	s->view.moment = VW_AT_PREPARE;
}

static void start_own(struct scene *s)
{
	port_own_gone(s);
	s->view.moment = VW_AT_START;
}

static void port_claimed(struct scene *s)
{
	mac_claimed(s);
	s->view.moment = VW_AT_PORT;
}

static void port_on_host(struct scene *s)
{
	mac_on_host(s);
	s->view.moment = VW_AT_PORT;
}

/* A VF that its network has not chosen yet. */
static void from_pool(struct scene *s)
{
	s->devices[0].kind = VW_DEV_NETWORK;
	s->dvs[0].function = NULL;
	s->dvs[0].is_vf = false;
	s->dvs[0].from_pool = true;
}

static void from_pool_claimed(struct scene *s)
{
	from_pool(s);
	rival(s, 0, false, VW_LIFE_ALIVE);
}

static void from_pool_bad_mac(struct scene *s)
{
	bad_mac(s);
	from_pool(s);
}

static void from_pool_same_mac(struct scene *s)
{
	same_mac_one_pf(s);
	from_pool(s);
}

static void from_pool_team(struct scene *s)
{
	team(s);
	from_pool(s);
}

static const struct scene_rule rules[] = {
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
	{ "port, own MAC on the PF", port_own, "mac-same-domain", VW_FAIL, false, -1, "eth0" },
	{ "port, own MAC, other PF", port_own_other_pf, "mac-same-domain", VW_WARN, false, -1,
		"52:54:00:00:00:01" },
	{ "port, own MAC, other PF, strict", port_own_other_pf_strict, "mac-same-domain", VW_FAIL,
		false, -1, "52:54:00:00:00:01" },
	{ "port, own VF's MAC on no VF", port_own_no_vf, "mac-same-domain", VW_WARN, false, -1,
		"52:54:00:00:00:01" },
	{ "port, own VF is gone", port_own_gone, NULL, NONE, false, VW_ACT_RELEASE_VF, NULL },
	{ "port, own VF is stopping", port_own_stopping, "mac-stopping", VW_FAIL, true, -1,
		"domain web1" },
	{ "own VF, not at a port", prepare_own, NULL, NONE, false, -1, NULL },
	{ "own VF, at start", start_own, NULL, NONE, false, -1, NULL },
	{ "port, MAC claimed", port_claimed, "mac-claimed", VW_FAIL, false, -1, "domain db" },
	{ "port, MAC of host", port_on_host, "mac-on-host", VW_FAIL, false, -1, "netdev eth0" },
	{ "from a pool", from_pool, NULL, NONE, false, -1, NULL },
	{ "from a pool, MAC claimed", from_pool_claimed, "mac-claimed", VW_FAIL, false, -1,
		"domain db" },
	{ "from a pool, bad MAC", from_pool_bad_mac, "mac-invalid", VW_FAIL, false, -1,
		"01:00:5e:00:00:01" },
	{ "from a pool, same MAC, one PF", from_pool_same_mac, "mac-same-domain", VW_FAIL, false,
		-1, "0000:01:00.0" },
	{ "from a pool, team", from_pool_team, NULL, NONE, false, -1, NULL },
};

static void test_rules(void **state)
{
	(void)state;
	assert_rules(rules, sizeof(rules) / sizeof(rules[0]));
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_same_mac_of_three),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
