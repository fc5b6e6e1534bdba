/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfward-hostprep undo: takes back what apply put in. */
#include "command.h"

#include "cleanup.h"
#include "journal.h"
#include "plan_show.h"

#include <string.h>

/* Was something applied in a boot of before, or in this one? Only then does taking it back need a reboot. */
static int needs_reboot(const struct vw_host *host, bool *reboot, struct vw_error *err)
{
	vw_auto(vw_journals_free) struct vw_journals journals = { 0 };
	char id[40];
	int rc = vw_journals_read(host, &journals, err);

	vw_boot_id(host, id);
	for (size_t i = 0; i < journals.n; i++)
		*reboot |= journals.v[i].plan.reboot && strcmp(journals.v[i].boot_id, id) != 0;
	return rc;
}

static int undo(struct vw_context *context, struct vw_outcome *outcome,
	struct vw_findings *findings, struct vw_error *err)
{
	vw_auto_close int lock = vw_journal_lock(&context->host, false, err);
	int rc = lock;

	if (rc == -ENOENT)
		return 0;
	if (rc >= 0)
		rc = needs_reboot(&context->host, &outcome->reboot_required, err);
	if (rc == 0)
		rc = vw_undo(&context->host, findings, err);
	if (rc < 0)
		return rc;
	outcome->changed = rc == 1;
	outcome->reboot_required &= outcome->changed;
	return 0;
}

static const char *summary(const struct vw_outcome *outcome)
{
	if (!outcome->changed)
		return "Nothing is applied here.";
	return outcome->reboot_required ? "Done. The next reboot puts this into force." : "Done.";
}

int vw_undo_run(struct vw_context *context, const char **args, struct vw_error *err)
{
	vw_auto(vw_findings_free) struct vw_findings findings = { 0 };
	struct vw_outcome outcome = { .findings = &findings };
	int rc, shown;

	(void)args;
	if (!context->host.recorded && geteuid() != 0)
		return vw_error_set(err, EPERM, "only root can change this host");
	rc = undo(context, &outcome, &findings, err);
	outcome.summary = rc < 0 ? "Not everything was taken back." : summary(&outcome);
	shown = rc == 0 || findings.n ? vw_show_outcome(context, &outcome) : 0;
	if (rc < 0)
		return vw_escape_error(err, rc);
	err->msg[0] = '\0'; /* what went wrong on the way is among the findings */
	if (shown < 0)
		return shown;
	return vw_findings_worst(&findings) == VW_FAIL ? VW_EXIT_FAILED : VW_EXIT_GOOD;
}
