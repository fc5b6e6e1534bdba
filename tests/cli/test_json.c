/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_json: any bytes become valid JSON that a terminal may show. */
#include "cmocka_first.h"

#include "json.h"

#include <string.h>

/* The document with one member "k" of this text, written and read again. Caller frees both. */
static struct json_object *round_trip(const char *text, char **written)
{
	struct vw_json json;
	struct json_object *read;
	size_t len = 0;
	FILE *out = open_memstream(written, &len);

	assert_non_null(out);
	vw_json_begin(&json);
	vw_json_text(&json, json.top, "k", text);
	assert_int_equal(vw_json_write(&json, out), 0);
	vw_json_end(&json);
	fclose(out);
	read = json_tokener_parse(*written);
	assert_non_null(read);
	assert_int_equal(json_object_get_int(json_object_object_get(read, "schema")), 1);
	return read;
}

#define FFFD "\xef\xbf\xbd"

static void test_text(void **state)
{
	static const struct {
		const char *raw, *read;
	} cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "q\"b\\s/n\nt\t\x1b[31m", "q\"b\\s/n\nt\t\x1b[31m" },
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
		{ "\xff", FFFD },
		{ "a\x80z", "a" FFFD "z" },
		{ "\xc3", FFFD },
		{ "\xe2\x82", FFFD FFFD },
		{ "\xc0\xaf", FFFD FFFD },                   /* overlong */
		{ "\xe0\x80\x80", FFFD FFFD FFFD },          /* overlong */
		{ "\xed\xa0\x80", FFFD FFFD FFFD },          /* a surrogate */
		{ "\xf4\x90\x80\x80", FFFD FFFD FFFD FFFD }, /* above U+10FFFF */
		{ "\xf5\x80\x80\x80", FFFD FFFD FFFD FFFD },
		{ "\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf",
			"\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf" },
		{ "\xc2\x9b"
		  "31m",
			"\xc2\x9b"
			"31m" }, /* a C1 control: the value stays */
		{ "\xe2\x80\xae"
		  "abc",
			"\xe2\x80\xae"
			"abc" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *written = NULL;
		struct json_object *read = round_trip(cases[i].raw, &written);

		assert_string_equal(
			json_object_get_string(json_object_object_get(read, "k")), cases[i].read);
		json_object_put(read);
		free(written);
	}
}

/* None of these bytes may stand in the output. */
static void test_terminal(void **state)
{
	static const char *const active[] = { "\x1b", "\x7f", "\xc2\x80", "\xc2\x9b", "\xc2\x9f",
		"\xd8\x9c", "\xe2\x80\x8e", "\xe2\x80\xaa", "\xe2\x80\xae", "\xe2\x81\xa6",
		"\xe2\x81\xa9" };
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(active) / sizeof(active[0]); i++) {
		char *written = NULL;
		struct json_object *read;

		snprintf(text, sizeof(text), "a%sb%s", active[i], active[i]);
		read = round_trip(text, &written);
		assert_null(strstr(written, active[i]));
		assert_string_equal(
			json_object_get_string(json_object_object_get(read, "k")), text);
		json_object_put(read);
		free(written);
	}
	{
		char *written = NULL;
		struct json_object *read = round_trip("\xe2\x80\xaf", &written);

		assert_non_null(strstr(written, "\xe2\x80\xaf")); /* U+202F is only a blank */
		json_object_put(read);
		free(written);
	}
}

static void test_null(void **state)
{
	char *written = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&written, &len);
	struct vw_json json;

	(void)state;
	vw_json_begin(&json);
	vw_json_text(&json, json.top, "a", NULL);
	vw_json_name(&json, json.top, "b", "");
	vw_json_tristate(&json, json.top, "c", -1);
	vw_json_tristate(&json, json.top, "d", 0);
	vw_json_number(&json, json.top, "e", INT64_MIN);
	assert_int_equal(vw_json_write(&json, out), 0);
	vw_json_end(&json);
	fclose(out);
	assert_non_null(strstr(written, "\"a\": null"));
	assert_non_null(strstr(written, "\"b\": null"));
	assert_non_null(strstr(written, "\"c\": null"));
	assert_non_null(strstr(written, "\"d\": false"));
	assert_non_null(strstr(written, "\"e\": -9223372036854775808"));
	free(written);
}

/* A member that could not be added makes the whole document worthless. */
static void test_lost(void **state)
{
	struct vw_json json;

	(void)state;
	vw_json_begin(&json);
	vw_json_text(&json, NULL, "a", "b");
	assert_true(json.lost);
	assert_null(vw_json_object(&json, json.top, "o"));
	assert_int_equal(vw_json_write(&json, stderr), -ENOMEM);
	vw_json_end(&json);
}

static void test_findings(void **state)
{
	struct vw_findings findings = { 0 };
	struct json_object *read, *array, *first;
	char *written = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&written, &len);
	struct vw_json json;

	(void)state;
	vw_finding_add(&findings, VW_FAIL, "vf-missing", "0000:01:10.0", NULL, "no\n%s", "such");
	vw_finding_add(&findings, VW_WARN, "residue", "x", "do it", "text");
	vw_json_begin(&json);
	vw_json_findings(&json, &findings);
	assert_int_equal(vw_json_write(&json, out), 0);
	vw_json_end(&json);
	vw_findings_free(&findings);
	fclose(out);

	read = json_tokener_parse(written);
	array = json_object_object_get(read, "findings");
	assert_int_equal(json_object_array_length(array), 2);
	first = json_object_array_get_idx(array, 0);
	assert_int_equal(json_object_object_length(first), 5);
	assert_string_equal(
		json_object_get_string(json_object_object_get(first, "severity")), "FAIL");
	assert_null(json_object_object_get(first, "remedy"));
	assert_string_equal(json_object_get_string(json_object_object_get(
				    json_object_array_get_idx(array, 1), "remedy")),
		"do it");
	json_object_put(read);
	free(written);

	findings = (struct vw_findings){ .lost = true };
	vw_json_begin(&json);
	vw_json_findings(&json, &findings);
	assert_int_equal(vw_json_write(&json, stderr), -ENOMEM);
	vw_json_end(&json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_terminal),
		cmocka_unit_test(test_null),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_findings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
