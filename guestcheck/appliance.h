/* SPDX-License-Identifier: GPL-2.0-or-later */
/* appliance: libguestfs, started so that it cannot be led astray, and in software where the machine's KVM does not work. */
#ifndef VW_APPLIANCE_H
#define VW_APPLIANCE_H

#include "error.h"
#include "finding.h"

#include <guestfs.h>
#include <stdbool.h>

struct vw_appliance_disk {
	const char *path;
	const char *format; /* never NULL */
};

/* Starts an appliance with these disks, read-only. *accelerator: "kvm" or "tcg". A WARN in *findings when KVM was given up; software: it is not
 * tried. 0; -EBADMSG with a message: a disk cannot be opened; another -errno with a message: there is no appliance. */
int vw_appliance_start(const struct vw_appliance_disk *disks, size_t n_disks, bool software,
	guestfs_h **g, const char **accelerator, struct vw_findings *findings,
	struct vw_error *err);

/* The first line of what the last call that failed says; valid until the next one. */
const char *vw_appliance_reason(guestfs_h *g);

/* The errno of the last call that failed, negative; -EIO where it left none, or the appliance is gone. */
int vw_appliance_errno(guestfs_h *g);

#endif
