/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irq: the interrupts of VFs and the receive queues of host netdevs, where they are served now, and moving them. */
#ifndef VW_IRQ_H
#define VW_IRQ_H

#include "cpus.h"
#include "error.h"
#include "host.h"
#include "pci_address.h"

#include <net/if.h>

/* One setting of CPUs: an interrupt's affinity, or a receive queue's RPS mask. */
struct vw_affinity {
	struct vw_pci pci; /* the VF, or the function of the netdev */
	struct vw_pci pf;  /* whose NUMA node counts */
	bool is_rps;
	unsigned int number;   /* of the interrupt or queue */
	char netdev[IFNAMSIZ]; /* RPS: whose queue */
	char name
		[64]; /* of the interrupt's action: "eth0v1-TxRx-0", "vfio-msix[0](0000:01:10.0)"; not escaped */
	struct vw_cpus now, want;
	bool fixed; /* want is to be as now: nothing better is known */
};

struct vw_affinities {
	struct vw_affinity *v;
	size_t n;
};

/* All interrupts of all VFs, in the order of PF, VF and number, found through the PF's virtfnN/msi_irqs: so a VF whose netdev is in
 * a container, or which a guest has through vfio, is there as well; and all receive queues of the netdevs of PFs with VFs, and of their VFs, that
 * are here. Interrupts that vanish meanwhile are left out. 0 or -errno with a message. */
int vw_irq_read(const struct vw_host *host, struct vw_affinities *all, struct vw_error *err);
void vw_affinities_free(struct vw_affinities *all);

/* Fills ->want: interrupts go one to a CPU, round the CPUs of the PF's NUMA node that are online and not isolated; those that are on one of them
 * already stay, as long as that CPU has no more than its share. A receive queue gets the node's CPUs if the netdev has fewer queues than the node
 * has CPUs (Documentation/networking/scaling.rst: RPS), and is fixed otherwise. 0 or -errno with a message. */
int vw_irq_place(const struct vw_host *host, struct vw_affinities *all, struct vw_error *err);

/* The CPUs that it has now. -ENOENT: the interrupt or queue is gone, or the interrupt is another function's. */
int vw_irq_look(const struct vw_host *host, const struct vw_affinity *one, struct vw_cpus *cpus);
/* Sets them and reads back: -EAGAIN = the kernel took it and did something else; -EIO, -EPERM: it does not let this interrupt be moved. */
int vw_irq_set(
	const struct vw_host *host, const struct vw_affinity *one, const struct vw_cpus *cpus);

#endif
