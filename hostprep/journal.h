/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journal: what hostprep has changed on this host, so that it can be finished, verified and undone.
 *
 * /var/lib/vfward/hostprep/N/ (0700), one directory for each apply that changed something: plan.json (request, kernel arguments, loader, boot id,
 * state, and for each file what it was before and is after: as files `I.before` and `I.after` beside it, with mode and owner). It is complete
 * and on the disk before the first change. */
#ifndef VW_JOURNAL_H
#define VW_JOURNAL_H

#include "plan.h"

enum vw_journal_state {
	VW_JOURNAL_APPLYING, /* a run was cut short: to be taken back, or done again */
	VW_JOURNAL_APPLIED,
	VW_JOURNAL_UNDOING,
};

struct vw_journal {
	unsigned int number;
	enum vw_journal_state state;
	char boot_id[40];          /* of the boot in which it was applied; "" = not known */
	struct vw_request request; /* with what each PF was resolved to */
	struct vw_plan plan;
};

/* All journals, the oldest first. 0, or -errno with a message that names the file. */
struct vw_journals {
	struct vw_journal *v;
	size_t n;
};
int vw_journals_read(
	const struct vw_host *host, struct vw_journals *journals, struct vw_error *err);
void vw_journals_free(struct vw_journals *journals);

/* Carries the plan out: journal, files in order, programs, a look at the result; everything is put back if something fails. */
int vw_apply(const struct vw_host *host, const struct vw_request *request, struct vw_plan *plan,
	struct vw_findings *findings, struct vw_error *err);

/* Takes back all that apply put in, the newest first. */
int vw_undo(const struct vw_host *host, struct vw_findings *findings, struct vw_error *err);

#endif
