/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_boot: arguments that stand in the way. */
#include "check.h"

#include "cleanup.h"
#include "cmdline.h"

#include <stdio.h>
#include <string.h>

#define CMDLINE "/proc/cmdline"

static void check_running(struct vw_check *check)
{
	char text[VW_CMDLINE_MAX * 2], culprits[512], remedy[700];
	struct vw_cmdline_state state;
	size_t len = vw_check_head(check->host, text, sizeof(text), CMDLINE);

	if (!len)
		return;
	vw_cmdline_culprits(text, len, culprits, sizeof(culprits));
	snprintf(remedy, sizeof(remedy),
		"take %s out of the boot loader's files (vfward-hostprep apply does it), and "
		"reboot",
		culprits);
	if (culprits[0])
		vw_finding_add(check->findings, check->iommu_active ? VW_WARN : VW_FAIL,
			"iommu-argument", CMDLINE, remedy,
			CMDLINE ": the running kernel was booted with %s", culprits);
	else
		vw_finding_add(check->findings, VW_PASS, "iommu-argument", CMDLINE, NULL,
			"no argument of the running kernel turns the IOMMU off");
	vw_cmdline_read(text, len, &state);
	if (state.pci_noari)
		vw_finding_add(check->findings, VW_WARN, "pci-argument", CMDLINE,
			"take pci=noari out of the boot loader's files, and reboot",
			CMDLINE ": pci=noari leaves most adapters room for 7 VFs at most");
}

int vw_check_boot(struct vw_check *check, struct vw_error *err)
{
	check_running(check);
	(void)err;
	return 0;
}
