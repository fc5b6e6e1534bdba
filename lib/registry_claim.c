/* SPDX-License-Identifier: GPL-2.0-or-later */
/* registry_claim: what one domain wants, all of it or nothing; and its way through the states. */

/*
 * Theory of operation. Everything here is one transaction that has taken the write lock before it reads, so what was free when it
 * looked is free when it writes. The order is: look at every VF and every MAC for somebody else's claim, end what this domain
 * no longer wants, write.
 *
 * Ending a claim must not make a dirty VF look like a free one. PREPARED and RUNNING claims that are not wanted any more go, but are
 * remembered as past ones, so that a MAC left behind is explained. STOPPING, QUARANTINED and those that somebody works on stay: a reset is
 * due, and who does it drops the claim.
 */
#include "registry_priv.h"

#include "text.h"

#include <string.h>

struct wanted {
	int64_t key;
	const struct vw_vf_claim *claim;
	struct vw_vf_attr baseline; /* the first one, if the domain has the VF already */
	bool left_out;
};

/* The claims with what is computed from them once. */
struct plan {
	const struct vw_claims *claims;
	const char *uuid;
	struct wanted *vfs; /* claims->n_vfs of them, by key */
	bool *no_mac;       /* for each of claims->macs: left out */
	bool adopt;         /* the domain runs already: leave out what conflicts */
	bool add;           /* the domain keeps what it has claimed before */
	int left_out;
	int64_t now;
};

static int compare_wanted(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

static int check_owner(struct plan *plan, const struct vw_claim_owner *owner, struct vw_error *err)
{
	int rc = vw_registry_check_uuid(owner->uuid, sizeof(owner->uuid), err);

	if (rc < 0)
		return rc;
	if (!plan->uuid)
		plan->uuid = owner->uuid;
	if (strcmp(plan->uuid, owner->uuid) != 0)
		return vw_error_set(err, EINVAL, "claims of two domains in one request");
	if (owner->state > VW_CLAIM_QUARANTINED || owner->daemon.pid < 0)
		return vw_error_set(err, EINVAL, "a claim has an impossible state or daemon");
	return 0;
}

/* -EBUSY of a domain that runs already costs it the one claim, not all; the message stays that of the first. */
static int leave_out(
	struct plan *plan, int rc, const struct vw_error *why, bool *left_out, struct vw_error *err)
{
	if (rc == 0)
		return 0;
	if (err && !(rc == -EBUSY && plan->left_out))
		*err = *why;
	if (rc != -EBUSY || !plan->adopt)
		return rc;
	*left_out = true;
	plan->left_out++;
	return 0;
}

static int check_twice(struct plan *plan, struct vw_error *err)
{
	char address[VW_PCI_STR];
	struct vw_error why;
	int rc = 0;

	qsort(plan->vfs, plan->claims->n_vfs, sizeof(*plan->vfs), compare_wanted);
	for (size_t i = 1; i < plan->claims->n_vfs && rc == 0; i++) {
		if (plan->vfs[i].key != plan->vfs[i - 1].key)
			continue;
		rc = vw_error_set(&why, plan->adopt ? EBUSY : EINVAL,
			"the domain claims VF %s twice",
			vw_pci_format(&plan->vfs[i].claim->vf, address));
		rc = leave_out(plan, rc, &why, &plan->vfs[i].left_out, err);
	}
	return rc;
}

/* adopt and add are set, and the rest is zero. */
static int make_plan(struct plan *plan, const struct vw_claims *claims, struct vw_error *err)
{
	int rc = 0;

	plan->claims = claims;
	plan->now = vw_registry_now();
	plan->vfs = calloc(claims->n_vfs + 1, sizeof(*plan->vfs));
	plan->no_mac = calloc(claims->n_macs + 1, sizeof(*plan->no_mac));
	if (!plan->vfs || !plan->no_mac)
		return vw_error_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < claims->n_vfs && rc == 0; i++) {
		const struct vw_vf_claim *claim = &claims->vfs[i];

		plan->vfs[i].claim = claim;
		plan->vfs[i].baseline = claim->baseline;
		rc = check_owner(plan, &claim->owner, err);
		if (rc == 0)
			rc = vw_registry_key(&claim->vf, &plan->vfs[i].key, err);
		if (rc == 0 && (claim->use > VW_USE_MACVTAP || claim->worker.pid < 0))
			rc = vw_error_set(err, EINVAL, "a claim has an impossible use or worker");
	}
	for (size_t i = 0; i < claims->n_macs && rc == 0; i++) {
		rc = check_owner(plan, &claims->macs[i].owner, err);
		plan->no_mac[i] = vw_mac_is_nobody(&claims->macs[i].mac);
	}
	return rc < 0 ? rc : check_twice(plan, err);
}

/* Nobody has the VF: was that so when the domain's claims were thought up? Mostly nobody has let go of any since. */
static int check_since(struct vw_registry *registry, const struct plan *plan,
	const struct wanted *wanted, struct vw_error *err)
{
	vw_auto_query struct vw_query q = { 0 };
	char address[VW_PCI_STR];
	int64_t now;
	int rc;

	if (plan->adopt || !plan->claims->epoch)
		return 0;
	rc = vw_registry_epoch(registry, &now, err);
	if (rc < 0 || now == plan->claims->epoch)
		return rc;
	vw_query_open(&q, registry, "SELECT 1 FROM past WHERE address = ? AND id >= ?", err);
	vw_query_int(&q, wanted->key);
	vw_query_int(&q, plan->claims->epoch);
	rc = vw_query_step(&q);
	if (rc <= 0)
		return rc;
	return vw_error_set(err, EBUSY, "VF %s was released while it was looked at",
		vw_pci_format(&wanted->claim->vf, address));
}

/* Who has the VF: -EBUSY for another domain, or for another living process that works on it, whose idea of the VF would
 * otherwise clash with ours. */
static int check_vf(struct vw_registry *registry, const struct plan *plan, struct wanted *wanted,
	struct vw_error *err)
{
	char address[VW_PCI_STR], text[900];
	struct vw_process self;
	struct vw_vf_claim claim;
	int rc = vw_registry_find_to_claim(registry, &wanted->claim->vf, &claim, err);

	if (rc <= 0)
		return rc < 0 ? rc : check_since(registry, plan, wanted, err);
	vw_pci_format(&claim.vf, address);
	if (strcmp(claim.owner.uuid, plan->uuid) != 0)
		return vw_error_set(err, EBUSY, "VF %s is claimed by %s", address,
			vw_claim_owner_text(&claim.owner, text, sizeof(text)));
	wanted->baseline = claim.baseline;
	if (!claim.worker.pid)
		return 0;
	self = vw_process_self();
	if ((claim.worker.pid == self.pid && claim.worker.start == self.start) ||
		!vw_process_alive(&claim.worker))
		return 0;
	return vw_error_set(
		err, EBUSY, "VF %s is being reset by process %d", address, (int)claim.worker.pid);
}

/* Two claims on one MAC: may only one of them stand? */
static bool is_conflict(const struct vw_mac_claim *a, const struct vw_mac_claim *b)
{
	if (!strcmp(a->owner.uuid, b->owner.uuid) || (!a->on_vf && !b->on_vf))
		return false;
	return !a->on_vf || !b->on_vf || !strcmp(a->scope, b->scope);
}

static int check_mac(
	struct vw_registry *registry, const struct vw_mac_claim *want, struct vw_error *err)
{
	vw_auto_free struct vw_mac_claim *claims = NULL;
	char mac[VW_MAC_STR], text[900], device[256];
	size_t n;
	int rc = vw_registry_find_mac(registry, &want->mac, &claims, &n, err);

	for (size_t i = 0; i < n && rc == 0; i++)
		if (is_conflict(want, &claims[i]))
			rc = vw_error_set(err, EBUSY, "MAC %s is claimed by %s on %s",
				vw_mac_format(&want->mac, mac),
				vw_claim_owner_text(&claims[i].owner, text, sizeof(text)),
				vw_text_escape(device, sizeof(device), claims[i].device));
	return rc;
}

static int check_conflicts(struct vw_registry *registry, struct plan *plan, struct vw_error *err)
{
	struct vw_error why = { "" };
	int rc = 0;

	for (size_t i = 0; i < plan->claims->n_vfs && rc == 0; i++) {
		struct wanted *vf = &plan->vfs[i];

		if (!vf->left_out)
			rc = leave_out(
				plan, check_vf(registry, plan, vf, &why), &why, &vf->left_out, err);
	}
	for (size_t i = 0; i < plan->claims->n_macs && rc == 0; i++)
		if (!plan->no_mac[i])
			rc = leave_out(plan, check_mac(registry, &plan->claims->macs[i], &why),
				&why, &plan->no_mac[i], err);
	return rc;
}

/* One VF claim that the domain has had: is it to go, and is it to be remembered? */
static int end_vf(struct vw_registry *registry, const struct plan *plan,
	const struct vw_vf_claim *former, struct vw_error *err)
{
	vw_auto_query struct vw_query drop = { 0 };
	const struct wanted *again;
	struct wanted key = { 0 };
	int rc = vw_registry_key(&former->vf, &key.key, err);

	if (rc < 0)
		return rc;
	again = bsearch(&key, plan->vfs, plan->claims->n_vfs, sizeof(key), compare_wanted);
	if (again ? vw_mac_equal(&again->claim->mac, &former->mac) : plan->add)
		return 0;
	if (!again && (former->worker.pid || (former->owner.state != VW_CLAIM_PREPARED &&
						     former->owner.state != VW_CLAIM_RUNNING)))
		return 0;
	rc = vw_registry_remember(registry, key.key, plan->uuid, err);
	if (rc < 0 || again)
		return rc;
	vw_query_open(&drop, registry, "DELETE FROM vf WHERE address = ?", err);
	vw_query_int(&drop, key.key);
	rc = vw_query_run(&drop);
	return rc < 0 ? rc : 0;
}

/* What this domain had before. Its MAC claims all go, for those that it still wants are written again. */
static int end_former(struct vw_registry *registry, const struct plan *plan, struct vw_error *err)
{
	vw_auto_query struct vw_query macs = { 0 };
	vw_auto_free struct vw_vf_claim *former = NULL;
	size_t n = 0;
	int rc = vw_registry_vfs(registry, plan->uuid, &former, &n, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = end_vf(registry, plan, &former[i], err);
	if (rc < 0 || plan->add)
		return rc;
	vw_query_open(&macs, registry, "DELETE FROM mac WHERE uuid = ?", err);
	vw_query_text(&macs, plan->uuid, VW_UUID_STR);
	rc = vw_query_run(&macs);
	return rc < 0 ? rc : 0;
}

static void bind_owner(struct vw_query *q, const struct vw_claim_owner *owner, int64_t now)
{
	vw_query_text(q, owner->uuid, sizeof(owner->uuid));
	vw_query_text(q, owner->name, sizeof(owner->name) - 1);
	vw_query_int(q, owner->state);
	vw_query_process(q, &owner->daemon);
	vw_query_int(q, owner->since ? owner->since : now);
}

static const char put_vf_sql[] = "REPLACE INTO vf VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)";

static int put_vf(struct vw_query *q, const struct vw_vf_claim *claim,
	const struct vw_vf_attr *baseline, int64_t key, int64_t now)
{
	bind_owner(q, &claim->owner, now);
	vw_query_int(q, key);
	vw_query_int(q, claim->use);
	vw_query_mac(q, &claim->mac);
	vw_query_process(q, &claim->worker);
	vw_query_text(q, claim->residue, sizeof(claim->residue) - 1);
	vw_query_baseline(q, baseline);
	return vw_query_run(q);
}

int vw_registry_put_vf(struct vw_registry *registry, const struct vw_vf_claim *claim, int64_t key,
	int64_t now, struct vw_error *err)
{
	vw_auto_query struct vw_query q;

	vw_query_open(&q, registry, put_vf_sql, err);
	return put_vf(&q, claim, &claim->baseline, key, now);
}

static int put_vfs(struct vw_registry *registry, const struct plan *plan, struct vw_error *err)
{
	vw_auto_query struct vw_query q;
	int rc = 0;

	vw_query_open(&q, registry, put_vf_sql, err);
	for (size_t i = 0; i < plan->claims->n_vfs && rc >= 0; i++) {
		const struct wanted *vf = &plan->vfs[i];

		if (!vf->left_out)
			rc = put_vf(&q, vf->claim, &vf->baseline, vf->key, plan->now);
	}
	return rc < 0 ? rc : 0;
}

/* Two VFs, or two other NICs, of one domain with the same MAC and scope are one claim. A VF and another NIC (a teaming
 * pair) are two: they do not meet the same others. */
static const char put_mac_sql[] = "INSERT OR IGNORE INTO mac VALUES(?,?,?,?,?,?,?,?,?,?)";

static int put_macs(struct vw_registry *registry, const struct plan *plan, struct vw_error *err)
{
	vw_auto_query struct vw_query q;
	int rc = 0;

	vw_query_open(&q, registry, put_mac_sql, err);
	for (size_t i = 0; i < plan->claims->n_macs && rc >= 0; i++) {
		const struct vw_mac_claim *claim = &plan->claims->macs[i];

		if (plan->no_mac[i])
			continue;
		bind_owner(&q, &claim->owner, plan->now);
		vw_query_text(&q, claim->scope, sizeof(claim->scope) - 1);
		vw_query_mac(&q, &claim->mac);
		vw_query_int(&q, claim->on_vf);
		vw_query_text(&q, claim->device, sizeof(claim->device) - 1);
		rc = vw_query_run(&q);
	}
	return rc < 0 ? rc : 0;
}

static int claim_planned(struct vw_registry *registry, struct plan *plan, struct vw_error *err)
{
	int rc = check_conflicts(registry, plan, err);
	struct vw_error why = { "" };

	if (rc == 0)
		rc = end_former(registry, plan, &why);
	if (rc == 0)
		rc = put_vfs(registry, plan, &why);
	if (rc == 0)
		rc = put_macs(registry, plan, &why);
	if (rc < 0 && why.msg[0] && err)
		*err = why;
	return rc;
}

static int claim(struct vw_registry *registry, const struct vw_claims *claims, bool adopt, bool add,
	struct vw_error *err)
{
	struct plan plan = { .adopt = adopt, .add = add };
	int rc = make_plan(&plan, claims, err);

	if (rc == 0 && plan.uuid) /* nothing wanted: whose former claims should end? */
		rc = vw_registry_begin(registry, err);
	if (rc == 0 && plan.uuid)
		rc = vw_registry_end(registry, claim_planned(registry, &plan, err), err);
	free(plan.vfs);
	free(plan.no_mac);
	return rc < 0 ? rc : plan.left_out;
}

int vw_registry_claim(
	struct vw_registry *registry, const struct vw_claims *claims, struct vw_error *err)
{
	return claim(registry, claims, false, false, err);
}

int vw_registry_adopt(
	struct vw_registry *registry, const struct vw_claims *claims, struct vw_error *err)
{
	return claim(registry, claims, true, false, err);
}

int vw_registry_add(struct vw_registry *registry, const struct vw_claims *claims, bool runs_already,
	struct vw_error *err)
{
	return claim(registry, claims, runs_already, true, err);
}

int vw_registry_take_idle(
	struct vw_registry *registry, const struct vw_vf_claim *wanted, struct vw_error *err)
{
	struct vw_vf_claim mine = *wanted, other;
	int64_t now = vw_registry_now(), key;
	int rc = vw_registry_check_step(&mine.vf, mine.owner.uuid, &mine.worker, &key, err);

	if (rc == 0 && (mine.use > VW_USE_MACVTAP || mine.owner.daemon.pid < 0))
		rc = vw_error_set(err, EINVAL, "a claim has an impossible use or daemon");
	if (rc == 0)
		rc = vw_registry_begin(registry, err);
	if (rc < 0)
		return rc;
	mine.owner.state = VW_CLAIM_STOPPING;
	mine.owner.since = now;
	rc = vw_registry_find_to_claim(registry, &mine.vf, &other, err);
	if (rc == 0)
		rc = vw_registry_put_vf(registry, &mine, key, now, err);
	else if (rc > 0)
		rc = 0;
	return vw_registry_end(registry, rc, err);
}

/* daemon NULL: stays. A claim that is in the state already counts, but its time stays. */
static int set_state(struct vw_registry *registry, const char *sql, const char *uuid,
	enum vw_claim_state state, const struct vw_process *daemon, struct vw_error *err)
{
	static const struct vw_process nobody = { 0 };
	vw_auto_query struct vw_query q;

	vw_query_open(&q, registry, sql, err);
	vw_query_int(&q, state);
	vw_query_int(&q, vw_registry_now());
	vw_query_text(&q, uuid, VW_UUID_STR);
	vw_query_int(&q, VW_CLAIM_QUARANTINED);
	vw_query_int(&q, daemon != NULL);
	vw_query_process(&q, daemon ? daemon : &nobody);
	return vw_query_run(&q);
}

#define SET_STATE                                                                                  \
	" SET state = ?1, since = CASE state WHEN ?1 THEN since ELSE ?2 END,"                      \
	" daemon_pid = CASE WHEN ?5 THEN ?6 ELSE daemon_pid END,"                                  \
	" daemon_start = CASE WHEN ?5 THEN ?7 ELSE daemon_start END"                               \
	" WHERE uuid = ?3 AND state <> ?4"

int vw_registry_set_state(struct vw_registry *registry, const char *uuid, enum vw_claim_state state,
	const struct vw_process *daemon, struct vw_error *err)
{
	int rc = vw_registry_check_uuid(uuid, VW_UUID_STR, err), macs;

	if (rc < 0)
		return rc;
	if (state >=
		VW_CLAIM_QUARANTINED) /* that has a residue and one VF: vw_registry_quarantine() */
		return vw_error_set(err, EINVAL, "a domain's claims cannot all be quarantined");
	if (daemon && daemon->pid < 0)
		return vw_error_set(err, EINVAL, "no process %d", (int)daemon->pid);
	rc = vw_registry_begin(registry, err);
	if (rc < 0)
		return rc;
	rc = set_state(registry, "UPDATE vf" SET_STATE, uuid, state, daemon, err);
	if (rc >= 0) {
		macs = set_state(registry, "UPDATE mac" SET_STATE, uuid, state, daemon, err);
		rc = macs < 0 ? macs : rc + macs;
	}
	return vw_registry_end(registry, rc, err);
}

const char *vw_claim_state_name(enum vw_claim_state state)
{
	static const char *const names[] = { "prepared", "running", "stopping", "quarantined" };

	return (unsigned int)state < VW_ARRAY_SIZE(names) ? names[state] : "unknown";
}
