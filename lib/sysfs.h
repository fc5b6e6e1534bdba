/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysfs: the one place that knows where the kernel keeps facts about PCI functions, netdevs and IOMMU groups. */
#ifndef VW_SYSFS_H
#define VW_SYSFS_H

#include "host.h"
#include "pci_address.h"

#include <net/if.h>

/* All return 0 or ≥ 0, or -errno; -ENOENT = the function, attribute or link is not there.
 * -EINVAL = a netdev name that cannot be one ("../x"), -EBADMSG = a link whose target is no PCI address.
 * None of them reads sriov_numvfs: that read takes the PF's device lock and hangs while a VF
 * is being created or torn down (drivers/pci/iov.c:sriov_numvfs_show). */

/* Also true where it cannot be told. */
bool vw_sysfs_pci_exists(const struct vw_host *host, const struct vw_pci *pci);
int vw_sysfs_pci_attr(const struct vw_host *host, const struct vw_pci *pci, const char *attr,
	char *buf, size_t size);
/* An attribute that is a number (0x… or decimal). */
int vw_sysfs_pci_number(
	const struct vw_host *host, const struct vw_pci *pci, const char *attr, long *value);
/* Base name of a link: "driver", "iommu_group". */
int vw_sysfs_pci_link(const struct vw_host *host, const struct vw_pci *pci, const char *link,
	char *buf, size_t size);
/* A link to another function: "physfn". */
int vw_sysfs_pci_function(const struct vw_host *host, const struct vw_pci *pci, const char *link,
	struct vw_pci *other);
/* Writes an attribute; returns what the kernel answers, which may take minutes, or for ever. Never on a recorded machine: -EROFS. */
int vw_sysfs_pci_write(
	const struct vw_host *host, const struct vw_pci *pci, const char *attr, const char *value);
/* Entries of a directory of the function: "net", "vfio-dev". An existing empty directory gives 0 names and returns 0. */
int vw_sysfs_pci_list(const struct vw_host *host, const struct vw_pci *pci, const char *dir,
	struct vw_names *names);
/* A file of the function that is no text: "config", "resource"; at most max bytes into fresh memory (caller frees). */
int vw_sysfs_pci_slurp(const struct vw_host *host, const struct vw_pci *pci, const char *name,
	size_t max, char **data, size_t *len);
/* The bridge right above the function, as its place in the device tree says; -ENOENT: it is on a root bus, or not known. */
int vw_sysfs_pci_parent(
	const struct vw_host *host, const struct vw_pci *pci, struct vw_pci *parent);
/* All PCI functions of the machine, by their directory names. */
int vw_sysfs_pci_all(const struct vw_host *host, struct vw_names *names);

/* VF number `index` of a PF: what its link virtfnN leads to; -ENOENT: it has none of this number. */
int vw_sysfs_vf(
	const struct vw_host *host, const struct vw_pci *pf, unsigned int index, struct vw_pci *vf);
/* How many VFs a PF has: its virtfnN links; 0 also where nobody could look. */
unsigned int vw_sysfs_vf_count(const struct vw_host *host, const struct vw_pci *pf);
/* The number N of the PF's virtfnN link that leads to this VF; -ENOENT: none does. */
int vw_sysfs_vf_index(const struct vw_host *host, const struct vw_pci *pf, const struct vw_pci *vf,
	uint32_t *index);

/* Class code 0x02xxxx: a network controller. */
int vw_sysfs_pci_is_network(const struct vw_host *host, const struct vw_pci *pci);

/* The netdevs of a PCI function, also those below a virtio child (<pci>/virtioN/net). 0 names and return 0: the driver has
 * made none here (another network namespace has them); -ENOENT: no network driver is bound. */
int vw_sysfs_pci_netdevs(
	const struct vw_host *host, const struct vw_pci *pci, struct vw_names *names);

/* The PCI function below a netdev; -ENOENT where there is none (bridge, tap, …). */
int vw_sysfs_netdev_pci(const struct vw_host *host, const char *netdev, struct vw_pci *pci);
int vw_sysfs_netdev_attr(
	const struct vw_host *host, const char *netdev, const char *attr, char *buf, size_t size);
bool vw_sysfs_netdev_exists(const struct vw_host *host, const char *netdev);
/* An upper device of a netdev (bridge, bond, macvtap, VLAN…): the first upper_* or master; -ENOENT: none. */
int vw_sysfs_netdev_upper(const struct vw_host *host, const char *netdev, char *buf, size_t size);
/* All upper devices of a netdev. */
int vw_sysfs_netdev_uppers(const struct vw_host *host, const char *netdev, struct vw_names *names);
/* True for tun and tap devices. */
bool vw_sysfs_netdev_is_tap(const struct vw_host *host, const char *netdev);

/* Members of an IOMMU group. */
int vw_sysfs_iommu_members(const struct vw_host *host, int group, struct vw_names *names);
/* Number of IOMMUs and groups in use: > 0 where the kernel translates. */
int vw_sysfs_iommu_groups(const struct vw_host *host);

#endif
