/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_registry_reserve: reservations and claims exclude each other, and a reservation is worth nothing when its worker is dead. */
#include "registry_claims.h"

static int reserve(
	struct fixture *f, const struct vw_process *worker, unsigned int from, unsigned int n)
{
	const struct vw_process asked_by = { 4711, 1 };
	struct vw_pci vfs[8];

	for (unsigned int i = 0; i < n; i++)
		vfs[i] = vf_at(from + i);
	return vw_registry_reserve(f->r, vfs, n, worker, &asked_by, &f->err);
}

static void test_excludes(void **state)
{
	struct fixture *f = *state;
	struct vw_process me = vw_process_self(), other = spawn();
	struct vw_vf_claim got, idle = vf_claim(2, 6);

	assert_int_equal(reserve(f, &other, 5, 3), 0);
	assert_int_equal(find_vf(f->r, 6, &got), 1);
	assert_true(vw_claim_is_reservation(&got.owner));
	assert_int_equal(got.owner.state, VW_CLAIM_STOPPING);
	assert_int_equal(got.worker.pid, other.pid);
	assert_int_equal(got.owner.daemon.pid, 4711);
	assert_int_equal(claim_one(f->r, 1, 6, &f->err), -EBUSY);
	assert_non_null(strstr(f->err.msg, "vfward-hostprep (process 4711)"));
	idle.worker = me;
	assert_int_equal(vw_registry_take_idle(f->r, &idle, &f->err), 0);
	assert_int_equal(claim_one(f->r, 1, 8, &f->err), 0);

	/* All or none. */
	assert_int_equal(reserve(f, &me, 3, 3), -EBUSY);
	assert_non_null(strstr(f->err.msg, "vfward-hostprep (process 4711)"));
	assert_int_equal(find_vf(f->r, 3, &got), 0);
	assert_int_equal(reserve(f, &other, 7, 3), -EBUSY);
	assert_non_null(strstr(f->err.msg, "dom1"));
	assert_int_equal(find_vf(f->r, 9, &got), 0);
	/* Its own stay. */
	assert_int_equal(reserve(f, &other, 4, 3), 0);
	assert_int_equal(find_vf(f->r, 4, &got), 1);
	assert_int_equal(find_vf(f->r, 7, &got), 1);
	reap(&other);
}

static void test_end(void **state)
{
	struct fixture *f = *state;
	struct vw_process me = vw_process_self(), other = spawn();
	struct vw_vf_claim want = vf_claim(1, 5), got;
	struct vw_claims claims = { .vfs = &want, .n_vfs = 1 };

	assert_int_equal(vw_registry_epoch(f->r, &claims.epoch, &f->err), 0);
	assert_int_equal(reserve(f, &me, 5, 2), 0);
	assert_int_equal(reserve(f, &other, 0, 2), 0);
	assert_int_equal(vw_registry_unreserve(f->r, &me, &f->err), 2);
	assert_int_equal(find_vf(f->r, 5, &got), 0);
	assert_int_equal(find_vf(f->r, 1, &got), 1);
	assert_int_equal(vw_registry_unreserve(f->r, &me, &f->err), 0);
	/* What was seen of the VF before may be about another one. */
	assert_int_equal(vw_registry_claim(f->r, &claims, &f->err), -EBUSY);
	assert_int_equal(vw_registry_epoch(f->r, &claims.epoch, &f->err), 0);
	assert_int_equal(vw_registry_claim(f->r, &claims, &f->err), 0);
	reap(&other);
}

static void test_void(void **state)
{
	struct fixture *f = *state;
	struct vw_process me = vw_process_self(), other = spawn();
	struct vw_vf_claim want = vf_claim(1, 5), idle = vf_claim(2, 6), got;
	struct vw_claims claims = { .vfs = &want, .n_vfs = 1 };
	const struct vw_pci nine = vf_at(9);

	assert_int_equal(reserve(f, &other, 5, 3), 0);
	reap(&other);
	assert_int_equal(find_vf(f->r, 5, &got), 0);
	assert_int_equal(got.owner.uuid[0], 0);
	assert_int_equal(vw_registry_claim(f->r, &claims, &f->err), 0);
	assert_int_equal(find_vf(f->r, 5, &got), 1);
	want.owner.since = got.owner.since;
	assert_same_vf(&got, &want); /* the baseline, too, which a former claim would have kept */
	idle.worker = me;
	assert_int_equal(vw_registry_take_idle(f->r, &idle, &f->err), 1);
	assert_int_equal(find_vf(f->r, 6, &got), 1);
	assert_int_equal(got.baseline.vlan, 100);
	assert_int_equal(reserve(f, &me, 7, 1), 0);
	assert_int_equal(find_vf(f->r, 7, &got), 1);
	assert_int_equal(got.worker.pid, me.pid);

	/* A dead worker's claim is another matter: the VF is to be reset. */
	other = spawn();
	assert_int_equal(claim_one(f->r, 3, 9, &f->err), 0);
	assert_int_equal(vw_registry_take(f->r, &nine, uuid_of(3), 15, &other, &f->err), 1);
	reap(&other);
	assert_int_equal(find_vf(f->r, 9, &got), 1);
}

static void test_senseless(void **state)
{
	struct fixture *f = *state;
	struct vw_process me = vw_process_self();
	const struct vw_process nobody = { 0 };
	const struct vw_pci none = { .slot = 0x20 };

	assert_int_equal(reserve(f, &nobody, 5, 1), -EINVAL);
	assert_int_equal(vw_registry_reserve(f->r, &none, 1, &me, &me, &f->err), -EINVAL);
	assert_int_equal(reserve(f, &me, 5, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_excludes),
		T(test_end),
		T(test_void),
		T(test_senseless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
