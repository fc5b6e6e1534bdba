/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_mac: spellings that libvirt takes and those it does not, and addresses that name nobody. */
#include "tree.h"

#include "cleanup.h"
#include "mac.h"

#include <errno.h>
#include <string.h>

static struct vw_mac mac_of(const char *text)
{
	struct vw_mac mac;

	assert_int_equal(vw_mac_parse(text, &mac), 0);
	return mac;
}

static void test_parse_good(void **state)
{
	static const char *const cases[][2] = {
		{ "52:54:00:12:34:56", "52:54:00:12:34:56" },
		{ "00:00:00:00:00:00", "00:00:00:00:00:00" },
		{ "ff:FF:fF:Ff:ff:ff", "ff:ff:ff:ff:ff:ff" },
		{ "AB:cd:EF:ab:CD:ef", "ab:cd:ef:ab:cd:ef" },
		{ "0:1:2:3:4:a", "00:01:02:03:04:0a" },
		{ "52:54:0:1:34:F", "52:54:00:01:34:0f" },
	};
	char buf[VW_MAC_STR];

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_mac mac = mac_of(cases[i][0]);

		assert_ptr_equal(vw_mac_format(&mac, buf), buf);
		assert_string_equal(buf, cases[i][1]);
	}
}

static void test_parse_bad(void **state)
{
	static const char *const cases[] = {
		NULL,
		"",
		":",
		":::::",
		"52",
		"52:",
		"52:54:00:12:34",
		"52:54:00:12:34:",
		"52:54:00:12:34:56:",
		"52:54:00:12:34:56:78",
		"52:54:00:12:34:567",
		"052:54:00:12:34:56",
		"152:54:00:12:34:56",
		"52:54::12:34:56",
		":52:54:00:12:34:56",
		" 52:54:00:12:34:56",
		"52:54:00:12:34:56 ",
		"52:54:00:12:34:56\n",
		"52: 54:00:12:34:56",
		"+2:54:00:12:34:56",
		"-2:54:00:12:34:56",
		"0x:54:00:12:34:56",
		"0x5:54:00:12:34:56",
		"5g:54:00:12:34:56",
		"52-54-00-12-34-56",
		"5254.0012.3456",
		"525400123456",
		"52:54:00:12:34:5\xc3\xa9",
		"\xff\xff\xff\xff\xff\xff",
		"52:54:00:12:34.56",
	};
	static const struct vw_mac before = { { 1, 2, 3, 4, 5, 6 } };

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_mac mac = before;

		if (vw_mac_parse(cases[i], &mac) != -EINVAL)
			fail_msg("\"%s\" was accepted", cases[i]);
		assert_memory_equal(mac.b, before.b, sizeof(mac.b));
	}
}

/* Each proper beginning of a good address is bad, and is not read beyond. */
static void test_parse_truncated(void **state)
{
	static const char good[] = "52:54:00:12:34:56";
	struct vw_mac mac;

	(void)state;
	for (size_t len = 0; len < strlen(good) - 1; len++) {
		char *text = strndup(good, len);

		assert_non_null(text);
		assert_int_equal(vw_mac_parse(text, &mac), -EINVAL);
		free(text);
	}
}

static void test_kinds(void **state)
{
	static const struct {
		const char *text;
		bool zero, multicast, nobody, tap_copy;
	} cases[] = {
		{ "00:00:00:00:00:00", true, false, true, false },
		{ "02:00:00:00:00:00", false, false, true, false },
		{ "02:00:00:00:00:01", false, false, false, false },
		{ "02:00:01:00:00:00", false, false, false, false },
		{ "00:00:00:00:00:01", false, false, false, false },
		{ "01:00:00:00:00:00", false, true, false, false },
		{ "01:80:c2:00:00:0e", false, true, false, false },
		{ "ff:ff:ff:ff:ff:ff", false, true, false, false },
		{ "fe:54:00:12:34:56", false, false, false, true },
		{ "fc:54:00:12:34:56", false, false, false, false },
		{ "52:54:00:12:34:fe", false, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_mac mac = mac_of(cases[i].text);

		assert_int_equal(vw_mac_is_zero(&mac), cases[i].zero);
		assert_int_equal(vw_mac_is_multicast(&mac), cases[i].multicast);
		assert_int_equal(vw_mac_is_nobody(&mac), cases[i].nobody);
		assert_int_equal(vw_mac_is_tap_copy(&mac), cases[i].tap_copy);
	}
}

static void test_equal(void **state)
{
	struct vw_mac a = mac_of("52:54:00:ab:cd:ef");

	(void)state;
	for (size_t i = 0; i < sizeof(a.b); i++) {
		struct vw_mac b = mac_of("52:54:0:AB:CD:EF");

		assert_true(vw_mac_equal(&a, &b));
		b.b[i] ^= 1;
		assert_false(vw_mac_equal(&a, &b));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse_good),
		cmocka_unit_test(test_parse_bad),
		cmocka_unit_test(test_parse_truncated),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
