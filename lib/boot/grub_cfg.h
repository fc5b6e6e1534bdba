/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grub_cfg: what a generated grub.cfg would boot. */
#ifndef VW_GRUB_CFG_H
#define VW_GRUB_CFG_H

#include "bls_entries.h"
#include "boot_entries.h"
#include "error.h"
#include "host.h"

struct vw_grub_cfg {
	const char *path;
	const char *text;
	size_t len;
	const char *env; /* GRUB's environment block (grubenv), NULL = there is none */
	size_t env_len;
	const char *env_path; /* for what is said of the default; NULL = path */
	const struct vw_bls_entries
		*bls; /* what the command blscfg puts into the menu; NULL = nothing */
	const struct vw_host
		*host; /* has the files that it sources (custom.cfg); NULL: they are not read */
	bool lasting;  /* next_entry, which holds for one boot alone, is passed over */
};

/* Adds its Linux entries with their command lines as GRUB hands them to the kernel, and tells which one is the default and why. 0;
 * -EBADMSG with a message that names the line: it cannot be understood; -ENOMEM. */
int vw_grub_cfg_entries(
	const struct vw_grub_cfg *cfg, struct vw_boot_entries *entries, struct vw_error *err);

#endif
