/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_loader_sdboot: where systemd-boot's entries are, which one is the default, and what is never touched. */
#include "loader_check.h"

static const struct vw_loader *const loader = &vw_loader_sdboot;

#define PROGRAM "/efi/EFI/systemd/systemd-bootx64.efi"
#define ENTRY   "title A\nversion 6\nlinux /v\noptions root=x\n"
#define DONE    "title A\nversion 6\nlinux /v\noptions root=x intel_iommu=on\n"
#define INFO    "/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"

static void put_info(struct scene *scene, const char *name)
{
	char data[256] = "\6\0\0\0";
	size_t len = 4;

	for (; *name; name++) {
		data[len++] = *name;
		data[len++] = '\0';
	}
	tree_bytes(&scene->tree, INFO, data, len + 2);
}

static void test_detect(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_file(&scene.tree, "/boot/loader/entries/a.conf", ENTRY);
	assert_int_equal(detected(&scene, loader, NULL), 0);
	put_info(&scene, "systemd-boot 252.39-1~deb12u1");
	assert_int_equal(detected(&scene, loader, "says systemd-boot 252.39"), 1);
	tree_file(&scene.tree, PROGRAM, "");
	put_info(&scene, "GRUB 2.12");
	assert_int_equal(detected(&scene, loader, NULL), 0);
	scene_free(&scene);

	scene_new(&scene);
	tree_file(&scene.tree, PROGRAM, "");
	tree_file(&scene.tree, "/efi/loader/entries/a.conf", "title Shell\nefi /shell.efi\n");
	assert_int_equal(detected(&scene, loader, NULL), 0);
	tree_file(&scene.tree, "/boot/efi/loader/entries/a.conf", ENTRY);
	assert_int_equal(detected(&scene, loader, PROGRAM ", and 1 boot entry"), 1);
	scene_free(&scene);
}

static void test_default(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_file(&scene.tree, "/efi/loader/entries/a-6.9.conf",
		"version 6.9\nlinux /v\noptions a\n");
	tree_file(&scene.tree, "/efi/loader/entries/a-6.10+3-1.conf",
		"version 6.10\nlinux /v\noptions b\noptions c\n");
	check_entries(&scene, loader, "a-6.9: a\n*a-6.10: b c\n");
	scene_free(&scene);
}

static void test_patterns(void **state)
{
	static const struct {
		const char *conf, *expected;
	} cases[] = {
		{ "default a-*\n", "a-6.9: a\n*a-6.10: b\n" },
		{ "timeout 3\ndefault  a-6.9.conf \n", "*a-6.9: a\na-6.10: b\n" },
		{ "default a-6.9\n", "*a-6.9: a\na-6.10: b\n" },
		{ "default a-6.10\n", "a-6.9: a\n*a-6.10: b\n" },
		{ "#default a-6.9\ndefaults a-6.9\n", "a-6.9: a\n*a-6.10: b\n" },
		{ "default windows\n", "a-6.9: a\n*a-6.10: b\n" },
		{ "default @saved\n", "a-6.9: a\na-6.10: b\n" },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct scene scene;

		scene_new(&scene);
		tree_file(&scene.tree, "/boot/loader/entries/a-6.9.conf",
			"version 6.9\nlinux /v\noptions a\n");
		tree_file(&scene.tree, "/boot/loader/entries/a-6.10+3-1.conf",
			"version 6.10\nlinux /v\noptions b\n");
		tree_file(&scene.tree, "/efi/loader/loader.conf", cases[i].conf);
		check_entries(&scene, loader, cases[i].expected);
		scene_free(&scene);
	}
}

/* What bootctl set-default has put into the firmware goes before loader.conf. */
static void test_variable(void **state)
{
	static const char value[] = "\7\0\0\0a\0-\0006\0.\0009\0.\0c\0o\0n\0f\0\0\0";
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_file(&scene.tree, "/boot/loader/entries/a-6.9.conf",
		"version 6.9\nlinux /v\noptions a\n");
	tree_file(&scene.tree, "/boot/loader/entries/a-6.10.conf",
		"version 6.10\nlinux /v\noptions b\n");
	tree_file(&scene.tree, "/boot/loader/loader.conf", "default a-6.10\n");
	tree_bytes(&scene.tree,
		"/sys/firmware/efi/efivars/LoaderEntryDefault-4a67b082-0a4c-41c6-b6c7-440b29bb8c4f",
		value, sizeof(value) - 1);
	check_entries(&scene, loader, "*a-6.9: a\na-6.10: b\n");
	scene_free(&scene);
}

/* Files keep their names; one directory under two names is one. */
static void test_plan(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_file(&scene.tree, "/boot/efi/loader/entries/a+3-1.conf", ENTRY);
	tree_file(&scene.tree, "/boot/efi/loader/entries/shell.conf",
		"efi /shell.efi\noptions iommu=off\n");
	tree_link(&scene.tree, "/efi", "boot/efi");
	tree_file(&scene.tree, "/etc/kernel/cmdline", "root=x\n");
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 2);
	assert_string_equal(scene.plan.steps[0].path, "/etc/kernel/cmdline");
	check_step(&scene, "/etc/kernel/cmdline", "root=x intel_iommu=on\n");
	check_step(&scene, "/efi/loader/entries/a+3-1.conf", DONE);
	check_finding(&scene, NULL, VW_PASS, NULL);
	scene_free(&scene);
}

static void test_seeded(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_file(&scene.tree, "/efi/loader/entries/a-6.9.conf",
		"version 6.9\nlinux /v\noptions root=a\n");
	tree_file(&scene.tree, "/efi/loader/entries/a-6.10.conf",
		"version 6.10\nlinux /v\noptions root=b\n");
	/* the command line of the running machine says nothing about this root */
	tree_file(&scene.tree, "/proc/cmdline", "root=z\n");
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 3);
	check_step(&scene, "/etc/kernel/cmdline", "root=b intel_iommu=on\n");
	tree_file(&scene.tree, "/efi/loader/loader.conf", "default a-6.9\n");
	make_plan(&scene, loader, &want_intel);
	check_step(&scene, "/etc/kernel/cmdline", "root=a intel_iommu=on\n");
	carry_out(&scene);
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 0);
	scene_free(&scene);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_detect),
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_variable),
		cmocka_unit_test(test_plan),
		cmocka_unit_test(test_seeded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
