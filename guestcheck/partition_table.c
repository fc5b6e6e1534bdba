/* SPDX-License-Identifier: GPL-2.0-or-later */
/* partition_table: MBR and GPT (UEFI Specification, chapter 5), as far as they say where partitions end. */
#include "partition_table.h"

#include <endian.h>
#include <string.h>

#define SECTOR       512
#define MBR_ENTRIES  446
#define MBR_GPT_TYPE 0xee

static uint32_t le32_at(const unsigned char *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
	return le32toh(value);
}

static uint64_t le64_at(const unsigned char *p)
{
	return le32_at(p) | (uint64_t)le32_at(p + 4) << 32;
}

static uint64_t in_bytes(uint64_t sectors)
{
	return sectors > INT64_MAX / SECTOR ? INT64_MAX : sectors * SECTOR;
}

static uint64_t gpt_end(const unsigned char *head, size_t len)
{
	const unsigned char *header = head + SECTOR;
	uint64_t at, end = 0;
	uint32_t n, size;

	if (len < (size_t)2 * SECTOR || memcmp(header, "EFI PART", 8) != 0)
		return 0;
	at = in_bytes(le64_at(header + 72));
	n = le32_at(header + 80);
	size = le32_at(header + 84);
	if (size < 128 || size > SECTOR)
		return 0;
	for (; n > 0 && at <= len && len - at >= size; n--, at += size) {
		static const unsigned char unused[16];
		uint64_t last = le64_at(head + at + 40);

		if (memcmp(head + at, unused, sizeof(unused)) != 0 && last < UINT64_MAX &&
			in_bytes(last + 1) > end)
			end = in_bytes(last + 1);
	}
	return end;
}

uint64_t vw_partition_table_end(const void *data, size_t len)
{
	const unsigned char *head = data;
	uint64_t end = 0;

	if (len < SECTOR || head[510] != 0x55 || head[511] != 0xaa)
		return 0;
	for (size_t i = 0; i < 4; i++) {
		const unsigned char *entry = head + MBR_ENTRIES + 16 * i;
		uint64_t last = (uint64_t)le32_at(entry + 8) + le32_at(entry + 12);

		if (entry[4] == MBR_GPT_TYPE)
			return gpt_end(head, len);
		if (entry[4] && in_bytes(last) > end)
			end = in_bytes(last);
	}
	return end;
}
