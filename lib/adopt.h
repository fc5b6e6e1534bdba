/* SPDX-License-Identifier: GPL-2.0-or-later */
/* adopt: claims for domains that run already: after a daemon's restart, and for a registry that was lost. */
#ifndef VW_ADOPT_H
#define VW_ADOPT_H

#include "config.h"
#include "finding.h"
#include "release.h"

/* Puts one running domain's VFs and MACs into the registry, and releases what it has claimed but no longer names. Never refuses: what conflicts
 * is a WARN finding and stays with who has it. daemon: who asked; NULL = unknown. */
int vw_adopt_domain(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_config *config, const struct vw_domain *domain,
	const struct vw_process *daemon, struct vw_findings *findings, struct vw_error *err);

/* One NIC of a running domain, of which its network speaks again: adds what is not claimed yet, keeps the rest. port: the domain with that one
 * device. Never refuses; a domain that does not live, or no longer has the device, gets no claim. */
int vw_adopt_port(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_config *config, const struct vw_domain *port,
	const struct vw_process *daemon, struct vw_findings *findings, struct vw_error *err);

/* Rebuilds a fresh registry from the live status files of all domains; a WARN finding "registry-rebuilt" says so if there were any domains
 * or a corrupt file was set aside. Does nothing for a registry that is not fresh. */
int vw_adopt_all(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_config *config, struct vw_findings *findings, struct vw_error *err);

#endif
