/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs_conf: /etc/vfward/vfs.conf: which VFs each PF is to have at every boot (vfward-vfs.conf(5)). */
#ifndef VW_VFS_CONF_H
#define VW_VFS_CONF_H

#include "bytes.h"
#include "finding.h"
#include "host.h"
#include "mac.h"
#include "pci_address.h"

#define VW_VFS_CONF "/etc/vfward/vfs.conf"

/* One section, [0000:01:00.0]. */
struct vw_pf_conf {
	struct vw_pci pf;
	struct vw_mac mac; /* mac = …: permanent MAC that the PF must have; all-zero = not said */
	unsigned int vfs;  /* vfs = N */
	int autoprobe; /* autoprobe = yes|no: may the host's driver bind new VFs; -1 = not said: left as it is */
	unsigned int line; /* of the section */
};
struct vw_vfs_conf {
	struct vw_pf_conf *v; /* in the order of the file */
	size_t n;
};

/* A missing file is an empty one. Each mistake becomes a FAIL finding "vfs-conf-invalid" with subject FILE:LINE, and its section is left
 * out whole: a PF gets the VFs that were written down, or is not touched. 0 even then; -errno only for out of memory. */
int vw_vfs_conf_read(const struct vw_host *host, struct vw_vfs_conf *conf,
	struct vw_findings *findings, struct vw_error *err);
/* The same for a text in memory (text need not end with a NUL). */
int vw_vfs_conf_parse(const char *text, size_t len, struct vw_vfs_conf *conf,
	struct vw_findings *findings, struct vw_error *err);
void vw_vfs_conf_free(struct vw_vfs_conf *conf);

/* NULL: the PF is not in it. */
const struct vw_pf_conf *vw_vfs_conf_find(const struct vw_vfs_conf *conf, const struct vw_pci *pf);

/* The text with the section of want->pf saying what is wanted (as it is, if it does); comments and all else stay byte for byte. want->vfs == 0 takes the
 * section out. The text must be one without mistakes. 0 or -ENOMEM. */
int vw_vfs_conf_set(
	const char *text, size_t len, const struct vw_pf_conf *want, struct vw_bytes *out);

#endif
