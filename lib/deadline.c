/* SPDX-License-Identifier: GPL-2.0-or-later */
/* deadline: one point in time that bounds a whole run. */
#include "deadline.h"

#include <errno.h>
#include <limits.h>
#include <time.h>

#define MS_PER_S  1000U
#define NS_PER_MS 1000000L

static uint64_t now_ms(void)
{
	struct timespec now = { 0 };

	/* Cannot fail: the clock exists since Linux 2.6 and the pointer is good. */
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * MS_PER_S + (uint64_t)(now.tv_nsec / NS_PER_MS);
}

struct vw_deadline vw_deadline_in(uint64_t ms)
{
	struct vw_deadline deadline;

	if (!ms || __builtin_add_overflow(now_ms(), ms, &deadline.at_ms))
		deadline.at_ms = UINT64_MAX;
	return deadline;
}

int vw_deadline_left(const struct vw_deadline *deadline)
{
	uint64_t now = now_ms();

	if (now >= deadline->at_ms)
		return 0;
	return deadline->at_ms - now > INT_MAX ? INT_MAX : (int)(deadline->at_ms - now);
}

bool vw_deadline_sleep(const struct vw_deadline *deadline, unsigned int ms)
{
	unsigned int left = (unsigned int)vw_deadline_left(deadline);
	uint64_t until = now_ms() + (ms < left ? ms : left);
	struct timespec at = { .tv_sec = (time_t)(until / MS_PER_S),
		.tv_nsec = (long)(until % MS_PER_S) * NS_PER_MS };

	/* A point in time, so that a signal neither shortens nor stretches the sleep. */
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
		;
	return vw_deadline_left(deadline) > 0;
}
