/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_loader_grub_legacy: which file it is under its several names, the default title, and when update-grub is run. */
#include "loader_check.h"

static const struct vw_loader *const loader = &vw_loader_grub_legacy;

#define CONF "/boot/grub/grub.conf"
#define MENU "/boot/grub/menu.lst"
#define ONE  "title A\nkernel /vmlinuz ro\n"
#define DONE "title A\nkernel /vmlinuz ro intel_iommu=on\n"

static void test_detect(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	assert_int_equal(detected(&scene, loader, NULL), 0);
	tree_file(&scene.tree, MENU, "default 0\n# title A\ntitle DOS\nchainloader +1\n");
	assert_int_equal(detected(&scene, loader, NULL), 0);
	tree_file(&scene.tree, MENU, ONE);
	assert_int_equal(detected(&scene, loader, MENU " has 1 title that boots"), 1);
	tree_file(&scene.tree, CONF, "title A\nkernel \\\n/vmlinuz\n");
	assert_int_equal(loader->detect(&scene.tree.host, (char[64]){ "" }, 64, NULL), -EBADMSG);
	scene_free(&scene);
}

/* The name that is no link is edited, once; two files are two. */
static void test_names(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_file(&scene.tree, CONF, ONE);
	tree_link(&scene.tree, MENU, "./grub.conf");
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 1);
	check_step(&scene, CONF, DONE);
	scene_free(&scene);

	scene_new(&scene);
	tree_file(&scene.tree, MENU, ONE);
	tree_link(&scene.tree, CONF, "menu.lst");
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 1);
	check_step(&scene, MENU, DONE);
	scene_free(&scene);

	scene_new(&scene);
	tree_file(&scene.tree, "/boot/efi/EFI/redhat/grub.conf", ONE);
	tree_file(&scene.tree, MENU, ONE);
	tree_link(&scene.tree, CONF, "/nowhere");
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 2);
	check_step(&scene, MENU, DONE);
	check_step(&scene, "/boot/efi/EFI/redhat/grub.conf", DONE);
	carry_out(&scene);
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 0);
	scene_free(&scene);

	/* only links: to one file under another name */
	scene_new(&scene);
	tree_file(&scene.tree, "/boot/x", ONE);
	tree_link(&scene.tree, MENU, "../x");
	tree_link(&scene.tree, CONF, "menu.lst");
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 1);
	check_step(&scene, CONF, DONE);
	scene_free(&scene);
}

static void test_default(void **state)
{
	static const char titles[] = "title A\nkernel /vmlinuz a\ntitle DOS\nchainloader +1\n"
				     "title B\nkernel /vmlinuz \\\n b\\\n c\n";
	static const struct {
		const char *line, *saved, *expected;
	} cases[] = {
		{ "", NULL, "*A: a\nB: b  c\n" },
		{ "default 2\n", NULL, "A: a\n*B: b  c\n" },
		{ "default=2\n", NULL, "A: a\n*B: b  c\n" },
		{ "\tdefault\t\t1\n", NULL, "A: a\nB: b  c\n" },
		{ "default saved\n", "2\n#\n#\n", "A: a\n*B: b  c\n" },
		{ "default=saved\n", NULL, "A: a\nB: b  c\n" },
		{ "#default 2\n", NULL, "*A: a\nB: b  c\n" },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct scene scene;
		char text[256];

		scene_new(&scene);
		snprintf(text, sizeof(text), "%s%s", cases[i].line, titles);
		tree_file(&scene.tree, CONF, text);
		if (cases[i].saved)
			tree_file(&scene.tree, "/boot/grub/default", cases[i].saved);
		check_entries(&scene, loader, cases[i].expected);
		scene_free(&scene);
	}
}

#define MAGIC(kopt)                                                                                \
	"### BEGIN AUTOMAGIC KERNELS LIST\n## ## Start Default Options ##\n# kopt=" kopt           \
	"\n## ## End Default Options ##\n"

/* The options in comments are no titles, and change together with them. */
static void test_update_grub(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_file(&scene.tree, MENU, MAGIC("ro") ONE);
	check_entries(&scene, loader, "*A: ro\n");
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 1);
	check_step(&scene, MENU, MAGIC("ro intel_iommu=on") DONE);
	scene_free(&scene);
}

static void test_sles(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_file(&scene.tree, MENU, ONE);
	tree_file(&scene.tree, "/etc/sysconfig/bootloader", "DEFAULT_APPEND=\"quiet\"\n");
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 2);
	/* what boots comes last */
	assert_string_equal(scene.plan.steps[1].path, MENU);
	check_step(
		&scene, "/etc/sysconfig/bootloader", "DEFAULT_APPEND=\"quiet intel_iommu=on\"\n");
	scene_free(&scene);
}

static void test_unusable(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_file(&scene.tree, MENU, "title A\nkernel \\\n/vmlinuz\n");
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 0);
	check_finding(&scene, "loader-file", VW_FAIL, MENU ": line 2: ");
	scene_free(&scene);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_detect),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_update_grub),
		cmocka_unit_test(test_sles),
		cmocka_unit_test(test_unusable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
