/* SPDX-License-Identifier: GPL-2.0-or-later */
/* default_kernel_priv: the boot loaders' configurations in a guest, for default_kernel.c and default_kernel_loaders.c. */
#ifndef VW_DEFAULT_KERNEL_PRIV_H
#define VW_DEFAULT_KERNEL_PRIV_H

#include "boot_entries.h"
#include "kernels.h"

#define CONFIGS_MAX 24

/* One configuration that a boot loader would read. */
struct vw_boot_config {
	struct vw_boot_entries entries;
	enum vw_confidence confidence; /* that it boots what it says, if it is the one in charge */
	bool has_code;                 /* the boot loader's own program is there */
};
struct vw_boot_configs {
	struct vw_boot_config v[CONFIGS_MAX];
	size_t n;
};
void vw_boot_configs_free(struct vw_boot_configs *configs);

/* All configurations that name a default, in the order in which they are believed. What cannot be read or understood becomes a WARN
 * guest-boot-config. 0 or -ENOMEM. */
int vw_boot_configs_read(const struct vw_host *files, struct vw_boot_configs *configs,
	struct vw_findings *findings, struct vw_error *err);

#endif
