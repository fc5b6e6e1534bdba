/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply: carries a plan out, whole or not at all. */

/*
 * Theory of operation. Whatever can be known to fail is looked at before the first change: programs that are missing, files that a
 * program has to make on a full or read-only file system. Then the journal is written, with all that is needed to take the plan back. From there
 * on a failure of anything takes back what was done; if we die, the next run finds the journal and does so.
 *
 * A program's success says little (grub-mkconfig skips what it does not understand, a wrapper may do nothing), so the boot loader's
 * entries are read again afterwards.
 */
#include "cleanup.h"
#include "loader.h"
#include "undo_priv.h"
#include "writer.h"

#include <string.h>

static int check_program(const struct vw_host *host, const struct vw_step *step,
	struct vw_findings *findings, struct vw_error *err)
{
	if (host->recorded || access(step->argv[0], X_OK) == 0)
		return 0;
	vw_finding_add(findings, VW_FAIL, "generator-missing", step->argv[0],
		"Install the package that it belongs to.", "%s is needed: %s", step->argv[0],
		step->why);
	return vw_error_errno(err, errno, "cannot run %s", step->argv[0]);
}

/* Remembers what a program will write over. It may truncate the file before it writes, so there has to be room for both. */
static int prepare_program(const struct vw_host *host, struct vw_step *step,
	struct vw_findings *findings, struct vw_error *err)
{
	int rc = check_program(host, step, findings, err);

	if (rc < 0 || !step->path)
		return rc;
	rc = vw_read_made(host, step->path, &step->before, err);
	if (rc < 0)
		return rc;
	step->existed = rc == 1;
	if (host->recorded || !step->existed)
		return 0;
	return vw_room_for(host, step->path, 2ULL * step->before.len, err);
}

static int prepare(const struct vw_host *host, struct vw_plan *plan, struct vw_names *directories,
	struct vw_findings *findings, struct vw_error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < plan->n; i++) {
		struct vw_step *step = &plan->steps[i];

		if (step->kind == VW_STEP_RUN)
			rc = prepare_program(host, step, findings, err);
		else
			rc = vw_missing_directories(host, step->path, directories, err);
	}
	return rc;
}

/* *done: how many steps were begun. */
static int carry_out(const struct vw_host *host, const struct vw_plan *plan, size_t *done,
	struct vw_findings *findings, struct vw_error *err)
{
	int rc = 0;

	for (*done = 0; rc == 0 && *done < plan->n;) {
		const struct vw_step *step = &plan->steps[(*done)++];

		if (step->kind == VW_STEP_RUN)
			rc = vw_run_step(host, step, step->argv, findings, err);
		else
			rc = vw_write_file(host, step->path, step->existed ? &step->before : NULL,
				&step->after, step->mode, err);
	}
	return rc;
}

static const struct vw_loader *made_by(const struct vw_plan *plan)
{
	bool made = false;

	for (size_t i = 0; i < plan->n; i++)
		made |= plan->steps[i].makes_entries;
	return made ? vw_loader_find(plan->loader) : NULL;
}

/* The entry that boots when nobody chooses has to say what is wanted, or the first one that is not known to be another. Others may have been
 * written by hand, or be meant for rescue; those are reported. */
static int judge_entries(const struct vw_boot_entries *entries, const struct vw_boot_args *want,
	struct vw_findings *findings, struct vw_error *err)
{
	const struct vw_boot_entry *missing = NULL;
	size_t good = 0;

	for (size_t i = 0; i < entries->n; i++) {
		const struct vw_boot_entry *entry = &entries->v[i];
		const char *text = entry->cmdline ? entry->cmdline : "";
		bool says = vw_cmdline_says(text, strlen(text), want);

		good += says;
		if (says)
			continue;
		if (entry->is_default)
			missing = entry;
		vw_finding_add(findings, entry->is_default ? VW_FAIL : VW_WARN,
			"boot-entry-without", entry->file, NULL,
			"%s:%u: \"%s\" still boots without what is wanted: %s", entry->file,
			entry->line, entry->title, text);
	}
	if (missing)
		return vw_error_set(err, EIO, "\"%s\" in %s does not have the wanted arguments",
			missing->title, missing->file);
	if (!good)
		return vw_error_set(err, EIO,
			"no boot entry has the wanted arguments (%zu were found)", entries->n);
	return 0;
}

static int look_at_entries(const struct vw_host *host, const struct vw_plan *plan,
	struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_boot_entries_free) struct vw_boot_entries entries = { 0 };
	const struct vw_loader *loader = host->recorded ? NULL : made_by(plan);
	int rc;

	if (!loader)
		return 0;
	rc = loader->entries(host, &entries, err);
	return rc < 0 ? rc : judge_entries(&entries, &plan->args, findings, err);
}

/* What the programs have made is kept as well, so that undo can tell whether it is still that. */
static int commit(const struct vw_host *host, struct vw_journal *journal, struct vw_error *err)
{
	for (size_t i = 0; !host->recorded && i < journal->plan.n; i++) {
		struct vw_step *step = &journal->plan.steps[i];
		int rc;

		if (step->kind != VW_STEP_RUN || !step->path)
			continue;
		rc = vw_read_made(host, step->path, &step->after, err);
		if (rc == 1 && step->after.len)
			rc = vw_journal_save_after(host, journal, i, err);
		if (rc < 0)
			return rc;
	}
	journal->state = VW_JOURNAL_APPLIED;
	return vw_journal_save(host, journal, err);
}

/* Something failed (err): takes everything back. */
static int give_up(const struct vw_host *host, struct vw_journal *journal, int failed, size_t done,
	struct vw_findings *findings, struct vw_error *err)
{
	struct vw_error other = { 0 };
	int rc = vw_undo_journal(host, journal, VW_UNDO_FAILED, done, findings, &other);

	if (rc == 0)
		vw_finding_add(findings, VW_FAIL, "apply-failed", "apply", NULL,
			"%s; everything was put back", err->msg);
	else
		vw_finding_add(findings, VW_FAIL, "apply-failed", "apply",
			"Run vfward-hostprep undo once the cause is gone.",
			"%s; not everything could be put back: %s", err->msg, other.msg);
	return failed;
}

static int apply_journal(const struct vw_host *host, struct vw_journal *journal,
	struct vw_findings *findings, struct vw_error *err)
{
	struct vw_error other;
	size_t done = 0;
	int rc = vw_journal_create(host, journal, err);

	if (rc < 0) {
		vw_journal_remove(host, journal, &other);
		return rc;
	}
	rc = carry_out(host, &journal->plan, &done, findings, err);
	if (rc == 0)
		rc = look_at_entries(host, &journal->plan, findings, err);
	if (rc == 0)
		rc = commit(host, journal, err);
	return rc < 0 ? give_up(host, journal, rc, done, findings, err) : 1;
}

static bool has_files(const struct vw_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->steps[i].kind == VW_STEP_FILE)
			return true;
	return false;
}

int vw_apply(const struct vw_host *host, const struct vw_request *request, struct vw_plan *plan,
	struct vw_findings *findings, struct vw_error *err)
{
	struct vw_journal journal = { .request = *request };
	struct vw_error other;
	int rc = prepare(host, plan, &journal.directories, findings, err);

	if (rc == 0 && host->recorded && !has_files(plan)) {
		for (size_t i = 0; i < plan->n; i++)
			vw_run_step(host, &plan->steps[i], plan->steps[i].argv, findings, err);
		return 0; /* nothing that could be taken back */
	}
	journal.plan = *plan; /* its steps stay the caller's */
	vw_boot_id(host, journal.boot_id);
	if (rc == 0)
		rc = apply_journal(host, &journal, findings, err);
	if (rc < 0)
		vw_journals_tidy(host, &other);
	vw_names_free(&journal.directories);
	return rc;
}
