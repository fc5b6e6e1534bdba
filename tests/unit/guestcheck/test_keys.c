/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_keys: --key SELECTOR. */
#include "tree.h"

#include "keys.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int parse(const char *selector, struct vw_keys *keys)
{
	const char *const selectors[] = { selector, NULL };
	struct vw_error err = { "" };
	int rc = vw_keys_parse(selectors, keys, &err);

	assert_true(rc == 0 || (err.msg[0] && !keys->n && !keys->v));
	return rc;
}

static void assert_key(const char *selector, const char *device, const char *secret)
{
	struct vw_keys keys;

	assert_int_equal(parse(selector, &keys), 0);
	assert_int_equal(keys.n, 1);
	assert_string_equal(keys.v[0].device, device);
	assert_string_equal(keys.v[0].secret, secret);
	vw_keys_free(&keys);
}

static void test_text(void **state)
{
	struct vw_keys keys;

	(void)state;
	assert_key("/dev/sda2:key:secret", "/dev/sda2", "secret");
	assert_key("all:key:a:b:file:c", "all", "a:b:file:c");
	assert_key("all:key:", "all", "");
	assert_int_equal(parse("/dev/sda2", &keys), -EINVAL);
	assert_int_equal(parse(":key:x", &keys), -EINVAL);
	assert_int_equal(parse("all:clevis", &keys), -EINVAL);
	assert_int_equal(parse("all:keys:x", &keys), -EINVAL);
	assert_int_equal(parse("all:key", &keys), -EINVAL);
	assert_int_equal(vw_keys_parse(NULL, &keys, NULL), 0);
	assert_int_equal(keys.n, 0);
}

static void test_secret_not_said(void **state)
{
	const char *const selectors[] = { "all:kay:hunter2", NULL };
	struct vw_error err;
	struct vw_keys keys;

	(void)state;
	assert_int_equal(vw_keys_parse(selectors, &keys, &err), -EINVAL);
	assert_null(strstr(err.msg, "hunter2"));
}

static void test_files(void **state)
{
	static char large[VW_KEY_FILE_MAX + 1];
	char selector[128];
	struct vw_keys keys;
	struct tree tree;

	(void)state;
	tree_new(&tree);
	snprintf(selector, sizeof(selector), "all:file:%s/key", tree.root);
	assert_int_equal(parse(selector, &keys), -ENOENT);
	tree_file(&tree, "/key", "one\ntwo\n\n");
	assert_key(selector, "all", "one");
	tree_file(&tree, "/key", "\ntwo");
	assert_key(selector, "all", "");
	tree_file(&tree, "/key", "one");
	assert_key(selector, "all", "one");
	tree_file(&tree, "/key", "");
	assert_key(selector, "all", "");
	tree_bytes(&tree, "/key", "a\0b", 3);
	assert_int_equal(parse(selector, &keys), -EINVAL);
	memset(large, 'x', sizeof(large));
	tree_bytes(&tree, "/key", large, sizeof(large));
	assert_int_equal(parse(selector, &keys), -EFBIG);
	tree_bytes(&tree, "/key", large, VW_KEY_FILE_MAX - 1);
	assert_int_equal(parse(selector, &keys), 0);
	vw_keys_free(&keys);
	tree_free(&tree);
}

static void test_several(void **state)
{
	const char *const selectors[] = { "/dev/sda1:key:a", "all:key:b", NULL };
	const char *const broken[] = { "/dev/sda1:key:a", "all", NULL };
	struct vw_error err;
	struct vw_keys keys;

	(void)state;
	assert_int_equal(vw_keys_parse(selectors, &keys, &err), 0);
	assert_int_equal(keys.n, 2);
	assert_string_equal(keys.v[1].secret, "b");
	vw_keys_free(&keys);
	assert_int_equal(vw_keys_parse(broken, &keys, &err), -EINVAL);
	assert_int_equal(keys.n, 0);
}

static void test_fits(void **state)
{
	struct vw_key key = { .device = "/dev/sda2" };

	(void)state;
	assert_true(vw_key_fits(&key, "/dev/sda2", ""));
	assert_false(vw_key_fits(&key, "/dev/sda20", ""));
	key.device = "all";
	assert_true(vw_key_fits(&key, "/dev/sda20", ""));
	key.device = "89AB-12";
	assert_true(vw_key_fits(&key, "/dev/sda2", "89ab-12"));
	assert_false(vw_key_fits(&key, "/dev/sda2", ""));
	key.device = "";
	assert_false(vw_key_fits(&key, "/dev/sda2", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_secret_not_said),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
