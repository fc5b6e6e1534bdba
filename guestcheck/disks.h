/* SPDX-License-Identifier: GPL-2.0-or-later */
/* disks: may this file be given to QEMU as a disk, and as which format? */
#ifndef VW_DISKS_H
#define VW_DISKS_H

#include "finding.h"
#include "image.h"

/* How many files may lie behind each other. */
#define VW_BACKING_MAX 16

/* Looks at a disk and all that it leads to. *format: static, by its name for QEMU; NULL: a FAIL finding says why it cannot be looked into. 0 or
 * -ENOMEM. */
int vw_disk_look(const struct vw_disk *disk, bool allow_backing, const char **format,
	struct vw_findings *findings, struct vw_error *err);

#endif
