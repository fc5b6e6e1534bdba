/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_registry_claim: a domain gets all that it wants or nothing, and what becomes of what it had. */
#include "registry_claims.h"

#include <time.h>

/* Fields without their NUL are cut, not read past. */
static void test_unterminated(void **state)
{
	struct fixture *f = *state;
	struct vw_vf_claim vf = vf_claim(1, 5), got;
	struct vw_mac_claim mac = mac_claim(1, 5, "", true);

	memset(vf.owner.name, 'n', sizeof(vf.owner.name));
	memset(vf.residue, 'r', sizeof(vf.residue));
	memset(mac.scope, 's', sizeof(mac.scope));
	memset(mac.device, 'd', sizeof(mac.device));
	assert_int_equal(claim_vfs(f, &vf, 1), 0);
	assert_int_equal(claim_macs(f, &mac, 1), 0);
	assert_int_equal(find_vf(f->r, 5, &got), 0); /* the second request wanted no VF */
	assert_int_equal(claim_vfs(f, &vf, 1), 0);
	assert_int_equal(find_vf(f->r, 5, &got), 1);
	assert_int_equal(strlen(got.owner.name), sizeof(got.owner.name) - 1);
	assert_int_equal(strlen(got.residue), sizeof(got.residue) - 1);
	memset(vf.owner.uuid, 'a', sizeof(vf.owner.uuid));
	assert_int_equal(claim_vfs(f, &vf, 1), -EINVAL);
}

/* What was seen of a VF is out of date once somebody has let go of it. */
static void test_epoch(void **state)
{
	struct fixture *f = *state;
	struct vw_vf_claim vf = vf_claim(2, 5);
	struct vw_claims claims = { .vfs = &vf, .n_vfs = 1 };
	struct vw_process me = vw_process_self();
	int64_t before, after;

	assert_int_equal(vw_registry_epoch(f->r, &before, &f->err), 0);
	assert_true(before > 0);
	for (unsigned int n = 5; n < 7; n++) {
		struct vw_pci pci = vf_at(n);

		assert_int_equal(claim_one(f->r, 1, n, &f->err), 0);
		assert_int_equal(vw_registry_take(f->r, &pci, uuid_of(1), 15, &me, &f->err), 1);
		assert_int_equal(vw_registry_release_vf(f->r, &pci, uuid_of(1), &me, &f->err), 0);
	}
	assert_int_equal(vw_registry_epoch(f->r, &after, &f->err), 0);
	assert_true(after > before);
	claims.epoch = before;
	assert_int_equal(vw_registry_claim(f->r, &claims, &f->err), -EBUSY);
	assert_non_null(strstr(f->err.msg, "0000:07:00.5 was released"));
	assert_int_equal(find_vf(f->r, 5, &(struct vw_vf_claim){ 0 }), 0);
	/* the second release was another VF's */
	claims.epoch = after - 1;
	assert_int_equal(vw_registry_claim(f->r, &claims, &f->err), 0);
	/* Of a claim that stands the baseline stays what it was. */
	claims.epoch = before;
	assert_int_equal(vw_registry_claim(f->r, &claims, &f->err), 0);
	/* A domain that runs does not wait for a better moment. */
	vf = vf_claim(3, 6);
	assert_int_equal(vw_registry_adopt(f->r, &claims, &f->err), 0);
	assert_int_equal(find_vf(f->r, 6, &(struct vw_vf_claim){ 0 }), 1);
}

static void test_invalid(void **state)
{
	struct fixture *f = *state;
	struct vw_vf_claim two[2] = { vf_claim(1, 5), vf_claim(2, 6) };
	struct vw_process me = vw_process_self();
	const char *uuid = uuid_of(1);
	char huge[4096];
	struct vw_pci vf = vf_at(5), bad;

	memset(huge, 'a', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	assert_int_equal(claim_vfs(f, two, 2), -EINVAL); /* two domains */
	two[1] = two[0];
	assert_int_equal(claim_vfs(f, two, 2), -EINVAL); /* one VF twice */
	assert_non_null(strstr(f->err.msg, "0000:07:00.5 twice"));
	for (int i = 0; i < 7; i++) {
		struct vw_vf_claim claim = vf_claim(1, 5);

		if (i == 0)
			claim.owner.uuid[0] = '\0';
		else if (i == 1)
			claim.vf.slot = 0x20;
		else if (i == 2)
			claim.vf.function = 8;
		else if (i == 3)
			claim.use = (enum vw_vf_use)3;
		else if (i == 4)
			claim.owner.state = (enum vw_claim_state)4;
		else if (i == 5)
			claim.owner.daemon.pid = -1;
		else
			claim.worker.pid = -1;
		assert_int_equal(claim_vfs(f, &claim, 1), -EINVAL);
	}
	assert_int_equal(count_vfs(f, NULL), 0);

	assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
	bad = (struct vw_pci){ 0, 7, 0x20, 0 };
	assert_int_equal(vw_registry_take(f->r, &bad, uuid, 15, &me, &f->err), -EINVAL);
	assert_int_equal(vw_registry_take(f->r, &vf, "", 15, &me, &f->err), -EINVAL);
	assert_int_equal(vw_registry_take(f->r, &vf, huge, 15, &me, &f->err), -EINVAL);
	me.pid = 0;
	assert_int_equal(vw_registry_take(f->r, &vf, uuid, 15, &me, &f->err), -EINVAL);
	me.start = 0;
	assert_int_equal(vw_registry_release_vf(f->r, &vf, uuid, &me, &f->err), -EINVAL);
	assert_int_equal(vw_registry_quarantine(f->r, &vf, uuid, &me, "x", &f->err), -EINVAL);
	assert_int_equal(vw_registry_release_macs(f->r, "", &f->err), -EINVAL);
	assert_int_equal(vw_registry_set_state(f->r, "", VW_CLAIM_RUNNING, NULL, &f->err), -EINVAL);
	assert_int_equal(
		vw_registry_set_state(f->r, uuid, VW_CLAIM_QUARANTINED, NULL, &f->err), -EINVAL);
	assert_int_equal(count_vfs(f, uuid), 1);
	assert_int_equal(count_vfs(f, huge), 0);
	assert_int_equal(count_macs(f, uuid), 1);
	assert_int_equal(vw_registry_claim(f->r, &(struct vw_claims){ 0 }, &f->err), 0);
	assert_int_equal(count_vfs(f, uuid), 1); /* nobody asked for nothing */
}

/* SQL in a name is a name. */
static void test_injection(void **state)
{
	struct fixture *f = *state;
	struct vw_vf_claim claim = vf_claim(1, 5), got;

	strcpy(claim.owner.name, "'; DROP TABLE vf; --");
	strcpy(claim.owner.uuid, "' OR 1=1 --");
	assert_int_equal(claim_one(f->r, 2, 6, &f->err), 0);
	assert_int_equal(claim_vfs(f, &claim, 1), 0);
	assert_int_equal(count_vfs(f, claim.owner.uuid), 1);
	assert_int_equal(vw_registry_release_macs(f->r, claim.owner.uuid, &f->err), 0);
	assert_int_equal(count_macs(f, NULL), 1);
	assert_int_equal(find_vf(f->r, 5, &got), 1);
	assert_string_equal(got.owner.name, claim.owner.name);
}

/* Another domain's VF: refused as a whole, and said who has it, in a form that a terminal survives. */
static void test_vf_conflict(void **state)
{
	struct fixture *f = *state;
	struct vw_vf_claim first = vf_claim(1, 5);
	struct vw_vf_claim second[] = { vf_claim(2, 4), vf_claim(2, 5), vf_claim(2, 6) };
	struct vw_mac_claim mac = mac_claim(2, 50, "", true);
	struct vw_claims want = { .vfs = second, .n_vfs = 3, .macs = &mac, .n_macs = 1 };

	strcpy(first.owner.name, "web\x1b[31m\xff");
	assert_int_equal(claim_vfs(f, &first, 1), 0);
	assert_int_equal(claim_one(f->r, 2, 9, &f->err), 0);
	assert_int_equal(vw_registry_claim(f->r, &want, &f->err), -EBUSY);
	assert_non_null(strstr(f->err.msg, "0000:07:00.5"));
	assert_non_null(strstr(f->err.msg, "web\\x1b[31m\\xff"));
	assert_non_null(strstr(f->err.msg, first.owner.uuid));
	assert_non_null(strstr(f->err.msg, "prepared"));
	assert_int_equal(count_vfs(f, uuid_of(2)), 1); /* the former one is still there */
	assert_int_equal(count_macs(f, uuid_of(2)), 1);
	assert_int_equal(vw_registry_claim(f->r, &want, NULL), -EBUSY);
}

/* An own VF claim is taken over with its first baseline; what is no longer wanted goes. */
static void test_replace(void **state)
{
	struct fixture *f = *state;
	struct vw_vf_claim got, v[] = { vf_claim(1, 5), vf_claim(1, 6) }, again = vf_claim(1, 6);
	struct vw_claim_owner past;
	struct vw_pci vf = vf_at(6);
	struct vw_mac mac = mac_at(6);

	assert_int_equal(claim_vfs(f, v, 2), 0);
	again.mac = mac_at(66);
	again.use = VW_USE_HOSTDEV;
	again.owner.since = 4711;
	again.owner.state = VW_CLAIM_RUNNING;
	strcpy(again.owner.name, "renamed");
	again.owner.daemon.pid = 78;
	memset(&again.baseline, 1, sizeof(again.baseline));
	assert_int_equal(claim_vfs(f, &again, 1), 0);
	assert_int_equal(find_vf(f->r, 5, &got), 0);
	assert_int_equal(find_vf(f->r, 6, &got), 1);
	again.baseline = v[1].baseline;
	assert_same_vf(&got, &again);
	/* The MAC that it had may still be on the VF. */
	assert_int_equal(vw_registry_past(f->r, &vf, &mac, &past, &f->err), 1);
	assert_string_equal(past.name, "dom1");
	vf = vf_at(5);
	mac = mac_at(5);
	assert_int_equal(vw_registry_past(f->r, &vf, &mac, &past, &f->err), 1);
	/* An unchanged one is nothing of the past. */
	assert_int_equal(claim_vfs(f, &again, 1), 0);
	vf = vf_at(6);
	mac = mac_at(66);
	assert_int_equal(vw_registry_past(f->r, &vf, &mac, NULL, &f->err), 0);
}

/* since 0 means now. */
static void test_since(void **state)
{
	struct fixture *f = *state;
	struct vw_vf_claim got;
	struct timespec now;

	assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
	clock_gettime(CLOCK_BOOTTIME, &now);
	assert_int_equal(find_vf(f->r, 5, &got), 1);
	assert_in_range(got.owner.since, now.tv_sec - 5, now.tv_sec);
}

/* A VF whose reset is still due does not become free because its domain wants another one now. */
static void test_replace_keeps_dirty(void **state)
{
	struct fixture *f = *state;
	struct vw_process me = vw_process_self();
	struct vw_vf_claim got, v[] = { vf_claim(1, 5), vf_claim(1, 6), vf_claim(1, 7) };
	struct vw_pci vf = vf_at(6);

	v[0].owner.state = VW_CLAIM_STOPPING;
	v[2].owner.state = VW_CLAIM_RUNNING;
	assert_int_equal(claim_vfs(f, v, 3), 0);
	assert_int_equal(vw_registry_take(f->r, &vf, uuid_of(1), 15, &me, &f->err), 1);
	assert_int_equal(vw_registry_quarantine(f->r, &vf, uuid_of(1), &me, "vlan 7", &f->err), 0);
	assert_int_equal(claim_one(f->r, 1, 8, &f->err), 0);
	assert_int_equal(find_vf(f->r, 5, &got), 1);
	assert_int_equal(find_vf(f->r, 6, &got), 1);
	assert_string_equal(got.residue, "vlan 7");
	assert_int_equal(find_vf(f->r, 7, &got), 0);
	assert_int_equal(claim_one(f->r, 2, 6, &f->err), -EBUSY);
	assert_non_null(strstr(f->err.msg, "quarantined"));
	/* Its own domain gets it back, with the first baseline. */
	assert_int_equal(claim_vfs(f, &v[1], 1), 0);
	assert_int_equal(find_vf(f->r, 6, &got), 1);
	assert_int_equal(got.owner.state, VW_CLAIM_PREPARED);
	assert_int_equal(got.baseline.vlan, 100);
}

/* A living process resets our own former VF: not even we get it meanwhile. */
static void test_claim_under_work(void **state)
{
	struct fixture *f = *state;
	struct vw_process other = spawn();
	struct vw_pci vf = vf_at(5);
	struct vw_vf_claim got, twin = vf_claim(1, 5);

	assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
	assert_int_equal(vw_registry_take(f->r, &vf, uuid_of(1), 15, &other, &f->err), 1);
	assert_int_equal(claim_vfs(f, &twin, 1), -EBUSY);
	assert_non_null(strstr(f->err.msg, "reset by process"));
	/* RUNNING again or not: somebody works on it, so it does not go either. */
	assert_true(vw_registry_set_state(f->r, uuid_of(1), VW_CLAIM_RUNNING, NULL, &f->err) > 0);
	assert_int_equal(claim_one(f->r, 1, 6, &f->err), 0);
	assert_int_equal(find_vf(f->r, 5, &got), 1);
	reap(&other);
	assert_int_equal(claim_vfs(f, &twin, 1), 0);
	assert_int_equal(find_vf(f->r, 5, &got), 1);
	assert_int_equal(got.worker.pid, 0);
}

static void test_adopt(void **state)
{
	struct fixture *f = *state;
	struct vw_vf_claim got,
		v[] = { vf_claim(2, 4), vf_claim(2, 5), vf_claim(2, 6), vf_claim(2, 6) };
	struct vw_mac_claim m[] = { mac_claim(2, 5, "", false), mac_claim(2, 50, "", true) };
	struct vw_claims all = { .vfs = v, .n_vfs = 4, .macs = m, .n_macs = 2 },
			 fine = { .vfs = v, .n_vfs = 1, .macs = m + 1, .n_macs = 1 };

	assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
	assert_int_equal(claim_one(f->r, 2, 4, &f->err), 0);
	v[0].baseline.vlan = 200;
	v[0].owner.state = v[1].owner.state = v[2].owner.state = v[3].owner.state =
		VW_CLAIM_RUNNING;
	/* VF 6 twice, VF 5 and MAC 5 are domain 1's. */
	assert_int_equal(vw_registry_adopt(f->r, &all, &f->err), 3);
	assert_non_null(strstr(f->err.msg, "twice"));
	assert_int_equal(count_vfs(f, uuid_of(2)), 2);
	assert_int_equal(count_macs(f, uuid_of(2)), 1);
	assert_int_equal(find_vf(f->r, 4, &got), 1);
	assert_int_equal(got.baseline.vlan, 100);
	assert_int_equal(got.owner.state, VW_CLAIM_RUNNING);
	assert_int_equal(find_vf(f->r, 5, &got), 1);
	assert_string_equal(got.owner.uuid, uuid_of(1));
	all.n_vfs = 3;
	assert_int_equal(vw_registry_adopt(f->r, &all, &f->err), 2);
	assert_non_null(strstr(f->err.msg, "VF 0000:07:00.5 is claimed by domain 'dom1'"));
	assert_int_equal(vw_registry_adopt(f->r, &all, NULL), 2);
	assert_int_equal(vw_registry_adopt(f->r, &fine, &f->err), 0);
	assert_int_equal(count_vfs(f, uuid_of(2)), 1);
	v[0].vf.slot = 99;
	assert_int_equal(vw_registry_adopt(f->r, &fine, &f->err), -EINVAL);
}

static void test_set_state(void **state)
{
	struct fixture *f = *state;
	struct vw_process me = vw_process_self(), daemon = { 99, 999 };
	struct vw_vf_claim got, v[] = { vf_claim(1, 5), vf_claim(1, 6) };
	struct vw_mac_claim m = mac_claim(1, 5, "", true), *macs;
	struct vw_claims want = { .vfs = v, .n_vfs = 2, .macs = &m, .n_macs = 1 };
	struct vw_pci vf = vf_at(6);
	size_t n;

	v[0].owner.since = v[1].owner.since = m.owner.since = 1000;
	assert_int_equal(vw_registry_claim(f->r, &want, &f->err), 0);
	assert_int_equal(claim_one(f->r, 2, 7, &f->err), 0);
	assert_int_equal(vw_registry_take(f->r, &vf, uuid_of(1), 15, &me, &f->err), 1);
	assert_int_equal(vw_registry_quarantine(f->r, &vf, uuid_of(1), &me, "mac", &f->err), 0);

	/* The same state: the time stays. */
	assert_int_equal(
		vw_registry_set_state(f->r, uuid_of(1), VW_CLAIM_PREPARED, &daemon, &f->err), 2);
	assert_int_equal(find_vf(f->r, 5, &got), 1);
	assert_true(got.owner.since == 1000 && got.owner.daemon.pid == 99);
	assert_int_equal(
		vw_registry_set_state(f->r, uuid_of(1), VW_CLAIM_RUNNING, NULL, &f->err), 2);
	assert_int_equal(find_vf(f->r, 5, &got), 1);
	assert_int_equal(got.owner.state, VW_CLAIM_RUNNING);
	assert_true(got.owner.since != 1000);
	assert_true(got.owner.daemon.pid == 99 && got.owner.daemon.start == 999);
	assert_int_equal(find_vf(f->r, 6, &got), 1);
	assert_int_equal(got.owner.state, VW_CLAIM_QUARANTINED);
	assert_int_equal(find_vf(f->r, 7, &got), 1);
	assert_int_equal(got.owner.state, VW_CLAIM_PREPARED);
	assert_int_equal(vw_registry_macs(f->r, uuid_of(1), &macs, &n, &f->err), 0);
	assert_int_equal(macs->owner.state, VW_CLAIM_RUNNING);
	assert_int_equal(macs->owner.daemon.pid, 99);
	free(macs);
	assert_int_equal(
		vw_registry_set_state(f->r, uuid_of(3), VW_CLAIM_RUNNING, NULL, &f->err), 0);
}

/* 1,000 domains of 8 NICs: claiming, finding and listing stay far below what a start may take. */
static void test_many(void **state)
{
	struct fixture *f = *state;
	struct timespec a, b;
	int64_t ms;

	clock_gettime(CLOCK_MONOTONIC, &a);
	for (unsigned int d = 0; d < 1000; d++) {
		struct vw_vf_claim v[8];
		struct vw_mac_claim m[8];
		struct vw_claims want = { .vfs = v, .n_vfs = 8, .macs = m, .n_macs = 8 };

		for (unsigned int i = 0; i < 8; i++) {
			v[i] = vf_claim(d, d * 8 + i);
			m[i] = mac_claim(d, d * 8 + i, "", true);
		}
		assert_int_equal(vw_registry_claim(f->r, &want, &f->err), 0);
	}
	assert_int_equal(count_vfs(f, NULL), 8000);
	assert_int_equal(count_macs(f, NULL), 8000);
	assert_int_equal(count_vfs(f, uuid_of(500)), 8);
	assert_int_equal(claim_one(f->r, 5000, 4004, &f->err), -EBUSY);
	clock_gettime(CLOCK_MONOTONIC, &b);
	ms = (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000;
	if (ms > 40000) /* 40 ms a domain, sanitizers and a busy machine included */
		fail_msg("1000 claims took %lld ms", (long long)ms);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(vw_claim_state_name(VW_CLAIM_PREPARED), "prepared");
	assert_string_equal(vw_claim_state_name(VW_CLAIM_RUNNING), "running");
	assert_string_equal(vw_claim_state_name(VW_CLAIM_STOPPING), "stopping");
	assert_string_equal(vw_claim_state_name(VW_CLAIM_QUARANTINED), "quarantined");
	assert_string_equal(vw_claim_state_name((enum vw_claim_state)4), "unknown");
	assert_string_equal(vw_claim_state_name((enum vw_claim_state) - 1), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_unterminated),
		T(test_epoch),
		T(test_invalid),
		T(test_injection),
		T(test_vf_conflict),
		T(test_replace),
		T(test_since),
		T(test_replace_keeps_dirty),
		T(test_claim_under_work),
		T(test_adopt),
		T(test_set_state),
		T(test_many),
		T(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
