/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge: goes through the devices of a domain. */
#include "cleanup.h"
#include "judge_priv.h"

#include <string.h>

char *vw_judge_owner(const struct vw_claim_owner *owner, char buf[VW_OWNER_STR])
{
	if (vw_claim_is_reservation(owner))
		return vw_claim_owner_text(owner, buf, VW_OWNER_STR);
	snprintf(buf, VW_OWNER_STR, "domain %s (%s, %s)", owner->name, owner->uuid,
		vw_claim_state_name(owner->state));
	return buf;
}

static bool same_action(const struct vw_action *a, const struct vw_action *b)
{
	if (a->what != b->what)
		return false;
	switch (a->what) {
	case VW_ACT_RELEASE_VF:
		return vw_pci_equal(&a->claim.vf, &b->claim.vf);
	case VW_ACT_RELEASE_MAC:
		return vw_mac_equal(&a->mac_claim.mac, &b->mac_claim.mac) &&
		       !strcmp(a->mac_claim.owner.uuid, b->mac_claim.owner.uuid);
	case VW_ACT_CLEAR_VF:
		break;
	}
	return vw_pci_equal(&a->vf, &b->vf);
}

void vw_judge_act(struct vw_case *c, const struct vw_action *action)
{
	struct vw_verdict *verdict = c->verdict;
	struct vw_action *bigger;

	for (size_t i = 0; i < verdict->n_actions; i++)
		if (same_action(&verdict->actions[i], action))
			return;
	bigger = realloc(verdict->actions, (verdict->n_actions + 1) * sizeof(*bigger));
	if (!bigger) {
		c->no_memory = true;
		return;
	}
	verdict->actions = bigger;
	bigger[verdict->n_actions++] = *action;
}

/* VFs that this uuid still has claimed but no longer names must be reset before the new claims replace the old. */
static void release_former(struct vw_case *c)
{
	/* A port is one device more; of the others nothing is said. */
	for (size_t i = 0; i < c->view->n_own && c->view->moment != VW_AT_PORT; i++) {
		struct vw_action action = { .what = VW_ACT_RELEASE_VF, .claim = c->view->own[i] };

		if (!vw_view_names(c->view, &action.claim.vf))
			vw_judge_act(c, &action);
	}
}

int vw_judge(const struct vw_domain *domain, const struct vw_view *view,
	const struct vw_config *config, struct vw_verdict *verdict)
{
	struct vw_case c = { .domain = domain, .view = view, .config = config, .verdict = verdict };

	*verdict = (struct vw_verdict){ 0 };
	for (size_t i = 0; i < domain->n_devices; i++) {
		vw_judge_function(&c, i);
		vw_judge_mac(&c, i);
	}
	vw_judge_mac_twice(&c);
	release_former(&c);
	return c.no_memory || verdict->findings.lost ? -ENOMEM : 0;
}

void vw_verdict_free(struct vw_verdict *verdict)
{
	vw_findings_free(&verdict->findings);
	free(verdict->actions);
	*verdict = (struct vw_verdict){ 0 };
}
