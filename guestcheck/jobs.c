/* SPDX-License-Identifier: GPL-2.0-or-later */
/* jobs: starts workers, listens to them, and ends them.
 *
 * Theory of operation. A worker is the leader of a process group; libguestfs, its recovery process and QEMU stay in it. This process is
 * their subreaper, so whatever a worker leaves behind becomes its child: killing the group and waiting until no child of it is left is
 * the proof that nothing runs on. A worker is done when its process has ended, not when its pipe is closed: whoever inherited the pipe could keep
 * it open. One loop waits for signals, pipes and the nearest deadline. */
#include "jobs.h"

#include "cleanup.h"
#include "deadline.h"
#include "job_dir.h"
#include "result_json.h"
#include "worker.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#define BURY_MS 5000 /* a process that SIGKILL does not end is stuck in the kernel */

struct job {
	pid_t pid; /* 0 = free */
	size_t image;
	int pipe;
	struct vw_job_dir dir;
	struct vw_deadline deadline;
	char *data;
	size_t len, room;
	bool late, broken; /* it was killed: its time was up; it said too much */
};

struct jobs {
	const struct vw_check_request *request;
	const struct vw_jobs_watch *watch;
	struct job *v;                /* request->jobs of them */
	struct json_object **results; /* by image */
	size_t next;                  /* the image that is started next */
	unsigned int running;
	bool software; /* KVM has turned out to be unusable */
	int signals;   /* a signalfd */
	sigset_t former;
};

/* --- results --- */

/* What stands for the result of a worker that has none: one finding. */
static struct json_object *no_result(const struct jobs *jobs, const struct job *job, const char *id,
	const char *remedy, const char *message)
{
	const struct vw_request_image *image = &jobs->request->images[job->image];
	vw_auto(vw_image_result_free) struct vw_image_result result = { 0 };
	vw_auto(vw_json_end) struct vw_json json = { 0 };

	vw_finding_add(
		&result.findings, VW_FAIL, id, image->name, remedy, "%s: %s", image->name, message);
	for (size_t i = 0; i < image->findings.n; i++)
		vw_finding_copy(&result.findings, &image->findings.v[i]);
	vw_json_begin(&json);
	vw_result_json(&json, json.top, image->name, &result);
	json_object_object_del(json.top, "schema");
	return json.lost ? NULL : json_object_get(json.top);
}

static struct json_object *read_result(const struct job *job)
{
	const char *begin = job->data ? memchr(job->data, '{', job->len) : NULL;
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *result = NULL;

	if (begin && tokener)
		result = json_tokener_parse_ex(
			tokener, begin, (int)(job->len - (size_t)(begin - job->data)));
	if (tokener && json_tokener_get_error(tokener) != json_tokener_success) {
		json_object_put(result);
		result = NULL;
	}
	if (tokener)
		json_tokener_free(tokener);
	if (!vw_result_json_valid(result)) {
		json_object_put(result);
		return NULL;
	}
	json_object_object_del(result, "schema");
	return result;
}

static struct json_object *result_of(const struct jobs *jobs, const struct job *job, int status)
{
	struct json_object *result = NULL;
	char text[128];

	if (job->late) {
		snprintf(text, sizeof(text), "not done after %u s", jobs->request->timeout);
		return no_result(jobs, job, "image-timeout",
			"give it more time with --timeout, or see what keeps the appliance "
			"(libguestfs-test-tool)",
			text);
	}
	if (job->broken)
		return no_result(
			jobs, job, VW_FINDING_INTERNAL, NULL, "its worker has written too much");
	if (WIFSIGNALED(status)) {
		snprintf(text, sizeof(text), "its worker was ended by signal %d (%s)",
			WTERMSIG(status), strsignal(WTERMSIG(status)));
		return no_result(jobs, job, VW_FINDING_INTERNAL, NULL, text);
	}
	if (WEXITSTATUS(status) == 0)
		result = read_result(job);
	return result ? result
		      : no_result(jobs, job, VW_FINDING_INTERNAL, NULL,
				"its worker has ended without a result");
}

/* KVM that does not work for one image works for none. */
static void learn(struct jobs *jobs, struct json_object *result)
{
	vw_auto_free struct vw_finding *v = NULL;
	struct vw_findings findings;

	if (vw_json_read_findings(result, &findings) < 0)
		return;
	v = findings.v;
	for (size_t i = 0; i < findings.n; i++)
		if (strcmp(v[i].id, "appliance-software-emulation") == 0)
			jobs->software = true;
}

/* --- one worker --- */

static int start(struct jobs *jobs, struct job *job, struct vw_error *err)
{
	int ends[2], rc;
	pid_t parent;

	*job = (struct job){ .image = jobs->next, .pipe = -1 };
	parent = getpid();
	rc = vw_job_dir_make(&job->dir, err);
	if (rc < 0)
		return rc;
	if (pipe2(ends, O_CLOEXEC) < 0) {
		rc = vw_error_errno(err, errno, "cannot start a worker");
		vw_job_dir_remove(&job->dir);
		return rc;
	}
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	job->pid = fork();
	if (job->pid == 0) {
		/* The parent must not be outlived: it is who looks after the time. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setpgid(0, 0);
		close(ends[0]);
		if (getppid() != parent)
			_exit(1);
		vw_worker_main(jobs->request, job->image, jobs->software, &job->dir, ends[1]);
	}
	rc = errno;
	close(ends[1]);
	if (job->pid < 0) {
		job->pid = 0;
		close(ends[0]);
		vw_job_dir_remove(&job->dir);
		return vw_error_errno(err, rc, "cannot start a worker");
	}
	setpgid(job->pid, job->pid); /* both do it, so that it is done whoever comes first */
	job->pipe = ends[0];
	job->deadline = vw_deadline_in(1000ULL * jobs->request->timeout);
	jobs->next++;
	jobs->running++;
	return 0;
}

/* Tells the watcher of the lines that have come since `from`. */
static void tell_steps(const struct jobs *jobs, const struct job *job, size_t from)
{
	size_t end = job->len;

	if (!jobs->watch->step || memchr(job->data, '{', end))
		return;
	while (end > from && job->data[end - 1] != '\n')
		end--;
	if (end > from) { /* the last one that is whole */
		char what[VW_WORKER_STEP_MAX] = "";
		size_t begin = end - 1;

		while (begin > 0 && job->data[begin - 1] != '\n')
			begin--;
		snprintf(what, sizeof(what), "%.*s", (int)(end - 1 - begin), job->data + begin);
		jobs->watch->step(jobs->watch->data, job->image, what);
	}
}

/* Reads what there is. */
static void listen_to(const struct jobs *jobs, struct job *job)
{
	size_t from = job->len;
	ssize_t n = 0;

	while (!job->broken) {
		if (job->room - job->len < 4096) {
			size_t room = job->room ? 2 * job->room : 65536;
			char *data = room <= VW_WORKER_RESULT_MAX ? realloc(job->data, room) : NULL;

			if (!data) {
				job->broken = true;
				break;
			}
			job->data = data;
			job->room = room;
		}
		n = read(job->pipe, job->data + job->len, job->room - job->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		job->len += (size_t)n;
	}
	if (n == 0 && job->pipe >= 0) { /* the end; poll would say so for ever */
		close(job->pipe);
		job->pipe = -1;
	}
	if (job->len > from)
		tell_steps(jobs, job, from);
}

/* Ends the worker and all that it has started; its own wait status. */
static int bury(struct job *job)
{
	struct vw_deadline deadline = vw_deadline_in(BURY_MS);
	int status = 0, one;
	pid_t pid;

	/* Once is enough: nobody in the group can fork with this signal pending. And once the worker is reaped the number may be another's. */
	kill(-job->pid, SIGKILL);
	do {
		pid = waitpid(-job->pid, &one, WNOHANG);
		if (pid == job->pid)
			status = one;
	} while (pid > 0 || (pid == 0 && vw_deadline_sleep(&deadline, 10)));
	return status;
}

/* The worker has ended with this status, or is to end. */
static void finish(struct jobs *jobs, struct job *job, int status)
{
	struct json_object *result;

	if (job->pipe >= 0)
		listen_to(jobs, job);
	result = result_of(jobs, job, status);
	learn(jobs, result);
	jobs->results[job->image] = result;
	if (jobs->watch->done)
		jobs->watch->done(jobs->watch->data, job->image, result);
	if (job->pipe >= 0)
		close(job->pipe);
	free(job->data);
	vw_job_dir_remove(&job->dir);
	*job = (struct job){ .pipe = -1 };
	jobs->running--;
}

/* Has it ended, or must it? */
static void look_after(struct jobs *jobs, struct job *job)
{
	siginfo_t info = { 0 };
	int status;

	if (job->pipe >= 0)
		listen_to(jobs, job);
	/* Once it has crashed nobody can tell any more where its sockets were. */
	vw_job_dir_look(&job->dir, job->pid);
	/* It stays a zombie for now, so that its pid, and with it the group's number, is nobody else's. */
	if (waitid(P_PID, (id_t)job->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
		info.si_pid == 0) {
		job->late = vw_deadline_left(&job->deadline) == 0;
		if (!job->late && !job->broken)
			return;
	}
	status = bury(job);
	finish(jobs, job, status);
}

/* --- all of them --- */

/* Waits until something happens. Returns a signal that wants an end, or 0. */
static int wait_for_news(const struct jobs *jobs)
{
	struct pollfd *fds = calloc(jobs->request->jobs + 1, sizeof(*fds));
	struct signalfd_siginfo info;
	int left = INT_MAX, ended = 0;
	nfds_t n = 0;

	if (!fds) { /* look again in a moment */
		poll(NULL, 0, 100);
		return 0;
	}
	fds[n++] = (struct pollfd){ .fd = jobs->signals, .events = POLLIN };
	for (unsigned int i = 0; i < jobs->request->jobs; i++) {
		const struct job *job = &jobs->v[i];

		if (!job->pid)
			continue;
		if (vw_deadline_left(&job->deadline) < left)
			left = vw_deadline_left(&job->deadline);
		if (job->pipe >= 0)
			fds[n++] = (struct pollfd){ .fd = job->pipe, .events = POLLIN };
	}
	poll(fds, n, left);
	while (read(jobs->signals, &info, sizeof(info)) == sizeof(info))
		if (info.ssi_signo != SIGCHLD)
			ended = (int)info.ssi_signo;
	free(fds);
	return ended;
}

static void end_all(struct jobs *jobs)
{
	for (unsigned int i = 0; jobs->v && i < jobs->request->jobs; i++) {
		struct job *job = &jobs->v[i];

		if (!job->pid)
			continue;
		vw_job_dir_look(&job->dir, job->pid);
		bury(job);
		if (job->pipe >= 0)
			close(job->pipe);
		free(job->data);
		vw_job_dir_remove(&job->dir);
		job->pid = 0;
	}
}

static int run(struct jobs *jobs, int *ended, struct vw_error *err)
{
	int rc = 0;

	while (rc == 0 && (jobs->next < jobs->request->n_images || jobs->running)) {
		for (unsigned int i = 0; rc == 0 && i < jobs->request->jobs; i++)
			if (!jobs->v[i].pid && jobs->next < jobs->request->n_images)
				rc = start(jobs, &jobs->v[i], err);
		if (rc == 0)
			*ended = wait_for_news(jobs);
		if (*ended)
			rc = -EINTR;
		for (unsigned int i = 0; rc == 0 && i < jobs->request->jobs; i++)
			if (jobs->v[i].pid)
				look_after(jobs, &jobs->v[i]);
	}
	end_all(jobs);
	return rc;
}

/* Signals wait for the loop. SIGPIPE too: nobody shall end here before the workers are. */
static int catch_signals(struct jobs *jobs, struct vw_error *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	jobs->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (jobs->signals < 0)
		return vw_error_errno(err, errno, "cannot wait for signals");
	sigaddset(&set, SIGPIPE);
	sigprocmask(SIG_BLOCK, &set, &jobs->former);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return 0;
}

/* Hands over results; one that is missing could not be kept. */
static int collect(struct jobs *jobs, struct json_object *images, struct vw_error *err)
{
	int rc = 0;

	for (size_t i = 0; i < jobs->request->n_images; i++) {
		if (rc == 0 && jobs->results[i] &&
			json_object_array_add(images, jobs->results[i]) == 0)
			continue;
		json_object_put(jobs->results[i]);
		rc = vw_error_set(err, ENOMEM, "out of memory");
	}
	return rc;
}

int vw_jobs_run(const struct vw_check_request *request, const struct vw_jobs_watch *watch,
	struct json_object *images, int *ended, struct vw_error *err)
{
	struct jobs jobs = { .request = request, .watch = watch, .signals = -1 };
	int rc;

	*ended = 0;
	jobs.v = calloc(request->jobs, sizeof(*jobs.v));
	jobs.results = calloc(request->n_images + 1, sizeof(struct json_object *));
	rc = jobs.v && jobs.results ? catch_signals(&jobs, err)
				    : vw_error_set(err, ENOMEM, "out of memory");
	if (rc == 0) {
		rc = run(&jobs, ended, err);
		sigprocmask(SIG_SETMASK, &jobs.former, NULL);
		close(jobs.signals);
	}
	if (rc == 0)
		rc = collect(&jobs, images, err);
	else
		for (size_t i = 0; jobs.results && i < request->n_images; i++)
			json_object_put(jobs.results[i]);
	free(jobs.results);
	free(jobs.v);
	return rc;
}
