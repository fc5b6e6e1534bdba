/* SPDX-License-Identifier: GPL-2.0-or-later */
/* adapters: the table of network adapters (sriov-adapters.tsv, which explains its columns): which have SR-IOV, and with what VFs. */
#ifndef VW_ADAPTERS_H
#define VW_ADAPTERS_H

#include "finding.h"
#include "error.h"

#include <stdint.h>

#define VW_ADAPTERS_FILE "sriov-adapters.tsv"

enum vw_adapter_limit { VW_LIMIT_UNKNOWN, VW_LIMIT_PORT, VW_LIMIT_DEVICE, VW_LIMIT_FIRMWARE };

struct vw_adapter {
	uint16_t vendor, pf, vf, hyperv; /* vf, hyperv 0 = not known */
	char driver[32], family[32], name[96];
	int vfs; /* -1 = not known, 0 = it has no SR-IOV */
	enum vw_adapter_limit limit;
};

struct vw_adapters {
	struct vw_adapter *v;
	size_t n;
};

/* Reads the table from the running system, whatever root is looked at: directory $VFWARD_DATADIR, or where it was installed. Each line that cannot be
 * understood is left out, with a WARN adapter-table that names file and line; so is a missing file. 0 or -ENOMEM. */
int vw_adapters_load(
	struct vw_adapters *adapters, struct vw_findings *findings, struct vw_error *err);
/* The same from a text; file: its name for the findings. */
int vw_adapters_parse(struct vw_adapters *adapters, const char *text, const char *file,
	struct vw_findings *findings, struct vw_error *err);
void vw_adapters_free(struct vw_adapters *adapters);

/* By the ids of a PF, or NULL. */
const struct vw_adapter *vw_adapters_find(
	const struct vw_adapters *adapters, unsigned int vendor, unsigned int device);
/* By the ids of a VF, as Linux or Hyper-V shows it (*hyperv), or NULL. */
const struct vw_adapter *vw_adapters_find_vf(
	const struct vw_adapters *adapters, unsigned int vendor, unsigned int device, bool *hyperv);

#endif
