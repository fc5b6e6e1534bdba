/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard: the answer to prepare, port-created and start.
 *
 * Theory of operation. Look (view), judge, and if something has to be cleaned first or may pass by itself, clean or wait and look
 * again; when the answer stands, claim everything in one transaction, which fails if somebody was faster: then look again, and the
 * judge names them. Every turn of this loop either ends it, does something that the next turn sees, or waits inside the deadline. */
#include "hook.h"
#include "claims.h"
#include "cleanup.h"
#include "judge.h"
#include "release.h"

#include <string.h>

#define WAIT_MS      25
#define PORT_WAIT_MS 1000

/* Cleaning something takes a turn or two for each thing; more turns than this mean that it does not help. */
#define MAX_CLEANING_TURNS 64

/* Moves findings over, leaving out what was said in an earlier turn. */
static void keep_findings(struct vw_findings *to, const struct vw_findings *from)
{
	for (size_t i = 0; i < from->n; i++) {
		const struct vw_finding *finding = &from->v[i];
		bool known = false;

		for (size_t k = 0; k < to->n && !known; k++)
			known = !strcmp(to->v[k].id, finding->id) &&
				!strcmp(to->v[k].subject, finding->subject) &&
				!strcmp(to->v[k].message, finding->message);
		if (!known)
			vw_finding_copy(to, finding);
	}
	to->lost |= from->lost;
}

static int carry_out(struct vw_hook *hook, struct vw_registry *registry,
	const struct vw_domain *domain, const struct vw_action *action,
	struct vw_findings *findings, struct vw_error *err)
{
	switch (action->what) {
	case VW_ACT_RELEASE_VF:
		return vw_release_vf(&hook->host, registry, &action->claim,
			1U << action->claim.owner.state, findings, err);
	case VW_ACT_RELEASE_MAC:
		return vw_registry_release_mac(registry, &action->mac_claim, err);
	case VW_ACT_CLEAR_VF:
		return vw_release_idle(&hook->host, registry, &action->vf, domain->uuid,
			domain->name, findings, err);
	}
	return 0;
}

/* Carries all actions out. 0; -EAGAIN: somebody else is at it or was, look again; other -errno. */
static int clean(struct vw_hook *hook, struct vw_registry *registry, const struct vw_domain *domain,
	const struct vw_verdict *verdict, struct vw_findings *findings, struct vw_error *err)
{
	bool again = false;

	for (size_t i = 0; i < verdict->n_actions; i++) {
		int rc = carry_out(hook, registry, domain, &verdict->actions[i], findings, err);

		if (rc == -EBUSY)
			again = true;
		else if (rc)
			return rc;
	}
	return again ? -EAGAIN : 0;
}

static int claim(struct vw_hook *hook, struct vw_registry *registry, const struct vw_domain *domain,
	const struct vw_view *view, struct vw_error *err)
{
	bool is_port = view->moment == VW_AT_PORT;
	vw_auto(vw_claims_free) struct vw_claims claims = { 0 };
	struct vw_claim_owner owner = vw_claim_owner_now(domain, VW_CLAIM_PREPARED, &hook->daemon);
	int rc = vw_claims_of(domain, view, &owner, &claims);

	if (rc)
		return vw_error_set(err, -rc, "out of memory");
	rc = is_port ? vw_registry_add(registry, &claims, false, err)
		     : vw_registry_claim(registry, &claims, err);
	return rc == -EBUSY ? -EAGAIN : rc;
}

/* What is asked, and what has been done for the answer. */
struct effort {
	enum vw_moment moment;
	struct vw_deadline
		patience; /* how long to wait for what passes by itself; the host's deadline may be earlier */
	unsigned int cleanings;
	struct vw_findings waiting; /* what the last turn waited for; empty = for nothing */
};

/* One turn: 0 = decided (hook->refused), -EAGAIN = look again after a moment, other -errno. */
static int turn(struct vw_hook *hook, struct vw_registry *registry, const struct vw_domain *domain,
	struct effort *effort, struct vw_error *err)
{
	vw_auto(vw_view_free) struct vw_view view = { 0 };
	vw_auto(vw_verdict_free) struct vw_verdict verdict = { 0 };
	vw_auto(vw_findings_free) struct vw_findings cleaned = { 0 };
	int rc = vw_view_build(
		&hook->host, &hook->config, registry, domain, effort->moment, &view, err);

	if (rc)
		return rc;
	rc = vw_judge(domain, &view, &hook->config, &verdict);
	if (rc)
		return vw_error_set(err, -rc, "out of memory");
	vw_findings_free(&effort->waiting);
	if (vw_findings_only_waiting(&verdict.findings) &&
		vw_deadline_left(&effort->patience) > 2 * WAIT_MS &&
		vw_deadline_left(&hook->host.deadline) > 2 * WAIT_MS) {
		effort->waiting = verdict.findings;
		verdict.findings = (struct vw_findings){ 0 };
		return -EAGAIN;
	}
	keep_findings(&hook->findings, &verdict.findings);
	hook->refused = vw_findings_worst(&verdict.findings) == VW_FAIL;
	if (hook->refused)
		return 0;
	if (!verdict.n_actions)
		return claim(hook, registry, domain, &view, err);

	if (++effort->cleanings > MAX_CLEANING_TURNS)
		return vw_error_set(
			err, ELOOP, "what has to be cleaned before the start does not stay clean");
	rc = clean(hook, registry, domain, &verdict, &cleaned, err);
	keep_findings(&hook->findings, &cleaned);
	hook->refused = vw_findings_worst(&cleaned) == VW_FAIL;
	return rc || hook->refused ? rc : -EAGAIN;
}

static int settle(struct vw_hook *hook, struct vw_registry *registry,
	const struct vw_domain *domain, enum vw_moment moment, struct vw_deadline patience,
	struct vw_error *err)
{
	struct effort effort = { .moment = moment, .patience = patience };
	int rc;

	while ((rc = turn(hook, registry, domain, &effort, err)) == -EAGAIN)
		if (!vw_deadline_sleep(&hook->host.deadline, WAIT_MS))
			break;
	if ((rc == -EAGAIN || rc == -ETIMEDOUT) && effort.waiting.n) {
		/* On a busy host the deadline may pass in a short sleep, or in the next turn: what was seen last stands. */
		keep_findings(&hook->findings, &effort.waiting);
		hook->refused = true;
		rc = 0;
	} else if (rc == -EAGAIN) {
		rc = vw_error_set(err, ETIMEDOUT, "no answer within %u ms: %s",
			hook->config.deadline_ms,
			err->msg[0] ? err->msg : "other domains were always faster");
	}
	vw_findings_free(&effort.waiting);
	return rc;
}

int vw_hook_prepare(struct vw_hook *hook, struct vw_registry *registry,
	const struct vw_domain *domain, struct vw_error *err)
{
	return settle(hook, registry, domain, VW_AT_PREPARE, hook->host.deadline, err);
}

int vw_hook_start(struct vw_hook *hook, struct vw_registry *registry,
	const struct vw_domain *domain, struct vw_error *err)
{
	return settle(hook, registry, domain, VW_AT_START, hook->host.deadline, err);
}

/* libvirt holds the network's lock meanwhile. Whom we wait for may need that lock to get on, for a port of its own. */
int vw_hook_port(struct vw_hook *hook, struct vw_registry *registry, const struct vw_domain *port,
	struct vw_error *err)
{
	struct vw_deadline patience = vw_deadline_in(PORT_WAIT_MS);

	return settle(hook, registry, port, VW_AT_PORT, patience, err);
}
