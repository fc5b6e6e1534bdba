/* SPDX-License-Identifier: GPL-2.0-or-later */
/* adopt: claims for domains that run already. What their VFs carry now may be the guests' doing, so their baseline is what the driver gives a new VF. */
#include "adopt.h"
#include "claims.h"
#include "cleanup.h"
#include "libvirt_files.h"
#include "view.h"

#include <string.h>

/* VFs that the domain still has claimed but no longer names were unplugged while nobody looked. */
static void drop_former(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_view *view, struct vw_findings *findings)
{
	for (size_t i = 0; i < view->n_own; i++) {
		const struct vw_vf_claim *own = &view->own[i];
		struct vw_error err = { "" };

		if (!vw_view_names(view, &own->vf) &&
			vw_release_vf(host, registry, own, 1U << own->owner.state, findings, &err))
			vw_finding_add(findings, VW_WARN, "internal", own->owner.name, NULL, "%s",
				err.msg);
	}
}

/* all: of the domain; else of the one device that it is described with. */
static int claim(struct vw_registry *registry, const struct vw_domain *domain,
	const struct vw_view *view, const struct vw_claim_owner *owner, bool all,
	struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_claims_free) struct vw_claims claims = { 0 };
	struct vw_error conflict = { "" };
	int rc;

	if (vw_claims_of(domain, view, owner, &claims))
		return vw_error_set(err, ENOMEM, "out of memory");
	rc = all ? vw_registry_adopt(registry, &claims, &conflict)
		 : vw_registry_add(registry, &claims, true, &conflict);
	if (rc < 0) {
		*err = conflict;
		return rc;
	}
	if (rc > 0)
		vw_finding_add(findings, VW_WARN, "adopt-conflict", domain->name,
			"stop one of the two domains",
			"domain %s runs with what another domain claims: %s", domain->name,
			conflict.msg);
	return 0;
}

int vw_adopt_domain(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_config *config, const struct vw_domain *domain,
	const struct vw_process *daemon, struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_view_free) struct vw_view view = { 0 };
	struct vw_claim_owner owner = vw_claim_owner_now(domain, VW_CLAIM_RUNNING, daemon);
	int rc = vw_view_build(host, config, registry, domain, VW_AT_START, &view, err);

	if (rc)
		return rc;
	drop_former(host, registry, &view, findings);
	return claim(registry, domain, &view, &owner, true, findings, err);
}

int vw_adopt_port(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_config *config, const struct vw_domain *port,
	const struct vw_process *daemon, struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_view_free) struct vw_view view = { 0 };
	struct vw_claim_owner owner = vw_claim_owner_now(port, VW_CLAIM_RUNNING, daemon);
	int rc = vw_view_build(host, config, registry, port, VW_AT_START, &view, err);

	if (rc)
		return rc;
	/* Who holds a VF that another domain has claimed is that domain. Else the MAC does not tell: the other half of a teaming pair has it, too. */
	const struct vw_device_view *dv = &view.devices[0];
	bool mine = dv->is_vf && !(dv->function->claimed &&
					 strcmp(dv->function->claim.owner.uuid, port->uuid) != 0);
	if (vw_view_life(host, &owner, NULL, mine ? &dv->function->pci : NULL,
		    dv->has_mac && !mine ? &dv->mac : NULL) != VW_LIFE_ALIVE)
		return 0;
	return claim(registry, port, &view, &owner, false, findings, err);
}

/* Into a registry that is still fresh only adoption writes, so a domain that has claims is done: by a run whose time was up, or by one
 * beside us. */
static int is_adopted(struct vw_registry *registry, const char *uuid, struct vw_error *err)
{
	vw_auto_free struct vw_vf_claim *vfs = NULL;
	vw_auto_free struct vw_mac_claim *macs = NULL;
	size_t n_vfs = 0, n_macs = 0;
	int rc = vw_registry_vfs(registry, uuid, &vfs, &n_vfs, err);

	if (!rc && !n_vfs)
		rc = vw_registry_macs(registry, uuid, &macs, &n_macs, err);
	return rc < 0 ? rc : n_vfs || n_macs;
}

static int adopt_status(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_config *config, const struct vw_domain *domain,
	struct vw_findings *findings, struct vw_error *err)
{
	int rc = is_adopted(registry, domain->uuid, err);

	if (rc)
		return rc < 0 ? rc : 0;
	return vw_adopt_domain(host, registry, config, domain, NULL, findings, err);
}

int vw_adopt_all(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_config *config, struct vw_findings *findings, struct vw_error *err)
{
	const char *aside = vw_registry_set_aside(registry);
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	size_t adopted = 0;

	if (!vw_registry_is_fresh(registry))
		return 0;
	int rc = vw_status_list(host, &names);
	if (rc)
		return vw_error_errno(err, -rc, "cannot list the running domains");
	for (size_t i = 0; i < names.n; i++) {
		vw_auto(vw_status_free) struct vw_status status = { 0 };
		struct vw_error why = { "" };

		if (!vw_deadline_left(&host->deadline))
			return vw_error_set(err, ETIMEDOUT,
				"the time is up with %zu of %zu running domains registered; the "
				"next "
				"run goes on",
				i, names.n);
		rc = vw_status_read(host, names.v[i], &status, &why);
		if (rc == -ENOENT)
			continue; /* it stopped since */
		if (rc == -EBADMSG || rc == -EFBIG || rc == -EISDIR || rc == -EINVAL) {
			/* libvirt ignores such a file too; a VF of that guest is still seen as held */
			vw_finding_add(findings, VW_WARN, "xml-invalid", names.v[i], NULL,
				"the status file of domain %s cannot be read: %s", names.v[i],
				why.msg);
			continue;
		}
		if (!rc)
			rc = adopt_status(host, registry, config, &status.domain, findings, &why);
		if (rc)
			return vw_error_set(err, -rc, "running domain %s cannot be registered: %s",
				names.v[i], why.msg);
		adopted++;
	}
	rc = vw_registry_rebuilt(registry, err);
	if (!rc && (adopted || aside))
		vw_finding_add(findings, VW_WARN, "registry-rebuilt", "registry", NULL,
			"the registry was %s%s; it was rebuilt from %zu running domains",
			aside ? "unreadable and is kept as " : "missing", aside ? aside : "",
			adopted);
	return rc;
}
