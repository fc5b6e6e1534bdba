/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqbalance: telling a running irqbalance which interrupts are not its business. */
#ifndef VW_IRQBALANCE_H
#define VW_IRQBALANCE_H

#include "error.h"
#include "host.h"

/* The interrupts that irqbalance keeps off. */
struct vw_bans {
	unsigned int *v; /* ascending */
	size_t n;
};
void vw_bans_free(struct vw_bans *bans);
/* 0 or -ENOMEM */
int vw_bans_add(struct vw_bans *bans, unsigned int irq);
void vw_bans_drop(struct vw_bans *bans, unsigned int irq);
bool vw_bans_has(const struct vw_bans *bans, unsigned int irq);
bool vw_bans_equal(const struct vw_bans *a, const struct vw_bans *b);

/* Asks the irqbalance that runs here, through its socket (/run/irqbalance/irqbalancePID.sock, irqbalance ≥ 1.3). 1 = *bans,
 * 0 = none runs, -errno with a message: it runs, and does not answer within a second, or has no socket. */
int vw_irqbalance_get(const struct vw_host *host, struct vw_bans *bans, struct vw_error *err);

/* Replaces its list and reads it back. 0, -errno with a message. */
int vw_irqbalance_set(const struct vw_host *host, const struct vw_bans *bans, struct vw_error *err);

#endif
