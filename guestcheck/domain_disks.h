/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domain_disks: -d DOMAIN: a libvirt domain's disks, and the VFs that its XML names. */
#ifndef VW_DOMAIN_DISKS_H
#define VW_DOMAIN_DISKS_H

#include "request.h"

/* Where a volume of a storage pool lies: its path (freed with free), or NULL: it is no file or block device of this host, or nobody knows it. */
struct vw_volume_source {
	char *(*path)(void *data, const char *pool, const char *volume);
	void *data;
};

/* Disks from a domain's XML, in its order: files, block devices, and volumes that are one of the two (volumes NULL = none is); CD-ROMs and
 * floppies are left out. What cannot be examined (network disks, …) becomes a WARN finding of the image, and a FAIL one where no disk is left. 0,
 * -EBADMSG with a message, -ENOMEM. */
int vw_domain_disks_parse(const char *xml, size_t len, const struct vw_volume_source *volumes,
	struct vw_request_image *image, struct vw_error *err);

/* Asks libvirt (request->uri, read-only) for request->domain and adds it as an image; vfs: ids of the VFs that its XML names, by address or by a
 * pool of them, as this host knows them (NULL = nobody wants to know). One that this host does not know is a FAIL finding of the image, and sets
 * request->vfs_unknown. A domain or libvirt that is not there becomes a FAIL finding of the request. 0 or -errno. */
int vw_domain_add(const struct vw_host *host, struct vw_check_request *request,
	struct vw_names *vfs, struct vw_findings *findings, struct vw_error *err);

#endif
