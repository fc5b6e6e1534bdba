/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_report: one result as JSON, as text and as JUnit, with all that a hostile guest may put in it; and the exit status. */
#include "tree.h"

#include "cleanup.h"
#include "report_junit.h"
#include "report_text.h"
#include "result_json.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a terminal, a log, JSON and XML must not get as it is. */
#define NASTY "\033[31m\xff<&\">'\n\x9b\xef\xbf\xbf\xc2\x85]]>"

static struct vw_vf_device ixgbe = { .vendor = 0x8086, .device = 0x10ed, .name = "82599 VF" };
static struct vw_vf_device stranger = { .vendor = 0x1234, .device = 0xabc, .name = "" };

static void fill_check(struct vw_check *check, enum vw_verdict verdict, const char *text)
{
	check->verdict = verdict;
	check->confidence = VW_CONFIDENCE_MEDIUM;
	if (verdict != VW_VERDICT_FAIL) {
		vw_check_set(check, &check->driver, "ixgbevf");
		vw_check_setf(check, &check->path, "/lib/%s.ko", text);
	}
	if (verdict != VW_VERDICT_PASS)
		vw_check_setf(check, &check->remedy, "mend %s", text);
	vw_check_evidence(check, "first %s", text);
	vw_check_evidence(check, "second");
}

/* Two kernels, two devices. */
static void fill_linux(struct vw_image_result *result, enum vw_verdict verdict, const char *text)
{
	struct vw_system *system = calloc(1, sizeof(*system));

	result->systems = system;
	result->n_systems = 1;
	result->accelerator = "tcg";
	system->type = VW_SYSTEM_LINUX;
	assert_true(asprintf(&system->name, "Debian %s", text) > 0);
	system->distro = strdup("debian");
	system->version = strdup("12");
	system->arch = strdup("x86_64");
	system->root = strdup("/dev/sda1");
	system->uefi = true;
	system->kernels = calloc(2, sizeof(*system->kernels));
	system->n_kernels = 2;
	system->kernels[0].release = strdup("5.10");
	system->kernels[1] =
		(struct vw_system_kernel){ strdup("6.1"), strdup("/boot/vmlinuz-6.1"), true };
	system->default_rule = strdup("grub-default");
	system->default_evidence = strdup("/boot/grub/grub.cfg:3");
	system->default_confidence = VW_CONFIDENCE_HIGH;
	system->devices = calloc(2, sizeof(*system->devices));
	system->n_devices = 2;
	for (size_t i = 0; i < 2; i++) {
		struct vw_device_result *device = &system->devices[i];
		enum vw_verdict own = i ? VW_VERDICT_PASS : verdict;

		device->device = i ? &stranger : &ixgbe;
		fill_check(&device->sum, own, text);
		device->kernels = calloc(2, sizeof(*device->kernels));
		fill_check(&device->kernels[0], VW_VERDICT_PASS, text);
		fill_check(&device->kernels[1], own, text);
	}
	vw_finding_add(
		&system->findings, VW_WARN, "guest-mac", "eth0", "a \\ remedy", "a %s", text);
}

static void fill_windows(struct vw_image_result *result)
{
	struct vw_system *system = calloc(1, sizeof(*system));

	result->systems = system;
	result->n_systems = 1;
	system->type = VW_SYSTEM_WINDOWS;
	system->root = strdup("/dev/sda2");
	system->devices = calloc(1, sizeof(*system->devices));
	system->n_devices = 1;
	system->devices[0].device = &ixgbe;
	fill_check(&system->devices[0].sum, VW_VERDICT_NOT_APPLICABLE, "x");
	vw_check_set(&system->devices[0].sum, &system->devices[0].sum.version, "1.2.179.0");
	system->devices[0].sum.version_source = "inf";
}

static struct json_object *top;

static void begin(void)
{
	top = json_object_new_object();
	json_object_object_add(top, "schema", json_object_new_int(1));
	json_object_object_add(top, "images", json_object_new_array());
	json_object_object_add(top, "findings", json_object_new_array());
}

/* Takes the result; the image has to come back as it went. */
static struct json_object *add(const char *name, struct vw_image_result *result)
{
	vw_auto(vw_json_end) struct vw_json json = { 0 };
	struct json_object *image;

	vw_json_begin(&json);
	vw_result_json(&json, json.top, name, result);
	assert_false(json.lost);
	json_object_object_del(json.top, "schema");
	image = json_object_get(json.top);
	assert_true(vw_result_json_valid(image));
	json_object_array_add(vw_json_get(top, "images"), image);
	vw_image_result_free(result);
	return image;
}

static int drop(void **state)
{
	(void)state;
	json_object_put(top);
	top = NULL;
	return 0;
}

static char *text_of(int verbosity)
{
	struct vw_output output = { .verbosity = verbosity };
	char *text = NULL;
	size_t len;

	output.out = open_memstream(&text, &len);
	assert_int_equal(vw_report_text(&output, top), 0);
	fclose(output.out);
	return text;
}

static void expect_text(int verbosity, const char *expected)
{
	vw_auto_free char *text = text_of(verbosity);

	assert_string_equal(text, expected);
}

static void test_text(void **state)
{
	struct vw_image_result result = { 0 };

	(void)state;
	begin();
	fill_linux(&result, VW_VERDICT_DISABLED, "x");
	add("a.img", &result);
	fill_windows(&result);
	add("b.img", &result);
	expect_text(0,
		"a.img: fail\n"
		"  Debian x, x86_64, uefi, on /dev/sda1\n"
		"  default kernel: 6.1 (rule grub-default, confidence high)\n"
		"DISABLED 8086:10ed 82599 VF: ixgbevf in 6.1, /lib/x.ko (confidence medium)\n"
		"  first x\n"
		"  remedy: mend x\n"
		"  PASS 5.10: ixgbevf, /lib/x.ko (confidence medium)\n"
		"  DISABLED 6.1: ixgbevf, /lib/x.ko (confidence medium)\n"
		"    first x\n"
		"    remedy: mend x\n"
		"PASS 1234:0abc: ixgbevf in 6.1, /lib/x.ko (confidence medium)\n"
		"WARN guest-mac: a x\n"
		"  remedy: a \\\\ remedy\n"
		"\n"
		"b.img: fail\n"
		"  windows, bios, on /dev/sda2\n"
		"NOT-APPLICABLE 8086:10ed 82599 VF: ixgbevf 1.2.179.0, /lib/x.ko (confidence "
		"medium)\n"
		"  first x\n"
		"  remedy: mend x\n");
}

/* With --kernel any the answer may be another kernel's than the default one's. */
static void test_text_kernel(void **state)
{
	struct vw_image_result result = { 0 };
	struct vw_device_result *device;
	vw_auto_free char *text = NULL;

	(void)state;
	begin();
	fill_linux(&result, VW_VERDICT_PASS, "x");
	device = &result.systems[0].devices[0];
	vw_check_free(&device->kernels[1]);
	fill_check(&device->kernels[1], VW_VERDICT_FAIL, "x");
	add("a.img", &result);
	text = text_of(0);
	assert_non_null(strstr(text, "PASS 8086:10ed 82599 VF: ixgbevf in 5.10, /lib/x.ko"));
	assert_non_null(strstr(text, "PASS 1234:0abc: ixgbevf in 6.1, /lib/x.ko"));
}

static void test_text_quiet(void **state)
{
	struct vw_image_result result = { 0 };

	(void)state;
	begin();
	fill_linux(&result, VW_VERDICT_PASS, "x");
	add("good.img", &result);
	vw_finding_add(&result.findings, VW_FAIL, "image-timeout", "s", NULL, "late");
	vw_finding_add(&result.findings, VW_SKIP, "image-note", "s", NULL, "a note");
	add("late.img", &result);
	expect_text(-1, "late.img: undetermined\n"
			"FAIL image-timeout: late\n");
}

static void test_text_verbose(void **state)
{
	struct vw_image_result result = { 0 };
	vw_auto_free char *text = NULL;

	(void)state;
	begin();
	fill_linux(&result, VW_VERDICT_PASS, "x");
	add("good.img", &result);
	text = text_of(1);
	assert_non_null(strstr(text, "    /boot/grub/grub.cfg:3\n"));
	assert_non_null(strstr(
		text, "ixgbevf in 6.1, /lib/x.ko (confidence medium)\n  first x\n  second\n"));
	assert_non_null(strstr(text,
		"  PASS 5.10: ixgbevf, /lib/x.ko (confidence medium)\n    first x\n    second\n"));
}

/* Every line is ours: no byte of a guest starts one, and none is for the terminal. */
static void test_text_hostile(void **state)
{
	struct vw_image_result result = { 0 };
	vw_auto_free char *text = NULL, *plain = NULL;
	size_t lines = 0, plain_lines = 0;

	(void)state;
	begin();
	fill_linux(&result, VW_VERDICT_FAIL, "x");
	add("x", &result);
	plain = text_of(1);
	drop(NULL);
	begin();
	fill_linux(&result, VW_VERDICT_FAIL, NASTY);
	add(NASTY, &result);
	text = text_of(1);
	for (const char *s = text; *s; s++) {
		lines += *s == '\n';
		assert_true((unsigned char)*s >= 0x20 || *s == '\n');
	}
	for (const char *s = plain; *s; s++)
		plain_lines += *s == '\n';
	assert_int_equal(lines, plain_lines);
	assert_non_null(strstr(text, "\\x1b[31m"));
	assert_null(strstr(text, "\xc2\x85"));
}

static void test_json_hostile(void **state)
{
	struct vw_image_result result = { 0 };
	vw_auto_free char *text = NULL;
	struct vw_json json = { 0 };
	struct json_object *again;
	size_t len;
	FILE *out;

	(void)state;
	begin();
	fill_linux(&result, VW_VERDICT_PASS, NASTY);
	add(NASTY, &result);
	json.top = top;
	out = open_memstream(&text, &len);
	assert_int_equal(vw_json_write(&json, out), 0);
	fclose(out);
	assert_null(strchr(text, '\033'));
	assert_null(strstr(text, "\xff"));
	assert_null(strstr(text, "\xc2\x85"));
	again = json_tokener_parse(text);
	assert_true(json_object_equal(again, top));
	json_object_put(again);
}

/* Of all documents. */
static void test_exit(void **state)
{
	static const struct {
		const char *images; /* p, f, d, u, i */
		int expected;
	} cases[] = { { "", 0 }, { "p", 0 }, { "pp", 0 }, { "f", 1 }, { "d", 1 }, { "u", 3 },
		{ "pu", 3 }, { "up", 3 }, { "uf", 1 }, { "fu", 1 }, { "i", 4 }, { "fi", 4 },
		{ "iu", 4 }, { "ufip", 4 } };

	(void)state;
	for (size_t c = 0; c < VW_ARRAY_SIZE(cases); c++) {
		begin();
		for (const char *s = cases[c].images; *s; s++) {
			struct vw_image_result result = { 0 };

			if (*s == 'u' || *s == 'i')
				vw_finding_add(&result.findings, VW_FAIL,
					*s == 'i' ? VW_FINDING_INTERNAL : "image-no-system", "x",
					NULL, "x");
			else
				fill_linux(&result,
					*s == 'p'   ? VW_VERDICT_PASS
					: *s == 'd' ? VW_VERDICT_DISABLED
						    : VW_VERDICT_FAIL,
					"x");
			add("x", &result);
		}
		if (vw_results_json_exit(top) != cases[c].expected)
			fail_msg("%s: %d, not %d", cases[c].images, vw_results_json_exit(top),
				cases[c].expected);
		drop(NULL);
	}
}

/* What a worker may send instead of an image. */
static void test_invalid(void **state)
{
	static const char *const bad[] = { "{}", "[]", "1", "null", "\"x\"",
		"{\"image\":\"x\",\"verdict\":\"pass\",\"systems\":[]}",
		"{\"image\":\"x\",\"verdict\":\"pass\",\"findings\":[]}",
		"{\"image\":\"x\",\"systems\":[],\"findings\":[]}",
		"{\"verdict\":\"pass\",\"systems\":[],\"findings\":[]}",
		"{\"image\":1,\"verdict\":\"pass\",\"systems\":[],\"findings\":[]}",
		"{\"image\":\"x\",\"verdict\":\"pass\",\"systems\":[1],\"findings\":[]}",
		"{\"image\":\"x\",\"verdict\":\"pass\",\"systems\":[{\"type\":\"linux\","
		"\"devices\":[{\"device\":\"x\",\"verdict\":\"good\",\"evidence\":[]}],"
		"\"findings\":[]}],\"findings\":[]}",
		"{\"image\":\"x\",\"verdict\":\"pass\",\"systems\":[],\"findings\":[{\"id\":\"x\","
		"\"severity\":\"BAD\",\"subject\":\"\",\"message\":\"\"}]}",
		"{\"image\":\"x\",\"verdict\":\"pass\",\"systems\":[],\"findings\":[null]}" };
	struct json_object *good = json_tokener_parse(
		"{\"image\":\"x\",\"verdict\":\"pass\",\"systems\":[],\"findings\":[]}");

	(void)state;
	assert_true(vw_result_json_valid(good));
	json_object_put(good);
	for (size_t i = 0; i < VW_ARRAY_SIZE(bad); i++) {
		struct json_object *object = json_tokener_parse(bad[i]);

		if (vw_result_json_valid(object))
			fail_msg("%s passes for an image", bad[i]);
		json_object_put(object);
	}
}

/* --- JUnit --- */

static xmlDocPtr junit(void)
{
	vw_auto_free char *text = NULL;
	struct vw_error err = { "" };
	xmlDocPtr doc;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_int_equal(vw_report_junit_write(top, out, &err), 0);
	fclose(out);
	doc = xmlReadMemory(text, (int)len, "junit.xml", NULL, XML_PARSE_NONET);
	assert_non_null(doc);
	return doc;
}

static void expect_xpath(xmlDocPtr doc, const char *path, const char *expected)
{
	xmlXPathContextPtr context = xmlXPathNewContext(doc);
	xmlXPathObjectPtr object = xmlXPathEvalExpression(BAD_CAST path, context);
	xmlChar *text = xmlXPathCastToString(object);

	assert_non_null(text);
	if (strcmp((const char *)text, expected) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", path, text, expected);
	xmlFree(text);
	xmlXPathFreeObject(object);
	xmlXPathFreeContext(context);
}

static void test_junit(void **state)
{
	struct vw_image_result result = { 0 };
	xmlDocPtr doc;

	(void)state;
	begin();
	fill_linux(&result, VW_VERDICT_DISABLED, "x");
	add("a.img", &result);
	fill_linux(&result, VW_VERDICT_UNDETERMINED, "x");
	add("b.img", &result);
	vw_finding_add(&result.findings, VW_FAIL, VW_FINDING_INTERNAL, "x", "do it", "broken");
	add("c.img", &result);
	vw_finding_add(&result.findings, VW_FAIL, "image-no-system", "x", NULL, "nothing");
	add("d.img", &result);
	doc = junit();
	expect_xpath(doc, "string(/testsuites/@tests)", "8");
	expect_xpath(doc, "string(/testsuites/@failures)", "1");
	expect_xpath(doc, "string(/testsuites/@errors)", "1");
	/* Jenkins's schema has it in testsuite alone */
	expect_xpath(doc, "count(/testsuites/@skipped)", "0");
	expect_xpath(doc, "sum(/testsuites/testsuite/@skipped)", "2");
	expect_xpath(doc, "count(/testsuites/testsuite)", "4");
	expect_xpath(doc, "count(//failure) + 10 * count(//error) + 100 * count(//skipped)", "211");
	expect_xpath(doc,
		"count(/testsuites/testsuite/*[name() != 'testcase' and name() != 'system-out'])",
		"0");
	expect_xpath(doc, "string(//testsuite[@name='a.img']/@tests)", "3");
	expect_xpath(doc, "string(//testsuite[@name='a.img']/@failures)", "1");
	expect_xpath(
		doc, "string(//testsuite[@name='a.img']/testcase[2]/@name)", "8086:10ed 82599 VF");
	expect_xpath(doc, "string(//testsuite[@name='a.img']/testcase[2]/@classname)",
		"a.img /dev/sda1");
	expect_xpath(
		doc, "string(//testsuite[@name='a.img']/testcase[2]/failure/@message)", "disabled");
	expect_xpath(doc,
		"contains(//testsuite[@name='a.img']/testcase[2]/failure, 'remedy: mend x')",
		"true");
	expect_xpath(doc, "string(//testsuite[@name='a.img']/testcase[3]/@name)", "1234:0abc");
	expect_xpath(doc, "count(//testsuite[@name='a.img']/testcase[3]/*[name() != 'system-out'])",
		"0");
	expect_xpath(doc, "contains(//testsuite[@name='a.img']/system-out, 'WARN guest-mac: a x')",
		"true");
	expect_xpath(
		doc, "count(//testsuite[@name='b.img']//skipped[@message='undetermined'])", "1");
	expect_xpath(doc,
		"contains(//testsuite[@name='c.img']//system-out, 'FAIL internal: broken\n  "
		"remedy: do it')",
		"true");
	expect_xpath(doc, "count(//testsuite[@name='c.img']//error)", "1");
	expect_xpath(doc, "count(//testsuite[@name='d.img']/testcase[@name='image']/skipped)", "1");
	xmlFreeDoc(doc);
}

/* What is wrong with the request is in the report, too: one without a test would look like a good one. */
static void test_junit_request(void **state)
{
	struct vw_image_result result = { 0 };
	struct vw_json json = { 0 };
	xmlDocPtr doc;

	(void)state;
	begin();
	vw_finding_add(&result.findings, VW_WARN, "device-unknown", "x", "do it", "a warning");
	json_object_object_del(top, "findings");
	json.top = top;
	vw_json_findings(&json, &result.findings);
	doc = junit();
	expect_xpath(doc, "string(/testsuites/@tests)", "1");
	expect_xpath(doc, "count(//testcase[@name='request' and not(error)])", "1");
	expect_xpath(doc, "contains(//system-out, 'WARN device-unknown: a warning')", "true");
	xmlFreeDoc(doc);
	vw_finding_add(&result.findings, VW_FAIL, "adapter-unknown", "x", "do it", "no such");
	json_object_object_del(top, "findings");
	vw_json_findings(&json, &result.findings);
	doc = junit();
	expect_xpath(doc, "string(/testsuites/@errors)", "1");
	expect_xpath(doc, "string(/testsuites/testsuite/@errors)", "1");
	expect_xpath(doc, "count(//testcase[@name='request']/error)", "1");
	expect_xpath(doc, "contains(//system-out, 'FAIL adapter-unknown: no such')", "true");
	xmlFreeDoc(doc);
	vw_findings_free(&result.findings);
}

static void test_junit_hostile(void **state)
{
	struct vw_image_result result = { 0 };
	xmlDocPtr doc;

	(void)state;
	begin();
	fill_linux(&result, VW_VERDICT_FAIL, NASTY);
	vw_finding_add(&result.findings, VW_WARN, "x", NASTY, NASTY, NASTY);
	add(NASTY, &result);
	doc = junit();
	expect_xpath(doc, "count(//testcase)", "3");
	expect_xpath(doc, "contains(/testsuites/testsuite/@name, '\\x1b[31m')", "true");
	expect_xpath(doc, "contains(//failure, 'mend \\x1b[31m')", "true");
	xmlFreeDoc(doc);
}

static void test_junit_file(void **state)
{
	char dir[] = "/tmp/vfward-test-report.XXXXXX", path[64], deep[80];
	struct vw_error err = { "" };
	struct vw_names names = { 0 };
	struct vw_host host;
	struct stat st;

	(void)state;
	begin();
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/out.xml", dir);
	snprintf(deep, sizeof(deep), "%s/no/out.xml", dir);
	assert_int_equal(vw_report_junit(top, deep, &err), -ENOENT);
	assert_non_null(strstr(err.msg, deep));
	assert_int_equal(vw_report_junit(top, path, &err), 0);
	assert_int_equal(vw_report_junit(top, path, &err), 0); /* over the old one */
	assert_int_equal(vw_host_open(&host, dir, NULL), 0);
	assert_int_equal(vw_host_listf(&host, &names, "/"), 0);
	assert_int_equal(names.n, 1);
	assert_string_equal(names.v[0], "out.xml");
	vw_names_free(&names);
	vw_host_close(&host);
	assert_int_equal(vw_report_junit(top, "/dev/full", &err), -ENOSPC);
	/* behind a link the file changes, and the link stays */
	snprintf(deep, sizeof(deep), "%s/link.xml", dir);
	assert_int_equal(symlink("out.xml", deep), 0);
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(vw_report_junit_check(deep, &err), 0);
	assert_int_equal(vw_report_junit(top, deep, &err), 0);
	assert_int_equal(lstat(deep, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size > 0);
	assert_int_equal(unlink(path), 0);
	/* it leads nowhere now */
	assert_int_equal(vw_report_junit_check(deep, &err), -ENOENT);
	assert_int_equal(vw_report_junit(top, deep, &err), -ENOENT);
	assert_int_equal(unlink(deep), 0);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_text, drop),
		cmocka_unit_test_teardown(test_text_kernel, drop),
		cmocka_unit_test_teardown(test_text_quiet, drop),
		cmocka_unit_test_teardown(test_text_verbose, drop),
		cmocka_unit_test_teardown(test_text_hostile, drop),
		cmocka_unit_test_teardown(test_json_hostile, drop),
		cmocka_unit_test_teardown(test_exit, drop),
		cmocka_unit_test_teardown(test_invalid, drop),
		cmocka_unit_test_teardown(test_junit, drop),
		cmocka_unit_test_teardown(test_junit_request, drop),
		cmocka_unit_test_teardown(test_junit_hostile, drop),
		cmocka_unit_test_teardown(test_junit_file, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
