/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux_priv: what the parts of linux share: one guest, and one kernel of it, while they are looked at. */
#ifndef VW_LINUX_PRIV_H
#define VW_LINUX_PRIV_H

#include "disabled.h"
#include "kernels.h"
#include "linux.h"
#include "modalias.h"
#include "modinfo.h"
#include "module_index.h"

struct vw_linux_guest {
	const struct vw_guest *guest;
	const struct vw_wanted *wanted;
	struct vw_system *system;
	char *like;     /* ID_LIKE of os-release; "" = none */
	bool any_boots; /* which kernel boots is not known, only with which command line */
	struct vw_load_rules rules;
	struct vw_error rules_why; /* why they cannot be told; "" = they are known */
};
void vw_linux_guest_free(struct vw_linux_guest *linux_guest);

/* A module's file that was looked at: several devices may ask for it. */
struct vw_module_file {
	char *path;
	int rc; /* of vw_modinfo_read */
	struct vw_error why;
	struct vw_modinfo info;
};
struct vw_module_files {
	struct vw_module_file *v;
	size_t n;
};

/* Of one kernel. */
struct vw_linux_kernel {
	const struct vw_linux_guest *linux_guest;
	const struct vw_guest_kernel *kernel;
	bool is_default; /* the command line that is known is, or may be, its own */
	struct vw_module_index index;
	struct vw_module_files files;
	struct vw_error why; /* why the index cannot be told; "" = it is known */
	bool scanned; /* depmod's texts were not there: index has what the modules' own files say */
	bool cut;     /* … but not all of them were looked at: something may be missing */
	bool no_depmod;   /* what modprobe looks into is not there: it finds no module */
	uint16_t machine; /* EM_ of the modules that came with it; EM_NONE = not known */
	bool is_little;   /* its byte order */
};

/* Name, distribution, version, architecture, firmware. 0 or -ENOMEM. */
int vw_linux_identify(struct vw_linux_guest *linux_guest);
/* Is it this distribution, or like it? */
bool vw_linux_is(const struct vw_linux_guest *linux_guest, const char *distro);

/* Reads the index of a kernel, or makes one of its modules' files. 0 or -ENOMEM; anything else is in ->why. */
int vw_linux_kernel_open(struct vw_linux_kernel *kernel);
void vw_linux_kernel_close(struct vw_linux_kernel *kernel);
/* What a module's file says. Valid until the next call. NULL = out of memory. */
const struct vw_module_file *vw_linux_module_file(struct vw_linux_kernel *kernel, const char *path);

/* Makes alias and dep lines of the modules' own .modinfo, in the form of depmod's: of files that have a name of a module known for a wanted
 * device; then, where a device is still without one, of all network drivers. Bounded; sets ->cut. 0 or -ENOMEM. */
int vw_linux_scan(struct vw_linux_kernel *kernel);

/* What this kernel makes of a device. 0 or -ENOMEM (also check->lost). */
int vw_linux_judge(
	struct vw_linux_kernel *kernel, const struct vw_vf_device *device, struct vw_check *check);
/* Of one module that is said to be for the device. 0 or -ENOMEM. */
int vw_linux_judge_module(struct vw_linux_kernel *kernel, const struct vw_vf_device *device,
	const char *module, struct vw_check *check);
/* Is it one of the modules that the table knows for the device? */
bool vw_linux_knows(const struct vw_vf_device *device, const char *module);

/* What to install where a kernel has no driver. */
void vw_linux_remedy(const struct vw_linux_kernel *kernel, const struct vw_vf_device *device,
	struct vw_check *check);

#endif
