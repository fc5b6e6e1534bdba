/* SPDX-License-Identifier: GPL-2.0-or-later */
/* spawn_times: the wall time of whole processes, those of all competitors in turn.
 *
 * Theory of operation. In every round each competitor runs once, in an order drawn anew, so that whatever else the host
 * does hits all of them alike and nobody always runs behind the same neighbour. A competitor is called as libvirt calls
 * a hook, with libvirt's environment, for each of its operations; each operation is a process, timed from before its
 * spawn to after its wait. A call that does not end with 0 ends everything: a program that fails fast is not fast.
 *
 * The hook looks for the libvirt daemon among its parents. In real life that is the nearest one, so this process takes its name.
 *
 * wait4's ru_maxrss is never below what the parent had when it spawned (fs/exec.c:exec_mmap counts in the memory that is left
 * behind), so this process stays small. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARGUMENTS_OF_ONE 5 /* LABEL ROOT XML OPERATIONS PROGRAM */
#define WARM_UP          5 /* rounds that are not counted */
#define OPERATIONS_MAX   8

struct operation {
	const char *name;
	uint32_t *us, *cpu_us; /* one for each round: wall time; CPU time, children included */
	long max_rss;          /* KiB */
};

struct competitor {
	const char *label, *xml, *program;
	char root[4096]; /* VFWARD_ROOT=… */
	struct operation operations[OPERATIONS_MAX];
	size_t n_operations;
};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "spawn_times: %s: %s\n", what, why);
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static void spawn(const struct competitor *c, const char *operation, pid_t *pid)
{
	char *env[] = { "LC_ALL=C",
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
		"USER=root", "LOGNAME=root", (char *)c->root, NULL };
	char *argv[] = { (char *)c->program, "bench", (char *)operation, "begin", "-", NULL };
	posix_spawn_file_actions_t files;
	int rc;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, c->xml, O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	rc = posix_spawn(pid, c->program, &files, NULL, argv, env);
	if (rc)
		die(c->program, strerror(rc));
	posix_spawn_file_actions_destroy(&files);
}

static uint32_t microseconds(const struct timeval *time)
{
	return (uint32_t)(time->tv_sec * 1000000 + time->tv_usec);
}

static void run(const struct competitor *c, struct operation *operation, int round)
{
	uint64_t begin = now_ns(), ns;
	struct rusage usage;
	int status;
	pid_t pid;

	spawn(c, operation->name, &pid);
	while (wait4(pid, &status, 0, &usage) < 0)
		if (errno != EINTR)
			die("wait4", strerror(errno));
	ns = now_ns() - begin;
	if (status) {
		fprintf(stderr, "spawn_times: %s of %s: status 0x%x\n", operation->name, c->label,
			(unsigned int)status);
		exit(1);
	}
	if (round < 0)
		return;
	operation->us[round] = (uint32_t)(ns / 1000);
	operation->cpu_us[round] = microseconds(&usage.ru_utime) + microseconds(&usage.ru_stime);
	if (usage.ru_maxrss > operation->max_rss)
		operation->max_rss = usage.ru_maxrss;
}

static void read_competitor(struct competitor *c, char **arguments, int rounds)
{
	char *save = NULL;

	c->label = arguments[0];
	c->xml = arguments[2];
	c->program = arguments[4];
	if ((size_t)snprintf(c->root, sizeof(c->root), "VFWARD_ROOT=%s", arguments[1]) >=
		sizeof(c->root))
		die(arguments[1], "too long");
	for (char *name = strtok_r(arguments[3], ",", &save); name;
		name = strtok_r(NULL, ",", &save)) {
		uint32_t *us = calloc((size_t)rounds, 2 * sizeof(*us));

		if (!us || c->n_operations == OPERATIONS_MAX)
			die(c->label, us ? "too many operations" : "out of memory");
		c->operations[c->n_operations++] =
			(struct operation){ .name = name, .us = us, .cpu_us = us + rounds };
	}
}

static void shuffle(struct competitor **order, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t other = (size_t)random() % i;
		struct competitor *c = order[i - 1];

		order[i - 1] = order[other];
		order[other] = c;
	}
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* LABEL OPERATION, p50 and p99 of the wall time (µs), p50 of the CPU time (µs), peak memory (KiB) */
static void print(const struct competitor *c, int rounds)
{
	for (size_t i = 0; i < c->n_operations; i++) {
		const struct operation *o = &c->operations[i];

		qsort(o->us, (size_t)rounds, sizeof(*o->us), compare);
		qsort(o->cpu_us, (size_t)rounds, sizeof(*o->cpu_us), compare);
		printf("%s %s %u %u %u %ld\n", c->label, o->name, o->us[rounds / 2],
			o->us[(size_t)rounds * 99 / 100], o->cpu_us[rounds / 2], o->max_rss);
	}
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 0;
	size_t n = argc > 2 ? (size_t)(argc - 2) / ARGUMENTS_OF_ONE : 0;
	struct competitor *competitors = calloc(n + 1, sizeof(*competitors));
	struct competitor **order = calloc(n + 1, sizeof(*order));

	if (rounds <= 0 || rounds > 1000000 || !n || (argc - 2) % ARGUMENTS_OF_ONE) {
		fprintf(stderr, "usage: spawn_times ROUNDS (LABEL ROOT XML "
				"OPERATION[,OPERATION...] PROGRAM)...\n");
		return 2;
	}
	if (!competitors || !order)
		die("start", "out of memory");
	prctl(PR_SET_NAME, "libvirtd");
	for (size_t i = 0; i < n; i++) {
		read_competitor(&competitors[i], argv + 2 + i * ARGUMENTS_OF_ONE, rounds);
		order[i] = &competitors[i];
	}
	for (int round = -WARM_UP; round < rounds; round++) {
		shuffle(order, n);
		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < order[i]->n_operations; k++)
				run(order[i], &order[i]->operations[k], round);
	}
	for (size_t i = 0; i < n; i++)
		print(&competitors[i], rounds);
	return 0;
}
