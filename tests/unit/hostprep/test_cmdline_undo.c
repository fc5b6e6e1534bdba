/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of cmdline_undo.c: taking changes back, also from lines that others have changed since. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cleanup.h"
#include "cmdline.h"
#include "kernel_model.h"

#define ROUNDS 20000

static struct vw_cmdline_text as(const char *text, enum vw_quoting quoting)
{
	return (struct vw_cmdline_text){ text, strlen(text), quoting };
}

static void check(enum vw_quoting was, enum vw_quoting is, const char *before, const char *after,
	const char *now, const char *expected)
{
	struct vw_cmdline_text b = as(before, was), a = as(after, was), n = as(now, is);
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
	int rc = vw_cmdline_undo(&b, &a, &n, &out, NULL);

	if (rc != (expected ? 1 : 0))
		fail_msg("'%s': %d", now, rc);
	if (expected && strcmp(out.data ? out.data : "", expected) != 0)
		fail_msg("'%s' becomes '%s', not '%s'", now, out.data, expected);
}

static void test_changed_since(void **ctx)
{
	static const struct {
		const char *before, *after, *now, *expected;
	} cases[] = {
		/* as it was left */
		{ "a \t b", "a \t b intel_iommu=on", "a \t b intel_iommu=on", "a \t b" },
		{ "", "intel_iommu=on", "intel_iommu=on", "" },
		/* others have added, taken out, moved */
		{ "a", "a intel_iommu=on", "a intel_iommu=on b", "a b" },
		{ "a", "a intel_iommu=on", "b intel_iommu=on", "b" },
		{ "a", "a intel_iommu=on iommu=pt", "iommu=pt a  c intel_iommu=on", "a  c" },
		{ "a", "a intel_iommu=on", "a b", NULL },
		{ "a iommu=pt", "a iommu=pt intel_iommu=on", "b iommu=pt", NULL },
		/* what was there before stays */
		{ "a iommu=pt", "a iommu=pt intel_iommu=on", "b iommu=pt intel_iommu=on",
			"b iommu=pt" },
		/* changed and taken out: it comes back */
		{ "a intel_iommu=off b", "a intel_iommu=on b", "a c intel_iommu=on b",
			"a c intel_iommu=off b" },
		{ "a  iommu=off b", "a b", "a c b", "a  iommu=off c b" },
		{ "iommu=off b", "b", "c b", "iommu=off c b" },
		{ "iommu=off", "", "c", "iommu=off c" },
		{ "a iommu=off", "a intel_iommu=on", "a b intel_iommu=on", "a iommu=off b" },
		{ "a iommu=off nointremap b", "a b", "c a b", "c a iommu=off nointremap b" },
		{ "a iommu=off b", "a b", "a iommu=off b c", NULL },
		{ "a iommu=off b", "a b", "c", "iommu=off c" },
		/* a token of ours has become more since: what others added stays */
		{ "a", "a intel_iommu=on", "a intel_iommu=on,sm_on", "a intel_iommu=sm_on" },
		{ "a intel_iommu=off", "a intel_iommu=on", "a intel_iommu=on,sm_on",
			"a intel_iommu=off,sm_on" },
		{ "a pci=nomsi", "a pci=nomsi,realloc", "a pci=nomsi,realloc,noaer",
			"a pci=nomsi,noaer" },
		{ "a", "a intel_iommu=on", "a intel_iommu=off", NULL },
		{ "a intel_iommu=off", "a intel_iommu=on", "a intel_iommu=off", NULL },
		{ "a intel_iommu=off", "a intel_iommu=on", "a intel_iommu=off,on",
			"a intel_iommu=off" },
		/* other parameters are nobody's business */
		{ "a x=1", "a x=2", "b x=2", NULL },
		/* behind "--" nothing is ours */
		{ "a", "a intel_iommu=on", "a -- intel_iommu=on", NULL },
		{ "a -- i", "a intel_iommu=on -- i", "a b intel_iommu=on -- i", "a b -- i" },
		/* nothing lands inside of a quote that is never closed */
		{ "a iommu=off", "a", "x=\"never a", "iommu=off x=\"never a" },
	};

	(void)ctx;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++)
		check(VW_QUOTE_PLAIN, VW_QUOTE_PLAIN, cases[i].before, cases[i].after, cases[i].now,
			cases[i].expected);
}

/* Others have changed the quotes, too. */
static void test_quotes_changed(void **ctx)
{
	(void)ctx;
	check(VW_QUOTE_SINGLE, VW_QUOTE_DOUBLE, "a intel_iommu=\"off\"", "a intel_iommu=\"on\"",
		"a intel_iommu=\\\"on\\\" b", "a intel_iommu=\\\"off\\\" b");
	check(VW_QUOTE_DOUBLE, VW_QUOTE_SINGLE, "a iommu=\\\"off\\\"", "a", "a b",
		"a iommu=\"off\" b");
	check(VW_QUOTE_DOUBLE, VW_QUOTE_SINGLE, "a iommu='off'", "a", "a b", NULL);
	check(VW_QUOTE_DOUBLE, VW_QUOTE_BARE, "a", "a intel_iommu=on", "intel_iommu=on", "");
}

/* Whatever others put in front, behind and in between, it is there afterwards, and of ours nothing is. */
static void test_properties(void **ctx)
{
	struct dice dice = { 3 };
	char line[4096];

	(void)ctx;
	for (int i = 0; i < ROUNDS; i++) {
		struct vw_boot_args want = { roll(&dice, 2), roll(&dice, 2), roll(&dice, 2),
			false };
		vw_auto(vw_bytes_free) struct vw_bytes out = { 0 }, back = { 0 };
		char now[8192], expected[8192];
		struct vw_cmdline_text b, a, n;

		if (!roll_line(&dice, false, line, sizeof(line)) ||
			vw_cmdline_edit(
				line, strlen(line), VW_QUOTE_PLAIN, &want, &out, NULL, NULL) != 1 ||
			!out.len)
			continue;
		snprintf(now, sizeof(now), "new1 %s new2", out.data);
		snprintf(expected, sizeof(expected), "new1 %s new2", line);
		b = as(line, VW_QUOTE_PLAIN);
		a = as(out.data, VW_QUOTE_PLAIN);
		n = as(now, VW_QUOTE_PLAIN);
		assert_int_equal(vw_cmdline_undo(&b, &a, &n, &back, NULL), 1);
		/* What stood first may come back in front of what is new there. */
		if (strcmp(back.data, expected) != 0) {
			struct kernel was, is;

			assert_int_equal(strlen(back.data), strlen(expected));
			assert_non_null(strstr(back.data, "new1"));
			assert_non_null(strstr(back.data, " new2"));
			kernel_boot(&was, expected);
			snprintf(now, sizeof(now), "%s", back.data);
			kernel_boot(&is, now);
			assert_memory_equal(&was, &is, sizeof(was));
		}
	}
}

static void test_too_long(void **ctx)
{
	char *line = calloc(1, 100001);
	struct vw_cmdline_text b = as("a", VW_QUOTE_PLAIN), a = as("a iommu=pt", VW_QUOTE_PLAIN), n;
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
	struct vw_error err = { "" };

	(void)ctx;
	assert_non_null(line);
	for (int i = 0; i < 50000; i++)
		memcpy(line + 2 * (size_t)i, "x ", 2);
	n = as(line, VW_QUOTE_PLAIN);
	assert_int_equal(vw_cmdline_undo(&b, &a, &n, &out, &err), -E2BIG);
	assert_non_null(strstr(err.msg, "words"));
	free(line);
}

static void test_likeness(void **ctx)
{
	struct vw_cmdline_text a = as("ro root=x quiet", VW_QUOTE_PLAIN),
			       b = as("quiet y root=x", VW_QUOTE_DOUBLE),
			       c = as("", VW_QUOTE_PLAIN);

	(void)ctx;
	assert_int_equal(vw_cmdline_likeness(&a, &b), 2);
	assert_int_equal(vw_cmdline_likeness(&a, &a), 3);
	assert_int_equal(vw_cmdline_likeness(&a, &c), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changed_since),
		cmocka_unit_test(test_quotes_changed),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_likeness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
