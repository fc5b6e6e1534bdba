/* SPDX-License-Identifier: GPL-2.0-or-later */
/* format_grub_default: the line that is appended where GRUB_CMDLINE_LINUX is no single plain assignment. */
#ifndef VW_FORMAT_GRUB_DEFAULT_H
#define VW_FORMAT_GRUB_DEFAULT_H

#include "args_file.h"

/* Ends a line of vfward's own. */
#define VW_GRUB_MARKER "# added by vfward-hostprep"

/* Appends GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX …" with the marker. 1 = done, 0 = nothing is wanted, -errno with a message. */
int vw_grub_default_append(
	struct vw_bytes *text, const struct vw_boot_args *want, struct vw_error *err);

#endif
