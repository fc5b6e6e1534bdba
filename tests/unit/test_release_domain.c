/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_release_domain: how all claims of a domain end. */
#include "machine.h"

#include "release.h"

#define ANY 0xf

#define CLEAN(vf) "PASS vf-released " vf ": VF " vf " is clean again (domain web1)"

static struct vw_claims two_vfs(struct vw_vf_claim v[2], struct vw_mac_claim macs[2],
	const struct vw_vf_claim *a, const struct vw_vf_claim *b)
{
	v[0] = *a;
	v[1] = *b;
	for (size_t i = 0; i < 2; i++)
		macs[i] = (struct vw_mac_claim){
			.owner = v[i].owner, .mac = v[i].mac, .on_vf = true
		};
	return (struct vw_claims){ .vfs = v, .n_vfs = 2, .macs = macs, .n_macs = 2 };
}

static void claim_two(struct machine *m)
{
	struct vw_vf_claim a = machine_dirty(m, VF1, VW_USE_INTERFACE),
			   b = machine_dirty(m, VF3, VW_USE_INTERFACE), v[2];
	struct vw_mac_claim macs[2];
	struct vw_claims claims = two_vfs(v, macs, &a, &b);

	assert_int_equal(vw_registry_claim(m->registry, &claims, &m->err), 0);
}

static void test_domain(void **state)
{
	struct machine *m = *state;
	struct vw_claim_owner two = machine_owner("web2", VW_CLAIM_RUNNING, 5);
	struct vw_vf_claim other = machine_claim_of(m, &two, VF2, MAC2, VW_USE_INTERFACE);

	machine_claim_vf(m, &other);
	machine_vf(m, VF2)->mac = other.mac;
	claim_two(m);
	assert_int_equal(machine_macs(m, WEB1), 1);
	assert_int_equal(
		vw_release_domain(&m->tree.host, m->registry, WEB1, &m->findings, &m->err), 0);
	FINDINGS(CLEAN(VF1), CLEAN(VF3));
	machine_assert_new(m, VF1);
	machine_assert_new(m, VF3);
	assert_int_equal(machine_macs(m, WEB1), 0);
	/* another domain's stay what they are */
	assert_int_equal(machine_macs(m, WEB2), 1);
	assert_true(machine_find(m, VF2, NULL));
	machine_assert_mac(m, VF2, MAC2);
	/* once more: nothing to do */
	assert_int_equal(
		vw_release_domain(&m->tree.host, m->registry, WEB1, &m->findings, &m->err), 0);
	assert_int_equal(m->findings.n, 0);
	assert_int_equal(
		vw_release_domain(&m->tree.host, m->registry, WEB3, &m->findings, &m->err), 0);
	assert_int_equal(m->findings.n, 0);
}

/* Goes on after an error, and tells the first. */
static void test_domain_goes_on(void **state)
{
	struct machine *m = *state;
	struct vw_process other = machine_spawn();
	struct vw_pci vf = machine_pci(VF1);

	claim_two(m);
	assert_int_equal(vw_registry_take(m->registry, &vf, WEB1, ANY, &other, &m->err), 1);
	m->err.msg[0] = '\0';
	assert_int_equal(
		vw_release_domain(&m->tree.host, m->registry, WEB1, &m->findings, &m->err), -EBUSY);
	assert_true(strstr(m->err.msg, VF1));
	FINDINGS(CLEAN(VF3));
	assert_true(machine_find(m, VF1, NULL));
	machine_assert_dirty(m, VF1);
	assert_false(machine_find(m, VF3, NULL));
	assert_int_equal(machine_macs(m, WEB1), 0);
	machine_reap(&other);
}

static void test_domain_first_error(void **state)
{
	struct machine *m = *state;
	struct vw_process other = machine_spawn();
	struct vw_pci vf1 = machine_pci(VF1), vf3 = machine_pci(VF3);

	claim_two(m);
	assert_int_equal(vw_registry_take(m->registry, &vf1, WEB1, ANY, &other, &m->err), 1);
	assert_int_equal(vw_registry_take(m->registry, &vf3, WEB1, ANY, &other, &m->err), 1);
	assert_int_equal(
		vw_release_domain(&m->tree.host, m->registry, WEB1, &m->findings, &m->err), -EBUSY);
	assert_true(strstr(m->err.msg, VF1));
	assert_int_equal(m->findings.n, 0);
	machine_reap(&other);
}

/* A quarantined VF stays with its domain, the MACs do not. */
static void test_domain_residue(void **state)
{
	struct machine *m = *state;
	struct vw_vf_claim now;

	claim_two(m);
	tree_file(&m->tree, "/vfward-record/faults", "eth0/1 trust ignored always\n");
	assert_int_equal(
		vw_release_domain(&m->tree.host, m->registry, WEB1, &m->findings, &m->err), 0);
	FINDINGS("FAIL residue " VF1 ": VF " VF1 " of domain web1 did not come clean: trust on",
		CLEAN(VF3));
	assert_true(machine_find(m, VF1, &now));
	assert_int_equal(now.owner.state, VW_CLAIM_QUARANTINED);
	assert_int_equal(machine_macs(m, WEB1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_domain),
		T(test_domain_goes_on),
		T(test_domain_first_error),
		T(test_domain_residue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
