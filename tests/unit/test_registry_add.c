/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_registry_add: a domain claims one device more than it has. */
#include "registry_claims.h"

static int add(struct fixture *f, struct vw_vf_claim *vf, struct vw_mac_claim *mac, bool runs)
{
	struct vw_claims claims = {
		.vfs = vf, .n_vfs = vf != NULL, .macs = mac, .n_macs = mac != NULL
	};

	return vw_registry_add(f->r, &claims, runs, &f->err);
}

/* What else the domain has stays as it is. */
static void test_add(void **state)
{
	struct fixture *f = *state;
	struct vw_vf_claim got, kept, v[] = { vf_claim(1, 5), vf_claim(1, 6) };
	struct vw_mac_claim m[] = { mac_claim(1, 5, "", true), mac_claim(1, 9, "", false) },
			    m6 = mac_claim(1, 6, "blue", true);
	struct vw_claims first = { .vfs = v, .n_vfs = 1, .macs = m, .n_macs = 2 };

	v[0].owner.state = m[0].owner.state = m[1].owner.state = VW_CLAIM_RUNNING;
	v[0].owner.since = m[0].owner.since = m[1].owner.since = 4711;
	assert_int_equal(vw_registry_claim(f->r, &first, &f->err), 0);
	assert_int_equal(find_vf(f->r, 5, &kept), 1);
	assert_int_equal(add(f, &v[1], &m6, false), 0);
	assert_int_equal(count_vfs(f, uuid_of(1)), 2);
	assert_int_equal(count_macs(f, uuid_of(1)), 3);
	assert_int_equal(find_vf(f->r, 5, &got), 1);
	assert_same_vf(&got, &kept);
	assert_int_equal(find_vf(f->r, 6, &got), 1);
	assert_int_equal(got.owner.state, VW_CLAIM_PREPARED);
	/* once more, a MAC alone, and nothing at all */
	assert_int_equal(add(f, &v[1], &m6, false), 0);
	m6 = mac_claim(1, 7, "", false);
	assert_int_equal(add(f, NULL, &m6, false), 0);
	assert_int_equal(add(f, NULL, NULL, false), 0);
	assert_int_equal(count_vfs(f, uuid_of(1)), 2);
	assert_int_equal(count_macs(f, uuid_of(1)), 4);
}

static void test_add_conflict(void **state)
{
	struct fixture *f = *state;
	struct vw_vf_claim got, v = vf_claim(2, 5), free_vf = vf_claim(2, 6);
	struct vw_mac_claim m = mac_claim(2, 5, "", false), free_mac = mac_claim(2, 6, "", true);

	assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
	assert_int_equal(claim_one(f->r, 2, 4, &f->err), 0);
	/* Of a no nothing stays, of either kind. */
	assert_int_equal(add(f, &v, &free_mac, false), -EBUSY);
	assert_non_null(strstr(f->err.msg, "VF 0000:07:00.5 is claimed by domain 'dom1'"));
	assert_int_equal(add(f, &free_vf, &m, false), -EBUSY);
	assert_non_null(strstr(f->err.msg, "MAC"));
	assert_int_equal(count_vfs(f, uuid_of(2)), 1);
	assert_int_equal(count_macs(f, uuid_of(2)), 1);
	assert_int_equal(find_vf(f->r, 5, &got), 1);
	assert_string_equal(got.owner.uuid, uuid_of(1));
	/* A domain that runs gets the rest. */
	assert_int_equal(add(f, &v, &free_mac, true), 1);
	assert_int_equal(add(f, &free_vf, &m, true), 1);
	assert_int_equal(count_vfs(f, uuid_of(2)), 2);
	assert_int_equal(count_macs(f, uuid_of(2)), 2);
	assert_int_equal(find_vf(f->r, 4, &got), 1);
	assert_int_equal(find_vf(f->r, 6, &got), 1);
	assert_int_equal(find_vf(f->r, 5, &got), 1);
	assert_string_equal(got.owner.uuid, uuid_of(1));
	v.vf.slot = 99;
	assert_int_equal(add(f, &v, NULL, true), -EINVAL);
}

/* A VF that was this domain's keeps its first baseline, and is its own again whatever became of it. */
static void test_add_own(void **state)
{
	struct fixture *f = *state;
	struct vw_process me = vw_process_self(), other = spawn();
	struct vw_pci vf = vf_at(5);
	struct vw_mac mac = mac_at(5);
	struct vw_vf_claim got, again = vf_claim(1, 5), before = again;

	assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
	memset(&again.baseline, 1, sizeof(again.baseline));
	assert_int_equal(add(f, &again, NULL, false), 0);
	assert_int_equal(find_vf(f->r, 5, &got), 1);
	assert_int_equal(got.baseline.vlan, before.baseline.vlan);
	assert_int_equal(vw_registry_past(f->r, &vf, &mac, NULL, &f->err), 0);
	/* The MAC that it had may still be on it. */
	again.mac = mac_at(55);
	assert_int_equal(add(f, &again, NULL, false), 0);
	assert_int_equal(vw_registry_past(f->r, &vf, &mac, NULL, &f->err), 1);
	assert_int_equal(find_vf(f->r, 5, &got), 1);
	assert_true(vw_mac_equal(&got.mac, &again.mac));

	assert_true(vw_registry_set_state(f->r, uuid_of(1), VW_CLAIM_STOPPING, NULL, &f->err) > 0);
	assert_int_equal(add(f, &again, NULL, false), 0);
	assert_int_equal(find_vf(f->r, 5, &got), 1);
	assert_int_equal(got.owner.state, VW_CLAIM_PREPARED);
	assert_int_equal(vw_registry_take(f->r, &vf, uuid_of(1), 15, &me, &f->err), 1);
	assert_int_equal(vw_registry_quarantine(f->r, &vf, uuid_of(1), &me, "vlan 7", &f->err), 0);
	assert_int_equal(add(f, &again, NULL, false), 0);
	assert_int_equal(find_vf(f->r, 5, &got), 1);
	assert_int_equal(got.owner.state, VW_CLAIM_PREPARED);
	assert_string_equal(got.residue, "");
	assert_int_equal(got.baseline.vlan, before.baseline.vlan);

	/* but not while another process resets it */
	assert_int_equal(vw_registry_take(f->r, &vf, uuid_of(1), 15, &other, &f->err), 1);
	assert_int_equal(add(f, &again, NULL, false), -EBUSY);
	assert_int_equal(add(f, &again, NULL, true), 1);
	reap(&other);
}

/* What was seen of the VF is out of date here, too. */
static void test_add_epoch(void **state)
{
	struct fixture *f = *state;
	struct vw_process me = vw_process_self();
	struct vw_vf_claim vf = vf_claim(2, 5);
	struct vw_claims claims = { .vfs = &vf, .n_vfs = 1 };

	assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
	assert_int_equal(vw_registry_epoch(f->r, &claims.epoch, &f->err), 0);
	assert_int_equal(vw_registry_take(f->r, &vf.vf, uuid_of(1), 15, &me, &f->err), 1);
	assert_int_equal(vw_registry_release_vf(f->r, &vf.vf, uuid_of(1), &me, &f->err), 0);
	assert_int_equal(vw_registry_add(f->r, &claims, false, &f->err), -EBUSY);
	assert_int_equal(vw_registry_add(f->r, &claims, true, &f->err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_add),
		T(test_add_conflict),
		T(test_add_own),
		T(test_add_epoch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
