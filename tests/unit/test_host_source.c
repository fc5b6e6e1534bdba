/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_host_source: a host whose files come from a source, and pieces of files of any host. */
#include "tree.h"

#include "cleanup.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>

/* A machine of three files: /text, /fifo and what cannot be read; it gives at most four bytes at a time. */
static const char text[] = "one\ntwo\nthree\n";
static unsigned int fifo_reads;

static int stat_path(void *data, const char *path, struct stat *st)
{
	assert_ptr_equal(data, text);
	*st = (struct stat){ .st_mode = S_IFREG | 0644, .st_size = sizeof(text) - 1 };
	if (!strcmp(path, "/text") || !strcmp(path, "/broken"))
		return 0;
	st->st_mode = S_IFIFO | 0644;
	if (!strcmp(path, "/fifo"))
		return 0;
	st->st_mode = S_IFDIR | 0755;
	return strcmp(path, "/") ? -ENOENT : 0;
}

static ssize_t read_path(void *data, const char *path, uint64_t offset, void *buf, size_t size)
{
	size_t left = sizeof(text) - 1;

	(void)data;
	if (!strcmp(path, "/fifo"))
		fifo_reads++;
	if (!strcmp(path, "/broken") && offset > 0)
		return -EIO;
	if (offset >= left)
		return 0;
	left -= offset;
	left = left < size ? left : size;
	left = left < 4 ? left : 4;
	memcpy(buf, text + offset, left);
	return (ssize_t)left;
}

static int list_path(void *data, const char *path, struct vw_names *names)
{
	(void)data;
	if (!strcmp(path, "/half"))
		return vw_names_add(names, "x") < 0 ? -ENOMEM : -EIO;
	if (strcmp(path, "/") != 0)
		return -ENOENT;
	/* enough for room to grow several times, and not in order */
	for (int i = 40; i > 0; i--) {
		char name[8];

		snprintf(name, sizeof(name), "f%d", i);
		assert_int_equal(vw_names_add(names, name), 0);
	}
	return 0;
}

static int link_path(void *data, const char *path, char *buf, size_t size)
{
	(void)data;
	if (strcmp(path, "/link") != 0)
		return -EINVAL;
	snprintf(buf, size, "/usr/lib/base");
	return (int)strlen(buf);
}

static const struct vw_host_source source = {
	.stat = stat_path, .read = read_path, .list = list_path, .readlink = link_path
};

static void open_source(struct vw_host *host)
{
	struct vw_error err;

	assert_int_equal(
		vw_host_open_source(host, &source, (void *)(uintptr_t)text, "disk.img", &err), 0);
	assert_string_equal(host->root, "disk.img");
	assert_true(host->recorded);
	fifo_reads = 0;
}

static void test_files(void **state)
{
	vw_auto_free char *data = NULL;
	struct vw_host host;
	struct stat st;
	char buf[32];
	size_t len;

	(void)state;
	open_source(&host);
	assert_int_equal(vw_host_slurpf(&host, 100, &data, &len, "/%s", "text"), 0);
	assert_int_equal(len, sizeof(text) - 1);
	assert_string_equal(data, text);
	free(data);
	assert_int_equal(vw_host_slurpf(&host, len, &data, &len, "/text"), 0);
	free(data);
	assert_int_equal(vw_host_slurpf(&host, len - 1, &data, &len, "/text"), -EFBIG);
	assert_null(data);
	assert_int_equal(vw_host_slurpf(&host, 100, &data, &len, "/broken"), -EIO);
	assert_int_equal(vw_host_slurpf(&host, 100, &data, &len, "/"), -EISDIR);
	assert_int_equal(vw_host_slurpf(&host, 100, &data, &len, "/nowhere"), -ENOENT);

	assert_int_equal(vw_host_readf(&host, buf, sizeof(buf), "/text"), sizeof(text) - 2);
	assert_string_equal(buf, "one\ntwo\nthree");
	assert_int_equal(vw_host_readf(&host, buf, 6, "/text"), -EFBIG);
	assert_int_equal(vw_host_readf(&host, buf, sizeof(buf), "/broken"), -EIO);

	assert_int_equal(vw_host_statf(&host, &st, "/text"), 0);
	assert_int_equal(st.st_size, sizeof(text) - 1);
	assert_int_equal(vw_host_statf(&host, &st, "/nowhere"), -ENOENT);
	assert_int_equal(vw_host_statf(&host, &st, "text"), -EINVAL);
	assert_int_equal(vw_host_lookf(&host, "/text"), 1);
	assert_int_equal(vw_host_lookf(&host, "/nowhere"), 0);
	vw_host_close(&host);
}

/* What is no regular file is never asked for its bytes. */
static void test_fifo(void **state)
{
	struct vw_host host;
	char buf[8], *data;
	size_t len;

	(void)state;
	open_source(&host);
	assert_int_equal(vw_host_readf(&host, buf, sizeof(buf), "/fifo"), -EINVAL);
	assert_int_equal(vw_host_slurpf(&host, 100, &data, &len, "/fifo"), -EINVAL);
	assert_int_equal(vw_host_piecef(&host, 0, buf, sizeof(buf), "/fifo"), -EINVAL);
	assert_int_equal(fifo_reads, 0);
	vw_host_close(&host);
}

static void test_names_and_links(void **state)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	struct vw_host host;
	char buf[64];

	(void)state;
	open_source(&host);
	assert_int_equal(vw_host_listf(&host, &names, "/"), 0);
	assert_int_equal(names.n, 40);
	assert_string_equal(names.v[0], "f1");
	assert_string_equal(names.v[9], "f10"); /* as versions, not as bytes */
	vw_names_free(&names);
	assert_int_equal(vw_host_listf(&host, &names, "/half"), -EIO);
	assert_int_equal(names.n, 0);
	assert_int_equal(vw_host_listf(&host, &names, "/nowhere"), -ENOENT);

	assert_int_equal(vw_host_readlinkf(&host, buf, sizeof(buf), "/link"), 13);
	assert_string_equal(buf, "/usr/lib/base");
	assert_int_equal(vw_host_linkf(&host, buf, sizeof(buf), "/link"), 4);
	assert_string_equal(buf, "base");
	assert_int_equal(vw_host_readlinkf(&host, buf, 13, "/link"), -ENAMETOOLONG);
	assert_int_equal(vw_host_readlinkf(&host, buf, sizeof(buf), "/text"), -EINVAL);
	vw_host_close(&host);
}

static void test_read_only(void **state)
{
	struct vw_host host;

	(void)state;
	open_source(&host);
	assert_int_equal(vw_host_openf(&host, O_RDONLY, "/text"), -EOPNOTSUPP);
	assert_int_equal(vw_host_mkdirf(&host, 0755, "/run/vfward"), -EROFS);
	assert_null(vw_host_pathf(&host, "/text"));
	vw_host_close(&host);
	vw_host_close(&host); /* as of any host */
}

/* A piece is the same of a source as of a directory. */
static void check_pieces(const struct vw_host *host)
{
	static const struct {
		uint64_t offset;
		size_t size;
		ssize_t len;
	} pieces[] = { { 0, 3, 3 }, { 4, 10, 10 }, { 4, 100, 10 }, { 13, 8, 1 }, { 14, 8, 0 },
		{ 1ULL << 40, 8, 0 }, { UINT64_MAX, 8, -EINVAL } };

	for (size_t i = 0; i < VW_ARRAY_SIZE(pieces); i++) {
		char buf[100];
		ssize_t n =
			vw_host_piecef(host, pieces[i].offset, buf, pieces[i].size, "/%s", "text");

		assert_int_equal(n, pieces[i].len);
		if (n > 0)
			assert_memory_equal(buf, text + pieces[i].offset, n);
	}
}

static void test_pieces(void **state)
{
	struct vw_host host;
	struct tree tree;
	struct stat st;
	char buf[8];

	(void)state;
	open_source(&host);
	check_pieces(&host);
	vw_host_close(&host);

	tree_new(&tree);
	tree_file(&tree, "/text", text);
	tree_link(&tree, "/out", "/../../../../etc/passwd");
	check_pieces(&tree.host);
	assert_int_equal(vw_host_piecef(&tree.host, 0, buf, sizeof(buf), "/"), -EISDIR);
	assert_int_equal(vw_host_piecef(&tree.host, 0, buf, sizeof(buf), "/nowhere"), -ENOENT);
	assert_int_equal(vw_host_piecef(&tree.host, 0, buf, sizeof(buf), "/out"), -ENOENT);
	assert_int_equal(vw_host_statf(&tree.host, &st, "/text"), 0);
	assert_int_equal(st.st_size, sizeof(text) - 1);
	assert_int_equal(vw_host_statf(&tree.host, &st, "/out"), -ENOENT);
	tree_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_fifo),
		cmocka_unit_test(test_names_and_links),
		cmocka_unit_test(test_read_only),
		cmocka_unit_test(test_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
