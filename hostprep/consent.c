/* SPDX-License-Identifier: GPL-2.0-or-later */
/* consent: what is done only with --yes. */
#include "consent.h"

#include "cleanup.h"
#include "netdev_use.h"

#include <string.h>

int vw_consent_pf(const struct vw_host *host, const struct vw_pf_request *pf,
	enum vw_severity severity, struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_links_free) struct vw_links links = { 0 };
	char above[IFNAMSIZ], address[VW_PCI_STR];
	/* An image tells nothing of routes; a recorded machine does. */
	bool known = pf->netdev[0] &&
		     (!host->recorded || vw_host_lookf(host, "/vfward-record/links.nl") == 1);
	int rc = known ? vw_links_get(host, &links, err) : 0;

	if (rc == 0 && known)
		rc = vw_netdev_default_route(host, &links, pf->netdev, above, err);
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
		rc = vw_consent_pf(host, &request->pfs[i], severity, findings, err);
	if (plan->loader && !strcmp(plan->loader, "rpm-ostree") && !host->recorded)
		vw_finding_add(findings, severity, "needs-yes", "rpm-ostree",
			"Look at the command, then add --yes.",
			"rpm-ostree makes a new deployment of this system");
	return rc;
}
