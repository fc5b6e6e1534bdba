/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_partition_table: where the partitions of a disk end. */
#include "tree.h"

#include "partition_table.h"

#include <endian.h>
#include <string.h>

static unsigned char head[VW_PARTITION_TABLE_HEAD];

static void put32(size_t offset, uint32_t value)
{
	value = htole32(value);
	memcpy(head + offset, &value, sizeof(value));
}

static void new_mbr(void)
{
	memset(head, 0, sizeof(head));
	head[510] = 0x55;
	head[511] = 0xaa;
}

static void put_mbr(unsigned int n, unsigned char type, uint32_t start, uint32_t count)
{
	head[446 + 16 * n + 4] = type;
	put32(446 + 16 * n + 8, start);
	put32(446 + 16 * n + 12, count);
}

static void new_gpt(void)
{
	new_mbr();
	put_mbr(0, 0xee, 1, UINT32_MAX);
	memcpy(head + 512, "EFI PART", 8);
	put32(512 + 72, 2);
	put32(512 + 80, 128);
	put32(512 + 84, 128);
}

static void put_gpt(unsigned int n, uint32_t last, uint32_t last_high)
{
	head[1024 + 128 * n] = 1; /* a type */
	put32(1024 + 128 * n + 40, last);
	put32(1024 + 128 * n + 44, last_high);
}

static uint64_t end(void)
{
	return vw_partition_table_end(head, sizeof(head));
}

static void test_mbr(void **state)
{
	(void)state;
	new_mbr();
	assert_int_equal(end(), 0);
	put_mbr(0, 0x83, 2048, 1000);
	put_mbr(3, 0x07, 63, 100);
	assert_int_equal(end(), 3048 * 512);
	put_mbr(1, 0, 5000, 5000); /* unused */
	assert_int_equal(end(), 3048 * 512);
	put_mbr(1, 0x83, UINT32_MAX, UINT32_MAX);
	assert_int_equal(end(), 2ULL * UINT32_MAX * 512);
	head[511] = 0;
	assert_int_equal(end(), 0);
	assert_int_equal(vw_partition_table_end(head, 511), 0);
	assert_int_equal(vw_partition_table_end(NULL, 0), 0);
}

static void test_gpt(void **state)
{
	(void)state;
	new_gpt();
	assert_int_equal(end(), 0);
	put_gpt(0, 4095, 0);
	put_gpt(127, 8191, 0);
	assert_int_equal(end(), 8192 * 512);
	put32(512 + 80, 127); /* the last entry is none */
	assert_int_equal(end(), 4096 * 512);
	put32(512 + 80, UINT32_MAX);
	assert_int_equal(end(), 8192 * 512);
	put_gpt(5, 99999, 0);
	head[1024 + 128 * 5] = 0; /* nor one without a type */
	assert_int_equal(end(), 8192 * 512);
	put_gpt(6, UINT32_MAX, UINT32_MAX - 1);
	assert_int_equal(end(), INT64_MAX);
}

static void test_gpt_broken(void **state)
{
	(void)state;
	new_gpt();
	put_gpt(0, 4095, 0);
	put32(512 + 84, 127);
	assert_int_equal(end(), 0);
	put32(512 + 84, 0);
	assert_int_equal(end(), 0);
	put32(512 + 84, 128);
	put32(512 + 76, UINT32_MAX); /* entries nowhere */
	assert_int_equal(end(), 0);
	put32(512 + 76, 0);
	assert_int_equal(end(), 4096 * 512);
	head[512] = 'X';
	assert_int_equal(end(), 0);
	new_gpt();
	assert_int_equal(vw_partition_table_end(head, 1023), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mbr),
		cmocka_unit_test(test_gpt),
		cmocka_unit_test(test_gpt_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
