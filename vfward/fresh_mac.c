/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fresh_mac: collects the MACs that are in use, and draws others. */
#include "fresh_mac.h"

#include "cleanup.h"
#include "libvirt_files.h"

#include <string.h>
#include <sys/random.h>

/* With a million MACs in use one draw in 16 hits one. */
#define DRAWS_MAX 1000

static int add(struct vw_used_macs *used, const struct vw_mac *mac, struct vw_error *err)
{
	struct vw_mac *bigger = used->v;

	/* Powers of two only. */
	if ((used->n & (used->n - 1)) == 0)
		bigger = reallocarray(used->v, used->n ? 2 * used->n : 1, sizeof(*bigger));
	if (!bigger)
		return vw_error_set(err, ENOMEM, "out of memory");
	used->v = bigger;
	used->v[used->n++] = *mac;
	return 0;
}

static int add_links(const struct vw_host *host, struct vw_used_macs *used, struct vw_error *err)
{
	vw_auto(vw_links_free) struct vw_links links = { 0 };
	int rc = vw_links_get(host, &links, err);

	for (size_t i = 0; i < links.n && rc == 0; i++) {
		const struct vw_link *link = &links.v[i];

		if (link->has_mac)
			rc = add(used, &link->mac, err);
		if (rc == 0 && link->has_perm)
			rc = add(used, &link->perm, err);
		for (size_t k = 0; k < link->n_vfs && rc == 0; k++)
			rc = add(used, &link->vfs[k].mac, err);
	}
	return rc;
}

static int add_claims(struct vw_registry *registry, struct vw_used_macs *used, struct vw_error *err)
{
	vw_auto_free struct vw_mac_claim *claims = NULL;
	size_t n = 0;
	int rc = registry ? vw_registry_macs(registry, NULL, &claims, &n, err) : 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = add(used, &claims[i].mac, err);
	return rc;
}

static int add_domain(
	const struct vw_domain *domain, struct vw_used_macs *used, struct vw_error *err)
{
	int rc = 0;

	for (size_t i = 0; i < domain->n_devices && rc == 0; i++)
		if (domain->devices[i].has_mac)
			rc = add(used, &domain->devices[i].mac, err);
	return rc;
}

/* What kind of file, for the loop over both. */
static int read_live(const struct vw_host *host, const char *name, struct vw_domain *domain,
	struct vw_error *err)
{
	struct vw_status status;
	int rc = vw_status_read(host, name, &status, err);

	*domain = status.domain;
	return rc;
}

static int add_files(const struct vw_host *host, struct vw_used_macs *used,
	struct vw_findings *findings, struct vw_error *err)
{
	static const struct {
		const char *what;
		int (*list)(const struct vw_host *host, struct vw_names *names);
		int (*read)(const struct vw_host *host, const char *name, struct vw_domain *domain,
			struct vw_error *err);
	} kinds[] = {
		{ "running", vw_status_list, read_live },
		{ "defined", vw_definition_list, vw_definition_read },
	};
	int rc = 0;

	for (size_t k = 0; k < VW_ARRAY_SIZE(kinds) && rc == 0; k++) {
		vw_auto(vw_names_free) struct vw_names names = { 0 };
		int listed = kinds[k].list(host, &names);

		if (listed < 0)
			vw_finding_add(findings, VW_WARN, "macs-unknown", kinds[k].what,
				"run it as root", "the MACs of %s domains are not known: %s",
				kinds[k].what, strerror(-listed));
		for (size_t i = 0; i < names.n && rc == 0; i++) {
			vw_auto(vw_domain_free) struct vw_domain domain = { 0 };
			struct vw_error why = { "" };
			int found = kinds[k].read(host, names.v[i], &domain, &why);

			if (found == 0)
				rc = add_domain(&domain, used, err);
			else if (found != -ENOENT)
				vw_finding_add(findings, VW_WARN, "macs-unknown", names.v[i],
					found == -EACCES ? "run it as root" : NULL,
					"the MACs of a %s domain are not known: %s", kinds[k].what,
					why.msg);
		}
	}
	return rc;
}

int vw_used_macs_get(const struct vw_host *host, struct vw_registry *registry,
	struct vw_used_macs *used, struct vw_findings *findings, struct vw_error *err)
{
	int rc;

	*used = (struct vw_used_macs){ 0 };
	rc = add_links(host, used, err);
	if (rc == 0)
		rc = add_claims(registry, used, err);
	return rc ? rc : add_files(host, used, findings, err);
}

void vw_used_macs_free(struct vw_used_macs *used)
{
	free(used->v);
	*used = (struct vw_used_macs){ 0 };
}

static bool is_used(const struct vw_used_macs *used, const struct vw_mac *mac)
{
	for (size_t i = 0; i < used->n; i++)
		if (vw_mac_equal(&used->v[i], mac))
			return true;
	return false;
}

int vw_fresh_mac(struct vw_used_macs *used, struct vw_mac *mac, struct vw_error *err)
{
	for (unsigned int i = 0; i < DRAWS_MAX; i++) {
		*mac = (struct vw_mac){ { 0x52, 0x54, 0x00 } };
		if (getrandom(mac->b + 3, 3, 0) != 3)
			return vw_error_errno(err, errno, "no random numbers");
		if (!is_used(used, mac))
			return add(used, mac, err);
	}
	return vw_error_set(err, ENOSPC, "no MAC that begins with 52:54:00 could be found free");
}
