/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text: strict numbers, and foreign strings made safe for logs, terminals and one-line messages. */
#ifndef VW_TEXT_H
#define VW_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Copies src to buf with control characters, DEL, C1 controls, bidi marks and overrides, Unicode's line
 * separators, the byte order mark and every byte that is no valid UTF-8 as \xNN (one \xNN per byte), and the backslash as \\. Always ends with NUL; cut before an
 * escape or character that does not fit. Returns buf, so it can stand in an argument list. */
char *vw_text_escape(char *buf, size_t size, const char *src);

/* The same for a string known by length. */
char *vw_text_escape_n(char *buf, size_t size, const char *src, size_t len);

/* How many bytes of text[0..len) to keep so that at most max remain and no UTF-8 character is torn. */
size_t vw_text_cut(const char *text, size_t len, size_t max);

/* Reads an unsigned number, the whole string, no sign, no blanks. base as for strtoul (0 = auto).
 * Returns 0, -EINVAL or -ERANGE (value > max); *value is set only on 0. */
int vw_text_u64(const char *text, int base, uint64_t max, uint64_t *value);

#endif
