/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge: domain + view + policy → findings and what has to be done first. Pure: no file, no socket, no clock. */
#ifndef VW_JUDGE_H
#define VW_JUDGE_H

#include "config.h"
#include "domain_xml.h"
#include "finding.h"
#include "view.h"

/* Something that has to be cleaned before the domain can have what it wants. */
struct vw_action {
	enum {
		VW_ACT_RELEASE_VF,  /* `claim` is stale: reset its VF, drop it */
		VW_ACT_RELEASE_MAC, /* `mac_claim` is stale: drop it */
		VW_ACT_CLEAR_VF     /* idle `vf` carries the MAC of a past claim: take it off */
	} what;
	struct vw_vf_claim claim;
	struct vw_mac_claim mac_claim;
	struct vw_pci vf;
};

struct vw_verdict {
	struct vw_findings findings;
	struct vw_action *actions;
	size_t n_actions;
};

/* Judges. The domain may start if no finding is a FAIL and the actions have been carried out (and a new judgement says
 * the same). 0, or -ENOMEM. *verdict is the caller's to free in any case. */
int vw_judge(const struct vw_domain *domain, const struct vw_view *view,
	const struct vw_config *config, struct vw_verdict *verdict);
void vw_verdict_free(struct vw_verdict *verdict);

#endif
