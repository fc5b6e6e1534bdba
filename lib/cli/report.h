/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report: findings for people, the same in every program. */
#ifndef VW_REPORT_H
#define VW_REPORT_H

#include "finding.h"
#include "output.h"

/* All findings, as vw_finding_write does, with the severity in colour. With -q only WARN and FAIL. 0 or -ENOMEM. */
int vw_report_findings(const struct vw_output *output, const struct vw_findings *findings);

#endif
