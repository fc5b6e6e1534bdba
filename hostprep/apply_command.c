/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfward-hostprep apply: plans, and carries the plan out. */
#include "command.h"

#include "cleanup.h"
#include "consent.h"
#include "journal.h"
#include "plan_show.h"

struct run {
	struct vw_request request;
	struct vw_plan plan;
	struct vw_findings findings;
	bool changed, reboot_required;
};

static void free_run(struct run *run)
{
	vw_plan_free(&run->plan);
	vw_request_free(&run->request);
	vw_findings_free(&run->findings);
}

/* What runs before us have left is taken back before the plan is made, because it is part of what the plan would start from.
 * lock: -1 if nothing was ever applied here. */
static int make_plan(struct vw_context *context, struct run *run, int *lock, struct vw_error *err)
{
	int rc = *lock = vw_journal_lock(&context->host, false, err);

	if (rc == -ENOENT)
		rc = 0;
	else if (rc >= 0)
		rc = vw_recover(&context->host, &run->findings, err);
	if (rc == 0)
		rc = vw_plan_make(&context->host, &run->request, &run->plan, &run->findings, err);
	if (rc == 0 && !(context->options->own & VW_OWN_YES))
		rc = vw_consent(
			&context->host, &run->request, &run->plan, VW_FAIL, &run->findings, err);
	return rc;
}

static int await_reboot(struct vw_context *context, struct run *run, struct vw_error *err)
{
	vw_auto(vw_journals_free) struct vw_journals journals = { 0 };
	int rc = vw_journals_read(&context->host, &journals, err);

	run->reboot_required = rc == 0 && vw_journals_await_reboot(&context->host, &journals);
	return rc;
}

static int apply(struct vw_context *context, struct run *run, struct vw_error *err)
{
	vw_auto_close int lock = -1;
	int rc = make_plan(context, run, &lock, err);

	if (rc < 0 || vw_findings_worst(&run->findings) == VW_FAIL)
		return rc;
	if (run->plan.n && lock < 0) {
		lock = vw_journal_lock(&context->host, true, err);
		if (lock < 0)
			return lock;
	}
	if (run->plan.n) {
		rc = vw_apply(&context->host, &run->request, &run->plan, &run->findings, err);
		run->changed = rc == 1;
	}
	return rc < 0 ? rc : await_reboot(context, run, err);
}

static const char *summary(const struct run *run, bool failed)
{
	if (failed)
		return "Nothing was changed.";
	if (!run->changed && run->plan.n)
		return "Nothing was changed here.";
	if (!run->changed)
		return run->reboot_required ? "Nothing to do but to reboot." : "Nothing to do.";
	return run->reboot_required ? "Done. A reboot puts this into force." : "Done.";
}

static int show(struct vw_context *context, const struct run *run, bool failed)
{
	struct vw_outcome outcome = { .plan = &run->plan, .findings = &run->findings };

	outcome.changed = run->changed;
	outcome.reboot_required = run->reboot_required;
	outcome.summary = summary(run, failed);
	return vw_show_outcome(context, &outcome);
}

int vw_apply_run(struct vw_context *context, const char **args, struct vw_error *err)
{
	vw_auto(free_run) struct run run = { 0 };
	bool failed;
	int rc, shown;

	(void)args;
	if (vw_request_parse(context->options, &run.request, err) < 0)
		return VW_EXIT_USAGE;
	if (!context->host.recorded && geteuid() != 0)
		return vw_error_set(err, EPERM, "only root can change this host");
	rc = apply(context, &run, err);
	failed = rc < 0 || vw_findings_worst(&run.findings) == VW_FAIL;
	shown = rc == 0 || run.findings.n ? show(context, &run, failed) : 0;
	if (rc < 0)
		return vw_escape_error(err, rc);
	err->msg[0] = '\0'; /* what went wrong on the way is among the findings */
	if (shown < 0 || failed)
		return shown < 0 ? shown : VW_EXIT_FAILED;
	return run.reboot_required && (context->options->own & VW_OWN_EXIT_CODE) ? VW_EXIT_REBOOT
										 : VW_EXIT_GOOD;
}
