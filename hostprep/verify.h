/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verify: is what was applied in force now, and if not, why. */
#ifndef VW_VERIFY_H
#define VW_VERIFY_H

#include "finding.h"
#include "journal.h"

/* Looks at everything that the journals say: PASS, or FAIL with the likely cause. *pending: nothing is wrong, but the reboot has not
 * been yet. 0 or -errno with a message. */
int vw_verify(const struct vw_host *host, const struct vw_journals *journals, bool *pending,
	struct vw_findings *findings, struct vw_error *err);

#endif
