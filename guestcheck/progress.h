/* SPDX-License-Identifier: GPL-2.0-or-later */
/* progress: how far it is, on stderr: a bar on a terminal, else a line for each image that is done. */
#ifndef VW_PROGRESS_H
#define VW_PROGRESS_H

#include "jobs.h"

struct vw_progress {
	const struct vw_check_request *request;
	FILE *out;
	bool bar, lines;
	size_t done;
	struct vw_jobs_watch watch; /* what vw_jobs_run wants */
};

/* quiet: nothing at all. *progress must stay where it is. */
void vw_progress_begin(struct vw_progress *progress, const struct vw_check_request *request,
	FILE *out, bool quiet);
/* Takes the bar away. */
void vw_progress_end(struct vw_progress *progress);

#endif
