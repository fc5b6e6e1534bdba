/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_registry_race: many processes at once, and processes that are killed in the middle. */
#include "registry_claims.h"

#include <time.h>

#define RACERS 64

struct race {
	struct fixture *f;
	int go; /* closed by the parent: all start at once */
	int (*run)(struct race *race, unsigned int n, struct vw_registry *r);
};

/* A racer's result, told by exit status. */
enum { WON, LOST, BROKEN };

static int racer(struct race *race, unsigned int n)
{
	struct vw_registry *r;
	struct vw_error err;
	char c;
	int rc;

	if (read(race->go, &c, 1) != 0)
		return BROKEN;
	race->f->tree.host.deadline = vw_deadline_in(40000);
	rc = vw_registry_open(&race->f->tree.host, false, &r, &err);
	if (rc < 0) {
		fprintf(stderr, "racer %u: %s\n", n, err.msg);
		return BROKEN;
	}
	rc = race->run(race, n, r);
	vw_registry_close(r);
	return rc;
}

/* Starts them all, waits for them all; counts results. */
static void race_all(struct race *race, unsigned int won[3])
{
	int fds[2], status;
	pid_t pids[RACERS];

	memset(won, 0, 3 * sizeof(*won));
	assert_int_equal(pipe(fds), 0);
	race->go = fds[0];
	for (unsigned int i = 0; i < RACERS; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			close(fds[1]);
			_exit(racer(race, i));
		}
		assert_true(pids[i] > 0);
	}
	close(fds[0]);
	close(fds[1]);
	for (unsigned int i = 0; i < RACERS; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status));
		assert_in_range(WEXITSTATUS(status), WON, BROKEN);
		won[WEXITSTATUS(status)]++;
	}
}

static int verdict(int rc, const struct vw_error *err)
{
	if (rc == -EBUSY)
		return LOST;
	if (rc < 0)
		fprintf(stderr, "racer: %d %s\n", rc, err->msg);
	return rc < 0 ? BROKEN : WON;
}

static int want_vf(struct race *race, unsigned int n, struct vw_registry *r)
{
	struct vw_vf_claim v[] = { vf_claim(n, 5), vf_claim(n, 100 + n) };
	struct vw_error err;

	(void)race;
	return verdict(
		vw_registry_claim(r, &(struct vw_claims){ .vfs = v, .n_vfs = 2 }, &err), &err);
}

static int want_mac(struct race *race, unsigned int n, struct vw_registry *r)
{
	struct vw_vf_claim v = vf_claim(n, 100 + n);
	struct vw_mac_claim m[] = { mac_claim(n, 200 + n, "", true), mac_claim(n, 7, "", true) };
	struct vw_error err;

	(void)race;
	return verdict(
		vw_registry_claim(r,
			&(struct vw_claims){ .vfs = &v, .n_vfs = 1, .macs = m, .n_macs = 2 }, &err),
		&err);
}

static int want_take(struct race *race, unsigned int n, struct vw_registry *r)
{
	struct vw_process me = vw_process_self();
	struct vw_pci vf = vf_at(5);
	struct vw_error err;
	int rc = vw_registry_take(r, &vf, uuid_of(1), 15, &me, &err);

	(void)race;
	(void)n;
	if (rc == 1) /* stay alive until everybody has tried */
		usleep(1500 * 1000);
	return rc == 0 ? LOST : verdict(rc, &err);
}

static int want_own(struct race *race, unsigned int n, struct vw_registry *r)
{
	struct vw_error err;

	(void)race;
	return verdict(claim_one(r, n, n, &err), &err);
}

static size_t count_vfs_on(struct fixture *f, bool mac)
{
	return mac ? count_macs(f, NULL) : count_vfs(f, NULL);
}

static void test_one_vf(void **state)
{
	struct race race = { .f = *state, .run = want_vf };
	unsigned int won[3];

	race_all(&race, won);
	assert_int_equal(won[BROKEN], 0);
	assert_int_equal(won[WON], 1);
	assert_int_equal(
		count_vfs_on(race.f, false), 2); /* the losers have none of their own either */
}

static void test_one_mac(void **state)
{
	struct race race = { .f = *state, .run = want_mac };
	unsigned int won[3];

	race_all(&race, won);
	assert_int_equal(won[BROKEN], 0);
	assert_int_equal(won[WON], 1);
	assert_int_equal(count_vfs_on(race.f, false), 1);
	assert_int_equal(count_vfs_on(race.f, true), 2);
}

static void test_one_worker(void **state)
{
	struct race race = { .f = *state, .run = want_take };
	unsigned int won[3];

	assert_int_equal(claim_one(race.f->r, 1, 5, &race.f->err), 0);
	race_all(&race, won);
	assert_int_equal(won[BROKEN], 0);
	assert_int_equal(won[WON], 1);
}

/* All find it missing, or corrupt, at once: one registry comes of it, one file is set aside, and nobody's claim is in either. */
static void test_begin(void **state)
{
	struct race race = { .f = *state, .run = want_own };
	struct fixture *f = race.f;
	unsigned int won[3];

	for (int round = 0; round < 6; round++) {
		drop(f);
		unlink(full(f, DB));
		unlink(full(f, DB ".corrupt-1"));
		if (round % 3 == 1)
			tree_file(&f->tree, DB, "");
		if (round % 3 == 2)
			tree_file(&f->tree, DB, "no database, but longer than nothing");
		race_all(&race, won);
		assert_int_equal(won[WON], RACERS);
		f->r = open_registry(&f->tree);
		assert_int_equal(count_vfs(f, NULL), RACERS);
		assert_int_equal(count_macs(f, NULL), RACERS);
		assert_true(vw_registry_is_fresh(f->r));
		assert_true(exists(f, DB ".corrupt-1") == (round % 3 != 0));
		assert_false(exists(f, DB ".corrupt-2"));
	}
}

/* Claims, takes, releases without end: a domain's claims are two VFs and two MACs, or one VF more under work. */
static void churn(struct fixture *f, unsigned int n)
{
	struct vw_process me = vw_process_self();
	struct vw_vf_claim v[] = { vf_claim(n, 2 * n), vf_claim(n, 2 * n + 1) };
	struct vw_mac_claim m[] = { mac_claim(n, 2 * n, "", true),
		mac_claim(n, 2 * n + 1, "", true) };
	struct vw_claims want = { .vfs = v, .n_vfs = 2, .macs = m, .n_macs = 2 };

	for (;;) {
		struct vw_error err = { "" };
		struct vw_registry *r;

		if (vw_registry_open(&f->tree.host, false, &r, &err) < 0)
			break;
		v[0].owner.state = v[1].owner.state = m[0].owner.state = m[1].owner.state =
			VW_CLAIM_RUNNING;
		snprintf(v[0].residue, sizeof(v[0].residue), "%ld", random());
		memcpy(v[1].residue, v[0].residue, sizeof(v[0].residue));
		if (vw_registry_claim(r, &want, &err) < 0 ||
			vw_registry_set_state(r, uuid_of(n), VW_CLAIM_STOPPING, &me, &err) != 4)
			break;
		for (int i = 0; i < 2; i++)
			if (vw_registry_take(r, &v[i].vf, uuid_of(n), 15, &me, &err) != 1 ||
				vw_registry_release_vf(r, &v[i].vf, uuid_of(n), &me, &err) < 0)
				_exit(1);
		if (vw_registry_release_macs(r, uuid_of(n), &err) < 0)
			break;
		vw_registry_close(r);
	}
	_exit(1);
}

static void assert_sound(struct fixture *f)
{
	sqlite3_stmt *stmt;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(full(f, DB), &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_string_equal(sqlite3_column_text(stmt, 0), "ok");
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

/* What one domain has is what one of its transactions left. */
static void assert_whole(struct fixture *f, unsigned int n)
{
	struct vw_vf_claim *v;
	struct vw_mac_claim *m;
	size_t n_vfs, n_macs;

	assert_int_equal(vw_registry_vfs(f->r, uuid_of(n), &v, &n_vfs, &f->err), 0);
	assert_int_equal(vw_registry_macs(f->r, uuid_of(n), &m, &n_macs, &f->err), 0);
	assert_true(n_macs == 0 || n_macs == 2);
	if (n_vfs)
		assert_int_equal(n_macs, 2);
	if (n_vfs == 2) {
		assert_string_equal(v[0].residue, v[1].residue);
		assert_int_equal(v[1].owner.state, m[0].owner.state);
	}
	if (n_macs)
		assert_int_equal(m[0].owner.state, m[1].owner.state);
	free(v);
	free(m);
}

#define CHURNERS 4

static void test_killed(void **state)
{
	struct fixture *f = *state;
	struct timespec end, now;
	unsigned int rounds = 0, seen = 0;

	assert_int_equal(vw_registry_rebuilt(f->r, &f->err), 0);
	drop(f);
	srandom(1);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += 4;
	do {
		pid_t pids[CHURNERS];
		int status;

		for (unsigned int i = 0; i < CHURNERS; i++) {
			pids[i] = fork();
			assert_true(pids[i] >= 0);
			if (pids[i] == 0) {
				srandom(rounds * CHURNERS + i);
				churn(f, i);
			}
		}
		usleep(2000 + (unsigned int)random() % 30000);
		for (unsigned int i = 0; i < CHURNERS; i++) {
			kill(pids[i], SIGKILL);
			assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
			assert_true(WIFSIGNALED(status)); /* nobody met an error */
		}
		seen += exists(f, DB "-journal");
		/* In turn: a reader, who may not write, and a writer come first. */
		assert_int_equal(open_rc(f, rounds % 2), 0);
		assert_null(vw_registry_set_aside(f->r));
		assert_false(vw_registry_is_fresh(f->r));
		for (unsigned int i = 0; i < CHURNERS; i++)
			assert_whole(f, i);
		drop(f);
		assert_sound(f);
		rounds++;
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end.tv_sec);
	print_message("%u rounds of %d killed, %u with a journal left\n", rounds, CHURNERS, seen);
	assert_true(rounds > 10);
}

/* The first run is killed at any point of creating the registry: the next one finds none or a whole one, and it is fresh. */
static void test_killed_in_creation(void **state)
{
	struct fixture *f = *state;
	unsigned int done = 0;

	srandom(2);
	for (unsigned int i = 0; i < 80; i++) {
		struct vw_registry *r;
		pid_t pid;

		drop(f);
		unlink(full(f, DB));
		pid = fork();
		if (pid == 0) {
			vw_registry_open(&f->tree.host, false, &r, NULL);
			vw_registry_close(r);
			_exit(0);
		}
		usleep((unsigned int)random() % 4000);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		done += exists(f, DB);
		f->r = open_registry(&f->tree);
		assert_null(vw_registry_set_aside(f->r));
		assert_true(vw_registry_is_fresh(f->r));
		assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
	}
	print_message("%u of 80 had been created\n", done);
	assert_in_range(done, 1, 79);
}

/* Readers beside writers: what they see is whole. */
static void test_readers(void **state)
{
	struct fixture *f = *state;
	struct vw_registry *writer = f->r;
	struct timespec end, now;
	unsigned int reads = 0;
	pid_t pids[3];

	for (unsigned int i = 0; i < 3; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			churn(f, i);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += 2;
	do {
		struct vw_vf_claim *v;
		size_t n;

		f->tree.host.deadline = vw_deadline_in(20000);
		if (vw_registry_open(&f->tree.host, true, &f->r, &f->err) < 0)
			fail_msg("%s", f->err.msg);
		for (unsigned int i = 0; i < 3; i++) {
			assert_int_equal(vw_registry_vfs(f->r, uuid_of(i), &v, &n, &f->err), 0);
			if (n == 2)
				assert_string_equal(v[0].residue, v[1].residue);
			free(v);
		}
		vw_registry_close(f->r);
		reads++;
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end.tv_sec);
	f->r = writer;
	for (unsigned int i = 0; i < 3; i++) {
		int status;

		kill(pids[i], SIGKILL);
		waitpid(pids[i], &status, 0);
		assert_true(WIFSIGNALED(status));
	}
	assert_true(reads > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_one_vf),
		T(test_one_mac),
		T(test_one_worker),
		T(test_begin),
		T(test_killed),
		T(test_killed_in_creation),
		T(test_readers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
