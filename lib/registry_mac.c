/* SPDX-License-Identifier: GPL-2.0-or-later */
/* registry_mac: claims on MACs: look-up and release. */
#include "registry_priv.h"

void vw_registry_decode_mac(struct vw_query *q, void *row)
{
	struct vw_mac_claim *claim = row;

	vw_query_get_owner(q, &claim->owner);
	vw_query_get_text(q, claim->scope, sizeof(claim->scope));
	vw_query_get_mac(q, &claim->mac);
	claim->on_vf = vw_query_get_int(q, 0, 1) != 0;
	vw_query_get_text(q, claim->device, sizeof(claim->device));
}

int vw_registry_find_mac(struct vw_registry *registry, const struct vw_mac *mac,
	struct vw_mac_claim **claims, size_t *n, struct vw_error *err)
{
	vw_auto_query struct vw_query q;
	void *rows;
	int rc;

	vw_query_open(&q, registry, "SELECT * FROM mac WHERE mac = ?", err);
	vw_query_mac(&q, mac);
	rc = vw_query_all(&q, sizeof(**claims), vw_registry_decode_mac, &rows, n);
	*claims = rows;
	return rc;
}

int vw_registry_macs(struct vw_registry *registry, const char *uuid, struct vw_mac_claim **claims,
	size_t *n, struct vw_error *err)
{
	vw_auto_query struct vw_query q;
	void *rows;
	int rc;

	vw_query_open(&q, registry,
		uuid ? "SELECT * FROM mac WHERE uuid = ? ORDER BY mac, scope, on_vf"
		     : "SELECT * FROM mac ORDER BY mac, scope, uuid, on_vf",
		err);
	if (uuid)
		vw_query_text(&q, uuid, VW_UUID_STR);
	rc = vw_query_all(&q, sizeof(**claims), vw_registry_decode_mac, &rows, n);
	*claims = rows;
	return rc;
}

static int release_macs(struct vw_registry *registry, const char *uuid, struct vw_error *err)
{
	vw_auto_query struct vw_query q;
	int rc;

	vw_query_open(&q, registry, "DELETE FROM mac WHERE uuid = ?", err);
	vw_query_text(&q, uuid, VW_UUID_STR);
	rc = vw_query_run(&q);
	return rc < 0 ? rc : 0;
}

int vw_registry_release_macs(struct vw_registry *registry, const char *uuid, struct vw_error *err)
{
	int rc = vw_registry_check_uuid(uuid, VW_UUID_STR, err);

	if (rc == 0)
		rc = vw_registry_begin(registry, err);
	if (rc < 0)
		return rc;
	return vw_registry_end(registry, release_macs(registry, uuid, err), err);
}

static int release_mac(
	struct vw_registry *registry, const struct vw_mac_claim *claim, struct vw_error *err)
{
	vw_auto_query struct vw_query q;
	int rc;

	vw_query_open(&q, registry,
		"DELETE FROM mac WHERE mac = ? AND scope = ? AND uuid = ? AND on_vf = ?"
		" AND state = ? AND since = ?",
		err);
	vw_query_mac(&q, &claim->mac);
	vw_query_text(&q, claim->scope, sizeof(claim->scope) - 1);
	vw_query_text(&q, claim->owner.uuid, sizeof(claim->owner.uuid));
	vw_query_int(&q, claim->on_vf);
	vw_query_int(&q, claim->owner.state);
	vw_query_int(&q, claim->owner.since);
	rc = vw_query_run(&q);
	return rc < 0 ? rc : 0;
}

int vw_registry_release_mac(
	struct vw_registry *registry, const struct vw_mac_claim *claim, struct vw_error *err)
{
	int rc = vw_registry_check_uuid(claim->owner.uuid, sizeof(claim->owner.uuid), err);

	if (rc == 0)
		rc = vw_registry_begin(registry, err);
	if (rc < 0)
		return rc;
	return vw_registry_end(registry, release_mac(registry, claim, err), err);
}
