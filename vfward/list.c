/* SPDX-License-Identifier: GPL-2.0-or-later */
/* list: PFs, their VFs, and who has them. */
#include "list.h"

#include "cleanup.h"
#include "command.h"
#include "report.h"

/* A host on which no domain has used a VF since boot has no registry, and that is fine. One that cannot be
 * opened is said, because then "free" may be wrong. */
static struct vw_registry *open_registry(const struct vw_host *host, struct vw_findings *findings)
{
	struct vw_registry *registry = NULL;
	struct vw_error why = { 0 };
	int rc = vw_registry_open(host, true, &registry, &why);

	if (rc == -EACCES || rc == -EPERM)
		vw_finding_add(findings, VW_WARN, "registry-unavailable", "registry",
			"run vfward list as root",
			"claims and processes of others are not shown: %s", why.msg);
	else if (rc && rc != -ENOENT)
		vw_finding_add(findings, VW_FAIL, "registry-unavailable", "registry", NULL,
			"claims are not shown: %s", why.msg);
	return rc ? NULL : registry;
}

int vw_list_run(struct vw_context *context, const char **args, struct vw_error *err)
{
	vw_auto(vw_inventory_free) struct vw_inventory inventory = { 0 };
	vw_auto(vw_findings_free) struct vw_findings findings = { 0 };
	vw_auto(vw_registry_cleanup) struct vw_registry *registry = NULL;
	int rc;

	registry = open_registry(&context->host, &findings);
	rc = vw_inventory_get(&context->host, registry, args[0], &inventory, &findings, err);
	if (rc)
		return rc;
	if (context->options->json) {
		rc = vw_list_json(&inventory, &findings, context->output.out);
	} else {
		struct vw_output notes = context->output;

		rc = vw_list_table(&inventory, &context->output);
		notes.out = stderr;
		if (!rc)
			rc = vw_report_findings(&notes, &findings);
	}
	if (rc)
		return rc;
	return vw_findings_worst(&findings) == VW_FAIL ? VW_EXIT_FAILED : VW_EXIT_GOOD;
}
