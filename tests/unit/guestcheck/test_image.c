/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_image: what is said of an image that is a directory, where there is no system to examine. */
#include "tree.h"

#include "image.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

static void expect(const char *dir, const char *id)
{
	struct vw_wanted wanted = { 0 };
	struct vw_image_request request = { .dir = dir, .wanted = &wanted };
	struct vw_image_result result;
	struct vw_error err;

	assert_int_equal(vw_image_examine(&request, &result, &err), 0);
	assert_int_equal(result.n_systems, 0);
	assert_int_equal(result.findings.n, 1);
	assert_string_equal(result.findings.v[0].id, id);
	assert_int_equal(vw_image_verdict(&result), VW_VERDICT_UNDETERMINED);
	vw_image_result_free(&result);
}

static void test_no_system(void **state)
{
	char missing[128];
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_dir(&tree, "/etc");
	expect(tree.root, "image-no-system");
	snprintf(missing, sizeof(missing), "%s/none", tree.root);
	expect(missing, "image-missing");
	tree_free(&tree);
}

/* Who may not look cannot say that there is none. */
static void test_unreadable(void **state)
{
	bool root = geteuid() == 0;
	struct tree tree;
	char etc[128];

	(void)state;
	tree_new(&tree);
	tree_file(&tree, "/etc/os-release", "ID=test\n");
	snprintf(etc, sizeof(etc), "%s/etc", tree.root);
	assert_int_equal(chmod(tree.root, 0755), 0);
	assert_int_equal(chmod(etc, 0), 0);
	assert_int_equal(root ? seteuid(NOBODY) : 0, 0);
	expect(tree.root, "image-unreadable");
	assert_int_equal(root ? seteuid(0) : 0, 0);
	assert_int_equal(chmod(etc, 0755), 0);
	tree_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_system),
		cmocka_unit_test(test_unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
