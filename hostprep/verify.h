/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verify: is what was applied in force now, and if not, why. */
#ifndef VW_VERIFY_H
#define VW_VERIFY_H

#include "finding.h"
#include "journal.h"

/* patience: how long VFs may be in coming; at boot the driver of a NIC may be bound seconds after all else is up.
 * Looks at everything that the journals say: PASS, or FAIL with the likely cause. *pending: nothing is wrong, but the reboot has not
 * been yet. 0 or -errno with a message. */
int vw_verify(const struct vw_host *host, const struct vw_journals *journals,
	struct vw_deadline patience, bool *pending, struct vw_findings *findings,
	struct vw_error *err);

#endif
