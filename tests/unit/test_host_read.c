/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_host_read: reading files and links of a recorded machine, hostile ones included. */
#include "host_hostile.h"

static void test_bad_files(void **state)
{
	struct tree *tree = *state;
	char secret[PATH_MAX], buf[64], *data;
	size_t len;

	hostile(tree, secret);
	for (size_t i = 0; i < VW_ARRAY_SIZE(bad_files); i++) {
		const char *path = bad_files[i].path;
		int rc = bad_files[i].rc;

		memset(buf, 'x', sizeof(buf));
		assert_int_equal(vw_host_readf(&tree->host, buf, sizeof(buf), "%s", path), rc);
		assert_string_equal(buf, "");
		data = buf;
		assert_int_equal(vw_host_slurpf(&tree->host, 100, &data, &len, "%s", path), rc);
		assert_null(data);
		assert_int_equal(len, 0);
	}
	hostile_end(secret);
}

static const struct {
	const char *data;
	size_t len, size;
	int rc;
	const char *text;
} attributes[] = {
	{ "", 0, 8, 0, "" },
	{ "", 0, 1, 0, "" },
	{ "\n", 1, 8, 0, "" },
	{ " \t\r\n\v\f", 6, 8, 0, "" },
	{ "0x8086\n", 7, 8, 6, "0x8086" },
	{ "0x8086\n", 7, 7, -EFBIG, "" },
	{ "a", 1, 1, -EFBIG, "" },
	{ "abcdefg", 7, 8, 7, "abcdefg" },
	{ "abcdefgh", 8, 8, -EFBIG, "" },
	{ " a b \n\n", 7, 8, 4, " a b" },
	{ "a\nb\n", 4, 8, 3, "a\nb" },
	{ "a\0b\n", 4, 8, -EBADMSG, "" },
	{ "a\0\n", 3, 8, 1, "a" },
	{ "\0\0", 2, 8, 0, "" },
	{ "\xff\xfe\x01", 3, 8, 3, "\xff\xfe\x01" },
};

static void test_read(void **state)
{
	struct tree *tree = *state;
	char buf[8];

	for (size_t i = 0; i < VW_ARRAY_SIZE(attributes); i++) {
		tree_bytes(tree, "/a/attr", attributes[i].data, attributes[i].len);
		memset(buf, 'x', sizeof(buf));
		assert_int_equal(
			vw_host_readf(&tree->host, buf, attributes[i].size, "/a/%s", "attr"),
			attributes[i].rc);
		assert_string_equal(buf, attributes[i].text);
	}
	assert_int_equal(vw_host_readf(&tree->host, buf, 0, "/a/attr"), -EINVAL);
}

static void test_long_paths(void **state)
{
	struct tree *tree = *state;
	char path[PATH_MAX + 2], buf[8], *data;
	struct vw_names names;
	size_t len;
	int n;

	/* "/././.…" resolves to the root however long, so only the length can be what is refused. */
	for (size_t i = 0; i < sizeof(path) - 1; i++)
		path[i] = i % 2 ? '.' : '/';
	path[PATH_MAX] = '\0';
	for (n = PATH_MAX; n >= PATH_MAX - 1; n--) {
		int rc = n == PATH_MAX ? -ENAMETOOLONG : 0;

		path[n] = '\0';
		assert_int_equal(vw_host_listf(&tree->host, &names, "%s", path), rc);
		vw_names_free(&names);
		assert_int_equal(vw_host_existsf(&tree->host, "%s", path), rc == 0);
		assert_int_equal(vw_host_mkdirf(&tree->host, 0700, "%s", path), rc);
		assert_int_equal(vw_host_readf(&tree->host, buf, sizeof(buf), "%s", path),
			rc ? rc : -EISDIR);
		assert_int_equal(
			vw_host_slurpf(&tree->host, 1, &data, &len, "%s", path), rc ? rc : -EISDIR);
		assert_int_equal(vw_host_linkf(&tree->host, buf, sizeof(buf), "%s", path),
			rc ? rc : -EINVAL);
		assert_int_equal(vw_host_readlinkf(&tree->host, buf, sizeof(buf), "%s", path),
			rc ? rc : -EINVAL);
	}
	memset(path + 1, 'x', PATH_MAX - 2); /* one component above NAME_MAX */
	assert_int_equal(vw_host_openf(&tree->host, O_RDONLY, "%s", path), -ENAMETOOLONG);
	path[PATH_MAX - 1] = 'x';
	path[PATH_MAX] = '\0';
	assert_null(vw_host_pathf(&tree->host, "%s", path));
}

static void test_slurp(void **state)
{
	static const size_t sizes[] = { 0, 1, 4095, 4096, 4097, 8192, 100000 };
	struct tree *tree = *state;
	char *big = malloc(100000), *data;
	size_t len;

	assert_non_null(big);
	for (size_t i = 0; i < 100000; i++)
		big[i] = (char)(i * 31 % 251); /* NULs too */
	for (size_t i = 0; i < VW_ARRAY_SIZE(sizes); i++) {
		size_t size = sizes[i];

		tree_bytes(tree, "/f", big, size);
		for (size_t max = size; max <= size + 1; max++) {
			assert_int_equal(vw_host_slurpf(&tree->host, max, &data, &len, "/f"), 0);
			assert_int_equal(len, size);
			assert_memory_equal(data, big, size);
			assert_int_equal(data[size], 0);
			free(data);
		}
		if (size == 0)
			continue;
		assert_int_equal(vw_host_slurpf(&tree->host, size - 1, &data, &len, "/f"), -EFBIG);
		assert_null(data);
	}
	assert_int_equal(vw_host_slurpf(&tree->host, SIZE_MAX, &data, &len, "/f"), -EINVAL);
	free(big);
}

static const struct {
	const char *target;
	int size, rc; /* of linkf */
	const char *base;
} links[] = {
	{ "igb", 64, 3, "igb" },
	{ "../../../bus/pci/drivers/igb", 64, 3, "igb" },
	{ "/abs/igb", 64, 3, "igb" },
	{ "../igb", 4, 3, "igb" },
	{ "../igb", 3, -ENAMETOOLONG, "" },
	{ "../igb", 1, -ENAMETOOLONG, "" },
	{ "..", 64, -EINVAL, "" },
	{ ".", 64, -EINVAL, "" },
	{ "a/..", 64, -EINVAL, "" },
	{ "a/", 64, -EINVAL, "" },
	{ "/", 64, -EINVAL, "" },
	{ "...", 64, 3, "..." },
};

static void test_links(void **state)
{
	struct tree *tree = *state;
	char buf[PATH_MAX], longest[PATH_MAX];

	for (size_t i = 0; i < VW_ARRAY_SIZE(links); i++) {
		size_t len = strlen(links[i].target);

		tree_link(tree, "/d/link", links[i].target);
		memset(buf, 'x', sizeof(buf));
		assert_int_equal(vw_host_linkf(&tree->host, buf, (size_t)links[i].size, "/d/link"),
			links[i].rc);
		assert_string_equal(buf, links[i].base);
		assert_int_equal(vw_host_readlinkf(&tree->host, buf, len + 1, "/d/link"), len);
		assert_string_equal(buf, links[i].target);
		assert_int_equal(
			vw_host_readlinkf(&tree->host, buf, len, "/d/link"), -ENAMETOOLONG);
	}
	memset(longest, 'x', sizeof(longest));
	longest[PATH_MAX - 1] = '\0';
	tree_link(tree, "/d/link", longest);
	assert_int_equal(vw_host_readlinkf(&tree->host, buf, sizeof(buf), "/d/link"), PATH_MAX - 1);
	assert_string_equal(buf, longest);

	tree_file(tree, "/d/file", "");
	assert_int_equal(vw_host_readlinkf(&tree->host, buf, 9, "/d/file"), -EINVAL);
	assert_int_equal(vw_host_linkf(&tree->host, buf, 9, "/d"), -EINVAL);
	assert_int_equal(vw_host_linkf(&tree->host, buf, 9, "/d/none"), -ENOENT);
	assert_int_equal(vw_host_linkf(&tree->host, buf, 9, "/d/file/x"), -ENOTDIR);
	/* The way to the link is resolved inside the root as well. */
	tree_link(tree, "/way", "/d");
	tree_link(tree, "/d/link", "x/y");
	assert_int_equal(vw_host_linkf(&tree->host, buf, 9, "/way/link"), 1);
	tree_link(tree, "/way", "/proc/self");
	assert_int_equal(vw_host_linkf(&tree->host, buf, 9, "/way/exe"), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_bad_files, setup, teardown),
		cmocka_unit_test_setup_teardown(test_read, setup, teardown),
		cmocka_unit_test_setup_teardown(test_long_paths, setup, teardown),
		cmocka_unit_test_setup_teardown(test_slurp, setup, teardown),
		cmocka_unit_test_setup_teardown(test_links, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
