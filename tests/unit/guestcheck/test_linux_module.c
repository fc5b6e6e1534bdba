/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_linux_module: what keeps one module from being loaded: its file, its versions, its needs, and what is written against it. */
#include "linux_scene.h"

#define FILE_KO DIR "/" INTEL "ixgbevf/ixgbevf.ko"

static void test_missing(void **state)
{
	struct scene *s = *state;

	remove_file(s, FILE_KO);
	assert_judged(s, &s->x520,
		"fail high ixgbevf | " DIR "/modules.dep lists " FILE_KO
		", but the file is not there | install the package with ixgbevf again");
	tree_link(&s->tree, FILE_KO, "/lib/modules/5.14.0/extra/ixgbevf.ko");
	assert_judged(s, &s->x520,
		"fail high ixgbevf | " FILE_KO
		" leads to /lib/modules/5.14.0/extra/ixgbevf.ko, which "
		"is not there | install the package with ixgbevf again");
	tree_file(&s->tree, DIR "/modules.dep", "kernel/net/psample/psample.ko:\n");
	assert_judged(s, &s->x520,
		"fail high ixgbevf | " DIR "/modules.dep does not list ixgbevf: modprobe cannot "
		"load it | install ixgbevf, then run depmod " V);
}

static void test_broken(void **state)
{
	struct scene *s = *state;
	vw_auto_free char *path = vw_host_pathf(&s->tree.host, FILE_KO);

	tree_file(&s->tree, FILE_KO, "not a module");
	assert_judged(s, &s->x520, "fail high ixgbevf | " FILE_KO ": no ELF file | -");
	assert_int_equal(truncate(path, (64 << 20) + 1), 0);
	scene_judge(s, &s->x520);
	assert_int_equal(s->check.verdict, VW_VERDICT_UNDETERMINED);
}

/* The copy that depmod chose counts, not the one that came with the kernel. */
static void test_updates(void **state)
{
	struct scene *s = *state;

	MODULE(s, "updates/dkms/ixgbevf.ko",
		"license=GPL\0version=4.18.7\0alias=pci:v00008086d000010EDsv*sd*bc*sc*i*\0"
		"name=ixgbevf\0" MAGIC);
	scene_depmod(s);
	scene_judge(s, &s->x520);
	assert_int_equal(s->check.verdict, VW_VERDICT_PASS);
	assert_string_equal(s->check.path, DIR "/updates/dkms/ixgbevf.ko");
	assert_string_equal(s->check.version, "4.18.7");
	assert_string_equal(s->check.version_source, "modinfo");
	assert_int_equal(s->system.findings.n, 0);
	s->guest.esp = true;
	scene_judge(s, &s->x520);
	assert_int_equal(s->system.findings.n, 1);
	assert_string_equal(s->system.findings.v[0].id, "module-unsigned");
	assert_string_equal(s->system.findings.v[0].subject, DIR "/updates/dkms/ixgbevf.ko");
	scene_judge(s, &s->mlx); /* came with the kernel */
	assert_int_equal(s->system.findings.n, 0);
}

static void test_signed(void **state)
{
	static const char info[] =
		"license=GPL\0alias=pci:v00008086d000010EDsv*sd*bc*sc*i*\0name=ixgbevf\0" MAGIC;
	struct scene *s = *state;
	struct ko_bytes ko;

	s->guest.esp = true;
	ko_make(&ko, &(struct ko_kind){ .is_signed = true }, info, sizeof(info));
	tree_bytes(&s->tree, FILE_KO, ko.data, ko.len);
	scene_judge(s, &s->x520);
	assert_int_equal(s->system.findings.n, 0);
	ko_make(&ko, &(struct ko_kind){ 0 }, info, sizeof(info));
	tree_bytes(&s->tree, FILE_KO, ko.data, ko.len);
	scene_judge(s, &s->x520);
	assert_int_equal(s->system.findings.n, 1);
}

static void test_vermagic(void **state)
{
	struct scene *s = *state;

	MODULE(s, INTEL "ixgbevf/ixgbevf.ko",
		"license=GPL\0alias=pci:v00008086d000010EDsv*sd*bc*sc*i*\0"
		"vermagic=6.1.0-28-amd64-other SMP modversions ");
	assert_judged(s, &s->x520,
		"not-applicable high ixgbevf | " FILE_KO
		" was made for kernel 6.1.0-28-amd64-other: " V
		" refuses it | install the driver that was made for kernel " V);
}

static void weak(struct scene *s, const char *magic)
{
	char info[512];
	int n = snprintf(info, sizeof(info),
		"license=GPL%calias=pci:v00008086d000010EDsv*sd*bc*sc*i*%cvermagic=%s", 0, 0,
		magic);

	ko_file(&s->tree, "/lib/modules/6.1.0-1-amd64/extra/ixgbevf/ixgbevf.ko", info,
		(size_t)n + 1);
	tree_link(&s->tree, DIR "/weak-updates/ixgbevf/ixgbevf.ko",
		"/lib/modules/6.1.0-1-amd64/extra/ixgbevf/ixgbevf.ko");
	tree_file(&s->tree, DIR "/modules.dep",
		"weak-updates/ixgbevf/ixgbevf.ko:\nkernel/net/psample/psample.ko:\n");
}

static void test_weak_updates(void **state)
{
	struct scene *s = *state;

	weak(s, "6.1.0-1-amd64 SMP modversions ");
	scene_judge(s, &s->x520);
	assert_int_equal(s->check.verdict, VW_VERDICT_PASS);
	assert_string_equal(s->check.path, DIR "/weak-updates/ixgbevf/ixgbevf.ko");
	assert_true(has_evidence(s, "made for kernel 6.1.0-1-amd64, and linked to this one"));
	/* without versions of symbols the release counts */
	weak(s, "6.1.0-1-amd64 SMP ");
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_NOT_APPLICABLE);
	remove_file(s, "/lib/modules/6.1.0-1-amd64/extra/ixgbevf/ixgbevf.ko");
	scene_judge(s, &s->x520);
	assert_int_equal(s->check.verdict, VW_VERDICT_FAIL);
	assert_true(has_evidence(s, "leads to /lib/modules/6.1.0-1-amd64/extra/ixgbevf/ixgbevf.ko, "
				    "which is not there"));
}

static void test_machine(void **state)
{
	struct scene *s = *state;
	struct ko_bytes ko;

	ko_make(&ko, &(struct ko_kind){ .machine = EM_AARCH64 }, IXGBEVF, sizeof(IXGBEVF));
	tree_bytes(&s->tree, DIR "/extra/ixgbevf.ko", ko.data, ko.len);
	tree_file(&s->tree, DIR "/modules.dep",
		"kernel/net/psample/psample.ko:\nextra/ixgbevf.ko:\n");
	assert_judged(s, &s->x520,
		"not-applicable high ixgbevf | " DIR
		"/extra/ixgbevf.ko is for another machine: aarch64, the kernel's is x86_64 | -");
}

/* A stale index: the file has the last word. */
static void test_stale_index(void **state)
{
	struct scene *s = *state;

	MODULE(s, INTEL "ixgbevf/ixgbevf.ko",
		"license=GPL\0alias=pci:v00008086d00001515sv*sd*bc*sc*i*\0" MAGIC);
	assert_judged(s, &s->x520,
		"fail high ixgbevf | " FILE_KO
		" does not know 8086:10ed, whatever the index says | -");
}

static void test_needs(void **state)
{
	struct scene *s = *state;

	tree_file(&s->tree, "/etc/modprobe.d/x.conf", "blacklist psample\n");
	assert_int_equal(scene_judge(s, &s->mlx)->verdict, VW_VERDICT_PASS);
	tree_file(&s->tree, "/etc/modprobe.d/x.conf", "install psample /bin/false\n");
	assert_judged(s, &s->mlx,
		"disabled high mlx5_core | /etc/modprobe.d/x.conf:1: install psample /bin/false | "
		"remove the install line in /etc/modprobe.d/x.conf:1");
	tree_file(&s->tree, "/etc/modprobe.d/x.conf", "");
	s->cmdline = "module_blacklist=psample";
	assert_int_equal(scene_judge(s, &s->mlx)->verdict, VW_VERDICT_DISABLED);
	s->cmdline = NULL;
	remove_file(s, DIR "/kernel/net/psample/psample.ko");
	assert_judged(s, &s->mlx,
		"fail high mlx5_core | it needs " DIR
		"/kernel/net/psample/psample.ko, which is not there | -");
	tree_file(&s->tree, DIR "/kernel/net/psample/psample.ko", "");
	assert_judged(s, &s->mlx,
		"fail high mlx5_core | it needs a module that is of no use: " DIR
		"/kernel/net/psample/psample.ko: no ELF file | -");
	MODULE(s, "kernel/net/psample/psample.ko", "vermagic=6.1.0-27-amd64 SMP modversions ");
	assert_judged(s, &s->mlx,
		"not-applicable high mlx5_core | " DIR
		"/kernel/net/psample/psample.ko was made for "
		"kernel 6.1.0-27-amd64: " V
		" refuses it | install the driver that was made for kernel " V);
}

static void test_blacklist(void **state)
{
	struct scene *s = *state;

	tree_file(&s->tree, "/usr/lib/modprobe.d/x.conf", "# no VFs\nblacklist ixgbevf\n");
	assert_judged(s, &s->x520,
		"disabled high ixgbevf | /usr/lib/modprobe.d/x.conf:2: blacklist ixgbevf | "
		"remove the blacklist in /usr/lib/modprobe.d/x.conf:2");
	/* systemd's and OpenRC's loaders obey it, too; a script of System V's init does not */
	tree_file(&s->tree, "/usr/lib/systemd/systemd", "");
	tree_file(&s->tree, "/etc/modules", "# drivers\n  ixgbevf  x=1\n");
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_DISABLED);
	remove_file(s, "/usr/lib/systemd/systemd");
	assert_judged(s, &s->x520,
		"pass high ixgbevf | /etc/modules:2 loads it by name, though it is blacklisted | "
		"-");
	/* a file of this name in /etc hides the other */
	tree_file(&s->tree, "/etc/modprobe.d/x.conf", "");
	assert_judged(s, &s->x520, "pass high ixgbevf | " FILE_KO " knows 8086:10ed | -");
}

static void test_install(void **state)
{
	struct scene *s = *state;

	tree_file(&s->tree, "/etc/modprobe.d/x.conf", "install ixgbe* /bin/true\n");
	assert_judged(s, &s->x520,
		"disabled high ixgbevf | /etc/modprobe.d/x.conf:1: install ixgbe* /bin/true | "
		"remove the install line in /etc/modprobe.d/x.conf:1");
	tree_file(&s->tree, "/etc/modprobe.d/x.conf",
		"install ixgbevf /sbin/modprobe --ignore-install ixgbevf; /x\n");
	assert_judged(s, &s->x520,
		"pass low ixgbevf | /etc/modprobe.d/x.conf:1: a command loads ixgbevf (install): "
		"it "
		"is believed to do so | -");
	tree_file(&s->tree, "/etc/modprobe.d/x.conf",
		"install ixgbevf a && insmod \"/lib/modules/$(uname -r)/ixgbevf.ko\"\n");
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_PASS);
	/* another module; a comment */
	tree_file(&s->tree, "/etc/modprobe.d/x.conf", "install ixgbevf modprobe i40evf\n");
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_DISABLED);
	tree_file(&s->tree, "/etc/modprobe.d/x.conf",
		"install ixgbevf /bin/false # modprobe ixgbevf\n");
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_DISABLED);
	tree_file(&s->tree, "/etc/modprobe.d/x.conf", "install ixgbevf echo ixgbevf; modprobe x\n");
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_DISABLED);
	/* the first one counts */
	tree_file(&s->tree, "/etc/modprobe.d/x.conf",
		"install ixgbevf /bin/false\ninstall ixgbevf /sbin/modprobe -i ixgbevf\n");
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_DISABLED);
}

static void test_arguments(void **state)
{
	struct scene *s = *state;

	s->cmdline = "ro modprobe.blacklist=igbvf,ixgbevf";
	assert_judged(s, &s->x520,
		"disabled high ixgbevf | /boot/grub/grub.cfg:7: modprobe.blacklist=ixgbevf on the "
		"kernel's command line | take ixgbevf out of modprobe.blacklist= in "
		"/boot/grub/grub.cfg:7");
	s->other_kernel = true; /* whose command line nobody knows */
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_PASS);
	s->other_kernel = false;
	/* nothing lifts this one */
	tree_file(&s->tree, "/etc/modules", "ixgbevf\n");
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_PASS);
	s->cmdline = "ro module_blacklist=ixgbevf";
	assert_judged(s, &s->x520,
		"disabled high ixgbevf | /boot/grub/grub.cfg:7: module_blacklist=ixgbevf on the "
		"kernel's command line | take ixgbevf out of module_blacklist= in "
		"/boot/grub/grub.cfg:7");
	s->cmdline = "ro module_blacklist=mlx5-core"; /* the kernel compares bytes */
	assert_int_equal(scene_judge(s, &s->mlx)->verdict, VW_VERDICT_PASS);
	s->cmdline = "ro rd.driver.blacklist=ixgbevf";
	scene_judge(s, &s->x520);
	assert_int_equal(s->check.verdict, VW_VERDICT_PASS);
	assert_true(has_evidence(s, "rd.driver.blacklist=ixgbevf"));
}

#define VENDOR "license=GPL\0alias=pci:v00008086d000010EDsv*sd*bc*sc*i*\0name=ixgbevf\0" MAGIC

/* What nobody signed, where the kernel is told to refuse it. */
static void test_sig_enforce(void **state)
{
	static const char *const on[] = { "module.sig_enforce", "module.sig-enforce=1",
		"module.sig_enforce=Y", "module.sig_enforce=on", "lockdown=integrity",
		"lockdown=confidentiality" };
	static const char *const off[] = { "module.sig_enforce=0", "module.sig_enforce=off",
		"lockdown=none", "lockdown=integrity lockdown=none", "module.x_sig_enforce" };
	struct scene *s = *state;
	struct ko_bytes ko;

	s->guest.esp = true;
	MODULE(s, INTEL "ixgbevf/ixgbevf.ko", VENDOR);
	for (size_t i = 0; i < VW_ARRAY_SIZE(on); i++) {
		s->cmdline = on[i];
		assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_DISABLED);
		assert_int_equal(s->system.findings.n, 0);
		s->other_kernel = true; /* whose command line nobody knows */
		assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_PASS);
		s->other_kernel = false;
	}
	for (size_t i = 0; i < VW_ARRAY_SIZE(off); i++) {
		s->cmdline = off[i];
		assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_PASS);
		assert_int_equal(s->system.findings.n, 1);
	}
	s->cmdline = "lockdown=integrity";
	assert_judged(s, &s->x520,
		"disabled medium ixgbevf | /boot/grub/grub.cfg:7: lockdown=integrity on the "
		"kernel's "
		"command line, and " FILE_KO
		" is not signed and does not come with the kernel | sign it with a key that the "
		"kernel knows");
	ko_make(&ko, &(struct ko_kind){ .is_signed = true }, VENDOR, sizeof(VENDOR));
	tree_bytes(&s->tree, FILE_KO, ko.data, ko.len);
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_PASS);
	MODULE(s, INTEL "ixgbevf/ixgbevf.ko", IXGBEVF); /* came with the kernel */
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_PASS);
}

static void test_unsupported(void **state)
{
	static const char conf[] = "/lib/modprobe.d/10-unsupported-modules.conf";
	struct scene *s = *state;

	tree_file(&s->tree, "/etc/os-release", "ID=sles\nID_LIKE=suse\n");
	tree_file(&s->tree, conf, "allow_unsupported_modules 0\n");
	assert_judged(s, &s->x520,
		"disabled medium ixgbevf | /lib/modprobe.d/10-unsupported-modules.conf:1: "
		"allow_unsupported_modules 0, and " FILE_KO
		" does not say that it is supported | allow unsupported modules in "
		"/lib/modprobe.d/10-unsupported-modules.conf:1");
	MODULE(s, INTEL "ixgbevf/ixgbevf.ko", VENDOR "\0supported=no");
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_DISABLED);
	MODULE(s, INTEL "ixgbevf/ixgbevf.ko", VENDOR "\0supported=external");
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_PASS);
	MODULE(s, INTEL "ixgbevf/ixgbevf.ko", VENDOR);
	/* the last one counts; elsewhere it is no word of modprobe's */
	tree_file(&s->tree, conf, "allow_unsupported_modules 0\nallow_unsupported_modules 1\n");
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_PASS);
	tree_file(&s->tree, conf, "allow_unsupported_modules 0\n");
	tree_file(&s->tree, "/etc/os-release", "ID=debian\n");
	assert_int_equal(scene_judge(s, &s->x520)->verdict, VW_VERDICT_PASS);
}

#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_missing),
		T(test_broken),
		T(test_updates),
		T(test_signed),
		T(test_vermagic),
		T(test_weak_updates),
		T(test_machine),
		T(test_stale_index),
		T(test_needs),
		T(test_blacklist),
		T(test_install),
		T(test_arguments),
		T(test_sig_enforce),
		T(test_unsupported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
