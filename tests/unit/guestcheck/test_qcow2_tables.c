/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_qcow2_tables: qcow2 files that end before their data. */
#include "tree.h"

#include "cleanup.h"
#include "qcow2_tables.h"

#include <endian.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define CLUSTER 512

/* A file of eight clusters: header, L1, two L2 tables, data. */
static unsigned char file[8 * CLUSTER];

static void put64(size_t offset, uint64_t value)
{
	value = htobe64(value);
	memcpy(file + offset, &value, sizeof(value));
}

static void put32(size_t offset, uint32_t value)
{
	value = htobe32(value);
	memcpy(file + offset, &value, sizeof(value));
}

static void new_file(void)
{
	memset(file, 0, sizeof(file));
	memcpy(file, "QFI\xfb", 4);
	put32(4, 3);
	put32(20, 9);
	put32(36, 4);
	put64(40, CLUSTER);
	put64(CLUSTER, 2 * CLUSTER | 1ULL << 63); /* 63: the copied flag */
	put64(CLUSTER + 16, 3 * CLUSTER);
	put64(3 * CLUSTER + 40, 7 * CLUSTER | 1ULL << 63);
	put64(3 * CLUSTER + 48, 1); /* zeros, nowhere */
}

/* hole: so many bytes of it behind those of the file. */
static int look_hole(size_t len, off_t hole, uint64_t *need)
{
	char path[128];
	vw_auto_close int fd = -1;
	struct tree tree;
	int rc;

	tree_new(&tree);
	tree_bytes(&tree, "/x", file, len);
	snprintf(path, sizeof(path), "%s/x", tree.root);
	assert_int_equal(truncate(path, (off_t)len + hole), 0);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	rc = vw_qcow2_is_cut(fd, need);
	tree_free(&tree);
	return rc;
}

static int look(size_t len, uint64_t *need)
{
	return look_hole(len, 0, need);
}

static void test_cut(void **state)
{
	uint64_t need = 0;

	(void)state;
	new_file();
	assert_int_equal(look(sizeof(file), &need), 0);
	assert_int_equal(look(7 * CLUSTER + 1, &need), 0);
	assert_int_equal(look(7 * CLUSTER, &need), 1);
	assert_int_equal(need, 7 * CLUSTER);
	assert_int_equal(look(3 * CLUSTER, &need), 1);
	assert_int_equal(need, 3 * CLUSTER);
	assert_int_equal(look(CLUSTER, &need), 1);
	assert_int_equal(need, CLUSTER);
}

static void test_entries(void **state)
{
	uint64_t need = 0;

	(void)state;
	new_file();
	/* compressed: with clusters of 512 bytes 61 bits of offset, one of length */
	put64(2 * CLUSTER, 1ULL << 62 | 1ULL << 61 | (8 * CLUSTER - 1));
	assert_int_equal(look(sizeof(file), &need), 0);
	put64(2 * CLUSTER, 1ULL << 62 | 1ULL << 61 | (8 * CLUSTER));
	assert_int_equal(look(sizeof(file), &need), 1);
	new_file();
	/* an extended entry has a bitmap behind it */
	put64(2 * CLUSTER + 8, UINT64_MAX);
	assert_int_equal(look(sizeof(file), &need), 1);
	put64(72, 1 << 4);
	assert_int_equal(look(sizeof(file), &need), 0);
	put64(2 * CLUSTER + 16, 8 * CLUSTER);
	assert_int_equal(look(sizeof(file), &need), 1);
}

static void test_impossible(void **state)
{
	uint64_t need = 0;

	(void)state;
	new_file();
	put32(36, (32U << 20) / 8 + 1);
	assert_int_equal(look(sizeof(file), &need), -EBADMSG);
	put32(36, 0);
	put64(40, UINT64_MAX);
	assert_int_equal(look(sizeof(file), &need), 0);
	put32(36, 1);
	assert_int_equal(look(sizeof(file), &need), 1);
	put32(20, 64);
	assert_int_equal(look(sizeof(file), &need), -EBADMSG);
}

/* Every L1 entry may name the same large table: what would be read has no end that the file sets. */
static void test_many(void **state)
{
	const size_t n = 2 * VW_QCOW2_TABLES_MAX >> 21;
	uint64_t need = 0;

	(void)state;
	new_file();
	put32(20, 21);
	for (size_t i = 0; i < n; i++)
		put64(CLUSTER + 8 * i, 4096);
	put64(CLUSTER + 8 * n, 1ULL << 40);
	put32(36, (uint32_t)n + 1);
	assert_int_equal(look_hole(sizeof(file), 4 << 20, &need), 0);
	put64(CLUSTER + 8 * (n / 4), 1ULL << 40);
	assert_int_equal(look_hole(sizeof(file), 4 << 20, &need), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_impossible),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
