/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of hostprep/apply.c: plans carried out, below another root and (in mount namespaces of the test's own) on "/" with programs. */
#include "scene.h"

#define A "/etc/modprobe.d/vfward.conf"
#define B "/etc/default/grub"
#define C "/boot/grub.cfg"

static struct vw_error err;

static void test_files(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct tree *tree = *state;

	tree_file(tree, B, "old\n");
	scene_begin(&s, tree);
	add_file(&s, A, "a\n");
	add_file(&s, B, "new\n");
	assert_int_equal(vw_apply(s.host, &s.request, &s.plan, &s.findings, &err), 1);
	assert_int_equal(s.findings.n, 0);
	assert_content(tree, A, "a\n");
	assert_content(tree, B, "new\n");
	read_journals(&s);
	assert_int_equal(s.journals.n, 1);
	assert_int_equal(s.journals.v[0].state, VW_JOURNAL_APPLIED);
	assert_true(vw_bytes_equal(&s.journals.v[0].plan.steps[1].before, &s.plan.steps[1].before));
	assert_int_equal(s.journals.v[0].directories.n, 1);
	assert_string_equal(s.journals.v[0].directories.v[0], "/etc/modprobe.d");
}

/* Below another root no program runs, and each is named. */
static void test_no_program_below_a_root(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct tree *tree = *state;

	tree_file(tree, C, "cfg\n");
	scene_begin(&s, tree);
	add_file(&s, B, "new\n");
	add_program(&s, outer(tree, "/program"), C);
	assert_int_equal(vw_apply(s.host, &s.request, &s.plan, &s.findings, &err), 1);
	assert_int_equal(s.findings.n, 1);
	assert_string_equal(s.findings.v[0].id, "generator-not-run");
	assert_int_equal(s.findings.v[0].severity, VW_WARN);
	assert_non_null(strstr(s.findings.v[0].message, "/program"));
	assert_content(tree, C, "cfg\n");
}

/* Whatever fails: every file is as before, nothing is left. */
static void test_file_that_cannot_be_written(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct tree *tree = *state;

	tree_file(tree, B, "old\n");
	tree_file(tree, "/etc/other", "x\n");
	scene_begin(&s, tree);
	add_file(&s, A, "a\n");
	add_file(&s, B, "new\n");
	add_file(&s, "/etc/other", "y\n");
	assert_int_equal(link(outer(tree, "/etc/other"), outer(tree, "/etc/second")), 0);
	assert_int_equal(vw_apply(s.host, &s.request, &s.plan, &s.findings, &err), -EMLINK);
	assert_int_equal(s.findings.n, 1);
	assert_string_equal(s.findings.v[0].id, "apply-failed");
	assert_non_null(strstr(s.findings.v[0].message, "hard links"));
	assert_non_null(strstr(s.findings.v[0].message, "everything was put back"));
	assert_missing(tree, "/etc/modprobe.d");
	assert_missing(tree, "/var/lib/vfward");
	assert_content(tree, B, "old\n");
}

static void test_file_changed_since_the_plan(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct tree *tree = *state;

	tree_file(tree, B, "old\n");
	scene_begin(&s, tree);
	add_file(&s, A, "a\n");
	add_file(&s, B, "new\n");
	tree_file(tree, B, "theirs\n");
	assert_int_equal(vw_apply(s.host, &s.request, &s.plan, &s.findings, &err), -ESTALE);
	assert_content(tree, B, "theirs\n");
	assert_missing(tree, A);
	assert_missing(tree, "/var/lib/vfward");
}

/* Two steps for one file are both carried out, and both taken back. */
static void test_one_file_twice(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct tree *tree = *state;

	tree_file(tree, B, "0\n");
	scene_begin(&s, tree);
	add_file(&s, B, "1\n");
	add_file(&s, B, "2\n");
	assert_int_equal(vw_apply(s.host, &s.request, &s.plan, &s.findings, &err), 1);
	assert_content(tree, B, "2\n");
	assert_int_equal(vw_undo(s.host, &s.findings, &err), 1);
	assert_content(tree, B, "0\n");
}

/* --- with programs: the real root --- */

static void test_program(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct tree *tree = *state;

	tree_file(tree, B, "old\n");
	tree_file(tree, C, "made of old\n");
	scene_begin_real(&s, tree);
	add_file(&s, outer(tree, B), "new\n");
	script(tree, "/p", "(printf 'made of '; cat $R" B ") > $R" C "; echo done");
	add_program(&s, outer(tree, "/p"), outer(tree, C));
	assert_int_equal(vw_apply(s.host, &s.request, &s.plan, &s.findings, &err), 1);
	assert_int_equal(s.findings.n, 0);
	assert_content(tree, C, "made of new\n");
	read_journals(&s);
	assert_string_equal(s.journals.v[0].plan.steps[1].before.data, "made of old\n");
	assert_string_equal(s.journals.v[0].plan.steps[1].after.data, "made of new\n");
	assert_int_equal(strlen(s.journals.v[0].boot_id), 36);
	assert_int_equal(vw_undo(s.host, &s.findings, &err), 1);
	assert_content(tree, C, "made of old\n");
	assert_content(tree, B, "old\n");
}

/* A program that is missing, fails, or spoils its file first. */
static void test_bad_programs(void **state)
{
	static const struct {
		const char *script, *id, *says;
		int rc;
	} rows[] = {
		{ NULL, "generator-missing", "/p is needed", -ENOENT },
		{ "exit 7", "generator-failed", "failed with status 7", -EIO },
		{ "echo a; echo no space >&2; exit 1", "generator-failed", "it said: a / no space",
			-EIO },
		{ "echo rubbish > $R" C "; exit 1", "generator-failed", "status 1", -EIO },
		{ "rm $R" C "; exit 1", "generator-failed", "status 1", -EIO },
		{ "echo rubbish > $R" C "; kill -9 $$", "generator-failed", "signal 9", -EIO },
		{ "printf '\\033[31m' ; exit 1", "generator-failed", "\\x1b[31m", -EIO },
	};
	struct tree *tree = *state;

	for (size_t i = 0; i < VW_ARRAY_SIZE(rows); i++) {
		vw_auto(scene_end) struct scene s = { 0 };

		tree_file(tree, B, "old\n");
		tree_file(tree, C, "made of old\n");
		assert_int_equal(chmod(outer(tree, C), 0640), 0);
		scene_begin_real(&s, tree);
		add_file(&s, outer(tree, A), "a\n");
		add_file(&s, outer(tree, B), "new\n");
		if (rows[i].script)
			script(tree, "/p", rows[i].script);
		add_program(&s, outer(tree, "/p"), outer(tree, C));
		assert_int_equal(
			vw_apply(s.host, &s.request, &s.plan, &s.findings, &err), rows[i].rc);
		assert_string_equal(s.findings.v[0].id, rows[i].id);
		if (!strstr(s.findings.v[0].message, rows[i].says))
			fail_msg("%s says nothing of %s", s.findings.v[0].message, rows[i].says);
		assert_content(tree, B, "old\n");
		assert_content(tree, C, "made of old\n");
		assert_missing(tree, "/etc/modprobe.d");
		read_journals(&s);
		assert_int_equal(s.journals.n, 0);
		assert_int_equal(access(VW_JOURNAL_DIR, F_OK), -1);
	}
}

/* What a program without a file of its own has made is made once more from what is put back. */
static void test_failure_after_a_program(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct tree *tree = *state;

	tree_file(tree, B, "old\n");
	tree_file(tree, "/initrd", "with old\n");
	scene_begin_real(&s, tree);
	add_file(&s, outer(tree, B), "new\n");
	script(tree, "/p", "(printf 'with '; cat $R" B ") > $R/initrd");
	add_program(&s, outer(tree, "/p"), NULL);
	script(tree, "/q", "grep -q new $R/initrd || exit 9; exit 1");
	add_program(&s, outer(tree, "/q"), NULL);
	assert_int_equal(vw_apply(s.host, &s.request, &s.plan, &s.findings, &err), -EIO);
	assert_non_null(strstr(err.msg, "status 1"));
	assert_content(tree, B, "old\n");
	assert_content(tree, "/initrd", "with old\n");
}

/* A full file system: a program that truncates before it writes would destroy its file. */
static void test_full_before_a_program(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct tree *tree = *state;
	char fill[48 << 10];

	tree_dir(tree, "/boot");
	scene_begin_real(&s, tree);
	assert_int_equal(mount("none", outer(tree, "/boot"), "tmpfs", 0, "size=64k"), 0);
	memset(fill, 'x', sizeof(fill));
	tree_bytes(tree, "/boot/fill", fill, sizeof(fill));
	tree_bytes(tree, C, fill, 12 << 10);
	script(tree, "/p", "echo ran > $R/ran");
	add_program(&s, outer(tree, "/p"), outer(tree, C));
	assert_int_equal(vw_apply(s.host, &s.request, &s.plan, &s.findings, &err), -ENOSPC);
	assert_missing(tree, "/ran");
	assert_int_equal(umount(outer(tree, "/boot")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_files, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_program_below_a_root, setup, teardown),
		cmocka_unit_test_setup_teardown(test_file_that_cannot_be_written, setup, teardown),
		cmocka_unit_test_setup_teardown(test_file_changed_since_the_plan, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_file_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(test_program, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_programs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_failure_after_a_program, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full_before_a_program, setup, teardown),
	};

	return cmocka_run_group_tests(tests, enter_namespace, NULL);
}
