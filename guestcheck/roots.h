/* SPDX-License-Identifier: GPL-2.0-or-later */
/* roots: the systems on the disks of an appliance, each mounted read-only as its own fstab says. */
#ifndef VW_ROOTS_H
#define VW_ROOTS_H

#include "fstab.h"
#include "guest.h"
#include "guest_source.h"
#include "hive_guestfs.h"
#include "keys.h"
#include "result.h"

struct vw_roots {
	guestfs_h *g;
	const char *image; /* its name, for messages */
	const struct vw_keys *keys;
	struct vw_findings *findings;
	/* Called for each system while it is mounted. 0, or -errno with a message, which ends the search. */
	int (*visit)(void *data, const struct vw_guest *guest, enum vw_system_type type,
		struct vw_error *err);
	void *data;

	/* private */
	struct vw_volumes volumes;
	struct vw_guest_source source;
	struct vw_hive_guestfs hives;
	struct vw_findings
		doubts; /* what could not be looked at: it weighs more when nothing was found */
	size_t n_systems;
	size_t n_opened; /* encrypted devices */
};

/* Finds and visits all systems. What is wrong with the image goes to ->findings: no system, encrypted, unreadable, … 0 or -errno with a message. */
int vw_roots_visit(struct vw_roots *roots, struct vw_error *err);

#endif
