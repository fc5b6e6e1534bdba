/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs: the VFs of PFs, changed now: what is wanted of one PF, who uses its VFs, and the change itself.
 *
 * Theory of operation. Nobody may get a VF that is about to vanish, and nobody may lose one that he has.
 *   1. reserve  the PF, its VFs and those to come, in the registry: from then on nobody who goes through the hook gets one;
 *   2. look     who has one of the VFs all the same: claims, vfio and UIO, network namespaces, the host. Anybody: refuse, nothing has been changed;
 *   3. take     what the dead have left: claims whose domain is gone, VFs that did not come clean. What removes the VF cleans it;
 *   4. write    0, and then the number, because the kernel knows no other way (drivers/pci/iov.c: N to M is EBUSY). A number that the driver
 *               refuses is followed by the former one;
 *   5. look     at what has come of it, because drivers say yes and do less;
 *   6. end      the reservation. */
#ifndef VW_VFS_H
#define VW_VFS_H

#include "program.h"
#include "registry.h"
#include "request.h"
#include "vfs_writer.h"

/* One VF that there is. */
struct vw_vf_slot {
	uint32_t index;
	struct vw_pci pci;
};

struct vw_vfs_job {
	struct vw_pf_request *pf; /* resolved; count: how many VFs are wanted */
	int autoprobe;            /* may the host's driver bind the new VFs: 0, 1, -1 = as it is */
	bool boot;                /* drivers that are not there yet may come */
	unsigned int seconds;     /* how long the kernel may take for one answer */
	struct vw_vf_slot *before, *after;
	size_t n_before, n_after;
	bool due;    /* there is something to change */
	bool looked; /* `after` is what there is now */
	bool changed;
	struct vw_vf_claim *dead; /* claims that go with the VFs */
	size_t n_dead;
};
void vw_vfs_job_free(struct vw_vfs_job *job);

/* The VFs that a PF has now, by number, as its virtfnN links tell: reading sriov_numvfs waits for whoever is changing it. 0 or -errno with a message. */
int vw_vfs_list(const struct vw_host *host, const struct vw_pci *pf, struct vw_vf_slot **slots,
	size_t *n, struct vw_error *err);

/* Steps 1 and 2. FAIL findings name who is in the way; then the reservation is of no use. 0 or -errno with a message. */
int vw_vfs_reserve(const struct vw_host *host, struct vw_registry *registry, struct vw_vfs_job *job,
	const struct vw_vfs_writer *writer, struct vw_findings *findings, struct vw_error *err);

/* Steps 3 to 5; registry may be NULL. What came of it is a finding. 0 or -errno with a message. */
int vw_vfs_change(const struct vw_host *host, struct vw_registry *registry, struct vw_vfs_job *job,
	struct vw_vfs_writer *writer, struct vw_findings *findings, struct vw_error *err);

/* Findings, and what there is before and now. 0 or -ENOMEM. */
int vw_vfs_show(struct vw_context *context, const struct vw_vfs_job *jobs, size_t n,
	const struct vw_findings *findings);

/* Why a write to sriov_numvfs failed (code: the kernel's errno), and what helps. */
struct vw_vfs_why {
	const char *why, *remedy;
};
struct vw_vfs_why vw_vfs_explain(const char *driver, int code);
/* Does this driver make no VFs while the PF is down? */
bool vw_vfs_driver_wants_up(const char *driver);

#endif
