/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fresh_mac: MACs that nobody has: not a domain, running or only defined, not a VF, not the host. */
#ifndef VW_FRESH_MAC_H
#define VW_FRESH_MAC_H

#include "finding.h"
#include "mac.h"
#include "registry.h"

struct vw_used_macs {
	struct vw_mac *v;
	size_t n;
};

/* All that are in use as far as registry (may be NULL), netlink and libvirt's files tell. What cannot be read becomes a WARN finding. 0 or
 * -errno with a message. */
int vw_used_macs_get(const struct vw_host *host, struct vw_registry *registry,
	struct vw_used_macs *used, struct vw_findings *findings, struct vw_error *err);
void vw_used_macs_free(struct vw_used_macs *used);

/* 52:54:00 and 24 random bits, as libvirt chooses them (virmacaddr.c, virMacAddrGenerate), and not in use; in use from now on. 0 or -errno. */
int vw_fresh_mac(struct vw_used_macs *used, struct vw_mac *mac, struct vw_error *err);

#endif
