/* SPDX-License-Identifier: GPL-2.0-or-later */
/* registry_vf: claims on VFs: look-up, who works on one, and how one ends. */
#include "registry_priv.h"

#include "text.h"

#include <string.h>

int vw_registry_key(const struct vw_pci *vf, int64_t *key, struct vw_error *err)
{
	if (vf->slot > 0x1f || vf->function > 7)
		return vw_error_set(err, EINVAL, "no PCI address: slot 0x%x, function %u", vf->slot,
			vf->function);
	*key = (int64_t)vf->domain << 16 | vf->bus << 8 | vf->slot << 3 | vf->function;
	return 0;
}

void vw_registry_decode_vf(struct vw_query *q, void *row)
{
	struct vw_vf_claim *claim = row;
	int64_t key;

	vw_query_get_owner(q, &claim->owner);
	key = vw_query_get_int(q, 0, (int64_t)UINT32_MAX << 16 | 0xffff);
	claim->vf = (struct vw_pci){ .domain = (uint32_t)(key >> 16),
		.bus = (uint8_t)(key >> 8 & 0xff),
		.slot = (uint8_t)(key >> 3 & 0x1f),
		.function = (uint8_t)(key & 7) };
	claim->use = (enum vw_vf_use)vw_query_get_int(q, VW_USE_INTERFACE, VW_USE_MACVTAP);
	vw_query_get_mac(q, &claim->mac);
	vw_query_get_process(q, &claim->worker);
	vw_query_get_text(q, claim->residue, sizeof(claim->residue));
	vw_query_get_baseline(q, &claim->baseline);
}

/* *is_void: there is one, but it does not count. */
static int find_vf(struct vw_registry *registry, const struct vw_pci *vf, struct vw_vf_claim *claim,
	bool *is_void, struct vw_error *err)
{
	vw_auto_query struct vw_query q = { 0 };
	int64_t key;
	int rc;

	memset(claim, 0, sizeof(*claim));
	*is_void = false;
	rc = vw_registry_key(vf, &key, err);
	if (rc < 0)
		return rc;
	vw_query_open(&q, registry, "SELECT * FROM vf WHERE address = ?", err);
	vw_query_int(&q, key);
	rc = vw_query_step(&q);
	if (rc <= 0)
		return rc;
	vw_registry_decode_vf(&q, claim);
	rc = vw_query_row_ok(&q);
	*is_void = rc == 0 && vw_claim_is_reservation(&claim->owner) &&
		   !vw_process_alive(&claim->worker);
	if (rc == 0 && !*is_void)
		return 1;
	memset(claim, 0, sizeof(*claim));
	return rc;
}

int vw_registry_find_vf(struct vw_registry *registry, const struct vw_pci *vf,
	struct vw_vf_claim *claim, struct vw_error *err)
{
	bool is_void;

	return find_vf(registry, vf, claim, &is_void, err);
}

int vw_registry_find_to_claim(struct vw_registry *registry, const struct vw_pci *vf,
	struct vw_vf_claim *claim, struct vw_error *err)
{
	vw_auto_query struct vw_query q = { 0 };
	bool is_void;
	int64_t key;
	int rc = find_vf(registry, vf, claim, &is_void, err);

	if (!is_void)
		return rc;
	rc = vw_registry_key(vf, &key, err);
	if (rc < 0)
		return rc;
	vw_query_open(&q, registry, "DELETE FROM vf WHERE address = ?", err);
	vw_query_int(&q, key);
	rc = vw_query_run(&q);
	return rc < 0 ? rc : 0;
}

int vw_registry_vfs(struct vw_registry *registry, const char *uuid, struct vw_vf_claim **claims,
	size_t *n, struct vw_error *err)
{
	vw_auto_query struct vw_query q;
	void *rows;
	int rc;

	vw_query_open(&q, registry,
		uuid ? "SELECT * FROM vf WHERE uuid = ? ORDER BY address"
		     : "SELECT * FROM vf ORDER BY address",
		err);
	if (uuid)
		vw_query_text(&q, uuid, VW_UUID_STR);
	rc = vw_query_all(&q, sizeof(**claims), vw_registry_decode_vf, &rows, n);
	*claims = rows;
	return rc;
}

int vw_registry_check_step(const struct vw_pci *vf, const char *uuid, const struct vw_process *me,
	int64_t *key, struct vw_error *err)
{
	int rc = vw_registry_key(vf, key, err);

	if (rc == 0)
		rc = vw_registry_check_uuid(uuid, VW_UUID_STR, err);
	if (rc == 0 && me->pid <= 0) /* 0 would match every claim on which nobody works */
		rc = vw_error_set(err, EINVAL, "no process is named that works on the VF");
	return rc;
}

static int take(struct vw_registry *registry, int64_t key, const char *uuid, unsigned int from,
	const struct vw_process *me, struct vw_error *err)
{
	vw_auto_query struct vw_query look, put = { 0 };
	struct vw_process worker;
	unsigned int state;
	int rc;

	vw_query_open(&look, registry,
		"SELECT state, worker_pid, worker_start FROM vf WHERE address = ? AND uuid = ?",
		err);
	vw_query_int(&look, key);
	vw_query_text(&look, uuid, VW_UUID_STR);
	rc = vw_query_step(&look);
	if (rc <= 0)
		return rc;
	state = (unsigned int)vw_query_get_int(&look, VW_CLAIM_PREPARED, VW_CLAIM_QUARANTINED);
	vw_query_get_process(&look, &worker);
	rc = vw_query_row_ok(&look);
	if (rc < 0)
		return rc;
	if (!(from & 1U << state))
		return 0;
	if (worker.pid && (worker.pid != me->pid || worker.start != me->start) &&
		vw_process_alive(&worker))
		return 0;
	vw_query_open(&put, registry,
		"UPDATE vf SET state = ?1, since = CASE state WHEN ?1 THEN since ELSE ?2 END,"
		" worker_pid = ?3, worker_start = ?4 WHERE address = ?5",
		err);
	vw_query_int(&put, VW_CLAIM_STOPPING);
	vw_query_int(&put, vw_registry_now());
	vw_query_process(&put, me);
	vw_query_int(&put, key);
	return vw_query_run(&put);
}

int vw_registry_take(struct vw_registry *registry, const struct vw_pci *vf, const char *uuid,
	unsigned int from, const struct vw_process *me, struct vw_error *err)
{
	int64_t key;
	int rc = vw_registry_check_step(vf, uuid, me, &key, err);

	if (rc == 0)
		rc = vw_registry_begin(registry, err);
	if (rc < 0)
		return rc;
	return vw_registry_end(registry, take(registry, key, uuid, from, me, err), err);
}

int vw_registry_remember(
	struct vw_registry *registry, int64_t key, const char *uuid, struct vw_error *err)
{
	vw_auto_query struct vw_query copy, prune = { 0 };
	int rc;

	vw_query_open(&copy, registry,
		"INSERT INTO past(address, mac, uuid, name, released)"
		" SELECT address, mac, uuid, name, ? FROM vf WHERE address = ? AND uuid = ?",
		err);
	vw_query_int(&copy, vw_registry_now());
	vw_query_int(&copy, key);
	vw_query_text(&copy, uuid, VW_UUID_STR);
	rc = vw_query_run(&copy);
	if (rc < 0)
		return rc;
	vw_query_open(&prune, registry,
		"DELETE FROM past WHERE address = ?1 AND id <="
		" (SELECT id FROM past WHERE address = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
		err);
	vw_query_int(&prune, key);
	vw_query_int(&prune, VW_REGISTRY_PAST);
	rc = vw_query_run(&prune);
	return rc < 0 ? rc : 0;
}

/* One row must have changed; none means that the claim is no longer what the caller took. */
static int one_changed(int rc, const struct vw_pci *vf, const char *uuid, struct vw_error *err)
{
	char address[VW_PCI_STR], text[160];

	if (rc != 0)
		return rc < 0 ? rc : 0;
	return vw_error_set(err, ENOENT,
		"the claim of %s on VF %s is not, or no longer, in this process's hands",
		vw_text_escape(text, sizeof(text), uuid), vw_pci_format(vf, address));
}

static int release_vf(struct vw_registry *registry, int64_t key, const char *uuid,
	const struct vw_process *me, struct vw_error *err)
{
	vw_auto_query struct vw_query q = { 0 };
	int rc = vw_registry_remember(registry, key, uuid, err);

	if (rc < 0)
		return rc;
	vw_query_open(&q, registry,
		"DELETE FROM vf WHERE address = ? AND uuid = ?"
		" AND worker_pid = ? AND worker_start = ?",
		err);
	vw_query_int(&q, key);
	vw_query_text(&q, uuid, VW_UUID_STR);
	vw_query_process(&q, me);
	return vw_query_run(&q);
}

int vw_registry_release_vf(struct vw_registry *registry, const struct vw_pci *vf, const char *uuid,
	const struct vw_process *me, struct vw_error *err)
{
	int64_t key;
	int rc = vw_registry_check_step(vf, uuid, me, &key, err);

	if (rc == 0)
		rc = vw_registry_begin(registry, err);
	if (rc < 0)
		return rc;
	rc = release_vf(registry, key, uuid, me, err);
	/* Where nothing was deleted the error also takes back what was remembered. */
	return vw_registry_end(registry, one_changed(rc, vf, uuid, err), err);
}

static int quarantine(struct vw_registry *registry, int64_t key, const char *uuid,
	const struct vw_process *me, const char *residue, struct vw_error *err)
{
	vw_auto_query struct vw_query q;

	vw_query_open(&q, registry,
		"UPDATE vf SET state = ?, since = ?, residue = ?, worker_pid = 0, worker_start = 0"
		" WHERE address = ? AND uuid = ? AND worker_pid = ? AND worker_start = ?",
		err);
	vw_query_int(&q, VW_CLAIM_QUARANTINED);
	vw_query_int(&q, vw_registry_now());
	vw_query_text(&q, residue, sizeof(((struct vw_vf_claim *)NULL)->residue) - 1);
	vw_query_int(&q, key);
	vw_query_text(&q, uuid, VW_UUID_STR);
	vw_query_process(&q, me);
	return vw_query_run(&q);
}

int vw_registry_quarantine(struct vw_registry *registry, const struct vw_pci *vf, const char *uuid,
	const struct vw_process *me, const char *residue, struct vw_error *err)
{
	int64_t key;
	int rc = vw_registry_check_step(vf, uuid, me, &key, err);

	if (rc == 0)
		rc = vw_registry_begin(registry, err);
	if (rc < 0)
		return rc;
	rc = quarantine(registry, key, uuid, me, residue, err);
	return vw_registry_end(registry, one_changed(rc, vf, uuid, err), err);
}

/* Claims on VFs never end without an entry among the past ones, of which the last one of each VF is never forgotten. */
int vw_registry_epoch(struct vw_registry *registry, int64_t *epoch, struct vw_error *err)
{
	vw_auto_query struct vw_query q;
	int rc;

	*epoch = 1;
	vw_query_open(&q, registry, "SELECT id FROM past ORDER BY id DESC", err);
	rc = vw_query_step(&q);
	if (rc <= 0)
		return rc;
	*epoch = vw_query_get_int(&q, 1, INT64_MAX - 1) + 1;
	return vw_query_row_ok(&q);
}

int vw_registry_past(struct vw_registry *registry, const struct vw_pci *vf,
	const struct vw_mac *mac, struct vw_claim_owner *owner, struct vw_error *err)
{
	vw_auto_query struct vw_query q = { 0 };
	struct vw_claim_owner found = { .state = VW_CLAIM_STOPPING };
	int64_t key;
	int rc = vw_registry_key(vf, &key, err);

	if (owner)
		memset(owner, 0, sizeof(*owner));
	if (rc < 0)
		return rc;
	if (vw_mac_is_zero(mac)) /* a past claim without a known MAC explains none */
		return 0;
	vw_query_open(&q, registry,
		"SELECT uuid, name, released FROM past WHERE address = ? AND mac = ?"
		" ORDER BY id DESC LIMIT 1",
		err);
	vw_query_int(&q, key);
	vw_query_mac(&q, mac);
	rc = vw_query_step(&q);
	if (rc <= 0)
		return rc;
	vw_query_get_text(&q, found.uuid, sizeof(found.uuid));
	vw_query_get_text(&q, found.name, sizeof(found.name));
	found.since = vw_query_get_int(&q, INT64_MIN, INT64_MAX);
	rc = vw_query_row_ok(&q);
	if (rc < 0)
		return rc;
	if (owner)
		*owner = found;
	return 1;
}
