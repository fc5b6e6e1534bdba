/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_version: the order of versions. */
#include "tree.h"

#include "version.h"

/* Lowest first: every one is lower than all behind it. */
static void test_order(void **state)
{
	static const char *const sorted[] = { "~", "", "a", "0-rescue", "2.6.32-573.el6",
		"2.6.32-573.12.1.el6", "5.14.0-70.el9.x86_64", "5.14.0-70.13.1.el9.x86_64",
		"5.14.0-427.el9.x86_64", "6.1~rc1", "6.1", "6.1.0-9-amd64", "6.1.0-28-amd64",
		"6.1.0-28-cloud-amd64", "6.01.1", "6.2.0-0.rc6", "6.2.0-1" };
	const size_t n = sizeof(sorted) / sizeof(sorted[0]);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++) {
			int order = vw_version_compare(sorted[i], sorted[k]);

			if ((order < 0) != (i < k) || (order > 0) != (i > k))
				fail_msg("%s and %s: %d", sorted[i], sorted[k], order);
		}
}

/* What only separates makes no difference, but equal are only the same bytes; large numbers stay numbers. */
static void test_same(void **state)
{
	(void)state;
	assert_int_equal(vw_version_compare("1.0-1", "1.0-1"), 0);
	assert_true(vw_version_compare("1.0-1", "1.0_1") < 0);
	assert_true(vw_version_compare("1.0-1", "1_0-2") < 0);
	assert_true(vw_version_compare("1.007", "1.8") < 0);
	assert_true(vw_version_compare("99999999999999999999", "100000000000000000000") < 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
