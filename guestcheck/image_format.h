/* SPDX-License-Identifier: GPL-2.0-or-later */
/* image_format: what a disk image is by its first bytes, and which other files it would lead QEMU to. */
#ifndef VW_IMAGE_FORMAT_H
#define VW_IMAGE_FORMAT_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How much of a file's beginning is looked at; all that is of interest in a header lies there. */
#define VW_IMAGE_HEAD 65536

struct vw_image_format {
	const char
		*name;  /* static, as QEMU calls it: "raw", "qcow2", "vmdk", "vdi", "vhdx", "vpc" */
	bool encrypted; /* the image as a whole, below the guest's own encryption */
	bool extents;   /* its data lie in other files: they are refused */
	bool has_backing;
	char backing[1024];      /* the name as it is written; "" = none, or not known */
	char backing_format[16]; /* "" = it is not stated: QEMU would guess */
	uint64_t size;           /* of the disk that the guest sees; 0 = not known (raw) */
};

/* Is this a format that can be given, or found? Returns its static name, or NULL. */
const char *vw_image_format_known(const char *name);

/* head: the first bytes of the file, VW_IMAGE_HEAD or as many as there are. name: the format as the operator knows it; NULL = look. What nobody
 * knows is raw. 0; -EBADMSG with a message: it is broken, or not what was said; -EOPNOTSUPP: a format, or a part of one, that is not read. */
int vw_image_format_parse(const void *head, size_t len, const char *name,
	struct vw_image_format *format, struct vw_error *err);

#endif
