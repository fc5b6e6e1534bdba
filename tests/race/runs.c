/* SPDX-License-Identifier: GPL-2.0-or-later */
/* runs: processes of vfward-hook that begin at the same moment.
 *
 * A process starts slowly and reads the domain's XML early, so each is started with an empty pipe as its standard input; when all of them
 * sleep there, the XML is written to one after the other, which takes microseconds. */
#include "race.h"

#include "cleanup.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#define NEVER_MS 120000 /* no run takes that long unless it hangs */

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static uint64_t start_us;

static void start_run(struct track *track, struct run *run)
{
	char name[32], root[sizeof(track->tree.root) + 16], vfs[32];
	/* It reads nothing, so a shell waits for it. */
	char *vfs_argv[] = { "sh", "-c", "read -r _; exec \"$0\" \"$@\"", VFWARD_HOSTPREP, "--root",
		track->tree.root, "vfs", vfs, NULL };
	char *argv[] = { "vfward-hook", name, (char *)run->operation,
		(char *)(run->sub ? run->sub : "begin"), (char *)(run->extra ? run->extra : "-"),
		NULL };
	char *env[] = { "LC_ALL=C", "PATH=/usr/sbin:/usr/bin", root, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t pipe_signal;
	int in[2];

	entrant_name(run->who.id, name);
	snprintf(vfs, sizeof(vfs), PF_NETDEV "=%u", run->vfs);
	snprintf(root, sizeof(root), "VFWARD_ROOT=%s", track->tree.root);
	run->xml = entrant_xml(&run->who);
	run->said[0] = '\0';
	run->err = memfd_create("stderr", MFD_CLOEXEC);
	assert_true(run->err >= 0);
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in[0], 0);
	/* Nothing may come there, so whatever does is an error among the others. */
	posix_spawn_file_actions_adddup2(&actions, run->err, 1);
	posix_spawn_file_actions_adddup2(&actions, run->err, 2);
	/* We ignore it, and they would inherit that. */
	sigemptyset(&pipe_signal);
	sigaddset(&pipe_signal, SIGPIPE);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &pipe_signal);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	assert_int_equal(posix_spawn(&run->pid, run->vfs ? "/bin/sh" : VFWARD_HOOK, &actions,
				 &attributes, run->vfs ? vfs_argv : argv, env),
		0);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	close(in[0]);
	run->in = in[1];
}

/* Is it at its standard input, where the hook sleeps for the first time, or over already? */
static bool is_there(pid_t pid)
{
	char path[32], line[256] = "";
	const char *name_end;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	vw_auto_fclose FILE *stat = fopen(path, "re");
	if (stat && !fgets(line, sizeof(line), stat))
		line[0] = '\0';
	name_end = strrchr(line, ')');
	return name_end && name_end[1] && (name_end[2] == 'S' || name_end[2] == 'Z');
}

static int by_delay(const void *a, const void *b)
{
	const struct run *const *x = a, *const *y = b;

	return ((*x)->delay_us > (*y)->delay_us) - ((*x)->delay_us < (*y)->delay_us);
}

void runs_start(struct track *track, struct run *runs, size_t n)
{
	vw_auto_free struct run **order = calloc(n, sizeof(struct run *));
	uint64_t began = now_us();

	assert_non_null(order);
	signal(SIGPIPE, SIG_IGN); /* of a run whose time was up before it began */
	for (size_t i = 0; i < n; i++) {
		order[i] = &runs[i];
		start_run(track, &runs[i]);
	}
	for (size_t i = 0; i < n; i++)
		while (!is_there(runs[i].pid)) {
			assert_true(now_us() - began < NEVER_MS * 1000ULL);
			usleep(200);
		}
	qsort(order, n, sizeof(struct run *), by_delay);
	start_us = now_us();
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(order[i]->xml);
		ssize_t wrote;

		while (now_us() - start_us < order[i]->delay_us)
			;
		wrote = write(order[i]->in, order[i]->xml, len);
		assert_true(wrote == (ssize_t)len || (wrote < 0 && errno == EPIPE));
		close(order[i]->in);
		order[i]->in = -1;
	}
}

static void take_words(struct run *run)
{
	ssize_t n = pread(run->err, run->said, sizeof(run->said) - 1, 0);

	run->said[n > 0 ? n : 0] = '\0';
	close(run->err);
	free(run->xml);
	run->xml = NULL;
}

/* What a run says that could not do its work: by id, and in SQLite's own words. */
static bool is_trouble(const char *said)
{
	static const char *const words[] = { "FAIL internal", "FAIL registry-unavailable",
		"FAIL xml-invalid", "time is up", "no answer within", "locked" };

	for (size_t i = 0; i < VW_ARRAY_SIZE(words); i++)
		if (strstr(said, words[i]))
			return true;
	return false;
}

struct run *runs_next(struct run *runs, size_t n, bool late)
{
	int status;
	pid_t pid = waitpid(-1, &status, 0);

	assert_true(pid > 0);
	for (size_t i = 0; i < n; i++) {
		struct run *run = &runs[i];

		if (run->pid != pid)
			continue;
		run->pid = 0;
		run->ms = (unsigned int)((now_us() - start_us) / 1000);
		take_words(run);
		if (!WIFEXITED(status) || (!late && is_trouble(run->said)))
			fail_msg("%s of domain %u ended with status 0x%x:\n%s", run->operation,
				run->who.id, status, run->said);
		run->status = WEXITSTATUS(status);
		return run;
	}
	fail_msg("process %d is none of ours", (int)pid);
	return NULL;
}

size_t runs_all(struct track *track, struct run *runs, size_t n)
{
	size_t good = 0;

	runs_start(track, runs, n);
	for (size_t i = 0; i < n; i++)
		good += runs_next(runs, n, false)->status == 0;
	return good;
}

void run_one(struct track *track, const struct entrant *who, const char *operation)
{
	struct run run = { .who = *who, .operation = operation };

	if (!strcmp(operation, "stopped") || !strcmp(operation, "release"))
		run.sub = "end";
	if (runs_all(track, &run, 1) != 1)
		fail_msg("%s of domain %u alone is refused:\n%s", operation, who->id, run.said);
}

void run_end(struct track *track, const struct entrant *who)
{
	run_one(track, who, "stopped");
	run_one(track, who, "release");
}

void assert_refused(const struct run *run, const char *finding, const struct entrant *winner)
{
	char name[32], uuid[VW_UUID_STR], want[128];
	const char *line = strstr(run->said, finding), *end = line ? strchr(line, '\n') : NULL;

	entrant_name(winner->id, name);
	entrant_uuid(winner->id, uuid);
	snprintf(want, sizeof(want), "domain %s (%s", name, uuid);
	if (run->status != 1 || !line || !end ||
		!memmem(line, (size_t)(end - line), want, strlen(want)))
		fail_msg("domain %u, status %d, was not refused with %s because of %s:\n%s",
			run->who.id, run->status, finding, want, run->said);
}

void times_add(struct times *times, const struct run *runs, size_t n)
{
	times->ms = reallocarray(times->ms, times->n + n, sizeof(*times->ms));
	assert_non_null(times->ms);
	for (size_t i = 0; i < n; i++)
		times->ms[times->n++] = runs[i].ms;
}

static int by_number(const void *a, const void *b)
{
	const unsigned int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

void times_say(struct times *times, const char *what)
{
	qsort(times->ms, times->n, sizeof(*times->ms), by_number);
	print_message("%s: %zu runs, half within %u ms, the last after %u ms\n", what, times->n,
		times->ms[times->n / 2], times->ms[times->n - 1]);
	free(times->ms);
	*times = (struct times){ 0 };
}
