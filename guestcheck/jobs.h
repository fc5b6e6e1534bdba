/* SPDX-License-Identifier: GPL-2.0-or-later */
/* jobs: each image is examined by a process of its own, which is killed with all that it has started when its time is up. */
#ifndef VW_JOBS_H
#define VW_JOBS_H

#include "request.h"

#include <json-c/json.h>

/* Who wants to know how it goes. Either may be NULL. */
struct vw_jobs_watch {
	void *data;
	/* The image has come to this step. what: a short text, from the process that examines a hostile image. */
	void (*step)(void *data, size_t image, const char *what);
	void (*done)(void *data, size_t image, struct json_object *result);
};

/* Examines all images of the request, at most request->jobs at once, and adds an object for each to the array `images`, in the order of the
 * request. Whatever happens to one image stays its own affair. 0; -EINTR and *ended: this signal (SIGINT, SIGTERM, SIGHUP) wants an end, nothing is
 * left of the processes and their files; another -errno with a message. */
int vw_jobs_run(const struct vw_check_request *request, const struct vw_jobs_watch *watch,
	struct json_object *images, int *ended, struct vw_error *err);

#endif
