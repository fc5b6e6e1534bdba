/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A Windows guest as a whole: every state that a driver can be in. */
#include "win_scene.h"

#include "cleanup.h"

#include <string.h>
#include <unistd.h>

#define VXN         "vxn65x64.inf_amd64_0123456789abcdef"
#define VXN_INF     SCENE_STORE "/" VXN "/vxn65x64.inf"
#define VXN_SYS     SCENE_STORE "/" VXN "/vxn65x64.sys"
#define INSTALLED   SCENE_DRIVERS "/vxn65x64.sys"
#define CLASS       "[ControlSet001\\Control\\Class\\{4d36e972-e325-11ce-bfc1-08002be10318}\\"
#define CLASS_EMPTY CLASS "0000]\nMatchingDeviceId=sz:*ISATAP\n" CLASS "Properties]\n"

/* Server 2019 with the package staged. */
static void staged_scene(struct scene *s)
{
	scene_new(s);
	scene_release(s, "10.0", "17763", true, NULL);
	scene_hive(s, "SYSTEM", scene_system, CLASS_EMPTY);
	scene_hive(s, "DRIVERS", scene_database, NULL);
	scene_inf(s, VXN_INF, "NTamd64.10.0", "08/02/2019,2.1.175.0");
	scene_binary(s, VXN_SYS, SCENE_AMD64, "2.1.175.0");
}

static void installed_scene(struct scene *s)
{
	staged_scene(s);
	scene_hive(s, "SYSTEM", scene_system, scene_service);
	scene_binary(s, INSTALLED, SCENE_AMD64, "2.1.175.0");
}

static void expect(
	const struct vw_check *check, enum vw_verdict verdict, enum vw_confidence confidence)
{
	if (check->verdict != verdict || check->confidence != confidence)
		for (size_t i = 0; i < check->evidence.n; i++)
			print_message("  %s\n", check->evidence.v[i]);
	assert_string_equal(vw_verdict_name(check->verdict), vw_verdict_name(verdict));
	assert_string_equal(vw_confidence_name(check->confidence), vw_confidence_name(confidence));
}

static void detect(void **state)
{
	struct tree tree;
	struct vw_guest guest = { .root = "/" };

	(void)state;
	tree_new(&tree);
	guest.files = tree.host;
	assert_int_equal(vw_windows_detect(&guest), 0);
	tree_file(&tree, "/etc/os-release", "ID=debian\n");
	tree_file(&tree, "/windows/system32/cmd.exe", "");
	assert_int_equal(vw_windows_detect(&guest), 0);
	tree_dir(&tree, "/windows/system32/config");
	assert_int_equal(vw_windows_detect(&guest), 1);
	tree_free(&tree);
}

static void none(void **state)
{
	const struct vw_check *check;
	struct scene s;

	(void)state;
	staged_scene(&s);
	check = scene_ask(&s, &scene_i350);
	expect(check, VW_VERDICT_FAIL, VW_CONFIDENCE_HIGH);
	assert_null(check->driver);
	assert_null(check->version);
	assert_null(check->path);
	assert_true(scene_says(check, "no driver package of the driver database names the device"));
	assert_non_null(strstr(check->remedy, "I350 Virtual Function (8086:1520)"));
	scene_free(&s);
}

static void staged(void **state)
{
	const struct vw_check *check;
	struct scene s;

	(void)state;
	staged_scene(&s);
	check = scene_ask(&s, &scene_82599);
	expect(check, VW_VERDICT_PASS, VW_CONFIDENCE_HIGH);
	assert_string_equal(check->driver, "vxn");
	assert_string_equal(check->version, "2.1.175.0");
	assert_string_equal(check->path, VXN_INF);
	assert_null(check->remedy);
	assert_true(scene_says(check, "the driver is staged"));
	assert_true(scene_says(
		check, "[Vendor.NTamd64.10.0] has the device for Windows 10.0.17763 amd64"));
	assert_int_equal(s.system.findings.n, 0);
	scene_free(&s);
}

static void not_applicable(void **state)
{
	const struct vw_check *check;
	struct scene s;

	(void)state;
	staged_scene(&s);
	scene_inf(&s, VXN_INF, "NTamd64.10.0...20000", "08/02/2019,2.1.175.0");
	check = scene_ask(&s, &scene_82599);
	expect(check, VW_VERDICT_NOT_APPLICABLE, VW_CONFIDENCE_HIGH);
	assert_true(scene_says(check, "has the device, but not for Windows 10.0.17763 amd64"));
	assert_non_null(strstr(check->remedy, "made for this release"));
	scene_inf(&s, VXN_INF, "NTx86.10.0", "08/02/2019,2.1.175.0");
	expect(scene_ask(&s, &scene_82599), VW_VERDICT_NOT_APPLICABLE, VW_CONFIDENCE_HIGH);
	scene_free(&s);
}

/* A 32-bit Windows is told that nobody makes what it lacks. */
static void x86(void **state)
{
	const struct vw_check *check;
	struct scene s;

	(void)state;
	staged_scene(&s);
	scene_binary(&s, "/Windows/System32/cmd.exe", SCENE_X86, NULL);
	check = scene_ask(&s, &scene_82599);
	expect(check, VW_VERDICT_NOT_APPLICABLE, VW_CONFIDENCE_HIGH);
	assert_true(scene_says(check, "no 32-bit driver is known for Intel's VFs"));
	check = scene_ask(&s, &scene_i350);
	expect(check, VW_VERDICT_FAIL, VW_CONFIDENCE_HIGH);
	assert_string_equal(check->remedy, "use a 64-bit Windows");
	scene_free(&s);
}

static void installed(void **state)
{
	const struct vw_check *check;
	struct scene s;

	(void)state;
	installed_scene(&s);
	scene_hive(&s, "SYSTEM", scene_system,
		CLASS "0007]\nMatchingDeviceId=sz:pci\\ven_8086&dev_10ed\nInfPath=sz:oem7.inf\n"
		      "DriverVersion=sz:2.1.175.0\n"
		      "[ControlSet001\\Services\\vxn]\nStart=dword:3\n"
		      "ImagePath=sz:\\SystemRoot\\System32\\drivers\\vxn65x64.sys\n");
	check = scene_ask(&s, &scene_82599);
	expect(check, VW_VERDICT_PASS, VW_CONFIDENCE_HIGH);
	assert_true(scene_says(check, "Services\\vxn: Start is 3"));
	assert_true(scene_says(check, "the service vxn runs " INSTALLED));
	assert_true(scene_says(
		check, "0007: the device was installed here with oem7.inf, version 2.1.175.0"));
	assert_false(scene_says(check, "staged: Plug"));
	scene_free(&s);
}

static void disabled(void **state)
{
	const struct vw_check *check;
	struct scene s;

	(void)state;
	installed_scene(&s);
	scene_hive(&s, "SYSTEM", scene_system,
		"[ControlSet001\\Services\\VXN]\nStart=dword:4\n"
		"ImagePath=sz:System32\\drivers\\vxn65x64.sys\n");
	check = scene_ask(&s, &scene_82599);
	expect(check, VW_VERDICT_DISABLED, VW_CONFIDENCE_HIGH);
	assert_string_equal(
		check->remedy, "set HKLM\\SYSTEM\\CurrentControlSet\\Services\\vxn\\Start to 3");

	/* It goes with the next boot, and the package brings it anew. */
	scene_hive(&s, "SYSTEM", scene_system,
		"[ControlSet001\\Services\\vxn]\nStart=dword:4\nDeleteFlag=dword:1\n");
	check = scene_ask(&s, &scene_82599);
	expect(check, VW_VERDICT_PASS, VW_CONFIDENCE_MEDIUM);
	assert_true(scene_says(check, "marked for deletion"));

	/* What another driver left below the name is no service. */
	scene_hive(&s, "SYSTEM", scene_system,
		"[ControlSet001\\Services\\vxn]\nType=dword:1\n"
		"[ControlSet001\\Services\\vxn\\Performance]\nLibrary=sz:x.dll\n");
	check = scene_ask(&s, &scene_82599);
	expect(check, VW_VERDICT_PASS, VW_CONFIDENCE_HIGH);
	assert_true(scene_says(check, "the driver is staged"));
	scene_hive(&s, "SYSTEM", scene_system,
		"[ControlSet001\\Services\\vxn]\nImagePath=sz:System32\\drivers\\vxn65x64.sys\n");
	expect(scene_ask(&s, &scene_82599), VW_VERDICT_UNDETERMINED, VW_CONFIDENCE_LOW);

	scene_hive(&s, "SYSTEM", scene_system, "[ControlSet001\\Services\\vxn]\nStart=sz:3\n");
	tree_file(&s.tree, SCENE_DRIVERS "/vxn.sys", "");
	scene_binary(&s, SCENE_DRIVERS "/vxn.sys", SCENE_AMD64, NULL);
	check = scene_ask(&s, &scene_82599);
	expect(check, VW_VERDICT_UNDETERMINED, VW_CONFIDENCE_LOW);
	scene_free(&s);
}

/* The set that was booted last counts, not the other one. */
static void control_set(void **state)
{
	struct scene s;

	(void)state;
	installed_scene(&s);
	scene_hive(&s, "SYSTEM", scene_system,
		"[Select]\nCurrent=dword:2\n[ControlSet001\\Services\\vxn]\nStart=dword:4\n"
		"[ControlSet002\\Services\\vxn]\nStart=dword:3\n"
		"ImagePath=sz:System32\\drivers\\vxn65x64.sys\n");
	expect(scene_ask(&s, &scene_82599), VW_VERDICT_PASS, VW_CONFIDENCE_HIGH);
	scene_hive(&s, "SYSTEM", scene_system,
		"[Select]\nCurrent=dword:2\n[ControlSet001\\Services\\vxn]\nStart=dword:3\n"
		"[ControlSet002\\Services\\vxn]\nStart=dword:4\n"
		"ImagePath=sz:System32\\drivers\\vxn65x64.sys\n");
	expect(scene_ask(&s, &scene_82599), VW_VERDICT_DISABLED, VW_CONFIDENCE_HIGH);
	scene_hive(&s, "SYSTEM", scene_system, "[Select]\nCurrent=dword:70000\n");
	expect(scene_ask(&s, &scene_82599), VW_VERDICT_PASS, VW_CONFIDENCE_LOW);
	scene_hive(&s, "SYSTEM", scene_system, "[Select]\nCurrent=dword:3\n");
	expect(scene_ask(&s, &scene_82599), VW_VERDICT_PASS, VW_CONFIDENCE_LOW);
	scene_free(&s);
}

/* All ways in which the path of a binary is written. */
static void image_paths(void **state)
{
	static const char *const good[] = {
		"\\SystemRoot\\System32\\drivers\\vxn65x64.sys",
		"\\systemroot\\system32\\DRIVERS\\vxn65x64.sys",
		"System32\\drivers\\vxn65x64.sys",
		"system32\\DRIVERS\\VXN65X64.SYS",
		"%SystemRoot%\\System32\\drivers\\vxn65x64.sys",
		"\\??\\C:\\Windows\\System32\\drivers\\vxn65x64.sys",
		"C:\\WINDOWS\\system32\\drivers\\vxn65x64.sys",
		"\"C:\\Windows\\System32\\drivers\\vxn65x64.sys\"",
	};
	static const char *const elsewhere[] = {
		"\\Device\\HarddiskVolume2\\x.sys",
		"D:\\other\\x.sys",
		"\\SystemRoot\\..\\..\\etc\\passwd",
		"\\??\\C:\\WindowsX\\System32\\drivers\\vxn65x64.sys",
	};
	struct scene s;

	(void)state;
	installed_scene(&s);
	for (size_t i = 0; i < VW_ARRAY_SIZE(good) + VW_ARRAY_SIZE(elsewhere); i++) {
		bool is_good = i < VW_ARRAY_SIZE(good);
		const char *path = is_good ? good[i] : elsewhere[i - VW_ARRAY_SIZE(good)];
		const struct vw_check *check;
		char lines[256];

		snprintf(lines, sizeof(lines),
			"[ControlSet001\\Services\\vxn]\nStart=dword:3\nImagePath=sz:%s\n", path);
		scene_hive(&s, "SYSTEM", scene_system, lines);
		check = scene_ask(&s, &scene_82599);
		expect(check, VW_VERDICT_PASS, is_good ? VW_CONFIDENCE_HIGH : VW_CONFIDENCE_MEDIUM);
		assert_int_equal(scene_says(check, "runs " INSTALLED), is_good);
	}
	/* none: the service's own name */
	scene_hive(&s, "SYSTEM", scene_system, "[ControlSet001\\Services\\vxn]\nStart=dword:3\n");
	expect(scene_ask(&s, &scene_82599), VW_VERDICT_FAIL, VW_CONFIDENCE_HIGH);
	scene_binary(&s, SCENE_DRIVERS "/VXN.sys", SCENE_AMD64, "2.1.175.0");
	expect(scene_ask(&s, &scene_82599), VW_VERDICT_PASS, VW_CONFIDENCE_HIGH);
	scene_free(&s);
}

static void binary(void **state)
{
	const struct vw_check *check;
	struct scene s;

	(void)state;
	installed_scene(&s);
	scene_binary(&s, INSTALLED, SCENE_X86, "2.1.175.0");
	check = scene_ask(&s, &scene_82599);
	expect(check, VW_VERDICT_NOT_APPLICABLE, VW_CONFIDENCE_HIGH);
	assert_true(scene_says(check, INSTALLED " is for x86, this Windows is amd64"));
	assert_string_equal(check->remedy, "install the driver for amd64");

	scene_binary(&s, INSTALLED, SCENE_AMD64, "1.0.0.0");
	check = scene_ask(&s, &scene_82599);
	expect(check, VW_VERDICT_PASS, VW_CONFIDENCE_MEDIUM);
	assert_string_equal(check->version, "2.1.175.0");
	assert_true(scene_found(&s, "windows-driver-version"));

	tree_file(&s.tree, INSTALLED, "this is no PE file");
	check = scene_ask(&s, &scene_82599);
	expect(check, VW_VERDICT_UNDETERMINED, VW_CONFIDENCE_LOW);
	scene_free(&s);

	/* compressed by CompactOS: there, and unreadable */
	staged_scene(&s);
	scene_hive(&s, "SYSTEM", scene_system, scene_service);
	check = scene_ask(&s, &scene_82599);
	expect(check, VW_VERDICT_FAIL, VW_CONFIDENCE_HIGH);
	assert_string_equal(check->remedy, "install the driver anew");
	tree_link(&s.tree, INSTALLED, "unsupported reparse tag 0x80000017");
	check = scene_ask(&s, &scene_82599);
	expect(check, VW_VERDICT_PASS, VW_CONFIDENCE_MEDIUM);
	assert_true(scene_says(check, "is there, but cannot be read"));
	scene_free(&s);
}

/* The binary that a staged package would install. */
static void staged_binary(void **state)
{
	struct scene s;

	(void)state;
	staged_scene(&s);
	scene_binary(&s, VXN_SYS, SCENE_X86, NULL);
	expect(scene_ask(&s, &scene_82599), VW_VERDICT_NOT_APPLICABLE, VW_CONFIDENCE_HIGH);
	assert_int_equal(unlinkat(s.tree.host.root_fd, VXN_SYS + 1, 0), 0);
	expect(scene_ask(&s, &scene_82599), VW_VERDICT_PASS, VW_CONFIDENCE_MEDIUM);
	scene_free(&s);
}

/* What the INF file of a package that the database lists may be. */
static void inf_states(void **state)
{
	const struct vw_check *check;
	struct scene s;

	(void)state;
	staged_scene(&s);
	tree_file(&s.tree, VXN_INF, "no INF at all");
	check = scene_ask(&s, &scene_82599);
	expect(check, VW_VERDICT_PASS, VW_CONFIDENCE_MEDIUM);
	assert_string_equal(check->driver, "vxn"); /* of the database's configuration */
	assert_true(scene_says(check, "its INF cannot be read"));

	scene_inf(&s, VXN_INF, "NTamd64.10.0", "08/02/2019,2.1.175.0");
	tree_file(&s.tree, VXN_INF,
		"[Version]\nSignature=\"$Windows NT$\"\nProvider=Intel\n[Manufacturer]\n"
		"Intel=Vendor,NTamd64\n[Vendor.NTamd64]\nx=x.ndi,PCI\\VEN_8086&DEV_1234\n");
	check = scene_ask(&s, &scene_82599);
	expect(check, VW_VERDICT_UNDETERMINED, VW_CONFIDENCE_LOW);
	assert_true(scene_says(check, "does not name the device"));
	scene_free(&s);

	scene_new(&s);
	scene_release(&s, "10.0", "17763", true, NULL);
	scene_hive(&s, "SYSTEM", scene_system, NULL);
	scene_hive(&s, "DRIVERS", scene_database, NULL);
	check = scene_ask(&s, &scene_82599);
	expect(check, VW_VERDICT_FAIL, VW_CONFIDENCE_HIGH);
	assert_true(scene_says(check, "not in the driver store any more"));
	tree_link(&s.tree, VXN_INF, "unsupported reparse tag 0x80000017");
	expect(scene_ask(&s, &scene_82599), VW_VERDICT_PASS, VW_CONFIDENCE_MEDIUM);
	scene_free(&s);
}

/* Where neither the database nor the INF can say the version, what was installed can; or the binary. */
static void version_source(void **state)
{
	static const char no_version[] =
		"[DriverDatabase\\DriverPackages\\" VXN "]\nVersion=hex:00\n";
	const struct vw_check *check;
	struct scene s;

	(void)state;
	staged_scene(&s);
	scene_hive(&s, "DRIVERS", scene_database, no_version);
	check = scene_ask(&s, &scene_82599);
	assert_string_equal(check->version, "2.1.175.0");
	assert_string_equal(check->version_source, "inf");
	tree_file(&s.tree, VXN_INF, "unreadable");
	check = scene_ask(&s, &scene_82599);
	assert_null(check->version);
	assert_null(check->version_source);

	scene_hive(&s, "SYSTEM", scene_system, scene_service);
	scene_binary(&s, INSTALLED, SCENE_AMD64, "2.1.176.0");
	check = scene_ask(&s, &scene_82599);
	assert_string_equal(check->version, "2.1.176.0");
	assert_string_equal(check->version_source, "pe");

	scene_hive(&s, "SYSTEM", scene_system,
		CLASS "0003]\nMatchingDeviceId=sz:PCI\\VEN_8086&DEV_10ED\nInfPath=sz:oem7.inf\n"
		      "DriverVersion=sz:2.1.177.0\n");
	check = scene_ask(&s, &scene_82599);
	assert_string_equal(check->version, "2.1.177.0");
	assert_string_equal(check->version_source, "class-key");
	scene_free(&s);
}

/* Of several packages the newest that serves the release, unless a device was installed with another. */
static void several(void **state)
{
	static const char second[] =
		"[DriverDatabase\\DeviceIds\\PCI\\VEN_8086&DEV_10ED]\noem9.inf=hex:01 ff 00 00\n"
		"[DriverDatabase\\DriverInfFiles\\oem9.inf]\nActive=sz:new.inf_amd64_1\n"
		"[DriverDatabase\\DriverPackages\\new.inf_amd64_1]\nInfName=sz:new.inf\n";
	const struct vw_check *check;
	struct scene s;

	(void)state;
	staged_scene(&s);
	scene_hive(&s, "DRIVERS", scene_database, second);
	scene_inf(&s, SCENE_STORE "/new.inf_amd64_1/new.inf", "NTamd64.10.0", "02/01/2020,1.0.0.1");
	scene_binary(&s, SCENE_STORE "/new.inf_amd64_1/vxn65x64.sys", SCENE_AMD64, "1.0.0.1");
	check = scene_ask(&s, &scene_82599);
	expect(check, VW_VERDICT_PASS, VW_CONFIDENCE_HIGH);
	assert_string_equal(check->version, "1.0.0.1"); /* the date goes before the version */

	scene_hive(&s, "SYSTEM", scene_system,
		CLASS "0003]\nMatchingDeviceId=sz:PCI\\VEN_8086&DEV_10ED&SUBSYS_00008086\nInfPath="
		      "sz:OEM7.inf\n");
	check = scene_ask(&s, &scene_82599);
	assert_string_equal(check->version, "2.1.175.0");

	scene_hive(&s, "SYSTEM", scene_system,
		CLASS "0003]\nMatchingDeviceId=sz:PCI\\VEN_8086&DEV_10ED5\nInfPath=sz:OEM7.inf\n");
	check = scene_ask(&s, &scene_82599);
	assert_string_equal(check->version, "1.0.0.1"); /* that was another device */
	scene_hive(&s, "SYSTEM", scene_system, NULL);

	scene_inf(&s, SCENE_STORE "/new.inf_amd64_1/new.inf", "NTamd64.6.1", "02/01/2020,1.0.0.1");
	check = scene_ask(&s, &scene_82599);
	expect(check, VW_VERDICT_PASS, VW_CONFIDENCE_HIGH);
	scene_inf(&s, SCENE_STORE "/new.inf_amd64_1/new.inf", "NTx86", "02/01/2020,1.0.0.1");
	check = scene_ask(&s, &scene_82599);
	expect(check, VW_VERDICT_PASS, VW_CONFIDENCE_HIGH);
	assert_string_equal(check->version, "2.1.175.0");
	scene_free(&s);
}

/* What the volume says lowers every answer. */
static void volume(void **state)
{
	struct scene s;

	(void)state;
	staged_scene(&s);
	s.guest.dirty = true;
	expect(scene_ask(&s, &scene_82599), VW_VERDICT_PASS, VW_CONFIDENCE_MEDIUM);
	assert_true(scene_found(&s, "windows-dirty"));
	assert_false(scene_found(&s, "windows-hibernated"));
	s.guest.hibernated = true;
	expect(scene_ask(&s, &scene_82599), VW_VERDICT_PASS, VW_CONFIDENCE_LOW);
	assert_true(scene_found(&s, "windows-hibernated"));
	s.guest.dirty = s.guest.hibernated = false;
	hive_unfinished(&s.tree, SCENE_CONFIG "/DRIVERS");
	expect(scene_ask(&s, &scene_82599), VW_VERDICT_PASS, VW_CONFIDENCE_LOW);
	assert_true(scene_found(&s, "windows-hive-dirty"));
	expect(scene_ask(&s, &scene_i350), VW_VERDICT_FAIL, VW_CONFIDENCE_LOW);
	scene_free(&s);
}

/* No hive can be done without, and an answer that one might have changed is none. */
static void hives(void **state)
{
	static const char *const paths[] = { SCENE_CONFIG "/SOFTWARE", SCENE_CONFIG "/SYSTEM",
		SCENE_CONFIG "/DRIVERS" };
	struct scene s;

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(paths); i++) {
		staged_scene(&s);
		tree_file(&s.tree, paths[i], "broken");
		/* the driver store shows the package, whatever the database would say */
		if (i == 2)
			expect(scene_ask(&s, &scene_82599), VW_VERDICT_PASS, VW_CONFIDENCE_MEDIUM);
		else
			expect(scene_ask(&s, &scene_82599), VW_VERDICT_UNDETERMINED,
				VW_CONFIDENCE_LOW);
		expect(scene_ask(&s, &scene_i350), VW_VERDICT_UNDETERMINED, VW_CONFIDENCE_LOW);
		assert_null(s.system.devices[0].sum.remedy);
		assert_true(scene_found(&s, "windows-hive-unreadable"));
		scene_free(&s);
	}
	for (size_t i = 0; i < 2; i++) {
		staged_scene(&s);
		assert_int_equal(unlinkat(s.tree.host.root_fd, paths[i] + 1, 0), 0);
		expect(scene_ask(&s, &scene_82599), VW_VERDICT_UNDETERMINED, VW_CONFIDENCE_LOW);
		scene_free(&s);
	}
	/* what the other hive has is still there */
	staged_scene(&s);
	tree_file(&s.tree, paths[2], "broken");
	scene_hive(&s, "SYSTEM", scene_system, scene_database);
	expect(scene_ask(&s, &scene_82599), VW_VERDICT_PASS, VW_CONFIDENCE_MEDIUM);
	expect(scene_ask(&s, &scene_i350), VW_VERDICT_UNDETERMINED, VW_CONFIDENCE_LOW);

	s.guest.hives = NULL;
	expect(scene_ask(&s, &scene_82599), VW_VERDICT_UNDETERMINED, VW_CONFIDENCE_LOW);
	scene_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(detect),
		cmocka_unit_test(none),
		cmocka_unit_test(staged),
		cmocka_unit_test(not_applicable),
		cmocka_unit_test(x86),
		cmocka_unit_test(installed),
		cmocka_unit_test(disabled),
		cmocka_unit_test(control_set),
		cmocka_unit_test(image_paths),
		cmocka_unit_test(binary),
		cmocka_unit_test(staged_binary),
		cmocka_unit_test(inf_states),
		cmocka_unit_test(version_source),
		cmocka_unit_test(several),
		cmocka_unit_test(volume),
		cmocka_unit_test(hives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
