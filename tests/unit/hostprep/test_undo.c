/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of hostprep/undo.c and undo_step.c: what apply did, what others did since, and what has to be there in the end. */
#include "scene.h"

#include "undo_priv.h"
#include "writer.h"

#define OWN   "/etc/udev/rules.d/60-vfward.rules"
#define ENTRY "/loader/entries/a.conf"
#define RC    "/etc/rc.d/rc.local"
#define CFG   "/boot/grub.cfg"
#define MARK  "# vfward-hostprep"

#define ENTRY_BEFORE "title 1\nlinux /k\noptions quiet\n"
#define ENTRY_AFTER  "title 1\nlinux /k\noptions quiet intel_iommu=on\n"
#define RC_BEFORE    "#!/bin/sh\nexit 0\n"
#define RC_AFTER     "#!/bin/sh\necho 4 > x " MARK "\nexit 0\n"

static struct vw_error err;

static void apply(struct scene *s)
{
	assert_int_equal(vw_apply(s->host, &s->request, &s->plan, &s->findings, &err), 1);
}

/* One file of each kind. */
static void apply_all(struct scene *s, struct tree *tree)
{
	tree_file(tree, ENTRY, ENTRY_BEFORE);
	tree_file(tree, RC, RC_BEFORE);
	scene_begin(s, tree);
	add_file(s, OWN, "ours\n")->is_ours = true;
	add_file(s, ENTRY, ENTRY_AFTER)->format = &vw_format_bls;
	add_file(s, RC, RC_AFTER)->marker = MARK;
	apply(s);
}

static void assert_nothing_left(struct tree *tree)
{
	assert_missing(tree, "/var/lib/vfward");
	assert_missing(tree, "/etc/udev");
}

static void test_as_apply_left_it(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct tree *tree = *state;

	apply_all(&s, tree);
	assert_int_equal(vw_undo(s.host, &s.findings, &err), 1);
	assert_content(tree, ENTRY, ENTRY_BEFORE);
	assert_content(tree, RC, RC_BEFORE);
	assert_nothing_left(tree);
	assert_int_equal(s.findings.n, 3);
	for (size_t i = 0; i < s.findings.n; i++) {
		assert_string_equal(s.findings.v[i].id, "undone");
		assert_int_equal(s.findings.v[i].severity, VW_PASS);
	}
	assert_int_equal(vw_undo(s.host, &s.findings, &err), 0);
}

static void test_edited_by_others(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct tree *tree = *state;

	apply_all(&s, tree);
	tree_file(tree, ENTRY, "linux /k\noptions quiet intel_iommu=on debug\ninitrd /b\n");
	tree_file(tree, RC, "#!/bin/sh\ntheirs\necho 4 > x " MARK "\nexit 0\n");
	assert_int_equal(vw_undo(s.host, &s.findings, &err), 1);
	assert_content(tree, ENTRY, "linux /k\noptions quiet debug\ninitrd /b\n");
	assert_content(tree, RC, "#!/bin/sh\ntheirs\nexit 0\n");
	assert_nothing_left(tree);
}

/* A file of others' in which lines were changed: each that is as it was left becomes what it was. */
static void test_lines_edited_by_others(void **state)
{
	static const char conf[] = "/etc/modprobe.d/nic.conf";
	vw_auto(scene_end) struct scene s = { 0 };
	struct tree *tree = *state;

	tree_file(tree, conf, "# a\noptions ixgbe max_vfs=1,1 LRO=0\noptions ixgbe max_vfs=2\nz\n");
	scene_begin(&s, tree);
	add_file(&s, conf, "# a\noptions ixgbe LRO=0\n# vfward: options ixgbe max_vfs=2\nz\n");
	apply(&s);
	tree_file(tree, conf, "z\n# b\n# vfward: options ixgbe max_vfs=2\noptions ixgbe LRO=1\n");
	assert_int_equal(vw_undo(s.host, &s.findings, &err), 1);
	assert_content(tree, conf, "z\n# b\noptions ixgbe max_vfs=2\noptions ixgbe LRO=1\n");
	assert_nothing_left(tree);
}

/* What others have put back already, or removed, is no trouble. */
static void test_undone_by_others(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct tree *tree = *state;

	apply_all(&s, tree);
	tree_file(tree, ENTRY, ENTRY_BEFORE);
	assert_int_equal(unlink(outer(tree, OWN)), 0);
	assert_int_equal(unlink(outer(tree, RC)), 0);
	assert_int_equal(vw_undo(s.host, &s.findings, &err), 1);
	assert_content(tree, ENTRY, ENTRY_BEFORE);
	assert_missing(tree, RC);
	assert_nothing_left(tree);
	assert_int_equal(s.findings.n, 0);
}

static void test_own_file_that_was_edited(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	const struct vw_finding *finding;
	struct tree *tree = *state;

	apply_all(&s, tree);
	tree_file(tree, OWN, "theirs by now\n");
	assert_int_equal(vw_undo(s.host, &s.findings, &err), 1);
	assert_content(tree, OWN, "theirs by now\n");
	finding = find(&s, "undo-edited");
	assert_non_null(finding);
	assert_int_equal(finding->severity, VW_WARN);
	assert_string_equal(finding->subject, OWN);
	assert_missing(tree, "/var/lib/vfward");
	assert_content(tree, ENTRY, ENTRY_BEFORE);
}

/* A directory that apply made goes only if nothing else has come into it. */
static void test_directories(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct tree *tree = *state;

	apply_all(&s, tree);
	tree_file(tree, "/etc/udev/rules.d/theirs.rules", "x");
	assert_int_equal(vw_undo(s.host, &s.findings, &err), 1);
	assert_missing(tree, OWN);
	assert_content(tree, "/etc/udev/rules.d/theirs.rules", "x");
}

static void test_unreadable_by_now(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct tree *tree = *state;

	apply_all(&s, tree);
	tree_bytes(tree, ENTRY, "linux /k\noptions intel_iommu=on\n\0", 34);
	assert_int_equal(vw_undo(s.host, &s.findings, &err), 1);
	assert_non_null(find(&s, "undo-edited"));
	assert_missing(tree, OWN);
}

/* A failure keeps the rest from nothing, and the journal for the next time. */
static void test_goes_on(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct tree *tree = *state;

	apply_all(&s, tree);
	assert_int_equal(link(outer(tree, ENTRY), outer(tree, "/etc/second")), 0);
	assert_int_equal(vw_undo(s.host, &s.findings, &err), -EMLINK);
	assert_non_null(strstr(err.msg, "hard links"));
	assert_content(tree, ENTRY, ENTRY_AFTER);
	assert_content(tree, RC, RC_BEFORE);
	assert_missing(tree, OWN);
	read_journals(&s);
	assert_int_equal(s.journals.v[0].state, VW_JOURNAL_UNDOING);
	assert_int_equal(unlink(outer(tree, "/etc/second")), 0);
	assert_int_equal(vw_undo(s.host, &s.findings, &err), 1);
	assert_content(tree, ENTRY, ENTRY_BEFORE);
	assert_nothing_left(tree);
}

/* A second apply, and then both are taken back. */
static void test_two_journals(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct tree *tree = *state;

	apply_all(&s, tree);
	vw_plan_free(&s.plan);
	add_file(&s, OWN, "ours, more of it\n")->is_ours = true;
	add_file(&s, ENTRY, "title 1\nlinux /k\noptions quiet intel_iommu=on iommu=pt\n")->format =
		&vw_format_bls;
	apply(&s);
	tree_file(tree, ENTRY, "title 2\nlinux /k\noptions quiet intel_iommu=on x iommu=pt\n");
	assert_int_equal(vw_undo(s.host, &s.findings, &err), 1);
	assert_content(tree, ENTRY, "title 2\nlinux /k\noptions quiet x\n");
	assert_content(tree, RC, RC_BEFORE);
	assert_nothing_left(tree);
}

/* A journal that says "applying": of a run that was cut short in front of step `done`. */
static void cut_short(struct scene *s, struct tree *tree, size_t done)
{
	struct vw_journal journal = { 0 };

	apply_all(s, tree);
	read_journals(s);
	journal = s->journals.v[0];
	journal.state = VW_JOURNAL_APPLYING;
	assert_int_equal(vw_journal_save(s->host, &journal, &err), 0);
	for (size_t i = done; i < s->plan.n; i++) {
		const struct vw_step *step = &s->plan.steps[i];

		if (step->existed)
			tree_bytes(tree, step->path, step->before.data, step->before.len);
		else
			assert_int_equal(unlink(outer(tree, step->path)), 0);
	}
	if (done < s->plan.n)
		tree_file(tree, "/loader/entries/" VW_WRITER_TEMP, "half of a file");
}

static void test_recovery(void **state)
{
	struct tree *tree = *state;

	for (size_t done = 0; done <= 3; done++) {
		vw_auto(scene_end) struct scene s = { 0 };

		cut_short(&s, tree, done);
		assert_int_equal(vw_recover(s.host, &s.findings, &err), 0);
		assert_content(tree, ENTRY, ENTRY_BEFORE);
		assert_content(tree, RC, RC_BEFORE);
		assert_missing(tree, "/etc/udev");
		assert_int_equal(count_names(tree, "/loader/entries"), 1);
		assert_int_equal(s.findings.n, 1);
		assert_string_equal(s.findings.v[0].id, "recovered");
		assert_int_equal(vw_recover(s.host, &s.findings, &err), 0);
		assert_int_equal(s.findings.n, 1);
	}
}

/* What others have changed after the cut stays. */
static void test_recovery_after_an_edit(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct tree *tree = *state;

	cut_short(&s, tree, 3);
	tree_file(tree, ENTRY, "title 3\nlinux /k\noptions quiet intel_iommu=on\n");
	assert_int_equal(vw_undo(s.host, &s.findings, &err), 1);
	assert_content(tree, ENTRY, "title 3\nlinux /k\noptions quiet\n");
	assert_nothing_left(tree);
}

/* Recovery leaves what was applied in full. */
static void test_recovery_of_nothing(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct tree *tree = *state;

	apply_all(&s, tree);
	assert_int_equal(vw_recover(s.host, &s.findings, &err), 0);
	assert_content(tree, ENTRY, ENTRY_AFTER);
	assert_int_equal(s.findings.n, 0);
}

/* A file that came after apply, beside one of apply's, with a copy of its line. */
static void test_copies(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct tree *tree = *state;

	apply_all(&s, tree);
	tree_file(tree, "/loader/entries/new", "linux /k\noptions quiet intel_iommu=on\n");
	tree_file(tree, "/loader/entries/other", "linux /k\noptions quiet\n");
	tree_file(tree, "/etc/new", "linux /k\noptions quiet intel_iommu=on\n");
	assert_int_equal(
		vw_undo_copy(s.host, &s.plan, "/loader/entries/new", &s.findings, &err), 1);
	assert_int_equal(
		vw_undo_copy(s.host, &s.plan, "/loader/entries/other", &s.findings, &err), 0);
	assert_int_equal(
		vw_undo_copy(s.host, &s.plan, "/loader/entries/none", &s.findings, &err), 0);
	assert_int_equal(vw_undo_copy(s.host, &s.plan, "/etc/new", &s.findings, &err), 0);
	assert_content(tree, "/loader/entries/new", "linux /k\noptions quiet\n");
}

/* --- programs --- */

static void apply_program(struct scene *s, struct tree *tree, const char *path)
{
	tree_file(tree, ENTRY, ENTRY_BEFORE);
	tree_file(tree, CFG, "first\n");
	script(tree, "/p", "(echo made of; cat $R" ENTRY ") > $R" CFG "; echo $* >> $R/ran");
	scene_begin_real(s, tree);
	add_file(s, outer(tree, ENTRY), ENTRY_AFTER)->format = &vw_format_bls;
	add_program(s, outer(tree, "/p"), path ? outer(tree, path) : NULL);
	apply(s);
	assert_content(tree, CFG, "made of\n" ENTRY_AFTER);
}

/* As the program left it: the bytes of before. */
static void test_generated_and_untouched(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct tree *tree = *state;

	apply_program(&s, tree, CFG);
	assert_int_equal(vw_undo(s.host, &s.findings, &err), 1);
	assert_content(tree, CFG, "first\n");
	assert_content(tree, "/ran", "arg\n");
}

/* Made anew by others since (a new kernel): made anew once more, from the files that are as before. */
static void test_generated_again(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct tree *tree = *state;

	apply_program(&s, tree, CFG);
	tree_file(tree, CFG, "theirs\n");
	assert_int_equal(vw_undo(s.host, &s.findings, &err), 1);
	assert_content(tree, CFG, "made of\n" ENTRY_BEFORE);
	assert_content(tree, "/ran", "arg\narg\n");
}

/* Without a file that could be put back it is run again; or the one that is named for that. */
static void test_programs_without_a_file(void **state)
{
	struct tree *tree = *state;

	for (int named = 0; named < 2; named++) {
		vw_auto(scene_end) struct scene s = { 0 };
		const char *const undo_argv[] = { outer(tree, "/p"), "back", NULL };

		tree_file(tree, ENTRY, ENTRY_BEFORE);
		script(tree, "/p", "echo $* >> $R/ran");
		tree_file(tree, "/ran", "");
		scene_begin_real(&s, tree);
		add_file(&s, outer(tree, ENTRY), ENTRY_AFTER)->format = &vw_format_bls;
		add_program(&s, outer(tree, "/p"), NULL);
		if (named)
			vw_plan_undo_with(&s.plan, &s.plan.steps[1], undo_argv);
		apply(&s);
		assert_int_equal(vw_undo(s.host, &s.findings, &err), 1);
		assert_content(tree, ENTRY, ENTRY_BEFORE);
		assert_content(tree, "/ran", named ? "arg\nback\n" : "arg\narg\n");
	}
}

/* It fails at undo: said, and the next undo goes on. */
static void test_program_fails_at_undo(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct tree *tree = *state;

	apply_program(&s, tree, CFG);
	tree_file(tree, CFG, "theirs\n");
	script(tree, "/p", "exit 5");
	assert_int_equal(vw_undo(s.host, &s.findings, &err), -EIO);
	assert_non_null(find(&s, "generator-failed"));
	assert_content(tree, ENTRY, ENTRY_BEFORE);
	script(tree, "/p", "cat $R" ENTRY " > $R" CFG);
	assert_int_equal(vw_undo(s.host, &s.findings, &err), 1);
	assert_content(tree, CFG, ENTRY_BEFORE);
	assert_int_equal(access(VW_JOURNAL_DIR, F_OK), -1);
}

/* A run that was cut short while the program wrote: made anew; if that cannot be, the bytes of before. */
static void test_recovery_of_a_program(void **state)
{
	struct tree *tree = *state;

	for (int fails = 0; fails < 2; fails++) {
		vw_auto(scene_end) struct scene s = { 0 };
		struct vw_journal journal;

		apply_program(&s, tree, CFG);
		read_journals(&s);
		journal = s.journals.v[0];
		journal.state = VW_JOURNAL_APPLYING;
		assert_int_equal(vw_journal_save(s.host, &journal, &err), 0);
		tree_file(tree, CFG, "ma");
		if (fails)
			script(tree, "/p", "echo rubbish > $R" CFG "; exit 1");
		assert_int_equal(vw_recover(s.host, &s.findings, &err), 0);
		assert_content(tree, CFG, fails ? "first\n" : "made of\n" ENTRY_BEFORE);
		assert_content(tree, ENTRY, ENTRY_BEFORE);
		assert_int_not_equal(vw_findings_worst(&s.findings), VW_FAIL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_as_apply_left_it, setup, teardown),
		cmocka_unit_test_setup_teardown(test_edited_by_others, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lines_edited_by_others, setup, teardown),
		cmocka_unit_test_setup_teardown(test_undone_by_others, setup, teardown),
		cmocka_unit_test_setup_teardown(test_own_file_that_was_edited, setup, teardown),
		cmocka_unit_test_setup_teardown(test_directories, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unreadable_by_now, setup, teardown),
		cmocka_unit_test_setup_teardown(test_goes_on, setup, teardown),
		cmocka_unit_test_setup_teardown(test_two_journals, setup, teardown),
		cmocka_unit_test_setup_teardown(test_recovery, setup, teardown),
		cmocka_unit_test_setup_teardown(test_recovery_after_an_edit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_recovery_of_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_copies, setup, teardown),
		cmocka_unit_test_setup_teardown(test_generated_and_untouched, setup, teardown),
		cmocka_unit_test_setup_teardown(test_generated_again, setup, teardown),
		cmocka_unit_test_setup_teardown(test_programs_without_a_file, setup, teardown),
		cmocka_unit_test_setup_teardown(test_program_fails_at_undo, setup, teardown),
		cmocka_unit_test_setup_teardown(test_recovery_of_a_program, setup, teardown),
	};

	return cmocka_run_group_tests(tests, enter_namespace, NULL);
}
