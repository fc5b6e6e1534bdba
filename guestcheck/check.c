/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check: request, jobs, reports, exit status. */
#include "check.h"

#include "cleanup.h"
#include "jobs.h"
#include "json.h"
#include "progress.h"
#include "report_junit.h"
#include "report_text.h"
#include "result_json.h"

#include <signal.h>
#include <string.h>

/* This host: --root is the guest's. Tests look at a recorded one, as vfward-hook's do. */
static int open_host(struct vw_host *host, struct vw_error *err)
{
	return vw_host_open(host, getenv("VFWARD_ROOT"), err);
}

/* As if nobody had caught it: the shell sees which signal it was. */
static void end_by(int number)
{
	signal(number, SIG_DFL);
	raise(number);
}

/* 0 or -errno; the document gets its images. */
static int examine(const struct vw_context *context, const struct vw_check_request *request,
	struct vw_json *json, struct vw_error *err)
{
	struct json_object *images = vw_json_array(json, json->top, "images");
	struct vw_progress progress;
	int rc, ended;

	if (!images)
		return vw_error_set(err, ENOMEM, "out of memory");
	vw_progress_begin(&progress, request, stderr, context->options->verbosity < 0);
	rc = vw_jobs_run(request, &progress.watch, images, &ended, err);
	vw_progress_end(&progress);
	if (ended)
		end_by(ended);
	return rc;
}

static int report(struct vw_context *context, const struct vw_check_request *request,
	struct vw_json *json, struct vw_error *err)
{
	int rc = request->junit ? vw_report_junit(json->top, request->junit, err) : 0;
	int shown = 0;

	/* What was found out is shown, even if it could not be written to the file. */
	if (!request->junit || strcmp(request->junit, "-") != 0)
		shown = context->options->json ? vw_json_write(json, context->output.out)
					       : vw_report_text(&context->output, json->top);
	return rc < 0 ? rc : shown;
}

static int run(struct vw_context *context, struct vw_check_request *request, struct vw_json *json,
	struct vw_error *err)
{
	vw_auto(vw_host_close) struct vw_host host = { .root_fd = -1 };
	vw_auto(vw_findings_free) struct vw_findings findings = { 0 };
	bool wrong;
	int rc = open_host(&host, err);

	if (rc == 0)
		rc = vw_check_request_resolve(&host, context->options, request, &findings, err);
	if (rc < 0)
		return rc;
	wrong = vw_findings_worst(&findings) == VW_FAIL;
	if (wrong)
		vw_json_array(json, json->top, "images");
	else
		rc = examine(context, request, json, err);
	vw_json_findings(json, &findings);
	if (rc == 0)
		rc = report(context, request, json, err);
	if (rc < 0)
		return rc;
	return wrong ? VW_EXIT_USAGE : vw_results_json_exit(json->top);
}

int vw_check_run(struct vw_context *context, const char **args, struct vw_error *err)
{
	vw_auto(vw_check_request_free) struct vw_check_request request = { 0 };
	vw_auto(vw_json_end) struct vw_json json = { 0 };
	int rc = vw_check_request_parse(context->options, &request, err);

	(void)args;
	if (rc == 0 && request.junit)
		rc = vw_report_junit_check(request.junit, err);
	if (rc < 0)
		return rc == -ENOMEM ? VW_EXIT_INTERNAL : VW_EXIT_USAGE;
	vw_json_begin(&json);
	rc = run(context, &request, &json, err);
	if (rc < 0 && !err->msg[0])
		vw_error_set(err, -rc, "%s", strerror(-rc));
	return rc < 0 ? VW_EXIT_INTERNAL : rc;
}
