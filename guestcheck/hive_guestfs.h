/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hive_guestfs: registry hives of a guest that is mounted in an appliance, parsed there. */
#ifndef VW_HIVE_GUESTFS_H
#define VW_HIVE_GUESTFS_H

#include "hive.h"

#include <guestfs.h>

/* The whole hive is in the appliance's memory while it is open. */
#define VW_HIVE_BYTES_MAX (256LL << 20)
#define VW_HIVE_CALLS_MAX (1U << 20) /* of one image */

struct vw_hive_guestfs {
	guestfs_h *g;
	unsigned int calls;
	bool is_open;
	bool exhausted;
};

/* data: a struct vw_hive_guestfs, whose g is set. */
extern const struct vw_hive_source vw_hive_guestfs;

#endif
