/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qcow2_tables: does a qcow2 file end before the data that its tables name? */
#ifndef VW_QCOW2_TABLES_H
#define VW_QCOW2_TABLES_H

#include <stdint.h>

/* How much of the tables is read: enough for 512 GiB of a disk in clusters of 64 KiB. */
#define VW_QCOW2_TABLES_MAX (64U << 20)

/* The file is open as fd; its header has been read and is a valid one of version 2 or 3. Returns 1: there is data named that the file does not have,
 * *need says from which byte on; 0: none was found; -errno. A file that is cut inside of its last cluster is not noticed. */
int vw_qcow2_is_cut(int fd, uint64_t *need);

#endif
