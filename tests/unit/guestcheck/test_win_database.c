/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The DriverDatabase of either hive, and what may be wrong with it. Which driver it is shows in the answer; INF files are only there where they matter. */
#include "win_scene.h"

#include "cleanup.h"
#include "win.h"

#include <string.h>

#define IDS     "[DriverDatabase\\DeviceIds\\PCI\\VEN_8086&DEV_10ED]\n"
#define FILES   "[DriverDatabase\\DriverInfFiles\\"
#define PACKAGE "[DriverDatabase\\DriverPackages\\"
#define VXN     "vxn65x64.inf_amd64_0123456789abcdef"

static void version(void **state)
{
	static const unsigned char blob[48] = { 0x00, 0xff, 0x09, [24] = 0x00, 0x00, 0x3b, 0x3a,
		0xc5, 0x48, 0xd5, 0x01, 0x03, 0x00, 0xaf, 0x00, 0x01, 0x00, 0x02, 0x00 };
	struct vw_win_driver driver = { .date = 0 };

	(void)state;
	assert_int_equal(vw_win_database_version(blob, 47, &driver), -EBADMSG);
	assert_int_equal(vw_win_database_version(blob, 0, &driver), -EBADMSG);
	assert_false(driver.has_version);
	assert_int_equal(vw_win_database_version(blob, 48, &driver), 0);
	assert_true(driver.has_version);
	assert_int_equal(driver.date, 20190802);
	assert_int_equal(driver.version[0], 2);
	assert_int_equal(driver.version[1], 1);
	assert_int_equal(driver.version[2], 175);
	assert_int_equal(driver.version[3], 3);
}

/* A date of nobody's time changes nothing. */
static void odd_dates(void **state)
{
	unsigned char blob[48] = { 0 };
	struct vw_win_driver driver = { .date = 1 };

	(void)state;
	assert_int_equal(vw_win_database_version(blob, 48, &driver), 0);
	assert_int_equal(driver.date, 1);
	memset(blob + 24, 0xff, 8);
	assert_int_equal(vw_win_database_version(blob, 48, &driver), 0);
	assert_int_equal(driver.date, 1);
	memset(blob + 24, 0x7f, 8);
	assert_int_equal(vw_win_database_version(blob, 48, &driver), 0);
	assert_true(driver.date == 1 || driver.date > 20190802);
}

static void start(struct scene *s, const char *drivers, const char *system)
{
	scene_new(s);
	scene_release(s, "10.0", "17763", true, NULL);
	scene_hive(s, "SYSTEM", scene_system, system);
	if (drivers)
		scene_hive(s, "DRIVERS", drivers, NULL);
	scene_inf(s, SCENE_STORE "/" VXN "/vxn65x64.inf", "NTamd64.10.0", "08/02/2019,2.1.175.0");
	scene_binary(s, SCENE_STORE "/" VXN "/vxn65x64.sys", SCENE_AMD64, "2.1.175.0");
}

/* In DRIVERS, in SYSTEM, and in both. */
static void hives(void **state)
{
	static const char *const cases[][2] = {
		{ scene_database, NULL },
		{ NULL, scene_database },
		{ scene_database, scene_database },
		{ "[DriverDatabase\\DeviceIds\\PCI]\n", scene_database },
		{ scene_database, "[DriverDatabase]\n" },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		const struct vw_check *check;
		struct scene s;

		start(&s, cases[i][0], cases[i][1]);
		check = scene_ask(&s, &scene_82599);
		assert_int_equal(check->verdict, VW_VERDICT_PASS);
		assert_int_equal(check->confidence, VW_CONFIDENCE_HIGH);
		assert_string_equal(check->driver, "vxn");
		assert_string_equal(check->version, "2.1.175.0");
		assert_string_equal(check->version_source, "driver-database");
		assert_string_equal(check->path, SCENE_STORE "/" VXN "/vxn65x64.inf");
		assert_true(scene_says(check, cases[i][0] == scene_database
						      ? "DRIVERS\\DriverDatabase\\DeviceIds\\PCI\\V"
							"EN_8086&DEV_10ED: oem7.inf"
						      : "SYSTEM\\DriverDatabase\\DeviceIds\\PCI\\VE"
							"N_8086&DEV_10ED: oem7.inf"));
		/* it says nothing of another device */
		check = scene_ask(&s, &scene_i350);
		assert_int_equal(check->verdict, VW_VERDICT_FAIL);
		assert_int_equal(check->confidence, VW_CONFIDENCE_HIGH);
		assert_null(check->driver);
		assert_non_null(strstr(check->remedy, "8086:1520"));
		scene_free(&s);
	}
}

/* Both have the INF, with other packages: the newer one that serves the release, and not much is certain. */
static void disagree(void **state)
{
	const struct vw_check *check;
	struct scene s;

	(void)state;
	start(&s, scene_database,
		IDS "oem7.inf=hex:01 ff 00 00\n" FILES
		    "oem7.inf]\n=multi:other.inf_amd64_1\n" PACKAGE
		    "other.inf_amd64_1]\nInfName=sz:other.inf\nProvider=sz:Other\n");
	scene_inf(&s, SCENE_STORE "/other.inf_amd64_1/other.inf", "NTamd64.10.0",
		"01/01/2018,9.9.9.9");
	check = scene_ask(&s, &scene_82599);
	assert_int_equal(check->verdict, VW_VERDICT_PASS);
	assert_int_equal(check->confidence, VW_CONFIDENCE_LOW);
	assert_string_equal(check->version, "2.1.175.0");
	assert_true(scene_says(check, "disagree about oem7.inf"));
	scene_inf(&s, SCENE_STORE "/other.inf_amd64_1/other.inf", "NTamd64.10.0",
		"01/01/2020,0.0.0.1");
	check = scene_ask(&s, &scene_82599);
	assert_string_equal(check->version, "0.0.0.1");
	assert_string_equal(check->version_source, "inf");
	scene_free(&s);
}

/* The first byte is the kind of id; what the second is does not matter for one alone. */
static void ranks(void **state)
{
	static const struct {
		const char *value;
		enum vw_verdict verdict;
		bool compatible;
	} cases[] = {
		{ "hex:01 ff 00 00", VW_VERDICT_PASS, false },
		{ "hex:02 ff 00 00", VW_VERDICT_PASS, true },
		{ "hex:01 fb 00 00", VW_VERDICT_PASS, false },
		{ "hex:02", VW_VERDICT_PASS, true },
		{ "hex:00 ff 00 00", VW_VERDICT_UNDETERMINED, false },
		{ "hex:03 ff 00 00", VW_VERDICT_UNDETERMINED, false },
		{ "hex:", VW_VERDICT_UNDETERMINED, false },
		{ "dword:1", VW_VERDICT_UNDETERMINED, false },
		{ "sz:01 ff 00 00", VW_VERDICT_UNDETERMINED, false },
		{ "hex:01 2 3 4 5 6 7 8 9 a b c d e f 10 11", VW_VERDICT_UNDETERMINED, false },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		const struct vw_check *check;
		char further[256];
		struct scene s;

		snprintf(further, sizeof(further), IDS "oem7.inf=%s\n", cases[i].value);
		start(&s, scene_database, NULL);
		hive_write(&s.tree, SCENE_CONFIG "/DRIVERS", scene_database, further);
		check = scene_ask(&s, &scene_82599);
		assert_int_equal(check->verdict, cases[i].verdict);
		assert_int_equal(scene_says(check, "by a compatible id"), cases[i].compatible);
		assert_int_equal(scene_says(check, "the value of oem7.inf is malformed"),
			cases[i].verdict == VW_VERDICT_UNDETERMINED);
		scene_free(&s);
	}
}

/* The lower feature score goes before the kind of id, that before the date. */
static void rank_order(void **state)
{
	const struct vw_check *check;
	struct scene s;

	(void)state;
	start(&s, scene_database,
		IDS "oem8.inf=hex:02 ff 00 00\n" FILES "oem8.inf]\n=multi:new.inf_amd64_1\n" PACKAGE
		    "new.inf_amd64_1]\nInfName=sz:new.inf\n");
	scene_inf(&s, SCENE_STORE "/new.inf_amd64_1/new.inf", "NTamd64.10.0", "01/01/2024,9.9.9.9");
	check = scene_ask(&s, &scene_82599);
	assert_string_equal(check->version, "2.1.175.0");
	assert_int_equal(check->confidence, VW_CONFIDENCE_HIGH);
	scene_hive(&s, "SYSTEM", scene_system,
		IDS "oem8.inf=hex:02 fe 00 00\n" FILES "oem8.inf]\n=multi:new.inf_amd64_1\n" PACKAGE
		    "new.inf_amd64_1]\nInfName=sz:new.inf\n");
	assert_string_equal(scene_ask(&s, &scene_82599)->version, "9.9.9.9");
	scene_free(&s);
}

/* Several packages under one name: the active one; where none is, the newest; named twice, it is still one. */
static void active(void **state)
{
	static const char old[] = PACKAGE "vxn65x64.inf_amd64_old]\nInfName=sz:vxn65x64.inf\n";
	char further[1024];
	const struct vw_check *check;
	struct scene s;

	(void)state;
	start(&s, NULL, scene_database);
	scene_inf(&s, SCENE_STORE "/vxn65x64.inf_amd64_old/vxn65x64.inf", "NTamd64.10.0",
		"10/10/2018,1.0.0.0");
	snprintf(further, sizeof(further),
		"%s" FILES "oem7.inf]\n=multi:" VXN "|vxn65x64.inf_amd64_old|" VXN
		"\nActive=sz:vxn65x64.inf_amd64_old\n",
		old);
	scene_hive(&s, "DRIVERS", scene_database, further);
	scene_hive(&s, "SYSTEM", scene_system, NULL);
	check = scene_ask(&s, &scene_82599);
	assert_string_equal(check->version, "1.0.0.0");
	snprintf(further, sizeof(further),
		"%s" FILES "oem7.inf]\n=multi:" VXN "|vxn65x64.inf_amd64_old|" VXN
		"\nActive=dword:0\n",
		old);
	scene_hive(&s, "DRIVERS", scene_database, further);
	check = scene_ask(&s, &scene_82599);
	assert_string_equal(check->version, "2.1.175.0");
	snprintf(further, sizeof(further), FILES "oem7.inf]\n=dword:1\nActive=sz:\n");
	scene_hive(&s, "DRIVERS", scene_database, further);
	check = scene_ask(&s, &scene_82599);
	assert_int_equal(check->verdict, VW_VERDICT_UNDETERMINED);
	assert_true(scene_says(check, "DriverInfFiles\\oem7.inf cannot be read"));
	scene_free(&s);
}

/* A package that the list of files does not know, and one without a key: the INF says what they leave out. */
static void incomplete(void **state)
{
	const struct vw_check *check;
	struct scene s;

	(void)state;
	start(&s, IDS "oem7.inf=hex:01 ff 00 00\n", NULL);
	scene_inf(&s, "/Windows/INF/oem7.inf", "NTamd64.10.0", "01/02/2019,1.2.3.4");
	check = scene_ask(&s, &scene_82599);
	assert_int_equal(check->verdict, VW_VERDICT_PASS);
	assert_int_equal(check->confidence, VW_CONFIDENCE_MEDIUM);
	assert_string_equal(check->version, "1.2.3.4");
	assert_string_equal(check->version_source, "inf");
	assert_string_equal(check->path, "/Windows/INF/oem7.inf");
	assert_string_equal(check->driver, "vxn");

	scene_hive(&s, "DRIVERS",
		IDS "oem7.inf=hex:01 ff 00 00\n" FILES "oem7.inf]\nActive=sz:" VXN "\n", NULL);
	check = scene_ask(&s, &scene_82599);
	assert_int_equal(check->verdict, VW_VERDICT_PASS);
	assert_string_equal(check->version, "2.1.175.0");
	assert_string_equal(check->path, SCENE_STORE "/" VXN "/vxn65x64.inf");
	scene_free(&s);
}

/* Nothing in these names may lead anywhere, and no wrong type may stand for an answer. */
static void hostile(void **state)
{
	static const char *const cases[] = {
		FILES "oem7.inf]\nActive=sz:..\\..\\..\n",
		FILES "oem7.inf]\nActive=sz:/etc\n",
		FILES "oem7.inf]\nActive=hex(1):3d d8 00 d8 61\n",
		PACKAGE VXN "]\nInfName=sz:..\\..\\x.inf\n",
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		const struct vw_check *check;
		struct scene s;

		start(&s, NULL, NULL);
		scene_hive(&s, "DRIVERS", scene_database, cases[i]);
		check = scene_ask(&s, &scene_82599);
		assert_int_equal(check->verdict, VW_VERDICT_FAIL);
		assert_true(scene_says(check, "its files are not in the driver store any more"));
		scene_free(&s);
	}
}

static void wrong_types(void **state)
{
	const struct vw_check *check;
	struct scene s;

	(void)state;
	start(&s, NULL, NULL);
	scene_hive(&s, "DRIVERS", scene_database,
		PACKAGE VXN "]\nInfName=dword:1\nProvider=dword:1\nVersion=sz:1.2.3.4\nSignerScore="
			    "sz:x\n" PACKAGE VXN "\\Configurations\\vxn.ndi]\nService=dword:1\n");
	check = scene_ask(&s, &scene_82599);
	assert_int_equal(check->verdict, VW_VERDICT_PASS);
	assert_string_equal(check->version_source, "inf");
	assert_string_equal(check->driver, "vxn");
	scene_hive(&s, "DRIVERS", scene_database, PACKAGE VXN "]\nVersion=hex:00 ff 09\n");
	check = scene_ask(&s, &scene_82599);
	assert_string_equal(check->version_source, "inf");
	scene_free(&s);
}

/* More than anybody would list is not read, and says so. */
static void many(void **state)
{
	struct vw_check check;
	vw_auto_free char *ids = NULL, *subs = NULL;
	size_t len = 0;
	FILE *out;
	struct scene s;

	(void)state;
	out = open_memstream(&ids, &len);
	fputs(IDS, out);
	for (int i = 0; i < 65; i++)
		fprintf(out, "oem%d.inf=hex:01 ff 00 00\n", i);
	fclose(out);
	start(&s, ids, NULL);
	check = *scene_ask(&s, &scene_82599);
	assert_int_equal(check.verdict, VW_VERDICT_UNDETERMINED);
	assert_true(scene_says(&check, "VEN_8086&DEV_10ED cannot be read"));
	scene_free(&s);

	out = open_memstream(&subs, &len);
	for (int i = 0; i < 300; i++)
		fprintf(out, "[DriverDatabase\\DeviceIds\\PCI\\VEN_1234&DEV_%04X]\n", i);
	fputs("[DriverDatabase\\DeviceIds\\PCI\\ven_8086&dev_10ed&subsys_00018086]\noem7.inf=hex:"
	      "01 ff 00 00\n",
		out);
	fclose(out);
	start(&s, subs, NULL);
	scene_inf_id(&s, "/Windows/INF/oem7.inf", "NTamd64.10.0", "01/02/2019,1.2.3.4",
		"PCI\\VEN_8086&DEV_10ED&SUBSYS_00018086");
	check = *scene_ask(&s, &scene_82599);
	assert_int_equal(check.verdict, VW_VERDICT_UNDETERMINED);
	assert_true(scene_says(&check, "subsystem"));
	check = *scene_ask(&s, &scene_i350);
	assert_int_equal(check.verdict, VW_VERDICT_FAIL);
	scene_free(&s);
}

/* An id with the class behind it is met by every adapter. */
static void class_id(void **state)
{
	struct scene s;

	(void)state;
	start(&s,
		"[DriverDatabase\\DeviceIds\\PCI\\VEN_8086&DEV_10ED&CC_0200]\noem7.inf=hex:01 ff "
		"00 00\n",
		NULL);
	scene_inf(&s, "/Windows/INF/oem7.inf", "NTamd64.10.0", "01/02/2019,1.2.3.4");
	assert_int_equal(scene_ask(&s, &scene_82599)->verdict, VW_VERDICT_PASS);
	scene_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version),
		cmocka_unit_test(odd_dates),
		cmocka_unit_test(hives),
		cmocka_unit_test(disagree),
		cmocka_unit_test(ranks),
		cmocka_unit_test(rank_order),
		cmocka_unit_test(active),
		cmocka_unit_test(incomplete),
		cmocka_unit_test(hostile),
		cmocka_unit_test(wrong_types),
		cmocka_unit_test(many),
		cmocka_unit_test(class_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
