/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iommu: the IOMMU group of a function and who in it stands in the way of passing it through. */
#include "iommu.h"

#include "sysfs.h"
#include "text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

int vw_iommu_group(const struct vw_host *host, const struct vw_pci *pci)
{
	char name[NAME_MAX + 1];
	uint64_t group;
	int rc = vw_sysfs_pci_link(host, pci, "iommu_group", name, sizeof(name));

	if (rc < 0)
		return rc;
	rc = vw_text_u64(name, 10, INT_MAX, &group);
	return rc < 0 ? -EBADMSG : (int)group;
}

bool vw_iommu_driver_viable(
	const struct vw_host *host, const struct vw_pci *pci, const char *driver)
{
	struct vw_names names;
	int rc;

	if (driver[0] == '\0' || strcmp(driver, "pci-stub") == 0 || strcmp(driver, "pcieport") == 0)
		return true;
	if (strstr(driver, "vfio"))
		return true;
	rc = vw_sysfs_pci_list(host, pci, "vfio-dev", &names);
	vw_names_free(&names);
	return rc == 0;
}

/* PCI-to-PCI and CardBus bridges, whose drivers leave DMA to the IOMMU's owner (driver_managed_dma, Linux ≥ 5.19;
 * before, vfio_dev_driver_allowed() passed every header that is not of type 0). Host and ISA bridges have
 * type 0 headers and count as any other function. */
static bool is_bridge(const struct vw_host *host, const struct vw_pci *pci)
{
	long class_code;

	if (vw_sysfs_pci_number(host, pci, "class", &class_code) < 0)
		return false;
	return class_code >> 8 == 0x0604 || class_code >> 8 == 0x0607;
}

static bool among(const struct vw_pci *pci, const struct vw_pci *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (vw_pci_equal(pci, &list[i]))
			return true;
	return false;
}

/* Whether this member is in the way: 1 with its driver, 0 = no, -errno. */
static int blocks(const struct vw_host *host, const struct vw_pci *pci, char *driver, size_t size)
{
	int rc = vw_sysfs_pci_link(host, pci, "driver", driver, size);

	if (rc == -ENOENT) /* unbound, or gone meanwhile */
		return 0;
	if (rc < 0)
		return rc;
	return !vw_iommu_driver_viable(host, pci, driver) && !is_bridge(host, pci);
}

int vw_iommu_blocker(const struct vw_host *host, int group, const struct vw_pci *mine,
	const struct vw_pci *others, size_t n, struct vw_pci *blocker, char *driver, size_t size)
{
	char name[NAME_MAX + 1] = "";
	struct vw_names members;
	struct vw_pci pci;
	int rc = vw_sysfs_iommu_members(host, group, &members);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < members.n && rc == 0; i++) {
		/* A group may also hold platform devices; those are no matter of PCI passthrough here. */
		if (vw_pci_parse(members.v[i], &pci, NULL) < 0)
			continue;
		if (vw_pci_equal(&pci, mine) || among(&pci, others, n))
			continue;
		rc = blocks(host, &pci, name, sizeof(name));
	}
	vw_names_free(&members);
	if (rc > 0) {
		*blocker = pci;
		snprintf(driver, size, "%s", name);
	}
	return rc;
}
