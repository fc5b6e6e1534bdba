/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_modules: installed kernels; which module modprobe would load, and what it takes. depmod is the real one, the modules are made here. */
#include "koblob.h"

#include "cleanup.h"
#include "modules.h"

#include <unistd.h>

#define DEB  "6.1.0-28-amd64"
#define EL66 "2.6.32-504.el6.x86_64"

#define IN_TREE                                                                                    \
	"license=GPL\0intree=Y\0parm=max_vfs:Maximum "                                             \
	"number\0parmtype=max_vfs:uint\0parmtype=allow_unsupported_sfp:bool"
#define OUT_OF_TREE                                                                                \
	"version=5.19.6\0license=GPL\0parm=max_vfs:Number\0parmtype=max_vfs:array of "             \
	"int\0parmtype=allow_unsupported_sfp:array of int"
#define OLD_IN_TREE "version=3.19.1-k\0parmtype=max_vfs:uint\0parmtype=allow_unsupported_sfp:uint"

static int setup(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	assert_non_null(tree);
	tree_new(tree);
	*state = tree;
	return 0;
}

static int teardown(void **state)
{
	tree_free(*state);
	free(*state);
	return 0;
}

static struct vw_kernel kernel(const char *release)
{
	static char dir[128];

	snprintf(dir, sizeof(dir), "/lib/modules/%s", release);
	return (struct vw_kernel){ .release = (char *)release, .dir = dir };
}

static void ko(
	struct tree *tree, const char *release, const char *file, const char *info, size_t len)
{
	char path[256];

	snprintf(path, sizeof(path), "/lib/modules/%s/%s", release, file);
	ko_file(tree, path, info, len);
}

static void find(struct tree *tree, const char *release, const char *name, struct vw_module *module)
{
	struct vw_kernel k = kernel(release);
	struct vw_error err = { "" };
	int rc = vw_module_find(&tree->host, &k, name, module, &err);

	if (rc != 1)
		fail_msg("%s: %d %s", name, rc, err.msg);
}

static void test_kernels(void **state)
{
	vw_auto(vw_kernels_free) struct vw_kernels kernels = { 0 };
	struct tree *tree = *state;

	assert_int_equal(vw_kernels_list(&tree->host, &kernels, NULL), 0);
	assert_int_equal(kernels.n, 0);
	tree_dir(tree, "/lib/modules/6.12.9/kernel");
	tree_dir(tree, "/lib/modules/6.1.0-9-amd64/kernel");
	tree_dir(tree, "/usr/lib/modules/6.1.0-28-amd64/kernel");
	tree_dir(tree, "/usr/lib/modules/6.12.9/kernel"); /* the same one, not merged */
	tree_dir(tree, "/lib/modules/5.10.0-removed/updates/dkms");
	tree_file(tree, "/lib/modules/6.6.1-monolithic/modules.builtin",
		"kernel/drivers/net/x/igb.ko\n");
	tree_file(tree, "/proc/sys/kernel/osrelease", "6.1.0-28-amd64\n");
	assert_int_equal(vw_kernels_list(&tree->host, &kernels, NULL), 0);
	assert_int_equal(kernels.n, 4);
	assert_string_equal(kernels.v[0].release, "6.1.0-9-amd64");
	assert_string_equal(kernels.v[1].dir, "/usr/lib/modules/6.1.0-28-amd64");
	assert_string_equal(kernels.v[2].release, "6.6.1-monolithic");
	assert_string_equal(kernels.v[3].dir, "/lib/modules/6.12.9");
	assert_true(kernels.v[1].running);
	assert_false(kernels.v[0].running || kernels.v[2].running || kernels.v[3].running);
}

static void test_versions(void **state)
{
	(void)state;
	assert_true(vw_kernel_at_least("6.1.0-28-amd64", 3, 8));
	assert_true(vw_kernel_at_least("3.8.0", 3, 8));
	assert_true(vw_kernel_at_least("3.10-rc1", 3, 8));
	assert_false(vw_kernel_at_least("3.7.10", 3, 8));
	assert_false(vw_kernel_at_least("2.39.0", 3, 8));
	assert_false(vw_kernel_at_least("linux", 0, 0));
	assert_true(vw_kernel_has_numvfs("3.10.0-1160.el7.x86_64"));
	assert_true(vw_kernel_has_numvfs("2.6.32-573.el6.x86_64"));
	assert_true(vw_kernel_has_numvfs("2.6.32-696.30.1.el6.x86_64"));
	assert_false(vw_kernel_has_numvfs("2.6.32-572.el6.x86_64"));
	assert_false(vw_kernel_has_numvfs(EL66));
	assert_false(vw_kernel_has_numvfs(
		"2.6.32-754-generic")); /* nobody's backport but RHEL's is known */
	assert_false(vw_kernel_has_numvfs("3.2.0-126-generic"));
}

static void test_in_tree(void **state)
{
	vw_auto(vw_module_free) struct vw_module module = { 0 };
	struct tree *tree = *state;

	ko(tree, DEB, "kernel/drivers/net/ixgbe.ko", IN_TREE, sizeof(IN_TREE));
	ko_depmod(tree, DEB);
	find(tree, DEB, "ixgbe", &module);
	assert_string_equal(module.path, "kernel/drivers/net/ixgbe.ko");
	assert_true(module.in_tree);
	assert_string_equal(module.version, "");
	assert_string_equal(vw_module_parm_type(&module, "max-vfs", 7), "uint");
	assert_string_equal(vw_module_parm_type(&module, "allow_unsupported_sfp", 21), "bool");
	assert_null(vw_module_parm_type(&module, "LRO", 3));
	assert_null(vw_module_parm_type(&module, "max_vf", 6));
	assert_false(vw_module_parm_is_list(&module, "max_vfs"));
}

/* What modules.dep names counts: an updated driver, not the kernel's own. */
static void test_out_of_tree(void **state)
{
	vw_auto(vw_module_free) struct vw_module module = { 0 };
	struct tree *tree = *state;

	ko(tree, DEB, "kernel/drivers/net/ixgbe.ko", IN_TREE, sizeof(IN_TREE));
	ko(tree, DEB, "updates/dkms/ixgbe.ko", OUT_OF_TREE, sizeof(OUT_OF_TREE));
	ko_depmod(tree, DEB);
	find(tree, DEB, "ixgbe", &module);
	assert_string_equal(module.path, "updates/dkms/ixgbe.ko");
	assert_false(module.in_tree);
	assert_string_equal(module.version, "5.19.6");
	assert_true(vw_module_parm_is_list(&module, "max_vfs"));
}

/* Before Linux 3.2 no module says "intree". */
static void test_old_in_tree(void **state)
{
	vw_auto(vw_module_free) struct vw_module module = { 0 };
	struct tree *tree = *state;

	ko(tree, EL66, "kernel/drivers/net/ixgbe/ixgbe.ko", OLD_IN_TREE, sizeof(OLD_IN_TREE));
	ko(tree, EL66, "extra/igb.ko", OLD_IN_TREE, sizeof(OLD_IN_TREE));
	ko_depmod(tree, EL66);
	find(tree, EL66, "ixgbe", &module);
	assert_true(module.in_tree);
	vw_module_free(&module);
	find(tree, EL66, "igb", &module);
	assert_false(module.in_tree);
}

/* weak-updates/ holds absolute links: in an image they lead to the image's modules. */
static void test_weak_updates(void **state)
{
	vw_auto(vw_module_free) struct vw_module module = { 0 };
	struct tree *tree = *state;
	char target[256];

	ko(tree, "2.6.32-431.el6.x86_64", "extra/ixgbe/ixgbe.ko", OUT_OF_TREE, sizeof(OUT_OF_TREE));
	/* depmod follows the link by itself, so it needs one that it can */
	snprintf(target, sizeof(target),
		"%s/lib/modules/2.6.32-431.el6.x86_64/extra/ixgbe/ixgbe.ko", tree->root);
	tree_link(tree, "/lib/modules/" EL66 "/weak-updates/ixgbe/ixgbe.ko", target);
	ko_depmod(tree, EL66);
	tree_link(tree, "/lib/modules/" EL66 "/weak-updates/ixgbe/ixgbe.ko",
		"/lib/modules/2.6.32-431.el6.x86_64/extra/ixgbe/ixgbe.ko");
	find(tree, EL66, "ixgbe", &module);
	assert_string_equal(module.path, "weak-updates/ixgbe/ixgbe.ko");
	assert_string_equal(module.version, "5.19.6");
}

static void test_builtin(void **state)
{
	vw_auto(vw_module_free) struct vw_module module = { 0 };
	struct tree *tree = *state;

	tree_file(tree, "/lib/modules/" DEB "/modules.builtin",
		"kernel/drivers/net/xigb.ko\nkernel/drivers/vfio/vfio-pci.ko\n");
	find(tree, DEB, "vfio_pci", &module);
	assert_null(module.path);
	assert_true(module.in_tree);
}

static void test_absent(void **state)
{
	struct tree *tree = *state;
	struct vw_kernel k = kernel(DEB);
	struct vw_module module;
	struct vw_error err = { "" };

	tree_file(tree, "/lib/modules/" DEB "/modules.builtin", "kernel/drivers/net/xigb.ko\n");
	assert_int_equal(vw_module_find(&tree->host, &k, "igb", &module, &err), -ENODATA);
	assert_non_null(strstr(err.msg, "depmod"));
	ko(tree, DEB, "kernel/drivers/net/ixgbe.ko", IN_TREE, sizeof(IN_TREE));
	ko_depmod(tree, DEB);
	assert_int_equal(vw_module_find(&tree->host, &k, "igb", &module, &err), 0);
	/* the index names it, and it is gone, or no module */
	tree_file(tree, "/lib/modules/" DEB "/kernel/drivers/net/ixgbe.ko",
		"\x7f"
		"ELF");
	assert_true(vw_module_find(&tree->host, &k, "ixgbe", &module, &err) < 0);
	assert_non_null(strstr(err.msg, "ixgbe.ko"));
}

/* An index that is a link out of the directory is none. */
static void test_hostile_index(void **state)
{
	struct tree *tree = *state;
	struct vw_kernel k = kernel(DEB);
	struct vw_module module;
	struct vw_error err;

	ko(tree, DEB, "kernel/drivers/net/ixgbe.ko", IN_TREE, sizeof(IN_TREE));
	ko_depmod(tree, DEB);
	tree_link(tree, "/lib/modules/other.bin", "x");
	tree_link(tree, "/lib/modules/" DEB "/modules.dep", "/x");
	assert_int_equal(vw_module_find(&tree->host, &k, "ixgbe", &module, &err), 1);
	vw_module_free(&module);
	tree_link(tree, "/lib/modules/" DEB "/modules.dep.bin", "/lib/modules/stolen.bin");
	assert_int_equal(vw_module_find(&tree->host, &k, "ixgbe", &module, &err), -ENODATA);
	tree_file(tree, "/lib/modules/stolen.bin", "x");
	assert_int_equal(vw_module_find(&tree->host, &k, "ixgbe", &module, &err), -ENODATA);
}

static void test_values(void **state)
{
	static const struct {
		const char *type, *value;
		bool good;
	} cases[] = {
		{ "uint", "10", true },
		{ "uint", "0x10", true },
		{ "uint", "10,10", false },
		{ "uint", "", false },
		{ "uint", "-1", false },
		{ "uint", "4294967296", false },
		{ "int", "-1", true },
		{ "int", "-2147483648", true },
		{ "int", "-2147483649", false },
		{ "int", "1,1", false },
		{ "byte", "255", true },
		{ "byte", "256", false },
		{ "array of int", "10,10", true },
		{ "array of int", "10", true },
		{ "array of int", "10,", false },
		{ "array of int", "10,x", false },
		{ "array of byte", "8,0,0", true },
		{ "bool", "1", true },
		{ "bool", "1,1", true },
		{ "bool", "on", true },
		{ "bool", "off", true },
		{ "bool", "y", true },
		{ "bool", "2", false },
		{ "bool", "", false },
		{ "bool", "o", false },
		{ "charp", "anything,goes", true },
		{ "", "10,10", true },
		{ "string", "x", true },
	};
	char why[128];

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++)
		if (vw_module_parm_takes(cases[i].type, cases[i].value, strlen(cases[i].value),
			    why) != cases[i].good)
			fail_msg("%s %s", cases[i].type, cases[i].value);
	assert_true(vw_module_parm_takes("bool", NULL, 0, why));
	assert_false(vw_module_parm_takes("uint", NULL, 0, why));
	assert_false(vw_module_parm_takes("uint", "10,10", 5, why));
	assert_non_null(strstr(why, "not a list"));
}

/* options: the text of /etc/modprobe.d/x.conf. bad: "file:line option" of each, one a line. */
static void judge(
	const char *release, const char *info, size_t len, const char *options, const char *bad)
{
	vw_auto(vw_modprobe_free) struct vw_modprobe_conf conf = { 0 };
	vw_auto(vw_bad_options_free) struct vw_bad_options list = { 0 };
	vw_auto(vw_module_free) struct vw_module module = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes is = { 0 };
	struct vw_kernel k = kernel(release);
	struct tree tree;

	tree_new(&tree);
	ko(&tree, release, "kernel/ixgbe.ko", info, len);
	ko_depmod(&tree, release);
	find(&tree, release, "ixgbe", &module);
	assert_int_equal(vw_modprobe_parse(options, strlen(options), "x", &conf), 0);
	assert_int_equal(vw_module_bad_options(&k, "ixgbe", &module, &conf, &list), 0);
	for (size_t i = 0; i < list.n; i++) {
		assert_true(list.v[i].why[0]);
		vw_bytes_addf(&is, "%s:%u %s\n", list.v[i].line->file, list.v[i].line->line,
			list.v[i].option);
	}
	assert_string_equal(is.data ? is.data : "", bad);
	tree_free(&tree);
}

#define JUDGE(release, info, options, bad) judge(release, info, sizeof(info), options, bad)

static void test_bad_options(void **state)
{
	(void)state;
	JUDGE(DEB, IN_TREE, "options ixgbe max_vfs=10,10 allow_unsupported_sfp=1,1\n",
		"x:1 max_vfs=10,10\n");
	/* one good value more does not heal a bad one */
	JUDGE(DEB, IN_TREE,
		"options ixgbe max_vfs=10,10\noptions igb max_vfs=2,4\noptions ixgbe max_vfs=5",
		"x:1 max_vfs=10,10\n");
	JUDGE(DEB, IN_TREE, "options ixgbe max_vfs=10\n", "");
	JUDGE(DEB, OUT_OF_TREE, "options ixgbe max_vfs=10,10 allow_unsupported_sfp=1,1\n", "");
	JUDGE(DEB, IN_TREE, "options ixgbe LRO=0 max_vfs=5 # five\n", "");
	JUDGE(EL66, OLD_IN_TREE, "options ixgbe allow_unsupported_sfp=1,1\n",
		"x:1 allow_unsupported_sfp=1,1\n");
	JUDGE(EL66, OLD_IN_TREE, "options ixgbe LRO=0,0 dyndbg\n", "x:1 LRO=0,0\nx:1 dyndbg\n");
}

int main(void)
{
#define K(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		K(test_kernels),
		cmocka_unit_test(test_versions),
		K(test_in_tree),
		K(test_out_of_tree),
		K(test_old_in_tree),
		K(test_weak_updates),
		K(test_builtin),
		K(test_absent),
		K(test_hostile_index),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_bad_options),
	};

	if (access("/sbin/depmod", X_OK) != 0) {
		puts("SKIPPED: depmod is not installed");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
