/* SPDX-License-Identifier: GPL-2.0-or-later */
/* claims: what an accepted domain claims: its VFs with the state to restore, and its MACs. */
#ifndef VW_CLAIMS_H
#define VW_CLAIMS_H

#include "domain_xml.h"
#include "registry.h"
#include "view.h"

/* The owner of claims that this domain makes now. daemon: NULL = unknown. */
struct vw_claim_owner vw_claim_owner_now(
	const struct vw_domain *domain, enum vw_claim_state state, const struct vw_process *daemon);

/* The claims of a domain, each with a copy of *owner. 0 or -ENOMEM. The caller frees them. */
int vw_claims_of(const struct vw_domain *domain, const struct vw_view *view,
	const struct vw_claim_owner *owner, struct vw_claims *claims);
void vw_claims_free(struct vw_claims *claims);

#endif
