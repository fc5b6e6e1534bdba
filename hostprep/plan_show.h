/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan_show: a plan for people and for programs. */
#ifndef VW_PLAN_SHOW_H
#define VW_PLAN_SHOW_H

#include "plan.h"
#include "program.h"

/* What a command has to say in the end. */
struct vw_outcome {
	const struct vw_plan *plan; /* NULL = there is none (undo) */
	const struct vw_findings *findings;
	bool changed;         /* plan: something would be changed */
	bool reboot_required; /* only a reboot puts into force what is, or was, applied */
	bool diffs;           /* for people; programs get them always */
	const char *summary;  /* the last line for people */
};

/* {"schema":1,"changed":…,"reboot_required":…,"steps":[{"kind":"file"|"run","path":…|null,"why":…,"diff":… or "argv":[…]}],"findings":[…]}; or
 * steps, findings and summary as text. 0 or -ENOMEM. */
int vw_show_outcome(struct vw_context *context, const struct vw_outcome *outcome);

/* Makes a message that may have names of files in it safe for a terminal; returns rc. */
int vw_escape_error(struct vw_error *err, int rc);

#endif
