/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hook: what the files of vfward-hook share: one run of the hook. */
#ifndef VW_HOOK_H
#define VW_HOOK_H

#include "config.h"
#include "domain_xml.h"
#include "finding.h"
#include "host.h"
#include "registry.h"

struct vw_hook {
	struct vw_host host;
	struct vw_config config;
	const char *object;    /* argv[1]: the domain's name, as libvirt has it */
	const char *operation; /* argv[2] */
	struct vw_process daemon;
	struct vw_findings findings;
};

/* Is this operation of the qemu hook one that vfward has something to do at? All others, future ones too, are none of our business. */
bool vw_hook_knows(const char *operation);

/* The qemu hook: reads the domain's XML from standard input and carries the operation out. Returns whether libvirt may go on; what there is
 * to say is in hook->findings. */
bool vw_hook_qemu(struct vw_hook *hook);

/* Opens the registry, and rebuilds it from the running domains if it was lost. NULL: it cannot be had, and a finding says why. */
struct vw_registry *vw_hook_registry(struct vw_hook *hook);

/* prepare, and what of start is the same: judge until the answer stands, then claim. VW_AT_START: a claim that stands is kept. */
bool vw_hook_guard(struct vw_hook *hook, const struct vw_domain *domain, bool at_start);

/* Says every finding to syslog, and those that stand in the way to libvirt, which shows stderr if the hook fails. */
void vw_hook_report(const struct vw_hook *hook, bool allowed);

/* Reads standard input to its end, at most VW_DOMAIN_XML_MAX bytes and inside the deadline. Caller frees *data,
 * which holds what was read so far on failure too. 0 or -errno with a message. */
int vw_hook_read_input(const struct vw_host *host, char **data, size_t *len, struct vw_error *err);

#endif
