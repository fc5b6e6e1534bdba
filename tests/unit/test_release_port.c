/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_release_port: a network takes one NIC away: what of its claims ends, and what is left alone. */
#include "machine.h"

#include "release.h"

#define CLEAN(vf) "PASS vf-released " vf ": VF " vf " is clean again (domain web1)"
#define LEFT_ALONE(vf)                                                                             \
	"WARN vf-left-alone " vf ": VF " vf " of domain web1 is still in use; it is released "     \
	"when the domain stops"

static void release_of(struct machine *m, const char *uuid, const char *device)
{
	const struct vw_domain *port = machine_domain(m, "web1", uuid, device);

	if (vw_release_port(&m->tree.host, m->registry, port, &m->findings, &m->err))
		fail_msg("%s", m->err.msg);
	vw_domain_free(&m->domains[--m->n_domains]);
}

static void release(struct machine *m, const char *device)
{
	release_of(m, WEB1, device);
}

/* One MAC more for web1. */
static void add_mac(struct machine *m, const char *mac, bool on_vf)
{
	struct vw_mac_claim claim = { .owner = machine_owner("web1", VW_CLAIM_RUNNING, 5),
		.mac = machine_mac(mac),
		.on_vf = on_vf };
	struct vw_claims claims = { .macs = &claim, .n_macs = 1 };

	assert_int_equal(vw_registry_add(m->registry, &claims, false, &m->err), 0);
}

/* One VF more for web1. */
static void add_vf(struct machine *m, const char *vf, const char *mac)
{
	struct vw_claim_owner owner = machine_owner("web1", VW_CLAIM_RUNNING, 5);
	struct vw_vf_claim claim = machine_claim_of(m, &owner, vf, mac, VW_USE_INTERFACE);
	struct vw_claims claims = { .vfs = &claim, .n_vfs = 1 };

	assert_int_equal(vw_registry_add(m->registry, &claims, false, &m->err), 0);
	add_mac(m, mac, true);
}

/* ---- clean ---- */

static void test_clean(void **state)
{
	struct machine *m = *state;

	machine_dirty(m, VF1, VW_USE_INTERFACE);
	add_vf(m, VF2, MAC2);
	add_mac(m, MAC3, false);
	release(m, IF_VF(MAC1, "2"));
	FINDINGS(CLEAN(VF1));
	machine_assert_new(m, VF1);
	assert_false(machine_find(m, VF1, NULL));
	/* the rest of the domain stays */
	assert_true(machine_find(m, VF2, NULL));
	assert_int_equal(machine_macs(m, WEB1), 2);
	/* once more: nothing to do */
	release(m, IF_VF(MAC1, "2"));
	assert_int_equal(m->findings.n, 0);
	assert_int_equal(machine_macs(m, WEB1), 2);
}

static void test_macvtap(void **state)
{
	struct machine *m = *state;

	machine_dirty(m, VF1, VW_USE_MACVTAP);
	release(m, MACVTAP(MAC1, "eth0v1"));
	FINDINGS(CLEAN(VF1));
	machine_assert_new(m, VF1);
	assert_false(machine_find(m, VF1, NULL));
	assert_int_equal(machine_macs(m, WEB1), 0);
	/* a netdev that is gone, or is none */
	release(m, MACVTAP(MAC1, "eth9"));
	release(m, MACVTAP(MAC1, "../../x"));
	assert_int_equal(m->findings.n, 0);
}

/* libvirt has forgotten that the VF was bound by it: on vfio, and nobody has it open. */
static void test_on_vfio(void **state)
{
	struct machine *m = *state;

	machine_dirty(m, VF1, VW_USE_INTERFACE);
	machine_vfio(m, VF1, 1);
	machine_write(m);
	release(m, IF_VF(MAC1, "2"));
	FINDINGS(CLEAN(VF1));
	machine_assert_new(m, VF1);
	assert_false(machine_find(m, VF1, NULL));
	assert_int_equal(machine_macs(m, WEB1), 0);
}

static void test_vanished(void **state)
{
	struct machine *m = *state;

	machine_dirty(m, VF1, VW_USE_INTERFACE);
	machine_remove(m, DEVICES VF1);
	release(m, IF_VF(MAC1, "2"));
	FINDINGS("WARN vf-left-alone " VF1 ": VF " VF1 " of domain web1 is no longer there");
	assert_false(machine_find(m, VF1, NULL));
	assert_int_equal(machine_macs(m, WEB1), 0);
}

/* ---- not ours, or not yet ---- */

/* After a refused port libvirt takes away the VF that it had chosen, whoever has it. */
static void test_other_owner(void **state)
{
	struct machine *m = *state;
	struct vw_claim_owner two = machine_owner("web2", VW_CLAIM_PREPARED, 5);

	machine_dirty(m, VF1, VW_USE_INTERFACE);
	machine_claim_mac(m, &two, MAC2, "", true);
	release_of(m, WEB2, IF_VF(MAC2, "2"));
	assert_int_equal(m->findings.n, 0);
	assert_true(machine_find(m, VF1, NULL));
	machine_assert_dirty(m, VF1);
	assert_int_equal(machine_macs(m, WEB1), 1);
	assert_int_equal(machine_macs(m, WEB2), 0); /* its own MAC goes */
	release_of(m, WEB2, IF_VF(MAC1, "2"));      /* another domain's does not */
	assert_int_equal(machine_macs(m, WEB1), 1);
}

static void test_held(void **state)
{
	struct machine *m = *state;
	struct vw_vf_claim claim;

	machine_dirty(m, VF1, VW_USE_INTERFACE);
	machine_vfio(m, VF1, 1);
	machine_open(m, 99, "qemu", "/dev/vfio/11");
	machine_write(m);
	release(m, IF_VF(MAC1, "2"));
	FINDINGS(LEFT_ALONE(VF1));
	machine_assert_dirty(m, VF1);
	assert_true(machine_find(m, VF1, &claim));
	assert_int_equal(claim.worker.pid, 0);
	assert_int_equal(machine_macs(m, WEB1), 1);
}

static void test_upper(void **state)
{
	struct machine *m = *state;

	machine_dirty(m, VF1, VW_USE_MACVTAP);
	machine_add_link(m, "macvtap0", "macvtap", MAC1);
	tree_link(&m->tree, DEVICES VF1 "/net/eth0v1/upper_macvtap0", "../macvtap0");
	machine_write(m);
	release(m, MACVTAP(MAC1, "eth0v1"));
	FINDINGS(LEFT_ALONE(VF1));
	machine_assert_dirty(m, VF1);
	assert_true(machine_find(m, VF1, NULL));
	assert_int_equal(machine_macs(m, WEB1), 1);
}

static void test_netns(void **state)
{
	struct machine *m = *state;

	machine_dirty(m, VF1, VW_USE_INTERFACE);
	machine_remove(m, DEVICES VF1 "/net/eth0v1");
	release(m, IF_VF(MAC1, "2"));
	FINDINGS(LEFT_ALONE(VF1));
	machine_assert_dirty(m, VF1);
	assert_true(machine_find(m, VF1, NULL));
}

static void test_residue(void **state)
{
	struct machine *m = *state;
	struct vw_vf_claim claim;

	machine_dirty(m, VF1, VW_USE_INTERFACE);
	tree_file(&m->tree, "/vfward-record/faults", "eth0/1 mac EPERM always\n");
	release(m, IF_VF(MAC1, "2"));
	FINDINGS("FAIL residue " VF1 ": VF " VF1 " of domain web1 did not come clean: mac " MAC1);
	assert_true(machine_find(m, VF1, &claim));
	assert_int_equal(claim.owner.state, VW_CLAIM_QUARANTINED);
	assert_int_equal(machine_macs(m, WEB1), 1); /* the VF carries it still */
}

static void test_worker(void **state)
{
	struct machine *m = *state;
	struct vw_process other = machine_spawn();
	struct vw_vf_claim claim = machine_dirty(m, VF1, VW_USE_INTERFACE);
	const struct vw_domain *port = machine_domain(m, "web1", WEB1, IF_VF(MAC1, "2"));

	assert_int_equal(vw_registry_take(m->registry, &claim.vf, WEB1, 0xf, &other, &m->err), 1);
	assert_int_equal(
		vw_release_port(&m->tree.host, m->registry, port, &m->findings, &m->err), -EBUSY);
	assert_true(strstr(m->err.msg, VF1));
	machine_assert_dirty(m, VF1);
	assert_int_equal(machine_macs(m, WEB1), 1);
	machine_reap(&other);
}

/* ---- MACs ---- */

/* Another VF of the domain has the same one. */
static void test_shared_mac(void **state)
{
	struct machine *m = *state;

	machine_dirty(m, VF1, VW_USE_INTERFACE);
	add_vf(m, VFA, MAC1);
	release(m, IF_VF(MAC1, "2"));
	FINDINGS(CLEAN(VF1));
	assert_false(machine_find(m, VF1, NULL));
	assert_true(machine_find(m, VFA, NULL));
	assert_int_equal(machine_macs(m, WEB1), 1);
	release(m, IF_VF(MAC1, "1"));
	FINDINGS(CLEAN(VFA));
	assert_int_equal(machine_macs(m, WEB1), 0);
}

/* The halves of a teaming pair have a claim each. */
static void test_team(void **state)
{
	struct machine *m = *state;
	struct vw_mac_claim *claims;
	size_t n;

	machine_dirty(m, VF1, VW_USE_INTERFACE);
	add_mac(m, MAC1, false);
	release(m, IF_VF(MAC1, "2"));
	FINDINGS(CLEAN(VF1));
	assert_int_equal(vw_registry_macs(m->registry, WEB1, &claims, &n, &m->err), 0);
	assert_int_equal(n, 1);
	assert_false(claims[0].on_vf);
	free(claims);

	add_vf(m, VF1, MAC1);
	release(m, BRIDGE(MAC1, "br0"));
	assert_int_equal(m->findings.n, 0);
	assert_true(machine_find(m, VF1, NULL));
	assert_int_equal(vw_registry_macs(m->registry, WEB1, &claims, &n, &m->err), 0);
	assert_int_equal(n, 1);
	assert_true(claims[0].on_vf);
	free(claims);
}

static void test_no_vf(void **state)
{
	struct machine *m = *state;

	machine_dirty(m, VF1, VW_USE_INTERFACE);
	add_mac(m, MAC2, false);
	add_mac(m, MAC3, false);
	/* no PCI function, no passthrough, no MAC, no address */
	release(m, "<interface type='bridge'><source bridge='br0'/></interface>");
	release(m, "<interface type='hostdev'><mac address='" MAC2 "'/><source/></interface>");
	assert_int_equal(machine_macs(m, WEB1), 3);
	release(m, DIRECT(MAC2, "eth0v1"));
	assert_int_equal(machine_macs(m, WEB1), 2);
	release(m, BRIDGE(MAC3, "br0"));
	assert_int_equal(machine_macs(m, WEB1), 1);
	assert_int_equal(m->findings.n, 0);
	machine_assert_dirty(m, VF1);
	assert_true(machine_find(m, VF1, NULL));
}

/* Prepare has claimed it before there was a VF, perhaps with another label. */
static void test_mac_alone(void **state)
{
	struct machine *m = *state;
	struct vw_claim_owner owner = machine_owner("web1", VW_CLAIM_PREPARED, 5);

	machine_claim_mac(m, &owner, MAC1, "blue", true);
	release(m, IF_VF(MAC1, "2"));
	assert_int_equal(m->findings.n, 0);
	assert_int_equal(machine_macs(m, WEB1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_clean),
		T(test_macvtap),
		T(test_on_vfio),
		T(test_vanished),
		T(test_other_owner),
		T(test_held),
		T(test_upper),
		T(test_netns),
		T(test_residue),
		T(test_worker),
		T(test_shared_mac),
		T(test_team),
		T(test_no_vf),
		T(test_mac_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
