/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux: a Linux guest: its name, its kernels, and for each device whether a kernel of it would load a driver. */
#ifndef VW_LINUX_H
#define VW_LINUX_H

#include "guest.h"
#include "result.h"

/* --kernel: what must hold for a device to pass. */
enum vw_kernel_policy { VW_KERNEL_DEFAULT, VW_KERNEL_ANY, VW_KERNEL_ALL };

struct vw_wanted {
	const struct vw_vf_device **devices; /* in the order asked for */
	size_t n_devices;
	enum vw_kernel_policy kernels;
};

/* Is there a Linux system? (a root with /etc or /usr/lib/os-release, or /lib/modules, …) 1, 0, -errno. */
int vw_linux_detect(const struct vw_guest *guest);

/* Fills *system: everything but what policy rules add. What cannot be read makes devices undetermined, and a finding says why. 0, or
 * -errno with a message where nothing at all can be told (-ENOMEM, -EIO of the appliance). */
int vw_linux_examine(const struct vw_guest *guest, const struct vw_wanted *wanted,
	struct vw_system *system, struct vw_error *err);

/* What counts of every device, from its kernels' checks, which are left as they are; where there are none nothing changes. A default kernel that is
 * not known makes it undetermined, unless it is one of them and they agree. vw_linux_examine ends with it, and rules that changed checks do. */
void vw_linux_sum(struct vw_system *system, enum vw_kernel_policy policy);

/* Advice on what happens in this guest when a VF with another MAC appears: persistent-net rules, HWADDR=, match by MAC, … WARN findings
 * with file and line. 0 or -ENOMEM. (traps.c) */
int vw_linux_traps(const struct vw_host *files, struct vw_findings *findings);

#endif
