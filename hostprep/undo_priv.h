/* SPDX-License-Identifier: GPL-2.0-or-later */
/* undo_priv: taking back one journal; what undo, a failed apply and a run that was cut short have in common. */
#ifndef VW_UNDO_PRIV_H
#define VW_UNDO_PRIV_H

#include "journal.h"

/* What happened to the journal's steps. */
enum vw_undo_cause {
	VW_UNDO_WANTED,    /* all were carried out; findings say what is taken back */
	VW_UNDO_FAILED,    /* one failed just now: those in front of `done` were begun */
	VW_UNDO_CUT_SHORT, /* nobody knows, and others may have changed things since */
};

/* Takes everything back and removes the journal; goes on after a failure, and then leaves the journal for the next time. 0, or the
 * first -errno. */
int vw_undo_journal(const struct vw_host *host, const struct vw_journal *journal,
	enum vw_undo_cause cause, size_t done, struct vw_findings *findings, struct vw_error *err);

/* undo_step.c: one FILE step. 1 = changed, 0 = nothing was to be done, -errno. cause WANTED: findings say what was done; what others have
 * edited stays, with a WARN, in any case. */
int vw_undo_file(const struct vw_host *host, const struct vw_step *step, enum vw_undo_cause cause,
	struct vw_findings *findings, struct vw_error *err);
/* Likewise a RUN step, once the files are back. */
int vw_undo_program(const struct vw_host *host, const struct vw_step *step,
	enum vw_undo_cause cause, struct vw_findings *findings, struct vw_error *err);
/* Takes our arguments out of a file of the boot loader that came after apply, by what apply did to its neighbours. */
int vw_undo_copy(const struct vw_host *host, const struct vw_plan *plan, const char *path,
	struct vw_findings *findings, struct vw_error *err);

/* program_step.c: runs the program of a RUN step (argv: its own, or undo_argv), with FAIL findings about what went wrong. Where an argument names
 * step->path, the program writes elsewhere, and its work is put in place whole. On another root: WARN generator-not-run, and 0. */
int vw_run_step(const struct vw_host *host, const struct vw_step *step, char *const *argv,
	struct vw_findings *findings, struct vw_error *err);
/* The program and its arguments on one line; "…" at the end where it is too long. */
void vw_command_line(char *const *argv, char *buf, size_t size);
/* What a program has made, or a file that it makes; 1, 0 = there is none, -errno with a message. */
int vw_read_made(
	const struct vw_host *host, const char *path, struct vw_bytes *text, struct vw_error *err);

#endif
