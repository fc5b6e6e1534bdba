/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journal: what hostprep has changed on this host, so that it can be finished, verified and undone.
 *
 * /var/lib/vfward/hostprep/N/ (0700), one directory for each apply that changed something: plan.json (request, kernel arguments, loader, boot id,
 * state, steps) and beside it, for each file, what it was before and is after: I.before and I.after. It is complete and on the disk
 * before the first change. plan.json is written last and removed first: a directory without it says that nothing was changed. */
#ifndef VW_JOURNAL_H
#define VW_JOURNAL_H

#include "plan.h"

#define VW_JOURNAL_DIR "/var/lib/vfward/hostprep"

struct json_object;

enum vw_journal_state {
	VW_JOURNAL_APPLYING, /* a run was cut short: to be taken back */
	VW_JOURNAL_APPLIED,
	VW_JOURNAL_UNDOING,
};

struct vw_journal {
	unsigned int number;
	enum vw_journal_state state;
	char boot_id[40];          /* of the boot in which it was applied; "" = not known */
	struct vw_request request; /* with what each PF was resolved to */
	struct vw_plan
		plan; /* a RUN step has in before and after what its program made of `path` */
	struct vw_names directories; /* that were missing, and were made for it; parents first */
	struct json_object *text;    /* what was read: some names point into it */
};

/* All journals, the oldest first; those that were never complete are left out. 0, or -errno with a message that names the file. */
struct vw_journals {
	struct vw_journal *v;
	size_t n;
};
int vw_journals_read(
	const struct vw_host *host, struct vw_journals *journals, struct vw_error *err);
void vw_journals_free(struct vw_journals *journals);

/* Has something been applied in this boot that only a reboot puts into force? */
bool vw_journals_await_reboot(const struct vw_host *host, const struct vw_journals *journals);

/* The id of this boot; "" where it cannot be known (an image). */
void vw_boot_id(const struct vw_host *host, char id[40]);

/* One vfward-hostprep at a time changes things. Returns a descriptor that holds the right to until it is closed; -EBUSY with a message: another one is
 * at work; -ENOENT: nothing was ever applied, and make is false; else -errno with a message. */
int vw_journal_lock(const struct vw_host *host, bool make, struct vw_error *err);

/* All below is for who holds the lock. */

/* Writes a new one, whole; its number is chosen here. */
int vw_journal_create(const struct vw_host *host, struct vw_journal *journal, struct vw_error *err);
/* Writes what a program has made (`after` of a RUN step), for the next vw_journal_save. */
int vw_journal_save_after(const struct vw_host *host, const struct vw_journal *journal, size_t step,
	struct vw_error *err);
/* Writes plan.json anew, in one step. */
int vw_journal_save(
	const struct vw_host *host, const struct vw_journal *journal, struct vw_error *err);
/* Removes it, and the directories that were made for it and are empty. */
int vw_journal_remove(
	const struct vw_host *host, const struct vw_journal *journal, struct vw_error *err);
/* Where a program makes a file that then takes another one's place; removed with all in it. 0 or -errno with a message. */
#define VW_MADE_DIR  VW_JOURNAL_DIR "/made"
#define VW_MADE_FILE VW_MADE_DIR "/file"
int vw_journal_drop_made(const struct vw_host *host, struct vw_error *err);

/* Removes those that were never complete, and vfward's own directories if nothing is left in them. */
int vw_journals_tidy(const struct vw_host *host, struct vw_error *err);

/* apply.c: carries the plan out: journal, files in order, programs, a look at the result; everything is put back if something fails. lock: of
 * vw_journal_lock(make). FAIL and WARN findings tell what a program did wrong. 1 = something was changed, 0 = nothing (another root, and
 * only programs to run), or -errno. */
int vw_apply(const struct vw_host *host, const struct vw_request *request, struct vw_plan *plan,
	struct vw_findings *findings, struct vw_error *err);

/* undo.c: takes back what runs that were cut short have left. For who holds the lock. */
int vw_recover(const struct vw_host *host, struct vw_findings *findings, struct vw_error *err);

/* undo.c: takes back all that apply put in, the newest first; PASS and WARN findings tell what. 1 = something was taken back, 0 = nothing
 * is applied, -errno. */
int vw_undo(const struct vw_host *host, struct vw_findings *findings, struct vw_error *err);

#endif
