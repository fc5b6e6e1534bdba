/* SPDX-License-Identifier: GPL-2.0-or-later */
/* request: what the admin asked for: so many VFs on these PFs, and how. */
#ifndef VW_REQUEST_H
#define VW_REQUEST_H

#include "finding.h"
#include "host.h"
#include "mac.h"
#include "options.h"
#include "pci_address.h"

#include <net/if.h>

enum vw_method { VW_METHOD_AUTO, VW_METHOD_SYSFS, VW_METHOD_MODPROBE };

struct vw_pf_request {
	char *given;           /* IFACE, ADDRESS or MAC as it was given */
	unsigned int count;    /* VFs */
	struct vw_pci pf;      /* all below: resolved */
	char netdev[IFNAMSIZ]; /* "" = it has none here */
	struct vw_mac mac;     /* all-zero = not known */
	char driver[32];       /* "" = none is bound */
};

struct vw_request {
	struct vw_pf_request *pfs;
	size_t n_pfs;
	bool passthrough, allow_unsupported_sfp, blacklist_vf_driver;
	enum vw_method method;
	const char *bootloader; /* NULL = find out */
};

/* Reads --pf, --passthrough, … 0; -EINVAL with a message: the command line is wrong. */
int vw_request_parse(
	const struct vw_options *options, struct vw_request *request, struct vw_error *err);
/* "PF=COUNT"; likewise. */
int vw_request_add(struct vw_request *request, const char *text, struct vw_error *err);
void vw_request_free(struct vw_request *request);

/* Finds the PFs: FAIL findings for one that is not there, is no PF, has no SR-IOV, can have fewer VFs, was named twice. A root without
 * /sys takes addresses alone, which become SKIP findings. 0 or -errno. */
int vw_request_resolve(const struct vw_host *host, struct vw_request *request,
	struct vw_findings *findings, struct vw_error *err);

#endif
