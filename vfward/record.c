/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record: `vfward record DIR`: a copy of what vfward sees, for bug reports and tests. */
#include "cleanup.h"
#include "command.h"
#include "recorder.h"
#include "rtnl.h"
#include "text.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* DIR is ours alone while it fills: it must be new, or empty. */
static int open_target(const char *dir, struct vw_recorder *recorder, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	char safe[512];
	int rc;

	vw_text_escape(safe, sizeof(safe), dir);
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return vw_error_errno(err, errno, "cannot create %s", safe);
	rc = vw_host_open(&recorder->to, dir, err);
	if (rc)
		return rc;
	if (!recorder->to.recorded)
		return vw_error_set(err, EINVAL, "a record cannot be made in /");
	rc = vw_host_listf(&recorder->to, &names, "/");
	if (rc)
		return vw_error_errno(err, -rc, "cannot read %s", safe);
	if (names.n)
		return vw_error_set(err, ENOTEMPTY, "%s is not empty", safe);
	return 0;
}

static int record_kernel(struct vw_recorder *recorder, struct vw_error *err)
{
	vw_auto_close int dir = -1;
	int rc = vw_record_data(recorder, "vfward " VFWARD_VERSION "\n",
		strlen("vfward " VFWARD_VERSION "\n"), err, "/vfward-record/about");

	if (!rc)
		rc = vw_record_file(recorder, err, "/proc/sys/kernel/osrelease");
	if (rc)
		return rc;
	dir = vw_host_openf(&recorder->to, O_RDONLY | O_DIRECTORY, "/vfward-record");
	if (dir < 0)
		return vw_error_errno(err, -dir, "cannot open /vfward-record of the record");
	return vw_rtnl_record(recorder->from, dir, err);
}

static int record_all(struct vw_recorder *recorder, struct vw_error *err)
{
	int rc = record_kernel(recorder, err);

	if (!rc)
		rc = vw_record_sysfs(recorder, err);
	if (!rc)
		rc = vw_record_procfs(recorder, err);
	if (!rc)
		rc = vw_record_platform(recorder, err);
	return rc ? rc : vw_record_libvirt(recorder, err);
}

int vw_record_run(struct vw_context *context, const char **args, struct vw_error *err)
{
	vw_auto(vw_findings_free) struct vw_findings findings = { 0 };
	vw_auto(vw_host_close) struct vw_host to = { .root_fd = -1 };
	struct vw_recorder recorder = {
		.from = &context->host, .to = { .root_fd = -1 }, .findings = &findings
	};
	char safe[512];
	int rc;

	rc = open_target(args[0], &recorder, err);
	to = recorder.to;
	if (!rc)
		rc = record_all(&recorder, err);
	if (rc)
		return rc;
	rc = vw_show_findings(context, &findings);
	if (rc)
		return rc;
	if (!context->options->json && context->output.verbosity >= 0)
		fprintf(context->output.out, "%zu files in %s\n", recorder.files,
			vw_text_escape(safe, sizeof(safe), args[0]));
	return VW_EXIT_GOOD;
}
