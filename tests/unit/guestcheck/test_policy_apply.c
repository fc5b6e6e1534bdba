/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_apply: which rules fit which systems, and what they make of verdicts. */
#include "policy_guest.h"

/* Does a rule with these lines fail a driver vxn, version 2.1.100.0, in this Windows? */
static bool fails(
	const char *lines, unsigned int major, unsigned int minor, unsigned int build, bool server)
{
	char text[512];
	struct guest g;
	bool failed;

	snprintf(text, sizeof(text), "[rule a]\nsystem = windows\neffect = fail\nnote = n\n%s%s",
		strstr(lines, "devices") ? "" : "devices = 82599\n", lines);
	rules(text, false);
	windows(&g, major, minor, build, server, 0x10ed);
	check_is(&g.result.sum, VW_VERDICT_PASS, "vxn", "2.1.100.0");
	vw_check_set(&g.result.sum, &g.result.sum.path, "/Windows/INF/oem7.inf");
	apply(&g, VW_KERNEL_DEFAULT);
	failed = g.result.sum.verdict == VW_VERDICT_FAIL;
	drop(&g);
	return failed;
}

static void test_which(void **state)
{
	(void)state;
	assert_true(fails("", 10, 0, 17763, true));
	assert_true(fails("devices = 8086:10ed\n", 10, 0, 17763, true));
	assert_true(fails("devices = X540 x520\n", 10, 0, 17763, true));
	assert_false(fails("devices = X540 8086:1515\n", 10, 0, 17763, true));
	assert_true(fails("releases = 10.0.17763\n", 10, 0, 17763, true));
	assert_false(fails("releases = 10.0.17763\n", 10, 0, 20348, true));
	assert_true(fails("releases = 6.1 10.0\n", 10, 0, 20348, true));
	assert_false(fails("releases = 6.0-6.3\n", 10, 0, 14393, true));
	assert_true(fails("releases = 6.0-6.3\n", 6, 3, 9600, true));
	assert_true(fails("server = yes\n", 10, 0, 17763, true));
	assert_false(fails("server = yes\n", 10, 0, 17763, false));
	assert_true(fails("server = no\n", 10, 0, 17763, false));
	assert_false(fails("server = no\n", 10, 0, 17763, true));
}

static void test_when(void **state)
{
	(void)state;
	assert_true(fails("driver = VX?\n", 10, 0, 17763, true));
	assert_false(fails("driver = vxs v1q\n", 10, 0, 17763, true));
	assert_false(fails("driver = none\n", 10, 0, 17763, true));
	assert_true(fails("path = *OEM*.inf\n", 10, 0, 17763, true));
	assert_false(fails("path = oem*.inf\n", 10, 0, 17763, true));
	assert_true(fails("driver-below = 2.1.138.0\n", 10, 0, 17763, true));
	assert_false(fails("driver-below = 2.1.100.0\n", 10, 0, 17763, true));
	assert_false(fails("driver-below = 2.1.99\n", 10, 0, 17763, true));
	/* all of them */
	assert_false(fails("driver = vxs\ndriver-below = 9\n", 10, 0, 17763, true));
	assert_false(fails("driver = vxn\ndriver-below = 1\n", 10, 0, 17763, true));
}

static void test_effects(void **state)
{
	struct guest g;

	(void)state;
	/* fail: the verdict, its reason first, what to do, and how sure that is */
	rules("[rule old]\nsystem = windows\ndevices = 82599\ndriver-below = 3\neffect = fail\n"
	      "note = too old\nremedy = update it\nconfidence = medium\nsource = the book\n",
		false);
	windows(&g, 10, 0, 17763, true, 0x10ed);
	check_is(&g.result.sum, VW_VERDICT_PASS, "vxn", "2.1.100.0");
	apply(&g, VW_KERNEL_DEFAULT);
	assert_int_equal(g.result.sum.verdict, VW_VERDICT_FAIL);
	assert_int_equal(g.result.sum.confidence, VW_CONFIDENCE_MEDIUM);
	assert_string_equal(g.result.sum.remedy, "update it");
	assert_int_equal(g.result.sum.evidence.n, 2);
	assert_string_equal(
		g.result.sum.evidence.v[0], "too old (rule old; confidence medium; the book)");
	assert_string_equal(g.result.sum.evidence.v[1], "found so");
	assert_int_equal(g.system.findings.n, 0);
	drop(&g);

	/* info: evidence, and nothing else */
	rules("[rule i]\nsystem = windows\ndevices = 82599\neffect = info\nnote = by the way\n",
		false);
	windows(&g, 10, 0, 17763, true, 0x10ed);
	check_is(&g.result.sum, VW_VERDICT_PASS, "vxn", "2.1.100.0");
	apply(&g, VW_KERNEL_DEFAULT);
	assert_int_equal(g.result.sum.verdict, VW_VERDICT_PASS);
	assert_string_equal(g.result.sum.evidence.v[1], "by the way (rule i)");
	assert_null(g.result.sum.remedy);
	assert_int_equal(g.system.findings.n, 0);
	drop(&g);

	/* warn: a finding */
	rules("[rule w]\nsystem = windows\ndevices = 82599\neffect = warn\nnote = beware\n"
	      "remedy = look\n",
		false);
	windows(&g, 10, 0, 17763, true, 0x10ed);
	check_is(&g.result.sum, VW_VERDICT_PASS, "vxn", "2.1.100.0");
	apply(&g, VW_KERNEL_DEFAULT);
	assert_int_equal(g.result.sum.verdict, VW_VERDICT_PASS);
	assert_int_equal(g.result.sum.evidence.n, 1);
	assert_int_equal(g.system.findings.n, 1);
	assert_int_equal(g.system.findings.v[0].severity, VW_WARN);
	assert_string_equal(g.system.findings.v[0].id, "guest-policy");
	assert_string_equal(g.system.findings.v[0].subject, "8086:10ed");
	assert_string_equal(g.system.findings.v[0].message,
		"8086:10ed 82599 Virtual Function: beware (rule w)");
	assert_string_equal(g.system.findings.v[0].remedy, "look");
	drop(&g);
}

/* A rule never makes anything better; what it says of a verdict that is bad already comes behind the reason. */
static void test_never_better(void **state)
{
	struct guest g;

	(void)state;
	for (int verdict = 0; verdict < VW_N_VERDICTS; verdict++) {
		static const char *const effects[] = { "off", "info", "warn", "fail" };

		for (size_t i = 0; i < VW_ARRAY_SIZE(effects); i++) {
			bool fail = strcmp(effects[i], "fail") == 0;
			char text[128];

			snprintf(text, sizeof(text),
				"[rule a]\nsystem = windows\ndevices = 82599\neffect = %s\nnote = "
				"n\n",
				effects[i]);
			rules(text, false);
			windows(&g, 10, 0, 17763, true, 0x10ed);
			check_is(&g.result.sum, (enum vw_verdict)verdict, "vxn", "1");
			apply(&g, VW_KERNEL_DEFAULT);
			assert_int_equal(g.result.sum.verdict,
				fail ? VW_VERDICT_FAIL : (enum vw_verdict)verdict);
			assert_string_equal(
				g.result.sum.evidence.v[fail && verdict != VW_VERDICT_FAIL ? 1 : 0],
				"found so");
			drop(&g);
		}
	}
}

static void test_unknown_version(void **state)
{
	static const char info[] = "[rule a]\nsystem = windows\ndevices = 82599\ndriver-below = 3\n"
				   "effect = fail\nnote = n\n";
	struct guest g;
	char strict[256];

	(void)state;
	rules(info, false);
	windows(&g, 10, 0, 17763, true, 0x10ed);
	check_is(&g.result.sum, VW_VERDICT_PASS, "vxn", NULL);
	apply(&g, VW_KERNEL_DEFAULT);
	assert_int_equal(g.result.sum.verdict, VW_VERDICT_PASS);
	assert_true(says(&g.result.sum, "version of vxn is not known: rule a"));
	drop(&g);

	snprintf(strict, sizeof(strict), "%sunknown-version = fail\n", info);
	rules(strict, false);
	windows(&g, 10, 0, 17763, true, 0x10ed);
	check_is(&g.result.sum, VW_VERDICT_PASS, "vxn", "unknown");
	apply(&g, VW_KERNEL_DEFAULT);
	assert_int_equal(g.result.sum.verdict, VW_VERDICT_FAIL);
	drop(&g);

	rules("[rule a]\nsystem = windows\ndevices = 82599\ndriver-below = 3\neffect = off\n",
		false);
	windows(&g, 10, 0, 17763, true, 0x10ed);
	check_is(&g.result.sum, VW_VERDICT_PASS, "vxn", NULL);
	apply(&g, VW_KERNEL_DEFAULT);
	assert_int_equal(g.result.sum.evidence.n, 1);
	drop(&g);
	rules(strict, false);

	/* no driver has no version that could be too low */
	windows(&g, 10, 0, 17763, true, 0x10ed);
	check_is(&g.result.sum, VW_VERDICT_UNDETERMINED, NULL, NULL);
	apply(&g, VW_KERNEL_DEFAULT);
	assert_int_equal(g.result.sum.verdict, VW_VERDICT_UNDETERMINED);
	assert_int_equal(g.result.sum.evidence.n, 1);
	drop(&g);
}

/* Rules look at what was found, not at what the rule before made of it. */
static void test_no_driver(void **state)
{
	static const struct {
		enum vw_verdict verdict;
		bool fits;
	} cases[] = {
		{ VW_VERDICT_PASS, false },
		{ VW_VERDICT_UNDETERMINED, false },
		{ VW_VERDICT_NOT_APPLICABLE, true },
		{ VW_VERDICT_DISABLED, false },
		{ VW_VERDICT_FAIL, true },
	};

	(void)state;
	rules("[rule a]\nsystem = windows\ndevices = 82599\ndriver-below = 3\neffect = fail\n"
	      "note = too old\n[rule b]\nsystem = windows\ndevices = 82599\ndriver = none\n"
	      "effect = fail\nnote = there is none\nremedy = take another\n",
		false);
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct guest g;

		windows(&g, 10, 0, 17763, true, 0x10ed);
		check_is(&g.result.sum, cases[i].verdict, "vxn", "1");
		apply(&g, VW_KERNEL_DEFAULT);
		assert_int_equal(says(&g.result.sum, "there is none"), cases[i].fits);
		assert_int_equal(g.result.sum.remedy != NULL, cases[i].fits);
		drop(&g);
	}
}

static void test_distros(void **state)
{
	static const struct {
		const char *releases, *distro, *version;
		bool fits;
	} cases[] = {
		{ "debian", "debian", "12", true },
		{ "debian", "debian", NULL, true },
		{ "debian", "devuan", "12", false },
		{ "debian", NULL, "12", false },
		{ "debian:12", "debian", "12", true },
		{ "debian:12", "debian", "13", false },
		{ "debian:12", "debian", NULL, false },
		{ "sles:-11.0 rhel:-5", "rhel", "5.11", true },
		{ "sles:-11.0 rhel:-5", "rhel", "6.0", false },
		{ "sles:-11.0 rhel:-5", "sles", "11", true },
		{ "sles:-11.0 rhel:-5", "sles", "11.1", false },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		char text[256];
		struct guest g;

		snprintf(text, sizeof(text),
			"[rule a]\nsystem = linux\ndevices = 82599\neffect = fail\nnote = n\n"
			"releases = %s\n",
			cases[i].releases);
		rules(text, false);
		linux_guest(&g, cases[i].distro, cases[i].version, "4", "5");
		apply(&g, VW_KERNEL_DEFAULT);
		if ((g.result.sum.verdict == VW_VERDICT_FAIL) != cases[i].fits)
			fail_msg("%s, %s %s: %s", cases[i].releases, cases[i].distro,
				cases[i].version, vw_verdict_name(g.result.sum.verdict));
		drop(&g);
	}
}

/* Each kernel is judged, and then what counts of them. */
static void test_kernels(void **state)
{
	static const struct {
		enum vw_kernel_policy policy;
		const char *limit;
		enum vw_verdict sum;
	} cases[] = {
		{ VW_KERNEL_DEFAULT, "5.0", VW_VERDICT_PASS },
		{ VW_KERNEL_DEFAULT, "6.2", VW_VERDICT_FAIL },
		{ VW_KERNEL_ANY, "5.0", VW_VERDICT_PASS },
		{ VW_KERNEL_ANY, "6.2", VW_VERDICT_FAIL },
		{ VW_KERNEL_ALL, "5.0", VW_VERDICT_FAIL },
		{ VW_KERNEL_ALL, "4.18.0-305", VW_VERDICT_PASS },
		{ VW_KERNEL_ALL, "4.18.0-306", VW_VERDICT_FAIL },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		char text[256];
		struct guest g;

		snprintf(text, sizeof(text),
			"[rule a]\nsystem = linux\ndevices = 82599\nkernel-below = %s\neffect = "
			"fail\n"
			"note = n\n",
			cases[i].limit);
		rules(text, false);
		linux_guest(&g, "rhel", "8.4", "4.18.0-305.el8.x86_64", "6.1.0-28-amd64");
		apply(&g, cases[i].policy);
		if (g.result.sum.verdict != cases[i].sum)
			fail_msg("case %zu: %s", i, vw_verdict_name(g.result.sum.verdict));
		drop(&g);
	}
}

/* One warning a device, which names the kernels; information is in their evidence, and so in what counts. */
static void test_kernel_texts(void **state)
{
	struct guest g;

	(void)state;
	rules("[rule a]\nsystem = linux\ndevices = 82599\ndriver = ixgbevf\neffect = warn\n"
	      "note = beware\n[rule b]\nsystem = linux\ndevices = 82599\nkernel-below = 5\n"
	      "effect = warn\nnote = old\n[rule c]\nsystem = linux\ndevices = 82599\n"
	      "effect = info\nnote = by the way\n[rule d]\nsystem = windows\ndevices = 82599\n"
	      "effect = fail\nnote = n\n",
		false);
	linux_guest(&g, "rhel", "8.4", "4.18.0-305.el8.x86_64", "6.1.0-28-amd64");
	apply(&g, VW_KERNEL_DEFAULT);
	assert_int_equal(g.result.sum.verdict, VW_VERDICT_PASS);
	assert_int_equal(g.system.findings.n, 2);
	assert_string_equal(g.system.findings.v[0].message,
		"8086:10ed 82599 Virtual Function, kernel 4.18.0-305.el8.x86_64, 6.1.0-28-amd64: "
		"beware (rule a)");
	assert_string_equal(g.system.findings.v[1].message,
		"8086:10ed 82599 Virtual Function, kernel 4.18.0-305.el8.x86_64: old (rule b)");
	assert_true(says(&g.checks[0], "by the way (rule c)"));
	assert_true(says(&g.checks[1], "by the way (rule c)"));
	assert_true(says(&g.result.sum, "by the way (rule c)"));
	drop(&g);
}

/* A Linux system in which no kernel was found. */
static void test_without_kernels(void **state)
{
	struct guest g;

	(void)state;
	rules("[rule a]\nsystem = linux\ndevices = 82599\nkernel-below = 5\neffect = fail\nnote = "
	      "n\n"
	      "[rule b]\nsystem = linux\ndevices = 82599\neffect = info\nnote = by the way\n",
		false);
	linux_guest(&g, "rhel", "8", "4", "5");
	drop(&g);
	g.result.kernels = NULL;
	g.system.n_kernels = 0;
	check_is(&g.result.sum, VW_VERDICT_UNDETERMINED, NULL, NULL);
	apply(&g, VW_KERNEL_DEFAULT);
	assert_int_equal(g.result.sum.verdict, VW_VERDICT_UNDETERMINED);
	assert_true(says(&g.result.sum, "version of the kernel is not known: rule a"));
	assert_true(says(&g.result.sum, "by the way"));
	drop(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_which),
		cmocka_unit_test(test_when),
		cmocka_unit_test(test_effects),
		cmocka_unit_test(test_never_better),
		cmocka_unit_test(test_unknown_version),
		cmocka_unit_test(test_no_driver),
		cmocka_unit_test(test_distros),
		cmocka_unit_test(test_kernels),
		cmocka_unit_test(test_kernel_texts),
		cmocka_unit_test(test_without_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, free_policy);
}
