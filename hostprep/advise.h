/* SPDX-License-Identifier: GPL-2.0-or-later */
/* advise: packet rates and CPU load, and what they say for or against SR-IOV. */
#ifndef VW_ADVISE_H
#define VW_ADVISE_H

#include "config.h"
#include "error.h"
#include "finding.h"
#include "host.h"

#include <net/if.h>
#include <stdint.h>
#include <sys/types.h>

/* What the counters said at one moment. */
struct vw_sample_nic {
	char netdev[IFNAMSIZ];
	uint64_t rx, tx;  /* packets, as the host counts them: a guest's tx is its tap's rx */
	bool is_hardware; /* below it is a PCI function */
	pid_t guest;      /* the QEMU that has this tap or macvtap; 0 = none */
	char name[128];   /* of that guest, not escaped; "" = it has none */
};
struct vw_sample {
	int64_t ns;          /* CLOCK_MONOTONIC */
	uint64_t busy, idle; /* of all CPUs, in ticks; iowait is idle, what guests run is busy */
	struct vw_sample_nic *nics;
	size_t n;
};
/* 0 or -errno with a message. */
int vw_sample_take(const struct vw_host *host, struct vw_sample *sample, struct vw_error *err);
void vw_sample_free(struct vw_sample *sample);

struct vw_rate {
	char name[128]; /* netdev, or guest */
	pid_t guest;    /* 0 = a netdev of the host */
	bool is_hardware;
	double rx_kpps, tx_kpps;
};
struct vw_rates {
	double seconds;
	double cpu; /* percent of all CPUs */
	struct vw_rate *nics, *guests;
	size_t n_nics, n_guests;
};
/* What happened between two samples; netdevs that came or went meanwhile are left out. 0, -ENOMEM, -EINVAL (no time passed). */
int vw_rates_between(
	const struct vw_sample *from, const struct vw_sample *to, struct vw_rates *rates);
void vw_rates_free(struct vw_rates *rates);

/* Says for each guest whether a VF is worth it (WARN sriov-worth, with the measured figures and the thresholds), or that none needs
 * one (PASS sriov-not-needed), or that no guest was seen (SKIP). */
void vw_advise(
	const struct vw_rates *rates, const struct vw_config *config, struct vw_findings *findings);

#endif
