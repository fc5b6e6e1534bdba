/* SPDX-License-Identifier: GPL-2.0-or-later */
/* release: how a domain's VFs become free again: take the claim, look again, reset, read back, drop or quarantine. */
#ifndef VW_RELEASE_H
#define VW_RELEASE_H

#include "finding.h"
#include "registry.h"

/* One VF of `claim`. from: the states it may be in (1 << state | …). A VF that somebody else holds by now is left alone and the claim dropped.
 * Adds findings: PASS "vf-released", WARN "vf-left-alone", FAIL "residue". 0, -EBUSY (somebody else works on the claim), or -errno. */
int vw_release_vf(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_vf_claim *claim, unsigned int from, struct vw_findings *findings,
	struct vw_error *err);

/* All that this uuid claims: every VF, then its MACs. Goes on after an error; returns the first. */
int vw_release_domain(const struct vw_host *host, struct vw_registry *registry, const char *uuid,
	struct vw_findings *findings, struct vw_error *err);

/* The VF that a NIC uses (port: its domain with that one device), if the domain has claimed it: 1, 0, or -errno with a message. */
int vw_release_find_port(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_domain *port, struct vw_vf_claim *claim, struct vw_error *err);

/* What one NIC of a running or stopping domain has claimed, now that its network takes it away: the VF, unless it is still in use (then the domain's end
 * releases it), and the MAC. port: the domain with that one device. As vw_release_vf. */
int vw_release_port(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_domain *port, struct vw_findings *findings, struct vw_error *err);

/* Takes the MAC off an idle VF that nobody claims; the VF is claimed for uuid/name meanwhile. As vw_release_vf. */
int vw_release_idle(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_pci *vf, const char *uuid, const char *name, struct vw_findings *findings,
	struct vw_error *err);

/* The operator's way: resets a VF that nobody claims to its driver's defaults with no MAC (vw_reset_defaults). Whether the host uses
 * the VF otherwise is for the caller to find out before. As vw_release_vf. */
int vw_release_operator(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_pci *vf, struct vw_findings *findings, struct vw_error *err);

#endif
