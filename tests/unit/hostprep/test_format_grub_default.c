/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of format_grub_default.c: the command lines in /etc/default/grub. */
#include "format_check.h"

#include "format_augeas.h"
#include "format_grub_default.h"
#include "shell_vars.h"

#include <stdio.h>
#include <stdlib.h>

#define FORMAT &vw_format_grub_default
#define OWN    "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX intel_iommu=on\" " VW_GRUB_MARKER "\n"

/* Where Augeas reads the file, it sees the same values afterwards, but of our variables. */
static void check_values(const struct vw_bytes *before, const struct vw_bytes *after)
{
	check_augeas("Shellvars.lns", before, after);
#ifdef VFWARD_AUGEAS
	static augeas *aug;
	char **paths;
	int n;

	if (!aug)
		aug = aug_init("/nonexistent", NULL, AUG_NO_LOAD);
	assert_non_null(aug);
	if (augeas_nodes(aug, "Shellvars.lns", before) < 0)
		return;
	aug_rm(aug, "/was");
	assert_int_equal(aug_mv(aug, "/out", "/was"), 0);
	assert_true(augeas_nodes(aug, "Shellvars.lns", after) >= 0);
	n = aug_match(aug, "/was//*", &paths);
	for (int i = 0; i < n; i++) {
		const char *was = NULL, *is = NULL;
		char *other = NULL;

		assert_true(asprintf(&other, "/out%s", paths[i] + strlen("/was")) > 0);
		aug_get(aug, paths[i], &was);
		if (!strstr(paths[i], "/GRUB_CMDLINE_LINUX") &&
			(aug_get(aug, other, &is) != 1 || strcmp(was ? was : "", is ? is : "")))
			fail_msg("%s is '%s', not '%s'", other, is, was);
		free(other);
		free(paths[i]);
	}
	free(paths);
#endif
}

static void test_edit(void **ctx)
{
	static const struct {
		const char *text, *expected; /* NULL: nothing changes */
	} cases[] = {
		{ "", NULL },
		{ "# GRUB_CMDLINE_LINUX=\"iommu=off\"\nGRUB_CMDLINE=\"iommu=off\"\n", NULL },
		{ "GRUB_CMDLINE_LINUX=\"quiet\"\n",
			"GRUB_CMDLINE_LINUX=\"quiet intel_iommu=on\"\n" },
		{ "GRUB_CMDLINE_LINUX='quiet'", "GRUB_CMDLINE_LINUX='quiet intel_iommu=on'" },
		{ "GRUB_CMDLINE_LINUX=quiet # x\n",
			"GRUB_CMDLINE_LINUX=\"quiet intel_iommu=on\" # x\n" },
		{ "GRUB_CMDLINE_LINUX=\n", "GRUB_CMDLINE_LINUX=intel_iommu=on\n" },
		{ "GRUB_CMDLINE_LINUX=\"\"\r\n", "GRUB_CMDLINE_LINUX=\"intel_iommu=on\"\r\n" },
		{ "export GRUB_CMDLINE_LINUX=\"a\" B=c\n",
			"export GRUB_CMDLINE_LINUX=\"a intel_iommu=on\" B=c\n" },
		{ "GRUB_CMDLINE_LINUX=\"a \\\n  intel_iommu=off \\\n  b\"\n",
			"GRUB_CMDLINE_LINUX=\"a \\\n  intel_iommu=on \\\n  b\"\n" },
		{ "GRUB_CMDLINE_LINUX=\"x=\\\"a b\\\" intel_iommu=\\\"off\\\"\"\n",
			"GRUB_CMDLINE_LINUX=\"x=\\\"a b\\\" intel_iommu=\\\"on\\\"\"\n" },
		{ "GRUB_CMDLINE_LINUX=\"$A \\$tuned_params\"\n",
			"GRUB_CMDLINE_LINUX=\"$A \\$tuned_params intel_iommu=on\"\n" },
		/* the other variables are only cleaned */
		{ "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n", NULL },
		{ "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet iommu=off\"\nGRUB_CMDLINE_LINUX=\"\"\n",
			"GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\nGRUB_CMDLINE_LINUX=\"intel_iommu="
			"on\"\n" },
		{ "GRUB_CMDLINE_LINUX_RECOVERY=iommu=off\n", "GRUB_CMDLINE_LINUX_RECOVERY=\n" },
		/* where it is no single plain assignment, nothing is added */
		{ "GRUB_CMDLINE_LINUX=\"a\"\nGRUB_CMDLINE_LINUX=\"b iommu=off\"\n",
			"GRUB_CMDLINE_LINUX=\"a\"\nGRUB_CMDLINE_LINUX=\"b\"\n" },
		{ "GRUB_CMDLINE_LINUX=\"a\"\nGRUB_CMDLINE_LINUX+=\" b\"\n", NULL },
		{ "if [ x ]; then\n GRUB_CMDLINE_LINUX=\"a iommu=off\"\nfi\n",
			"if [ x ]; then\n GRUB_CMDLINE_LINUX=\"a\"\nfi\n" },
		{ "GRUB_CMDLINE_LINUX=\"a\"\n. /etc/default/other\n", NULL },
		{ "GRUB_CMDLINE_LINUX=\"$(cat /x)\"\n", NULL },
		{ "GRUB_CMDLINE_LINUX=\"a\"'b'\n", NULL },
		{ "GRUB_CMDLINE_LINUX_DEFAULT=\"${GRUB_CMDLINE_LINUX_DEFAULT:+$GRUB_CMDLINE_LINUX_"
		  "DEFAULT "
		  "}\\$tuned_params\"\n",
			NULL },
		/* but in our own line */
		{ "GRUB_CMDLINE_LINUX=\"a\"\nGRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_"
		  "LINUX\" " VW_GRUB_MARKER "\n",
			"GRUB_CMDLINE_LINUX=\"a\"\n" OWN },
		/* other files of the shell are none of our business */
		{ "GRUB_A=`x \"y\" | z`\nGRUB_CMDLINE_LINUX=\"\"\nGRUB_B=\"$(a \"b\")\"\n",
			"GRUB_A=`x \"y\" | z`\nGRUB_CMDLINE_LINUX=\"intel_iommu=on\"\nGRUB_B=\"$(a "
			"\"b\")\"\n" },
	};

	(void)ctx;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_bytes before = as_bytes(cases[i].text), after = as_bytes(cases[i].text);

		if (cases[i].expected)
			after = as_bytes(cases[i].expected);
		check_text(FORMAT, cases[i].text, &want_intel, cases[i].expected);
		check_values(&before, &after);
	}
}

static void check_bad(const char *text, const char *line)
{
	vw_auto(vw_bytes_free) struct vw_bytes after = { 0 };
	struct vw_error err = { "" };

	assert_int_equal(
		vw_args_file_edit(FORMAT, text, strlen(text), &want_intel, &after, &err), -EBADMSG);
	if (strncmp(err.msg, line, strlen(line)) != 0)
		fail_msg("'%s': %s", text, err.msg);
}

static void test_refused(void **ctx)
{
	(void)ctx;
	check_bad("A=b\nGRUB_CMDLINE_LINUX=\"a\nB=c\n", "line 2: ");
	/* odd, and with something in it that has to go */
	check_bad("\nGRUB_CMDLINE_LINUX=\"a \"'intel_iommu=off'\n", "line 2: GRUB_CMDLINE_LINUX ");
	check_bad("GRUB_CMDLINE_LINUX_DEFAULT=\"${A:-iommu=off}\"\n", "line 1: ");
	check_bad("GRUB_CMDLINE_LINUX=a\\ iommu=off\n", "line 1: ");
}

static void append(const char *text, const struct vw_boot_args *want, const char *expected)
{
	vw_auto(vw_bytes_free) struct vw_bytes all = { 0 };

	vw_bytes_addf(&all, "%s", text);
	assert_int_equal(vw_grub_default_append(&all, want, NULL), expected ? 1 : 0);
	assert_string_equal(all.data, expected ? expected : text);
}

static void test_append(void **ctx)
{
	(void)ctx;
	append("", &want_intel, OWN);
	append("A=b\n", &want_intel, "A=b\n" OWN);
	append("A=b", &want_intel, "A=b\n" OWN);
	append("A=b\n", &want_clean, NULL);
}

static void undo(const char *before, const char *after, const char *now, const char *expected)
{
	struct vw_bytes b = as_bytes(before), a = as_bytes(after), n = as_bytes(now);
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };

	assert_int_equal(vw_args_file_undo(FORMAT, &b, &a, &n, &out, NULL), 1);
	assert_string_equal(out.data, expected);
}

/* A line of our own goes, whatever else has become of the file. */
static void test_undo(void **ctx)
{
	static const char *before =
				  "GRUB_CMDLINE_LINUX=\"a\"\nGRUB_CMDLINE_LINUX+=\" b iommu=off\"",
			  *after = "GRUB_CMDLINE_LINUX=\"a\"\nGRUB_CMDLINE_LINUX+=\" b\"\n" OWN;

	(void)ctx;
	undo(before, after, after, before);
	undo(before, after,
		"# x\nGRUB_CMDLINE_LINUX=\"a c\"\nGRUB_CMDLINE_LINUX+=\" b\"\n" OWN "A=b\n",
		"# x\nGRUB_CMDLINE_LINUX=\"a c\"\nGRUB_CMDLINE_LINUX+=\" b iommu=off\"\nA=b\n");
	undo("GRUB_CMDLINE_LINUX=quiet\nA=b\n",
		"GRUB_CMDLINE_LINUX=\"quiet intel_iommu=on\"\nA=b\n",
		"A=c\nGRUB_CMDLINE_LINUX=\"quiet intel_iommu=on\"\n",
		"A=c\nGRUB_CMDLINE_LINUX=quiet\n");
}

/* --- generated files --- */

static void draw_value(struct vw_bytes *text)
{
	vw_auto(vw_bytes_free) struct vw_bytes args = { 0 };
	const char *quote = PICK(((const char *[]){ "\"", "\"", "\"", "'", "" }));

	draw_args(&args);
	if (!*quote && args.data && strpbrk(args.data, " \t|&"))
		quote = "\"";
	vw_bytes_addf(text, "%s%s%s", quote, args.data ? args.data : "", quote);
}

static void draw_file(struct vw_bytes *text)
{
	static const char *const names[] = { "GRUB_CMDLINE_LINUX", "GRUB_CMDLINE_LINUX",
		"GRUB_CMDLINE_LINUX_DEFAULT", "GRUB_CMDLINE_LINUX_RECOVERY", "GRUB_CMDLINE_XEN" };
	static const char *const others[] = { "# a comment: \"it's\"\n", "\n", "GRUB_TIMEOUT=5\n",
		"GRUB_DISTRIBUTOR=`lsb_release -i -s 2> /dev/null || echo Debian`\n",
		"if [ -e /x ]; then\n\tGRUB_TIMEOUT=1\nfi\n", "export GRUB_A GRUB_B='c d'\n",
		"GRUB_CMDLINE_LINUX_DEFAULT=\"${GRUB_CMDLINE_LINUX_DEFAULT:+$GRUB_CMDLINE_LINUX_"
		"DEFAULT "
		"}\\$tuned_params\"\n" };
	static const char *const ends[] = { "\n", "\n", "\r\n", " # it's\n", "; GRUB_A=b\n" };

	for (size_t n = 1 + draw(6); n > 0; n--) {
		if (draw(2))
			vw_bytes_addf(text, "%s", PICK(others));
		vw_bytes_addf(text, "%s%s%s=", draw(8) ? "" : "  ", draw(8) ? "" : "export ",
			PICK(names));
		draw_value(text);
		vw_bytes_addf(text, "%s", PICK(ends));
	}
}

/* Does a shell still take it? */
static void check_shell(const struct tree *tree, const char *shell)
{
	char command[256];

	snprintf(command, sizeof(command),
		"%s -c : 2>/dev/null || exit 0; for f in %s/f*; do %s -n $f || exit 1; done", shell,
		tree->root, shell);
	assert_int_equal(system(command), 0);
}

static void test_properties(void **ctx)
{
	struct tree tree;

	(void)ctx;
	tree_new(&tree);
	for (unsigned int i = 0; i < 3000; i++) {
		vw_auto(vw_bytes_free) struct vw_bytes text = { 0 }, after = { 0 };
		const struct vw_boot_args *want = draw_want();
		char name[32];

		draw_file(&text);
		check_any(FORMAT, &text, want, "# front\nGRUB_Z=1\n", "# behind\n");
		if (edit_text(FORMAT, &text, want, &after) != 1)
			continue;
		if (i % 4 == 0)
			check_values(&text, &after);
		snprintf(name, sizeof(name), "/f%u", i);
		if (i < 100)
			tree_bytes(&tree, name, after.data, after.len);
	}
	check_shell(&tree, "dash");
	check_shell(&tree, "bash");
	tree_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edit),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_append),
		cmocka_unit_test(test_undo),
		cmocka_unit_test(test_properties),
	};

	draw_seed(4);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
