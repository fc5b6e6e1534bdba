/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy: the data that guestcheck goes by: devices, and rules about versions and releases. Shipped, and extended by the operator. */
#ifndef VW_POLICY_H
#define VW_POLICY_H

#include "devices.h"
#include "linux.h"
#include "result.h"

#define VW_POLICY_FILE "guestcheck-policy.conf"
#define VW_POLICY_DIR  "/etc/vfward/guestcheck.d"

struct vw_policy_rule;
struct vw_policy {
	struct vw_devices devices;
	struct vw_policy_rule *rules;
	size_t n_rules;
};

/* Reads DATADIR/vf-devices.conf and DATADIR/guestcheck-policy.conf ($VFWARD_DATADIR before the installed place), *.conf of
 * /etc/vfward/guestcheck.d, and `extra` (--policy; NULL = none), in this order; later sections of the same name take the place of earlier ones.
 * Mistakes, and missing shipped files or extra, become FAIL findings with file and line: the caller stops then (exit 2). 0 or -ENOMEM. */
int vw_policy_load(const struct vw_host *host, const char *extra, struct vw_policy *policy,
	struct vw_findings *findings, struct vw_error *err);
void vw_policy_free(struct vw_policy *policy);

/* Applies every rule that fits to the devices of a system that has been examined: verdicts get worse, never better; notes become
 * evidence or findings; what counts of a Linux system's kernels is summed up anew. 0 or -ENOMEM. */
int vw_policy_apply(
	const struct vw_policy *policy, enum vw_kernel_policy kernels, struct vw_system *system);

#endif
