/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_manual: vfward-guestcheck.conf(5) has every key, and no other; its examples are valid. */
#include "policy_guest.h"

static char *manual;

static int read_manual(void **state)
{
	vw_auto(vw_host_close) struct vw_host host = { .root_fd = -1 };
	size_t len;

	(void)state;
	assert_int_equal(vw_host_open(&host, NULL, NULL), 0);
	return vw_host_slurpf(
		&host, 1 << 20, &manual, &len, GUESTCHECK_DATA "/vfward-guestcheck.conf.5");
}

static int free_manual(void **state)
{
	free(manual);
	return free_policy(state);
}

/* A copy of what stands from one text to another, without roff's escapes. Freed by the caller. */
static char *part(const char *from, const char *to)
{
	const char *begin = strstr(manual, from), *end;
	char *copy, *out;

	assert_non_null(begin);
	end = strstr(begin + strlen(from), to);
	assert_non_null(end);
	copy = strndup(begin + strlen(from), (size_t)(end - begin) - strlen(from));
	assert_non_null(copy);
	out = copy;
	for (const char *c = copy; *c; c++)
		if (*c != '\\')
			*out++ = *c;
	*out = '\0';
	return copy;
}

/* Keys are ".BR name " = …" at the beginning of a line. */
static void check_keys(const char *from, const char *to, const struct vw_policy_key *keys)
{
	vw_auto_free char *text = part(from, to);
	size_t known = 0, documented = 0;

	for (; keys[known].name; known++) {
		char line[64];

		snprintf(line, sizeof(line), "\n.BR %s \" = ", keys[known].name);
		if (!strstr(text, line))
			fail_msg("%s is not in the manual", keys[known].name);
	}
	for (const char *at = text; (at = strstr(at, "\n.BR ")); at++) {
		const char *name = at + strlen("\n.BR ");

		documented += strncmp(name + strcspn(name, " "), " \" = ", 5) == 0;
	}
	assert_int_equal(documented, known);
}

static void test_keys(void **state)
{
	(void)state;
	check_keys(".SS [device VENDOR:DEVICE ...]", ".SS [rule NAME]", vw_policy_device_keys);
	check_keys(".SS [rule NAME]", ".SH EXAMPLES", vw_policy_rule_keys);
}

/* All of them together, as if they were one file. */
static void test_examples(void **state)
{
	vw_auto_free char *text = part(".SH EXAMPLES", ".SH FILES");
	bool example = false;
	struct guest g;

	(void)state;
	/* only what stands between .nf and .fi is no comment */
	for (char *line = text, *end; *line; line = end) {
		end = line + strcspn(line, "\n");
		end += *end == '\n';
		if (strncmp(line, ".nf", 3) == 0 || strncmp(line, ".fi", 3) == 0)
			example = line[1] == 'n';
		if ((!example || *line == '.') && *line != '\n')
			*line = '#';
	}
	rules(text, true);
	windows(&g, 10, 0, 17763, true, 0x10ed);
	check_is(&g.result.sum, VW_VERDICT_PASS, "vxn", "2.1.130.0");
	vw_check_set(&g.result.sum, &g.result.sum.path, "netvxx64.inf");
	apply(&g, VW_KERNEL_DEFAULT);
	assert_int_equal(g.result.sum.verdict, VW_VERDICT_FAIL);
	assert_true(says(&g.result.sum, "fleet-vxn-2019"));
	assert_false(says(&g.result.sum, "counters"));
	drop(&g);
	assert_non_null(vw_devices_find(&policy.devices, 0x1234, 0x5678));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_examples),
	};

	return cmocka_run_group_tests(tests, read_manual, free_manual);
}
