/* SPDX-License-Identifier: GPL-2.0-or-later */
/* roots_priv: what the files of roots share. */
#ifndef VW_ROOTS_PRIV_H
#define VW_ROOTS_PRIV_H

#include "roots.h"

/* The remedy for what is not there. */
#define VW_ALL_DISKS "name all disks of the machine: -a DISK -a DISK"

/* Lists of libguestfs. NULL is fine. */
void vw_guestfs_list_free(char **list);
static inline void vw_cleanup_list(char ***list)
{
	vw_guestfs_list_free(*list);
}

/* Fills ->volumes: partitions, devices without any, RAID, LVM, and what the keys open. 0 or -errno with a message. (volumes.c) */
int vw_roots_discover(struct vw_roots *roots, struct vw_error *err);

/* Does a disk end before its partitions do? The kernel cuts such a partition off without a word, or takes the whole table for invalid. A
 * finding. (volumes.c) */
bool vw_roots_is_cut(struct vw_roots *roots, const char *device);

/* Why no system was found. A finding. (blank.c) */
void vw_roots_explain(struct vw_roots *roots);

#endif
