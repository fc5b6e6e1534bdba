/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_check_modules: what each installed kernel makes of the drivers and of modprobe.d. */
#include "koblob.h"

#include "check.h"
#include "cleanup.h"

#include <stdio.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#define NEW "6.1.0-28-amd64"
#define OLD "5.10.0-30-amd64"

#define IN_TREE     "license=GPL\0intree=Y\0parmtype=max_vfs:uint"
#define OUT_OF_TREE "version=5.19.6\0license=GPL\0parmtype=max_vfs:array of int"
#define VFIO        "license=GPL\0intree=Y"

struct change {
	const char *path, *content; /* NULL: it goes */
};

static void ko(
	struct tree *tree, const char *release, const char *file, const char *info, size_t len)
{
	char path[256];

	snprintf(path, sizeof(path), "/lib/modules/%s/kernel/%s", release, file);
	ko_file(tree, path, info, len);
}

/* Two kernels: the new one, which runs, has its own ixgbe, the old one somebody else's. */
static void build(struct tree *tree)
{
	tree_new(tree);
	ko(tree, NEW, "ixgbe.ko", IN_TREE, sizeof(IN_TREE));
	ko(tree, NEW, "vfio-pci.ko", VFIO, sizeof(VFIO));
	ko(tree, OLD, "ixgbe.ko", OUT_OF_TREE, sizeof(OUT_OF_TREE));
	ko(tree, OLD, "vfio-pci.ko", VFIO, sizeof(VFIO));
	tree_file(tree, "/proc/sys/kernel/osrelease", NEW "\n");
	tree_file(tree, "/proc/cmdline", "quiet\n");
}

/* "FAIL module-option /etc/modprobe.d/x.conf:1;" for all that is no PASS. */
static void run(struct tree *tree, bool signed_only, char *buf, size_t size)
{
	struct vw_findings findings = { 0 };
	struct vw_check check = {
		.host = &tree->host, .findings = &findings, .signed_only = signed_only
	};

	buf[0] = '\0';
	assert_int_equal(vw_check_modules(&check, NULL), 0);
	assert_int_equal(vw_check_vfio(&check, NULL), 0);
	assert_int_equal(vw_check_module(&check, "ixgbe", "driver-module", NULL), 0);
	for (size_t i = 0; i < findings.n; i++) {
		const struct vw_finding *f = &findings.v[i];

		if (f->severity == VW_WARN || f->severity == VW_FAIL)
			assert_non_null(f->remedy);
		if (f->severity != VW_PASS)
			snprintf(buf + strlen(buf), size - strlen(buf), "%s %s %s;",
				vw_severity_name(f->severity), f->id, f->subject);
	}
	vw_kernels_free(&check.kernels);
	vw_modprobe_free(&check.modprobe);
	vw_findings_free(&findings);
}

static const struct {
	const char *what;
	struct change changes[3];
	bool signed_only;
	const char *want;
} cases[] = {
	{ "all is well", { { 0 } }, false, "" },
	{ "a driver that does not come with the kernel", { { 0 } }, true,
		"WARN driver-foreign /lib/modules/" OLD ";" },
	{ "the old recipe",
		{ { "/etc/modprobe.d/ixgbe.conf", "# VFs\noptions ixgbe max_vfs=10,10\n" } }, false,
		"FAIL module-option /etc/modprobe.d/ixgbe.conf:2;" },
	{ "a number that both take",
		{ { "/etc/modprobe.d/ixgbe.conf", "options ixgbe max_vfs=10\n" } }, false, "" },
	{ "on the command line", { { "/proc/cmdline", "ixgbe.max_vfs=x\n" } }, false,
		"FAIL module-option /proc/cmdline;FAIL module-option /proc/cmdline;" },
	{ "somebody else's options", { { "/etc/modprobe.d/x.conf", "options igb max_vfs=1,1\n" } },
		false, "" },
	{ "the running kernel has no driver", { { "/lib/modules/" NEW "/kernel/ixgbe.ko", NULL } },
		false, "FAIL driver-module /lib/modules/" NEW ";" },
	{ "another kernel has no driver", { { "/lib/modules/" OLD "/kernel/ixgbe.ko", NULL } },
		false, "WARN driver-module /lib/modules/" OLD ";" },
	{ "no vfio-pci", { { "/lib/modules/" NEW "/kernel/vfio-pci.ko", NULL } }, false,
		"FAIL vfio-module /lib/modules/" NEW ";" },
	{ "blacklisted", { { "/etc/modprobe.d/x.conf", "blacklist ixgbevf\nblacklist ixgbe\n" } },
		false, "FAIL driver-blacklisted /etc/modprobe.d/x.conf:2;" },
	{ "an install command", { { "/run/modprobe.d/x.conf", "install vfio_pci /bin/true\n" } },
		false, "FAIL driver-blacklisted /run/modprobe.d/x.conf:1;" },
	{ "blacklisted by modprobe's argument",
		{ { "/proc/cmdline", "modprobe.blacklist=ixgbe\n" } }, false,
		"FAIL driver-blacklisted /proc/cmdline;" },
	{ "blacklisted by the kernel",
		{ { "/proc/cmdline", "quiet module_blacklist=nouveau,vfio_pci\n" } }, false,
		"FAIL driver-blacklisted /proc/cmdline;" },
	{ "names that only begin alike",
		{ { "/proc/cmdline", "module_blacklist=ixgbevf,ixgb xmodule_blacklist=ixgbe\n" } },
		false, "" },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		char got[1024], path[512];
		struct tree tree;

		build(&tree);
		for (size_t k = 0; k < VW_ARRAY_SIZE(cases[i].changes); k++) {
			const struct change *change = &cases[i].changes[k];

			if (!change->path)
				continue;
			snprintf(path, sizeof(path), "%s%s", tree.root, change->path);
			if (change->content)
				tree_file(&tree, change->path, change->content);
			else
				assert_int_equal(remove(path), 0);
		}
		ko_depmod(&tree, NEW);
		ko_depmod(&tree, OLD);
		run(&tree, cases[i].signed_only, got, sizeof(got));
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: %s, wanted %s", cases[i].what, got, cases[i].want);
		tree_free(&tree);
	}
}

static void set_age(struct tree *tree, const char *name, time_t when)
{
	struct timespec times[2] = { { .tv_sec = when }, { .tv_sec = when } };
	char path[512];

	snprintf(path, sizeof(path), "%s%s", tree->root, name);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void test_initramfs(void **state)
{
	struct tree tree;
	char got[1024];

	(void)state;
	build(&tree);
	ko_depmod(&tree, NEW);
	ko_depmod(&tree, OLD);
	tree_file(&tree, "/etc/modprobe.d/x.conf", "options ixgbe max_vfs=1\n");
	tree_file(&tree, "/boot/initrd.img-" NEW, "image");
	set_age(&tree, "/boot/initrd.img-" NEW, time(NULL) + 100);
	run(&tree, false, got, sizeof(got));
	assert_string_equal(got, "");
	set_age(&tree, "/etc/modprobe.d/x.conf", time(NULL) + 200);
	run(&tree, false, got, sizeof(got));
	assert_string_equal(got, "WARN initramfs-stale /boot/initrd.img-" NEW ";");
	tree_free(&tree);
}

/* No index: whether the driver is there cannot be told. Nothing at all: nothing is said of kernels. */
static void test_blind(void **state)
{
	struct tree tree;
	char got[1024];

	(void)state;
	build(&tree);
	ko_depmod(&tree, NEW);
	run(&tree, false, got, sizeof(got));
	assert_string_equal(got,
		"WARN vfio-module /lib/modules/" OLD ";WARN driver-module /lib/modules/" OLD ";");
	tree_free(&tree);
	tree_new(&tree);
	run(&tree, false, got, sizeof(got));
	assert_string_equal(got, "SKIP vfio-module vfio-pci;");
	tree_file(&tree, "/sys/bus/pci/drivers/vfio-pci/bind", "");
	run(&tree, false, got, sizeof(got));
	assert_string_equal(got, "");
	tree_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_initramfs),
		cmocka_unit_test(test_blind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
