/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_ntfs_volume: is an NTFS dirty? What Windows and mkntfs write, and what they never would. */
#include "tree.h"

#include "cleanup.h"
#include "ntfs_volume.h"

#include <string.h>

static unsigned char boot[VW_NTFS_BOOT], record[1024];

static void put(unsigned char *at, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		at[i] = (unsigned char)(value >> (8 * i));
}

/* Sectors of 512 bytes, clusters of 4096, records of 1024, the MFT in cluster 4. */
static void new_boot(void)
{
	memset(boot, 0, sizeof(boot));
	memcpy(boot + 3, "NTFS    ", 8);
	put(boot + 0x0b, 512, 2);
	boot[0x0d] = 8;
	put(boot + 0x30, 4, 8);
	boot[0x40] = 0xf6;
}

static size_t size_and(uint64_t *offset)
{
	*offset = 0;
	return vw_ntfs_volume_record(boot, offset);
}

static void test_boot(void **state)
{
	uint64_t offset;

	(void)state;
	new_boot();
	assert_int_equal(size_and(&offset), 1024);
	assert_int_equal(offset, 4 * 4096 + 3 * 1024);
	boot[0x40] = 1; /* a cluster */
	assert_int_equal(size_and(&offset), 4096);
	assert_int_equal(offset, 4 * 4096 + 3 * 4096);
	boot[0x40] = 0xf6;
	boot[0x0d] = 0x80; /* 64 KiB */
	assert_int_equal(size_and(&offset), 1024);
	assert_int_equal(offset, 4 * 65536 + 3 * 1024);
	boot[0x0d] = 0xf4; /* 4096 sectors: 2 MiB, the largest cluster */
	assert_int_equal(size_and(&offset), 1024);
	assert_int_equal(offset, 4 * 2097152 + 3 * 1024);
}

static void test_no_boot(void **state)
{
	static const struct {
		size_t at, n;
		uint64_t value;
	} wrong[] = {
		{ 3, 1, 'X' },
		{ 0x0b, 2, 0 },
		{ 0x0b, 2, 513 },
		{ 0x0d, 1, 0 },
		{ 0x0d, 1, 3 },
		{ 0x0d, 1, 0x81 },
		{ 0x40, 1, 0 },
		{ 0x40, 1, 2 },
		{ 0x40, 1, 0x80 },
		{ 0x40, 1, 0xf3 },
		{ 0x40, 1, 0xff },
		{ 0x30, 8, UINT64_MAX },
		{ 0x30, 8, INT64_MAX / 4096 },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(wrong); i++) {
		uint64_t offset;

		new_boot();
		put(boot + wrong[i].at, wrong[i].value, wrong[i].n);
		assert_int_equal(size_and(&offset), 0);
	}
}

/* $STANDARD_INFORMATION and $VOLUME_INFORMATION, whose flags are at 0x38 + 0x48 + 0x18 + 10. */
enum { FIRST = 0x38, SECOND = FIRST + 0x48, FLAGS = SECOND + 0x18 + 10 };

static void new_record(unsigned int flags)
{
	memset(record, 0, sizeof(record));
	memcpy(record, "FILE", 4);
	put(record + 0x14, FIRST, 2);
	put(record + FIRST, 0x10, 4);
	put(record + FIRST + 4, 0x48, 4);
	put(record + SECOND, 0x70, 4);
	put(record + SECOND + 4, 0x28, 4);
	put(record + SECOND + 0x10, 12, 4);
	put(record + SECOND + 0x14, 0x18, 2);
	put(record + FLAGS, flags, 2);
	put(record + SECOND + 0x28, 0xffffffff, 4);
}

static bool dirty(void)
{
	return vw_ntfs_volume_dirty(record, sizeof(record));
}

static void test_dirty(void **state)
{
	(void)state;
	new_record(1);
	assert_true(dirty());
	new_record(0x8001); /* modified by chkdsk, too */
	assert_true(dirty());
	new_record(0x8000);
	assert_false(dirty());
	new_record(0);
	assert_false(dirty());
}

static void test_no_record(void **state)
{
	(void)state;
	new_record(1);
	record[0] = 'B'; /* "BAAD" */
	assert_false(dirty());
	new_record(1);
	assert_false(vw_ntfs_volume_dirty(record, 511));
	new_record(1);
	record[SECOND + 8] = 1; /* its value is elsewhere */
	assert_false(dirty());
	/* lengths that lead nowhere, and out of the record */
	new_record(1);
	put(record + FIRST + 4, 0, 4);
	assert_false(dirty());
	put(record + FIRST + 4, UINT32_MAX, 4);
	assert_false(dirty());
	put(record + FIRST + 4, 0x17, 4);
	assert_false(dirty());
	new_record(1);
	put(record + 0x14, 0xffff, 2);
	assert_false(dirty());
	new_record(1);
	put(record + SECOND + 0x14, 0xffff, 2);
	assert_false(dirty());
	/* where a sector ends, not the flags stand but the update sequence's number */
	new_record(0);
	put(record + SECOND + 0x14, 510 - 10 - SECOND, 2);
	put(record + 510, 1, 2);
	assert_false(dirty());
	/* the last two bytes count, and none behind them */
	new_record(0);
	put(record + SECOND + 0x14, 1020 - 10 - SECOND, 2);
	put(record + 1020, 1, 2);
	assert_true(dirty());
	put(record + SECOND + 0x14, 1023 - 10 - SECOND, 2);
	record[1023] = 1;
	assert_false(dirty());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_boot),
		cmocka_unit_test(test_no_boot),
		cmocka_unit_test(test_dirty),
		cmocka_unit_test(test_no_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
