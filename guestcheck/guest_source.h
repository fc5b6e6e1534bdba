/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_source: the files of a guest that is mounted in an appliance, as a struct vw_host. */
#ifndef VW_GUEST_SOURCE_H
#define VW_GUEST_SOURCE_H

#include "host.h"

#include <guestfs.h>

/* What may be read of one image, in all. */
#define VW_GUEST_BYTES_MAX   (1ULL << 30)
#define VW_GUEST_CALLS_MAX   (1U << 20)
#define VW_GUEST_ENTRIES_MAX 65536 /* of one directory */

struct vw_guest_source {
	guestfs_h *g;
	uint64_t bytes;
	unsigned int calls;
	bool exhausted; /* a limit was met: what came after is unknown */
};

/* For vw_host_open_source; data is a struct vw_guest_source, whose g is set. What is above a limit fails with -E2BIG. */
extern const struct vw_host_source vw_guest_source;

#endif
