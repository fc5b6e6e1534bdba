/* SPDX-License-Identifier: GPL-2.0-or-later */
/* writer_priv: what writer.c does to open files; path is for messages. */
#ifndef VW_WRITER_PRIV_H
#define VW_WRITER_PRIV_H

#include "bytes.h"
#include "error.h"

#include <sys/stat.h>

/* -ESTALE: the file has another content. */
int vw_writer_compare(
	int fd, const char *path, const struct vw_bytes *expected, struct vw_error *err);

int vw_writer_fill(int fd, const char *path, const struct vw_bytes *text, struct vw_error *err);

/* May another file take the place of this one? -EMLINK, -EPERM. */
int vw_writer_may_replace(int fd, const struct stat *st, const char *path, struct vw_error *err);

/* Owner, mode and extended attributes. */
int vw_writer_copy_attributes(
	int from, const struct stat *st, int to, const char *path, struct vw_error *err);

#endif
