/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domain_disks: -d DOMAIN: a libvirt domain's disks, and the VFs that its XML names. */
#ifndef VW_DOMAIN_DISKS_H
#define VW_DOMAIN_DISKS_H

#include "request.h"

/* Disks from a domain's XML, in its order: files and block devices; CD-ROMs and floppies are left out. What cannot be examined
 * (network disks, volumes of pools, …) becomes a WARN finding of the image, and a FAIL one where no disk is left. 0, -EBADMSG with a message, -ENOMEM. */
int vw_domain_disks_parse(
	const char *xml, size_t len, struct vw_request_image *image, struct vw_error *err);

/* Asks libvirt (request->uri, read-only) for request->domain and adds it as an image; vfs: ids of the VFs that its XML names, as this host knows
 * them (NULL = nobody wants to know). A domain or libvirt that is not there becomes a FAIL finding. 0 or -errno. */
int vw_domain_add(const struct vw_host *host, struct vw_check_request *request,
	struct vw_names *vfs, struct vw_findings *findings, struct vw_error *err);

#endif
