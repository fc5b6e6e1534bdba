/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tenant: who has a VF, of all that a function view says: one answer for all commands. */
#ifndef VW_TENANT_H
#define VW_TENANT_H

#include "view.h"

enum vw_tenant_kind {
	VW_TENANT_NONE,        /* free */
	VW_TENANT_RESERVED,    /* vfward-hostprep is changing the VFs of its PF */
	VW_TENANT_CLAIM,       /* a claim whose owner lives or is stopping */
	VW_TENANT_STALE,       /* a claim whose owner is gone */
	VW_TENANT_QUARANTINED, /* a claim whose reset failed */
	VW_TENANT_PROCESS,     /* open through vfio, and no claim explains it */
	VW_TENANT_NETNS,       /* its netdev is in another network namespace */
	VW_TENANT_CNI,         /* sriov-cni's record */
	VW_TENANT_UNKNOWN,     /* the VF could not be looked at, or vanished meanwhile */
	VW_TENANT_HOST         /* the host uses its netdev: upper device, address, default route */
};

enum vw_tenant_kind vw_tenant_of(const struct vw_function_view *function);

/* "free", "reserved", "claimed", "stale", "quarantined", "held", "other-netns", "container", "host", "unknown": stable words of the JSON. */
const char *vw_tenant_word(enum vw_tenant_kind kind);

/* For people: "domain web1 (running)". Not escaped; names are cut to fit. Returns buf. */
char *vw_tenant_text(const struct vw_function_view *function, char *buf, size_t size);

#endif
