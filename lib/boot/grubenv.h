/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grubenv: GRUB's environment block: what stands in it. */
#ifndef VW_GRUBENV_H
#define VW_GRUBENV_H

#include "host.h"
#include "lines.h"

/* Where GRUB with boot loader entries has it (it may be a symlink into the ESP): 1 = *path, 0 = there is none, and *path is where it would
 * be. */
int vw_grubenv_find(const struct vw_host *host, char *path, size_t size);

/* The next variable: its name is [line.begin, *equals), its value (*equals, line.end). */
bool vw_grubenv_next(const char *text, size_t len, struct vw_line *line, size_t *equals);

/* A variable's value (caller frees; NULL = there is none) and its line. 0 or -ENOMEM. */
int vw_grubenv_get(
	const char *text, size_t len, const char *name, char **value, unsigned int *number);

#endif
