/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sdboot: systemd-boot: its entries on the ESP and on XBOOTLDR, and which of them is the default. */
#ifndef VW_SDBOOT_H
#define VW_SDBOOT_H

#include "bls_entries.h"
#include "boot_entries.h"

/* Where an ESP or XBOOTLDR is mounted (systemd-gpt-auto-generator(8), bootctl(1)); ends with NULL. */
extern const char *const vw_sdboot_mounts[];

/* Its program: 1 = *path (may be NULL), 0 = it is not there. */
int vw_sdboot_program(const struct vw_host *host, char *path, size_t size);

/* All entry files that boot Linux, each under one name. */
int vw_sdboot_entries(
	const struct vw_host *host, struct vw_bls_entries *entries, struct vw_error *err);

/* Of these the default: as loader.conf or the firmware has it, a pattern over ids; the newest of those that are meant, or of all where none is.
 * NULL: that cannot be told ("@saved": the one that was chosen last). */
const struct vw_bls_entry *vw_sdboot_default(
	const struct vw_host *host, const struct vw_bls_entries *files);

enum vw_sdboot_read {
	VW_SDBOOT_FILES = 1,   /* entry files */
	VW_SDBOOT_UNIFIED = 2, /* unified kernel images in EFI/Linux */
	VW_SDBOOT_FRESH = 4,   /* the firmware remembers nothing: an image that never ran here */
};
/* Adds what it boots, and tells which one is the default and why. 0 or -errno with a message. */
int vw_sdboot_read(const struct vw_host *host, int flags, struct vw_boot_entries *entries,
	struct vw_error *err);

#endif
