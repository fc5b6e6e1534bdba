/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dropins: the files of several directories of which an earlier one hides names in later ones: modprobe.d, systemd, udev, netplan. */
#ifndef VW_DROPINS_H
#define VW_DROPINS_H

#include "host.h"

struct vw_dropins {
	char **paths; /* sorted by the files' names, bytes compared */
	size_t n;
};

/* Files whose names end so (something before it, no dot in front). Directories that are not there have none. On failure *which names the
 * directory. 0 or -errno. */
int vw_dropins_list(const struct vw_host *host, const char *const *directories, size_t n,
	const char *suffix, struct vw_dropins *list, const char **which);
void vw_dropins_free(struct vw_dropins *list);

#endif
