/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_vfio: is there a vfio-pci for the VFs? */
#include "check.h"

int vw_check_vfio(struct vw_check *check, struct vw_error *err)
{
	(void)err;
	if (vw_host_existsf(check->host, "/sys/bus/pci/drivers/vfio-pci"))
		vw_finding_add(check->findings, VW_PASS, "vfio-module", "vfio-pci", NULL,
			"vfio-pci is loaded, or part of the kernel");
	else
		vw_check_skip(check, "vfio-module");
	return 0;
}
