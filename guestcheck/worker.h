/* SPDX-License-Identifier: GPL-2.0-or-later */
/* worker: the process that examines one image, and what it says to the one that waits for it. */
#ifndef VW_WORKER_H
#define VW_WORKER_H

#include "job_dir.h"
#include "request.h"

/* The pipe carries lines, each the name of a step, and then the image's JSON, which begins with "{". */
#define VW_WORKER_STEP_MAX   64
#define VW_WORKER_RESULT_MAX (16U << 20)

/* In the forked process, which ends here. */
_Noreturn void vw_worker_main(const struct vw_check_request *request, size_t image, bool software,
	const struct vw_job_dir *dir, int pipe);

#endif
