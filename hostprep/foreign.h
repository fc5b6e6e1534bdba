/* SPDX-License-Identifier: GPL-2.0-or-later */
/* foreign: who else makes or owns VFs of a PF on this host: NetworkManager, netplan, .link files, driverctl, tuned, the SR-IOV network
 * operator, and any rule, unit or script that writes sriov_numvfs. They are told apart and left alone. */
#ifndef VW_FOREIGN_H
#define VW_FOREIGN_H

#include "request.h"

struct vw_foreign {
	const char *owner;  /* for people, static: "NetworkManager" */
	const char *remedy; /* what to do there, static */
	char *file;
	unsigned int line; /* from 1; 0 = the whole file */
	char *text;        /* what stands there, not escaped */
	long vfs;          /* how many it makes; -1 = not known */
};
struct vw_foreigns {
	struct vw_foreign *v;
	size_t n;
};

/* Everybody who has a say about the VFs of this PF (resolved: address, netdev, MAC and driver as far as known). Our own files are none,
 * and a file that cannot be read is taken for none. 0 or -ENOMEM. */
int vw_foreign_find(const struct vw_host *host, const struct vw_pf_request *pf,
	struct vw_foreigns *list, struct vw_error *err);
void vw_foreigns_free(struct vw_foreigns *list);

#endif
