/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan_make: the whole plan for a request. */
#include "loader.h"

#include <errno.h>

int vw_plan_make(const struct vw_host *host, struct vw_request *request, struct vw_plan *plan,
	struct vw_findings *findings, struct vw_error *err)
{
	int rc = vw_request_resolve(host, request, findings, err);

	if (rc == 0 && vw_findings_worst(findings) != VW_FAIL)
		rc = vw_plan_vfs(host, request, plan, findings, err);
	if (rc == 0)
		rc = vw_plan_boot(host, request, plan, findings, err);
	if (rc == 0 && plan->lost)
		rc = vw_error_set(err, ENOMEM, "out of memory");
	return rc;
}
