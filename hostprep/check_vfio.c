/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_vfio: is there a vfio-pci for the VFs? */
#include "check.h"

int vw_check_vfio(struct vw_check *check, struct vw_error *err)
{
	static const char id[] = "vfio-module", driver[] = "vfio-pci";

	if (check->kernels.n)
		return vw_check_module(check, driver, id, err);
	if (vw_host_existsf(check->host, "/sys/bus/pci/drivers/vfio-pci"))
		vw_finding_add(check->findings, VW_PASS, id, driver, NULL,
			"vfio-pci is loaded, or part of the kernel");
	else
		vw_finding_add(check->findings, VW_SKIP, id, driver, NULL,
			"vfio-pci is not loaded, and there are no modules to look into");
	return 0;
}
