/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sdboot: systemd-boot: its entries on the ESP and on XBOOTLDR, and which of them is the default. */
#ifndef VW_SDBOOT_H
#define VW_SDBOOT_H

#include "bls_entries.h"

/* Where an ESP or XBOOTLDR is mounted (systemd-gpt-auto-generator(8), bootctl(1)); ends with NULL. */
extern const char *const vw_sdboot_mounts[];

/* Its program: 1 = *path (may be NULL), 0 = it is not there. */
int vw_sdboot_program(const struct vw_host *host, char *path, size_t size);

/* All entry files that boot Linux, each under one name. */
int vw_sdboot_entries(
	const struct vw_host *host, struct vw_bls_entries *entries, struct vw_error *err);

/* The default as loader.conf or the firmware has it: a pattern over ids; "" = none is set, then *where is not set. */
struct vw_sdboot_default {
	char pattern[256];
	char where[320]; /* the file */
	unsigned int line;
};
void vw_sdboot_read_default(const struct vw_host *host, struct vw_sdboot_default *set);

/* The default entry: the newest of those that are meant, or of all where none is (*meant is false then). NULL: that cannot be told ("@saved":
 * the one that was chosen last). */
const struct vw_bls_entry *vw_sdboot_choose(
	const struct vw_sdboot_default *set, const struct vw_bls_entries *files, bool *meant);

#endif
