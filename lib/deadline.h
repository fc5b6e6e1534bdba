/* SPDX-License-Identifier: GPL-2.0-or-later */
/* deadline: one point in time that bounds a whole run. */
#ifndef VW_DEADLINE_H
#define VW_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

struct vw_deadline {
	uint64_t at_ms; /* CLOCK_MONOTONIC, milliseconds; UINT64_MAX = never */
};

/* ms: from now; 0 = never. */
struct vw_deadline vw_deadline_in(uint64_t ms);

/* Milliseconds left, 0 when passed, at most INT_MAX (so it fits poll and SO_RCVTIMEO). */
int vw_deadline_left(const struct vw_deadline *deadline);

/* Sleeps ms or what is left, whichever is shorter; false when the deadline has passed. */
bool vw_deadline_sleep(const struct vw_deadline *deadline, unsigned int ms);

#endif
