/* SPDX-License-Identifier: GPL-2.0-or-later */
/* worker: examines one image and writes what it finds to the pipe. */
#include "worker.h"

#include "cleanup.h"
#include "result_json.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

static void say_step(void *data, const char *what)
{
	FILE *out = data;

	fprintf(out, "%.*s\n", VW_WORKER_STEP_MAX - 1, what);
	fflush(out);
}

static int write_result(const char *name, const struct vw_image_result *result, FILE *out)
{
	vw_auto(vw_json_end) struct vw_json json = { 0 };

	vw_json_begin(&json);
	vw_result_json(&json, json.top, name, result);
	return vw_json_write(&json, out);
}

static int examine(const struct vw_check_request *request, const struct vw_request_image *image,
	bool software, FILE *out)
{
	struct vw_image_request one = { .disks = image->disks,
		.n_disks = image->n_disks,
		.dir = image->dir,
		.keys = (const char *const *)request->keys,
		.allow_backing = request->allow_backing,
		.software = software,
		.wanted = &request->wanted,
		.policy = &request->policy,
		.step = say_step,
		.step_data = out };
	vw_auto(vw_image_result_free) struct vw_image_result result = { 0 };
	struct vw_error err = { "" };
	int rc = 0;

	if (image->dir || image->n_disks)
		rc = vw_image_examine(&one, &result, &err);
	if (rc < 0)
		vw_finding_add(&result.findings, VW_FAIL, VW_FINDING_INTERNAL, image->name, NULL,
			"%s", err.msg[0] ? err.msg : strerror(-rc));
	for (size_t i = 0; i < image->findings.n; i++)
		vw_finding_copy(&result.findings, &image->findings.v[i]);
	return write_result(image->name, &result, out);
}

/* Nothing of the terminal is left to it: neither input nor Ctrl-C, which is the parent's to pass on. */
static int settle_in(const struct vw_job_dir *dir)
{
	sigset_t none;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	sigemptyset(&none);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
		sigprocmask(SIG_SETMASK, &none, NULL) < 0)
		return -errno;
	return vw_job_dir_enter(dir);
}

void vw_worker_main(const struct vw_check_request *request, size_t image, bool software,
	const struct vw_job_dir *dir, int pipe)
{
	FILE *out = fdopen(pipe, "w");
	int rc;

	if (!out || settle_in(dir) < 0)
		_exit(1);
	rc = examine(request, &request->images[image], software, out);
	if (fclose(out))
		rc = -EIO;
	_exit(rc < 0 ? 1 : 0);
}
