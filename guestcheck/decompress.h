/* SPDX-License-Identifier: GPL-2.0-or-later */
/* decompress: gzip, xz and zstd, into memory of bounded size. */
#ifndef VW_DECOMPRESS_H
#define VW_DECOMPRESS_H

#include "error.h"

#include <stddef.h>

/* By what the data begin with, as the kernel and kmod go by, not by the file's name. 1: *out (caller frees) has what was in it; 0: it is not
 * compressed; -EFBIG: more than max bytes; -EBADMSG: broken or cut; -ENOMEM. With a message. */
int vw_decompress(const void *data, size_t len, size_t max, char **out, size_t *out_len,
	struct vw_error *err);

#endif
