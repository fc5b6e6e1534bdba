/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inventory: all network PFs of a host, their VFs, and the facts of each. */
#ifndef VW_INVENTORY_H
#define VW_INVENTORY_H

#include "finding.h"
#include "view.h"

struct vw_vf_entry {
	uint32_t index;
	int numa; /* -1 = unknown */
	struct vw_function_view view;
};

struct vw_pf_entry {
	struct vw_pci pci;
	char driver[32];            /* "" = none */
	char netdev[IFNAMSIZ];      /* "" = none here */
	const struct vw_link *link; /* NULL = none here; points into the inventory's links */
	int numa;
	long max_vfs;            /* what the hardware could do; -1 = unknown */
	struct vw_vf_entry *vfs; /* by index */
	size_t n_vfs;
};

struct vw_inventory {
	struct vw_links links;
	struct vw_pf_entry *pfs; /* by address */
	size_t n_pfs;
};

/* only: a PF's address or one of its netdevs; NULL = all. registry may be NULL. What is wrong with the lists themselves becomes a
 * finding (vf-list-broken, internal). 0, -ENODEV if `only` names no PF, or -errno, with a message. *inventory is the caller's to free in any case. */
int vw_inventory_get(const struct vw_host *host, struct vw_registry *registry, const char *only,
	struct vw_inventory *inventory, struct vw_findings *findings, struct vw_error *err);
void vw_inventory_free(struct vw_inventory *inventory);

#endif
