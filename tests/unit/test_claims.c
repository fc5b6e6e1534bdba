/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_claims: what an accepted domain claims, and which state of its VFs is recorded for the reset. */
#include "machine.h"

#include "cleanup.h"

#include <stdio.h>
#include <time.h>

static struct vw_view view;
static struct vw_claims claims;

static void claim_at(struct machine *m, const char *devices, enum vw_moment moment)
{
	const struct vw_domain *domain = machine_domain(m, "web1", WEB1, devices);
	struct vw_claim_owner owner = vw_claim_owner_now(domain, VW_CLAIM_PREPARED, NULL);

	vw_claims_free(&claims);
	vw_view_free(&view);
	machine_write(m);
	if (vw_view_build(&m->tree.host, &m->config, m->registry, domain, moment, &view, &m->err))
		fail_msg("%s", m->err.msg);
	assert_int_equal(vw_claims_of(domain, &view, &owner, &claims), 0);
}

static int teardown(void **state)
{
	vw_claims_free(&claims);
	vw_view_free(&view);
	return machine_teardown(state);
}

#define V(name) cmocka_unit_test_setup_teardown(name, machine_setup, teardown)

static void assert_attr(const struct vw_vf_attr *got, const struct vw_vf_attr *want)
{
	char a[VW_MAC_STR], b[VW_MAC_STR];

	assert_int_equal(got->index, want->index);
	assert_string_equal(vw_mac_format(&got->mac, a), vw_mac_format(&want->mac, b));
	assert_int_equal(got->vlan, want->vlan);
	assert_int_equal(got->qos, want->qos);
	assert_int_equal(got->vlan_proto, want->vlan_proto);
	assert_int_equal(got->spoofchk, want->spoofchk);
	assert_int_equal(got->trust, want->trust);
	assert_int_equal(got->rss_query, want->rss_query);
	assert_int_equal(got->link_state, want->link_state);
	assert_int_equal(got->min_rate, want->min_rate);
	assert_int_equal(got->max_rate, want->max_rate);
}

static const struct vw_vf_attr preset = { .index = 1,
	.mac = { { 0x52, 0x54, 0, 0, 0, 9 } },
	.vlan = 100,
	.qos = 3,
	.vlan_proto = 0x8100,
	.spoofchk = 0,
	.trust = 1,
	.rss_query = VW_UNKNOWN,
	.link_state = 1,
	.min_rate = 10,
	.max_rate = 500 };

/* ---- the owner ---- */

static void test_owner(void **state)
{
	struct machine *m = *state;
	struct vw_process daemon = { 77, 7777 };
	struct vw_claim_owner owner;
	char name[400];
	struct timespec now;

	owner = vw_claim_owner_now(machine_domain(m, "web1", WEB1, ""), VW_CLAIM_RUNNING, &daemon);
	clock_gettime(CLOCK_BOOTTIME, &now);
	assert_string_equal(owner.uuid, WEB1);
	assert_string_equal(owner.name, "web1");
	assert_int_equal(owner.state, VW_CLAIM_RUNNING);
	assert_int_equal(owner.daemon.pid, 77);
	assert_int_equal(owner.daemon.start, 7777);
	assert_in_range(now.tv_sec - owner.since, 0, 2);

	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	owner = vw_claim_owner_now(
		&(struct vw_domain){ .name = name, .uuid = WEB2 }, VW_CLAIM_PREPARED, NULL);
	assert_int_equal(strlen(owner.name), sizeof(owner.name) - 1);
	assert_int_equal(owner.daemon.pid, 0);
	assert_int_equal(owner.state, VW_CLAIM_PREPARED);
}

/* ---- what is claimed ---- */

static void test_kinds(void **state)
{
	static const struct {
		const char *devices;
		size_t vfs, macs;
		enum vw_vf_use use;
		const char *device; /* of the last MAC */
		bool on_vf;
	} cases[] = {
		{ "", 0, 0, 0, NULL, false },
		{ IF_VF(MAC1, "2"), 1, 1, VW_USE_INTERFACE, "VF " VF1, true },
		{ MACVTAP(MAC1, "eth0v1"), 1, 1, VW_USE_MACVTAP, "VF " VF1, true },
		{ HOSTDEV("2"), 1, 1, VW_USE_HOSTDEV, "VF " VF1, true },
		{ HOSTDEV("0"), 1, 0, VW_USE_HOSTDEV, NULL, false }, /* carries no MAC */
		{ HOSTDEV_AT("0", "0"), 0, 0, 0, NULL, false },      /* a PF */
		{ HOSTDEV("7"), 0, 0, 0, NULL, false },              /* not there */
		{ MACVTAP(MAC1, "eth0"), 0, 1, 0, "direct interface", false },
		{ DIRECT(MAC1, "eth0v1"), 0, 1, 0, "direct interface", false },
		{ BRIDGE(MAC1, "br0"), 0, 1, 0, "bridge interface", false },
		{ "<interface><mac address='" MAC1 "'/></interface>", 0, 1, 0, "user interface",
			false },
		{ "<interface type='bridge'><source bridge='br0'/></interface>", 0, 0, 0, NULL,
			false },
	};
	struct machine *m = *state;

	m->vfs0[1].mac = machine_mac(MAC2);
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		claim_at(m, cases[i].devices, VW_AT_PREPARE);
		if (claims.n_vfs != cases[i].vfs || claims.n_macs != cases[i].macs)
			fail_msg("case %zu: %zu VFs, %zu MACs", i, claims.n_vfs, claims.n_macs);
		if (claims.n_vfs) {
			assert_int_equal(claims.vfs[0].use, cases[i].use);
			assert_string_equal(claims.vfs[0].owner.uuid, WEB1);
			assert_int_equal(claims.vfs[0].worker.pid, 0);
			assert_string_equal(claims.vfs[0].residue, "");
			assert_int_equal(
				claims.vfs[0].mac.b[5], !claims.n_macs                        ? 0
							: claims.vfs[0].use == VW_USE_HOSTDEV ? 2
											      : 1);
		}
		if (claims.n_macs) {
			assert_string_equal(claims.macs[0].device, cases[i].device);
			assert_int_equal(claims.macs[0].on_vf, cases[i].on_vf);
			assert_string_equal(claims.macs[0].owner.name, "web1");
		}
		vw_domain_free(&m->domains[--m->n_domains]);
	}
}

static void test_many(void **state)
{
	struct machine *m = *state;

	machine_label(m, "eth0", "blue");
	claim_at(m, BRIDGE(MAC1, "br0") IF_VF(MAC2, "2") HOSTDEV("1") IF_VF(MAC3, "3"),
		VW_AT_PREPARE);
	assert_int_equal(claims.n_vfs, 3);
	assert_int_equal(claims.n_macs, 3);
	assert_int_equal(claims.vfs[0].vf.function, 2);
	assert_int_equal(claims.vfs[1].vf.function, 1);
	assert_int_equal(claims.vfs[2].vf.function, 3);
	assert_int_equal(claims.vfs[2].baseline.index, 1);
	assert_string_equal(claims.macs[0].scope, "");
	assert_string_equal(claims.macs[1].scope, "blue");
	assert_string_equal(claims.macs[2].scope, "");
	assert_int_equal(claims.macs[2].mac.b[5], 3);
}

/* Which VF it will be only the port says: the MAC is claimed, as a VF's. */
static void test_from_pool(void **state)
{
	struct machine *m = *state;

	machine_label(m, "eth0", "blue");
	machine_network(m, "pool", "<forward mode='hostdev'><pf dev='eth0'/></forward>");
	machine_network(m, "nat", "<forward mode='nat'/>");
	claim_at(m, NETWORK(MAC1, "pool") NETWORK(MAC2, "nat"), VW_AT_PREPARE);
	assert_int_equal(claims.n_vfs, 0);
	assert_int_equal(claims.n_macs, 2);
	assert_true(claims.macs[0].on_vf);
	assert_string_equal(claims.macs[0].scope, "blue");
	assert_string_equal(claims.macs[0].device, "VF from network pool");
	assert_false(claims.macs[1].on_vf);
	assert_string_equal(claims.macs[1].scope, "");
	assert_string_equal(claims.macs[1].device, "network interface");
}

/* ---- the baseline ---- */

/* Before libvirt has touched it, what the VF shows is what the administrator wants. */
static void test_baseline_prepare(void **state)
{
	struct machine *m = *state;

	m->vfs0[1] = preset;
	claim_at(m, IF_VF(MAC1, "2"), VW_AT_PREPARE);
	assert_attr(&claims.vfs[0].baseline, &preset);
	claim_at(m, HOSTDEV("2"), VW_AT_PREPARE);
	assert_attr(&claims.vfs[0].baseline, &preset);
	claim_at(m, MACVTAP(MAC1, "eth0v1"), VW_AT_PREPARE);
	assert_attr(&claims.vfs[0].baseline, &preset);
}

/* Nor has it at a port. */
static void test_baseline_port(void **state)
{
	struct machine *m = *state;

	m->vfs0[1] = preset;
	claim_at(m, IF_VF(MAC1, "2"), VW_AT_PORT);
	assert_attr(&claims.vfs[0].baseline, &preset);
	claim_at(m, MACVTAP(MAC1, "eth0v1"), VW_AT_PORT);
	assert_attr(&claims.vfs[0].baseline, &preset);
}

/* Later it may be the guest's: the driver's defaults are. */
static void test_baseline_start(void **state)
{
	struct vw_vf_attr clean = {
		.index = 1, .vlan_proto = 0x8100, .spoofchk = 1, .rss_query = VW_UNKNOWN
	};
	struct machine *m = *state;

	m->vfs0[1] = preset;
	claim_at(m, IF_VF(MAC1, "2"), VW_AT_START);
	assert_attr(&claims.vfs[0].baseline, &clean);
	claim_at(m, MACVTAP(MAC1, "eth0v1"), VW_AT_START);
	assert_attr(&claims.vfs[0].baseline, &clean);
	/* but neither libvirt nor the guest changes a plain hostdev */
	claim_at(m, HOSTDEV("2"), VW_AT_START);
	assert_attr(&claims.vfs[0].baseline, &preset);
	/* another driver, other defaults */
	tree_link(&m->tree, DEVICES PF0 "/driver", "../../../../bus/pci/drivers/mlx5_core");
	clean.spoofchk = VW_UNKNOWN;
	claim_at(m, IF_VF(MAC1, "2"), VW_AT_START);
	assert_attr(&claims.vfs[0].baseline, &clean);
}

/* The kernel does not show the VF: what may be unknown is. */
static void test_baseline_unknown(void **state)
{
	const struct vw_vf_attr unknown = { .index = 1,
		.vlan_proto = 0x8100,
		.spoofchk = VW_UNKNOWN,
		.trust = VW_UNKNOWN,
		.rss_query = VW_UNKNOWN,
		.link_state = VW_UNKNOWN };
	static const enum vw_moment moments[] = { VW_AT_PREPARE, VW_AT_START };
	struct machine *m = *state;

	m->vfs0[1] = preset;
	m->vfs0[1].index = 9;
	for (size_t i = 0; i < VW_ARRAY_SIZE(moments); i++) {
		claim_at(m, HOSTDEV("2"), moments[i]);
		assert_int_equal(claims.n_macs, 0);
		assert_attr(&claims.vfs[0].baseline, &unknown);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		V(test_owner),
		V(test_kinds),
		V(test_many),
		V(test_from_pool),
		V(test_baseline_prepare),
		V(test_baseline_port),
		V(test_baseline_start),
		V(test_baseline_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
