/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_pci_address: sysfs spelling, libvirt's four attributes, order. */
#include "tree.h"

#include "cleanup.h"
#include "pci_address.h"

#include <errno.h>
#include <string.h>

static void test_parse_good(void **state)
{
	static const char *const cases[][2] = {
		{ "0000:07:10.3", "0000:07:10.3" },
		{ "07:10.3", "0000:07:10.3" },
		{ "0:07:10.0", "0000:07:10.0" },
		{ "10000:E1:1F.7", "10000:e1:1f.7" },
		{ "ffffffff:ff:1f.7", "ffffffff:ff:1f.7" },
		{ "00000001:00:00.0", "0001:00:00.0" },
		{ "0000:00:00.0", "0000:00:00.0" },
	};
	char buf[VW_PCI_STR];

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_error err = { "" };
		struct vw_pci pci;

		if (vw_pci_parse(cases[i][0], &pci, &err) != 0)
			fail_msg("%s: %s", cases[i][0], err.msg);
		assert_ptr_equal(vw_pci_format(&pci, buf), buf);
		assert_string_equal(buf, cases[i][1]);
	}
}

static void test_parse_bad(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ NULL, "there is none" },
		{ "", "does not look like" },
		{ "07", "does not look like" },
		{ "07:10", "does not look like" },
		{ "07.10:3", "does not look like" },
		{ "0000:07:10", "does not look like" },
		{ "eth0", "does not look like" },
		{ ":.", "the bus" },
		{ "::.", "the domain" },
		{ ":07:10.3", "the domain" },
		{ "000000000:07:10.3", "the domain" },
		{ "100000000:07:10.3", "the domain" },
		{ "0x00:07:10.3", "the domain" },
		{ "-001:07:10.3", "the domain" },
		{ " 0000:07:10.3", "the domain" },
		{ "0000:7:10.3", "the bus" },
		{ "0000:007:10.3", "the bus" },
		{ "0000:0g:10.3", "the bus" },
		{ "0000: 7:10.3", "the bus" },
		{ "0000::10.3", "the bus" },
		{ "0000:07:1.3", "the slot" },
		{ "0000:07:010.3", "the slot" },
		{ "0000:07:20.3", "the slot is above 1f" },
		{ "0000:07:ff.3", "the slot is above 1f" },
		{ "0000:07:+1.3", "the slot" },
		{ "0000:07:10:11.3", "the slot" },
		{ "0000:07:10.8", "the function" },
		{ "0000:07:10.f", "the function" },
		{ "0000:07:10.", "the function" },
		{ "0000:07:10.03", "the function" },
		{ "0000:07:10.3 ", "the function" },
		{ "0000:07:10.3\n", "the function" },
		{ "0000:07:10.3/driver", "the function" },
		{ "0000:07:10.3.4", "the function" },
		{ "../..", "does not look like" },
	};
	static const struct vw_pci before = { .domain = 9, .bus = 9, .slot = 9, .function = 5 };

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_error err = { "" };
		struct vw_pci pci = before;

		if (vw_pci_parse(cases[i].text, &pci, &err) != -EINVAL)
			fail_msg("\"%s\" was accepted", cases[i].text);
		if (!strstr(err.msg, cases[i].says))
			fail_msg("\"%s\": %s", cases[i].text, err.msg);
		assert_true(vw_pci_equal(&pci, &before));
		assert_int_equal(vw_pci_parse(cases[i].text, &pci, NULL), -EINVAL);
	}
}

static void test_parse_hostile(void **state)
{
	static const char good[] = "0000:07:10.3";
	struct vw_error err = { "" };
	struct vw_pci pci;
	char *huge = malloc(1 << 20);

	(void)state;
	assert_non_null(huge);
	memset(huge, '0', (1 << 20) - 1);
	huge[(1 << 20) - 1] = '\0';
	assert_int_equal(vw_pci_parse(huge, &pci, &err), -EINVAL);
	assert_true(strlen(err.msg) < 200);
	memcpy(huge + (1 << 20) - sizeof(":07:10.3"), ":07:10.3", sizeof(":07:10.3"));
	assert_int_equal(vw_pci_parse(huge, &pci, &err), -EINVAL);
	free(huge);

	assert_int_equal(vw_pci_parse("\x1b[2J\n\xff:00.0", &pci, &err), -EINVAL);
	assert_null(strpbrk(err.msg, "\x1b\n\xff"));
	assert_non_null(strstr(err.msg, "\\x1b[2J\\x0a\\xff"));

	for (size_t len = 0; len < strlen(good); len++) {
		char *text = strndup(good, len);

		assert_non_null(text);
		assert_int_equal(vw_pci_parse(text, &pci, &err), -EINVAL);
		free(text);
	}
}

static void test_from_xml_good(void **state)
{
	static const struct {
		const char *domain, *bus, *slot, *function, *out;
	} cases[] = {
		{ "0x0000", "0x07", "0x10", "0x3", "0000:07:10.3" },
		{ "0", "7", "16", "3", "0000:07:10.3" },
		{ "00", "07", "020", "03", "0000:07:10.3" },
		{ NULL, "0x07", "0x10", "0x3", "0000:07:10.3" },
		{ NULL, NULL, "0x1", NULL, "0000:00:01.0" },
		{ NULL, "1", NULL, NULL, "0000:01:00.0" },
		{ "1", NULL, NULL, NULL, "0001:00:00.0" },
		{ "0x10000", "0xE1", "0", "0", "10000:e1:00.0" },
		{ "0xffffffff", "0xff", "0x1f", "7", "ffffffff:ff:1f.7" },
		{ "4294967295", "255", "31", "07", "ffffffff:ff:1f.7" },
	};
	char buf[VW_PCI_STR];

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_error err = { "" };
		struct vw_pci pci;

		if (vw_pci_from_xml(cases[i].domain, cases[i].bus, cases[i].slot, cases[i].function,
			    &pci, &err) != 0)
			fail_msg("%s: %s", cases[i].out, err.msg);
		assert_string_equal(vw_pci_format(&pci, buf), cases[i].out);
	}
}

static void test_from_xml_bad(void **state)
{
	static const struct {
		const char *domain, *bus, *slot, *function;
		int rc;
		const char *says;
	} cases[] = {
		{ NULL, NULL, NULL, NULL, -EINVAL, "names no device" },
		{ "0", "0", "0", "0", -EINVAL, "names no device" },
		{ "0x0000", "0x00", "0x00", "0x7", -EINVAL, "names no device" },
		{ "0x100000000", "1", "1", "1", -ERANGE, "domain=" },
		{ "99999999999999999999999", "1", "1", "1", -ERANGE, "domain=" },
		{ "0", "0x100", "1", "1", -ERANGE, "bus=" },
		{ "0", "256", "1", "1", -ERANGE, "bus=" },
		{ "0", "1", "0x20", "1", -ERANGE, "slot=" },
		{ "0", "1", "32", "1", -ERANGE, "slot=" },
		{ "0", "1", "1", "8", -ERANGE, "function=" },
		{ "0", "1", "1", "010", -ERANGE, "function=" },
		{ "", "1", "1", "1", -EINVAL, "domain=" },
		{ "0", "", "1", "1", -EINVAL, "bus=" },
		{ "0", "1", "zz", "1", -EINVAL, "slot=" },
		{ "0", "1", "1f", "1", -EINVAL, "slot=" },
		{ "0", "1", "08", "1", -EINVAL, "slot=" },
		{ "0", "1", "1", "-1", -EINVAL, "function=" },
		{ "0", "1", "1", "+1", -EINVAL, "function=" },
		{ "0", "1", "1", " 1", -EINVAL, "function=" },
		{ "0", "1", "1", "1\n", -EINVAL, "function=" },
		{ "0x", "1", "1", "1", -EINVAL, "domain=" },
		{ "0", "1", "\x1b[2J", "1", -EINVAL, "slot=\"\\x1b[2J\"" },
	};
	static const struct vw_pci before = { .domain = 9, .bus = 9, .slot = 9, .function = 5 };

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_error err = { "" };
		struct vw_pci pci = before;

		assert_int_equal(vw_pci_from_xml(cases[i].domain, cases[i].bus, cases[i].slot,
					 cases[i].function, &pci, &err),
			cases[i].rc);
		if (!strstr(err.msg, cases[i].says))
			fail_msg("case %zu: %s", i, err.msg);
		assert_true(vw_pci_equal(&pci, &before));
	}
}

static void test_order(void **state)
{
	static const char *const sorted[] = { "0000:00:00.1", "0000:00:01.0", "0000:07:00.0",
		"0000:07:10.1", "0000:07:10.3", "0000:07:11.0", "0000:ff:00.0", "0001:00:00.0",
		"10000:00:00.0", "ffffffff:00:00.0" };

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(sorted); i++) {
		for (size_t j = 0; j < VW_ARRAY_SIZE(sorted); j++) {
			struct vw_pci a, b;
			int order;

			assert_int_equal(vw_pci_parse(sorted[i], &a, NULL), 0);
			assert_int_equal(vw_pci_parse(sorted[j], &b, NULL), 0);
			order = vw_pci_compare(&a, &b);
			assert_true(i < j ? order < 0 : i > j ? order > 0 : order == 0);
			assert_int_equal(vw_pci_equal(&a, &b), i == j);
		}
	}
}

/* Even numbers that no parser lets through fit into the buffer. */
static void test_format_extreme(void **state)
{
	static const struct vw_pci pci = { UINT32_MAX, 0xff, 0xff, 0xff };
	char buf[VW_PCI_STR];

	(void)state;
	assert_string_equal(vw_pci_format(&pci, buf), "ffffffff:ff:ff.ff");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse_good),
		cmocka_unit_test(test_parse_bad),
		cmocka_unit_test(test_parse_hostile),
		cmocka_unit_test(test_from_xml_good),
		cmocka_unit_test(test_from_xml_bad),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_format_extreme),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
