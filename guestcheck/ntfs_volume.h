/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ntfs_volume: what an NTFS says of itself in $Volume, which no call of libguestfs tells: whether Windows wants it checked. */
#ifndef VW_NTFS_VOLUME_H
#define VW_NTFS_VOLUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A boot sector, and the largest record there is. */
#define VW_NTFS_BOOT       512
#define VW_NTFS_RECORD_MAX 4096

/* Where the record of $Volume lies, by the boot sector (VW_NTFS_BOOT bytes): its size, at most VW_NTFS_RECORD_MAX, and *offset from the beginning
 * of the volume, both in bytes; 0: that is no boot sector of an NTFS. */
size_t vw_ntfs_volume_record(const void *boot, uint64_t *offset);

/* Does the record say that the volume is dirty? What is no such record says nothing. */
bool vw_ntfs_volume_dirty(const void *record, size_t len);

#endif
