/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_loader_bls: GRUB 2 with boot loader entries: when it is in charge, and the files that have to agree. */
#include "loader_check.h"

static const struct vw_loader *const loader = &vw_loader_bls;

#define ENTRIES "/boot/loader/entries/"
#define ENTRY   "title A\nversion 5\nlinux /vmlinuz\noptions root=x ro\n"
#define DONE    "title A\nversion 5\nlinux /vmlinuz\noptions root=x ro intel_iommu=on\n"
#define SHARED  "title S\nlinux /vmlinuz\noptions $kernelopts $tuned_params\n"
#define CFG     "/boot/grub2/grub.cfg"
#define INFO    "/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"

static void put_grubenv(struct scene *scene, const char *lines)
{
	char block[1025];
	int len = snprintf(block, sizeof(block), "# GRUB Environment Block\n%s", lines);

	memset(block + len, '#', sizeof(block) - (size_t)len);
	tree_bytes(&scene->tree, "/boot/grub2/grubenv", block, 1024);
}

static void test_detect(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_file(&scene.tree, ENTRIES "a.conf", ENTRY);
	assert_int_equal(detected(&scene, loader, NULL), 0);
	/* no grub.cfg can be seen: the setting tells */
	tree_file(&scene.tree, "/etc/default/grub", "GRUB_ENABLE_BLSCFG=true\n");
	assert_int_equal(detected(&scene, loader, "/etc/default/grub uses the 1 entry"), 1);
	tree_file(&scene.tree, CFG, "menuentry 'x' {\n}\n# blscfg\necho blscfg\nblscfgx\n");
	assert_int_equal(detected(&scene, loader, NULL), 0);
	tree_file(&scene.tree, CFG, "insmod blscfg\n\tblscfg\n");
	assert_int_equal(detected(&scene, loader, CFG), 1);
	tree_file(&scene.tree, "/etc/default/grub",
		"GRUB_ENABLE_BLSCFG=true\n GRUB_ENABLE_BLSCFG=\"false\" \n");
	assert_int_equal(detected(&scene, loader, NULL), 0);
	tree_file(&scene.tree, "/etc/default/grub", "");
	assert_int_equal(detected(&scene, loader, NULL), 1);
	tree_bytes(&scene.tree, INFO, "\6\0\0\0G\0R\0U\0B\0\0\0", 14);
	assert_int_equal(detected(&scene, loader, NULL), 1);
	tree_bytes(&scene.tree, INFO, "\6\0\0\0s\0d\0\0\0", 10);
	assert_int_equal(detected(&scene, loader, NULL), 0);
	scene_free(&scene);

	/* the ESP's grub.cfg, and no entries that boot Linux */
	scene_new(&scene);
	tree_file(&scene.tree, "/boot/efi/EFI/alma/grub.cfg", "blscfg\n");
	assert_int_equal(detected(&scene, loader, NULL), 0);
	tree_file(&scene.tree, ENTRIES "a.conf~", ENTRY);
	tree_file(&scene.tree, ENTRIES "b.conf", "title B\nefi /x.efi\n");
	assert_int_equal(detected(&scene, loader, NULL), 0);
	tree_file(&scene.tree, ENTRIES "a.conf", ENTRY);
	assert_int_equal(detected(&scene, loader, "/boot/efi/EFI/alma/grub.cfg"), 1);
	scene_free(&scene);
}

static void test_entries(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_file(&scene.tree, ENTRIES "a-5.conf", ENTRY);
	tree_file(&scene.tree, ENTRIES "b-4.conf",
		"linux /v\noptions $kernelopts ${tuned_params} $no x\n");
	check_entries(&scene, loader, "*b-4: x\nA: root=x ro\n");
	put_grubenv(&scene, "saved_entry=b-4\nkernelopts=root=y\ntuned_params=t=1\n");
	check_entries(&scene, loader, "*b-4: root=y t=1 x\nA: root=x ro\n");
	put_grubenv(&scene, "saved_entry=A\n");
	check_entries(&scene, loader, "b-4: x\n*A: root=x ro\n");
	scene_free(&scene);
}

/* RHEL 9: all entries, and what later ones are made from. */
static void test_literal(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_file(&scene.tree, ENTRIES "a-5.conf", ENTRY);
	tree_file(&scene.tree, ENTRIES "b-0-rescue.conf", ENTRY);
	tree_file(&scene.tree, "/etc/kernel/cmdline", "root=x ro\n");
	tree_file(&scene.tree, "/usr/sbin/grub2-mkconfig", "");
	tree_file(&scene.tree, "/etc/default/grub",
		"GRUB_CMDLINE_LINUX_DEFAULT=\"quiet iommu=off\"\nGRUB_CMDLINE_LINUX=\"ro\"\n");
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 4);
	check_step(&scene, ENTRIES "a-5.conf", DONE);
	check_step(&scene, ENTRIES "b-0-rescue.conf", DONE);
	check_step(&scene, "/etc/kernel/cmdline", "root=x ro intel_iommu=on\n");
	check_step(&scene, "/etc/default/grub",
		"GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\nGRUB_CMDLINE_LINUX=\"ro intel_iommu=on\"\n");
	assert_string_equal(scene.plan.steps[0].path, "/etc/default/grub");
	assert_string_equal(scene.plan.steps[1].path, "/etc/kernel/cmdline");
	check_finding(&scene, NULL, VW_PASS, NULL);
	carry_out(&scene);
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 0);
	scene_free(&scene);
}

/* Who reads /etc/default/grub, and nobody. */
static void test_grub_default(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_file(&scene.tree, ENTRIES "a-5.conf", DONE);
	tree_file(&scene.tree, "/etc/default/grub", "GRUB_CMDLINE_LINUX=\"a\"\n");
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 0);
	tree_file(&scene.tree, "/usr/sbin/grub2-mkconfig", "");
	make_plan(&scene, loader, &want_intel);
	check_step(&scene, "/etc/default/grub", "GRUB_CMDLINE_LINUX=\"a intel_iommu=on\"\n");
	tree_file(&scene.tree, "/etc/default/grub", "GRUB_TIMEOUT=\"5\n");
	make_plan(&scene, loader, &want_intel);
	check_step(&scene, "/etc/default/grub", NULL);
	check_finding(&scene, "loader-file", VW_FAIL, "/etc/default/grub: line 1");
	scene_free(&scene);
}

/* Later kernels would take the running kernel's arguments: the file is made of the default entry. */
static void test_seeded(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_file(&scene.tree, ENTRIES "a-5.9.conf",
		"version 5.9\nlinux /v\noptions root=a $tuned_params ro iommu=off\n");
	tree_file(&scene.tree, ENTRIES "a-5.10.conf", "version 5.10\nlinux /v\noptions root=b\n");
	tree_file(&scene.tree, ENTRIES "a-9-rescue.conf", "version 9\nlinux /v\noptions root=c\n");
	make_plan(&scene, loader, &want_intel);
	check_step(&scene, "/etc/kernel/cmdline", "root=b intel_iommu=on\n");
	assert_true(step_for(&scene, "/etc/kernel/cmdline")->is_ours);
	put_grubenv(&scene, "saved_entry=a-5.9\n");
	make_plan(&scene, loader, &want_intel);
	check_step(&scene, "/etc/kernel/cmdline", "root=a ro intel_iommu=on\n");
	tree_file(&scene.tree, "/usr/lib/kernel/cmdline", "root=d quiet\n");
	make_plan(&scene, loader, &want_intel);
	check_step(&scene, "/etc/kernel/cmdline", "root=d quiet intel_iommu=on\n");
	scene_free(&scene);

	/* not when the entries need nothing */
	scene_new(&scene);
	tree_file(&scene.tree, ENTRIES "a.conf", DONE);
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 0);
	scene_free(&scene);
}

/* RHEL 8: grubenv has the arguments. */
static void test_kernelopts(void **state)
{
	const struct vw_step *step;
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_file(&scene.tree, ENTRIES "a.conf", SHARED);
	make_plan(&scene, loader, &want_intel);
	check_finding(&scene, "loader-file", VW_FAIL, "grub2-mkconfig");
	assert_int_equal(scene.plan.n, 0);
	put_grubenv(&scene, "kernelopts=root=x ro\n");
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 1);
	check_finding(&scene, NULL, VW_PASS, NULL);
	step = step_for(&scene, "/boot/grub2/grubenv");
	assert_non_null(step);
	assert_int_equal(step->after.len, 1024);
	assert_non_null(strstr(step->after.data, "\nkernelopts=root=x ro intel_iommu=on\n#"));
	carry_out(&scene);
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 0);
	/* no room */
	{
		char lines[1000] = "kernelopts=root=x ";

		memset(lines + strlen(lines), 'y', 965);
		strcat(lines, "\n");
		put_grubenv(&scene, lines);
	}
	make_plan(&scene, loader, &want_intel);
	assert_int_equal(scene.plan.n, 0);
	check_finding(&scene, "loader-file", VW_FAIL, "1023 bytes");
	scene_free(&scene);
}

static void test_tuned(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_file(&scene.tree, ENTRIES "a.conf", DONE);
	put_grubenv(&scene, "tuned_params=skew_tick=1 iommu=off\n");
	make_plan(&scene, loader, &want_intel);
	check_finding(&scene, "loader-tuned", VW_FAIL, "iommu=off");
	scene_free(&scene);
}

static void test_no_options(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_file(&scene.tree, ENTRIES "a.conf", "title A\nlinux /vmlinuz\n");
	make_plan(&scene, loader, &want_intel);
	check_finding(&scene, "loader-file", VW_FAIL, "no options line");
	scene_free(&scene);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_detect),
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_literal),
		cmocka_unit_test(test_grub_default),
		cmocka_unit_test(test_seeded),
		cmocka_unit_test(test_kernelopts),
		cmocka_unit_test(test_tuned),
		cmocka_unit_test(test_no_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
