/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tune: what was changed of interrupts and queues, so that it can be taken back. */
#ifndef VW_TUNE_H
#define VW_TUNE_H

#include "irq.h"
#include "irqbalance.h"

/* Kept in /run/vfward/tune.json: nothing of it survives a reboot. */
struct vw_tune_state {
	struct vw_affinities
		changed;     /* ->now is what it was before tune, ->want what tune made of it */
	struct vw_bans bans; /* what tune has told irqbalance to keep off */
};

/* 1 = read, 0 = there is none, -errno with a message that names the file. */
int vw_tune_state_read(
	const struct vw_host *host, struct vw_tune_state *state, struct vw_error *err);
/* An empty state removes the file. */
int vw_tune_state_write(
	const struct vw_host *host, const struct vw_tune_state *state, struct vw_error *err);
void vw_tune_state_free(struct vw_tune_state *state);

/* The entry for the same interrupt or queue of the same function, or NULL. */
struct vw_affinity *vw_tune_state_find(
	const struct vw_tune_state *state, const struct vw_affinity *one);

#endif
