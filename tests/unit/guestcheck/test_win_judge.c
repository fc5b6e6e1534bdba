/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packages that name the device and serve the release, and still may be no driver for it. */
#include "win_scene.h"

#include "cleanup.h"

#include <string.h>
#include <unistd.h>

#define NET       "{4D36E972-E325-11CE-BFC1-08002BE10318}"
#define SYSTEM    "{4d36e97d-e325-11ce-bfc1-08002be10318}"
#define EXTENSION "{e2f84ce7-8efa-411c-aa69-97454ca4cb57}"
#define VXN       "vxn65x64.inf_amd64_0123456789abcdef"
#define VXN_INF   SCENE_STORE "/" VXN "/vxn65x64.inf"
#define SERVICE   "[i.Services]\nAddService=vxn,2,s\n[s]\nServiceBinary=%12%\\vxn65x64.sys\n"
#define PACKAGE   "[DriverDatabase\\DriverPackages\\" VXN "]\n"

/* Server 2019, the package staged. */
static void start(struct scene *s)
{
	scene_new(s);
	scene_release(s, "10.0", "17763", true, NULL);
	scene_hive(s, "SYSTEM", scene_system, NULL);
	scene_hive(s, "DRIVERS", scene_database, NULL);
	scene_binary(s, SCENE_STORE "/" VXN "/vxn65x64.sys", SCENE_AMD64, "2.1.175.0");
}

/* An INF of a class whose model of this id leads to [i]; what stands there and behind it follows. */
static void inf(
	struct scene *s, const char *path, const char *class, const char *id, const char *install)
{
	vw_auto_free char *text = NULL;

	assert_true(asprintf(&text,
			    "[Version]\nSignature=\"$Windows NT$\"\nClassGuid=%s\n"
			    "DriverVer=08/02/2019,2.1.175.0\n[Manufacturer]\nX=V,NTamd64.10.0\n"
			    "[V.NTamd64.10.0]\nD=i,%s\n[i]\n%s",
			    class, id, install) > 0);
	tree_file(&s->tree, path, text);
}

static const struct vw_check *ask(
	struct scene *s, const char *class, const char *install, enum vw_verdict verdict)
{
	const struct vw_check *check;

	inf(s, VXN_INF, class, "PCI\\VEN_8086&DEV_10ED", install);
	check = scene_ask(s, &scene_82599);
	if (check->verdict != verdict)
		for (size_t i = 0; i < check->evidence.n; i++)
			print_message("  %s\n", check->evidence.v[i]);
	assert_string_equal(vw_verdict_name(check->verdict), vw_verdict_name(verdict));
	return check;
}

/* An INF that installs nothing for the device is no driver. */
static void services(void **state)
{
	const struct vw_check *check;
	struct scene s;

	(void)state;
	start(&s);
	check = ask(&s, NET, SERVICE, VW_VERDICT_PASS);
	assert_int_equal(check->confidence, VW_CONFIDENCE_HIGH);
	check = ask(&s, NET, "[i.Services]\nAddService=,2\n", VW_VERDICT_FAIL);
	assert_int_equal(check->confidence, VW_CONFIDENCE_HIGH);
	assert_true(scene_says(check, VXN_INF " installs no service for the device"));
	assert_non_null(strstr(check->remedy, "stage the vendor's driver"));
	check = ask(&s, NET, "ExcludeID=PCI\\VEN_8086&DEV_10ED\n" SERVICE, VW_VERDICT_FAIL);
	assert_null(check->driver);
	check = ask(&s, NET, "[i.Services]\nInclude=o.inf\nNeeds=o.Services\n",
		VW_VERDICT_UNDETERMINED);
	assert_true(scene_says(check, "it takes its service from another INF file"));
	scene_free(&s);
}

/* The published copy of an INF is not what is installed from. */
static void published(void **state)
{
	const struct vw_check *check;
	struct scene s;

	(void)state;
	start(&s);
	scene_inf(&s, "/Windows/INF/oem7.inf", "NTamd64.10.0", "08/02/2019,2.1.175.0");
	check = scene_ask(&s, &scene_82599);
	assert_int_equal(check->verdict, VW_VERDICT_PASS);
	assert_int_equal(check->confidence, VW_CONFIDENCE_LOW);
	assert_true(scene_says(check, "its package " VXN " is not in the driver store"));
	check = ask(&s, NET, SERVICE, VW_VERDICT_PASS);
	assert_int_equal(check->confidence, VW_CONFIDENCE_HIGH);
	scene_free(&s);
}

/* An extension adds to a driver, and is none, whatever it installs and whoever says that it is one. */
static void extensions(void **state)
{
	static const char class[] = PACKAGE "Version=hex:00 ff 09 00 00 00 00 00 e7 4c f8 e2 fa 8e "
					    "1c 41 aa 69 97 45 4c a4 cb 57 "
					    "00 00 3b 3a c5 48 d5 01 00 00 af 00 01 00 02 00 "
					    "00 00 00 00 00 00 00 00\n";
	static const char base[] =
		"[DriverDatabase\\DeviceIds\\PCI\\VEN_8086&DEV_10ED]\noem9.inf=hex:01 ff 00 00\n"
		"[DriverDatabase\\DriverInfFiles\\oem9.inf]\nActive=sz:base.inf_amd64_1\n";
	const struct vw_check *check;
	struct scene s;

	(void)state;
	start(&s);
	check = ask(&s, EXTENSION, SERVICE, VW_VERDICT_FAIL);
	assert_int_equal(check->confidence, VW_CONFIDENCE_HIGH);
	scene_hive(&s, "DRIVERS", scene_database, class);
	tree_file(&s.tree, VXN_INF, "unreadable");
	check = scene_ask(&s, &scene_82599);
	assert_int_equal(check->verdict, VW_VERDICT_FAIL);
	assert_true(scene_says(check, "installs no service"));
	/* what the file says goes before what the database says */
	ask(&s, NET, SERVICE, VW_VERDICT_PASS);

	/* a driver beside it is what counts, as far as it gets */
	scene_hive(&s, "DRIVERS", scene_database, base);
	scene_inf(
		&s, SCENE_STORE "/base.inf_amd64_1/base.inf", "NTamd64.10.0", "01/01/2018,1.0.0.0");
	check = ask(&s, EXTENSION, "", VW_VERDICT_PASS);
	assert_string_equal(check->version, "1.0.0.0");
	scene_inf(
		&s, SCENE_STORE "/base.inf_amd64_1/base.inf", "NTamd64.11.0", "01/01/2018,1.0.0.0");
	ask(&s, EXTENSION, "", VW_VERDICT_NOT_APPLICABLE);
	scene_free(&s);
}

/* The driver of a bus is half a driver. */
static void buses(void **state)
{
	static char *infs[] = { "vxn*", "veth*", NULL }, *services[] = { "veth", "vxn", NULL };
	struct vw_vf_device device = scene_82599;
	const struct vw_check *check;
	struct scene s;

	(void)state;
	device.windows_infs = infs;
	device.windows_services = services;
	start(&s);
	check = ask(&s, SYSTEM, SERVICE, VW_VERDICT_UNDETERMINED);
	assert_true(scene_says(check, "it is of another class than network adapters"));

	inf(&s, SCENE_STORE "/veth.inf_amd64_1/veth.inf", NET, "VBUS\\ETH", "");
	check = scene_ask(&s, &device);
	assert_int_equal(check->verdict, VW_VERDICT_PASS);
	assert_int_equal(check->confidence, VW_CONFIDENCE_MEDIUM);
	assert_true(scene_says(check, SCENE_STORE "/veth.inf_amd64_1/veth.inf is for the network"));
	/* whose service may be disabled, as that of the bus */
	scene_hive(&s, "SYSTEM", scene_system, "[ControlSet001\\Services\\veth]\nStart=dword:4\n");
	check = scene_ask(&s, &device);
	assert_int_equal(check->verdict, VW_VERDICT_DISABLED);
	assert_non_null(strstr(check->remedy, "Services\\veth\\Start to 3"));
	scene_hive(&s, "SYSTEM", scene_system,
		"[ControlSet001\\Services\\veth]\nStart=dword:4\nDeleteFlag=dword:1\n");
	assert_int_equal(scene_ask(&s, &device)->verdict, VW_VERDICT_PASS);
	/* not one that nobody knows by its name */
	assert_int_equal(scene_ask(&s, &scene_82599)->verdict, VW_VERDICT_UNDETERMINED);

	/* nor one of the same kind, nor of another release, nor one that cannot be read */
	inf(&s, SCENE_STORE "/veth.inf_amd64_1/veth.inf", SYSTEM, "VBUS\\ETH", "");
	assert_int_equal(scene_ask(&s, &device)->verdict, VW_VERDICT_UNDETERMINED);
	scene_inf_id(&s, SCENE_STORE "/veth.inf_amd64_1/veth.inf", "NTamd64.11.0",
		"01/01/2020,1.0.0.0", "VBUS\\ETH");
	assert_int_equal(scene_ask(&s, &device)->verdict, VW_VERDICT_UNDETERMINED);
	tree_file(&s.tree, SCENE_STORE "/veth.inf_amd64_1/veth.inf", "no INF");
	assert_int_equal(scene_ask(&s, &device)->verdict, VW_VERDICT_UNDETERMINED);
	scene_free(&s);
}

/* A 64-bit Windows does not load what is not signed, and takes a signed package before it; whether it was told to is not looked at. */
static void signatures(void **state)
{
	static const char older[] =
		PACKAGE "SignerScore=dword:0x80000000\n"
			"[DriverDatabase\\DeviceIds\\PCI\\VEN_8086&DEV_10ED]\n"
			"oem9.inf=hex:01 ff 00 00\n"
			"[DriverDatabase\\DriverInfFiles\\oem9.inf]\nActive=sz:base.inf_amd64_1\n"
			"[DriverDatabase\\DriverPackages\\base.inf_amd64_1]\n"
			"SignerScore=dword:0x0d000004\n";
	const struct vw_check *check;
	struct scene s;

	(void)state;
	start(&s);
	scene_hive(&s, "DRIVERS", scene_database, PACKAGE "SignerScore=dword:0x80000000\n");
	check = ask(&s, NET, SERVICE, VW_VERDICT_UNDETERMINED);
	assert_true(scene_says(check, "the driver package is not signed"));
	assert_string_equal(check->remedy, "stage a signed driver");
	assert_true(scene_found(&s, "windows-driver-unsigned"));

	scene_hive(&s, "DRIVERS", scene_database, older);
	scene_inf(
		&s, SCENE_STORE "/base.inf_amd64_1/base.inf", "NTamd64.10.0", "01/01/2018,1.0.0.0");
	check = ask(&s, NET, SERVICE, VW_VERDICT_PASS);
	assert_string_equal(check->version, "1.0.0.0");
	assert_false(scene_found(&s, "windows-driver-unsigned"));

	/* a 32-bit one takes both */
	scene_hive(&s, "DRIVERS", scene_database, PACKAGE "SignerScore=dword:0x80000000\n");
	scene_binary(&s, "/Windows/System32/cmd.exe", SCENE_X86, NULL);
	scene_binary(&s, SCENE_STORE "/" VXN "/vxn65x64.sys", SCENE_X86, "2.1.175.0");
	scene_inf(&s, VXN_INF, "NTx86.10.0", "08/02/2019,2.1.175.0");
	check = scene_ask(&s, &scene_82599);
	assert_int_equal(check->verdict, VW_VERDICT_PASS);
	assert_int_equal(check->confidence, VW_CONFIDENCE_HIGH);
	scene_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(services),
		cmocka_unit_test(published),
		cmocka_unit_test(extensions),
		cmocka_unit_test(buses),
		cmocka_unit_test(signatures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
