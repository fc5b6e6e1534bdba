/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_release: how a claim ends: reset, quarantine, or hands off. */
#include "machine.h"

#include "release.h"

#define ANY 0xf

#define CLEAN(vf) "PASS vf-released " vf ": VF " vf " is clean again (domain web1)"

static int release(struct machine *m, const struct vw_vf_claim *claim, unsigned int from)
{
	m->err.msg[0] = '\0';
	return vw_release_vf(&m->tree.host, m->registry, claim, from, &m->findings, &m->err);
}

static bool is_past(struct machine *m, const char *vf, const char *mac)
{
	struct vw_pci pci = machine_pci(vf);
	struct vw_mac wanted = machine_mac(mac);

	return vw_registry_past(m->registry, &pci, &wanted, NULL, &m->err) == 1;
}

/* ---- clean ---- */

static void test_clean(void **state)
{
	static const enum vw_claim_state states[] = { VW_CLAIM_PREPARED, VW_CLAIM_RUNNING,
		VW_CLAIM_STOPPING, VW_CLAIM_QUARANTINED };
	struct machine *m = *state;

	for (size_t i = 0; i < VW_ARRAY_SIZE(states); i++) {
		struct vw_vf_claim claim = machine_dirty(m, VF1, VW_USE_INTERFACE);

		claim.owner.state = states[i];
		machine_claim_vf(m, &claim);
		/* not in a state that was asked for */
		assert_int_equal(release(m, &claim, ANY & ~(1U << states[i])), -EBUSY);
		assert_true(strstr(m->err.msg, VF1));
		assert_int_equal(m->findings.n, 0);
		machine_assert_dirty(m, VF1);
		assert_int_equal(release(m, &claim, 1U << states[i]), 0);
		FINDINGS(CLEAN(VF1));
		machine_assert_new(m, VF1);
		assert_false(machine_find(m, VF1, NULL));
		assert_true(is_past(m, VF1, MAC1));
		m->vfs0[1] = nl_new_vf(1);
	}
}

/* What the administrator had set stays; what changed while the guest ran is undone. */
static void test_presets(void **state)
{
	static const enum vw_vf_use uses[] = { VW_USE_INTERFACE, VW_USE_MACVTAP, VW_USE_HOSTDEV };
	struct machine *m = *state;

	for (size_t i = 0; i < VW_ARRAY_SIZE(uses); i++) {
		struct vw_vf_attr now;
		struct vw_vf_claim claim;

		m->vfs0[1] = nl_new_vf(1);
		m->vfs0[1].mac = machine_mac(MAC3);
		m->vfs0[1].vlan = 100;
		m->vfs0[1].qos = 3;
		m->vfs0[1].trust = 1;
		m->vfs0[1].max_rate = 500;
		claim = machine_dirty(m, VF1, uses[i]);
		assert_int_equal(release(m, &claim, ANY), 0);
		FINDINGS(CLEAN(VF1));
		now = machine_read(m, VF1);
		assert_int_equal(now.vlan, 100);
		assert_int_equal(now.qos, 3);
		assert_int_equal(now.trust, 1);
		assert_int_equal(now.spoofchk, 1);
		assert_int_equal(now.max_rate, 500);
		/* A plain hostdev keeps its preset MAC, all others leave none behind. */
		machine_assert_mac(m, VF1, uses[i] == VW_USE_HOSTDEV ? MAC3 : "00:00:00:00:00:00");
	}
}

static void test_unsupported(void **state)
{
	struct machine *m = *state;
	struct vw_vf_claim claim = machine_dirty(m, VF1, VW_USE_INTERFACE);

	tree_file(&m->tree, "/vfward-record/faults", "eth0/1 rate EOPNOTSUPP always\n");
	assert_int_equal(release(m, &claim, ANY), 0);
	FINDINGS(CLEAN(VF1) " (its driver does not support rate)");
	assert_false(machine_find(m, VF1, NULL));
}

/* A driver that refuses zero gets the address back that the VF had before its tenant. */
static void test_spare(void **state)
{
	struct machine *m = *state;
	struct vw_vf_claim claim;

	machine_vf(m, VF1)->mac = machine_mac(MAC3);
	claim = machine_dirty(m, VF1, VW_USE_INTERFACE);
	tree_file(&m->tree, "/vfward-record/faults", "eth0/1 mac-zero EINVAL always\n");
	assert_int_equal(release(m, &claim, ANY), 0);
	FINDINGS(CLEAN(VF1));
	machine_assert_mac(m, VF1, MAC3);
}

/* ---- not clean ---- */

static void test_residue(void **state)
{
	struct machine *m = *state;
	struct vw_vf_claim claim = machine_dirty(m, VF1, VW_USE_INTERFACE), now;

	tree_file(&m->tree, "/vfward-record/faults",
		"eth0/1 mac EPERM always\neth0/1 trust EPERM always\n");
	assert_int_equal(release(m, &claim, ANY), 0);
	assert_int_equal(m->findings.n, 1);
	assert_string_equal(m->findings.v[0].remedy, "vfward reset " VF1);
	FINDINGS("FAIL residue " VF1 ": VF " VF1 " of domain web1 did not come clean: mac " MAC1
		 ", trust on");
	assert_true(machine_find(m, VF1, &now));
	assert_int_equal(now.owner.state, VW_CLAIM_QUARANTINED);
	assert_string_equal(now.owner.uuid, WEB1);
	assert_string_equal(now.residue, "mac " MAC1 ", trust on");
	assert_int_equal(now.worker.pid, 0);
	assert_false(is_past(m, VF1, MAC1));

	/* The next try, when the driver has come to its senses. */
	tree_file(&m->tree, "/vfward-record/faults", "");
	assert_int_equal(release(m, &now, 1U << VW_CLAIM_QUARANTINED), 0);
	FINDINGS(CLEAN(VF1));
	assert_false(machine_find(m, VF1, NULL));
	machine_assert_new(m, VF1);
}

/* A driver that says yes and does nothing. */
static void test_ignored(void **state)
{
	struct machine *m = *state;
	struct vw_vf_claim claim = machine_dirty(m, VF1, VW_USE_INTERFACE);

	tree_file(&m->tree, "/vfward-record/faults", "*/* mac ignored always\n");
	assert_int_equal(release(m, &claim, ANY), 0);
	FINDINGS("FAIL residue " VF1 ": VF " VF1 " of domain web1 did not come clean: mac " MAC1);
	assert_true(machine_find(m, VF1, NULL));

	machine_vf(m, VF2)->mac = machine_mac(MAC2);
	machine_write(m);
	claim.vf = machine_pci(VF2);
	assert_int_equal(vw_release_idle(&m->tree.host, m->registry, &claim.vf, WEB1, "web1",
				 &m->findings, &m->err),
		0);
	FINDINGS("FAIL residue " VF2 ": VF " VF2 " of domain web1 did not come clean: mac " MAC2);
}

static void test_cannot_look(void **state)
{
	struct machine *m = *state;
	struct vw_vf_claim claim = machine_dirty(m, VF1, VW_USE_INTERFACE), now;

	machine_remove(m, DEVICES PF0 "/net");
	assert_int_equal(release(m, &claim, ANY), 0);
	assert_int_equal(m->findings.n, 1);
	assert_string_equal(m->findings.v[0].id, "residue");
	assert_true(strstr(m->findings.v[0].message, "not reset: PF " PF0 " has no netdev"));
	assert_true(machine_find(m, VF1, &now));
	assert_int_equal(now.owner.state, VW_CLAIM_QUARANTINED);
	assert_int_equal(strncmp(now.residue, "not reset: ", 11), 0);
}

/* ---- no longer ours ---- */

static void test_vanished(void **state)
{
	struct machine *m = *state;
	struct vw_vf_claim claim = machine_dirty(m, VF1, VW_USE_INTERFACE);

	machine_remove(m, DEVICES VF1);
	assert_int_equal(release(m, &claim, ANY), 0);
	FINDINGS("WARN vf-left-alone " VF1 ": VF " VF1 " of domain web1 is no longer there");
	assert_false(machine_find(m, VF1, NULL));
}

static void test_held(void **state)
{
	struct machine *m = *state;
	struct vw_vf_claim claim = machine_dirty(m, VF1, VW_USE_INTERFACE);

	machine_vfio(m, VF1, 1);
	machine_open(m, 99, "dpdk", "/dev/vfio/11");
	machine_write(m);
	assert_int_equal(release(m, &claim, ANY), 0);
	FINDINGS("WARN vf-left-alone " VF1 ": VF " VF1
		 " of domain web1 is not reset, because process 99 (dpdk) holds it");
	assert_false(machine_find(m, VF1, NULL));
	machine_assert_dirty(m, VF1);
}

/* On vfio without a holder, or one that cannot be found: still ours. */
static void test_not_held(void **state)
{
	struct machine *m = *state;
	struct vw_vf_claim claim = machine_dirty(m, VF1, VW_USE_INTERFACE);

	machine_open(m, 99, "dpdk", "/dev/vfio/12");
	tree_file(&m->tree, "/proc/100/fd", "");
	machine_vfio(m, VF1, 1);
	tree_dir(&m->tree, DEVICES VF1 "/net"); /* the driver decides, not this */
	machine_write(m);
	assert_int_equal(release(m, &claim, ANY), 0);
	FINDINGS(CLEAN(VF1));
	machine_assert_new(m, VF1);
}

static void test_netns(void **state)
{
	struct machine *m = *state;
	struct vw_vf_claim claim = machine_dirty(m, VF1, VW_USE_INTERFACE);

	machine_open(m, 99, "dpdk", "/dev/vfio/11"); /* a holder of a VF that is not on vfio */
	machine_remove(m, DEVICES VF1 "/net/eth0v1");
	assert_int_equal(release(m, &claim, ANY), 0);
	FINDINGS("WARN vf-left-alone " VF1 ": VF " VF1 " of domain web1 is not reset, because "
		 "its netdev is in another network namespace");
	assert_false(machine_find(m, VF1, NULL));
	machine_assert_dirty(m, VF1);
}

static void test_unbound(void **state)
{
	struct machine *m = *state;
	struct vw_vf_claim claim = machine_dirty(m, VF1, VW_USE_INTERFACE);

	machine_remove(m, DEVICES VF1 "/net");
	assert_int_equal(release(m, &claim, ANY), 0);
	FINDINGS(CLEAN(VF1));
	machine_assert_new(m, VF1);
}

/* ---- whose claim it is ---- */

static void test_workers(void **state)
{
	struct machine *m = *state;
	struct vw_vf_claim claim = machine_dirty(m, VF1, VW_USE_INTERFACE), now;
	struct vw_process other = machine_spawn();

	assert_int_equal(vw_registry_take(m->registry, &claim.vf, WEB1, ANY, &other, &m->err), 1);
	assert_int_equal(release(m, &claim, ANY), -EBUSY);
	assert_true(strstr(m->err.msg, VF1));
	assert_int_equal(m->findings.n, 0);
	machine_assert_dirty(m, VF1);
	assert_true(machine_find(m, VF1, &now));
	assert_int_equal(now.worker.pid, other.pid);

	machine_reap(&other); /* killed in the middle: taken over */
	assert_int_equal(release(m, &claim, ANY), 0);
	FINDINGS(CLEAN(VF1));
	machine_assert_new(m, VF1);
	assert_false(machine_find(m, VF1, NULL));
}

static void test_other_owner(void **state)
{
	struct machine *m = *state;
	struct vw_vf_claim claim = machine_dirty(m, VF1, VW_USE_INTERFACE), foreign = claim;

	foreign.owner = machine_owner("web2", VW_CLAIM_STOPPING, 0);
	assert_int_equal(release(m, &foreign, ANY), -EBUSY);
	assert_int_equal(m->findings.n, 0);
	assert_true(machine_find(m, VF1, NULL));
	machine_assert_dirty(m, VF1);
	/* nothing to release, nothing to touch */
	assert_int_equal(release(m, &claim, ANY), 0);
	vw_findings_free(&m->findings);
	machine_vf(m, VF1)->mac = machine_mac(MAC1);
	machine_write(m);
	assert_int_equal(release(m, &claim, ANY), -EBUSY);
	machine_assert_mac(m, VF1, MAC1);
}

/* ---- without a claim ---- */

static void test_idle(void **state)
{
	struct machine *m = *state;
	struct vw_pci vf = machine_pci(VF1);
	struct vw_vf_attr now;

	machine_vf(m, VF1)->mac = machine_mac(MAC2);
	machine_vf(m, VF1)->trust = 1;
	machine_vf(m, VF1)->vlan = 100;
	machine_write(m);
	assert_int_equal(vw_release_idle(&m->tree.host, m->registry, &vf, WEB1, "web1",
				 &m->findings, &m->err),
		0);
	FINDINGS(CLEAN(VF1));
	now = machine_read(m, VF1);
	machine_assert_mac(m, VF1, "00:00:00:00:00:00");
	assert_int_equal(now.trust, 1); /* only the MAC goes */
	assert_int_equal(now.vlan, 100);
	assert_false(machine_find(m, VF1, NULL));
}

static void test_operator(void **state)
{
	struct machine *m = *state;
	struct vw_pci vf = machine_pci(VF1);

	machine_vf(m, VF1)->mac = machine_mac(MAC2);
	machine_vf(m, VF1)->trust = 1;
	machine_vf(m, VF1)->vlan = 100;
	machine_vf(m, VF1)->spoofchk = 0;
	machine_vf(m, VF1)->max_rate = 10;
	machine_write(m);
	assert_int_equal(
		vw_release_operator(&m->tree.host, m->registry, &vf, &m->findings, &m->err), 0);
	FINDINGS("PASS vf-released " VF1 ": VF " VF1 " is clean again (domain (operator))");
	machine_assert_new(m, VF1);
	assert_false(machine_find(m, VF1, NULL));
}

static void test_operator_residue(void **state)
{
	struct machine *m = *state;
	struct vw_pci vf = machine_pci(VF1);
	struct vw_vf_claim now;

	machine_vf(m, VF1)->mac = machine_mac(MAC2);
	machine_write(m);
	tree_file(&m->tree, "/vfward-record/faults", "*/* mac EPERM always\n");
	assert_int_equal(
		vw_release_operator(&m->tree.host, m->registry, &vf, &m->findings, &m->err), 0);
	FINDINGS("FAIL residue " VF1 ": VF " VF1
		 " of domain (operator) did not come clean: mac " MAC2);
	assert_true(machine_find(m, VF1, &now));
	assert_int_equal(now.owner.state, VW_CLAIM_QUARANTINED);
}

static void test_idle_claimed(void **state)
{
	struct machine *m = *state;
	struct vw_vf_claim claim = machine_dirty(m, VF1, VW_USE_INTERFACE);

	m->err.msg[0] = '\0';
	assert_int_equal(vw_release_idle(&m->tree.host, m->registry, &claim.vf, WEB2, "web2",
				 &m->findings, &m->err),
		-EBUSY);
	assert_true(strstr(m->err.msg, VF1));
	assert_int_equal(
		vw_release_operator(&m->tree.host, m->registry, &claim.vf, &m->findings, &m->err),
		-EBUSY);
	/* Even its own claim is another matter: that is to be released with its baseline. */
	assert_int_equal(vw_release_idle(&m->tree.host, m->registry, &claim.vf, WEB1, "web1",
				 &m->findings, &m->err),
		-EBUSY);
	assert_int_equal(m->findings.n, 0);
	machine_assert_dirty(m, VF1);
	assert_true(machine_find(m, VF1, &claim));
	assert_string_equal(claim.owner.uuid, WEB1);
}

static void test_idle_missing(void **state)
{
	struct machine *m = *state;
	struct vw_pci vf = machine_pci("0000:01:1f.7"), pf = machine_pci(PF0);

	m->err.msg[0] = '\0';
	assert_int_equal(
		vw_release_operator(&m->tree.host, m->registry, &vf, &m->findings, &m->err),
		-ENOENT);
	assert_true(m->err.msg[0]);
	assert_int_equal(vw_release_idle(&m->tree.host, m->registry, &pf, WEB1, "web1",
				 &m->findings, &m->err),
		-ENOENT);
	assert_int_equal(m->findings.n, 0);
	assert_false(machine_find(m, PF0, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_clean),
		T(test_presets),
		T(test_unsupported),
		T(test_spare),
		T(test_residue),
		T(test_ignored),
		T(test_cannot_look),
		T(test_vanished),
		T(test_held),
		T(test_not_held),
		T(test_netns),
		T(test_unbound),
		T(test_workers),
		T(test_other_owner),
		T(test_idle),
		T(test_operator),
		T(test_operator_residue),
		T(test_idle_claimed),
		T(test_idle_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
