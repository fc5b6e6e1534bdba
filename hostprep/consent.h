/* SPDX-License-Identifier: GPL-2.0-or-later */
/* consent: what is done only with --yes. */
#ifndef VW_CONSENT_H
#define VW_CONSENT_H

#include "plan.h"

/* Adds management-nic where the PF carries a default route, itself or through a bridge, bond or VLAN above it, as a finding of this severity.
 * 0, or -errno with a message: that cannot be told. */
int vw_consent_pf(const struct vw_host *host, const struct vw_pf_request *pf,
	enum vw_severity severity, struct vw_findings *findings, struct vw_error *err);

/* That for all PFs, and needs-yes for rpm-ostree, as
 * findings of this severity. 0, or -errno with a message: that cannot be told. */
int vw_consent(const struct vw_host *host, const struct vw_request *request,
	const struct vw_plan *plan, enum vw_severity severity, struct vw_findings *findings,
	struct vw_error *err);

#endif
