/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host_priv: what the files of host share: every path and every open goes through these. */
#ifndef VW_HOST_PRIV_H
#define VW_HOST_PRIV_H

#include "host.h"

#include <limits.h>
#include <stdarg.h>

/* Opens a path inside of the root; a descriptor or -errno. */
int vw_host_open_path(const struct vw_host *host, const char *path, int flags, mode_t mode);

/* 0, -ENAMETOOLONG, or -EINVAL for what is not absolute. */
__attribute__((format(printf, 2, 0))) int vw_host_path_format(
	char path[PATH_MAX], const char *fmt, va_list ap);

/* Leaves a message in ->unseen if rc is an error that proves nothing. Returns rc. */
int vw_host_unseen(const struct vw_host *host, const char *path, int rc);

/* The path that a function's arguments spell. */
#define VW_HOST_PATH(path, fmt, rc)                                                                \
	do {                                                                                       \
		va_list ap_;                                                                       \
		va_start(ap_, fmt);                                                                \
		(rc) = vw_host_path_format((path), fmt, ap_);                                      \
		va_end(ap_);                                                                       \
	} while (0)

#endif
