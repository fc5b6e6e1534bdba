/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_kernel_image: what images say of themselves, and those that say nothing. */
#include "tree.h"

#include "cleanup.h"
#include "kernel_image.h"

#include <string.h>

#define PATH "/image"

static void put16(char *at, unsigned int value)
{
	at[0] = (char)value;
	at[1] = (char)(value >> 8);
}

/* A bzImage's head with this version string at 0x200 + where. */
static void make_bzimage(char *at, unsigned int where, const char *version)
{
	memcpy(at + 0x202, "HdrS", 4);
	put16(at + 0x20e, where);
	strcpy(at + 0x200 + where, version);
}

/* A PE file with one section: its table begins at 0x80 + 24 + 0x10. */
static void make_pe(char *data, const char *name, const char *content, unsigned int len)
{
	char *section = data + 0x80 + 24 + 0x10;

	memcpy(data, "MZ", 2);
	data[60] = (char)0x80;
	memcpy(data + 0x80, "PE\0\0", 4);
	put16(data + 0x80 + 6, 1);
	put16(data + 0x80 + 20, 0x10);
	strncpy(section, name, 8);
	put16(section + 8, len);      /* of what counts */
	put16(section + 16, len + 9); /* in the file, filled up */
	put16(section + 20, 0x400);
	memcpy(data + 0x400, content, len);
}

static void check_release(struct tree *tree, const char *expected)
{
	char release[VW_RELEASE_MAX] = "?";
	int rc = vw_kernel_image_release(&tree->host, PATH, release, sizeof(release));

	assert_int_equal(rc, expected ? 1 : 0);
	if (expected)
		assert_string_equal(release, expected);
}

static void test_bzimage(void **state)
{
	char data[0x800] = "", plain[0x800] = "";
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_bytes(&tree, PATH, data, sizeof(data));
	check_release(&tree, NULL);
	make_bzimage(data, 0x300, "6.6.31-0-lts (builder@host) #1-Alpine SMP");
	tree_bytes(&tree, PATH, data, sizeof(data));
	check_release(&tree, "6.6.31-0-lts");
	/* no string, or one that is behind the end, or none that may be a release */
	tree_bytes(&tree, PATH, data, 0x20f);
	check_release(&tree, NULL);
	tree_bytes(&tree, PATH, data, 0x500);
	check_release(&tree, NULL);
	tree_bytes(&tree, PATH, data, 0x506);
	check_release(&tree, "6.6.31");
	make_bzimage(plain, 0x300, "../../etc");
	tree_bytes(&tree, PATH, plain, sizeof(plain));
	check_release(&tree, NULL);
	make_bzimage(plain, 0x300, "6.1\x1b[31m");
	tree_bytes(&tree, PATH, plain, sizeof(plain));
	check_release(&tree, NULL);
	memset(plain + 0x500, 'x', 0x300);
	tree_bytes(&tree, PATH, plain, sizeof(plain));
	check_release(&tree, NULL);
	tree_free(&tree);
}

static void test_unified(void **state)
{
	char data[0x1000] = "", inner[0x800] = "";
	char *cmdline = NULL;
	struct tree tree;

	(void)state;
	tree_new(&tree);
	make_pe(data, ".uname", "6.12.9-arch1-1", 14);
	memset(data + 0x40e, 'x', 16);
	tree_bytes(&tree, PATH, data, sizeof(data));
	check_release(&tree, "6.12.9-arch1-1");
	assert_int_equal(vw_kernel_image_cmdline(&tree.host, PATH, &cmdline), 0);
	assert_null(cmdline);
	make_bzimage(inner, 0x100, "6.5.0 (x)");
	make_pe(data, ".linux", inner, sizeof(inner));
	tree_bytes(&tree, PATH, data, sizeof(data));
	check_release(&tree, "6.5.0");
	memset(data, 0, sizeof(data));
	make_pe(data, ".cmdline", "root=x quiet \n", 14);
	tree_bytes(&tree, PATH, data, sizeof(data));
	check_release(&tree, NULL);
	assert_int_equal(vw_kernel_image_cmdline(&tree.host, PATH, &cmdline), 1);
	assert_string_equal(cmdline, "root=x quiet");
	free(cmdline);
	/* what is cut off is not there */
	for (size_t len = 0; len < 0x40e; len++) {
		tree_bytes(&tree, PATH, data, len);
		check_release(&tree, NULL);
		assert_int_equal(vw_kernel_image_cmdline(&tree.host, PATH, &cmdline), 0);
	}
	tree_free(&tree);
}

static void test_absent(void **state)
{
	struct tree tree;

	(void)state;
	tree_new(&tree);
	check_release(&tree, NULL);
	tree_dir(&tree, PATH);
	check_release(&tree, NULL);
	tree_free(&tree);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bzimage),
		cmocka_unit_test(test_unified),
		cmocka_unit_test(test_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
