/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run: runs a program of the host. */
#include "run.h"

#include "cleanup.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#define OUTPUT_MAX 16384
#define LOOK_MS                                                                                    \
	50 /* how often we look whether it has ended, while something still holds its output open */

static const char *const environment[] = {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"LC_ALL=C",
	NULL,
};

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* failed: where the errno goes if it cannot be started; closed by a successful execve. */
static _Noreturn void become(char *const *argv, int output, int failed, pid_t parent)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC), error;
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* What we have inherited is not the program's; before Linux 5.11 it stays open. */
	syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
	if (getppid() != parent)
		_exit(127);
	if (null >= 0 && setpgid(0, 0) == 0 && dup2(null, 0) == 0 && dup2(output, 1) == 1 &&
		dup2(output, 2) == 2)
		execve(argv[0], argv, (char *const *)environment);
	error = errno;
	if (write(failed, &error, sizeof(error)) < 0)
		_exit(126);
	_exit(127);
}

/* Keeps the last OUTPUT_MAX bytes. */
static void keep(struct vw_bytes *output, const char *text, size_t len)
{
	if (output->len + len > OUTPUT_MAX && output->len) {
		size_t drop = output->len + len - OUTPUT_MAX;

		drop = drop < output->len ? drop : output->len;
		memmove(output->data, output->data + drop, output->len - drop);
		output->len -= drop;
	}
	vw_bytes_add(output, text, len);
}

/* Reads what there is. false: no more will come. */
static bool drain(int fd, struct vw_bytes *output)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		keep(output, buf, (size_t)n);
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* Waits for its end. What it leaves running in the background may hold the output open; that is not waited for. */
static int follow(pid_t pid, int out, unsigned int limit_ms, struct vw_bytes *output, int *status)
{
	long long end = now_ms() + limit_ms;
	bool open = true;

	for (;;) {
		struct pollfd poll_fd = { .fd = open ? out : -1, .events = POLLIN };
		pid_t ended = waitpid(pid, status, WNOHANG);

		if (open)
			open = drain(out, output);
		if (ended == pid)
			return 0;
		if (ended < 0 && errno != EINTR)
			return -errno;
		if (now_ms() >= end)
			return -ETIMEDOUT;
		poll(&poll_fd, 1, LOOK_MS);
	}
}

static int verdict(const char *program, int status, struct vw_error *err)
{
	if (WIFSIGNALED(status))
		return vw_error_set(
			err, EIO, "%s was ended by signal %d", program, WTERMSIG(status));
	if (WEXITSTATUS(status))
		return vw_error_set(
			err, EIO, "%s failed with status %d", program, WEXITSTATUS(status));
	return 0;
}

static int supervise(char *const *argv, pid_t pid, int out, unsigned int limit_ms,
	struct vw_bytes *output, struct vw_error *err)
{
	int status = 0, rc;

	fcntl(out, F_SETFL, O_NONBLOCK);
	rc = follow(pid, out, limit_ms, output, &status);
	if (rc == 0)
		return verdict(argv[0], status, err);
	kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	drain(out, output);
	if (rc == -ETIMEDOUT)
		return vw_error_set(err, ETIMEDOUT, "%s did not end within %u s, and was killed",
			argv[0], limit_ms / 1000);
	return vw_error_errno(err, -rc, "cannot wait for %s", argv[0]);
}

int vw_run(char *const *argv, unsigned int limit_ms, struct vw_bytes *output, struct vw_error *err)
{
	int out[2], failed[2], error = 0, rc;
	pid_t pid, self = getpid();

	if (pipe2(out, O_CLOEXEC) < 0)
		return vw_error_errno(err, errno, "cannot make a pipe");
	if (pipe2(failed, O_CLOEXEC) < 0) {
		rc = vw_error_errno(err, errno, "cannot make a pipe");
		close(out[0]);
		close(out[1]);
		return rc;
	}
	pid = fork();
	if (pid == 0)
		become(argv, out[1], failed[1], self);
	error = pid < 0 ? errno : 0;
	close(out[1]);
	close(failed[1]);
	if (pid > 0 && read(failed[0], &error, sizeof(error)) > 0)
		waitpid(pid, NULL, 0);
	close(failed[0]);
	if (error)
		rc = vw_error_errno(err, error, "cannot run %s", argv[0]);
	else
		rc = supervise(argv, pid, out[0], limit_ms, output, err);
	close(out[0]);
	return rc;
}
