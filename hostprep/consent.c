/* SPDX-License-Identifier: GPL-2.0-or-later */
/* consent: what is done only with --yes. */
#include "consent.h"

#include "cleanup.h"
#include "netdev_use.h"
#include "text.h"

#include <limits.h>
#include <string.h>

#define DEPTH_MAX 8 /* VLAN over bridge over bond over port is four */

/* Is there a default route over it, or over a netdev above it? 1, 0, or -errno. above: room for that one's name. */
static int has_default_route(const struct vw_host *host, const char *netdev, int depth,
	char above[IFNAMSIZ], struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	struct vw_netdev_use use;
	char text[32];
	uint64_t index;
	int rc = vw_host_readf(host, text, sizeof(text), "/sys/class/net/%s/ifindex", netdev);

	if (vw_error_absent(rc))
		return 0;
	if (rc < 0 || vw_text_u64(text, 10, INT_MAX, &index) < 0)
		return vw_error_set(err, EINVAL, "cannot read the index of %s", netdev);
	rc = vw_netdev_use_get(host, (int)index, &use, err);
	if (rc < 0)
		return rc;
	if (use.default_route) {
		snprintf(above, IFNAMSIZ, "%s", netdev);
		return 1;
	}
	rc = vw_host_listf(host, &names, "/sys/class/net/%s/", netdev);
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot read /sys/class/net/%s", netdev);
	for (size_t i = 0; rc == 0 && depth < DEPTH_MAX && i < names.n; i++)
		if (!strncmp(names.v[i], "upper_", 6))
			rc = has_default_route(host, names.v[i] + 6, depth + 1, above, err);
	return rc;
}

static int look_at_pf(const struct vw_host *host, const struct vw_pf_request *pf,
	enum vw_severity severity, struct vw_findings *findings, struct vw_error *err)
{
	char above[IFNAMSIZ], address[VW_PCI_STR];
	int rc = pf->netdev[0] ? has_default_route(host, pf->netdev, 0, above, err) : 0;

	if (rc <= 0)
		return rc;
	vw_finding_add(findings, severity, "management-nic", vw_pci_format(&pf->pf, address),
		"Make sure that this host can be reached another way, then add --yes.",
		"the default route of this host goes over %s%s%s; it will be interrupted when the "
		"VFs are made",
		pf->netdev, strcmp(above, pf->netdev) ? ", through " : "",
		strcmp(above, pf->netdev) ? above : "");
	return 0;
}

int vw_consent(const struct vw_host *host, const struct vw_request *request,
	const struct vw_plan *plan, enum vw_severity severity, struct vw_findings *findings,
	struct vw_error *err)
{
	int rc = 0;

	if (!plan->n)
		return 0;
	for (size_t i = 0; rc == 0 && i < request->n_pfs; i++)
		rc = look_at_pf(host, &request->pfs[i], severity, findings, err);
	if (plan->loader && !strcmp(plan->loader, "rpm-ostree") && !host->recorded)
		vw_finding_add(findings, severity, "needs-yes", "rpm-ostree",
			"Look at the command, then add --yes.",
			"rpm-ostree makes a new deployment of this system");
	return rc;
}
