/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_glob: says what fnmatch(3) says, and says it soon. */
#include "tree.h"

#include "cleanup.h"
#include "glob.h"

#include <fnmatch.h>
#include <string.h>
#include <time.h>

static bool match(const char *pattern, const char *text)
{
	return vw_glob_match(pattern, strlen(pattern), text);
}

static void test_cases(void **state)
{
	(void)state;
	assert_true(match("", ""));
	assert_true(match("*", ""));
	assert_false(match("?", ""));
	assert_true(match("pci:v00008086d000010EDsv*sd*bc*sc*i*",
		"pci:v00008086d000010EDsv00000000sd00000000bc02sc00i00"));
	assert_false(match("pci:v00008086d000010EDsv*sd*bc*sc*i*",
		"pci:v00008086d000010ECsv00000000sd00000000bc02sc00i00"));
	assert_true(match("[a-c]x[!a]", "bxb"));
	assert_true(match("[]x]", "]"));
	assert_true(match("[a-]", "-"));
	assert_true(match("\\*", "*"));
	assert_false(match("\\*", "x"));
	assert_true(match("[ab", "[ab")); /* never closed */
	assert_false(match("a\\", "a"));
	assert_true(vw_glob_match("abc", 2, "ab")); /* not beyond its length */
}

static void test_against_fnmatch(void **state)
{
	static const char *const pieces[] = { "a", "b", "*", "?", "[ab]", "[!a]", "[a-b]", "\\a" };
	unsigned int seed = 1, matches = 0;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		char pattern[64] = "", text[8] = "";

		for (int n = rand_r(&seed) % 7; n > 0; n--)
			strcat(pattern, pieces[(size_t)rand_r(&seed) % VW_ARRAY_SIZE(pieces)]);
		for (int n = rand_r(&seed) % 7, i = 0; i < n; i++)
			text[i] = "ab"[rand_r(&seed) % 2];
		if (match(pattern, text) != (fnmatch(pattern, text, 0) == 0))
			fail_msg("'%s' of '%s'", pattern, text);
		matches += match(pattern, text);
	}
	assert_in_range(matches, 10000, 190000);
}

/* What fnmatch(3) would not end with. */
static void test_soon(void **state)
{
	char pattern[2048] = "", text[1024];
	clock_t begin = clock();

	(void)state;
	for (int i = 0; i < 500; i++)
		strcat(pattern, "*0");
	strcat(pattern, "x");
	memset(text, '0', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_false(match(pattern, text));
	assert_in_range(clock() - begin, 0, 5 * CLOCKS_PER_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_against_fnmatch),
		cmocka_unit_test(test_soon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
