/* SPDX-License-Identifier: GPL-2.0-or-later */
/* holder: which process has a VF open through vfio or UIO. */
#ifndef VW_HOLDER_H
#define VW_HOLDER_H

#include "host.h"
#include "pci_address.h"

#include <sys/types.h>

struct vw_holder {
	pid_t pid;
	char comm[32]; /* /proc/PID/comm, not escaped */
	char guest
		[128]; /* QEMU's -name guest=…, not escaped; "" where it is not a QEMU or has none */
};

/* Looks through /proc/N/fd for the function's vfio group (/dev/vfio/GROUP, noiommu-GROUP), its cdev
 * (/dev/vfio/devices/vfioN) or its UIO device (/dev/uioN). group: what vw_iommu_group() said; an error that does not mean "none" is returned. Costs one readlink for every open file of the host: call it
 * only for a function that is on a vfio or UIO driver. Processes that vanish meanwhile are skipped.
 * Returns 1 and fills *holder, 0 = nobody, -errno = nobody found, but not every process could be looked into
 * (-EACCES: not root, or AppArmor or SELinux refuse it; or what went wrong). *holder is zeroed where nobody is found. */
int vw_holder_find(
	const struct vw_host *host, const struct vw_pci *pci, int group, struct vw_holder *holder);

/* What QEMU's command line calls its guest (-name guest=…); "" where the process is no QEMU, has none, or cannot be looked into. */
void vw_holder_guest(const struct vw_host *host, pid_t pid, char *buf, size_t size);

/* 1 where the function is bound to a vfio driver, vfio-pci or a variant (mlx5_vfio_pci…): a vfio-dev directory
 * (kernel ≥ 6.2) or a driver name with "vfio" in it. 0 = it is not, -errno = it cannot be told. */
int vw_holder_on_vfio(const struct vw_host *host, const struct vw_pci *pci);

/* Likewise for a UIO driver (uio_pci_generic, igb_uio), which DPDK uses where there is no IOMMU. */
int vw_holder_on_uio(const struct vw_host *host, const struct vw_pci *pci);

#endif
