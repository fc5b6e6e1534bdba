/* SPDX-License-Identifier: GPL-2.0-or-later */
/* crash: vfward-hook killed at every system call in turn, and every system call failing in turn.
 *
 * crash [--stride N] [GROUP|STORY]...        plays these stories (check.c), or all
 * crash STORY CALL FAULT                     one run again; FAULT as it was reported: KILL, EIO, EMFILE+, ...
 *
 * VFWARD_HOOK and MKMACHINE name the programs. Nothing outside a scratch directory is touched. */
#include "check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FAILURES_MAX 20 /* more say nothing new */

/* '+': every later call of the same kind fails, too. */
static const struct {
	const char *name;
	int error;
	bool stays;
} errors[] = {
	{ "EIO", EIO, false },
	{ "ENOSPC", ENOSPC, false },
	{ "ENOMEM", ENOMEM, false },
	{ "EINTR", EINTR, false },
	{ "EMFILE", EMFILE, false },
	{ "EMFILE+", EMFILE, true },
};
#define N_ERRORS (sizeof(errors) / sizeof(errors[0]))

struct tally {
	unsigned int runs, failures, stride, turn;
	const char *program;
};

static const char *fault_name(const struct fault *fault)
{
	for (size_t i = 0; i < N_ERRORS; i++)
		if (fault->what == FAIL && fault->error == errors[i].error &&
			fault->stays == errors[i].stays)
			return errors[i].name;
	return fault->what == KILL ? "KILL" : "none";
}

static bool play(struct world *world, const struct story *story, const struct fault *fault,
	struct tally *tally)
{
	const struct run *run;
	const char *bad = check_story(world, story, fault, &run);

	tally->runs++;
	if (!bad)
		return true;
	tally->failures++;
	printf("FAILED: %s, %s at call %u (%s): %s\n", story->name, fault_name(fault), fault->call,
		fault->call ? trace_call_name(run->nr[fault->call]) : "-", bad);
	if (run->err[0])
		printf("  it said: %s", run->err);
	printf("  again: %s %s %u %s\n", tally->program, story->name, fault->call,
		fault_name(fault));
	fflush(stdout);
	return false;
}

/* Every stride-th run, over all stories and faults. */
static bool is_due(struct tally *tally)
{
	return tally->failures < FAILURES_MAX && tally->turn++ % tally->stride == 0;
}

static bool is_one_of(const struct story *story, unsigned int call, size_t error)
{
	if (story->errors == 1)
		return error == call % N_ERRORS;
	return story->errors == N_ERRORS || error == 0 || error == N_ERRORS - 1 ||
	       error == 1 + call % (N_ERRORS - 2);
}

static void play_all(struct world *world, const struct story *story, struct tally *tally)
{
	static struct run plain;
	struct fault fault = { NO_FAULT };
	const struct run *run;
	const char *bad = check_story(world, story, &fault, &run);
	struct timespec begin, end;
	unsigned int before = tally->runs;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	plain = *run;
	if (bad || !plain.main_call || plain.calls > TRACE_CALLS_MAX) {
		play(world, story, &fault, tally);
		printf("FAILED: %s without a fault\n", story->name);
		tally->failures++;
		return;
	}
	for (fault.call = 1; fault.call <= plain.calls; fault.call++) {
		fault.main_call = fault.call > plain.main_call ? plain.main_call : 0;
		fault.what = KILL;
		if (story->kill && is_due(tally))
			play(world, story, &fault, tally);
		fault.what = FAIL;
		if (fault.call <= plain.main_call || trace_cannot_fail(plain.nr[fault.call]))
			continue;
		for (size_t i = 0; i < N_ERRORS; i++) {
			fault.error = errors[i].error;
			fault.stays = errors[i].stays;
			if (is_one_of(story, fault.call, i) && is_due(tally))
				play(world, story, &fault, tally);
		}
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%-20s %4u calls, %3u before main: %5u runs, %ld s\n", story->name, plain.calls,
		plain.main_call, tally->runs - before, (long)(end.tv_sec - begin.tv_sec));
	fflush(stdout);
}

static bool parse_fault(const char *call, const char *name, struct fault *fault)
{
	char *end;

	fault->call = (unsigned int)strtoul(call, &end, 10);
	fault->what = KILL;
	for (size_t i = 0; i < N_ERRORS; i++)
		if (!strcmp(name, errors[i].name))
			*fault = (struct fault){ FAIL, fault->call, errors[i].error,
				errors[i].stays, 0 };
	return *call && !*end && fault->call <= TRACE_CALLS_MAX &&
	       (fault->what == FAIL || !strcmp(name, "KILL"));
}

static const struct story *find(const char *name)
{
	for (unsigned int i = 0; i < n_stories; i++)
		if (!strcmp(stories[i].name, name))
			return &stories[i];
	return NULL;
}

static bool is_wanted(const struct story *story, int n, char **names)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(names[i], story->name) || !strcmp(names[i], story->group))
			return true;
	return n == 0;
}

static bool can_trace(struct world *world)
{
	struct fault fault = { NO_FAULT };
	const struct run *run;

	check_story(world, &stories[0], &fault, &run);
	return !run->untraceable && run->calls;
}

/* Exit status. */
static int run_all(struct world *world, int n, char **names, struct tally *tally)
{
	struct fault fault;
	const struct story *one = n == 3 ? find(names[0]) : NULL;

	if (geteuid() != 0) {
		printf("SKIPPED: the hook of an ordinary user does nothing\n");
		return 77;
	}
	if (!world_make(world)) {
		fprintf(stderr, "the machines cannot be made\n");
		return 1;
	}
	if (!can_trace(world)) {
		printf("SKIPPED: ptrace is not allowed here\n");
		return 77;
	}
	if (one && parse_fault(names[1], names[2], &fault)) {
		printf("%s\n", play(world, one, &fault, tally) ? "nothing was wrong" : "");
		return tally->failures > 0;
	}
	for (unsigned int i = 0; i < n_stories; i++)
		if (is_wanted(&stories[i], n, names))
			play_all(world, &stories[i], tally);
	printf("%u runs, %u failed\n", tally->runs, tally->failures);
	return tally->failures || !tally->runs;
}

int main(int argc, char **argv)
{
	const char *stride = getenv("VFWARD_CRASH_STRIDE");
	struct tally tally = { .program = argv[0], .stride = 1 };
	struct world world = { .hook = getenv("VFWARD_HOOK"), .mkmachine = getenv("MKMACHINE") };
	int first = 1, rc;

	if (argc > 2 && !strcmp(argv[1], "--stride")) {
		stride = argv[2];
		first = 3;
	}
	if (stride && atoi(stride) > 0)
		tally.stride = (unsigned int)atoi(stride);
	if (!world.hook || !world.mkmachine) {
		fprintf(stderr, "VFWARD_HOOK and MKMACHINE must be set\n");
		return 2;
	}
#if !defined(__x86_64__) && !defined(__aarch64__)
	printf("SKIPPED: how a system call is made to fail is not known for this processor\n");
	return 77;
#endif
	rc = run_all(&world, argc - first, argv + first, &tally);
	world_remove(&world);
	return rc;
}
