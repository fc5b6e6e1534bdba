/* SPDX-License-Identifier: GPL-2.0-or-later */
/* image: one guest image (its disks) from the outside in: formats, the appliance, the systems on it. */
#ifndef VW_IMAGE_H
#define VW_IMAGE_H

#include "linux.h"
#include "policy.h"

struct vw_disk {
	const char *path;
	const char *format; /* "raw", "qcow2", …; NULL = probe it under limits */
};

struct vw_image_request {
	const struct vw_disk *disks; /* one machine's, in its order */
	size_t n_disks;
	const char *dir;         /* instead of disks: an unpacked root (--root); NULL = none */
	const char *const *keys; /* --key SELECTOR, as in the virt tools; NULL-terminated */
	bool allow_backing;      /* qcow2 files may have backing files */
	bool software;           /* do not try KVM */
	const struct vw_wanted *wanted;
	const struct vw_policy *policy;
	/* Called when a step begins, for progress: "launch", "inspect", "linux", … static texts. May be NULL. */
	void (*step)(void *data, const char *what);
	void *step_data;
};

/* Examines one image; everything that is wrong with it is in *result. 0; -errno with a message only for what is not the image's fault
 * (-ENOMEM; the appliance cannot be started at all). Runs in a process of its own (jobs.c), which is killed when its time is up. */
int vw_image_examine(const struct vw_image_request *request, struct vw_image_result *result,
	struct vw_error *err);

#endif
