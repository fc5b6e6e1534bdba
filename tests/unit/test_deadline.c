/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_deadline: what is left of it, and sleeps that end with it. */
#include "tree.h"

#include "deadline.h"

#include <limits.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>

static uint64_t clock_ms(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void test_never(void **state)
{
	struct vw_deadline never = vw_deadline_in(0);

	(void)state;
	assert_true(never.at_ms == UINT64_MAX);
	assert_int_equal(vw_deadline_left(&never), INT_MAX);
	assert_true(vw_deadline_sleep(&never, 0));
	assert_true(vw_deadline_sleep(&never, 1));
}

static void test_huge(void **state)
{
	static const uint64_t huge[] = { UINT64_MAX, UINT64_MAX - 1, UINT64_MAX / 2,
		(uint64_t)INT_MAX + 10000 };

	(void)state;
	for (size_t i = 0; i < sizeof(huge) / sizeof(huge[0]); i++) {
		struct vw_deadline deadline = vw_deadline_in(huge[i]);

		assert_int_equal(vw_deadline_left(&deadline), INT_MAX);
	}
}

static void test_left(void **state)
{
	struct vw_deadline deadline;
	uint64_t before = clock_ms();
	int left;

	(void)state;
	deadline = vw_deadline_in(60000);
	assert_true(deadline.at_ms >= before + 60000);
	assert_true(deadline.at_ms <= clock_ms() + 60000);
	left = vw_deadline_left(&deadline);
	assert_true(left > 0 && left <= 60000);
	assert_true(left >= 60000 - (int)(clock_ms() - before) - 1);
}

static void test_passed(void **state)
{
	struct vw_deadline now = { clock_ms() }, past = { 0 };
	uint64_t before = clock_ms();

	(void)state;
	assert_int_equal(vw_deadline_left(&now), 0);
	assert_int_equal(vw_deadline_left(&past), 0);
	assert_false(vw_deadline_sleep(&past, 60000));
	assert_false(vw_deadline_sleep(&now, 0));
	assert_true(clock_ms() - before < 30000);
}

static void test_sleep(void **state)
{
	struct vw_deadline deadline = vw_deadline_in(60000);
	uint64_t before = clock_ms();

	(void)state;
	assert_true(vw_deadline_sleep(&deadline, 30));
	assert_true(clock_ms() - before >= 30);
	/* the deadline comes first */
	deadline = vw_deadline_in(30);
	before = clock_ms();
	assert_false(vw_deadline_sleep(&deadline, 50000));
	assert_true(clock_ms() - before >= 28);
	assert_true(clock_ms() - before < 30000);
	assert_int_equal(vw_deadline_left(&deadline), 0);
}

static volatile sig_atomic_t alarms;

static void on_alarm(int signal)
{
	(void)signal;
	alarms++;
}

static void test_sleep_through_signals(void **state)
{
	const struct itimerval every_5ms = { { 0, 5000 }, { 0, 5000 } }, off = { 0 };
	struct sigaction action = { .sa_handler = on_alarm }, old;
	struct vw_deadline never = vw_deadline_in(0);
	uint64_t before = clock_ms();

	(void)state;
	assert_int_equal(sigaction(SIGALRM, &action, &old), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &every_5ms, NULL), 0);
	assert_true(vw_deadline_sleep(&never, 100));
	assert_int_equal(setitimer(ITIMER_REAL, &off, NULL), 0);
	assert_int_equal(sigaction(SIGALRM, &old, NULL), 0);
	assert_true(alarms > 0);
	assert_true(clock_ms() - before >= 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_never),
		cmocka_unit_test(test_huge),
		cmocka_unit_test(test_left),
		cmocka_unit_test(test_passed),
		cmocka_unit_test(test_sleep),
		cmocka_unit_test(test_sleep_through_signals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
