/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_registry_sql: waiting for others, and only so long; a full disk and a directory that is not ours. */
#include "registry_priv.h"

#include "registry_claims.h" /* its DIR is no longer <dirent.h>'s */

#include <fcntl.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <time.h>

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A process that does something to the file and then holds on to it for ms (0 = until killed). */
static pid_t hold(struct fixture *f, const char *sql, const char *lock_file, long byte, int ms)
{
	int fds[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		struct flock range = { .l_type = F_WRLCK, .l_start = byte, .l_len = 1 };
		bool ok = true;
		sqlite3 *db;
		int fd;

		if (sql)
			ok = sqlite3_open(full(f, DB), &db) == SQLITE_OK &&
			     sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
		if (lock_file) {
			fd = open(full(f, lock_file), O_RDWR | O_CREAT, 0600);
			ok = (byte ? fcntl(fd, F_SETLK, &range) : flock(fd, LOCK_EX)) == 0;
		}
		if (write(fds[1], ok ? "1" : "0", 1) != 1)
			_exit(1);
		do
			usleep((unsigned int)(ms ? ms : 1000) * 1000);
		while (!ms);
		_exit(0);
	}
	close(fds[1]);
	assert_int_equal(read(fds[0], &c, 1), 1);
	assert_int_equal(c, '1');
	close(fds[0]);
	return pid;
}

static void end_hold(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

#define WAIT_MS 300

static void assert_timeout(struct fixture *f, int rc, int64_t since)
{
	int64_t took = now_ms() - since;

	assert_int_equal(rc, -ETIMEDOUT);
	assert_non_null(strstr(f->err.msg, "time is up"));
	if (took < WAIT_MS - 50 || took > WAIT_MS + 3000)
		fail_msg("waited %lld ms instead of %d", (long long)took, WAIT_MS);
}

static int64_t start_wait(struct fixture *f)
{
	f->tree.host.deadline = vw_deadline_in(WAIT_MS);
	return now_ms();
}

static void test_deadline(void **state)
{
	struct fixture *f = *state;
	struct vw_process me = vw_process_self();
	struct vw_vf_claim claim = vf_claim(1, 5);
	struct vw_registry *second;
	int64_t since;
	pid_t pid = hold(f, "BEGIN IMMEDIATE", NULL, 0, 0);
	int rc;

	since = start_wait(f);
	assert_timeout(f, claim_one(f->r, 1, 5, &f->err), since);
	since = start_wait(f);
	rc = vw_registry_take(f->r, &claim.vf, uuid_of(1), 15, &me, &f->err);
	assert_timeout(f, rc, since);
	/* A writer is no reason not to read. */
	start_wait(f);
	assert_int_equal(find_vf(f->r, 5, &claim), 0);
	assert_int_equal(vw_registry_open(&f->tree.host, true, &second, &f->err), 0);
	vw_registry_close(second);
	end_hold(pid);
	assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);

	pid = hold(f, "BEGIN EXCLUSIVE", NULL, 0, 0);
	since = start_wait(f);
	rc = vw_registry_open(&f->tree.host, false, &second, &f->err);
	assert_timeout(f, rc, since);
	assert_null(second);
	since = start_wait(f);
	rc = vw_registry_find_vf(f->r, &claim.vf, &claim, &f->err);
	assert_timeout(f, rc, since);
	end_hold(pid);

	/* A reader that stays keeps a commit waiting; nothing of it is left then. */
	pid = hold(f, "BEGIN; SELECT * FROM vf", NULL, 0, 0);
	since = start_wait(f);
	assert_timeout(f, claim_one(f->r, 2, 6, &f->err), since);
	end_hold(pid);
	assert_int_equal(find_vf(f->r, 6, &claim), 0);
	assert_int_equal(claim_one(f->r, 2, 6, &f->err), 0);
	assert_false(exists(f, DB ".corrupt-1"));
}

/* One who lets go in time. */
static void test_patience(void **state)
{
	struct fixture *f = *state;
	int64_t since;
	pid_t pid = hold(f, "BEGIN EXCLUSIVE", NULL, 0, 200);

	f->tree.host.deadline = vw_deadline_in(20000);
	since = now_ms();
	assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
	assert_in_range(now_ms() - since, 100, 10000);
	end_hold(pid);
}

/* A deadline that has passed forbids waiting, not working: a reset's result can still be written down. */
static void test_passed(void **state)
{
	struct fixture *f = *state;
	struct vw_vf_claim claim;

	f->tree.host.deadline.at_ms = 1;
	assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
	assert_int_equal(find_vf(f->r, 5, &claim), 1);
}

static void test_create_waits(void **state)
{
	struct fixture *f = *state;
	int64_t since;
	pid_t pid = hold(f, NULL, DIR "/registry.lock", 0, 0);
	int rc;

	start_wait(f);
	assert_int_equal(open_rc(f, false), 0); /* a good one needs no lock */
	drop(f);
	unlink(full(f, DB));
	since = start_wait(f);
	rc = open_rc(f, false);
	assert_timeout(f, rc, since);
	assert_false(exists(f, DB));
	end_hold(pid);
	assert_int_equal(open_rc(f, false), 0);
}

/* A corrupt file in which somebody is writing is not moved away under him. */
static void test_aside_waits(void **state)
{
	struct fixture *f = *state;
	int64_t since;
	pid_t pid;
	int rc;

	tree_file(&f->tree, DB, "this is no database at all");
	pid = hold(f, NULL, DB, 0x40000001, 0);
	since = start_wait(f);
	rc = open_rc(f, false);
	assert_timeout(f, rc, since);
	assert_true(exists(f, DB));
	assert_false(exists(f, DB ".corrupt-1"));
	end_hold(pid);
	start_wait(f);
	assert_int_equal(open_rc(f, false), 0);
	assert_string_equal(vw_registry_set_aside(f->r), DB ".corrupt-1");
}

/* Runs a check in a child, whose limits and rights are its own. */
static void in_child(struct fixture *f, int (*check)(struct fixture *f))
{
	int status;
	pid_t pid;

	pid = fork();
	if (pid == 0) {
		int line = check(f);

		if (line && line != 77)
			fprintf(stderr, "line %d: %s\n", line, f->err.msg);
		_exit(line == 0 ? 0 : line == 77 ? 77 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			return __LINE__;                                                           \
	} while (0)

/* Claims until there is no room: the last one has failed as a whole, the others stand. */
static int fill(struct fixture *f, unsigned int *n)
{
	struct vw_vf_claim claim;
	unsigned int i;
	int rc = 0;

	for (i = 0; i < 8000 && rc == 0; i++)
		rc = claim_one(f->r, i, i, &f->err);
	*n = i - 1;
	if (rc == 0 || vw_registry_set_aside(f->r))
		return 0;
	for (i = 0; i <= *n; i++)
		if (find_vf(f->r, i, &claim) != (i < *n))
			return 0;
	return rc;
}

static int check_limit(struct fixture *f)
{
	struct rlimit limit = { 80 << 10, 80 << 10 };
	unsigned int n;
	int rc;

	signal(SIGXFSZ, SIG_IGN);
	CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	/* SQLite rolls back before it can be asked for the errno, so it may be lost. */
	rc = fill(f, &n);
	CHECK(rc == -EFBIG || rc == -EIO);
	CHECK(strstr(f->err.msg, DB));
	CHECK(n > 50);
	return 0;
}

/* Mounts of our own. The root's descriptor belongs to the old ones. */
static bool own_mounts(struct fixture *f)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return false;
	vw_host_close(&f->tree.host);
	return vw_host_open(&f->tree.host, f->tree.root, &f->err) == 0;
}

static int check_full(struct fixture *f)
{
	unsigned int n;
	int rc;

	drop(f);
	if (!own_mounts(f) || mount("none", full(f, "/run"), "tmpfs", 0, "size=256k") < 0)
		return 77;
	CHECK(vw_registry_open(&f->tree.host, false, &f->r, &f->err) == 0);
	CHECK(fill(f, &n) == -ENOSPC);
	CHECK(strstr(f->err.msg, strerror(ENOSPC)));
	CHECK(n > 50);
	drop(f);
	/* No room to begin one. */
	CHECK(mount("none", full(f, "/run"), "tmpfs", 0, "size=8k") == 0);
	rc = vw_registry_open(&f->tree.host, false, &f->r, &f->err);
	CHECK(rc == -ENOSPC && !f->r);
	CHECK(strstr(f->err.msg, strerror(ENOSPC)));
	CHECK(!exists(f, DB) && !exists(f, DB ".new"));
	/* Nothing may be written at all. */
	CHECK(mount("none", full(f, "/run"), "tmpfs", MS_RDONLY, NULL) == 0);
	CHECK(vw_registry_open(&f->tree.host, false, &f->r, &f->err) == -EROFS);
	CHECK(vw_registry_open(&f->tree.host, true, &f->r, &f->err) == -ENOENT);
	return 0;
}

static int check_read_only_mount(struct fixture *f)
{
	struct vw_vf_claim claim;
	char run[128];

	CHECK(claim_one(f->r, 1, 5, &f->err) == 0);
	drop(f);
	snprintf(run, sizeof(run), "%s/run", f->tree.root);
	if (!own_mounts(f) || mount(run, run, NULL, MS_BIND, NULL) < 0 ||
		mount(NULL, run, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) < 0)
		return 77;
	CHECK(vw_registry_open(&f->tree.host, false, &f->r, &f->err) == -EROFS);
	CHECK(strstr(f->err.msg, strerror(EROFS)));
	CHECK(vw_registry_open(&f->tree.host, true, &f->r, &f->err) == 0);
	CHECK(find_vf(f->r, 5, &claim) == 1);
	return 0;
}

static int check_rights(struct fixture *f)
{
	drop(f);
	if (geteuid() != 0)
		return 77;
	CHECK(chmod(f->tree.root, 0755) == 0);
	CHECK(setresuid(65534, 65534, 65534) == 0);
	CHECK(vw_registry_open(&f->tree.host, false, &f->r, &f->err) == -EACCES);
	CHECK(strstr(f->err.msg, DIR) && strstr(f->err.msg, strerror(EACCES)));
	CHECK(vw_registry_open(&f->tree.host, true, &f->r, &f->err) == -EACCES);
	CHECK(exists(f, DIR) && !f->r);
	return 0;
}

/* Opened as root, then no longer: whatever cannot be written is an error, and nothing is set aside for it. */
static int check_lost_rights(struct fixture *f)
{
	if (geteuid() != 0)
		return 77;
	CHECK(setresuid(65534, 65534, 65534) == 0);
	CHECK(claim_one(f->r, 1, 5, &f->err) < 0);
	CHECK(f->err.msg[0] && !vw_registry_set_aside(f->r));
	return 0;
}

static void test_limit(void **state)
{
	in_child(*state, check_limit);
}
static void test_full(void **state)
{
	in_child(*state, check_full);
}
static void test_read_only_mount(void **state)
{
	in_child(*state, check_read_only_mount);
}
static void test_rights(void **state)
{
	in_child(*state, check_rights);
}
static void test_lost_rights(void **state)
{
	in_child(*state, check_lost_rights);
}

/* Something else where the directory should be. */
static void test_no_directory(void **state)
{
	struct fixture *f = *state;

	drop(f);
	unlink(full(f, DB));
	unlink(full(f, DIR "/registry.lock"));
	assert_int_equal(rmdir(full(f, DIR)), 0);
	tree_file(&f->tree, DIR, "a file");
	assert_int_equal(open_rc(f, false), -ENOTDIR);
	assert_int_equal(open_rc(f, true), -ENOTDIR);
	unlink(full(f, DIR));
	tree_dir(&f->tree, "/elsewhere");
	assert_int_equal(symlink("/elsewhere", full(f, DIR)), 0);
	assert_true(open_rc(f, false) < 0);
	assert_false(exists(f, "/elsewhere/registry.db"));
	unlink(full(f, DIR));
	tree_dir(&f->tree, DIR "/registry.lock");
	assert_int_equal(open_rc(f, false), -EISDIR);
	assert_non_null(strstr(f->err.msg, "registry.lock"));
}

static int64_t answer(struct vw_query *q)
{
	int64_t value;

	assert_int_equal(vw_query_step(q), 1);
	value = vw_query_get_int(q, 0, 1000);
	assert_int_equal(vw_query_row_ok(q), 0);
	return value;
}

/* One question asked twice at the same time, and again later: no answer is the other's. */
static void test_kept(void **state)
{
	static const char sql[] = "SELECT ?1 UNION SELECT 500 ORDER BY 1";
	struct fixture *f = *state;
	struct vw_query a, b;

	vw_query_open(&a, f->r, sql, &f->err);
	vw_query_int(&a, 1);
	vw_query_open(&b, f->r, sql, &f->err);
	vw_query_int(&b, 2);
	assert_int_equal(answer(&a), 1);
	assert_int_equal(answer(&b), 2);
	assert_int_equal(answer(&a), 500);
	vw_query_close(&b);
	vw_query_close(&a);

	vw_query_open(&a, f->r, sql, &f->err);
	vw_query_int(&a, 3);
	assert_int_equal(answer(&a), 3);
	vw_query_close(&a);

	/* A parameter that nobody sets is nothing, and not what it was before. */
	vw_query_open(&a, f->r, sql, &f->err);
	assert_int_equal(vw_query_step(&a), 1);
	assert_int_equal(sqlite3_column_type(a.stmt, 0), SQLITE_NULL);
	vw_query_close(&a);
}

/* More questions than are kept. */
static void test_not_kept(void **state)
{
	struct fixture *f = *state;
	char sql[40][16];

	for (int64_t turn = 0; turn < 2; turn++) {
		for (int64_t i = 0; i < 40; i++) {
			struct vw_query q;

			snprintf(sql[i], sizeof(sql[i]), "SELECT %d", (int)i);
			vw_query_open(&q, f->r, sql[i], &f->err);
			assert_int_equal(answer(&q), i);
			vw_query_close(&q);
		}
	}
}

/* A question that was not asked to its end leaves no lock behind. */
static void test_no_lock_left(void **state)
{
	struct fixture *f = *state;
	struct vw_query q;
	sqlite3 *other;

	assert_int_equal(sqlite3_open(full(f, DB), &other), SQLITE_OK);
	vw_query_open(&q, f->r, "SELECT count(*) FROM vf UNION ALL SELECT 7", &f->err);
	answer(&q);
	assert_int_equal(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_BUSY);
	vw_query_close(&q);
	assert_int_equal(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_deadline),
		T(test_patience),
		T(test_passed),
		T(test_create_waits),
		T(test_aside_waits),
		T(test_limit),
		T(test_full),
		T(test_read_only_mount),
		T(test_rights),
		T(test_lost_rights),
		T(test_no_directory),
		T(test_kept),
		T(test_not_kept),
		T(test_no_lock_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
