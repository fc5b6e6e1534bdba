/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_linux_scan: kernels whose modules depmod never saw. */
#include "linux_scene.h"

static void remove_index(struct scene *s)
{
	static const char *const names[] = { "alias", "alias.bin", "dep", "dep.bin" };
	char path[128];

	for (size_t i = 0; i < VW_ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), DIR "/modules.%s", names[i]);
		remove_file(s, path);
	}
}

static void test_never_ran(void **state)
{
	struct scene *s = *state;

	remove_index(s);
	scene_judge(s, &s->x520);
	assert_int_equal(s->check.verdict, VW_VERDICT_DISABLED);
	assert_int_equal(s->check.confidence, VW_CONFIDENCE_MEDIUM);
	assert_string_equal(s->check.driver, "ixgbevf");
	assert_string_equal(s->check.path, DIR "/" INTEL "ixgbevf/ixgbevf.ko");
	assert_string_equal(s->check.remedy, "run depmod -b ROOT " V);
	assert_true(has_evidence(s, "has no modules.alias"));
	/* the path of what it needs was found by its name */
	tree_file(&s->tree, "/etc/modprobe.d/x.conf", "install psample /bin/false\n");
	scene_judge(s, &s->mlx);
	assert_int_equal(s->check.verdict, VW_VERDICT_DISABLED);
	assert_true(has_evidence(s, "install psample /bin/false"));
	remove_file(s, DIR "/kernel/net/psample/psample.ko");
	assert_int_equal(scene_judge(s, &s->mlx)->verdict, VW_VERDICT_FAIL);
}

/* Only the texts are missing, or have nothing in them: modprobe does not look into them. */
static void test_texts_missing(void **state)
{
	struct scene *s = *state;

	remove_file(s, DIR "/modules.dep");
	tree_file(&s->tree, DIR "/modules.alias", "# Aliases extracted from modules themselves.\n");
	scene_judge(s, &s->x520);
	assert_int_equal(s->check.verdict, VW_VERDICT_PASS);
	assert_int_equal(s->check.confidence, VW_CONFIDENCE_MEDIUM);
}

/* A driver of another name is found among all network drivers, but not elsewhere. */
static void test_other_name(void **state)
{
	struct scene *s = *state;

	remove_index(s);
	remove_file(s, DIR "/" INTEL "ixgbevf/ixgbevf.ko");
	MODULE(s, "kernel/drivers/scsi/x.ko", IXGBEVF);
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_FAIL);
	assert_true(has_evidence(s, "has no modules.alias"));
	MODULE(s, "kernel/drivers/net/y-z.ko", IXGBEVF);
	assert_string_equal(scene_judge(s, &s->x520)->driver, "y_z");
}

/* A copy in updates takes the place of the kernel's own. */
static void test_updates(void **state)
{
	struct scene *s = *state;

	remove_index(s);
	MODULE(s, "updates/dkms/ixgbevf.ko", IXGBEVF);
	assert_string_equal(scene_judge(s, &s->x520)->path, DIR "/updates/dkms/ixgbevf.ko");
}

/* Links in circles, and files that are none, end the look in bounded time. */
static void test_hostile(void **state)
{
	struct scene *s = *state;
	char path[128];

	remove_index(s);
	for (int i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), DIR "/kernel/loop%d", i);
		tree_link(&s->tree, path, ".");
	}
	tree_link(&s->tree, DIR "/build", "/");
	tree_dir(&s->tree, DIR "/kernel/drivers/net/dir.ko");
	tree_link(&s->tree, DIR "/kernel/drivers/net/nowhere.ko", "/nowhere");
	tree_file(&s->tree, DIR "/kernel/drivers/net/text.ko.xz", "text");
	scene_judge(s, &s->x520);
	assert_int_equal(s->check.verdict, VW_VERDICT_DISABLED);
	assert_string_equal(s->check.driver, "ixgbevf");
	/* not all was looked at: that there is no driver is not proven */
	remove_file(s, DIR "/" INTEL "ixgbevf/ixgbevf.ko");
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_UNDETERMINED);
}

#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_never_ran),
		T(test_texts_missing),
		T(test_other_name),
		T(test_updates),
		T(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
