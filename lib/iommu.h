/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iommu: the IOMMU group of a function and who in it stands in the way of passing it through. */
#ifndef VW_IOMMU_H
#define VW_IOMMU_H

#include "host.h"
#include "pci_address.h"

/* The function's group number, or -ENOENT where no IOMMU serves it. */
int vw_iommu_group(const struct vw_host *host, const struct vw_pci *pci);

/* True where this driver (base name; "" = none) lets a group be used by vfio: none, any vfio driver, pci-stub,
 * and pcieport (Documentation/driver-api/vfio.rst, "viable"). pci: the function, to recognise vfio variant drivers
 * by their vfio-dev directory. */
bool vw_iommu_driver_viable(
	const struct vw_host *host, const struct vw_pci *pci, const char *driver);

/* Looks for a member of the group, other than `mine` and the n functions in `others`, on a host driver. Bridges do not count.
 * Returns 1 and fills blocker and driver, 0 = none, -errno. */
int vw_iommu_blocker(const struct vw_host *host, int group, const struct vw_pci *mine,
	const struct vw_pci *others, size_t n, struct vw_pci *blocker, char *driver, size_t size);

#endif
