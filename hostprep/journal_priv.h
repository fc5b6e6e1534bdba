/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journal_priv: the names in the journal's directory. */
#ifndef VW_JOURNAL_PRIV_H
#define VW_JOURNAL_PRIV_H

#include "journal.h"

#include <limits.h>

/* VW_JOURNAL_DIR/NUMBER/NAME; NAME may be "". */
void vw_journal_path(char path[PATH_MAX], unsigned int number, const char *name);
/* …/STEP.WHEN; when: "before" or "after". */
void vw_journal_content_path(
	char path[PATH_MAX], unsigned int number, size_t step, const char *when);
#define VW_JOURNAL_PLAN "plan.json"

/* Is this the name of a journal's directory? */
bool vw_journal_number(const char *name, unsigned int *number);

/* Has it a plan.json? 1, 0, or -errno with a message. */
int vw_journal_complete(const struct vw_host *host, unsigned int number, struct vw_error *err);

/* journal_json.c: plan.json as text, and back. In what was read the contents are missing: sizes[2 * i] and sizes[2 * i + 1] say how long those before
 * and after step i are; -1 = there is none. sizes is the caller's to free. */
int vw_journal_format(
	const struct vw_journal *journal, struct vw_bytes *text, struct vw_error *err);
int vw_journal_parse(const struct vw_bytes *text, struct vw_journal *journal, int64_t **sizes,
	struct vw_error *err);

#endif
