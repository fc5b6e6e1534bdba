/* SPDX-License-Identifier: GPL-2.0-or-later */
/* registry_reserve: functions that are kept from everybody while a process changes a PF's VFs.
 *
 * Theory of operation. A reservation is a row like a VF's claim, so that the key of the table excludes claims and reservations from each other
 * inside a transaction, as it does claims. What it is about may be gone or new by the time that it ends, so there is nothing
 * to reset and nobody to take it over: dead with its worker, it is void (registry_vf.c), and the next one to claim the VF deletes it. */
#include "registry_priv.h"

#include "text.h"

#include <string.h>

bool vw_claim_is_reservation(const struct vw_claim_owner *owner)
{
	return strcmp(owner->uuid, VW_RESERVER) == 0;
}

char *vw_claim_owner_text(const struct vw_claim_owner *owner, char *buf, size_t size)
{
	char name[512], uuid[160];

	if (vw_claim_is_reservation(owner)) {
		snprintf(buf, size, VW_RESERVER " (process %d)", (int)owner->daemon.pid);
		return buf;
	}
	vw_text_escape_n(
		name, sizeof(name), owner->name, strnlen(owner->name, sizeof(owner->name)));
	vw_text_escape_n(
		uuid, sizeof(uuid), owner->uuid, strnlen(owner->uuid, sizeof(owner->uuid)));
	snprintf(buf, size, "domain '%s' (%s, %s)", name, uuid, vw_claim_state_name(owner->state));
	return buf;
}

static bool same_process(const struct vw_process *a, const struct vw_process *b)
{
	return a->pid == b->pid && a->start == b->start;
}

static int reserve_one(
	struct vw_registry *registry, const struct vw_vf_claim *mine, struct vw_error *err)
{
	char address[VW_PCI_STR], text[900];
	struct vw_vf_claim other;
	int64_t key;
	int rc = vw_registry_check_step(&mine->vf, mine->owner.uuid, &mine->worker, &key, err);

	if (rc == 0)
		rc = vw_registry_find_to_claim(registry, &mine->vf, &other, err);
	if (rc == 0) {
		rc = vw_registry_put_vf(registry, mine, key, vw_registry_now(), err);
		return rc < 0 ? rc : 0;
	}
	if (rc < 0)
		return rc;
	if (vw_claim_is_reservation(&other.owner) && same_process(&other.worker, &mine->worker))
		return 0;
	return vw_error_set(err, EBUSY, "%s is claimed by %s", vw_pci_format(&mine->vf, address),
		vw_claim_owner_text(&other.owner, text, sizeof(text)));
}

int vw_registry_reserve(struct vw_registry *registry, const struct vw_pci *functions, size_t n,
	const struct vw_process *worker, const struct vw_process *asked_by, struct vw_error *err)
{
	struct vw_vf_claim mine = {
		.owner = { .uuid = VW_RESERVER,
			.name = VW_RESERVER,
			.state = VW_CLAIM_STOPPING,
			.daemon = *asked_by },
		.worker = *worker,
	};
	int rc = vw_registry_begin(registry, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < n && rc == 0; i++) {
		mine.vf = functions[i];
		rc = reserve_one(registry, &mine, err);
	}
	return vw_registry_end(registry, rc, err);
}

static int remember(
	struct vw_registry *registry, const struct vw_process *worker, struct vw_error *err)
{
	vw_auto_free struct vw_vf_claim *all = NULL;
	size_t n = 0;
	int rc = vw_registry_vfs(registry, VW_RESERVER, &all, &n, err);

	for (size_t i = 0; i < n && rc == 0; i++) {
		int64_t key;

		if (!same_process(&all[i].worker, worker))
			continue;
		rc = vw_registry_key(&all[i].vf, &key, err);
		if (rc == 0)
			rc = vw_registry_remember(registry, key, VW_RESERVER, err);
	}
	return rc;
}

static int drop(struct vw_registry *registry, const struct vw_process *worker, struct vw_error *err)
{
	vw_auto_query struct vw_query q;

	vw_query_open(&q, registry,
		"DELETE FROM vf WHERE uuid = ? AND worker_pid = ? AND worker_start = ?", err);
	vw_query_text(&q, VW_RESERVER, VW_UUID_STR);
	vw_query_process(&q, worker);
	return vw_query_run(&q);
}

int vw_registry_unreserve(
	struct vw_registry *registry, const struct vw_process *worker, struct vw_error *err)
{
	int rc = vw_registry_begin(registry, err);

	if (rc < 0)
		return rc;
	rc = remember(registry, worker, err);
	if (rc == 0)
		rc = drop(registry, worker, err);
	return vw_registry_end(registry, rc, err);
}
