/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_linux_driver: which module a kernel takes for a device, and what it says where there is none. */
#include "linux_scene.h"

#define KNOWS  DIR "/" INTEL "ixgbevf/ixgbevf.ko knows 8086:10ed"
#define PASSES "pass high ixgbevf | " KNOWS " | -"

static void test_pass(void **state)
{
	struct scene *s = *state;

	assert_judged(s, &s->x520, PASSES);
	assert_string_equal(s->check.path, DIR "/" INTEL "ixgbevf/ixgbevf.ko");
	assert_null(s->check.version);
	scene_judge(s, &s->mlx);
	assert_int_equal(s->check.verdict, VW_VERDICT_PASS);
}

static void test_no_driver(void **state)
{
	struct scene *s = *state;
	char *modules[] = { "igbvf", NULL };
	struct vw_vf_device i350 = {
		.vendor = 0x8086, .device = 0x1520, .name = "I350", .linux_modules = modules
	};

	assert_judged(s, &i350,
		"fail high - | kernel " V
		" has no module for pci:v00008086d00001520sv00000000sd00000000bc02sc00i00 | "
		"install a kernel that has the driver, or the vendor's driver for kernel " V);
	tree_file(&s->tree, "/etc/os-release", "ID=ubuntu\nID_LIKE=debian\n");
	assert_string_equal(scene_judge(s, &i350)->remedy, "install linux-modules-extra-" V);
	tree_file(&s->tree, "/etc/os-release", "ID=rocky\nID_LIKE=\"rhel centos fedora\"\n");
	assert_string_equal(scene_judge(s, &i350)->remedy,
		"install kernel-modules-" V ", and kernel-modules-extra-" V " if need be");
	/* its module is there, but of before this device */
	modules[0] = "ixgbevf";
	scene_judge(s, &i350);
	assert_true(has_evidence(s, "its ixgbevf is there, but does not know this device"));
	/* nobody has a driver for Linux */
	modules[0] = NULL;
	assert_null(scene_judge(s, &i350)->remedy);
	assert_true(has_evidence(s, "no Linux driver is known"));
}

static void test_cloud_kernel(void **state)
{
	struct scene *s = *state;
	char *modules[] = { "igbvf", NULL };
	struct vw_vf_device i350 = {
		.vendor = 0x8086, .device = 0x1520, .name = "I350", .linux_modules = modules
	};
	static const struct {
		const char *os, *release, *remedy;
	} rows[] = {
		{ "ID=debian\n", "6.1.0-28-cloud-arm64",
			"install linux-image-arm64 instead of linux-image-cloud-arm64" },
		{ "ID=ubuntu\nID_LIKE=debian\n", "5.15.0-1-kvm",
			"install linux-generic instead of linux-kvm" },
		{ "ID=alpine\n", "6.6.1-0-virt", "install linux-lts instead of linux-virt" },
		{ "ID=rhel\nID_LIKE=fedora\n", "2.6.32-754.el6.x86_64",
			"install the vendor's driver for kernel 2.6.32-754.el6.x86_64, or a newer "
			"minor release" },
		{ "ID=fedora\n", "6.8.5-301.fc40.x86_64",
			"install kernel-modules-6.8.5-301.fc40.x86_64, and "
			"kernel-modules-extra-6.8.5-301.fc40.x86_64 if need be" },
		{ "ID=sles\nID_LIKE=suse\n", "5.14.21-1-default",
			"install kernel-default instead of kernel-default-base" },
	};

	for (size_t i = 0; i < VW_ARRAY_SIZE(rows); i++) {
		char dir[64];

		snprintf(dir, sizeof(dir), "/lib/modules/%s", rows[i].release);
		tree_dir(&s->tree, dir);
		tree_file(&s->tree, "/etc/os-release", rows[i].os);
		s->kernel =
			(struct vw_guest_kernel){ .release = (char *)rows[i].release, .dir = dir };
		assert_string_equal(scene_judge(s, &i350)->remedy, rows[i].remedy);
	}
}

static void test_built_in(void **state)
{
	static const char info[] =
		"ixgbevf.license=GPL\0ixgbevf.alias=pci:v00008086d000010EDsv*sd*bc*sc*i*";
	struct scene *s = *state;

	tree_bytes(&s->tree, DIR "/modules.builtin.modinfo", info, sizeof(info));
	/* What is written against modules is nothing to it. */
	tree_file(&s->tree, "/etc/modprobe.d/x.conf", "blacklist ixgbevf\n");
	assert_judged(s, &s->x520,
		"pass high ixgbevf | ixgbevf is built into kernel " V " (" DIR
		"/modules.builtin.modinfo) | -");
	s->cmdline = "quiet initcall_blacklist=foo,ixgbevf_init_module";
	assert_judged(s, &s->x520,
		"disabled medium ixgbevf | /boot/grub/grub.cfg:7: "
		"initcall_blacklist=ixgbevf_init_module keeps the built-in ixgbevf from starting | "
		"take ixgbevf_init_module out of initcall_blacklist= in /boot/grub/grub.cfg:7");
	s->other_kernel = true;
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_PASS);
	s->other_kernel = false;
	s->cmdline = "initcall_blacklist=ixgbevfx_init";
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_PASS);
}

/* A VF has no other interrupts than MSI, whoever drives it. */
static void test_no_msi(void **state)
{
	static const char info[] = "ixgbevf.alias=pci:v00008086d000010EDsv*sd*bc*sc*i*";
	struct scene *s = *state;

	s->cmdline = "quiet pci=realloc,nomsi";
	assert_judged(s, &s->x520,
		"disabled high ixgbevf | /boot/grub/grub.cfg:7: pci=nomsi on the kernel's command "
		"line, and a VF has no other interrupts | take nomsi out of pci= in "
		"/boot/grub/grub.cfg:7");
	s->other_kernel = true;
	assert_judged(s, &s->x520, PASSES);
	s->other_kernel = false;
	tree_bytes(&s->tree, DIR "/modules.builtin.modinfo", info, sizeof(info));
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_DISABLED);
	s->cmdline = "pci=realloc nomsi";
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_PASS);
}

/* Before Linux 5.2: the name is not enough. */
static void test_built_in_by_name(void **state)
{
	struct scene *s = *state;

	remove_file(s, DIR "/modules.builtin.modinfo");
	tree_file(&s->tree, DIR "/modules.builtin", INTEL "ixgbevf/ixgbevf.ko\n");
	scene_judge(s, &s->x520);
	assert_int_equal(s->check.verdict, VW_VERDICT_UNDETERMINED);
	assert_string_equal(s->check.driver, "ixgbevf");
	assert_int_equal(scene_judge(s, &s->mlx)->verdict, VW_VERDICT_PASS);
}

/* udev loads all that match: one that works is enough, and the others are named. */
static void test_several(void **state)
{
	struct scene *s = *state;

	MODULE(s, "extra/other.ko",
		"license=GPL\0alias=pci:v00008086d000010EDsv*sd*bc*sc*i*\0name=other\0" MAGIC);
	scene_depmod(s);
	tree_file(&s->tree, "/etc/modprobe.d/x.conf", "blacklist ixgbevf\n");
	scene_judge(s, &s->x520);
	assert_int_equal(s->check.verdict, VW_VERDICT_PASS);
	assert_string_equal(s->check.driver, "other");
	assert_int_equal(s->check.confidence, VW_CONFIDENCE_MEDIUM); /* nobody knows it */
	assert_true(has_evidence(s, "ixgbevf is for this device, too"));
	tree_file(&s->tree, "/etc/modprobe.d/x.conf", "blacklist other\n");
	assert_string_equal(scene_judge(s, &s->x520)->driver, "ixgbevf");
	tree_file(&s->tree, "/etc/modprobe.d/x.conf", "blacklist other\nblacklist ixgbevf\n");
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_DISABLED);
}

static void test_alias_line(void **state)
{
	struct scene *s = *state;

	tree_file(&s->tree, "/etc/modprobe.d/x.conf", "#\nalias pci:v00008086d000010ED* off\n");
	scene_judge(s, &s->x520);
	assert_int_equal(s->check.verdict, VW_VERDICT_DISABLED);
	assert_string_equal(s->check.driver, "ixgbevf");
	assert_string_equal(s->check.remedy, "remove the alias line in /etc/modprobe.d/x.conf:2");
	assert_true(has_evidence(s, "/etc/modprobe.d/x.conf:2: alias pci:v00008086d000010ED* off"));
	/* to a module that knows the device */
	tree_file(&s->tree, "/etc/modprobe.d/x.conf", "alias pci:v00008086d000010ED* ixgbevf\n");
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_PASS);
	/* to one that does not */
	tree_file(&s->tree, "/etc/modprobe.d/x.conf", "alias pci:v00008086d* psample\n");
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_DISABLED);
	/* of another device */
	tree_file(&s->tree, "/etc/modprobe.d/x.conf", "alias pci:v00008086d00001515* off\n");
	assert_judged(s, &s->x520, PASSES);
	/* no driver is no driver */
	tree_file(&s->tree, "/etc/modprobe.d/x.conf", "alias pci:v00008086d000010ED* off\n");
	remove_file(s, DIR "/" INTEL "ixgbevf/ixgbevf.ko");
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_FAIL);
}

/* kmod looks into the .bin files alone; module-init-tools and busybox are content with the texts. */
static void test_index_files(void **state)
{
	static const char *const bins[] = { DIR "/modules.alias.bin", DIR "/modules.dep.bin" };
	struct scene *s = *state;

	for (size_t i = 0; i < VW_ARRAY_SIZE(bins); i++) {
		scene_depmod(s);
		remove_file(s, bins[i]);
		scene_judge(s, &s->x520);
		assert_int_equal(s->check.verdict, VW_VERDICT_DISABLED);
		assert_string_equal(s->check.remedy, "run depmod -b ROOT " V);
	}
	tree_file(&s->tree, "/sbin/modprobe", "");
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_PASS);
	tree_file(&s->tree, "/bin/kmod", "");
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_DISABLED);
}

static void test_unreadable(void **state)
{
	struct scene *s = *state;
	vw_auto_free char *path = NULL;

	tree_file(&s->tree, "/etc/modprobe.d/x.conf", "");
	path = vw_host_pathf(&s->tree.host, "/etc/modprobe.d/x.conf");
	assert_int_equal(truncate(path, 64 << 20), 0);
	assert_judged(s, &s->x520,
		"undetermined low - | cannot read /etc/modprobe.d/x.conf: File too large | -");
	free(path);
	path = vw_host_pathf(&s->tree.host, DIR "/modules.alias");
	assert_int_equal(truncate(path, 64 << 20), 0);
	assert_judged(s, &s->x520,
		"undetermined low - | cannot read " DIR "/modules.alias: File too large | -");
}

#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_pass),
		T(test_no_driver),
		T(test_cloud_kernel),
		T(test_built_in),
		T(test_no_msi),
		T(test_built_in_by_name),
		T(test_several),
		T(test_alias_line),
		T(test_index_files),
		T(test_unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
