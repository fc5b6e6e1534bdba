/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_version: versions are compared number by number, ranges only as far as they go. */
#include "tree.h"

#include "cleanup.h"
#include "policy_version.h"

static int sign(int value)
{
	return value < 0 ? -1 : value > 0;
}

static void test_compare(void **state)
{
	static const struct {
		const char *a, *b;
		int order;
	} cases[] = {
		{ "4.5.3", "4.5.3", 0 },
		{ "4.5.3", "4.5.10", -1 },
		{ "4.5", "4.5.0", 0 },
		{ "4.5", "4.5.0.1", -1 },
		{ "2.1.175.0", "2.1.138.0", 1 },
		{ "10", "9.9.9.9", 1 },
		{ "2.6.30", "2.6.32", -1 },
		{ "4.18.0-305", "4.18.0-80", 1 },
		{ "4294967295", "4294967294", 1 },
		{ "1.2.3.4.5.6.7.8", "1.2.3.4.5.6.7.9", -1 },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_version a, b;

		assert_true(vw_policy_version_parse(cases[i].a, &a));
		assert_true(vw_policy_version_parse(cases[i].b, &b));
		assert_int_equal(sign(vw_policy_version_compare(&a, &b)), cases[i].order);
		assert_int_equal(sign(vw_policy_version_compare(&b, &a)), -cases[i].order);
	}
}

static void test_no_version(void **state)
{
	static const char *const cases[] = { "", "x", "4.", ".4", "4..5", "4.x", "4.5 ", " 4.5",
		"-4", "4.5-k", "v4", "4,5", "4294967296", "1.2.3.4.5.6.7.8.9", "+4" };
	struct vw_version version;

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++)
		if (vw_policy_version_parse(cases[i], &version))
			fail_msg("\"%s\" was taken for a version", cases[i]);
}

static void test_guess(void **state)
{
	static const struct {
		const char *text, *same;
	} cases[] = {
		{ "6.1.0-28-amd64", "6.1.0.28" },
		{ "4.18.0-305.el8.x86_64", "4.18.0.305" },
		{ "2.6.32-754.35.1.el6.x86_64", "2.6.32.754.35.1" },
		{ "4.18.7-k", "4.18.7" },
		{ "2.1.5-NAPI", "2.1.5" },
		{ "1.4.5.0 built by: WinDDK", "1.4.5.0" },
		{ "5.10.0-rc3", "5.10.0" },
		{ "6.6", "6.6" },
		{ "7.", "7" },
		{ "99999999999.1", "4294967295.1" },
		{ "1.2.3.4.5.6.7.8.9", "1.2.3.4.5.6.7.8" },
	};
	static const char *const none[] = { "", "k4.5", "-1", " 1", NULL };

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_version guess = vw_policy_version_guess(cases[i].text), same;

		assert_true(vw_policy_version_parse(cases[i].same, &same));
		assert_int_equal(guess.n, same.n);
		assert_int_equal(vw_policy_version_compare(&guess, &same), 0);
	}
	for (size_t i = 0; i < VW_ARRAY_SIZE(none); i++)
		assert_int_equal(vw_policy_version_guess(none[i]).n, 0);
}

static void test_ranges(void **state)
{
	static const struct {
		const char *range, *in, *out;
	} cases[] = {
		{ "6.1", "6.1.7601", "6.2" },
		{ "6.1", "6.1", "6.0.6002" },
		{ "6.1-6.2", "6.2.9200", "6.3.9600" },
		{ "6.1-6.2", "6.1", "6.0.6002" },
		{ "10.0.17763-", "10.0.20348", "10.0.14393" },
		{ "10.0.17763-", "11", "6.3.9600" },
		{ "-5", "5.11", "6.0" },
		{ "-11.0", "11", "11.1" },
		{ "12", "12.8", "13" },
		{ "6.9-", "6.10", "6.8" },
		{ "8.4-8", "8.10", "8.3" },
	};
	static const char *const none[] = { "", "-", "6.1-6.2-6.3", "6.", "x", "6.1 ", "6.1--6.2",
		"6.1-x", "4294967296", "9-8", "9.2-9.1.7" };
	struct vw_version_range range;

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_version in = vw_policy_version_guess(cases[i].in);
		struct vw_version out = vw_policy_version_guess(cases[i].out);

		assert_true(vw_version_range_parse(cases[i].range, &range));
		if (!vw_version_in_range(&in, &range) || vw_version_in_range(&out, &range))
			fail_msg("%s: %s in, %s out", cases[i].range, cases[i].in, cases[i].out);
		/* what is not known is in no range */
		assert_false(vw_version_in_range(&(struct vw_version){ 0 }, &range));
	}
	for (size_t i = 0; i < VW_ARRAY_SIZE(none); i++)
		if (vw_version_range_parse(none[i], &range))
			fail_msg("\"%s\" was taken for a range", none[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_no_version),
		cmocka_unit_test(test_guess),
		cmocka_unit_test(test_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
