/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show: findings as the whole output of a command; the configuration for commands that only use it. */
#include "program.h"

#include "cleanup.h"
#include "json.h"
#include "report.h"

int vw_show_findings(struct vw_context *context, const struct vw_findings *findings)
{
	vw_auto(vw_json_end) struct vw_json json = { 0 };

	if (!context->options->json)
		return vw_report_findings(&context->output, findings);
	vw_json_begin(&json);
	vw_json_findings(&json, findings);
	return vw_json_write(&json, context->output.out);
}

int vw_load_config(struct vw_context *context, struct vw_config *config,
	struct vw_findings *findings, struct vw_error *err)
{
	size_t before = findings->n;
	int rc = vw_config_load(&context->host, config, findings, err);

	for (size_t i = before; i < findings->n; i++)
		findings->v[i].severity = VW_WARN;
	return rc;
}
