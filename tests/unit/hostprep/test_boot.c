/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of boot.c and loader.c: which boot loader, and which kernel arguments a host needs. */
#include "tree.h"

#include "cleanup.h"
#include "loader.h"

#include <string.h>

#define PF "0000:01:00.0"

struct scene {
	struct tree tree;
	struct vw_pf_request pf;
	struct vw_request request;
	struct vw_plan plan;
	struct vw_findings findings;
};

/* A host that GRUB 2 starts, with these arguments in its entries and in force. */
static void setup(struct scene *scene, const char *args)
{
	char text[512];

	memset(scene, 0, sizeof(*scene));
	tree_new(&scene->tree);
	snprintf(text, sizeof(text), "GRUB_CMDLINE_LINUX=\"%s\"\n", args);
	tree_file(&scene->tree, "/etc/default/grub", text);
	snprintf(text, sizeof(text), "menuentry 'a' {\nlinux /v %s\n}\n", args);
	tree_file(&scene->tree, "/boot/grub/grub.cfg", text);
	tree_file(&scene->tree, "/usr/sbin/grub-mkconfig", "default/grub.d/\n");
	snprintf(text, sizeof(text), "BOOT_IMAGE=/v %s\n", args);
	tree_file(&scene->tree, "/proc/cmdline", text);
	assert_int_equal(vw_pci_parse(PF, &scene->pf.pf, NULL), 0);
	scene->request.pfs = &scene->pf;
	scene->request.n_pfs = 1;
}

static void add_sys(struct scene *scene, bool active)
{
	tree_pci(&scene->tree, PF, "0x020000", "");
	if (active) {
		tree_dir(&scene->tree, "/sys/class/iommu/dmar0");
		tree_group(&scene->tree, PF, 1);
	}
}

static void play(struct scene *scene)
{
	struct vw_error err = { "" };

	if (vw_plan_boot(&scene->tree.host, &scene->request, &scene->plan, &scene->findings, &err))
		fail_msg("%s", err.msg);
	assert_string_equal(scene->plan.loader ? scene->plan.loader : "", "grub2");
}

static void teardown(struct scene *scene)
{
	vw_plan_free(&scene->plan);
	vw_findings_free(&scene->findings);
	tree_free(&scene->tree);
}

/* wanted: "ipr", a letter for each argument. steps: does anything have to be done? */
static void expect(struct scene *scene, const char *wanted, bool steps, bool reboot)
{
	play(scene);
	assert_int_equal(scene->plan.args.intel_iommu, strchr(wanted, 'i') != NULL);
	assert_int_equal(scene->plan.args.passthrough, strchr(wanted, 'p') != NULL);
	assert_int_equal(scene->plan.args.pci_realloc, strchr(wanted, 'r') != NULL);
	assert_int_equal(scene->plan.n > 0, steps);
	assert_int_equal(scene->plan.reboot, reboot);
	assert_int_equal(scene->findings.n, steps ? 0 : 1);
	if (!steps) {
		assert_string_equal(scene->findings.v[0].id, "boot-args-good");
		assert_int_equal(scene->findings.v[0].severity, VW_PASS);
		assert_int_equal(scene->findings.v[0].remedy != NULL, reboot);
	}
	teardown(scene);
}

#define DMAR "/sys/firmware/acpi/tables/DMAR"
#define IVRS "/sys/firmware/acpi/tables/IVRS"

static void test_intel(void **ctx)
{
	struct scene scene;

	(void)ctx;
	/* active by itself: nothing is needed */
	setup(&scene, "quiet");
	add_sys(&scene, true);
	tree_file(&scene.tree, DMAR, "");
	expect(&scene, "", false, false);
	/* but passthrough, if that is wanted */
	setup(&scene, "quiet");
	add_sys(&scene, true);
	tree_file(&scene.tree, DMAR, "");
	scene.request.passthrough = true;
	expect(&scene, "p", true, true);
	/* active because it was asked for: that stays needed */
	setup(&scene, "intel_iommu=on");
	add_sys(&scene, true);
	tree_file(&scene.tree, DMAR, "");
	expect(&scene, "i", false, false);
	/* not active */
	setup(&scene, "quiet");
	add_sys(&scene, false);
	tree_file(&scene.tree, DMAR, "");
	expect(&scene, "i", true, true);
	/* not active, and nothing in the firmware: by the CPU */
	setup(&scene, "intel_iommu=off");
	add_sys(&scene, false);
	tree_file(&scene.tree, "/proc/cpuinfo", "processor\t: 0\nvendor_id\t: GenuineIntel\n");
	expect(&scene, "i", true, true);
	/* active, but not after the next boot */
	setup(&scene, "iommu=off");
	tree_file(&scene.tree, "/proc/cmdline", "quiet\n");
	add_sys(&scene, true);
	tree_file(&scene.tree, DMAR, "");
	expect(&scene, "", true, true);
	/* done, and not rebooted yet */
	setup(&scene, "intel_iommu=on");
	tree_file(&scene.tree, "/proc/cmdline", "quiet\n");
	add_sys(&scene, false);
	tree_file(&scene.tree, DMAR, "");
	expect(&scene, "i", false, true);
}

static void test_amd(void **ctx)
{
	struct scene scene;

	(void)ctx;
	setup(&scene, "amd_iommu=off");
	add_sys(&scene, false);
	tree_file(&scene.tree, IVRS, "");
	expect(&scene, "", true, true);
	setup(&scene, "amd_iommu=on");
	add_sys(&scene, false);
	tree_file(&scene.tree, "/proc/cpuinfo", "vendor_id\t: AuthenticAMD\n");
	expect(&scene, "", false, false);
	/* neither */
	setup(&scene, "quiet");
	add_sys(&scene, false);
	tree_file(&scene.tree, "/proc/cpuinfo", "CPU implementer\t: 0x41\n");
	expect(&scene, "", false, false);
}

static void add_kernel(struct scene *scene, const char *release, const char *config)
{
	char path[64];

	snprintf(path, sizeof(path), "/boot/vmlinuz-%s", release);
	tree_file(&scene->tree, path, "");
	snprintf(path, sizeof(path), "/boot/config-%s", release);
	if (config)
		tree_file(&scene->tree, path, config);
}

/* An image: every kernel in it has to turn VT-d on by itself, or it is told to. */
static void test_image(void **ctx)
{
	static const char on[] = "# x\nCONFIG_INTEL_IOMMU_DEFAULT_ON=y\n",
			  most[] = "# x\nCONFIG_INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF=y\n",
			  off[] = "# x\n# CONFIG_INTEL_IOMMU_DEFAULT_ON is not set\n";
	struct scene scene;

	(void)ctx;
	setup(&scene, "quiet");
	expect(&scene, "i", true, true);
	setup(&scene, "quiet");
	add_kernel(&scene, "1", on);
	add_kernel(&scene, "2", most);
	add_kernel(&scene, "0-rescue-5f0c", NULL);
	expect(&scene, "", false, false);
	setup(&scene, "quiet");
	add_kernel(&scene, "1", on);
	add_kernel(&scene, "2", off);
	expect(&scene, "i", true, true);
	setup(&scene, "quiet");
	add_kernel(&scene, "1", on);
	add_kernel(&scene, "2", NULL);
	expect(&scene, "i", true, true);
}

/* The lines of a PF's resources; from the eighth on those of its VFs. */
static void add_resources(struct scene *scene, const char *total, const char *of_vfs)
{
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };

	for (int i = 0; i < 13; i++)
		vw_bytes_addf(&text, "%s\n",
			i < 7 ? "0x00000000fe000000 0x00000000fe01ffff 0x0000000000040200"
			      : of_vfs);
	tree_file(&scene->tree, "/sys/bus/pci/devices/" PF "/resource", text.data);
	tree_file(&scene->tree, "/sys/bus/pci/devices/" PF "/sriov_totalvfs", total);
}

static void test_room(void **ctx)
{
	static const char none[] = "0x0000000000000000 0x0000000000000000 0x0000000000000000",
			  some[] = "0x00000000fd000000 0x00000000fd01ffff 0x0000000000040200";
	struct scene scene;

	(void)ctx;
	setup(&scene, "quiet");
	add_sys(&scene, true);
	add_resources(&scene, "7\n", none);
	expect(&scene, "r", true, true);
	setup(&scene, "quiet");
	add_sys(&scene, true);
	add_resources(&scene, "7\n", some);
	expect(&scene, "", false, false);
	/* it can have no VFs */
	setup(&scene, "quiet");
	add_sys(&scene, true);
	add_resources(&scene, "0\n", none);
	expect(&scene, "", false, false);
	/* there is room because it was asked for */
	setup(&scene, "pci=realloc");
	add_sys(&scene, true);
	add_resources(&scene, "7\n", some);
	expect(&scene, "r", false, false);
}

/* --- which boot loader --- */

static const struct vw_loader *choose(
	struct tree *tree, const char *wanted, struct vw_findings *findings)
{
	const struct vw_loader *loader;

	memset(findings, 0, sizeof(*findings));
	assert_int_equal(vw_loader_choose(&tree->host, wanted, &loader, findings, NULL), 0);
	assert_int_equal(loader == NULL, findings->n == 1);
	return loader;
}

static void expect_none(
	struct tree *tree, const char *wanted, enum vw_severity severity, const char *id)
{
	struct vw_findings findings;

	assert_null(choose(tree, wanted, &findings));
	assert_string_equal(findings.v[0].id, id);
	assert_int_equal(findings.v[0].severity, severity);
	vw_findings_free(&findings);
}

static void test_choose(void **ctx)
{
	struct vw_findings findings;
	struct tree tree;

	(void)ctx;
	tree_new(&tree);
	expect_none(&tree, NULL, VW_SKIP, "loader-none");
	expect_none(&tree, "grub2", VW_FAIL, "loader-none");
	expect_none(&tree, "lilo", VW_FAIL, "loader-unknown");
	tree_file(&tree, "/boot/grub/grub.cfg", "menuentry a {\nlinux /v x\n}\n");
	assert_ptr_equal(choose(&tree, NULL, &findings), &vw_loader_grub2);
	assert_ptr_equal(choose(&tree, "grub2", &findings), &vw_loader_grub2);
	tree_file(&tree, "/boot/grub/menu.lst", "title a\nroot (hd0,0)\nkernel /v x\n");
	assert_null(choose(&tree, NULL, &findings));
	assert_string_equal(findings.v[0].id, "loader-ambiguous");
	assert_non_null(strstr(findings.v[0].message, "/boot/grub/grub.cfg"));
	assert_non_null(strstr(findings.v[0].message, "/boot/grub/menu.lst"));
	assert_non_null(strstr(findings.v[0].remedy, "--bootloader grub2"));
	vw_findings_free(&findings);
	assert_ptr_equal(choose(&tree, "grub2", &findings), &vw_loader_grub2);
	/* what manages the others is asked alone */
	tree_file(&tree, "/etc/kernel/proxmox-boot-uuids", "1A2B-3C4D\n");
	assert_ptr_equal(choose(&tree, NULL, &findings), &vw_loader_proxmox);
	tree_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_intel),
		cmocka_unit_test(test_amd),
		cmocka_unit_test(test_image),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_choose),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
