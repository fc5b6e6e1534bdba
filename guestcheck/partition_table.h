/* SPDX-License-Identifier: GPL-2.0-or-later */
/* partition_table: how much of a disk its partitions need. */
#ifndef VW_PARTITION_TABLE_H
#define VW_PARTITION_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* The MBR, the GPT's header and its usual 128 entries, of sectors of 512 bytes. */
#define VW_PARTITION_TABLE_HEAD (34 * 512)

/* Where the last partition ends, in bytes, by the first bytes of a disk; 0: there is no partition. At most INT64_MAX. */
uint64_t vw_partition_table_end(const void *head, size_t len);

#endif
