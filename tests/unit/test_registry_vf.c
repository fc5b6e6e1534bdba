/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_registry_vf: who works on a VF, how its claim ends, and what is remembered of it. */
#include "registry_claims.h"

/* Every field survives, at its bounds and with bytes that are no text. */
static void test_fields(void **state)
{
	struct fixture *f = *state;
	struct vw_vf_claim got, want = vf_claim(1, 5);

	want.vf = (struct vw_pci){ UINT32_MAX, 0xff, 0x1f, 7 };
	want.owner.daemon = (struct vw_process){ INT32_MAX, UINT64_MAX };
	want.owner.state = VW_CLAIM_QUARANTINED;
	want.owner.since = INT64_MAX;
	want.worker = (struct vw_process){ INT32_MAX, UINT64_MAX - 1 };
	want.use = VW_USE_MACVTAP;
	for (size_t i = 0; i < sizeof(want.owner.name) - 1; i++)
		want.owner.name[i] = (char)(i + 1); /* every byte but NUL */
	memset(want.residue, 0xff, sizeof(want.residue) - 1);
	want.baseline = (struct vw_vf_attr){ .index = UINT32_MAX,
		.mac = mac_at(1),
		.vlan = UINT16_MAX,
		.qos = 65534,
		.vlan_proto = 0x88a8,
		.spoofchk = VW_UNKNOWN,
		.trust = 1,
		.rss_query = 0,
		.link_state = INT32_MAX,
		.min_rate = 4000000000U,
		.max_rate = 4100000000U };
	assert_int_equal(claim_vfs(f, &want, 1), 0);
	assert_int_equal(vw_registry_find_vf(f->r, &want.vf, &got, &f->err), 1);
	assert_same_vf(&got, &want);
	assert_int_equal(find_vf(f->r, 5, &got), 0);
	assert_int_equal(
		got.owner.uuid[0], 0); /* nothing of it is left to be mistaken for a claim */
}

static void test_take(void **state)
{
	struct fixture *f = *state;
	struct vw_process me = vw_process_self(), other = spawn(), wrong;
	struct vw_vf_claim got;
	struct vw_pci vf = vf_at(5), none = vf_at(6);
	const unsigned int prepared = 1U << VW_CLAIM_PREPARED, all = 15;

	assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
	assert_int_equal(vw_registry_take(f->r, &none, uuid_of(1), all, &me, &f->err), 0);
	assert_int_equal(vw_registry_take(f->r, &vf, uuid_of(2), all, &me, &f->err), 0);
	assert_int_equal(vw_registry_take(f->r, &vf, uuid_of(1), all & ~prepared, &me, &f->err), 0);
	assert_int_equal(vw_registry_take(f->r, &vf, uuid_of(1), prepared, &other, &f->err), 1);
	assert_int_equal(find_vf(f->r, 5, &got), 1);
	assert_int_equal(got.owner.state, VW_CLAIM_STOPPING);
	assert_int_equal(got.worker.pid, other.pid);
	assert_true(got.worker.start == other.start);
	/* Somebody lives and works on it; the same one may come again. */
	assert_int_equal(vw_registry_take(f->r, &vf, uuid_of(1), all, &me, &f->err), 0);
	assert_int_equal(vw_registry_take(f->r, &vf, uuid_of(1), prepared, &other, &f->err), 0);
	assert_int_equal(vw_registry_take(f->r, &vf, uuid_of(1), all, &other, &f->err), 1);
	/* Its pid with another start time is somebody else: a reused number. */
	wrong = other;
	wrong.start++;
	assert_int_equal(vw_registry_take(f->r, &vf, uuid_of(1), all, &wrong, &f->err), 0);
	reap(&other);
	assert_int_equal(vw_registry_take(f->r, &vf, uuid_of(1), all, &wrong, &f->err), 1);
	wrong.pid = me.pid; /* a dead worker whose pid is ours now */
	wrong.start = me.start + 1;
	assert_int_equal(vw_registry_take(f->r, &vf, uuid_of(1), all, &wrong, &f->err), 1);
	assert_int_equal(vw_registry_take(f->r, &vf, uuid_of(1), all, &me, &f->err), 1);
}

static void test_release(void **state)
{
	struct fixture *f = *state;
	struct vw_process me = vw_process_self(), other = me;
	struct vw_vf_claim got;
	struct vw_claim_owner past;
	struct vw_pci vf = vf_at(5);
	struct vw_mac mac = mac_at(5), zero = { { 0 } };
	struct vw_vf_claim nameless = vf_claim(1, 6);

	other.start++;
	assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
	assert_int_equal(vw_registry_release_vf(f->r, &vf, uuid_of(1), &me, &f->err), -ENOENT);
	assert_int_equal(vw_registry_take(f->r, &vf, uuid_of(1), 15, &me, &f->err), 1);
	assert_int_equal(vw_registry_release_vf(f->r, &vf, uuid_of(1), &other, &f->err), -ENOENT);
	assert_int_equal(vw_registry_release_vf(f->r, &vf, uuid_of(2), &me, &f->err), -ENOENT);
	assert_int_equal(
		vw_registry_quarantine(f->r, &vf, uuid_of(1), &other, "", &f->err), -ENOENT);
	assert_int_equal(vw_registry_quarantine(f->r, &vf, uuid_of(2), &me, "", &f->err), -ENOENT);
	assert_int_equal(find_vf(f->r, 5, &got), 1);
	assert_int_equal(got.owner.state, VW_CLAIM_STOPPING);
	assert_int_equal(vw_registry_past(f->r, &vf, &mac, &past, &f->err), 0);

	assert_int_equal(vw_registry_release_vf(f->r, &vf, uuid_of(1), &me, &f->err), 0);
	assert_int_equal(find_vf(f->r, 5, &got), 0);
	assert_int_equal(vw_registry_past(f->r, &vf, &mac, &past, &f->err), 1);
	assert_string_equal(past.uuid, uuid_of(1));
	assert_string_equal(past.name, "dom1");
	assert_true(past.since > 0);
	assert_int_equal(vw_registry_past(f->r, &vf, &mac, NULL, &f->err), 1);
	assert_int_equal(vw_registry_release_vf(f->r, &vf, uuid_of(1), &me, &f->err), -ENOENT);
	assert_int_equal(count_macs(f, uuid_of(1)), 1); /* the domain's, not the VF's */
	mac = mac_at(6);
	assert_int_equal(vw_registry_past(f->r, &vf, &mac, &past, &f->err), 0);
	mac = mac_at(5);
	vf = vf_at(6);
	assert_int_equal(vw_registry_past(f->r, &vf, &mac, &past, &f->err), 0);
	/* A guest whose MAC nobody knew explains no MAC. */
	nameless.mac = zero;
	assert_int_equal(claim_vfs(f, &nameless, 1), 0);
	assert_int_equal(vw_registry_take(f->r, &vf, uuid_of(1), 15, &me, &f->err), 1);
	assert_int_equal(vw_registry_release_vf(f->r, &vf, uuid_of(1), &me, &f->err), 0);
	assert_int_equal(vw_registry_past(f->r, &vf, &zero, &past, &f->err), 0);
}

static void test_quarantine(void **state)
{
	struct fixture *f = *state;
	struct vw_process me = vw_process_self();
	struct vw_vf_claim got;
	struct vw_pci vf = vf_at(5);
	char longer[512];

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
	assert_int_equal(vw_registry_take(f->r, &vf, uuid_of(1), 15, &me, &f->err), 1);
	assert_int_equal(vw_registry_quarantine(f->r, &vf, uuid_of(1), &me, longer, &f->err), 0);
	assert_int_equal(find_vf(f->r, 5, &got), 1);
	assert_int_equal(got.owner.state, VW_CLAIM_QUARANTINED);
	assert_int_equal(got.worker.pid, 0);
	assert_int_equal(strlen(got.residue), sizeof(got.residue) - 1);
	assert_int_equal(vw_registry_take(f->r, &vf, uuid_of(1), 15 & ~(1U << VW_CLAIM_QUARANTINED),
				 &me, &f->err),
		0);
	assert_int_equal(vw_registry_take(f->r, &vf, uuid_of(1), 15, &me, &f->err), 1);
	assert_int_equal(vw_registry_release_vf(f->r, &vf, uuid_of(1), &me, &f->err), 0);
}

static void test_take_idle(void **state)
{
	struct fixture *f = *state;
	struct vw_vf_claim got, want = vf_claim(3, 5);

	assert_int_equal(vw_registry_take_idle(f->r, &want, &f->err), -EINVAL); /* no worker */
	want.worker = vw_process_self();
	assert_int_equal(vw_registry_take_idle(f->r, &want, &f->err), 1);
	assert_int_equal(find_vf(f->r, 5, &got), 1);
	want.owner.state = VW_CLAIM_STOPPING;
	want.owner.since = got.owner.since;
	assert_true(got.owner.since > 0);
	assert_same_vf(&got, &want);
	assert_int_equal(vw_registry_take_idle(f->r, &want, &f->err), 0);
	want.owner = owner_of(4);
	assert_int_equal(vw_registry_take_idle(f->r, &want, &f->err), 0);
	assert_int_equal(find_vf(f->r, 5, &got), 1);
	assert_string_equal(got.owner.uuid, uuid_of(3));
	assert_int_equal(
		vw_registry_release_vf(f->r, &want.vf, uuid_of(3), &want.worker, &f->err), 0);
}

/* The last 32 of each VF, and no other VF pays for it. */
static void test_past_limit(void **state)
{
	struct fixture *f = *state;
	struct vw_process me = vw_process_self();
	struct vw_claim_owner past;

	for (unsigned int i = 0; i < 40; i++)
		for (unsigned int vf = 5; vf < (i < 3 ? 7U : 6U); vf++) {
			struct vw_vf_claim claim = vf_claim(1000 + i, vf);

			claim.mac = mac_at(i % 20 == 9 ? 777 : 1000 + i);
			assert_int_equal(claim_vfs(f, &claim, 1), 0);
			assert_int_equal(vw_registry_take(f->r, &claim.vf, claim.owner.uuid, 15,
						 &me, &f->err),
				1);
			assert_int_equal(vw_registry_release_vf(
						 f->r, &claim.vf, claim.owner.uuid, &me, &f->err),
				0);
		}
	for (unsigned int i = 0; i < 40; i++) {
		struct vw_mac mac = mac_at(1000 + i);
		struct vw_pci vf = vf_at(5), other = vf_at(6);

		if (i % 20 != 9)
			assert_int_equal(vw_registry_past(f->r, &vf, &mac, &past, &f->err), i >= 8);
		assert_int_equal(vw_registry_past(f->r, &other, &mac, &past, &f->err), i < 3);
	}
	struct vw_mac twice = mac_at(777);
	struct vw_pci vf = vf_at(5);

	assert_int_equal(vw_registry_past(f->r, &vf, &twice, &past, &f->err), 1);
	assert_string_equal(past.uuid, uuid_of(1029)); /* the later of the two */
}

static void test_order(void **state)
{
	static const struct vw_pci wild[] = { { 0, 0xff, 0x1f, 7 }, { 0x10000, 0, 0, 1 },
		{ 0, 7, 0x10, 0 }, { UINT32_MAX, 1, 0, 0 }, { 0, 7, 0xf, 7 }, { 1, 0, 0, 1 } };
	struct fixture *f = *state;
	struct vw_vf_claim v[6], *got;
	size_t n;

	for (int i = 0; i < 6; i++) {
		v[i] = vf_claim(1, 0);
		v[i].vf = wild[i];
	}
	assert_int_equal(claim_vfs(f, v, 6), 0);
	assert_int_equal(vw_registry_vfs(f->r, NULL, &got, &n, &f->err), 0);
	assert_int_equal(n, 6);
	for (size_t i = 1; i < n; i++)
		assert_true(vw_pci_compare(&got[i - 1].vf, &got[i].vf) < 0);
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_fields),
		T(test_take),
		T(test_release),
		T(test_quarantine),
		T(test_take_idle),
		T(test_past_limit),
		T(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
