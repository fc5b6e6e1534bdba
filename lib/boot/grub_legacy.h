/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grub_legacy: GRUB 0.97: its files, and what they boot. */
#ifndef VW_GRUB_LEGACY_H
#define VW_GRUB_LEGACY_H

#include "boot_entries.h"
#include "host.h"
#include "places.h"

/* Where its file may be; ends with NULL. */
extern const char *const vw_grub_legacy_paths[];

/* Is this one a file, and the name by which it is known? Of several names that lead to one file that is the one that is no link, or else the
 * first. */
bool vw_grub_legacy_is_file(const struct vw_host *host, size_t i);

/* Adds the titles that boot Linux, and tells which one is the default. 0; -EBADMSG with a message that names file and line: it cannot be
 * understood; -errno with a message. */
int vw_grub_legacy_read(const struct vw_host *host, const char *path,
	struct vw_boot_entries *entries, struct vw_error *err);

/* Where the arguments stand in grub.conf or menu.lst, as args_file.h has it. */
int vw_grub_legacy_places(
	const char *text, size_t len, struct vw_places *places, struct vw_error *err);

#endif
