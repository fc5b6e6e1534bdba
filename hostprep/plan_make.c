/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan_make: the whole plan for a request. */
#include "loader.h"

#include <errno.h>

/* What is taken for absent because of a broken disk (systemd, a boot loader) makes another plan, and a wrong one. */
int vw_plan_make(const struct vw_host *host, struct vw_request *request, struct vw_plan *plan,
	struct vw_findings *findings, struct vw_error *err)
{
	struct vw_error unseen = { 0 };
	struct vw_host watched = *host;
	int rc;

	watched.unseen = &unseen;
	rc = vw_request_resolve(&watched, request, findings, err);
	if (rc == 0 && vw_findings_worst(findings) != VW_FAIL)
		rc = vw_plan_vfs(&watched, request, plan, findings, err);
	if (rc == 0)
		rc = vw_plan_boot(&watched, request, plan, findings, err);
	if (rc == 0 && unseen.msg[0]) {
		vw_plan_free(plan);
		rc = vw_error_set(err, EIO, "%s; no plan without knowing that", unseen.msg);
	}
	if (rc == 0 && plan->lost)
		rc = vw_error_set(err, ENOMEM, "out of memory");
	return rc;
}
