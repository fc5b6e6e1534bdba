/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel_dirs: the directories of installed kernels' modules. */
#ifndef VW_KERNEL_DIRS_H
#define VW_KERNEL_DIRS_H

#include "host.h"

struct vw_kernel_dir {
	char *release; /* "6.1.0-28-amd64" */
	char *dir;     /* "/lib/modules/6.1.0-28-amd64" */
};
struct vw_kernel_dirs {
	struct vw_kernel_dir *v; /* lower versions first (vw_version_compare) */
	size_t n;
};

/* Every directory of /lib/modules and /usr/lib/modules, and where NixOS has it, with a kernel's own modules in it, each once, whatever names lead to
 * it. What DKMS and hand-made modules leave behind of a kernel that was removed is none. No such directory: n = 0. 0 or -errno with a message. */
int vw_kernel_dirs_list(
	const struct vw_host *host, struct vw_kernel_dirs *dirs, struct vw_error *err);
void vw_kernel_dirs_free(struct vw_kernel_dirs *dirs);

#endif
