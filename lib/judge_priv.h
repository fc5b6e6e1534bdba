/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge_priv: what the judge's files share. */
#ifndef VW_JUDGE_PRIV_H
#define VW_JUDGE_PRIV_H

#include "judge.h"

/* What a rule looks at and where it puts its result. */
struct vw_case {
	const struct vw_domain *domain;
	const struct vw_view *view;
	const struct vw_config *config;
	struct vw_verdict *verdict;
	bool no_memory;
};

/* "domain NAME (UUID, running)" */
#define VW_OWNER_STR 400
char *vw_judge_owner(const struct vw_claim_owner *owner, char buf[VW_OWNER_STR]);

void vw_judge_act(struct vw_case *c, const struct vw_action *action);

/* May device i have its function? */
void vw_judge_function(struct vw_case *c, size_t i);

/* May device i have its MAC? */
void vw_judge_mac(struct vw_case *c, size_t i);

/* MACs that the domain names twice. */
void vw_judge_mac_twice(struct vw_case *c);

#endif
