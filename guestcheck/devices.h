/* SPDX-License-Identifier: GPL-2.0-or-later */
/* devices: the VF devices that are known: PCI ids, Linux modules, Windows services (vf-devices.conf, which explains itself). */
#ifndef VW_DEVICES_H
#define VW_DEVICES_H

#include "error.h"
#include "finding.h"

#include <stdint.h>

#define VW_DEVICES_FILE "vf-devices.conf"

/* Lists are NULL-terminated and may be empty, never NULL. */
struct vw_vf_device {
	uint16_t vendor, device;
	char *name;      /* "82599 Virtual Function"; "" = the table does not know the device */
	char **families; /* "82599", "X520": what --adapter takes; without case */
	char **linux_modules; /* as they are called in any kernel: "iavf", "i40evf"; "_" for "-" */
	char **windows_services; /* "vxn" */
	char **windows_infs;     /* stems of their INF files, as globs: "vxn*", "netvxx64" */
	bool hyperv;             /* the id that only a Hyper-V host shows */
	bool default_set;        /* what is checked when nobody names a device */
	bool shared_module;      /* PF and VF have one module: only the alias proves the VF */
};
struct vw_devices {
	struct vw_vf_device *v;
	size_t n;
};
void vw_devices_free(struct vw_devices *devices);

/* The table: DATADIR/vf-devices.conf ($VFWARD_DATADIR before the installed one), then [device …] sections of /etc/vfward/guestcheck.d.
 * Mistakes become FAIL findings with file and line. 0 or -ENOMEM. (Read together with the policy: see policy.h.) */

/* "8086:10ed", in either case; false: it is none. */
bool vw_device_id_parse(const char *text, uint16_t *vendor, uint16_t *device);

/* By id, or NULL. */
const struct vw_vf_device *vw_devices_find(
	const struct vw_devices *devices, unsigned int vendor, unsigned int device);

/* Does the device belong to this family? Without case. */
bool vw_device_in_family(const struct vw_vf_device *device, const char *family);

#endif
