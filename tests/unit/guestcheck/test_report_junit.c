/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_report_junit: results and mistakes of a request as JUnit XML, and the file that it goes to. */
#include "report_scene.h"

#include "report_junit.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <sys/stat.h>
#include <unistd.h>

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
		cmocka_unit_test_teardown(test_junit, drop),
		cmocka_unit_test_teardown(test_junit_request, drop),
		cmocka_unit_test_teardown(test_junit_hostile, drop),
		cmocka_unit_test_teardown(test_junit_file, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
