/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_report: one result as JSON and as text, with all that a hostile guest may put in it; and the exit status. */
#include "report_scene.h"

#include "report_text.h"

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
