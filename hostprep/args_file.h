/* SPDX-License-Identifier: GPL-2.0-or-later */
/* args_file: files in which kernel command lines stand, in the boot loaders' formats: where they stand, and changing them there.
 *
 * A format only finds the places; tokens are cmdline's business. So whatever is no command line stays byte for byte. */
#ifndef VW_ARGS_FILE_H
#define VW_ARGS_FILE_H

#include "cmdline.h"
#include "places.h"

struct vw_args_format {
	const char *name; /* for the journal */
	/* All places, in the order of the text. 0; -EBADMSG with a message that names the line: the file cannot be understood,
	 * and so must not be changed; -ENOMEM. */
	int (*find)(const char *text, size_t len, struct vw_places *places, struct vw_error *err);
	/* Puts the edited text into the form that the file must have (grubenv's fixed size); NULL = as it is. */
	int (*finish)(struct vw_bytes *text, struct vw_error *err);
};

extern const struct vw_args_format
	vw_format_grub_legacy; /* grub.conf, menu.lst, with live comments */
extern const struct vw_args_format vw_format_grub_default; /* /etc/default/grub and its drop-ins */
extern const struct vw_args_format vw_format_bls;          /* options of a boot loader entry */
extern const struct vw_args_format vw_format_grubenv; /* kernelopts in the 1024 bytes of grubenv */
extern const struct vw_args_format vw_format_cmdline; /* /etc/kernel/cmdline */
extern const struct vw_args_format
	vw_format_sysconfig; /* SLES 11's /etc/sysconfig/bootloader, for later kernels */

/* By name; NULL: there is none. */
const struct vw_args_format *vw_args_format(const char *name);

/* Makes every command line of the file say what is wanted. 1 = changed (*after), 0 = it says so already (nothing in *after), -errno with
 * a message that names the line. */
int vw_args_file_edit(const struct vw_args_format *format, const char *text, size_t len,
	const struct vw_boot_args *want, struct vw_bytes *after, struct vw_error *err);

/* Takes back from `now` what was changed from `before` to `after`. A line that is as it was left becomes what it was; in a
 * line that others have changed or copied since, our tokens alone are taken back. 1 = changed (*out), 0 = nothing of ours is
 * left (nothing in *out), -errno with a message. */
int vw_args_file_undo(const struct vw_args_format *format, const struct vw_bytes *before,
	const struct vw_bytes *after, const struct vw_bytes *now, struct vw_bytes *out,
	struct vw_error *err);

#endif
