/* SPDX-License-Identifier: GPL-2.0-or-later */
/* glob: patterns of files that come from outside, matched in time that no pattern can stretch. */
#ifndef VW_GLOB_H
#define VW_GLOB_H

#include <stdbool.h>
#include <stddef.h>

/* As fnmatch(3) without flags, but for classes of characters ([:alpha:]), which are taken letter by letter; at most len * strlen(text)
 * steps. */
bool vw_glob_match(const char *pattern, size_t len, const char *text);

#endif
