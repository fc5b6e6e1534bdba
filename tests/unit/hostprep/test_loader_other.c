/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_loader_other: what is left to other tools is recognised, and nothing is said to be done. */
#include "loader_check.h"

static const struct {
	const struct vw_loader *loader;
	const char *files[3];
	const char *remedy;
} cases[] = {
	{ &vw_loader_uki, { "/efi/EFI/Linux/a.efi" }, "anew" },
	{ &vw_loader_uki, { "/boot/efi/EFI/Linux/A.EFI", "/usr/bin/mkinitcpio", "/usr/bin/dracut" },
		"mkinitcpio -P" },
	{ &vw_loader_uki, { "/boot/EFI/Linux/a.efi", "/usr/bin/dracut" }, "dracut --uefi" },
	{ &vw_loader_uki, { "/boot/EFI/Linux/a.efi", "/usr/bin/kernel-install", "/usr/bin/dracut" },
		"kernel-install add" },
	{ &vw_loader_transactional, { "/usr/sbin/transactional-update" },
		"transactional-update grub.cfg" },
	{ &vw_loader_transactional, { "/usr/sbin/transactional-update", "/usr/bin/sdbootutil" },
		"sdbootutil" },
	{ &vw_loader_bootc, { "/usr/bin/bootc", "/run/ostree-booted" }, "kargs.d" },
	{ &vw_loader_bootc, { "/usr/bin/bootc", "/usr/lib/bootc/kargs.d/x.toml" }, "kargs.d" },
	{ &vw_loader_zipl, { "/etc/zipl.conf" }, "zipl" },
};

static void test_by_hand(void **state)
{
	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct scene scene;

		scene_new(&scene);
		assert_int_equal(detected(&scene, cases[i].loader, NULL), 0);
		for (size_t k = 0; k < 3 && cases[i].files[k]; k++)
			tree_file(&scene.tree, cases[i].files[k], "x");
		assert_int_equal(detected(&scene, cases[i].loader, NULL), 1);
		make_plan(&scene, cases[i].loader, &want_both);
		assert_int_equal(scene.plan.n, 0);
		check_finding(&scene, "loader-manual", VW_FAIL, cases[i].remedy);
		assert_non_null(strstr(scene.findings.v[0].remedy, "intel_iommu=on iommu=pt"));
		check_entries(&scene, cases[i].loader, "");
		make_plan(&scene, cases[i].loader, &(struct vw_boot_args){ 0 });
		check_finding(&scene, "loader-unseen", VW_WARN, "not looked at");
		/* done by hand, and booted */
		tree_file(&scene.tree, "/proc/cmdline", "intel_iommu=on iommu=pt\n");
		make_plan(&scene, cases[i].loader, &want_both);
		check_finding(&scene, NULL, VW_PASS, NULL);
		tree_file(&scene.tree, "/proc/cmdline", "intel_iommu=on iommu=pt iommu=off\n");
		make_plan(&scene, cases[i].loader, &want_both);
		check_finding(&scene, "loader-manual", VW_FAIL, cases[i].remedy);
		scene_free(&scene);
	}
}

static void test_not_here(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	/* systemd-boot's own entries are its business, and can be edited */
	tree_file(&scene.tree, "/efi/EFI/Linux/readme.txt", "");
	tree_file(&scene.tree, "/boot/EFI/Linux/a.efi", "");
	tree_file(&scene.tree, "/boot/loader/entries/a.conf", "linux /v\noptions x\n");
	assert_int_equal(detected(&scene, &vw_loader_uki, NULL), 0);
	/* rpm-ostree can do it */
	tree_file(&scene.tree, "/usr/bin/bootc", "");
	assert_int_equal(detected(&scene, &vw_loader_bootc, NULL), 0);
	tree_file(&scene.tree, "/run/ostree-booted", "");
	tree_file(&scene.tree, "/usr/bin/rpm-ostree", "");
	assert_int_equal(detected(&scene, &vw_loader_bootc, NULL), 0);
	tree_file(&scene.tree, "/etc/kernel/proxmox-boot-uuids", "\n");
	assert_int_equal(detected(&scene, &vw_loader_proxmox, NULL), 0);
	scene_free(&scene);
}

static void test_proxmox(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_file(&scene.tree, "/etc/kernel/proxmox-boot-uuids", "A1B2-C3D4\n");
	tree_file(&scene.tree, "/etc/kernel/cmdline", "root=ZFS=x\n");
	tree_file(&scene.tree, "/etc/default/grub", "GRUB_CMDLINE_LINUX=\"\"\n");
	assert_int_equal(detected(&scene, &vw_loader_proxmox, "proxmox-boot-uuids"), 1);
	make_plan(&scene, &vw_loader_proxmox, &want_intel);
	assert_int_equal(scene.plan.n, 3);
	check_step(&scene, "/etc/kernel/cmdline", "root=ZFS=x intel_iommu=on\n");
	check_step(&scene, "/etc/default/grub", "GRUB_CMDLINE_LINUX=\"intel_iommu=on\"\n");
	assert_int_equal(scene.plan.steps[2].kind, VW_STEP_RUN);
	assert_string_equal(scene.plan.steps[2].argv[0], "/usr/sbin/proxmox-boot-tool");
	assert_string_equal(scene.plan.steps[2].argv[1], "refresh");
	/* nobody has seen the entries */
	check_finding(&scene, "loader-unseen", VW_WARN, "not looked at");
	assert_false(scene.plan.steps[2].makes_entries);
	carry_out(&scene);
	make_plan(&scene, &vw_loader_proxmox, &want_intel);
	assert_int_equal(scene.plan.n, 0);
	scene_free(&scene);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_hand),
		cmocka_unit_test(test_not_here),
		cmocka_unit_test(test_proxmox),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
