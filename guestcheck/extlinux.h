/* SPDX-License-Identifier: GPL-2.0-or-later */
/* extlinux: configurations of the Syslinux family, which U-Boot reads, too. */
#ifndef VW_EXTLINUX_H
#define VW_EXTLINUX_H

#include "boot_entries.h"
#include "host.h"

/* Where they may be; ends with NULL. */
extern const char *const vw_extlinux_paths[];

/* Adds the labels that boot Linux, and tells which one is the default and why. Images are named by their whole path where they are
 * given relative to the file. Files that are included are read, up to a limit. No such file: nothing. 0 or -errno with a message. */
int vw_extlinux_read(const struct vw_host *files, const char *path, struct vw_boot_entries *entries,
	struct vw_error *err);

#endif
