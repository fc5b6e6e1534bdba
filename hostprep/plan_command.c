/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfward-hostprep plan: what apply would do. */
#include "command.h"

#include "cleanup.h"
#include "consent.h"
#include "journal.h"
#include "plan_show.h"

static const char *summary(const struct vw_plan *plan, bool failed)
{
	if (failed)
		return "This cannot be applied as it is.";
	if (!plan->n)
		return "Nothing to do.";
	return plan->reboot ? "Nothing was changed. After apply a reboot puts this into force."
			    : "Nothing was changed. No reboot is needed.";
}

static int warn_of_leftovers(
	const struct vw_host *host, struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_journals_free) struct vw_journals journals = { 0 };
	int rc = vw_journals_read(host, &journals, err);

	for (size_t i = 0; i < journals.n; i++)
		if (journals.v[i].state != VW_JOURNAL_APPLIED)
			vw_finding_add(findings, VW_WARN, "cut-short", VW_JOURNAL_DIR, NULL,
				"an apply or undo was cut short; the next one first takes back "
				"what it had changed, "
				"and then plans anew");
	return rc;
}

static int make_plan(struct vw_context *context, struct vw_request *request, struct vw_plan *plan,
	struct vw_findings *findings, struct vw_error *err)
{
	int rc = warn_of_leftovers(&context->host, findings, err);

	if (rc == 0)
		rc = vw_plan_make(&context->host, request, plan, findings, err);
	if (rc == 0)
		rc = vw_consent(&context->host, request, plan, VW_WARN, findings, err);
	return rc;
}

int vw_plan_command_run(struct vw_context *context, const char **args, struct vw_error *err)
{
	vw_auto(vw_request_free) struct vw_request request = { 0 };
	vw_auto(vw_findings_free) struct vw_findings findings = { 0 };
	vw_auto(vw_plan_free) struct vw_plan plan = { 0 };
	struct vw_outcome outcome = { .plan = &plan, .findings = &findings, .diffs = true };
	bool failed;
	int rc;

	(void)args;
	if (vw_request_parse(context->options, &request, err) < 0)
		return VW_EXIT_USAGE;
	rc = make_plan(context, &request, &plan, &findings, err);
	if (rc < 0)
		return vw_escape_error(err, rc);
	err->msg[0] = '\0'; /* what went wrong on the way is among the findings */
	failed = vw_findings_worst(&findings) == VW_FAIL;
	outcome.changed = plan.n > 0 && !failed;
	outcome.reboot_required = plan.reboot && !failed;
	outcome.summary = summary(&plan, failed);
	rc = vw_show_outcome(context, &outcome);
	return rc < 0 ? rc : failed ? VW_EXIT_FAILED : VW_EXIT_GOOD;
}
