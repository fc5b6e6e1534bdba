/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host_devices: VF ids from sysfs: sriov_vf_device of a PF (Linux 4.14, drivers/pci/pci-sysfs.c), which is there before any VF is. */
#include "host_devices.h"

#include "cleanup.h"
#include "sysfs.h"
#include "text.h"

#include <string.h>

static int add_id(struct vw_names *ids, long vendor, long device)
{
	char id[16];

	if (vendor <= 0 || vendor > 0xffff || device <= 0 || device > 0xffff)
		return -ENOENT;
	snprintf(id, sizeof(id), "%04lx:%04lx", (unsigned long)vendor, (unsigned long)device);
	for (size_t i = 0; i < ids->n; i++)
		if (strcmp(ids->v[i], id) == 0)
			return 0;
	return vw_names_add(ids, id);
}

/* vendor and device of the VF itself: the kernel has filled them in from its PF. */
int vw_host_devices_vf(const struct vw_host *host, const struct vw_pci *vf, struct vw_names *ids)
{
	struct vw_pci pf;
	long vendor, device;
	int rc = vw_sysfs_pci_function(host, vf, "physfn", &pf);

	if (rc == 0 && !vw_sysfs_pci_is_network(host, vf))
		return -ENOENT;
	if (rc == 0)
		rc = vw_sysfs_pci_number(host, vf, "vendor", &vendor);
	if (rc == 0)
		rc = vw_sysfs_pci_number(host, vf, "device", &device);
	return rc < 0 ? rc : add_id(ids, vendor, device);
}

/* The kernel writes it in hexadecimal without a prefix. */
static int read_vf_device(const struct vw_host *host, const struct vw_pci *pf, long *device)
{
	char text[16];
	uint64_t value;
	int rc = vw_sysfs_pci_attr(host, pf, "sriov_vf_device", text, sizeof(text));

	if (rc < 0)
		return rc;
	rc = vw_text_u64(text, 16, UINT16_MAX, &value);
	*device = rc < 0 ? 0 : (long)value;
	return rc;
}

/* Its VFs have its vendor. Kernels that do not say the id show it in a VF, if there is one. */
int vw_host_devices_pf(const struct vw_host *host, const struct vw_pci *pf, struct vw_names *ids)
{
	struct vw_pci vf;
	long vendor, device;
	int rc;

	if (vw_sysfs_pci_function(host, pf, "virtfn0", &vf) == 0 &&
		vw_host_devices_vf(host, &vf, ids) == 0)
		return 0;
	rc = vw_sysfs_pci_number(host, pf, "vendor", &vendor);
	if (rc == 0)
		rc = read_vf_device(host, pf, &device);
	if (rc == 0)
		rc = add_id(ids, vendor, device);
	return vw_error_absent(rc) ? -ENOENT : rc;
}

/* Is it a network adapter that makes VFs? With a sriov_totalvfs of 0 it may make none. 1, 0, -errno. */
static int is_pf(const struct vw_host *host, const struct vw_pci *pci)
{
	long total;
	int rc = vw_sysfs_pci_is_network(host, pci);

	if (rc > 0)
		rc = vw_sysfs_pci_number(host, pci, "sriov_totalvfs", &total);
	else
		total = 0;
	if (rc < 0)
		return vw_error_absent(rc) ? 0 : rc;
	return total > 0;
}

int vw_host_devices_all(const struct vw_host *host, struct vw_names *ids, struct vw_names *unknown,
	struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names functions = { 0 };
	int rc = vw_sysfs_pci_all(host, &functions);

	if (vw_error_absent(rc)) /* no PCI bus */
		return 0;
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot list the PCI functions");
	for (size_t i = 0; i < functions.n; i++) {
		struct vw_pci pf;

		if (vw_pci_parse(functions.v[i], &pf, NULL) < 0)
			continue;
		rc = is_pf(host, &pf);
		if (rc == 1)
			rc = vw_host_devices_pf(host, &pf, ids);
		if (rc == -ENOENT)
			rc = vw_names_add(unknown, functions.v[i]);
		if (rc < 0)
			return vw_error_errno(
				err, -rc, "%s: cannot say which VFs it makes", functions.v[i]);
	}
	return 0;
}
