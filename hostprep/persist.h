/* SPDX-License-Identifier: GPL-2.0-or-later */
/* persist: what the files persist*.c share: VFs that come at every boot. */
#ifndef VW_PERSIST_H
#define VW_PERSIST_H

#include "modules.h"
#include "plan.h"

/* How the VFs of a PF are made at boot. */
enum vw_persist_way {
	VW_PERSIST_NOT,      /* not by us: somebody else does it, or a finding says why not */
	VW_PERSIST_SYSFS,    /* sriov_numvfs: udev rule and unit, or rc.local */
	VW_PERSIST_MODPROBE, /* an option of the driver */
};

struct vw_persist {
	const struct vw_host *host;
	const struct vw_request *request;
	struct vw_plan *plan;
	struct vw_findings *findings;
	enum vw_persist_way *ways; /* of each PF of the request */
	struct vw_kernels kernels;
	struct vw_modprobe_conf modprobe; /* as it is now */
	bool systemd;
};

/* The driver's option for the number of VFs; NULL: it has none. */
const char *vw_persist_option(const char *driver);
/* The names of drivers with such an option, one after the other; NULL: no more. */
const char *vw_persist_driver(size_t i);
/* The driver that the VFs of this driver's PFs get; NULL: the same one, or not known. */
const char *vw_persist_vf_driver(const char *driver);
/* Is it the first PF of the request with its driver? */
bool vw_persist_first(const struct vw_persist *p, size_t pf);
bool vw_persist_any(const struct vw_persist *p, enum vw_persist_way way);

/* Each adds the steps and findings of its part. 0 or -errno. */
int vw_persist_vfs_conf(struct vw_persist *p, struct vw_error *err); /* with rule and unit */
int vw_persist_verify_unit(struct vw_persist *p, struct vw_error *err);
int vw_persist_rc_local(struct vw_persist *p, struct vw_error *err);
int vw_persist_modprobe(
	struct vw_persist *p, struct vw_error *err); /* other's options, and our own file */
int vw_persist_initramfs(struct vw_persist *p, struct vw_error *err);

/* The value that an option of a driver must have, in every installed kernel's syntax. 1 = *value, 0 = a finding says why there is none,
 * -errno. */
int vw_persist_count_value(
	struct vw_persist *p, const char *driver, struct vw_bytes *value, struct vw_error *err);
int vw_persist_sfp_value(struct vw_persist *p, struct vw_bytes *value, struct vw_error *err);
/* Would it be best to keep the host's driver off new VFs by autoprobe (else by a blacklist)? */
bool vw_persist_autoprobe(const struct vw_persist *p, const struct vw_pf_request *pf);

#endif
