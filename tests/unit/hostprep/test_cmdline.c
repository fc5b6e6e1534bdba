/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of cmdline.c: what a kernel makes of a line, by what was seen and by a second model; and changing it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cleanup.h"
#include "cmdline.h"
#include "kernel_model.h"

#include <errno.h>

#define ROUNDS 20000

static const struct vw_boot_args nothing,
	all = { .intel_iommu = true, .passthrough = true, .pci_realloc = true },
	clean = { true, true, true, true }, intel = { .intel_iommu = true },
	pt = { .passthrough = true };

/* --- reading --- */

static void check_model(const char *line, const struct vw_cmdline_state *state)
{
	char copy[8192];
	struct kernel k;

	snprintf(copy, sizeof(copy), "%s", line);
	kernel_boot(&k, copy);
	if (state->intel_iommu != (k.intel_said ? k.intel : -1) || state->iommu_off != k.no_iommu ||
		state->amd_off != k.amd_off || state->passthrough != k.pt ||
		state->soft != k.soft || state->no_intremap != k.no_intremap ||
		state->pci_realloc != k.realloc || state->pci_noari != k.noari)
		fail_msg("read otherwise than by the kernel: '%s'", line);
}

/* What Linux 6.1 was seen to make of these. */
static void test_seen(void **ctx)
{
	static const struct {
		const char *line;
		int intel;
		bool off, pt;
	} cases[] = {
		{ "", -1, false, false },
		{ "intel_iommu=on intel_iommu=off", 0, false, false },
		{ "intel_iommu=off intel_iommu=on", 1, false, false },
		{ "intel_iommu=on,off", 0, false, false },
		{ "intel_iommu=on,sm_on", 1, false, false },
		{ "intel-iommu=off", 0, false, false },
		{ "INTEL_IOMMU=off", -1, false, false },
		{ "intel_iommu=OFF", -1, false, false },
		{ "intel_iommu=\"off\"", 0, false, false },
		{ "\"intel_iommu=off\"", 0, false, false },
		{ "intel_iommu=off -- intel_iommu=on", 0, false, false },
		{ "quiet -- intel_iommu=on", -1, false, false },
		{ "x=\"a intel_iommu=on b\"", -1, false, false },
		{ "x=\"-- \" intel_iommu=on", 1, false, false },
		{ "iommu=off intel_iommu=on iommu=pt", 1, true, true },
		{ "iommu=nopt iommu=pt", -1, false, true },
		{ "iommu=pt iommu=nopt", -1, false, false },
		{ "iommu.passthrough=1", -1, false, true },
		{ "iommu=pt iommu.passthrough=0", -1, false, false },
		{ "intel_iommu", -1, false, false },
		{ "intel_iommu=", -1, false, false },
		{ "\tintel_iommu=on\n", 1, false, false },
		{ "intel_iommu=\"off", 0, false, false },
		{ "intel_iommu=\"", -1, false, false },
	};

	(void)ctx;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_cmdline_state state;

		vw_cmdline_read(cases[i].line, strlen(cases[i].line), &state);
		if (state.intel_iommu != cases[i].intel || state.iommu_off != cases[i].off ||
			state.passthrough != cases[i].pt)
			fail_msg("'%s'", cases[i].line);
		check_model(cases[i].line, &state);
	}
}

static void test_model(void **ctx)
{
	struct dice dice = { 1 };
	struct vw_cmdline_state state;
	char line[4096];

	(void)ctx;
	for (int i = 0; i < ROUNDS; i++) {
		size_t len = roll_line(&dice, true, line, sizeof(line));

		vw_cmdline_read(line, len, &state);
		check_model(line, &state);
	}
}

static void test_culprits(void **ctx)
{
	static const struct {
		const char *line, *culprits;
	} cases[] = {
		{ "", "" },
		{ "quiet intel_iommu=on iommu=pt amd_iommu=on intremap=on pci=noari", "" },
		{ "a intel_iommu=off b iommu=soft,pt", "intel_iommu=off iommu=soft,pt" },
		{ "iommu=off amd-iommu=off intremap=off", "iommu=off amd-iommu=off intremap=off" },
		{ "nointremap intel_iommu=\"off\" -- iommu=off", "nointremap intel_iommu=\"off\"" },
		{ "iommu=nopt pci=realloc=off iommu.passthrough=0", "" },
	};
	char buf[64];

	(void)ctx;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		vw_cmdline_culprits(cases[i].line, strlen(cases[i].line), buf, sizeof(buf));
		assert_string_equal(buf, cases[i].culprits);
	}
	/* What does not fit is left out whole. */
	vw_cmdline_culprits("iommu=off nointremap iommu=soft", 31, buf, 10);
	assert_string_equal(buf, "iommu=off");
	vw_cmdline_culprits("iommu=off nointremap iommu=soft", 31, buf, 9);
	assert_string_equal(buf, "");
}

/* --- editing --- */

static void check_edit(enum vw_quoting quoting, const struct vw_boot_args *want, const char *line,
	const char *expected)
{
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
	int rc = vw_cmdline_edit(line, strlen(line), quoting, want, &out, NULL, NULL);

	if (rc != (expected ? 1 : 0))
		fail_msg("'%s': %d", line, rc);
	if (expected && strcmp(out.data ? out.data : "", expected) != 0)
		fail_msg("'%s' becomes '%s', not '%s'", line, out.data, expected);
}

static void test_edit(void **ctx)
{
	static const struct {
		const struct vw_boot_args *want;
		const char *line, *expected; /* NULL = it stays */
	} cases[] = {
		{ &intel, "", "intel_iommu=on" },
		{ &intel, "  ", "  intel_iommu=on" },
		{ &intel, "quiet", "quiet intel_iommu=on" },
		{ &intel, " quiet \t splash ", " quiet \t splash intel_iommu=on " },
		{ &intel, "quiet -- single", "quiet intel_iommu=on -- single" },
		{ &intel, "-- single", "intel_iommu=on -- single" },
		{ &intel, "intel_iommu=on", NULL },
		{ &intel, "intel_iommu=\"on\"", NULL },
		{ &intel, "intel_iommu=on,sm_on", NULL },
		{ &intel, "intel_iommu=off", "intel_iommu=on" },
		{ &intel, "a intel-iommu=off b", "a intel-iommu=on b" },
		{ &intel, "intel_iommu=\"off\"", "intel_iommu=\"on\"" },
		{ &intel, "\"intel_iommu=off\"", "\"intel_iommu=on\"" },
		{ &intel, "intel_iommu=sm_on,off,igfx_off", "intel_iommu=on,sm_on,igfx_off" },
		{ &intel, "intel_iommu=sm_on a", "intel_iommu=on,sm_on a" },
		{ &intel, "intel_iommu=on,off", "intel_iommu=on" },
		{ &intel, "intel_iommu=off x intel_iommu=on", "x intel_iommu=on" },
		{ &intel, "intel_iommu=off x intel_iommu=off", "x intel_iommu=on" },
		{ &intel, "intel_iommu", "intel_iommu intel_iommu=on" },
		{ &intel, "intel_iommu=", "intel_iommu=on" },
		{ &intel, "INTEL_IOMMU=off", "INTEL_IOMMU=off intel_iommu=on" },
		{ &intel, "iommu=off", "intel_iommu=on" },
		{ &intel, "a  iommu=off -- b", "a intel_iommu=on -- b" },
		{ &intel, "x=\"never closed", "intel_iommu=on x=\"never closed" },
		{ &intel, "a x=\"never closed", "a intel_iommu=on x=\"never closed" },
		{ &intel, "console=tty0 console=ttyS0 console=tty0",
			"console=tty0 console=ttyS0 console=tty0 intel_iommu=on" },
		{ &nothing, "quiet intel_iommu=off -- iommu=off", "quiet -- iommu=off" },
		{ &nothing, "iommu=off -- x", "-- x" },
		{ &nothing, "iommu=off  amd_iommu=off\tx", "x" },
		{ &nothing, "a  iommu=off\tb", "a\tb" },
		{ &nothing, "amd_iommu=fullflush,off intremap=nosid,off nointremap",
			"amd_iommu=fullflush intremap=nosid" },
		{ &nothing, "iommu=nopt,soft", "iommu=nopt" },
		{ &nothing, "iommu=nopt pci=realloc=off iommu.passthrough=0", NULL },
		{ &clean, "iommu=nopt pci=realloc=off,nomsi iommu.passthrough=0 intel_iommu=off",
			"pci=nomsi" },
		{ &clean, "quiet", NULL },
		{ &pt, "iommu=soft", "iommu=pt" },
		{ &pt, "iommu=force,nopt,off x", "iommu=pt,force x" },
		{ &pt, "iommu=pt", NULL },
		{ &pt, "iommu.passthrough=1", NULL },
		{ &pt, "iommu=pt iommu.passthrough=0", "iommu=pt" },
		{ &pt, "iommu=nopt iommu=pt", "iommu=pt" },
		{ &pt, "iommu=pt iommu=nopt", "iommu=pt" },
		{ &all, "pci=nomsi,realloc=off a pci=noaer",
			"pci=nomsi a pci=noaer,realloc intel_iommu=on iommu=pt" },
		{ &all, "intel_iommu=on iommu=pt pci=realloc", NULL },
		{ &all, "intel_iommu=on iommu=pt pci=realloc=on", NULL },
		{ &all, "intel_iommu=on iommu=pt pci=realloc=off",
			"intel_iommu=on iommu=pt pci=realloc" },
	};

	(void)ctx;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++)
		check_edit(VW_QUOTE_PLAIN, cases[i].want, cases[i].line, cases[i].expected);
}

/* How it stands in a shell's quotes. */
static void test_quoting(void **ctx)
{
	(void)ctx;
	check_edit(VW_QUOTE_DOUBLE, &intel, "x=\\\"a b\\\" intel_iommu=\\\"off\\\"",
		"x=\\\"a b\\\" intel_iommu=\\\"on\\\"");
	check_edit(VW_QUOTE_DOUBLE, &intel, "x=\\\"a intel_iommu=off b\\\"",
		"x=\\\"a intel_iommu=off b\\\" intel_iommu=on");
	check_edit(VW_QUOTE_DOUBLE, &intel, "a \\\n intel_iommu=o\\\nff \\\n b",
		"a \\\n intel_iommu=on \\\n b");
	check_edit(VW_QUOTE_DOUBLE, &nothing, "a \\\n iommu=off \\\n b", "a \\\n b");
	check_edit(VW_QUOTE_DOUBLE, &intel, "$OTHER \\$tuned_params",
		"$OTHER \\$tuned_params intel_iommu=on");
	check_edit(VW_QUOTE_SINGLE, &intel, "x=\"a b\" intel_iommu=\"off\"",
		"x=\"a b\" intel_iommu=\"on\"");
	check_edit(VW_QUOTE_SINGLE, &intel, "a\\", "a\\ intel_iommu=on");
	check_edit(VW_QUOTE_BARE, &intel, "intel_iommu=off", "intel_iommu=on");
}

static void test_changes(void **ctx)
{
	static const char *line = "quiet intel_iommu=off,sm_on nointremap";
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
	vw_auto(vw_token_changes_free) struct vw_token_changes changes = { 0 };

	(void)ctx;
	assert_int_equal(
		vw_cmdline_edit(line, strlen(line), VW_QUOTE_PLAIN, &all, &out, &changes, NULL), 1);
	assert_int_equal(changes.n, 4);
	assert_string_equal(changes.v[0].old, "intel_iommu=off,sm_on");
	assert_string_equal(changes.v[0].new, "intel_iommu=on,sm_on");
	assert_string_equal(changes.v[1].old, "nointremap");
	assert_null(changes.v[1].new);
	assert_null(changes.v[2].old);
	assert_string_equal(changes.v[2].new, "iommu=pt");
	assert_null(changes.v[3].old);
	assert_string_equal(changes.v[3].new, "pci=realloc");
}

static void test_limit(void **ctx)
{
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
	struct vw_error err = { "" };
	char line[3000];
	size_t room = VW_CMDLINE_MAX - 1 - strlen(" intel_iommu=on");

	(void)ctx;
	memset(line, 'x', sizeof(line));
	assert_int_equal(vw_cmdline_edit(line, room, VW_QUOTE_PLAIN, &intel, &out, NULL, &err), 1);
	assert_int_equal(out.len, VW_CMDLINE_MAX - 1);
	assert_int_equal(
		vw_cmdline_edit(line, room + 1, VW_QUOTE_PLAIN, &intel, &out, NULL, &err), -E2BIG);
	assert_non_null(strstr(err.msg, "2048"));
	/* One that is too long already may become shorter. */
	memcpy(line, "iommu=off ", 10);
	assert_int_equal(
		vw_cmdline_edit(line, sizeof(line), VW_QUOTE_PLAIN, &nothing, &out, NULL, &err), 1);
}

/* --- properties --- */

/* The words that are not ours, one after the other. */
static void others(char *line, char *buf)
{
	char *save = NULL;

	buf[0] = '\0';
	for (char *word = strtok_r(line, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
		const char *name = word + (*word == '"');
		bool ours = false;

		for (size_t i = 0; i < VW_ARRAY_SIZE(owned_words); i++) {
			const char *owned = owned_words[i] + (owned_words[i][0] == '"');
			size_t len = strcspn(owned, "=\"");

			ours |= strncmp(name, owned, len) == 0 && strchr("=\"", name[len]) &&
				name[len];
			ours |= strcmp(name, "nointremap") == 0;
		}
		if (!ours)
			strcat(strcat(buf, word), " ");
	}
}

static void check_effect(const struct vw_boot_args *want, const char *line)
{
	char copy[8192];
	struct kernel k;

	snprintf(copy, sizeof(copy), "%s", line);
	kernel_boot(&k, copy);
	if (k.no_iommu || k.soft || k.amd_off || k.no_intremap || (k.intel_said && !k.intel) ||
		(want->intel_iommu && !k.intel) || (want->passthrough && !k.pt) ||
		(want->pci_realloc && !k.realloc))
		fail_msg("not in force: '%s'", line);
}

static void check_properties(const struct vw_boot_args *want, const char *line)
{
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 }, again = { 0 }, back = { 0 };
	char mine[4096], theirs[4096], copy[4096];
	struct vw_cmdline_text before = { line, strlen(line), VW_QUOTE_PLAIN }, after;
	int rc = vw_cmdline_edit(line, strlen(line), VW_QUOTE_PLAIN, want, &out, NULL, NULL);

	assert_int_equal(vw_cmdline_says(line, strlen(line), want), rc == 0);
	if (rc == 0) {
		check_effect(want, line);
		return;
	}
	assert_int_equal(rc, 1);
	check_effect(want, out.data);
	assert_int_equal(
		vw_cmdline_edit(out.data, out.len, VW_QUOTE_PLAIN, want, &again, NULL, NULL), 0);
	snprintf(copy, sizeof(copy), "%s", line);
	others(copy, mine);
	snprintf(copy, sizeof(copy), "%s", out.data);
	others(copy, theirs);
	assert_string_equal(mine, theirs);
	after = (struct vw_cmdline_text){ out.data, out.len, VW_QUOTE_PLAIN };
	assert_int_equal(vw_cmdline_undo(&before, &after, &after, &back, NULL), 1);
	assert_string_equal(back.data ? back.data : "", line);
}

static void test_properties(void **ctx)
{
	struct dice dice = { 2 };
	char line[4096];

	(void)ctx;
	for (int i = 0; i < ROUNDS; i++) {
		struct vw_boot_args want = { roll(&dice, 2), roll(&dice, 2), roll(&dice, 2),
			false };

		roll_line(&dice, true, line, sizeof(line));
		check_properties(&want, line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seen),
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_culprits),
		cmocka_unit_test(test_edit),
		cmocka_unit_test(test_quoting),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_properties),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
