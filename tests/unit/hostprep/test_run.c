/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of hostprep/run.c. */
#include "files.h"

#include "run.h"

#include <signal.h>
#include <time.h>

#define LIMIT 20000

static int shell(
	const char *script, unsigned int limit_ms, struct vw_bytes *output, struct vw_error *err)
{
	char *argv[] = { "/bin/sh", "-c", (char *)script, NULL };

	return vw_run(argv, limit_ms, output, err);
}

static void test_status(void **state)
{
	static const struct {
		const char *script;
		int rc;
		const char *says;
	} rows[] = {
		{ "true", 0, "" },
		{ "exit 3", -EIO, "/bin/sh failed with status 3" },
		{ "kill -9 $$", -EIO, "/bin/sh was ended by signal 9" },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(rows); i++) {
		vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
		struct vw_error err = { 0 };

		assert_int_equal(shell(rows[i].script, LIMIT, &out, &err), rows[i].rc);
		assert_string_equal(err.msg, rows[i].says);
		assert_int_equal(out.len, 0);
	}
}

static void test_cannot_start(void **state)
{
	char *argv[] = { "/nowhere/program", NULL };
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
	struct vw_error err;

	(void)state;
	assert_int_equal(vw_run(argv, LIMIT, &out, &err), -ENOENT);
	assert_string_equal(err.msg, "cannot run /nowhere/program: No such file or directory");
}

/* Its environment, its standard input, its descriptors. */
static void test_surroundings(void **state)
{
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
	vw_auto_close int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct vw_error err;

	(void)state;
	setenv("VFWARD_TEST_SECRET", "x", 1);
	assert_int_equal(
		shell("/usr/bin/env | grep -v ^PWD= | grep -v ^_= | grep -v ^SHLVL= | sort; "
		      "read line || echo end; ls /proc/self/fd | wc -l",
			LIMIT, &out, &err),
		0);
	assert_string_equal(out.data, "LC_ALL=C\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/"
				      "usr/bin:/sbin:/bin\nend\n4\n");
}

static void test_output(void **state)
{
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 }, both = { 0 };
	struct vw_error err;

	(void)state;
	assert_int_equal(shell("echo one; echo two >&2", LIMIT, &both, &err), 0);
	assert_string_equal(both.data, "one\ntwo\n");
	/* the last 16 KiB of a program that says more than a pipe takes */
	assert_int_equal(shell("seq 1 100000", LIMIT, &out, &err), 0);
	assert_true(out.len <= 16384 && out.len > 12000);
	assert_string_equal(out.data + out.len - 14, "\n99999\n100000\n");
}

/* Whoever hangs is killed, with what it has started. */
static void test_time_limit(void **state)
{
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
	struct timespec begin, end;
	struct vw_error err;
	int child;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &begin);
	assert_int_equal(shell("trap '' TERM; sleep 300 & echo $!; sleep 300", 1000, &out, &err),
		-ETIMEDOUT);
	clock_gettime(CLOCK_MONOTONIC, &end);
	assert_true(end.tv_sec - begin.tv_sec < 60);
	assert_string_equal(err.msg, "/bin/sh did not end within 1 s, and was killed");
	child = atoi(out.data);
	assert_true(child > 1);
	for (int i = 0; i < 100 && kill(child, 0) == 0; i++) {
		char path[64], stat[512] = "";
		int fd;

		snprintf(path, sizeof(path), "/proc/%d/stat", child);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0 && read(fd, stat, sizeof(stat) - 1) > 0 && strstr(stat, ") Z "))
			i = 100; /* dead, and somebody else's to wait for */
		if (fd >= 0)
			close(fd);
		if (i == 99)
			fail_msg("process %d lives on", child);
		usleep(50000);
	}
}

/* What it leaves in the background with its output open is not waited for. */
static void test_background(void **state)
{
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
	struct timespec begin, end;
	struct vw_error err;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &begin);
	assert_int_equal(shell("sleep 30 & echo $!", LIMIT, &out, &err), 0);
	clock_gettime(CLOCK_MONOTONIC, &end);
	assert_true(end.tv_sec - begin.tv_sec < 15);
	kill(atoi(out.data), SIGKILL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_cannot_start),
		cmocka_unit_test(test_surroundings),
		cmocka_unit_test(test_output),
		cmocka_unit_test(test_time_limit),
		cmocka_unit_test(test_background),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
