/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ntfs_volume: the boot sector and the record of $Volume of an NTFS. Offsets and names are those of layout.h of ntfs-3g. */
#include "ntfs_volume.h"

#include <endian.h>
#include <string.h>

/* NTFS_BOOT_SECTOR */
#define BOOT_OEM         0x03
#define BOOT_SECTOR_SIZE 0x0b
#define BOOT_CLUSTER     0x0d /* sectors, up to 0x80; or a negative power of two */
#define BOOT_MFT         0x30 /* cluster */
#define BOOT_RECORD      0x40 /* clusters; a negative power of two in bytes */
/* MFT_RECORD */
#define RECORD_ATTRIBUTES 0x14
#define FILE_VOLUME       3
/* ATTR_RECORD */
#define ATTR_LENGTH       0x04
#define ATTR_NON_RESIDENT 0x08
#define ATTR_VALUE        0x14
#define ATTR_HEADER       0x18
#define ATTR_VOLUME_INFO  0x70
#define VOLUME_INFO_FLAGS 10
#define VOLUME_IS_DIRTY   0x0001
/* What a sector ends with is kept elsewhere (the update sequence). */
#define SECTOR 512

static uint16_t le16_at(const unsigned char *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t le32_at(const unsigned char *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
	return le32toh(value);
}

static bool is_power_of_two(uint64_t value)
{
	return value && !(value & (value - 1));
}

size_t vw_ntfs_volume_record(const void *boot, uint64_t *offset)
{
	const unsigned char *p = boot;
	uint64_t sector = le16_at(p + BOOT_SECTOR_SIZE), cluster = p[BOOT_CLUSTER], mft, size;
	int record = (signed char)p[BOOT_RECORD];

	if (memcmp(p + BOOT_OEM, "NTFS    ", 8) != 0)
		return 0;
	cluster = cluster <= 0x80   ? cluster
		  : cluster >= 0xf0 ? UINT64_C(1) << (0x100 - cluster)
				    : 0;
	if (!is_power_of_two(sector) || !is_power_of_two(cluster) || record < -12)
		return 0;
	cluster *= sector;
	size = record > 0 ? (uint64_t)record * cluster : UINT64_C(1) << -record;
	mft = le32_at(p + BOOT_MFT) | (uint64_t)le32_at(p + BOOT_MFT + 4) << 32;
	if (size < SECTOR || size > VW_NTFS_RECORD_MAX || mft > INT64_MAX / 2 / cluster)
		return 0;
	*offset = mft * cluster + FILE_VOLUME * size;
	return size;
}

bool vw_ntfs_volume_dirty(const void *record, size_t len)
{
	const unsigned char *p = record;
	uint32_t length;

	if (len < SECTOR || memcmp(p, "FILE", 4) != 0)
		return false;
	for (size_t at = le16_at(p + RECORD_ATTRIBUTES); at <= len && len - at >= ATTR_HEADER;
		at += length) {
		const unsigned char *attr = p + at;
		size_t flags = at + le16_at(attr + ATTR_VALUE) + VOLUME_INFO_FLAGS;

		length = le32_at(attr + ATTR_LENGTH);
		if (le32_at(attr) == ATTR_VOLUME_INFO)
			return !attr[ATTR_NON_RESIDENT] && flags + 2 <= len &&
			       flags % SECTOR != SECTOR - 2 &&
			       (le16_at(p + flags) & VOLUME_IS_DIRTY);
		if (length < ATTR_HEADER || length > len - at)
			return false;
	}
	return false;
}
