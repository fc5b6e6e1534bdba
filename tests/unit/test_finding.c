/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_finding: the list, its verdict, and its text with hostile strings in it. */
#include "tree.h"

#include "cleanup.h"
#include "finding.h"

#include <stdlib.h>
#include <string.h>

static void test_add(void **state)
{
	struct vw_findings list = { 0 };
	char subject[] = "0000:07:10.0", remedy[] = "stop web1";
	struct vw_finding *finding;

	(void)state;
	finding = vw_finding_add(
		&list, VW_FAIL, "vf-claimed", subject, remedy, "VF of %s, %d", "web1", 7);
	assert_non_null(finding);
	memset(subject, 'x', strlen(subject));
	memset(remedy, 'x', strlen(remedy));
	assert_int_equal(list.n, 1);
	assert_ptr_equal(finding, &list.v[0]);
	assert_string_equal(finding->id, "vf-claimed");
	assert_int_equal(finding->severity, VW_FAIL);
	assert_string_equal(finding->subject, "0000:07:10.0");
	assert_string_equal(finding->message, "VF of web1, 7");
	assert_string_equal(finding->remedy, "stop web1");
	assert_false(finding->wait);
	finding = vw_finding_add(&list, VW_PASS, "x", NULL, NULL, "y");
	assert_non_null(finding);
	assert_string_equal(finding->subject, "");
	assert_null(finding->remedy);
	assert_false(list.lost);
	vw_findings_free(&list);
	assert_null(list.v);
	assert_int_equal(list.n, 0);
	vw_findings_free(&list);
}

static void test_many(void **state)
{
	struct vw_findings list = { 0 };

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		assert_non_null(vw_finding_add(&list, VW_WARN, "n", "s", NULL, "%zu", i));
	assert_int_equal(list.n, 1000);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(strtoul(list.v[i].message, NULL, 10), i);
	vw_findings_free(&list);
}

static void test_copy(void **state)
{
	struct vw_findings from = { 0 }, to = { 0 };
	struct vw_finding *finding;

	(void)state;
	finding = vw_finding_add(&from, VW_FAIL, "vf-stopping", "a\nb", "c\\", "%s", "d\x1b");
	assert_non_null(finding);
	finding->wait = true;
	assert_non_null(vw_finding_add(&from, VW_WARN, "x", "y", NULL, "z"));
	/* also within one list, which moves while it grows */
	for (size_t i = 0; i < 5; i++)
		assert_non_null(vw_finding_copy(&from, &from.v[i]));
	assert_int_equal(from.n, 7);
	for (size_t i = 0; i < from.n; i++)
		assert_non_null(vw_finding_copy(&to, &from.v[i]));
	vw_findings_free(&from);
	assert_int_equal(to.n, 7);
	assert_false(to.lost);
	for (size_t i = 0; i < to.n; i++) {
		assert_string_equal(to.v[i].id, i % 2 ? "x" : "vf-stopping");
		assert_int_equal(to.v[i].severity, i % 2 ? VW_WARN : VW_FAIL);
		assert_string_equal(to.v[i].subject, i % 2 ? "y" : "a\\x0ab");
		assert_string_equal(to.v[i].message, i % 2 ? "z" : "d\\x1b");
		assert_int_equal(to.v[i].wait, i % 2 == 0);
		if (i % 2)
			assert_null(to.v[i].remedy);
		else
			assert_string_equal(to.v[i].remedy, "c\\\\");
	}
	vw_findings_free(&to);
}

static void test_hostile(void **state)
{
	struct vw_findings list = { 0 };
	struct vw_finding *finding = vw_finding_add(&list, VW_FAIL, "mac-claimed", "a\nFAIL b: c",
		"\x1b[2J\xff", "%s", "web\r1\\ %n \xc3\xa9 \xe2\x80\xae");

	(void)state;
	assert_non_null(finding);
	assert_string_equal(finding->subject, "a\\x0aFAIL b: c");
	assert_string_equal(finding->message, "web\\x0d1\\\\ %n \xc3\xa9 \\xe2\\x80\\xae");
	assert_string_equal(finding->remedy, "\\x1b[2J\\xff");
	vw_findings_free(&list);
}

/* Lengths around the limit, of bytes that stay as they are, grow to four, or come by three. */
static void test_too_long(void **state)
{
	static const struct {
		const char *unit;
		size_t escaped;
	} cases[] = { { "a", 1 }, { "\n", 4 }, { "\\", 2 }, { "\xe2\x82\xac", 3 },
		{ "\xe2\x80\xae", 12 } };
	char *text = malloc(3 * 5000 + 1);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		size_t fits = VW_FINDING_TEXT_MAX / cases[i].escaped;

		for (size_t n = fits - 2; n <= fits + 4; n++) {
			struct vw_findings list = { 0 };
			struct vw_finding *finding;
			size_t len;

			text[0] = '\0';
			for (size_t k = 0; k < n; k++)
				strcpy(text + k * strlen(cases[i].unit), cases[i].unit);
			finding = vw_finding_add(&list, VW_FAIL, "x", text, text, "%s", text);
			assert_non_null(finding);
			len = strlen(finding->message);
			assert_string_equal(finding->message, finding->subject);
			assert_string_equal(finding->message, finding->remedy);
			if (n <= fits) {
				assert_int_equal(len, n * cases[i].escaped);
			} else {
				assert_true(len <= VW_FINDING_TEXT_MAX);
				assert_true(len > VW_FINDING_TEXT_MAX - 3 - cases[i].escaped);
				assert_string_equal(finding->message + len - 3, "...");
				assert_int_equal((len - 3) % cases[i].escaped, 0);
			}
			vw_findings_free(&list);
		}
	}
	free(text);
}

static void test_huge(void **state)
{
	struct vw_findings list = { 0 };
	size_t size = 16 << 20;
	char *huge = malloc(size);

	(void)state;
	assert_non_null(huge);
	memset(huge, '\n', size - 1);
	huge[size - 1] = '\0';
	assert_non_null(vw_finding_add(&list, VW_FAIL, "x", huge, huge, "%s", huge));
	assert_true(strlen(list.v[0].message) <= VW_FINDING_TEXT_MAX);
	assert_true(strlen(list.v[0].subject) <= VW_FINDING_TEXT_MAX);
	assert_true(strlen(list.v[0].remedy) <= VW_FINDING_TEXT_MAX);
	vw_findings_free(&list);
	free(huge);
}

/* Verdicts of lists, one letter a finding; a capital W is a FAIL that is worth waiting for. */
static void test_verdict(void **state)
{
	static const struct {
		const char *list;
		enum vw_severity worst;
		bool waiting;
	} cases[] = {
		{ "", VW_PASS, false },
		{ "p", VW_PASS, false },
		{ "s", VW_SKIP, false },
		{ "ps", VW_SKIP, false },
		{ "sp", VW_SKIP, false },
		{ "w", VW_WARN, false },
		{ "sw", VW_WARN, false },
		{ "wsp", VW_WARN, false },
		{ "f", VW_FAIL, false },
		{ "fwsp", VW_FAIL, false },
		{ "pswf", VW_FAIL, false },
		{ "W", VW_FAIL, true },
		{ "WW", VW_FAIL, true },
		{ "pWws", VW_FAIL, true },
		{ "Wf", VW_FAIL, false },
		{ "fW", VW_FAIL, false },
	};
	static const enum vw_severity severity[] = {
		['p'] = VW_PASS, ['s'] = VW_SKIP, ['w'] = VW_WARN, ['f'] = VW_FAIL, ['W'] = VW_FAIL
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_findings list = { 0 };

		for (const char *p = cases[i].list; *p; p++) {
			struct vw_finding *finding = vw_finding_add(
				&list, severity[(unsigned char)*p], "x", "y", NULL, "z");

			assert_non_null(finding);
			finding->wait = *p == 'W';
		}
		assert_int_equal(vw_findings_worst(&list), cases[i].worst);
		assert_int_equal(vw_findings_only_waiting(&list), cases[i].waiting);
		list.lost = true;
		assert_int_equal(vw_findings_worst(&list), VW_FAIL);
		assert_false(vw_findings_only_waiting(&list));
		vw_findings_free(&list);
	}
}

/* A wait flag on what is no FAIL does not make a FAIL of it. */
static void test_waiting_warning(void **state)
{
	struct vw_findings list = { 0 };
	struct vw_finding *finding = vw_finding_add(&list, VW_WARN, "x", "y", NULL, "z");

	(void)state;
	assert_non_null(finding);
	finding->wait = true;
	assert_false(vw_findings_only_waiting(&list));
	vw_findings_free(&list);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(vw_severity_name(VW_PASS), "PASS");
	assert_string_equal(vw_severity_name(VW_WARN), "WARN");
	assert_string_equal(vw_severity_name(VW_FAIL), "FAIL");
	assert_string_equal(vw_severity_name(VW_SKIP), "SKIP");
}

static void test_write(void **state)
{
	struct vw_findings list = { 0 };
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	assert_non_null(out);
	vw_finding_add(&list, VW_FAIL, "vf-claimed", "s", "stop\nit", "VF is %s", "used\n");
	vw_finding_add(&list, VW_SKIP, "pf-down", "s", NULL, "50%%");
	vw_finding_write(out, &list.v[0]);
	vw_finding_write(out, &list.v[1]);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, "FAIL vf-claimed: VF is used\\x0a\n"
				  "  remedy: stop\\x0ait\n"
				  "SKIP pf-down: 50%\n");
	free(text);
	vw_findings_free(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_huge),
		cmocka_unit_test(test_verdict),
		cmocka_unit_test(test_waiting_warning),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
