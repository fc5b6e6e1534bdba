/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verify_command: shows what verify finds. */
#include "command.h"
#include "verify.h"

#include "cleanup.h"

/* udev binds drivers while the rest of the system comes up, and systemd waits for no driver. */
#define BOOT_PATIENCE_MS 60000

int vw_verify_run(struct vw_context *context, const char **args, struct vw_error *err)
{
	vw_auto(vw_findings_free) struct vw_findings findings = { 0 };
	vw_auto(vw_journals_free) struct vw_journals journals = { 0 };
	struct vw_deadline patience =
		vw_deadline_in(context->options->own & VW_OWN_BOOT ? BOOT_PATIENCE_MS : 1);
	bool pending = false;
	int rc = vw_journals_read(&context->host, &journals, err);

	(void)args;
	if (rc == 0 && !journals.n)
		vw_finding_add(&findings, VW_SKIP, "verify-nothing", "journal",
			"vfward-hostprep apply", "nothing was applied here");
	else if (rc == 0)
		rc = vw_verify(&context->host, &journals, patience, &pending, &findings, err);
	if (rc == 0)
		rc = vw_show_findings(context, &findings);
	if (rc < 0)
		return rc;
	if (vw_findings_worst(&findings) == VW_FAIL)
		return VW_EXIT_FAILED;
	return pending && context->options->own & VW_OWN_EXIT_CODE ? VW_EXIT_REBOOT : VW_EXIT_GOOD;
}
