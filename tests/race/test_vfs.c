/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_vfs: domains that want VFs, and 8 runs of vfward-hostprep vfs that want another number of them, all at once. One number wins and
 * no domain, or domains win and no number. */
#include "race.h"

#include "cleanup.h"

#include <fcntl.h>
#include <stdlib.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NUMBERS 8
#define DOMAINS 24
#define ALL     (NUMBERS + DOMAINS)
#define PATIENT 60

/* The kernel, played by a process: it answers nothing before it is told to go on, and then makes the links. */
struct kernel {
	pid_t pid;
	int go;                 /* closed = go on */
	unsigned int *requests; /* shared */
};

static void device_path(struct track *track, char path[512], const char *file)
{
	snprintf(path, 512, "%s/sys/bus/pci/devices/0000:01:00.0/%s", track->tree.root, file);
}

/* Offset 128 and stride 1. */
static void make_links(struct track *track, unsigned int n)
{
	char path[512], name[32], target[64];

	for (unsigned int i = 0; i < RACERS; i++) {
		snprintf(name, sizeof(name), "virtfn%u", i);
		device_path(track, path, name);
		unlink(path);
		snprintf(target, sizeof(target), "../0000:01:%02x.%u", (128 + i) >> 3,
			(128 + i) & 7);
		if (i < n && symlink(target, path))
			_exit(1);
	}
}

_Noreturn static void be_kernel(
	struct track *track, int ask, int answer, int go, unsigned int *requests)
{
	unsigned int number;
	char line[128];
	FILE *in = fdopen(ask, "r");

	while (in && fgets(line, sizeof(line), in)) {
		++*requests;
		while (read(go, &number, 1) > 0)
			;
		if (sscanf(line, "%*s sriov_numvfs %u", &number) == 1)
			make_links(track, number);
		if (write(answer, "0\n", 2) != 2)
			break;
	}
	_exit(1);
}

static int make_end(struct track *track, const char *name)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/vfward-record/%s", track->tree.root, name);
	if (mkfifo(path, 0600))
		assert_int_equal(errno, EEXIST);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static struct kernel kernel_start(struct track *track)
{
	struct kernel kernel;
	int ask = make_end(track, "kernel"), answer = make_end(track, "kernel-says"), go[2];

	assert_int_equal(pipe2(go, O_CLOEXEC), 0);
	kernel.requests = mmap(NULL, sizeof(*kernel.requests), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(kernel.requests != MAP_FAILED);
	kernel.pid = fork();
	assert_true(kernel.pid >= 0);
	if (kernel.pid == 0) {
		close(go[1]);
		be_kernel(track, ask, answer, go[0], kernel.requests);
	}
	close(ask);
	close(answer);
	close(go[0]);
	kernel.go = go[1];
	return kernel;
}

static void kernel_go(struct kernel *kernel)
{
	if (kernel->go >= 0)
		close(kernel->go);
	kernel->go = -1;
}

static void kernel_end(struct kernel *kernel)
{
	kernel_go(kernel);
	kill(kernel->pid, SIGKILL);
	waitpid(kernel->pid, NULL, 0);
	munmap(kernel->requests, sizeof(*kernel->requests));
}

/* A domain needs less time than a number, so in every other round all of them come later. */
static void enter(struct run *runs, bool late)
{
	unsigned int lead = late ? (unsigned int)random() % 200000 : 0;

	memset(runs, 0, ALL * sizeof(*runs));
	for (unsigned int i = 0; i < ALL; i++) {
		runs[i].who = (struct entrant){ .id = 1 + i, .vf = i, .mac = 1 + i };
		runs[i].operation = i < NUMBERS ? "vfs" : "prepare";
		runs[i].vfs = i < NUMBERS ? 1 + i : 0;
		runs[i].delay_us = (unsigned int)random() % 10000 + (i < NUMBERS ? 0 : lead);
	}
}

static void assert_told(const struct run *run, bool by_vfs)
{
	const char *want = by_vfs ? "vf-reserved: " : "is in use: domain racer";

	if (run->status != 1 || !strstr(run->said, want) ||
		(by_vfs && !strstr(run->said, "vfward-hostprep (process ")))
		fail_msg("%s %u, status %d, is not told of %s:\n%s", run->operation, run->who.id,
			run->status, want, run->said);
}

/* Who has won: the number of a vfs, 0 = domains. */
static unsigned int look(struct track *track, const struct run *runs, unsigned int requests)
{
	unsigned int number = 0, domains = 0;
	size_t n;

	for (unsigned int i = 0; i < ALL; i++) {
		if (runs[i].status)
			continue;
		if (i < NUMBERS && number)
			fail_msg("%u VFs and %u VFs both win", number, runs[i].vfs);
		if (i < NUMBERS)
			number = runs[i].vfs;
		else
			domains++;
	}
	if (!number == !domains)
		fail_msg("%u domains may start, and %u VFs are made", domains, number);
	assert_int_equal(requests, number ? 2 : 0);
	for (unsigned int i = 0; i < ALL; i++)
		if (runs[i].status)
			assert_told(&runs[i], number || i >= NUMBERS);
	free(track_claims(track, &n));
	assert_int_equal(n, domains);
	return number;
}

static void round_of(struct track *track, bool late, unsigned int wins[2])
{
	static struct run runs[ALL];
	struct kernel kernel = kernel_start(track);
	struct run again = { .operation = "prepare", .who = { .id = 99, .vf = 0, .mac = 99 } };
	unsigned int number;

	enter(runs, late);
	runs_start(track, runs, ALL);
	/* Who has won with a number is in the kernel until all others have heard of it. */
	for (unsigned int i = 0; i < ALL - 1; i++)
		runs_next(runs, ALL, false);
	kernel_go(&kernel);
	runs_next(runs, ALL, false);
	number = look(track, runs, *kernel.requests);
	wins[number > 0]++;
	for (unsigned int i = NUMBERS; i < ALL; i++)
		if (runs[i].status == 0)
			run_end(track, &runs[i].who);
	assert_int_equal(runs_all(track, &again, 1), 1);
	run_end(track, &again.who);
	assert_no_claims(track);
	kernel_end(&kernel);
	make_links(track, RACERS);
}

static void test_numbers_and_domains(void **state)
{
	struct track *track = *state;
	unsigned int wins[2] = { 0 };

	track_deadline(track, PATIENT);
	for (unsigned int round = 0; round < rounds(40); round++)
		round_of(track, round % 2, wins);
	print_message("domains won %u times, a number %u times\n", wins[0], wins[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = { T(test_numbers_and_domains) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
