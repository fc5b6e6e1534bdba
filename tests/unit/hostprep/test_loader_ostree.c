/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_loader_ostree: the command for rpm-ostree, and the one that takes it back. */
#include "loader_check.h"

static const struct vw_loader *const loader = &vw_loader_ostree;

#define ENTRIES "/boot/loader/entries/"
#define STAGED  "/run/ostree/staged-deployment"

static void test_detect(void **state)
{
	static const char *const signs[] = { "/run/ostree-booted", "/ostree/repo/config",
		"/sysroot/ostree/repo/config" };

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(signs); i++) {
		struct scene scene;

		scene_new(&scene);
		tree_file(&scene.tree, signs[i], "");
		assert_int_equal(detected(&scene, loader, NULL), 0);
		tree_file(&scene.tree, "/usr/bin/rpm-ostree", "");
		assert_int_equal(detected(&scene, loader, "ostree"), 1);
		scene_free(&scene);
	}
	assert_true(loader->manages);
}

static void check_argv(char *const *argv, const char *expected)
{
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };

	for (; argv && *argv; argv++)
		vw_bytes_addf(&text, "%s%s", text.len ? " " : "", *argv);
	assert_string_equal(text.data, expected);
}

static void test_plan(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_file(&scene.tree, ENTRIES "ostree-10-fcos.conf",
		"title F (ostree:0)\nlinux /v\noptions rw intel_iommu=off iommu=soft,pt "
		"ostree=/a\n");
	tree_file(&scene.tree, ENTRIES "ostree-9-fcos.conf",
		"title F (ostree:1)\nlinux /v\noptions rw\n");
	tree_file(&scene.tree, ENTRIES "zzz.conf", "linux /v\noptions x\n");
	check_entries(&scene, loader,
		"F (ostree:1): rw\n*F (ostree:0): rw intel_iommu=off iommu=soft,pt ostree=/a\nzzz: "
		"x\n");
	make_plan(&scene, loader, &want_both);
	assert_int_equal(scene.plan.n, 1);
	assert_int_equal(scene.plan.steps[0].kind, VW_STEP_RUN);
	check_argv(scene.plan.steps[0].argv,
		"/usr/bin/rpm-ostree kargs --append-if-missing=intel_iommu=on "
		"--delete-if-present=intel_iommu=off --append-if-missing=iommu=pt "
		"--delete-if-present=iommu=soft,pt");
	check_argv(scene.plan.steps[0].undo_argv,
		"/usr/bin/rpm-ostree kargs --append-if-missing=intel_iommu=off "
		"--delete-if-present=intel_iommu=on --append-if-missing=iommu=soft,pt "
		"--delete-if-present=iommu=pt");
	check_finding(&scene, NULL, VW_PASS, NULL);
	tree_file(&scene.tree, ENTRIES "ostree-11-fcos.conf",
		"linux /v\noptions rw intel_iommu=on iommu=pt\n");
	make_plan(&scene, loader, &want_both);
	assert_int_equal(scene.plan.n, 0);
	scene_free(&scene);
}

/* A deployment that waits for the next boot has no entry yet. */
static void test_staged(void **state)
{
	static const char right[] = "\0\0kargs\0rw\0intel_iommu=on\0x\0";
	static const char half[] = "\0\0kargs\0rw\0intel_iommu=on\0intel_iommu=off\0";
	static const char other[] = "\0\0kargs\0rw\0my.intel_iommu=on\0intel_iommu=on,x\0";
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_file(&scene.tree, ENTRIES "ostree-1-a.conf", "linux /v\noptions rw intel_iommu=off\n");
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 1);
	tree_bytes(&scene.tree, STAGED, right, sizeof(right));
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 0);
	tree_bytes(&scene.tree, STAGED, half, sizeof(half));
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 1);
	tree_bytes(&scene.tree, STAGED, other, sizeof(other));
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 1);
	scene_free(&scene);
}

static void test_no_entry(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_file(&scene.tree, ENTRIES "fedora.conf", "linux /v\noptions rw\n");
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 0);
	check_finding(&scene, "loader-manual", VW_FAIL,
		"rpm-ostree kargs --append-if-missing=intel_iommu=on");
	scene_free(&scene);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_detect),
		cmocka_unit_test(test_plan),
		cmocka_unit_test(test_staged),
		cmocka_unit_test(test_no_entry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
