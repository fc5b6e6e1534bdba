/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_error: messages, return values, and messages that do not fit. */
#include "tree.h"

#include "cleanup.h"
#include "error.h"

#include <errno.h>
#include <string.h>

static bool ends_with(const char *text, const char *end)
{
	return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

static void test_set(void **state)
{
	struct vw_error err = { "old" };

	(void)state;
	assert_int_equal(vw_error_set(&err, ENOENT, "no VF %d of %s", 3, "eth0"), -ENOENT);
	assert_string_equal(err.msg, "no VF 3 of eth0");
	assert_int_equal(vw_error_set(NULL, ENOENT, "x"), -ENOENT);
	/* the old message may be part of the new one */
	assert_int_equal(vw_error_set(&err, EIO, "(%s) (%s)", err.msg, err.msg), -EIO);
	assert_string_equal(err.msg, "(no VF 3 of eth0) (no VF 3 of eth0)");
}

static void test_code_is_never_success(void **state)
{
	struct vw_error err;

	(void)state;
	assert_int_equal(vw_error_set(&err, -ENOENT, "x"), -ENOENT);
	assert_int_equal(vw_error_errno(&err, -ENOENT, "x"), -ENOENT);
	assert_string_equal(err.msg, "x: No such file or directory");
	assert_true(vw_error_set(&err, 0, "x") < 0);
	assert_true(vw_error_set(NULL, 0, "x") < 0);
	assert_true(vw_error_errno(&err, 0, "x") < 0);
	assert_true(vw_error_errno(NULL, 0, "x") < 0);
}

static void test_errno(void **state)
{
	struct vw_error err = { "eth0" };

	(void)state;
	assert_int_equal(vw_error_errno(&err, ENOENT, "%s/%d", err.msg, 1), -ENOENT);
	assert_string_equal(err.msg, "eth0/1: No such file or directory");
	assert_int_equal(vw_error_errno(&err, 524, "set trust"), -524);
	assert_string_equal(err.msg, "set trust: Not supported by the driver");
	assert_int_equal(vw_error_errno(&err, 9999, "x"), -9999);
	assert_string_equal(err.msg, "x: Unknown error 9999");
	assert_int_equal(vw_error_errno(NULL, EIO, "x"), -EIO);
}

static void test_prefix(void **state)
{
	struct vw_error err;

	(void)state;
	vw_error_set(&err, EIO, "100%% %s", "%s%n");
	assert_int_equal(vw_error_prefix(&err, -EIO, "VF %d", 7), -EIO);
	assert_string_equal(err.msg, "VF 7: 100% %s%n");
	assert_int_equal(vw_error_prefix(&err, 42, "%s", err.msg), 42);
	assert_string_equal(err.msg, "VF 7: 100% %s%n: VF 7: 100% %s%n");
	assert_int_equal(vw_error_prefix(NULL, -EIO, "x"), -EIO);
}

/* A message of each length around the limit, plain and of three-byte characters. */
static void test_too_long(void **state)
{
	(void)state;
	for (size_t n = 1000; n < 1100; n++) {
		struct vw_error err;
		char text[1100] = "";

		memset(text, 'a', n);
		vw_error_set(&err, EIO, "%s", text);
		assert_int_equal(strlen(err.msg), n < 1024 ? n : 1023);
		assert_int_equal(ends_with(err.msg, "a..."), n >= 1024);

		vw_error_errno(&err, ENOENT, "%s", text);
		assert_true(ends_with(err.msg, ": No such file or directory"));
		assert_int_equal(strlen(err.msg), n + 27 < 1024 ? n + 27 : 1023);

		vw_error_set(&err, EIO, "%s", text);
		vw_error_prefix(&err, -EIO, "%s", text);
		assert_int_equal(strlen(err.msg), 1023);
		assert_true(ends_with(err.msg, "..."));
	}
}

static void test_cut_at_a_character(void **state)
{
	char text[3 * 400 + 8];

	(void)state;
	for (size_t shift = 0; shift < 3; shift++) {
		struct vw_error err;
		size_t len;

		memset(text, 'a', shift);
		for (size_t i = 0; i < 400; i++)
			memcpy(text + shift + 3 * i, "\xe2\x82\xac", 4);
		vw_error_set(&err, EIO, "%s", text);
		len = strlen(err.msg);
		assert_true(len >= 1021 && len <= 1023);
		assert_true(ends_with(err.msg, "\xe2\x82\xac..."));
		assert_int_equal((len - shift - 3) % 3, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_code_is_never_success),
		cmocka_unit_test(test_errno),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_cut_at_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
