/* SPDX-License-Identifier: GPL-2.0-or-later */
/* diff: what changes in a file, as `diff -u` shows it. */
#ifndef VW_DIFF_H
#define VW_DIFF_H

#include "bytes.h"

/* Appends the unified diff: "--- a/PATH", "+++ b/PATH" (/dev/null where before is NULL: a new file), hunks with three lines of context, the
 * mark for a last line without a newline. The bytes of the lines are raw; a text with a NUL in it is only said to differ. Equal
 * texts: nothing. path: absolute. Out of memory: out->lost. */
void vw_diff(struct vw_bytes *out, const char *path, const struct vw_bytes *before,
	const struct vw_bytes *after);

#endif
