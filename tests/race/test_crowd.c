/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_crowd: 64 starts at once of domains that exclude each other. One gets it, and all others are told who. */
#include "race.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The deadline is not what is tested here: 64 processes on a busy machine may take seconds. */
#define PATIENT 60

/* The number, the VF and the MAC of each of the 64. */
struct crowd {
	const char *what;
	bool same_vf, same_mac;
	const char *finding;
	unsigned int rounds;
};

static void enter(struct run *runs, const struct crowd *crowd, unsigned int round)
{
	memset(runs, 0, RACERS * sizeof(*runs));
	for (unsigned int i = 0; i < RACERS; i++) {
		runs[i].operation = "prepare";
		runs[i].who = (struct entrant){ .id = 1 + i,
			.vf = crowd->same_vf ? round % 3 : i,
			.mac = crowd->same_mac ? 1000 : 1 + i };
	}
}

static const struct run *winner_of(const struct run *runs, size_t n)
{
	const struct run *winner = NULL;

	for (size_t i = 0; i < n; i++) {
		if (runs[i].status)
			continue;
		if (winner)
			fail_msg(
				"domains %u and %u both may start", winner->who.id, runs[i].who.id);
		winner = &runs[i];
	}
	if (!winner)
		fail_msg("nobody may start; domain %u is told:\n%s", runs[0].who.id, runs[0].said);
	return winner;
}

/* libvirt calls stopped and release for a refused domain, too: its XML names the winner's VF. */
static void end_losers(struct track *track, struct run *runs, const struct entrant *winner)
{
	static const char *const operations[] = { "stopped", "release" };

	for (unsigned int op = 0; op < 2; op++) {
		for (unsigned int i = 0; i < RACERS; i++) {
			runs[i].operation = operations[op];
			runs[i].sub = "end";
			runs[i].extra = op ? "failed" : NULL;
			if (runs[i].who.id == winner->id) /* an onlooker that claims nothing */
				runs[i].who.id = 1 + RACERS;
		}
		assert_int_equal(runs_all(track, runs, RACERS), RACERS);
	}
}

static void play(struct track *track, const struct crowd *crowd)
{
	static struct run runs[RACERS];
	struct times times = { 0 };

	track_deadline(track, PATIENT);
	for (unsigned int round = 0; round < rounds(crowd->rounds); round++) {
		struct entrant winner;

		enter(runs, crowd, round);
		runs_all(track, runs, RACERS);
		times_add(&times, runs, RACERS);
		winner = winner_of(runs, RACERS)->who;
		for (unsigned int i = 0; i < RACERS; i++)
			if (runs[i].who.id != winner.id)
				assert_refused(&runs[i], crowd->finding, &winner);
		assert_holder(track, &winner, VW_CLAIM_PREPARED);
		track_dirty(track, &winner);
		if (round % 10 == 0)
			end_losers(track, runs, &winner);
		assert_true(track_is_dirty(track, &winner));
		assert_holder(track, &winner, VW_CLAIM_PREPARED);
		run_end(track, &winner);
		assert_no_claims(track);
		assert_true(track_is_clean(track, winner.vf));
	}
	times_say(&times, crowd->what);
}

/* The winner may be noticed by its VF, its MAC or both. */
static void test_one_vf_one_mac(void **state)
{
	static const struct crowd crowd = { "one VF, one MAC", true, true, "FAIL ", 100 };

	play(*state, &crowd);
}

static void test_one_vf(void **state)
{
	static const struct crowd crowd = { "one VF", true, false, "FAIL vf-claimed", 15 };

	play(*state, &crowd);
}

static void test_one_mac(void **state)
{
	static const struct crowd crowd = { "one MAC", false, true, "FAIL mac-claimed", 15 };

	play(*state, &crowd);
}

/* The same domain 64 times: it stands in nobody's way. */
static void test_one_domain(void **state)
{
	struct track *track = *state;
	static struct run runs[RACERS];
	const struct entrant who = { .id = 1, .vf = 0, .mac = 1 };

	track_deadline(track, PATIENT);
	for (unsigned int round = 0; round < rounds(10); round++) {
		memset(runs, 0, sizeof(runs));
		for (unsigned int i = 0; i < RACERS; i++) {
			runs[i].operation = "prepare";
			runs[i].who = who;
		}
		assert_int_equal(runs_all(track, runs, RACERS), RACERS);
		assert_holder(track, &who, VW_CLAIM_PREPARED);
		run_end(track, &who);
		assert_no_claims(track);
	}
}

/* The VF is being released while 63 others want it: one of them waits successfully, the rest hear of that one. */
static void test_after_release(void **state)
{
	struct track *track = *state;
	static const struct crowd crowd = { .same_vf = true };
	static struct run runs[RACERS];
	struct times times = { 0 };
	struct entrant last, next;

	track_deadline(track, PATIENT);
	for (unsigned int round = 0; round < rounds(15); round++) {
		enter(runs, &crowd, round);
		last = runs[0].who;
		run_one(track, &last, "prepare");
		run_one(track, &last, "started");
		track_dirty(track, &last);
		run_one(track, &last, "stopped");
		runs[0].operation = "release";
		runs[0].sub = "end";
		runs[0].delay_us = (unsigned int)random() % 30000;
		runs_all(track, runs, RACERS);
		times_add(&times, runs, RACERS);
		assert_int_equal(runs[0].status, 0);
		next = winner_of(runs + 1, RACERS - 1)->who;
		for (unsigned int i = 1; i < RACERS; i++)
			if (runs[i].who.id != next.id)
				assert_refused(&runs[i], "FAIL vf-claimed", &next);
		assert_holder(track, &next, VW_CLAIM_PREPARED);
		assert_true(track_is_clean(track, next.vf));
		run_end(track, &next);
		assert_no_claims(track);
		assert_true(track_is_clean(track, next.vf));
	}
	times_say(&times, "one VF that is being released");
}

/* Somebody sits on the registry until the deadline is nearly over, and then lets go: not all get an answer in time, and nobody
 * gets a wrong one. */
static void test_late(void **state)
{
	struct track *track = *state;
	static const struct crowd crowd = { .same_vf = true, .same_mac = true };
	static struct run runs[RACERS];
	unsigned int late = 0, won = 0;
	sqlite3 *sitter;

	track_deadline(track, 1);
	enter(runs, &crowd, 0);
	run_one(track, &runs[0].who, "prepare");
	run_end(track, &runs[0].who);
	sitter = track_open_database(track);
	for (unsigned int round = 0; round < rounds(8); round++) {
		struct entrant winner = { 0 };
		unsigned int winners = 0;
		size_t n;

		enter(runs, &crowd, round);
		assert_int_equal(sqlite3_exec(sitter, "BEGIN EXCLUSIVE", NULL, NULL, NULL), 0);
		runs_start(track, runs, RACERS);
		/* every other time until it is over, so that on a quick machine, too, somebody is late */
		usleep(round % 2 ? 1100000 : 700000 + 50000 * (round % 8));
		assert_int_equal(sqlite3_exec(sitter, "COMMIT", NULL, NULL, NULL), 0);
		for (unsigned int i = 0; i < RACERS; i++) {
			const struct run *run = runs_next(runs, RACERS, true);

			/* Its time began when the process did. */
			assert_in_range(run->ms, 0, 5000);
			if (run->status == 0) {
				winner = run->who;
				winners++;
			}
		}
		assert_in_range(winners, 0, 1);
		won += winners;
		free(track_claims(track, &n));
		assert_int_equal(n, winners);
		for (unsigned int i = 0; i < RACERS; i++) {
			if (runs[i].status == 0)
				continue;
			if (strstr(runs[i].said, "time is up") ||
				strstr(runs[i].said, "no answer within") ||
				strstr(runs[i].said, "did not arrive in time"))
				late++;
			else
				assert_refused(&runs[i], "FAIL ", &winner);
		}
		if (winners) {
			assert_holder(track, &winner, VW_CLAIM_PREPARED);
			run_end(track, &winner);
		}
		assert_no_claims(track);
	}
	sqlite3_close(sitter);
	print_message("%u rounds with a winner, %u runs late\n", won, late);
	assert_true(late > 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		T(test_one_vf_one_mac),
		T(test_one_vf),
		T(test_one_mac),
		T(test_one_domain),
		T(test_after_release),
		T(test_late),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
