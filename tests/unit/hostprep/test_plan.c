/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of hostprep/plan.c: how steps come together. */
#include "scene.h"

static struct vw_error err;

static void test_steps_for_one_file(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct vw_bytes one = bytes("1\n"), two = bytes("2\n"), text = { 0 };
	struct tree *tree = *state;

	s.lock = -1;
	s.host = &tree->host;
	tree_file(tree, "/f", "0\n");
	assert_int_equal(vw_plan_file(&s.plan, s.host, "/f", &one, "a", NULL, &err), 1);
	assert_int_equal(vw_plan_file(&s.plan, s.host, "/f", &one, "b", NULL, &err), 0);
	assert_int_equal(vw_plan_file(&s.plan, s.host, "/f", &two, "c", NULL, &err), 1);
	assert_int_equal(s.plan.n, 2);
	assert_string_equal(s.plan.steps[1].before.data, "1\n");
	assert_true(s.plan.steps[1].existed);
	assert_int_equal(vw_plan_read(&s.plan, s.host, "/f", &text, &err), 1);
	assert_string_equal(text.data, "2\n");
	vw_bytes_free(&text);
	assert_content(tree, "/f", "0\n");
}

/* What cannot be read is not taken for absent: that would be a plan to create it. */
static void test_unreadable(void **state)
{
	vw_auto(scene_end) struct scene s = { 0 };
	struct vw_bytes text = bytes("1\n");
	struct tree *tree = *state;

	s.lock = -1;
	s.host = &tree->host;
	tree_dir(tree, "/dir");
	tree_link(tree, "/loop", "loop");
	assert_int_equal(mkfifo(outer(tree, "/fifo"), 0600), 0);
	tree_file(tree, "/large", "");
	assert_int_equal(truncate(outer(tree, "/large"), (4 << 20) + 1), 0);
	assert_int_equal(vw_plan_file(&s.plan, s.host, "/dir", &text, "a", NULL, &err), -EISDIR);
	assert_int_equal(vw_plan_file(&s.plan, s.host, "/loop", &text, "a", NULL, &err), -ELOOP);
	assert_int_equal(vw_plan_file(&s.plan, s.host, "/fifo", &text, "a", NULL, &err), -EINVAL);
	assert_int_equal(vw_plan_file(&s.plan, s.host, "/large", &text, "a", NULL, &err), -EFBIG);
	assert_non_null(strstr(err.msg, "/large"));
	assert_int_equal(s.plan.n, 0);
	assert_int_equal(vw_plan_file(&s.plan, s.host, "/none/f", &text, "a", NULL, &err), 1);
	assert_false(s.plan.steps[0].existed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_steps_for_one_file, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unreadable, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
