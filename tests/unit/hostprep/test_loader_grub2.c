/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of loader_grub2.c and grub2_conf.c over trees. */
#include "tree.h"

#include "boot_edit.h"
#include "cleanup.h"

#include <string.h>

#define DEFAULT "/etc/default/grub"
#define OWN     "/etc/default/grub.d/zz-vfward.cfg"
#define LINE                                                                                       \
	"GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX intel_iommu=on\" # added by vfward-hostprep\n"
#define ENTRY(args) "menuentry 'a' {\nlinux /vmlinuz " args "\n}\n"

static const struct vw_boot_args intel = { .intel_iommu = true }, nothing;

struct scene {
	struct tree tree;
	struct vw_plan plan;
	struct vw_findings findings;
	struct vw_error err;
};

static void debian(struct tree *tree, const char *args)
{
	char cfg[256];

	snprintf(cfg, sizeof(cfg), "menuentry 'a' {\nlinux /vmlinuz %s\n}\n", args);
	tree_file(tree, "/boot/grub/grub.cfg", cfg);
	tree_file(tree, "/usr/sbin/grub-mkconfig",
		"for x in ${sysconfdir}/default/grub.d/*.cfg ; do . $x; done\n");
}

static void redhat(struct tree *tree, const char *cfg)
{
	tree_file(tree, cfg, ENTRY("quiet"));
	tree_file(tree, "/usr/sbin/grub2-mkconfig", ". ${sysconfdir}/default/grub\n");
}

static void play(struct scene *scene, const struct vw_boot_args *want)
{
	if (vw_loader_grub2.plan(
		    &scene->tree.host, want, &scene->plan, &scene->findings, &scene->err))
		fail_msg("%s", scene->err.msg);
	assert_string_equal(scene->err.msg, "");
}

static void setup(struct scene *scene)
{
	memset(scene, 0, sizeof(*scene));
	tree_new(&scene->tree);
}

static void teardown(struct scene *scene)
{
	vw_plan_free(&scene->plan);
	vw_findings_free(&scene->findings);
	tree_free(&scene->tree);
}

static void expect_file(const struct scene *scene, size_t i, const char *path, const char *after)
{
	assert_true(i < scene->plan.n);
	assert_int_equal(scene->plan.steps[i].kind, VW_STEP_FILE);
	assert_string_equal(scene->plan.steps[i].path, path);
	assert_string_equal(scene->plan.steps[i].after.data, after);
	assert_ptr_equal(scene->plan.steps[i].format, &vw_format_grub_default);
	assert_int_equal(scene->plan.steps[i].is_ours, !scene->plan.steps[i].existed);
}

/* The last step. */
static void expect_run(const struct scene *scene, size_t i, const char *program, const char *cfg)
{
	const struct vw_step *step = &scene->plan.steps[i];

	assert_int_equal(scene->plan.n, i + 1);
	assert_int_equal(step->kind, VW_STEP_RUN);
	assert_true(step->makes_entries);
	assert_string_equal(step->argv[0], program);
	assert_string_equal(step->argv[1], "-o");
	assert_string_equal(step->argv[2], cfg);
	assert_string_equal(step->path, cfg);
}

static void expect_failure(
	const struct scene *scene, const char *id, const char *subject, const char *message)
{
	assert_int_equal(scene->plan.n, 0);
	assert_int_equal(scene->findings.n, 1);
	assert_int_equal(scene->findings.v[0].severity, VW_FAIL);
	assert_string_equal(scene->findings.v[0].id, id);
	assert_string_equal(scene->findings.v[0].subject, subject);
	if (!strstr(scene->findings.v[0].message, message))
		fail_msg("%s", scene->findings.v[0].message);
}

/* A drop-in of our own, behind all others; what is against it is taken out where it stands. */
static void test_debian(void **ctx)
{
	struct scene scene;

	(void)ctx;
	setup(&scene);
	debian(&scene.tree, "quiet iommu=off x");
	tree_file(&scene.tree, DEFAULT, "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet intel_iommu=off\"\n");
	tree_file(&scene.tree, "/etc/default/grub.d/50-cloudimg-settings.cfg",
		"GRUB_CMDLINE_LINUX_DEFAULT=\"console=ttyS0 iommu=off\"\n");
	tree_file(&scene.tree, "/etc/default/grub.d/ignored", "GRUB_CMDLINE_LINUX=\"iommu=off\"\n");
	play(&scene, &intel);
	assert_int_equal(scene.findings.n, 0);
	expect_file(&scene, 0, DEFAULT, "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n");
	assert_string_equal(scene.plan.steps[0].why, "takes out intel_iommu=off (line 1)");
	expect_file(&scene, 1, "/etc/default/grub.d/50-cloudimg-settings.cfg",
		"GRUB_CMDLINE_LINUX_DEFAULT=\"console=ttyS0\"\n");
	expect_file(&scene, 2, OWN,
		"# Written by vfward-hostprep; `vfward-hostprep undo` takes it away.\n" LINE);
	expect_run(&scene, 3, "/usr/sbin/grub-mkconfig", "/boot/grub/grub.cfg");
	teardown(&scene);
}

static void test_debian_again(void **ctx)
{
	struct vw_boot_args more = { .intel_iommu = true, .passthrough = true };
	struct scene scene;

	(void)ctx;
	setup(&scene);
	debian(&scene.tree, "quiet intel_iommu=on");
	tree_file(&scene.tree, DEFAULT, "GRUB_CMDLINE_LINUX=\"quiet\"\n");
	tree_file(&scene.tree, OWN, LINE);
	play(&scene, &intel);
	assert_int_equal(scene.plan.n + scene.findings.n, 0);
	/* more is wanted than the last time: it goes into the same line */
	play(&scene, &more);
	expect_file(&scene, 0, OWN,
		"GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX intel_iommu=on iommu=pt\" # added by "
		"vfward-hostprep\n");
	expect_run(&scene, 1, "/usr/sbin/grub-mkconfig", "/boot/grub/grub.cfg");
	teardown(&scene);
}

/* The files say it, but nobody has made the entries anew since. */
static void test_stale(void **ctx)
{
	struct scene scene;

	(void)ctx;
	setup(&scene);
	debian(&scene.tree, "quiet");
	tree_file(&scene.tree, DEFAULT, "GRUB_CMDLINE_LINUX=\"intel_iommu=on\"\n");
	play(&scene, &intel);
	expect_run(&scene, 0, "/usr/sbin/grub-mkconfig", "/boot/grub/grub.cfg");
	teardown(&scene);
}

/* Entries that no line of /etc/default/grub could change are no reason to make grub.cfg anew, each time. */
static void test_foreign_entries(void **ctx)
{
	static const char cfg[] = "### BEGIN /etc/grub.d/10_linux ###\n"
				  "menuentry 'a' {\n\tlinux /vmlinuz quiet intel_iommu=on\n}\n"
				  "### END /etc/grub.d/10_linux ###\n"
				  "### BEGIN /etc/grub.d/30_os-prober ###\n"
				  "menuentry 'other' {\n\tlinux /b/vmlinuz quiet\n}\n"
				  "### END /etc/grub.d/30_os-prober ###\n"
				  "menuentry 'by hand' {\n\tlinux /c quiet\n}\n"
				  "source ${config_directory}/custom.cfg\n";
	vw_auto(vw_boot_entries_free) struct vw_boot_entries entries = { 0 };
	struct scene scene;

	(void)ctx;
	setup(&scene);
	debian(&scene.tree, "");
	tree_file(&scene.tree, "/boot/grub/grub.cfg", cfg);
	tree_file(&scene.tree, "/boot/grub/custom.cfg", "\nmenuentry 'c' {\nlinux /c quiet\n}\n");
	tree_file(&scene.tree, DEFAULT, "GRUB_CMDLINE_LINUX=\"intel_iommu=on\"\n");
	play(&scene, &intel);
	assert_int_equal(scene.plan.n + scene.findings.n, 0);
	assert_int_equal(vw_loader_grub2.entries(&scene.tree.host, &entries, &scene.err), 0);
	assert_int_equal(entries.n, 3);
	assert_false(entries.v[0].is_foreign);
	assert_true(entries.v[1].is_foreign);
	assert_true(entries.v[2].is_foreign);
	teardown(&scene);
}

/* In _DEFAULT alone it is not enough: recovery entries do not get that; where there are none it is. */
static void test_recovery(void **ctx)
{
	struct scene scene;

	(void)ctx;
	setup(&scene);
	debian(&scene.tree, "intel_iommu=on");
	tree_file(&scene.tree, DEFAULT, "GRUB_CMDLINE_LINUX_DEFAULT=\"intel_iommu=on\"\n");
	play(&scene, &intel);
	assert_int_equal(scene.plan.n, 2);
	teardown(&scene);
	setup(&scene);
	debian(&scene.tree, "intel_iommu=on");
	tree_file(&scene.tree, DEFAULT,
		"GRUB_CMDLINE_LINUX_DEFAULT=\"intel_iommu=on\"\nGRUB_DISABLE_RECOVERY=\"true\"\n");
	play(&scene, &intel);
	assert_int_equal(scene.plan.n + scene.findings.n, 0);
	teardown(&scene);
}

static void test_redhat(void **ctx)
{
	static const char efi[] = "/boot/efi/EFI/centos/grub.cfg", bios[] = "/boot/grub2/grub.cfg";
	static const char *const cfgs[] = { efi, bios };

	(void)ctx;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cfgs); i++) {
		struct scene scene;

		setup(&scene);
		redhat(&scene.tree, cfgs[i]);
		tree_file(&scene.tree, DEFAULT,
			"GRUB_CMDLINE_LINUX=\"quiet iommu=off\"\nGRUB_DISABLE_RECOVERY=\"true\"\n");
		play(&scene, &intel);
		expect_file(&scene, 0, DEFAULT,
			"GRUB_CMDLINE_LINUX=\"quiet "
			"intel_iommu=on\"\nGRUB_DISABLE_RECOVERY=\"true\"\n");
		assert_string_equal(scene.plan.steps[0].why,
			"takes out iommu=off (line 1); the kernel arguments");
		expect_run(&scene, 1, "/usr/sbin/grub2-mkconfig", cfgs[i]);
		teardown(&scene);
	}
}

/* Both are there: the firmware decides. */
static void test_two_cfgs(void **ctx)
{
	(void)ctx;
	for (int efi = 0; efi < 2; efi++) {
		struct scene scene;

		setup(&scene);
		redhat(&scene.tree, "/boot/grub2/grub.cfg");
		redhat(&scene.tree, "/boot/efi/EFI/centos/grub.cfg");
		redhat(&scene.tree, "/boot/EFI/BOOT/grub.cfg"); /* nobody generates it there */
		tree_dir(&scene.tree, efi ? "/sys/firmware/efi" : "/sys/firmware");
		play(&scene, &intel);
		expect_file(&scene, 0, DEFAULT, LINE);
		expect_run(&scene, 1, "/usr/sbin/grub2-mkconfig",
			efi ? "/boot/efi/EFI/centos/grub.cfg" : "/boot/grub2/grub.cfg");
		teardown(&scene);
	}
}

static void test_own_line(void **ctx)
{
	struct scene scene;

	(void)ctx;
	setup(&scene);
	redhat(&scene.tree, "/boot/grub2/grub.cfg");
	tree_file(&scene.tree, DEFAULT, "GRUB_CMDLINE_LINUX=\"a\"\nGRUB_CMDLINE_LINUX+=\" b\"\n");
	play(&scene, &intel);
	expect_file(
		&scene, 0, DEFAULT, "GRUB_CMDLINE_LINUX=\"a\"\nGRUB_CMDLINE_LINUX+=\" b\"\n" LINE);
	expect_run(&scene, 1, "/usr/sbin/grub2-mkconfig", "/boot/grub2/grub.cfg");
	teardown(&scene);
}

static void test_unknown(void **ctx)
{
	struct scene scene;

	(void)ctx;
	setup(&scene);
	redhat(&scene.tree, "/boot/grub2/grub.cfg");
	tree_file(&scene.tree, DEFAULT, "A=b\nGRUB_CMDLINE_LINUX=\"$(cat /x)\"\n");
	play(&scene, &intel);
	expect_file(&scene, 0, DEFAULT, "A=b\nGRUB_CMDLINE_LINUX=\"$(cat /x)\"\n" LINE);
	assert_int_equal(scene.findings.n, 1);
	assert_int_equal(scene.findings.v[0].severity, VW_WARN);
	assert_non_null(strstr(scene.findings.v[0].message, "/etc/default/grub:2: "));
	teardown(&scene);
}

static void test_refused(void **ctx)
{
	static const struct {
		const char *path, *text, *id, *message;
	} cases[] = {
		{ DEFAULT, "A=b\nGRUB_CMDLINE_LINUX=\"\nA=b\n", "loader-file", "line 2" },
		{ DEFAULT, "\nGRUB_CMDLINE_LINUX='iommu=off'\"$A\"\n", "loader-file", "line 2" },
		{ "/etc/default/grub.d/zzz.cfg", "GRUB_CMDLINE_LINUX=x\n", "loader-overridden",
			"zzz.cfg:1" },
		{ "/boot/grub/grub.cfg", "menuentry 'a {\n", "loader-file", "line 1" },
	};
	struct scene scene;

	(void)ctx;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		setup(&scene);
		debian(&scene.tree, "intel_iommu=on");
		if (i == 3)
			tree_file(&scene.tree, DEFAULT, "GRUB_CMDLINE_LINUX=\"intel_iommu=on\"\n");
		tree_file(&scene.tree, cases[i].path, cases[i].text);
		play(&scene, &intel);
		expect_failure(
			&scene, cases[i].id, i == 3 ? "grub.cfg" : cases[i].path, cases[i].message);
		teardown(&scene);
	}
	/* nobody could make the entries anew */
	setup(&scene);
	tree_file(&scene.tree, "/boot/grub/grub.cfg", ENTRY("quiet"));
	tree_file(&scene.tree, DEFAULT, "GRUB_CMDLINE_LINUX=\"\"\n");
	play(&scene, &intel);
	expect_failure(&scene, "loader-generator", DEFAULT, "not installed");
	teardown(&scene);
	/* but where nothing is to be done, nobody need */
	setup(&scene);
	tree_file(&scene.tree, "/boot/grub/grub.cfg", ENTRY("quiet"));
	play(&scene, &nothing);
	assert_int_equal(scene.plan.n + scene.findings.n, 0);
	teardown(&scene);
}

static int detect(const struct tree *tree)
{
	char evidence[128] = "";
	int rc = vw_loader_grub2.detect(&tree->host, evidence, sizeof(evidence), NULL);

	assert_int_equal(rc == 1, evidence[0] != '\0');
	return rc;
}

static void test_detect(void **ctx)
{
	/* attributes, and "systemd-boot" in UTF-16 */
	static const char sdboot[] = "\6\0\0\0s\0y\0s\0t\0e\0m\0d\0-\0b\0o\0o\0t\0\0";
	struct tree tree;

	(void)ctx;
	tree_new(&tree);
	assert_int_equal(detect(&tree), 0);
	/* a stub on the ESP leads to the real file, it is none */
	tree_file(&tree, "/boot/efi/EFI/debian/grub.cfg",
		"search.fs_uuid x root\nset prefix=($root)/boot/grub\nconfigfile "
		"$prefix/grub.cfg\n");
	assert_int_equal(detect(&tree), 0);
	tree_file(&tree, "/boot/grub/grub.cfg", ENTRY("x"));
	assert_int_equal(detect(&tree), 1);
	/* another boot loader has started this host */
	tree_bytes(&tree,
		"/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f", sdboot,
		sizeof(sdboot));
	assert_int_equal(detect(&tree), 0);
	tree_free(&tree);
	/* boot loader entries are another loader's */
	tree_new(&tree);
	tree_file(&tree, "/boot/grub2/grub.cfg", "insmod blscfg\nblscfg\n");
	assert_int_equal(detect(&tree), 0);
	tree_free(&tree);
}

static void test_entries(void **ctx)
{
	vw_auto(vw_boot_entries_free) struct vw_boot_entries entries = { 0 };
	struct tree tree;

	(void)ctx;
	tree_new(&tree);
	tree_file(&tree, "/boot/grub2/grub.cfg",
		"set default=\"${saved_entry}\"\n" ENTRY(
			"x") "menuentry 'b' {\nlinux /v $extra\n}\n");
	tree_file(
		&tree, "/boot/grub2/grubenv", "# GRUB Environment Block\nsaved_entry=b\nextra=y\n");
	assert_int_equal(vw_loader_grub2.entries(&tree.host, &entries, NULL), 0);
	assert_int_equal(entries.n, 2);
	assert_string_equal(entries.v[0].cmdline, "x");
	assert_false(entries.v[0].is_default);
	assert_string_equal(entries.v[1].cmdline, "y");
	assert_true(entries.v[1].is_default);
	assert_string_equal(entries.v[1].file, "/boot/grub2/grub.cfg");
	tree_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_debian),
		cmocka_unit_test(test_debian_again),
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_foreign_entries),
		cmocka_unit_test(test_recovery),
		cmocka_unit_test(test_redhat),
		cmocka_unit_test(test_two_cfgs),
		cmocka_unit_test(test_own_line),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_detect),
		cmocka_unit_test(test_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
