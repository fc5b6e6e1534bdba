/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grub_files: GRUB 2's files where they are: grub.cfg, the environment block, boot loader entries. */
#ifndef VW_GRUB_FILES_H
#define VW_GRUB_FILES_H

#include "boot_entries.h"
#include "bytes.h"
#include "host.h"

#define VW_GRUB_PATH_MAX 512
#define VW_GRUB_CFGS_MAX 8

#define VW_BLS_DIR "/boot/loader/entries"

/* The files that GRUB may read here: without stubs on the ESP, which only lead to one of the others. */
struct vw_grub_cfgs {
	char path[VW_GRUB_CFGS_MAX][VW_GRUB_PATH_MAX];
	size_t n;
};
/* all_esps: also on an ESP at /efi or /boot. A host's generated file is never there. */
void vw_grub_cfgs_find(const struct vw_host *host, bool all_esps, struct vw_grub_cfgs *cfgs);

/* Is this one on the ESP? */
bool vw_grub_cfg_on_esp(const char *path);

enum vw_grub_read {
	VW_GRUB_LASTING = 1, /* next_entry is passed over, because it holds for one boot alone */
	VW_GRUB_BLS = 2,     /* the command blscfg has its entries */
	VW_GRUB_SOURCE =
		4, /* the files that it sources count: custom.cfg, which is written by hand */
};

/* The environment block of this grub.cfg: beside it, with boot loader entries it may be elsewhere; it need not be there. */
void vw_grub_env_path(
	const struct vw_host *host, const char *cfg, int flags, char *path, size_t size);

/* What this grub.cfg boots, with the environment block beside it; flags of vw_grub_read. text (may be NULL) gets its text. 0 or -errno with a
 * message that names the file. */
int vw_grub_cfg_read(const struct vw_host *host, const char *path, int flags, struct vw_bytes *text,
	struct vw_boot_entries *entries, struct vw_error *err);

/* What GRUB boots of the boot loader entries, whatever its grub.cfg says: the one that grub2-set-default has saved, or else the first. 0 or
 * -errno with a message. */
int vw_grub_bls_read(const struct vw_host *host, int flags, struct vw_boot_entries *entries,
	struct vw_error *err);

/* May GRUB 2 have its entries in /boot/loader/entries here? It does if its grub.cfg says blscfg, and /etc/default/grub does not say
 * GRUB_ENABLE_BLSCFG=false. 1, 0 or -errno. *where (may be NULL) is the grub.cfg that says so. */
int vw_grub_uses_bls(const struct vw_host *host, char *where, size_t size, struct vw_error *err);

#endif
