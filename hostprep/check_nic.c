/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_nic: finds the network adapters, and says of each PF how many VFs it can have and has. */
#include "check.h"

#include "cleanup.h"
#include "sysfs.h"

#include <stdio.h>
#include <string.h>

static void read_names(const struct vw_check *check, struct vw_nic *nic)
{
	vw_auto(vw_names_free) struct vw_names netdevs = { 0 };

	if (vw_sysfs_pci_link(check->host, &nic->pci, "driver", nic->driver, sizeof(nic->driver)) <
		0)
		nic->driver[0] = '\0';
	/* A name that fills the buffer is none: IFNAMSIZ counts the NUL. */
	if (vw_sysfs_pci_netdevs(check->host, &nic->pci, &netdevs) >= 0 && netdevs.n &&
		strlen(netdevs.v[0]) < sizeof(nic->netdev))
		strcpy(nic->netdev, netdevs.v[0]);
	if (nic->netdev[0])
		snprintf(nic->label, sizeof(nic->label), "%s (%s)", nic->netdev, nic->addr);
	else
		snprintf(nic->label, sizeof(nic->label), "%s", nic->addr);
	nic->adapter = vw_adapters_find(
		&check->adapters, (unsigned int)nic->vendor, (unsigned int)nic->device);
	if (nic->adapter && nic->adapter->name[0])
		snprintf(nic->name, sizeof(nic->name), "%s", nic->adapter->name);
	else
		vw_pci_library_name(check->pci, (unsigned int)nic->vendor,
			(unsigned int)nic->device, nic->name, sizeof(nic->name));
}

static void read_path(const struct vw_check *check, struct vw_nic *nic)
{
	struct vw_pci at = nic->pci, parent;

	while (nic->n_path < VW_PATH_MAX && vw_sysfs_pci_parent(check->host, &at, &parent) == 0 &&
		!vw_pci_equal(&at, &parent))
		nic->path[nic->n_path++] = at = parent;
}

/* false: it is none of our business, or went away meanwhile. */
static bool read_nic(const struct vw_check *check, const char *addr, struct vw_nic *nic)
{
	struct vw_pci pf;

	*nic = (struct vw_nic){ 0 };
	if (vw_pci_parse(addr, &nic->pci, NULL) < 0)
		return false;
	vw_pci_format(&nic->pci, nic->addr);
	if (vw_sysfs_pci_is_network(check->host, &nic->pci) <= 0 ||
		vw_sysfs_pci_function(check->host, &nic->pci, "physfn", &pf) == 0 ||
		vw_sysfs_pci_number(check->host, &nic->pci, "vendor", &nic->vendor) < 0 ||
		vw_sysfs_pci_number(check->host, &nic->pci, "device", &nic->device) < 0)
		return false;
	read_names(check, nic);
	vw_pci_caps_read(check->pci, check->host, &nic->pci, &nic->caps);
	if (vw_sysfs_pci_number(check->host, &nic->pci, "sriov_totalvfs", &nic->total) < 0)
		nic->total = -1;
	nic->has_sriov = nic->caps.sriov || nic->total >= 0;
	if (!nic->has_sriov)
		return true;
	nic->vfs = vw_sysfs_vf_count(check->host, &nic->pci);
	read_path(check, nic);
	return true;
}

static const char *firmware_remedy(const struct vw_nic *nic)
{
	if (nic->vendor == 0x15b3)
		return "set SRIOV_EN=1 and NUM_OF_VFS in the adapter's firmware (mstconfig -d "
		       "ADDRESS set ...), then switch the machine off and on";
	return "enable SR-IOV for this adapter in its own setup (shown at boot) and in the "
	       "firmware setup of the machine";
}

static void check_sriov(struct vw_check *check, const struct vw_nic *nic)
{
	const char *name = nic->name[0] ? nic->name : "unknown device";
	char remedy[256];

	if (nic->total < 0) {
		vw_finding_add(check->findings, VW_FAIL, "nic-sriov", nic->addr,
			"boot a kernel of version 3.8 or later, built with CONFIG_PCI_IOV",
			"%s, %s, has SR-IOV, but the kernel does not offer it: there is no "
			"sriov_totalvfs",
			nic->label, name);
		return;
	}
	if (nic->total == 0) {
		vw_finding_add(check->findings, VW_FAIL, "nic-sriov", nic->addr,
			firmware_remedy(nic), "%s, %s, has SR-IOV, but its firmware offers no VF",
			nic->label, name);
		return;
	}
	vw_finding_add(check->findings, VW_PASS, "nic-sriov", nic->addr, NULL,
		"%s, %s, has SR-IOV for up to %ld VFs", nic->label, name, nic->total);
	if (nic->vfs) {
		vw_finding_add(check->findings, VW_PASS, "nic-vfs", nic->addr, NULL,
			"%s has %u VFs", nic->label, nic->vfs);
		return;
	}
	if (!nic->driver[0] || strstr(nic->driver, "vfio"))
		return; /* nic-driver says why */
	snprintf(remedy, sizeof(remedy),
		"vfward-hostprep vfs %s=COUNT makes them now, vfward-hostprep apply --pf %s=COUNT "
		"at every boot",
		nic->netdev[0] ? nic->netdev : nic->addr, nic->addr);
	vw_finding_add(check->findings, VW_WARN, "nic-vfs", nic->addr, remedy, "%s has no VFs",
		nic->label);
}

static void check_nic(struct vw_check *check, const struct vw_nic *nic)
{
	if (!nic->has_sriov) {
		vw_check_adapter(check, nic);
		return;
	}
	check_sriov(check, nic);
	vw_check_driver(check, nic);
	if (nic->total > 0)
		vw_check_pcie(check, nic);
	vw_check_port(check, nic);
}

/* The network drivers of PFs, each once. */
struct drivers {
	char v[16][64];
	size_t n;
};

static void note_driver(struct drivers *drivers, const struct vw_nic *nic)
{
	const char *driver = nic->driver;

	if (!*driver || strstr(driver, "vfio") || strcmp(driver, "pci-stub") == 0)
		driver = nic->adapter ? nic->adapter->driver : "";
	for (size_t i = 0; i < drivers->n; i++)
		if (strcmp(drivers->v[i], driver) == 0)
			return;
	if (*driver && drivers->n < VW_ARRAY_SIZE(drivers->v))
		snprintf(drivers->v[drivers->n++], sizeof(drivers->v[0]), "%s", driver);
}

int vw_check_nics(struct vw_check *check, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names all = { 0 };
	struct drivers drivers = { .n = 0 };
	struct vw_nic nic;
	size_t found = 0;
	int rc;

	if (vw_check_skip(check, "nic-sriov"))
		return 0;
	rc = vw_sysfs_pci_all(check->host, &all);
	if (rc == -ENOMEM)
		return vw_error_set(err, ENOMEM, "out of memory");
	rc = 0; /* no functions at all: none shows SR-IOV */
	for (size_t i = 0; i < all.n; i++) {
		if (!read_nic(check, all.v[i], &nic))
			continue;
		check_nic(check, &nic);
		found += nic.has_sriov;
		if (nic.has_sriov)
			note_driver(&drivers, &nic);
	}
	if (!found)
		vw_finding_add(check->findings, VW_FAIL, "nic-sriov", "host",
			"put in an adapter that has SR-IOV, or enable SR-IOV in the firmware setup",
			"no network adapter of this machine shows SR-IOV");
	for (size_t i = 0; i < drivers.n && rc >= 0; i++)
		rc = vw_check_module(check, drivers.v[i], "driver-module", err);
	return rc < 0 ? rc : 0;
}
