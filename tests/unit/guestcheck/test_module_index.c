/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_module_index: depmod's texts, also where they are odd. */
#include "tree.h"

#include "cleanup.h"
#include "modalias.h"
#include "module_index.h"

#include <string.h>

#define V "/lib/modules/6.1.0-1-test"

static void test_modalias(void **state)
{
	char buf[VW_MODALIAS_MAX];

	(void)state;
	vw_modalias_make(buf, 0x8086, 0x10ed);
	assert_string_equal(buf, "pci:v00008086d000010EDsv00000000sd00000000bc02sc00i00");
}

static void match(const char *text, uint16_t vendor, uint16_t device, const char *want)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	char modalias[VW_MODALIAS_MAX], is[256] = "";

	vw_modalias_make(modalias, vendor, device);
	assert_int_equal(vw_modules_alias_match(text, strlen(text), modalias, &names), 0);
	for (size_t i = 0; i < names.n; i++) {
		strcat(is, i ? " " : "");
		strcat(is, names.v[i]);
	}
	assert_string_equal(is, want);
}

static void test_alias(void **state)
{
	static const char text[] = "# Aliases extracted from modules themselves.\n"
				   "alias pci:v00008086d000010EDsv*sd*bc*sc*i* ixgbevf\n"
				   "alias pci:v00008086d000010EDsv*sd*bc*sc*i* ixgbevf\n"
				   "alias pci:v00008086d*sv*sd*bc02sc00i* other-driver\r\n"
				   "alias pci:v00001077d00008430sv*sd*bc02sc00i00* qlcnic\n"
				   "alias pci:v00001077d00008440sv*sd*bc01sc00i00* storage\n"
				   "alias pci:v00001077d00008C30sv0000103Csd*bc*sc*i* subsystem\n"
				   "alias pci:v00001924d00001903sv*sd*bc*sc*i*\n"
				   "aliaspci:v00001924d00001903sv*sd*bc*sc*i* x\n"
				   "alias pci:v00001924d00001923sv*sd*bc*sc*i* last";
	vw_auto(vw_names_free) struct vw_names none = { 0 };

	(void)state;
	match(text, 0x8086, 0x10ed, "ixgbevf other_driver");
	match(text, 0x8086, 0x10ec, "other_driver");
	match(text, 0x1077, 0x8430, "qlcnic");
	match(text, 0x1077, 0x8440, ""); /* of another class */
	match(text, 0x1077, 0x8c30, ""); /* of one vendor's boards */
	match(text, 0x1924, 0x1903, ""); /* without a module */
	match(text, 0x1924, 0x1923, "last");
	assert_true(vw_modules_alias_any(text, strlen(text)));
	/* a name that begins with a NUL is none */
	assert_int_equal(vw_modules_alias_match("alias * \0a\n", 11, "pci:x", &none), 0);
	assert_int_equal(none.n, 0);
	assert_false(vw_modules_alias_any(text, 40));
}

static void test_many(void **state)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	static char text[200 * 32];
	size_t len = 0;

	(void)state;
	for (int i = 0; i < 200; i++)
		len += (size_t)sprintf(text + len, "alias pci:* m%d\n", i);
	assert_int_equal(vw_modules_alias_match(text, len, "pci:x", &names), 0);
	assert_int_equal(names.n, VW_INDEX_MATCHES);
}

static void test_builtin(void **state)
{
	static const char data[] =
		"ixgbevf.license=GPL\0ixgbevf.alias=pci:v00008086d000010EDsv*\0"
		"x.aliases=pci:*\0y-z.alias=pci:v00008086*\0.alias=pci:*\0alias=pci:*";
	vw_auto(vw_names_free) struct vw_names names = { 0 };

	(void)state;
	assert_int_equal(vw_modules_builtin_match(
				 data, sizeof(data), "pci:v00008086d000010EDsv00000000", &names),
		0);
	assert_int_equal(names.n, 2);
	assert_string_equal(names.v[0], "ixgbevf");
	assert_string_equal(names.v[1], "y_z");
}

static void find(const char *text, const char *module, const char *want)
{
	struct vw_module_place place;
	char is[512] = "";
	const char *path;
	size_t len;

	if (vw_modules_find(text, strlen(text), module, &place)) {
		sprintf(is, "%.*s", (int)place.path_len, place.path);
		while (vw_modules_need(&place, &path, &len))
			sprintf(is + strlen(is), " < %.*s", (int)len, path);
	}
	assert_string_equal(is, want);
}

static void test_find(void **state)
{
	static const char text[] =
		"updates/dkms/ixgbevf.ko.xz: kernel/a.ko  kernel/b-c.ko\n"
		"kernel/drivers/net/ixgbevf.ko:\n"
		"/lib/modules/2.6.18/kernel/e1000-x.ko: /lib/modules/2.6.18/m.ko\r\n"
		"kernel/builtin.ko\n"
		"kernel/ixgbevf2.ko:";

	(void)state;
	find(text, "ixgbevf", "updates/dkms/ixgbevf.ko.xz < kernel/a.ko < kernel/b-c.ko");
	find(text, "e1000_x", "/lib/modules/2.6.18/kernel/e1000-x.ko < /lib/modules/2.6.18/m.ko");
	find(text, "builtin", "kernel/builtin.ko");
	find(text, "ixgbevf2", "kernel/ixgbevf2.ko");
	find(text, "ixgbe", "");
	find(text, "net", "");
}

static void test_read(void **state)
{
	vw_auto_free char *path = NULL;
	struct vw_module_index index;
	struct vw_error err;
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_file(&tree, V "/modules.alias", "alias a b\n");
	tree_file(&tree, V "/modules.dep.bin", "x");
	assert_int_equal(vw_module_index_read(&tree.host, V, &index, &err), 0);
	assert_true(index.alias.there);
	assert_string_equal(index.alias.text, "alias a b\n");
	assert_false(index.dep.there);
	assert_string_equal(index.dep.text, "");
	assert_true(index.dep_bin);
	assert_false(index.alias_bin);
	vw_module_index_free(&index);
	/* bigger than any real one */
	tree_file(&tree, V "/modules.builtin", "x");
	path = vw_host_pathf(&tree.host, V "/modules.builtin");
	assert_int_equal(truncate(path, (16 << 20) + 1), 0);
	assert_int_equal(vw_module_index_read(&tree.host, V, &index, &err), -EFBIG);
	assert_string_equal(err.msg, "cannot read " V "/modules.builtin: File too large");
	tree_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modalias),
		cmocka_unit_test(test_alias),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_builtin),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
