/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_handover: a VF goes from one domain to the next while both hooks run. The next one gets it if waiting helps, gets it clean, and is
 * not touched by what the last one still does. */
#include "race.h"

#include "cleanup.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

static void check_handed_over(struct track *track, const struct entrant *next)
{
	assert_holder(track, next, VW_CLAIM_PREPARED);
	if (!track_is_dirty(track, next))
		fail_msg("domain %u has been given VF %u, and it was reset after that", next->id,
			next->vf);
}

/* The last one's release against the next one's prepare. As soon as the next one may start, libvirt sets its MAC, whatever
 * the release is still at. */
static void hand_over(struct track *track, const struct entrant *last, const struct entrant *next,
	struct times *times)
{
	struct run runs[] = { { .who = *last, .operation = "release", .sub = "end" },
		{ .who = *next, .operation = "prepare" } };

	run_one(track, last, "stopped");
	/* A release takes some milliseconds, most of them before its reset. */
	runs[0].delay_us = 500 + (unsigned int)random() % 1000;
	runs[1].delay_us = (unsigned int)random() % 8000;
	runs_start(track, runs, 2);
	for (int ended = 0; ended < 2; ended++) {
		struct run *run = runs_next(runs, 2, false);

		if (run->status)
			fail_msg("%s of domain %u after %u ms:\n%s", run->operation, run->who.id,
				run->ms, run->said);
		if (run != &runs[1])
			continue;
		if (!track_is_clean(track, next->vf))
			fail_msg("domain %u has been given a VF that is not clean", next->id);
		track_dirty(track, next);
	}
	check_handed_over(track, next);
	times_add(times, &runs[1], 1);
}

static void test_alternating(void **state)
{
	const struct entrant pair[] = { { .id = 1, .vf = 0, .mac = 1 },
		{ .id = 2, .vf = 0, .mac = 2 } };
	struct track *track = *state;
	struct times times = { 0 };
	unsigned int n = rounds(200);

	run_one(track, &pair[0], "prepare");
	track_dirty(track, &pair[0]);
	for (unsigned int round = 0; round < n; round++)
		hand_over(track, &pair[round % 2], &pair[(round + 1) % 2], &times);
	run_end(track, &pair[n % 2]);
	assert_no_claims(track);
	assert_true(track_is_clean(track, 0));
	times_say(&times, "prepare beside a release");
}

/* Likewise for a MAC that goes from one VF to another. */
static void test_alternating_mac(void **state)
{
	const struct entrant pair[] = { { .id = 1, .vf = 0, .mac = 1 },
		{ .id = 2, .vf = 1, .mac = 1 } };
	struct track *track = *state;
	struct times times = { 0 };
	unsigned int n = rounds(100);

	run_one(track, &pair[0], "prepare");
	track_dirty(track, &pair[0]);
	for (unsigned int round = 0; round < n; round++) {
		hand_over(track, &pair[round % 2], &pair[(round + 1) % 2], &times);
		assert_true(track_is_clean(track, pair[round % 2].vf));
	}
	run_end(track, &pair[n % 2]);
	assert_no_claims(track);
	assert_true(track_is_clean(track, 0));
	assert_true(track_is_clean(track, 1));
	times_say(&times, "prepare beside a release, one MAC");
}

#define WORKERS 8

/* Who has each VF, as the workers see it: the hooks say nothing else. */
struct shared {
	unsigned int holder[WORKERS];
	unsigned int got, refused;
};

/* One life of a domain, in libvirt's order. */
static void live(struct track *track, struct shared *shared, const struct entrant *who)
{
	struct run prepare = { .who = *who, .operation = "prepare" };
	unsigned int nobody = 0;

	if (runs_all(track, &prepare, 1) == 0) {
		if (!strstr(prepare.said, "FAIL vf-claimed"))
			fail_msg("domain %u is refused:\n%s", who->id, prepare.said);
		__atomic_add_fetch(&shared->refused, 1, __ATOMIC_SEQ_CST);
		run_end(track, who);
		return;
	}
	if (!__atomic_compare_exchange_n(&shared->holder[who->vf], &nobody, who->id, false,
		    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		fail_msg("VF %u is given to domain %u, and domain %u has it", who->vf, who->id,
			nobody);
	__atomic_add_fetch(&shared->got, 1, __ATOMIC_SEQ_CST);
	assert_true(track_is_clean(track, who->vf));
	track_dirty(track, who);
	run_one(track, who, "start");
	track_status(track, who, true);
	run_one(track, who, "started");
	assert_true(track_is_dirty(track, who));
	__atomic_store_n(&shared->holder[who->vf], 0, __ATOMIC_SEQ_CST);
	run_one(track, who, "stopped");
	run_one(track, who, "release");
	track_status(track, who, false);
}

/* Each worker is a process of its own; domains: of each worker, which has them in turn, on `vfs` VFs in all. */
static struct shared work(struct track *track, unsigned int vfs, unsigned int lives)
{
	struct shared *shared = mmap(
		NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t workers[WORKERS];
	struct shared result;

	assert_true(shared != MAP_FAILED);
	tree_dir(&track->tree, "/run/libvirt/qemu");
	for (unsigned int w = 0; w < WORKERS; w++) {
		struct entrant who = { .id = 1 + w, .vf = w % vfs, .mac = 1 + w };

		workers[w] = fork();
		assert_true(workers[w] >= 0);
		if (workers[w])
			continue;
		for (unsigned int i = 0; i < lives; i++)
			live(track, shared, &who);
		_exit(0);
	}
	for (unsigned int w = 0; w < WORKERS; w++) {
		int status;

		assert_int_equal(waitpid(workers[w], &status, 0), workers[w]);
		assert_int_equal(status, 0);
	}
	result = *shared;
	munmap(shared, sizeof(*shared));
	assert_no_claims(track);
	for (unsigned int vf = 0; vf < vfs; vf++)
		assert_true(track_is_clean(track, vf));
	return result;
}

/* Domains that have nothing to do with each other do not notice each other. */
static void test_parallel(void **state)
{
	unsigned int lives = rounds(20);
	struct shared result = work(*state, WORKERS, lives);

	assert_int_equal(result.got, WORKERS * lives);
}

/* Four for each of two VFs. */
static void test_parallel_contended(void **state)
{
	unsigned int lives = rounds(40);
	struct shared result = work(*state, 2, lives);

	print_message("%u lives, %u refusals\n", result.got, result.refused);
	assert_int_equal(result.got + result.refused, WORKERS * lives);
	assert_true(result.got > 0 && result.refused > 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		T(test_alternating),
		T(test_alternating_mac),
		T(test_parallel),
		T(test_parallel_contended),
	};

	srandom(1);
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
