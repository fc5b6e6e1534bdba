/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check: what `vfward-hostprep check` looks at, one file a subject; each adds findings. */
#ifndef VW_CHECK_H
#define VW_CHECK_H

#include "finding.h"
#include "host.h"

struct vw_check {
	const struct vw_host *host;
	struct vw_findings *findings;
	bool no_sys; /* a root without /sys: what needs it is a SKIP */
};

#endif
