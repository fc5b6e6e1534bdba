/* SPDX-License-Identifier: GPL-2.0-or-later */
/* INF files where there is no DriverDatabase: Server 2008 and 2008 R2, and later releases that have lost it. */
#include "win_scene.h"

#include "cleanup.h"
#include "win.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define PACKAGE SCENE_STORE "/vxn62x64.inf_amd64_neutral_0123456789abcdef"

static void start(struct scene *s, const char *version, const char *build)
{
	scene_new(s);
	scene_release(s, version, build, true, NULL);
	scene_hive(s, "SYSTEM", scene_system, NULL);
}

static void staged(struct scene *s)
{
	scene_inf(s, "/Windows/INF/oem7.inf", "NTamd64.6.1", "03/04/2014,1.0.15.4");
	scene_inf(s, PACKAGE "/vxn62x64.inf", "NTamd64.6.1", "03/04/2014,1.0.15.4");
	scene_binary(s, PACKAGE "/vxn65x64.sys", SCENE_AMD64, "1.0.15.4");
}

/* The published copy and the package are one driver. */
static void server_2008_r2(void **state)
{
	const struct vw_check *check;
	struct scene s;

	(void)state;
	start(&s, "6.1", "7601");
	check = scene_ask(&s, &scene_82599);
	assert_int_equal(check->verdict, VW_VERDICT_FAIL);
	assert_int_equal(check->confidence, VW_CONFIDENCE_HIGH);
	assert_true(scene_says(check, "no INF file names the device"));

	staged(&s);
	check = scene_ask(&s, &scene_82599);
	assert_int_equal(check->verdict, VW_VERDICT_PASS);
	assert_int_equal(check->confidence, VW_CONFIDENCE_HIGH);
	assert_string_equal(check->driver, "vxn");
	assert_string_equal(check->version, "1.0.15.4");
	assert_string_equal(check->version_source, "inf");
	assert_string_equal(check->path, PACKAGE "/vxn62x64.inf");
	assert_true(scene_says(check, "/Windows/INF/oem7.inf: oem7.inf ("));
	assert_int_equal(scene_ask(&s, &scene_i350)->verdict, VW_VERDICT_FAIL);
	scene_free(&s);
}

/* Half of it: only the published copy, only the package, or two that are not the same. */
static void halves(void **state)
{
	const struct vw_check *check;
	struct scene s;

	(void)state;
	start(&s, "6.1", "7601");
	scene_inf(&s, "/Windows/INF/OEM12.INF", "NTamd64.6.1", "03/04/2014,1.0.15.4");
	check = scene_ask(&s, &scene_82599);
	assert_int_equal(check->verdict, VW_VERDICT_PASS);
	assert_int_equal(check->confidence, VW_CONFIDENCE_MEDIUM);
	assert_string_equal(check->path, "/Windows/INF/OEM12.INF");

	scene_inf(&s, PACKAGE "/vxn62x64.inf", "NTamd64.6.1", "03/05/2014,1.0.16.0");
	check = scene_ask(&s, &scene_82599);
	assert_string_equal(check->version, "1.0.16.0");
	assert_int_equal(check->confidence, VW_CONFIDENCE_MEDIUM);
	scene_inf(&s, PACKAGE "/vxn62x64.inf", "NTamd64.6.1", "03/05/2012,1.0.1.0");
	check = scene_ask(&s, &scene_82599);
	assert_string_equal(check->version, "1.0.15.4");
	scene_free(&s);
}

static void other_release(void **state)
{
	const struct vw_check *check;
	struct scene s;

	(void)state;
	start(&s, "6.0", "6002");
	staged(&s);
	check = scene_ask(&s, &scene_82599);
	assert_int_equal(check->verdict, VW_VERDICT_NOT_APPLICABLE);
	assert_int_equal(check->confidence, VW_CONFIDENCE_HIGH);
	scene_free(&s);
}

/* 2008 R2 does not go by a database, whoever wrote one into its registry. */
static void no_database_before_8(void **state)
{
	struct scene s;

	(void)state;
	start(&s, "6.1", "7601");
	scene_hive(&s, "DRIVERS", scene_database, NULL);
	scene_hive(&s, "SYSTEM", scene_system, scene_database);
	assert_int_equal(scene_ask(&s, &scene_82599)->verdict, VW_VERDICT_FAIL);
	scene_free(&s);
	start(&s, "6.2", "9200");
	scene_hive(&s, "SYSTEM", scene_system, scene_database);
	tree_file(&s.tree, SCENE_STORE "/vxn65x64.inf_amd64_0123456789abcdef/vxn65x64.inf", "x");
	assert_int_equal(scene_ask(&s, &scene_82599)->verdict, VW_VERDICT_PASS);
	scene_free(&s);
}

/* A later release without one is searched too, and nothing is sure. */
static void lost_database(void **state)
{
	const struct vw_check *check;
	struct scene s;

	(void)state;
	start(&s, "10.0", "17763");
	check = scene_ask(&s, &scene_82599);
	assert_int_equal(check->verdict, VW_VERDICT_FAIL);
	assert_int_equal(check->confidence, VW_CONFIDENCE_MEDIUM);
	staged(&s);
	check = scene_ask(&s, &scene_82599);
	assert_int_equal(check->verdict, VW_VERDICT_PASS);
	assert_int_equal(check->confidence, VW_CONFIDENCE_MEDIUM);
	scene_free(&s);
}

/* Which files are read: vendors' ones, and Windows' own of the names that a driver of the device is known to have. */
static void which_files(void **state)
{
	static const struct {
		const char *path, *also;
		bool read;
	} cases[] = {
		{ "/Windows/INF/oem0.inf", NULL, true },
		{ "/Windows/INF/netvxx64.inf", NULL, true },
		{ "/Windows/INF/NETVXX64.INF", NULL, true },
		{ "/Windows/INF/net1ic64.inf", NULL, false },
		{ "/Windows/INF/oem0.PNF", NULL, false },
		{ "/Windows/INF/oem0", NULL, false },
		{ SCENE_STORE "/any.inf_amd64_neutral_1/any.inf", NULL, true },
		{ SCENE_STORE "/any.inf_amd64_neutral_1/any.inf", "/Windows/INF/ANY.inf", false },
		{ SCENE_STORE "/netvxx64.inf_amd64_1/netvxx64.inf", "/Windows/INF/x.txt", true },
		{ SCENE_STORE "/any.inf_amd64_neutral_1/other.inf", NULL, false },
		{ SCENE_STORE "/any.inf", NULL, false },
		{ SCENE_STORE "/noinf/noinf.inf", NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct scene s;

		start(&s, "6.1", "7601");
		scene_inf(&s, cases[i].path, "NTamd64.6.1", "03/04/2014,1.0.15.4");
		if (cases[i].also)
			tree_file(&s.tree, cases[i].also, "x");
		assert_int_equal(scene_ask(&s, &scene_82599)->verdict,
			cases[i].read ? VW_VERDICT_PASS : VW_VERDICT_FAIL);
		scene_free(&s);
	}
}

/* Beside a database: what the store has under a known name is no driver, but says more than "there is none". */
static void beside_database(void **state)
{
	static const char path[] = SCENE_STORE "/vxn65x64.inf_amd64_0123456789abcdef/vxn65x64.inf";
	const struct vw_check *check;
	struct scene s;

	(void)state;
	start(&s, "10.0", "17763");
	scene_hive(&s, "DRIVERS", "[DriverDatabase\\DeviceIds\\PCI]\n", NULL);
	scene_inf(&s, path, "NTx86.10.0", "08/02/2019,2.1.175.0");
	check = scene_ask(&s, &scene_82599);
	assert_int_equal(check->verdict, VW_VERDICT_NOT_APPLICABLE);
	assert_int_equal(check->confidence, VW_CONFIDENCE_HIGH);
	scene_inf(&s, path, "NTamd64.10.0", "08/02/2019,2.1.175.0");
	check = scene_ask(&s, &scene_82599);
	assert_int_equal(check->verdict, VW_VERDICT_FAIL);
	assert_int_equal(check->confidence, VW_CONFIDENCE_HIGH);
	assert_true(scene_says(check, "the driver database does not know it"));
	scene_inf_id(&s, path, "NTamd64.10.0", "08/02/2019,2.1.175.0",
		"PCI\\VEN_8086&DEV_10ED&SUBSYS_00018086");
	assert_int_equal(scene_ask(&s, &scene_82599)->verdict, VW_VERDICT_UNDETERMINED);
	tree_file(&s.tree, path, "no INF");
	assert_int_equal(scene_ask(&s, &scene_82599)->verdict, VW_VERDICT_UNDETERMINED);
	/* of no interest for a device that has its driver, nor under a name that nobody knows */
	assert_int_equal(scene_ask(&s, &scene_i350)->verdict, VW_VERDICT_FAIL);
	scene_hive(&s, "DRIVERS", scene_database, NULL);
	scene_inf(&s, path, "NTamd64.10.0", "08/02/2019,2.1.175.0");
	scene_inf(&s, SCENE_STORE "/vxn68x64.inf_amd64_1/vxn68x64.inf", "NTamd64.10.0",
		"08/02/2024,3.0.0.0");
	assert_string_equal(scene_ask(&s, &scene_82599)->version, "2.1.175.0");
	scene_free(&s);
}

/* What cannot be read may have been the one. */
static void unreadable(void **state)
{
	const struct vw_check *check;
	struct scene s;

	(void)state;
	start(&s, "6.1", "7601");
	tree_link(&s.tree, "/Windows/INF/oem3.inf", "unsupported reparse tag 0x80000017");
	check = scene_ask(&s, &scene_82599);
	assert_int_equal(check->verdict, VW_VERDICT_UNDETERMINED);
	assert_true(scene_says(check, "/Windows/INF/oem3.inf cannot be read"));
	staged(&s);
	check = scene_ask(&s, &scene_82599);
	assert_int_equal(check->verdict, VW_VERDICT_PASS);
	assert_int_equal(check->confidence, VW_CONFIDENCE_MEDIUM);
	scene_free(&s);

	start(&s, "6.1", "7601");
	tree_link(&s.tree, PACKAGE, "unsupported reparse tag 0x80000017");
	assert_int_equal(scene_ask(&s, &scene_82599)->verdict, VW_VERDICT_UNDETERMINED);
	scene_free(&s);
}

/* A volume full of INF files is not read to its end. */
static void many(void **state)
{
	const struct vw_check *check;
	struct scene s;
	char path[64];

	(void)state;
	start(&s, "6.1", "7601");
	for (int i = 0; i < 1025; i++) {
		snprintf(path, sizeof(path), "/Windows/INF/oem%d.inf", i);
		tree_file(&s.tree, path, "[Version]\nSignature=\"$Windows NT$\"\n");
	}
	check = scene_ask(&s, &scene_82599);
	assert_int_equal(check->verdict, VW_VERDICT_UNDETERMINED);
	assert_true(scene_says(check, "more INF files than"));
	assert_int_equal(unlinkat(s.tree.host.root_fd, path + 1, 0), 0);
	assert_int_equal(scene_ask(&s, &scene_82599)->verdict, VW_VERDICT_FAIL);

	for (int i = 0; i < 70; i++) {
		char version[64];

		snprintf(path, sizeof(path), "/Windows/INF/oem%d.inf", i);
		snprintf(version, sizeof(version), "03/04/2014,1.0.0.%d", i);
		scene_inf(&s, path, "NTamd64.6.0", version);
	}
	check = scene_ask(&s, &scene_82599);
	assert_true(scene_says(check, "more than 64 INF files name the device"));
	scene_free(&s);
}

static void many_packages(void **state)
{
	struct scene s;
	char path[256];

	(void)state;
	start(&s, "6.1", "7601");
	for (int i = 0; i < 1025; i++) {
		snprintf(path, sizeof(path), SCENE_STORE "/p%d.inf_amd64_neutral_1", i);
		tree_dir(&s.tree, path);
	}
	assert_int_equal(scene_ask(&s, &scene_82599)->verdict, VW_VERDICT_UNDETERMINED);
	assert_int_equal(unlinkat(s.tree.host.root_fd, path + 1, AT_REMOVEDIR), 0);
	assert_int_equal(scene_ask(&s, &scene_82599)->verdict, VW_VERDICT_FAIL);
	scene_free(&s);
}

/* A Class key says what was; where its package is gone it proves nothing. */
static void class_alone(void **state)
{
	const struct vw_check *check;
	struct scene s;

	(void)state;
	start(&s, "6.1", "7601");
	scene_hive(&s, "SYSTEM", scene_system,
		"[ControlSet001\\Control\\Class\\{4d36e972-e325-11ce-bfc1-08002be10318}\\0009]\n"
		"MatchingDeviceId=sz:pci\\ven_8086&dev_10ed\nInfPath=sz:oem7.inf\n");
	check = scene_ask(&s, &scene_82599);
	assert_int_equal(check->verdict, VW_VERDICT_FAIL);
	assert_true(scene_says(check, "0009: the device was installed here with oem7.inf"));
	scene_free(&s);
}

static void order(void **state)
{
	struct vw_win_driver a = { .fit = VW_WIN_FITS,
		.service = "vxn",
		.date = 20190802,
		.has_version = true,
		.version = { 2, 1, 175, 0 } };
	struct vw_win_driver b = a;

	(void)state;
	assert_int_equal(vw_win_driver_compare(&a, &b), 0);
	b.version[3] = 1;
	assert_true(vw_win_driver_compare(&b, &a) > 0);
	b.has_version = false;
	assert_true(vw_win_driver_compare(&a, &b) > 0);
	a.date = 20180101;
	assert_true(vw_win_driver_compare(&b, &a) > 0);
	b.feature = 1;
	assert_true(vw_win_driver_compare(&a, &b) > 0);
	b.feature = 0;
	b.compatible = true;
	assert_true(vw_win_driver_compare(&a, &b) > 0);
	a.fit = VW_WIN_FITS_UNREAD;
	assert_true(vw_win_driver_compare(&b, &a) > 0);
	b.conditional = true;
	assert_true(vw_win_driver_compare(&a, &b) > 0);
	assert_int_equal(vw_win_driver_worth(&a), VW_WIN_USABLE);
	assert_int_equal(vw_win_driver_worth(&b), VW_WIN_DOUBTFUL);
	a.fit = VW_WIN_OTHER_RELEASE;
	assert_int_equal(vw_win_driver_worth(&a), VW_WIN_USELESS);
	assert_true(vw_win_driver_compare(&b, &a) > 0);
	/* what cannot be told is nearer than what is known to be no driver */
	b.fit = VW_WIN_CONTRADICTED;
	a.fit = VW_WIN_UNLISTED;
	assert_int_equal(vw_win_driver_worth(&b), VW_WIN_DOUBTFUL);
	assert_int_equal(vw_win_driver_worth(&a), VW_WIN_USELESS);
	assert_true(vw_win_driver_compare(&b, &a) > 0);
}

static void texts(void **state)
{
	static const struct {
		const char *text;
		unsigned int date;
	} dates[] = {
		{ "08/02/2019", 20190802 },
		{ "8/2/2019", 20190802 },
		{ "08-02-2019", 20190802 },
		{ "13/02/2019", 0 },
		{ "00/02/2019", 0 },
		{ "12/32/2019", 0 },
		{ "08/02/2019 ", 0 },
		{ "08/02", 0 },
		{ "08/02/99999", 0 },
		{ "08//2019", 0 },
		{ "", 0 },
		{ NULL, 0 },
	};
	uint16_t version[4];

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(dates); i++) {
		struct vw_win_driver driver = { .date = 0 };

		vw_win_driver_date(&driver, dates[i].text);
		assert_int_equal(driver.date, dates[i].date);
	}
	assert_true(vw_win_version_parse("10.0.65535.1", version));
	assert_int_equal(version[2], 65535);
	assert_false(vw_win_version_parse("10.0.65536.1", version));
	assert_false(vw_win_version_parse("10.0.1", version));
	assert_false(vw_win_version_parse("10.0.1.2.3", version));
	assert_false(vw_win_version_parse("", version));
	assert_false(vw_win_version_parse(NULL, version));

	assert_false(vw_win_id_conditional("PCI\\VEN_8086&DEV_10ED"));
	assert_false(vw_win_id_conditional("PCI\\VEN_8086&DEV_10ED&CC_0200"));
	assert_true(vw_win_id_conditional("PCI\\VEN_8086&DEV_10ED&CC_0300"));
	assert_true(vw_win_id_conditional("PCI\\VEN_8086&DEV_10ED&subsys_00018086"));
	assert_true(vw_win_id_conditional("PCI\\VEN_8086&DEV_10ED&REV_01"));
	assert_true(vw_win_id_conditional("PCI\\VEN_8086&DEV_10ED&REV_01&CC_0200"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(server_2008_r2),
		cmocka_unit_test(halves),
		cmocka_unit_test(other_release),
		cmocka_unit_test(no_database_before_8),
		cmocka_unit_test(lost_database),
		cmocka_unit_test(which_files),
		cmocka_unit_test(beside_database),
		cmocka_unit_test(unreadable),
		cmocka_unit_test(many),
		cmocka_unit_test(many_packages),
		cmocka_unit_test(class_alone),
		cmocka_unit_test(order),
		cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
