/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest: one installed system, as it is looked at: its files, its registry hives, and what the disks said. Nothing of it is ever run. */
#ifndef VW_GUEST_H
#define VW_GUEST_H

#include "hive.h"
#include "host.h"

struct vw_guest {
	struct vw_host
		files; /* the guest's "/" (Windows: the volume with the system), with all that its fstab mounts */
	const struct vw_hive_source
		*hives; /* NULL: registry hives cannot be read here (a directory) */
	void *hives_data;
	const char *root;       /* where it lies: "/dev/sda1"; or the directory */
	bool esp;               /* its disks have an EFI system partition */
	bool hibernated, dirty; /* Windows: what the NTFS driver says of the volume */
};

#endif
