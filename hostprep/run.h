/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run: runs a program of the host. */
#ifndef VW_RUN_H
#define VW_RUN_H

#include "bytes.h"
#include "error.h"

/* Runs argv[0] (absolute; argv ends with NULL) with nothing but PATH and LC_ALL=C in its environment, standard input from
 * /dev/null, in a process group of its own, which is killed when the time is over or we are. Appends the last of what it says (stdout and
 * stderr, at most 16 KiB) to output. Returns 0; -EIO with a message: it ended with another status, or by a signal; -ETIMEDOUT; or -errno:
 * it could not be started. */
int vw_run(char *const *argv, unsigned int limit_ms, struct vw_bytes *output, struct vw_error *err);

#endif
