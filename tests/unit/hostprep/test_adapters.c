/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_adapters: the table of adapters: our own is whole, and each column of a bad line is told. */
#include "tree.h"

#include "adapters.h"
#include "cleanup.h"

#include <stdio.h>
#include <string.h>

#define LINE "8086\t10fb\t10ed\t152e\tixgbe\t82599\t63\tport\tName\n"

static void test_columns(void **state)
{
	static const struct {
		const char *text, *wrong; /* wrong NULL: it is fine */
	} lines[] = {
		{ LINE, NULL },
		{ "# a comment\n\n" LINE, NULL },
		{ "8086\t10fb\t-\t-\t-\t-\t-\t-\t-\n", NULL },
		{ "8086\t10fb\t-\t-\tixgbe\t82598\t0\tfirmware\t-", NULL },
		{ "8086\t10fb\n", "f:1: the line is left out: wrong number of columns" },
		{ "8086\t10fb\t-\t-\t-\t-\t-\t-\t-\t-\n",
			"f:1: the line is left out: wrong number of columns" },
		{ "# c\n8086 10fb\n", "f:2: the line is left out: wrong number of columns" },
		{ "-\t10fb\t-\t-\t-\t-\t-\t-\t-\n", "f:1: the line is left out: wrong vendor" },
		{ "08086\t10fb\t-\t-\t-\t-\t-\t-\t-\n", "f:1: the line is left out: wrong vendor" },
		{ "8086\tx0fb\t-\t-\t-\t-\t-\t-\t-\n", "f:1: the line is left out: wrong pf" },
		{ "8086\t0x10\t-\t-\t-\t-\t-\t-\t-\n", "f:1: the line is left out: wrong pf" },
		{ "8086\t10FB\t-\t-\t-\t-\t-\t-\t-\n", "f:1: the line is left out: wrong pf" },
		{ "8086\t10fb\t1\t-\t-\t-\t-\t-\t-\n", "f:1: the line is left out: wrong vf" },
		{ "8086\t10fb\t-\t\t-\t-\t-\t-\t-\n", "f:1: the line is left out: wrong hyperv" },
		{ "8086\t10fb\t-\t-\t\t-\t-\t-\t-\n", "f:1: the line is left out: wrong driver" },
		{ "8086\t10fb\t-\t-\t-\t12345678901234567890123456789012\t-\t-\t-\n",
			"f:1: the line is left out: wrong family" },
		{ "8086\t10fb\t-\t-\t-\t-\t-1\t-\t-\n", "f:1: the line is left out: wrong vfs" },
		{ "8086\t10fb\t-\t-\t-\t-\t65536\t-\t-\n", "f:1: the line is left out: wrong vfs" },
		{ "8086\t10fb\t-\t-\t-\t-\t-\tports\t-\n",
			"f:1: the line is left out: wrong limit" },
		{ "8086\t10fb\t-\t-\t-\t-\t-\t-\t\n", "f:1: the line is left out: wrong name" },
		{ LINE LINE, "f:2: the line is left out: wrong pf (it is there twice)" },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(lines); i++) {
		struct vw_findings findings = { 0 };
		struct vw_adapters adapters = { 0 };

		assert_int_equal(
			vw_adapters_parse(&adapters, lines[i].text, "f", &findings, NULL), 0);
		assert_int_equal(findings.n, lines[i].wrong ? 1 : 0);
		if (lines[i].wrong)
			assert_string_equal(findings.v[0].message, lines[i].wrong);
		vw_adapters_free(&adapters);
		vw_findings_free(&findings);
	}
}

static void test_find(void **state)
{
	struct vw_findings findings = { 0 };
	struct vw_adapters adapters = { 0 };
	const struct vw_adapter *adapter;
	bool hyperv;

	(void)state;
	assert_int_equal(vw_adapters_parse(&adapters,
				 LINE "8086\t10c6\t-\t-\tixgbe\t82598\t0\t-\t-\n"
				      "15b3\t1015\t1016\t-\tmlx5_core\tCX\t127\tfirmware\tName 2\n",
				 "f", &findings, NULL),
		0);
	assert_int_equal(adapters.n, 3);
	adapter = vw_adapters_find(&adapters, 0x8086, 0x10fb);
	assert_non_null(adapter);
	assert_string_equal(adapter->driver, "ixgbe");
	assert_string_equal(adapter->family, "82599");
	assert_string_equal(adapter->name, "Name");
	assert_int_equal(adapter->vfs, 63);
	assert_int_equal(adapter->limit, VW_LIMIT_PORT);
	assert_null(vw_adapters_find(&adapters, 0x15b3, 0x10fb));
	assert_null(vw_adapters_find(&adapters, 0x8086, 0x10ed));
	adapter = vw_adapters_find(&adapters, 0x8086, 0x10c6);
	assert_int_equal(adapter->vfs, 0);
	assert_string_equal(adapter->name, "");
	assert_int_equal(vw_adapters_find(&adapters, 0x15b3, 0x1015)->limit, VW_LIMIT_FIRMWARE);
	adapter = vw_adapters_find_vf(&adapters, 0x8086, 0x10ed, &hyperv);
	assert_true(adapter && adapter->pf == 0x10fb && !hyperv);
	adapter = vw_adapters_find_vf(&adapters, 0x8086, 0x152e, &hyperv);
	assert_true(adapter && adapter->pf == 0x10fb && hyperv);
	assert_null(vw_adapters_find_vf(&adapters, 0x15b3, 0x152e, &hyperv));
	/* "-" is no id. */
	assert_null(vw_adapters_find_vf(&adapters, 0x8086, 0, &hyperv));
	vw_adapters_free(&adapters);
	vw_findings_free(&findings);
}

static void test_ours(void **state)
{
	struct vw_findings findings = { 0 };
	struct vw_adapters adapters = { 0 };
	size_t without = 0;

	(void)state;
	assert_int_equal(setenv("VFWARD_DATADIR", TEST_DATA "/../../hostprep", 1), 0);
	assert_int_equal(vw_adapters_load(&adapters, &findings, NULL), 0);
	assert_int_equal(findings.n, 0);
	for (size_t i = 0; i < adapters.n; i++) {
		const struct vw_adapter *a = &adapters.v[i];

		without += a->vfs == 0;
		assert_true(a->driver[0] && a->family[0]);
		assert_true(a->vfs != 0 || (a->vf == 0 && a->limit == VW_LIMIT_UNKNOWN));
	}
	assert_true(without > 0 && without < adapters.n);
	assert_int_equal(vw_adapters_find(&adapters, 0x8086, 0x1521)->vfs, 7);
	assert_int_equal(vw_adapters_find(&adapters, 0x8086, 0x10c6)->vfs, 0);
	vw_adapters_free(&adapters);
	/* A relative name is not followed: it would be another file in each directory. */
	assert_int_equal(setenv("VFWARD_DATADIR", "hostprep", 1), 0);
	assert_int_equal(vw_adapters_load(&adapters, &findings, NULL), 0);
	if (findings.n)
		assert_string_equal(findings.v[0].subject, VFWARD_DATADIR "/" VW_ADAPTERS_FILE);
	vw_adapters_free(&adapters);
	vw_findings_free(&findings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
