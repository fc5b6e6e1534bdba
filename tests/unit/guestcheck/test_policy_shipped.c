/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_shipped: what guestcheck-policy.conf says of which guests. */
#include "policy_guest.h"

static void test_shipped_windows(void **state)
{
	static const struct {
		unsigned int major, minor, build, device;
		enum vw_verdict found;
		const char *driver, *path;
		const char *words; /* NULL = no rule has a say */
		bool remedy;
	} cases[] = {
		{ 6, 0, 6002, 0x10ed, VW_VERDICT_FAIL, NULL, NULL,
			"is known for Windows Server 2008", true },
		{ 6, 0, 6002, 0x1520, VW_VERDICT_NOT_APPLICABLE, "v1q", NULL, "is known for",
			true },
		{ 6, 1, 7601, 0x10ed, VW_VERDICT_FAIL, NULL, NULL, NULL, false },
		{ 6, 1, 7601, 0x154c, VW_VERDICT_FAIL, NULL, NULL, "700 series", true },
		{ 6, 2, 9200, 0x37cd, VW_VERDICT_NOT_APPLICABLE, "iavf", NULL, "700 series", true },
		{ 6, 2, 9200, 0x1889, VW_VERDICT_FAIL, NULL, NULL, "iavf", true },
		{ 6, 3, 9600, 0x154c, VW_VERDICT_FAIL, NULL, NULL, NULL, false },
		{ 10, 0, 17763, 0x154c, VW_VERDICT_FAIL, NULL, NULL, NULL, false },
		{ 6, 1, 7601, 0x15c5, VW_VERDICT_FAIL, NULL, NULL, "but not X553", true },
		{ 6, 1, 7601, 0x15a8, VW_VERDICT_FAIL, NULL, NULL, NULL, false },
		{ 6, 2, 9200, 0x15c5, VW_VERDICT_FAIL, NULL, NULL, NULL, false },
		{ 10, 0, 20348, 0x57ad, VW_VERDICT_FAIL, NULL, NULL, "E610", false },
		{ 6, 3, 9600, 0x154c, VW_VERDICT_PASS, "v40e64", NULL, "successor is iavf", false },
		{ 6, 3, 9600, 0x154c, VW_VERDICT_PASS, "iavf", NULL, NULL, false },
		{ 6, 1, 7601, 0x1520, VW_VERDICT_PASS, "v1q", NULL, "confidence low", false },
		{ 6, 2, 9200, 0x1520, VW_VERDICT_PASS, "v1q", NULL, NULL, false },
		{ 10, 0, 17763, 0x10ed, VW_VERDICT_PASS, "vxn", "/Windows/INF/netvxx64.inf",
			"confidence low", false },
		{ 10, 0, 17763, 0x10ed, VW_VERDICT_PASS, "vxn", "/Windows/INF/oem7.inf", NULL,
			false },
	};

	(void)state;
	rules("", true);
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		enum vw_verdict expected = cases[i].remedy ? VW_VERDICT_FAIL : cases[i].found;
		struct guest g;

		windows(&g, cases[i].major, cases[i].minor, cases[i].build, true, cases[i].device);
		check_is(&g.result.sum, cases[i].found, cases[i].driver, "1.0.0.0");
		vw_check_set(&g.result.sum, &g.result.sum.path, cases[i].path);
		apply(&g, VW_KERNEL_DEFAULT);
		if (g.result.sum.verdict != expected || !!g.result.sum.remedy != cases[i].remedy ||
			g.result.sum.evidence.n != (cases[i].words ? 2 : 1) ||
			(cases[i].words && !says(&g.result.sum, cases[i].words)))
			fail_msg("case %zu: %s, %zu sentences, the last: %s", i,
				vw_verdict_name(g.result.sum.verdict), g.result.sum.evidence.n,
				g.result.sum.evidence.v[g.result.sum.evidence.n - 1]);
		assert_int_equal(g.system.findings.n, 0);
		drop(&g);
	}
}

/* Documented minimum systems explain; they never decide. */
static void test_shipped_linux(void **state)
{
	static const struct {
		const char *distro, *version, *kernel, *words;
	} cases[] = {
		{ "debian", "5", "2.6.26-2-amd64", "2.6.30" },
		{ "debian", "6", "2.6.30", NULL },
		{ "rhel", "5.4", "2.6.31", "6.0" },
		{ "centos", "6.10", "2.6.32-754.el6.x86_64", NULL },
		{ "sles", "11", "2.6.32", "SP1" },
		{ "sles", "10.4", "2.6.32", "SP1" },
		{ "sles", "11.1", "2.6.32.12-0.7-default", NULL },
	};

	(void)state;
	rules("", true);
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct guest g;

		linux_guest(
			&g, cases[i].distro, cases[i].version, cases[i].kernel, cases[i].kernel);
		apply(&g, VW_KERNEL_ALL);
		assert_int_equal(g.result.sum.verdict, VW_VERDICT_PASS);
		if (g.result.sum.evidence.n != (cases[i].words ? 2 : 1) ||
			(cases[i].words && !says(&g.result.sum, cases[i].words)))
			fail_msg("case %zu: %s", i,
				g.result.sum.evidence.v[g.result.sum.evidence.n - 1]);
		assert_int_equal(g.system.findings.n, 0);
		drop(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shipped_windows),
		cmocka_unit_test(test_shipped_linux),
	};

	return cmocka_run_group_tests(tests, NULL, free_policy);
}
