/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_text: escaping of hostile strings, cuts at characters, strict numbers. */
#include "tree.h"

#include "cleanup.h"
#include "text.h"

#include <errno.h>
#include <string.h>

static void test_escape(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "", "" },
		{ "web1", "web1" },
		{ " ~", " ~" },
		{ "a\\b", "a\\\\b" },
		{ "\\", "\\\\" },
		{ "\\x41", "\\\\x41" },
		{ "\x01\x1f\x7f", "\\x01\\x1f\\x7f" },
		{ "a\nb\tc\r\x1b[31m", "a\\x0ab\\x09c\\x0d\\x1b[31m" },
		/* well-formed, two to four bytes, with the edges of each length */
		{ "\xc2\xa0", "\xc2\xa0" },
		{ "\xc3\xa9t\xc3\xa9", "\xc3\xa9t\xc3\xa9" },
		{ "\xdf\xbf\xe0\xa0\x80", "\xdf\xbf\xe0\xa0\x80" },
		{ "\xe2\x82\xac", "\xe2\x82\xac" },
		{ "\xed\x9f\xbf\xee\x80\x80", "\xed\x9f\xbf\xee\x80\x80" },
		{ "\xef\xbf\xbd\xf0\x90\x80\x80", "\xef\xbf\xbd\xf0\x90\x80\x80" },
		{ "\xf0\x9f\x90\xa7\xf4\x8f\xbf\xbf", "\xf0\x9f\x90\xa7\xf4\x8f\xbf\xbf" },
		/* C1 controls: valid UTF-8, and one of them (CSI) starts a terminal sequence */
		{ "\xc2\x80\xc2\x9b\xc2\x9f", "\\xc2\\x80\\xc2\\x9b\\xc2\\x9f" },
		/* bidi, line separators, byte order mark; their neighbours stay */
		{ "\xd8\x9c", "\\xd8\\x9c" },
		{ "\xe2\x80\x8d\xe2\x80\x8e\xe2\x80\x8f\xe2\x80\x90",
			"\xe2\x80\x8d\\xe2\\x80\\x8e\\xe2\\x80\\x8f\xe2\x80\x90" },
		{ "\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xa9",
			"\xe2\x80\xa7\\xe2\\x80\\xa8\\xe2\\x80\\xa9" },
		{ "\xe2\x80\xaa\xe2\x80\xae\xe2\x80\xaf",
			"\\xe2\\x80\\xaa\\xe2\\x80\\xae\xe2\x80\xaf" },
		{ "\xe2\x81\xa5\xe2\x81\xa6\xe2\x81\xa9\xe2\x81\xaa",
			"\xe2\x81\xa5\\xe2\\x81\\xa6\\xe2\\x81\\xa9\xe2\x81\xaa" },
		{ "\xef\xbb\xbf", "\\xef\\xbb\\xbf" },
		/* no UTF-8: lone bytes, overlong forms, surrogates, beyond U+10FFFF, cut short */
		{ "\x80", "\\x80" },
		{ "a\xffz\xfe", "a\\xffz\\xfe" },
		{ "\xc0\xaf\xc1\xbf", "\\xc0\\xaf\\xc1\\xbf" },
		{ "\xe0\x9f\xbf", "\\xe0\\x9f\\xbf" },
		{ "\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
		{ "\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80" },
		{ "\xc3", "\\xc3" },
		{ "\xe2\x82", "\\xe2\\x82" },
		{ "\xf0\x9f\x90", "\\xf0\\x9f\\x90" },
		{ "\xe2\x82z", "\\xe2\\x82z" },
		{ "\xc3\xc3\xa9", "\\xc3\xc3\xa9" },
	};
	char buf[128];

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		assert_ptr_equal(vw_text_escape(buf, sizeof(buf), cases[i].in), buf);
		assert_string_equal(buf, cases[i].out);
	}
	assert_string_equal(vw_text_escape(buf, sizeof(buf), NULL), "");
}

static void test_escape_n(void **state)
{
	char buf[32];

	(void)state;
	assert_string_equal(vw_text_escape_n(buf, sizeof(buf), "a\0b", 3), "a\\x00b");
	assert_string_equal(vw_text_escape_n(buf, sizeof(buf), "abc", 2), "ab");
	assert_string_equal(vw_text_escape_n(buf, sizeof(buf), "abc", 0), "");
	/* the character goes on behind the given length: its bytes must not be read */
	assert_string_equal(vw_text_escape_n(buf, sizeof(buf), "\xe2\x82\xac", 2), "\\xe2\\x82");
	assert_string_equal(vw_text_escape_n(buf, sizeof(buf), "\xc3\xa9", 1), "\\xc3");
}

static void test_escape_room(void **state)
{
	static const struct {
		const char *in;
		size_t size;
		const char *out;
	} cases[] = {
		{ "abc", 1, "" },
		{ "abc", 3, "ab" },
		{ "abc", 4, "abc" },
		{ "a\nb", 5, "a" },
		{ "a\nb", 6, "a\\x0a" },
		{ "a\nb", 7, "a\\x0ab" },
		{ "a\\b", 3, "a" },
		{ "a\\b", 4, "a\\\\" },
		{ "\xe2\x82\xac", 3, "" },
		{ "\xe2\x82\xac", 4, "\xe2\x82\xac" },
		{ "\xe2\x80\xae", 12, "" },
		{ "\xe2\x80\xae", 13, "\\xe2\\x80\\xae" },
		/* nothing behind a cut, even where it would fit */
		{ "a\nb", 4, "a" },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		char *buf =
			malloc(cases[i].size); /* so that AddressSanitizer sees a byte too many */

		assert_non_null(buf);
		assert_string_equal(vw_text_escape(buf, cases[i].size, cases[i].in), cases[i].out);
		free(buf);
	}
	vw_text_escape(NULL, 0, "abc");
}

/* Whatever comes in, what goes out has no control byte and is never longer than four bytes for one. */
static void test_escape_all_pairs(void **state)
{
	(void)state;
	for (unsigned int high = 0; high < 256; high++) {
		for (unsigned int low = 0; low < 256; low++) {
			char in[2] = { (char)high, (char)low }, out[9];

			vw_text_escape_n(out, sizeof(out), in, 2);
			assert_true(strlen(out) >= 2);
			for (const char *p = out; *p; p++)
				assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
		}
	}
}

static void test_cut(void **state)
{
	static const struct {
		const char *text;
		size_t max, keep;
	} cases[] = {
		{ "", 0, 0 },
		{ "abc", 5, 3 },
		{ "abc", 3, 3 },
		{ "abc", 2, 2 },
		{ "abc", 0, 0 },
		{ "a\xc3\xa9", 2, 1 },
		{ "a\xc3\xa9", 3, 3 },
		{ "\xe2\x82\xac.", 1, 0 },
		{ "\xe2\x82\xac.", 2, 0 },
		{ "\xe2\x82\xac.", 3, 3 },
		{ "x\xf0\x9f\x90\xa7y", 4, 1 },
		{ "x\xf0\x9f\x90\xa7y", 5, 5 },
		/* no UTF-8: cut where asked */
		{ "\x80\x80\x80\x80\x80\x80", 4, 4 },
		{ "\x80\x80", 1, 1 },
		{ "a\x80\x80\x80\x80\x80", 5, 5 },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++)
		assert_int_equal(vw_text_cut(cases[i].text, strlen(cases[i].text), cases[i].max),
			cases[i].keep);
	/* what stands behind the given length does not count */
	assert_int_equal(vw_text_cut("ab\x80", 2, 2), 2);
}

static void test_u64(void **state)
{
	static const struct {
		const char *text;
		int base;
		uint64_t max;
		int rc;
		uint64_t value;
	} cases[] = {
		{ "0", 10, UINT64_MAX, 0, 0 },
		{ "7", 10, 7, 0, 7 },
		{ "8", 10, 7, -ERANGE, 0 },
		{ "007", 10, 7, 0, 7 },
		{ "18446744073709551615", 10, UINT64_MAX, 0, UINT64_MAX },
		{ "18446744073709551616", 10, UINT64_MAX, -ERANGE, 0 },
		{ "28446744073709551615", 10, UINT64_MAX, -ERANGE, 0 },
		{ "99999999999999999999999999999999999999", 10, UINT64_MAX, -ERANGE, 0 },
		{ "99999999999999999999999999999999999999x", 10, UINT64_MAX, -EINVAL, 0 },
		{ "ffffffffffffffff", 16, UINT64_MAX, 0, UINT64_MAX },
		{ "0xFf", 16, UINT64_MAX, 0, 255 },
		{ "0Xff", 0, UINT64_MAX, 0, 255 },
		{ "017", 0, UINT64_MAX, 0, 15 },
		{ "017", 10, UINT64_MAX, 0, 17 },
		{ "17", 0, UINT64_MAX, 0, 17 },
		{ "0", 0, UINT64_MAX, 0, 0 },
		{ "z", 36, UINT64_MAX, 0, 35 },
		{ "Z", 36, UINT64_MAX, 0, 35 },
		{ "101", 2, UINT64_MAX, 0, 5 },
		{ "102", 2, UINT64_MAX, -EINVAL, 0 },
		{ "08", 0, UINT64_MAX, -EINVAL, 0 },
		{ "0b1", 0, UINT64_MAX, -EINVAL, 0 },
		{ "0b1", 2, UINT64_MAX, -EINVAL, 0 },
		{ "0x", 0, UINT64_MAX, -EINVAL, 0 },
		{ "0x", 16, UINT64_MAX, -EINVAL, 0 },
		{ "0x0x1", 16, UINT64_MAX, -EINVAL, 0 },
		{ "0x1", 10, UINT64_MAX, -EINVAL, 0 },
		{ "0xg", 16, UINT64_MAX, -EINVAL, 0 },
		{ "", 10, UINT64_MAX, -EINVAL, 0 },
		{ " 1", 10, UINT64_MAX, -EINVAL, 0 },
		{ "1 ", 10, UINT64_MAX, -EINVAL, 0 },
		{ "1\n", 10, UINT64_MAX, -EINVAL, 0 },
		{ "+1", 10, UINT64_MAX, -EINVAL, 0 },
		{ "-1", 10, UINT64_MAX, -EINVAL, 0 },
		{ "-0", 0, UINT64_MAX, -EINVAL, 0 },
		{ "1_0", 10, UINT64_MAX, -EINVAL, 0 },
		{ "1.0", 10, UINT64_MAX, -EINVAL, 0 },
		{ "\xd9\xa1", 10, UINT64_MAX, -EINVAL, 0 },
		{ "1", 1, UINT64_MAX, -EINVAL, 0 },
		{ "1", 37, UINT64_MAX, -EINVAL, 0 },
		{ "1", -1, UINT64_MAX, -EINVAL, 0 },
		{ NULL, 10, UINT64_MAX, -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		uint64_t value = 4711;
		int rc = vw_text_u64(cases[i].text, cases[i].base, cases[i].max, &value);

		if (rc != cases[i].rc)
			fail_msg("\"%s\": %d instead of %d", cases[i].text, rc, cases[i].rc);
		assert_true(value == (rc == 0 ? cases[i].value : 4711));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_escape_n),
		cmocka_unit_test(test_escape_room),
		cmocka_unit_test(test_escape_all_pairs),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_u64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
