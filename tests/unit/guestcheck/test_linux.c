/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_linux: a whole guest: is it Linux, which one, its kernels, what counts. */
#include "linux_scene.h"

static void file(struct scene *s, const char *path, const char *content)
{
	tree_file(&s->tree, path, content);
}

static void examine(struct scene *s)
{
	struct vw_error err = { "" };

	scene_forget(s);
	if (vw_linux_examine(&s->guest, &s->wanted, &s->system, &err) < 0)
		fail_msg("%s", err.msg);
}

static void test_detect(void **state)
{
	struct scene *s = *state;
	struct vw_guest empty = { 0 };
	struct tree tree;

	assert_int_equal(vw_linux_detect(&s->guest), 1);
	tree_new(&tree);
	empty.files = tree.host;
	assert_int_equal(vw_linux_detect(&empty), 0);
	tree_file(&tree, "/Windows/System32/config/SYSTEM", "regf");
	assert_int_equal(vw_linux_detect(&empty), 0);
	tree_file(&tree, "/etc/SuSE-release", "x\n");
	assert_int_equal(vw_linux_detect(&empty), 1);
	tree_free(&tree);
}

static void named(struct scene *s, const char *want)
{
	char is[512];

	examine(s);
	snprintf(is, sizeof(is), "%s|%s|%s|%s", s->system.name,
		s->system.distro ? s->system.distro : "-",
		s->system.version ? s->system.version : "-", s->system.arch ? s->system.arch : "-");
	assert_string_equal(is, want);
}

static void test_names(void **state)
{
	struct scene *s = *state;

	named(s, "Linux|-|-|x86_64"); /* by the kernel's modules */
	file(s, "/etc/debian_version", "5.0.10\n");
	named(s, "Debian 5.0.10|debian|5.0.10|x86_64");
	file(s, "/etc/SuSE-release",
		"SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 1\n");
	named(s, "SUSE Linux Enterprise Server 11 (x86_64)|sles|11.1|x86_64");
	file(s, "/etc/redhat-release", "Red Hat Enterprise Linux Server release 6.0 (Santiago)\n");
	named(s, "Red Hat Enterprise Linux Server release 6.0 (Santiago)|rhel|6.0|x86_64");
	file(s, "/etc/lsb-release",
		"DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=10.04\nDISTRIB_DESCRIPTION=\"Ubuntu 10.04 "
		"LTS\"\n");
	named(s, "Ubuntu 10.04 LTS|ubuntu|10.04|x86_64");
	file(s, "/usr/lib/os-release",
		"# quoted as a shell would\nID=debian\nVERSION_ID='12'\n"
		"PRETTY_NAME=\"Debian \\\"GNU\\\"/Linux $ 12\"\n");
	named(s, "Debian \"GNU\"/Linux $ 12|debian|12|x86_64");
	file(s, "/etc/os-release", "ID=alpine\nPRETTY_NAME=Alpine\n");
	named(s, "Alpine|alpine|-|x86_64");
}

static void test_arch(void **state)
{
	struct scene *s = *state;
	struct ko_bytes elf;

	ko_make(&elf, &(struct ko_kind){ .machine = EM_386, .is_32 = true }, "a=b", 4);
	tree_bytes(&s->tree, "/usr/bin/dash", elf.data, elf.len);
	tree_link(&s->tree, "/bin", "usr/bin");
	tree_link(&s->tree, "/usr/bin/sh", "dash");
	named(s, "Linux|-|-|i386"); /* a 64-bit kernel can have 32-bit programs */
}

static void test_firmware(void **state)
{
	struct scene *s = *state;

	examine(s);
	assert_false(s->system.uefi);
	tree_dir(&s->tree, "/boot/efi/EFI");
	examine(s);
	assert_true(s->system.uefi);
}

static void test_kernels(void **state)
{
	struct scene *s = *state;

	file(s, "/boot/vmlinuz-" V, "x");
	examine(s);
	assert_int_equal(s->system.type, VW_SYSTEM_LINUX);
	assert_string_equal(s->system.root, "/dev/sda1");
	assert_int_equal(s->system.n_kernels, 1);
	assert_string_equal(s->system.kernels[0].release, V);
	assert_string_equal(s->system.kernels[0].image, "/boot/vmlinuz-" V);
	assert_true(s->system.kernels[0].is_default);
	assert_non_null(s->system.default_rule);
	assert_int_equal(s->system.n_devices, 2);
	assert_ptr_equal(s->system.devices[1].device, &s->mlx);
	assert_int_equal(s->system.devices[0].kernels[0].verdict, VW_VERDICT_PASS);
	assert_int_equal(s->system.devices[0].sum.verdict, VW_VERDICT_PASS);
	assert_string_equal(s->system.devices[0].sum.driver, "ixgbevf");
}

#define OTHER "/lib/modules/6.1.0-27-amd64"

/* The argument stands in the default entry: another kernel's verdict does not hang on it. */
static void test_two_kernels(void **state)
{
	struct scene *s = *state;
	static const char info[] = "license=GPL\0vermagic=6.1.0-27-amd64 SMP ";

	ko_file(&s->tree, OTHER "/kernel/x.ko", info, sizeof(info));
	ko_depmod(&s->tree, "6.1.0-27-amd64");
	file(s, "/boot/vmlinuz-" V, "x");
	file(s, "/boot/vmlinuz-6.1.0-27-amd64", "x");
	file(s, "/boot/grub/grub.cfg",
		"set default=\"0\"\nmenuentry 'a' {\n linux /boot/vmlinuz-" V
		" ro module_blacklist=ixgbevf\n}\n"
		"menuentry 'b' {\n linux /boot/vmlinuz-6.1.0-27-amd64 ro\n}\n");
	examine(s);
	assert_int_equal(s->system.n_kernels, 2);
	assert_string_equal(s->system.kernels[0].release, "6.1.0-27-amd64");
	assert_int_equal(s->system.devices[0].kernels[0].verdict, VW_VERDICT_FAIL);
	assert_int_equal(s->system.devices[0].kernels[1].verdict, VW_VERDICT_DISABLED);
	assert_int_equal(s->system.devices[0].sum.verdict, VW_VERDICT_DISABLED);
	assert_int_equal(s->system.devices[1].sum.verdict, VW_VERDICT_PASS);
	s->wanted.kernels = VW_KERNEL_ALL;
	examine(s);
	assert_int_equal(s->system.devices[1].sum.verdict, VW_VERDICT_FAIL);
}

/* The image that boots has no modules here: those of another kernel, though it is the only one, say nothing of it. */
static void test_other_boots(void **state)
{
	struct scene *s = *state;

	file(s, "/boot/vmlinuz-" V, "x");
	file(s, "/boot/vmlinuz-6.6.1-1-amd64", "x");
	file(s, "/boot/grub/grub.cfg",
		"menuentry 'a' {\n linux /boot/vmlinuz-6.6.1-1-amd64 "
		"module_blacklist=ixgbevf\n}\n");
	examine(s);
	assert_int_equal(s->system.devices[0].kernels[0].verdict, VW_VERDICT_PASS);
	assert_int_equal(s->system.devices[0].sum.verdict, VW_VERDICT_UNDETERMINED);
	s->wanted.kernels = VW_KERNEL_ANY;
	examine(s);
	assert_int_equal(s->system.devices[0].sum.verdict, VW_VERDICT_PASS);
}

/* One of them boots, nobody knows which; with this command line. */
static void test_any_boots(void **state)
{
	struct scene *s = *state;
	static const char info[] = "license=GPL\0alias=pci:v00008086d000010EDsv*sd*bc*sc*i*"
				   "\0vermagic=6.1.0-27-amd64 SMP ";

	ko_file(&s->tree, OTHER "/kernel/ixgbevf.ko", info, sizeof(info));
	tree_file(&s->tree, OTHER "/modules.builtin", "");
	ko_depmod(&s->tree, "6.1.0-27-amd64");
	file(s, "/boot/Image", "x");
	file(s, "/boot/extlinux.conf", "LABEL a\nLINUX /boot/Image\nAPPEND ro\n");
	examine(s);
	assert_int_equal(s->system.devices[0].sum.verdict, VW_VERDICT_PASS);
	file(s, "/boot/extlinux.conf",
		"LABEL a\nLINUX /boot/Image\nAPPEND module_blacklist=ixgbevf\n");
	examine(s);
	assert_int_equal(s->system.devices[0].sum.verdict, VW_VERDICT_DISABLED);
}

static void test_no_kernel(void **state)
{
	struct scene *s = *state;
	struct tree tree;

	tree_new(&tree);
	tree_file(&tree, "/etc/os-release", "ID=debian\n");
	s->guest.files = tree.host;
	examine(s);
	assert_int_equal(s->system.n_kernels, 0);
	assert_int_equal(s->system.devices[0].sum.verdict, VW_VERDICT_UNDETERMINED);
	assert_null(s->system.devices[0].kernels);
	assert_int_equal(s->system.findings.n, 1);
	assert_string_equal(s->system.findings.v[0].id, "no-kernel");
	tree_free(&tree);
}

static void test_unreadable(void **state)
{
	struct scene *s = *state;
	vw_auto_free char *path = vw_host_pathf(&s->tree.host, DIR "/modules.dep");

	assert_int_equal(truncate(path, 64 << 20), 0);
	examine(s);
	assert_int_equal(s->system.devices[0].sum.verdict, VW_VERDICT_UNDETERMINED);
	assert_string_equal(s->system.findings.v[0].id, "modules-unreadable");
}

/* The guest's files, of which one cannot be looked at. */
struct damaged {
	const struct vw_host *files;
	const char *path;
};

static bool is_damaged(const void *data, const char *path)
{
	const struct damaged *damaged = data;

	return strcmp(path, damaged->path) == 0;
}

static const struct vw_host *files_of(const void *data)
{
	return ((const struct damaged *)data)->files;
}

static int damaged_stat(void *data, const char *path, struct stat *st)
{
	return is_damaged(data, path) ? -EIO : vw_host_statf(files_of(data), st, "%s", path);
}

static ssize_t damaged_read(void *data, const char *path, uint64_t offset, void *buf, size_t size)
{
	return is_damaged(data, path)
		       ? -EIO
		       : vw_host_piecef(files_of(data), offset, buf, size, "%s", path);
}

static int damaged_list(void *data, const char *path, struct vw_names *names)
{
	return is_damaged(data, path) ? -EIO : vw_host_listf(files_of(data), names, "%s", path);
}

static int damaged_readlink(void *data, const char *path, char *buf, size_t size)
{
	return is_damaged(data, path) ? -EIO
				      : vw_host_readlinkf(files_of(data), buf, size, "%s", path);
}

/* What cannot be looked for may be what decides. */
static void test_damaged(void **state)
{
	static const struct vw_host_source source = { damaged_stat, damaged_read, damaged_list,
		damaged_readlink };
	static const char *const paths[] = { "/sbin/kmod", "/boot", "/boot/grub2/grub.cfg",
		"/boot/efi/EFI", "/boot/loader/entries", "/boot/vmlinuz-" V, "/etc/modprobe.d" };
	struct scene *s = *state;

	for (size_t i = 0; i <= VW_ARRAY_SIZE(paths); i++) {
		struct damaged damaged = { &s->tree.host, "/none" };
		bool whole = i == VW_ARRAY_SIZE(paths), said = false;

		if (!whole)
			damaged.path = paths[i];
		assert_int_equal(
			vw_host_open_source(&s->guest.files, &source, &damaged, "damaged", NULL),
			0);
		examine(s);
		for (size_t k = 0; k < s->system.findings.n; k++)
			said |= strcmp(s->system.findings.v[k].id, "guest-unseen") == 0;
		if (said == whole || (s->system.devices[0].sum.verdict == VW_VERDICT_PASS) != whole)
			fail_msg("%s: %s", damaged.path,
				vw_verdict_name(s->system.devices[0].sum.verdict));
		if (!whole)
			assert_non_null(strstr(s->system.devices[0].sum.evidence.v[0], paths[i]));
		vw_host_close(&s->guest.files);
	}
}

#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_detect),
		T(test_names),
		T(test_arch),
		T(test_firmware),
		T(test_kernels),
		T(test_two_kernels),
		T(test_other_boots),
		T(test_any_boots),
		T(test_no_kernel),
		T(test_unreadable),
		T(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
