/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_config: every mistake in the configuration, with file and line. */
#include "cleanup.h"
#include "command.h"

int vw_check_config_run(struct vw_context *context, const char **args, struct vw_error *err)
{
	vw_auto(vw_findings_free) struct vw_findings findings = { 0 };
	vw_auto(vw_config_free) struct vw_config config = { 0 };
	int rc;

	(void)args;
	rc = vw_config_load(&context->host, &config, &findings, err);
	if (!rc)
		rc = vw_show_findings(context, &findings);
	if (rc)
		return rc;
	if (vw_findings_worst(&findings) == VW_FAIL)
		return VW_EXIT_USAGE;
	if (!context->options->json && context->output.verbosity >= 0)
		fputs("the configuration is good\n", context->output.out);
	return VW_EXIT_GOOD;
}
