/* SPDX-License-Identifier: GPL-2.0-or-later */
/* writer: replaces a file below a root, whole or not at all, with its owner, mode and attributes kept. */
#ifndef VW_WRITER_H
#define VW_WRITER_H

#include "bytes.h"
#include "host.h"

#include <sys/types.h>

/* path: absolute, as seen from the root; symlinks are followed inside the root, the link stays and its target is replaced. expected: what is
 * there now (NULL = nothing): -ESTALE with a message if that is no longer so. Parents are made (0755). The text is on the disk when
 * this returns 0. mode: of a new file. Fails, with nothing changed, on a read-only file system, too little space, a hard link elsewhere. */
int vw_write_file(const struct vw_host *host, const char *path, const struct vw_bytes *expected,
	const struct vw_bytes *text, mode_t mode, struct vw_error *err);

/* Removes a file that is as expected; its directory is on the disk when this returns 0. */
int vw_remove_file(const struct vw_host *host, const char *path, const struct vw_bytes *expected,
	struct vw_error *err);

#endif
