/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_cpus: lists and masks of CPUs, read and written. */
#include "tree.h"

#include "cpus.h"

#include <errno.h>
#include <string.h>

static void test_lists(void **state)
{
	static const struct {
		const char *text;
		int rc;
		unsigned int count;
		const char *list, *mask;
	} cases[] = {
		{ "", 0, 0, "", "0" },
		{ "0", 0, 1, "0", "1" },
		{ "0-3", 0, 4, "0-3", "f" },
		{ "3,1,2", 0, 3, "1-3", "e" },
		{ "0-3,8-9,31-32", 0, 8, "0-3,8-9,31-32", "1,8000030f" },
		{ "64", 0, 1, "64", "1,00000000,00000000" },
		{ "8191", 0, 1, "8191", NULL },
		{ "8192", -ERANGE, 0, NULL, NULL },
		{ "3-1", -EINVAL, 0, NULL, NULL },
		{ "1,", -EINVAL, 0, NULL, NULL },
		{ "-1", -EINVAL, 0, NULL, NULL },
		{ "1-", -EINVAL, 0, NULL, NULL },
		{ " 1", -EINVAL, 0, NULL, NULL },
		{ "a", -EINVAL, 0, NULL, NULL },
	};
	struct vw_cpus cpus, again;
	char text[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(vw_cpus_parse_list(cases[i].text, &cpus), cases[i].rc);
		if (cases[i].rc)
			continue;
		assert_int_equal(vw_cpus_count(&cpus), cases[i].count);
		assert_string_equal(vw_cpus_format_list(&cpus, text, sizeof(text)), cases[i].list);
		if (!cases[i].mask)
			continue;
		assert_string_equal(vw_cpus_format_mask(&cpus, text, sizeof(text)), cases[i].mask);
		assert_int_equal(vw_cpus_parse_mask(text, &again), 0);
		assert_true(vw_cpus_equal(&cpus, &again));
	}
}

static void test_masks(void **state)
{
	struct vw_cpus cpus;
	char text[4096];

	(void)state;
	assert_int_equal(vw_cpus_parse_mask("00000000,0000000f", &cpus), 0);
	assert_string_equal(vw_cpus_format_list(&cpus, text, sizeof(text)), "0-3");
	assert_int_equal(vw_cpus_parse_mask("1,00000000", &cpus), 0);
	assert_int_equal(vw_cpus_first(&cpus), 32);
	assert_int_equal(vw_cpus_parse_mask("0", &cpus), 0);
	assert_int_equal(vw_cpus_first(&cpus), -1);
	assert_int_equal(vw_cpus_parse_mask("100000000", &cpus), -EINVAL);
	assert_int_equal(vw_cpus_parse_mask("f,,f", &cpus), -EINVAL);
	memset(text, 0, sizeof(text));
	for (size_t i = 0; i < 257; i++)
		strcat(text, i ? ",1" : "1");
	assert_int_equal(vw_cpus_parse_mask(text, &cpus), -ERANGE);
}

static void test_sets(void **state)
{
	struct vw_cpus a, b;
	char text[64];

	(void)state;
	vw_cpus_parse_list("0-7", &a);
	vw_cpus_parse_list("4-9", &b);
	vw_cpus_keep(&a, &b);
	assert_string_equal(vw_cpus_format_list(&a, text, sizeof(text)), "4-7");
	vw_cpus_parse_list("5", &b);
	vw_cpus_drop(&a, &b);
	assert_string_equal(vw_cpus_format_list(&a, text, sizeof(text)), "4,6-7");
	assert_false(vw_cpus_has(&a, 5));
	assert_false(vw_cpus_has(&a, 1000000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_masks),
		cmocka_unit_test(test_sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
