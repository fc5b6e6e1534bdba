/* SPDX-License-Identifier: GPL-2.0-or-later */
/* undo: takes journals back, the newest first. */

/*
 * Theory of operation. Each step is looked at as it is now: where it is as apply left it, it gets the bytes of before; where it is
 * as it was before, nothing is to be done; else others have changed it, and only what is ours is taken out. So it does not matter how far an
 * apply or an earlier undo came, and the same walk serves an undo, an apply that failed and a run that was cut short.
 *
 * Files come first, the last one first, then the programs that make files from them, then the journal itself.
 */
#include "undo_priv.h"

#include "cleanup.h"
#include "loader.h"
#include "writer.h"

#include <string.h>

/* Keeps the first failure and its message. */
static void note(int *first, int rc, struct vw_error *err, const struct vw_error *other)
{
	if (rc < 0 && *first == 0) {
		*first = rc;
		*err = *other;
	}
}

static bool has_step_for(const struct vw_plan *plan, const char *path)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->steps[i].path && !strcmp(plan->steps[i].path, path))
			return true;
	return false;
}

/* Boot entries that came after apply, with a kernel, were copied from those that have our arguments. */
static int undo_copies(const struct vw_host *host, const struct vw_plan *plan,
	struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_boot_entries_free) struct vw_boot_entries entries = { 0 };
	const struct vw_loader *loader = vw_loader_find(plan->loader);
	struct vw_error unreadable;
	int rc = 0;

	if (!loader)
		return 0;
	if (loader->entries(host, &entries, &unreadable) < 0) {
		vw_finding_add(findings, VW_WARN, "undo-entries", loader->title, NULL,
			"boot entries that came after apply may still have its arguments: %s",
			unreadable.msg);
		return 0;
	}
	for (size_t i = 0; rc >= 0 && i < entries.n; i++)
		if (entries.v[i].file && !has_step_for(plan, entries.v[i].file))
			rc = vw_undo_copy(host, plan, entries.v[i].file, findings, err);
	return rc < 0 ? rc : 0;
}

int vw_undo_journal(const struct vw_host *host, const struct vw_journal *journal,
	enum vw_undo_cause cause, size_t done, struct vw_findings *findings, struct vw_error *err)
{
	const struct vw_plan *plan = &journal->plan;
	struct vw_error other = { 0 };
	int first = 0, rc;

	for (size_t i = plan->n; i-- > 0;)
		if (plan->steps[i].kind == VW_STEP_FILE) {
			rc = vw_undo_file(host, &plan->steps[i], cause, findings, &other);
			note(&first, rc, err, &other);
		}
	if (cause == VW_UNDO_WANTED) {
		rc = undo_copies(host, plan, findings, &other);
		note(&first, rc, err, &other);
	}
	for (size_t i = 0; i < plan->n && i < done; i++)
		if (plan->steps[i].kind == VW_STEP_RUN) {
			rc = vw_undo_program(host, &plan->steps[i], cause, findings, &other);
			note(&first, rc, err, &other);
		}
	return first < 0 ? first : vw_journal_remove(host, journal, err);
}

/* What went wrong on the way does not stand in the way of a new plan once everything is back. */
static void add_as_warnings(struct vw_findings *to, const struct vw_findings *from)
{
	for (size_t i = 0; i < from->n; i++) {
		struct vw_finding *finding = vw_finding_copy(to, &from->v[i]);

		if (finding && finding->severity == VW_FAIL)
			finding->severity = VW_WARN;
	}
	to->lost |= from->lost;
}

static int recover_one(const struct vw_host *host, const struct vw_journal *journal,
	struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_findings_free) struct vw_findings own = { 0 };
	const char *what = journal->state == VW_JOURNAL_UNDOING ? "undo" : "apply";
	int rc = vw_undo_journal(host, journal,
		journal->state == VW_JOURNAL_UNDOING ? VW_UNDO_WANTED : VW_UNDO_CUT_SHORT, SIZE_MAX,
		&own, err);

	add_as_warnings(findings, &own);
	if (rc < 0)
		return vw_error_prefix(
			err, rc, "an %s that was cut short cannot be taken back", what);
	vw_finding_add(findings, VW_WARN, "recovered", what, NULL,
		"an %s was cut short; what it had changed was taken back", what);
	return 0;
}

int vw_recover(const struct vw_host *host, struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_journals_free) struct vw_journals journals = { 0 };
	int rc = vw_journals_read(host, &journals, err);

	for (size_t i = journals.n; rc == 0 && i-- > 0;)
		if (journals.v[i].state != VW_JOURNAL_APPLIED)
			rc = recover_one(host, &journals.v[i], findings, err);
	return rc;
}

int vw_undo(const struct vw_host *host, struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_journals_free) struct vw_journals journals = { 0 };
	int rc = vw_journals_read(host, &journals, err);

	for (size_t i = journals.n; rc == 0 && i-- > 0;) {
		struct vw_journal *journal = &journals.v[i];

		if (journal->state == VW_JOURNAL_APPLIED) {
			journal->state = VW_JOURNAL_UNDOING;
			rc = vw_journal_save(host, journal, err);
			if (rc == 0)
				rc = vw_undo_journal(
					host, journal, VW_UNDO_WANTED, SIZE_MAX, findings, err);
		} else {
			rc = recover_one(host, journal, findings, err);
		}
	}
	if (rc == 0)
		rc = vw_journals_tidy(host, err);
	return rc < 0 ? rc : journals.n > 0;
}
