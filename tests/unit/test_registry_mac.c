/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_registry_mac: who may use a MAC beside whom. */
#include "registry_claims.h"

static void test_mac_fields(void **state)
{
	struct fixture *f = *state;
	struct vw_mac_claim want = mac_claim(1, 9, "", true), *got;
	size_t n;

	memset(want.scope, 0xfe, sizeof(want.scope) - 1);
	memset(want.device, '\x1b', sizeof(want.device) - 1);
	want.owner.since = 12345;
	assert_int_equal(claim_macs(f, &want, 1), 0);
	assert_int_equal(vw_registry_find_mac(f->r, &want.mac, &got, &n, &f->err), 0);
	assert_int_equal(n, 1);
	assert_string_equal(got->scope, want.scope);
	assert_string_equal(got->device, want.device);
	assert_string_equal(got->owner.uuid, want.owner.uuid);
	assert_true(got->owner.since == 12345 && got->on_vf && vw_mac_equal(&got->mac, &want.mac));
	free(got);
	want.mac = mac_at(10);
	assert_int_equal(vw_registry_find_mac(f->r, &want.mac, &got, &n, &f->err), 0);
	assert_true(n == 0 && got == NULL);
}

static const struct mac_case {
	bool a_vf;
	const char *a_scope;
	bool b_vf;
	const char *b_scope;
	bool conflict;
} mac_cases[] = {
	{ true, "", true, "", true },
	{ true, "blue", true, "blue", true },
	{ true, "blue", true, "red", false },
	{ true, "blue", true, "BLUE", false },
	{ true, "blue", true, "", false },
	{ true, "", true, "blue", false },
	{ true, "blue", false, "", true },
	{ false, "", true, "blue", true },
	{ true, "", false, "", true },
	{ false, "", true, "", true },
	{ false, "", false, "", false },
	{ false, "blue", false, "blue", false },
	{ true, "a\xff", true, "a\xff", true },
	{ true, "a\xff", true, "a\xfe", false },
};

static void test_mac_conflict(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(mac_cases) / sizeof(mac_cases[0]); i++) {
		const struct mac_case *c = &mac_cases[i];
		struct vw_mac_claim a = mac_claim(1, 5, c->a_scope, c->a_vf);
		struct vw_mac_claim b[] = { mac_claim(2, 4, "", true),
			mac_claim(2, 5, c->b_scope, c->b_vf) };
		int rc;

		assert_int_equal(claim_macs(f, &a, 1), 0);
		rc = claim_macs(f, b, 2);
		if (rc != (c->conflict ? -EBUSY : 0))
			fail_msg("case %zu: %d %s", i, rc, f->err.msg);
		assert_int_equal(count_macs(f, uuid_of(2)), c->conflict ? 0 : 2);
		if (c->conflict) {
			assert_non_null(strstr(f->err.msg, "52:54:00:00:00:05"));
			assert_non_null(strstr(f->err.msg, "dom1"));
		}
		assert_int_equal(vw_registry_release_macs(f->r, uuid_of(1), &f->err), 0);
		assert_int_equal(vw_registry_release_macs(f->r, uuid_of(2), &f->err), 0);
		assert_int_equal(count_macs(f, NULL), 0);
	}
}

/* A teaming pair is two claims of one domain, and each meets others by its own rule. */
static void test_mac_pair(void **state)
{
	struct fixture *f = *state;
	struct vw_mac_claim pair[] = { mac_claim(1, 5, "", false), mac_claim(1, 5, "", true),
		mac_claim(1, 5, "", true), mac_claim(1, 6, "blue", true) };
	struct vw_mac_claim other = mac_claim(2, 5, "blue", true);

	assert_int_equal(claim_macs(f, pair, 4), 0);
	assert_int_equal(count_macs(f, uuid_of(1)), 3);
	assert_int_equal(claim_macs(f, &other, 1), -EBUSY);
	assert_int_equal(claim_macs(f, pair, 4), 0); /* one's own are no conflict */
	assert_int_equal(claim_macs(f, pair + 1, 1), 0);
	assert_int_equal(count_macs(f, uuid_of(1)), 1);
	assert_int_equal(claim_macs(f, &other, 1), 0);
}

static void test_mac_nobody(void **state)
{
	struct fixture *f = *state;
	struct vw_mac_claim a = mac_claim(1, 0, "", true), b = mac_claim(2, 0, "", true);

	a.mac = b.mac = (struct vw_mac){ { 0 } };
	assert_int_equal(claim_macs(f, &a, 1), 0);
	assert_int_equal(claim_macs(f, &b, 1), 0);
	a.mac = b.mac = (struct vw_mac){ { 2 } };
	assert_int_equal(claim_macs(f, &a, 1), 0);
	assert_int_equal(claim_macs(f, &b, 1), 0);
	assert_int_equal(count_macs(f, NULL), 0);
}

static void test_release_mac(void **state)
{
	struct fixture *f = *state;
	struct vw_mac_claim a[] = { mac_claim(1, 5, "", false), mac_claim(1, 5, "", true),
		mac_claim(1, 5, "x", true) };
	struct vw_mac_claim found;

	for (int i = 0; i < 3; i++)
		a[i].owner.since = 100;
	assert_int_equal(claim_macs(f, a, 3), 0);
	for (int i = 0; i < 5; i++) {
		found = a[1];
		if (i == 0)
			found.owner.since = 101;
		else if (i == 1)
			found.owner.state = VW_CLAIM_RUNNING;
		else if (i == 2)
			found.owner = owner_of(2);
		else if (i == 3)
			strcpy(found.scope, "y");
		else
			found.mac = mac_at(6);
		assert_int_equal(vw_registry_release_mac(f->r, &found, &f->err), 0);
		assert_int_equal(count_macs(f, NULL), 3);
	}
	assert_int_equal(vw_registry_release_mac(f->r, &a[1], &f->err), 0);
	assert_int_equal(count_macs(f, NULL), 2);
	assert_int_equal(vw_registry_release_mac(f->r, &a[1], &f->err), 0);
	assert_int_equal(count_macs(f, NULL), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_mac_fields),
		T(test_mac_conflict),
		T(test_mac_pair),
		T(test_mac_nobody),
		T(test_release_mac),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
