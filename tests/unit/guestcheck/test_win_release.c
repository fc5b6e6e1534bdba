/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which Windows it is. */
#include "win_scene.h"

#include "cleanup.h"
#include "win.h"

#include <string.h>

static void names(void **state)
{
	static const struct {
		unsigned int major, minor, build;
		bool server, known;
		const char *name;
	} cases[] = {
		{ 5, 2, 3790, true, false, "Windows" },
		{ 6, 0, 6002, true, true, "Windows Server 2008" },
		{ 6, 0, 6002, false, true, "Windows Vista" },
		{ 6, 1, 7601, true, true, "Windows Server 2008 R2" },
		{ 6, 1, 7601, false, true, "Windows 7" },
		{ 6, 2, 9200, true, true, "Windows Server 2012" },
		{ 6, 2, 9200, false, true, "Windows 8" },
		{ 6, 3, 9600, true, true, "Windows Server 2012 R2" },
		{ 6, 3, 9600, false, true, "Windows 8.1" },
		{ 10, 0, 14393, true, true, "Windows Server 2016" },
		{ 10, 0, 16299, true, true, "Windows Server" },
		{ 10, 0, 17763, true, true, "Windows Server 2019" },
		{ 10, 0, 18363, true, true, "Windows Server" },
		{ 10, 0, 20348, true, true, "Windows Server 2022" },
		{ 10, 0, 25398, true, true, "Windows Server" },
		{ 10, 0, 26100, true, true, "Windows Server 2025" },
		{ 10, 0, 29000, true, false, "Windows Server" },
		{ 10, 0, 19045, false, true, "Windows 10" },
		{ 10, 0, 22631, false, true, "Windows 11" },
		{ 10, 0, 26200, false, true, "Windows 11" },
		{ 10, 0, 28000, false, false, "Windows 11" },
		{ 10, 0, 9000, false, false, "Windows" },
		{ 11, 0, 30000, true, false, "Windows" },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		bool known;

		assert_string_equal(vw_win_release_name(cases[i].major, cases[i].minor,
					    cases[i].build, cases[i].server, &known),
			cases[i].name);
		assert_int_equal(known, cases[i].known);
	}
}

static void server_2019(void **state)
{
	struct scene s;

	(void)state;
	scene_new(&s);
	scene_release(&s, "10.0", "17763", true, "ProductName=sz:Windows Server 2019 Standard\n");
	scene_hive(&s, "SYSTEM", scene_system, NULL);
	s.guest.esp = true;
	assert_int_equal(vw_windows_detect(&s.guest), 1);
	scene_ask(&s, &scene_82599);
	assert_int_equal(s.system.type, VW_SYSTEM_WINDOWS);
	assert_string_equal(s.system.name, "Windows Server 2019 Standard");
	assert_string_equal(s.system.version, "10.0.17763");
	assert_string_equal(s.system.arch, "x86_64");
	assert_string_equal(s.system.distro, "windows");
	assert_string_equal(s.system.root, "/dev/sda2");
	assert_int_equal(s.system.nt_major, 10);
	assert_int_equal(s.system.nt_minor, 0);
	assert_int_equal(s.system.build, 17763);
	assert_true(s.system.server);
	assert_true(s.system.uefi);
	assert_false(scene_found(&s, "windows-release-unknown"));
	scene_free(&s);
}

/* Before Windows 10 there is only CurrentVersion; without InstallationType the kind of product is in SYSTEM, or in its name. */
static void older(void **state)
{
	struct scene s;

	(void)state;
	scene_new(&s);
	scene_hive(&s, "SOFTWARE",
		"[Microsoft\\Windows NT\\CurrentVersion]\nCurrentVersion=sz:6.1\n"
		"CurrentBuildNumber=sz:7601\n",
		NULL);
	scene_hive(&s, "SYSTEM", scene_system, NULL);
	scene_ask(&s, &scene_82599);
	assert_string_equal(s.system.name, "Windows Server 2008 R2");
	assert_true(s.system.server);

	scene_hive(&s, "SYSTEM", scene_system,
		"[ControlSet001\\Control\\ProductOptions]\nProductType=sz:WinNT\n");
	scene_ask(&s, &scene_82599);
	assert_string_equal(s.system.name, "Windows 7");
	assert_false(s.system.server);

	scene_hive(&s, "SOFTWARE",
		"[Microsoft\\Windows NT\\CurrentVersion]\nCurrentVersion=sz:6.1\n"
		"CurrentBuildNumber=sz:7601\nProductName=sz:Windows Server 2008 R2 Datacenter\n",
		NULL);
	scene_hive(&s, "SYSTEM", "[Select]\nCurrent=dword:1\n", NULL);
	scene_ask(&s, &scene_82599);
	assert_true(s.system.server);
	scene_free(&s);
}

/* A domain controller is a product of its own. */
static void domain_controller(void **state)
{
	struct scene s;

	(void)state;
	scene_new(&s);
	scene_release(&s, "6.1", "7601", true, NULL);
	scene_inf(&s, "/Windows/INF/oem7.inf", "NTamd64.6.1.2", "03/04/2014,1.0.15.4");
	scene_hive(&s, "SYSTEM", scene_system, NULL);
	assert_int_equal(scene_ask(&s, &scene_82599)->verdict, VW_VERDICT_NOT_APPLICABLE);
	scene_hive(&s, "SYSTEM", scene_system,
		"[ControlSet001\\Control\\ProductOptions]\nProductType=sz:LanmanNT\n");
	assert_int_equal(scene_ask(&s, &scene_82599)->verdict, VW_VERDICT_PASS);
	assert_true(s.system.server);
	scene_free(&s);
}

/* What Windows 10 says of itself and cannot be read is not what it says to old programs. */
static void odd_numbers(void **state)
{
	static const char *const cases[] = {
		"CurrentMajorVersionNumber=sz:10\n",
		"CurrentMajorVersionNumber=dword:100\n",
		"CurrentMinorVersionNumber=hex:00\n",
	};
	const struct vw_check *check;
	struct scene s;

	(void)state;
	scene_new(&s);
	scene_hive(&s, "SYSTEM", scene_system, NULL);
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		scene_release(&s, "10.0", "17763", true, cases[i]);
		check = scene_ask(&s, &scene_82599);
		assert_int_equal(check->verdict, VW_VERDICT_UNDETERMINED);
		assert_true(scene_says(check, "the release of Windows cannot be read"));
	}
	scene_free(&s);
}

/* Windows 11 still says that its name is 10. */
static void eleven(void **state)
{
	struct scene s;

	(void)state;
	scene_new(&s);
	scene_release(&s, "10.0", "22631", false, "ProductName=sz:Windows 10 Pro\n");
	scene_hive(&s, "SYSTEM", scene_system, NULL);
	scene_ask(&s, &scene_82599);
	assert_string_equal(s.system.name, "Windows 11 Pro");
	scene_release(&s, "10.0", "19045", false, "ProductName=sz:Windows 10 Pro\n");
	scene_ask(&s, &scene_82599);
	assert_string_equal(s.system.name, "Windows 10 Pro");
	scene_free(&s);
}

static void unknown(void **state)
{
	static const char *const broken[] = {
		"CurrentVersion=sz:\n",
		"CurrentVersion=dword:6\n",
		"CurrentVersion=sz:6.x\n",
		"CurrentBuildNumber=sz:many\n",
		"CurrentBuildNumber=dword:7601\n",
	};
	const struct vw_check *check;
	struct scene s;

	(void)state;
	scene_new(&s);
	scene_release(&s, "10.0", "29000", true, NULL);
	scene_hive(&s, "SYSTEM", scene_system, NULL);
	scene_ask(&s, &scene_82599);
	assert_true(scene_found(&s, "windows-release-unknown"));
	for (size_t i = 0; i < VW_ARRAY_SIZE(broken); i++) {
		scene_release(&s, "6.1", "7601", true, broken[i]);
		check = scene_ask(&s, &scene_82599);
		assert_int_equal(check->verdict, VW_VERDICT_UNDETERMINED);
		assert_int_equal(check->confidence, VW_CONFIDENCE_LOW);
		assert_true(scene_says(check, "the release of Windows cannot be read"));
		assert_null(s.system.version);
	}
	scene_hive(&s, "SOFTWARE", "[Microsoft]\n", NULL);
	assert_int_equal(scene_ask(&s, &scene_82599)->verdict, VW_VERDICT_UNDETERMINED);
	scene_free(&s);
}

/* The shell's machine, the kernel's where it cannot be read, then what SYSTEM says. */
static void arch(void **state)
{
	const struct vw_check *check;
	struct scene s;

	(void)state;
	scene_new(&s);
	scene_release(&s, "10.0", "17763", true, NULL);
	scene_hive(&s, "SYSTEM", scene_system, NULL);
	scene_binary(&s, "/Windows/System32/cmd.exe", SCENE_X86, NULL);
	check = scene_ask(&s, &scene_82599);
	assert_string_equal(s.system.arch, "i386");
	assert_int_equal(check->verdict, VW_VERDICT_FAIL);
	assert_true(scene_says(check, "32-bit"));
	assert_string_equal(check->remedy, "use a 64-bit Windows");

	tree_file(&s.tree, "/Windows/System32/cmd.exe", "broken");
	scene_binary(&s, "/Windows/System32/ntoskrnl.exe", 0xaa64, NULL);
	scene_ask(&s, &scene_82599);
	assert_string_equal(s.system.arch, "aarch64");

	tree_file(&s.tree, "/Windows/System32/ntoskrnl.exe", "broken");
	scene_ask(&s, &scene_82599);
	assert_string_equal(s.system.arch, "x86_64");

	scene_hive(&s, "SYSTEM", scene_system,
		"[ControlSet001\\Control\\Session Manager\\Environment]\n"
		"PROCESSOR_ARCHITECTURE=sz:Alpha\n");
	check = scene_ask(&s, &scene_82599);
	assert_null(s.system.arch);
	assert_int_equal(check->verdict, VW_VERDICT_UNDETERMINED);
	assert_true(scene_says(check, "the architecture of Windows cannot be told"));
	scene_free(&s);
}

static void policy(void **state)
{
	static const char key[] = "[Policies\\Microsoft\\Windows\\DeviceInstall\\Restrictions]\n";
	char lines[256];
	struct scene s;

	(void)state;
	scene_new(&s);
	scene_hive(&s, "SYSTEM", scene_system, NULL);
	snprintf(lines, sizeof(lines), "%sDenyUnspecified=dword:0\nAllowDeviceIDs=dword:1\n", key);
	scene_release(&s, "10.0", "17763", true, lines);
	scene_ask(&s, &scene_82599);
	assert_false(scene_found(&s, "windows-install-restricted"));
	snprintf(lines, sizeof(lines), "%sDenyDeviceClasses=dword:1\n", key);
	scene_release(&s, "10.0", "17763", true, lines);
	scene_ask(&s, &scene_82599);
	assert_true(scene_found(&s, "windows-install-restricted"));
	scene_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(server_2019),
		cmocka_unit_test(older),
		cmocka_unit_test(domain_controller),
		cmocka_unit_test(odd_numbers),
		cmocka_unit_test(eleven),
		cmocka_unit_test(unknown),
		cmocka_unit_test(arch),
		cmocka_unit_test(policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
