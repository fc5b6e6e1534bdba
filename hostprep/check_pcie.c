/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_pcie: what stands between a PF and its VFs on the bus: room for their registers, bus numbers, isolation; and the speed of its slot. */
#include "check.h"

#include "cleanup.h"
#include "iommu.h"
#include "sysfs.h"
#include "text.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* --- room for VF BARs --- */

/* Lines of the resource file: 6 BARs, the ROM, then the VF BARs (enum in include/linux/pci.h, PCI_IOV_RESOURCES). */
#define FIRST_VF_BAR 7
/* include/linux/ioport.h: nobody gave it an address. */
#define IORESOURCE_UNSET 0x20000000ULL

struct resource {
	uint64_t start, end, flags;
};

/* "0x… 0x… 0x…" */
static bool read_resource(char *line, struct resource *resource)
{
	uint64_t *const fields[] = { &resource->start, &resource->end, &resource->flags };

	for (size_t i = 0; i < VW_ARRAY_SIZE(fields); i++) {
		char *word = strsep(&line, " ");

		if (!word || vw_text_u64(word, 16, UINT64_MAX, fields[i]) < 0)
			return false;
	}
	return !line;
}

/* The VF BARs of the resource file; returns how many could be read. */
static size_t read_vf_resources(
	const struct vw_check *check, const struct vw_nic *nic, struct resource *resources)
{
	vw_auto_free char *text = NULL;
	char *rest, *line;
	size_t len, n = 0, number = 0;

	if (vw_sysfs_pci_slurp(check->host, &nic->pci, "resource", 4096, &text, &len) < 0)
		return 0;
	for (rest = text; n < VW_PCI_VF_BARS && (line = strsep(&rest, "\n")); number++) {
		if (number < FIRST_VF_BAR)
			continue;
		if (!read_resource(line, &resources[n]))
			break;
		n++;
	}
	return n;
}

/* A BAR that got no address keeps its size, or is cleared altogether (drivers/pci/setup-bus.c:reset_resource). */
static void check_bars(struct vw_check *check, const struct vw_nic *nic)
{
	struct resource resources[VW_PCI_VF_BARS];
	size_t n = read_vf_resources(check, nic, resources), placed = 0, homeless = 0;

	for (size_t i = 0; i < n; i++) {
		if (resources[i].start && !(resources[i].flags & IORESOURCE_UNSET))
			placed++;
		else if (resources[i].flags || resources[i].end)
			homeless++;
	}
	if (n < VW_PCI_VF_BARS)
		vw_finding_add(check->findings, VW_SKIP, "nic-vf-bars", nic->addr, NULL,
			"%s: it cannot be told whether its VFs have room", nic->label);
	else if (placed && !homeless)
		vw_finding_add(check->findings, VW_PASS, "nic-vf-bars", nic->addr, NULL,
			"%s: its VFs have room for their registers", nic->label);
	else
		vw_finding_add(check->findings, VW_FAIL, "nic-vf-bars", nic->addr,
			"enable SR-IOV and Above 4G Decoding (MMIO High) in the firmware setup; if "
			"that is not enough, boot with pci=realloc",
			"%s: the firmware left no room for the registers of its VFs, so the kernel "
			"will refuse to make any",
			nic->label);
}

/* --- bus numbers --- */

/* A VF's routing id is the PF's + offset + n × stride (SR-IOV specification 1.1, 2.1.2), and the bridge above passes only its own buses on
 * (drivers/pci/iov.c:sriov_enable, "can't enable %d VFs (bus %02x out of range of %pR)"). */
static void check_buses(struct vw_check *check, const struct vw_nic *nic)
{
	long offset, stride, ari, from, room, fit;
	struct vw_pci_caps bridge;
	char above[VW_PCI_STR];

	if (vw_sysfs_pci_number(check->host, &nic->pci, "sriov_offset", &offset) < 0)
		offset = nic->caps.vf.offset;
	if (vw_sysfs_pci_number(check->host, &nic->pci, "sriov_stride", &stride) < 0)
		stride = nic->caps.vf.stride;
	if (!nic->n_path || offset <= 0 ||
		vw_pci_caps_read(check->pci, check->host, &nic->path[0], &bridge) < 0 ||
		!bridge.secondary || bridge.subordinate < bridge.secondary)
		return; /* on a root bus, whose range nobody tells; or a device that tells its offset only with VFs */
	if (stride <= 0)
		stride = 1;
	from = nic->pci.bus * 256L + nic->pci.slot * 8L + nic->pci.function + offset;
	room = (bridge.subordinate + 1) * 256L - from;
	fit = room <= 0 ? 0 : (room - 1) / stride + 1;
	vw_pci_format(&nic->path[0], above);
	if (fit >= nic->total) {
		vw_finding_add(check->findings, VW_PASS, "nic-vf-buses", nic->addr, NULL,
			"%s: bridge %s has bus numbers for all of its VFs", nic->label, above);
		return;
	}
	if (vw_sysfs_pci_number(check->host, &nic->pci, "ari_enabled", &ari) < 0)
		ari = -1;
	vw_finding_add(check->findings, fit > 0 ? VW_WARN : VW_FAIL, "nic-vf-buses", nic->addr,
		ari == 0 ? "enable ARI forwarding in the firmware setup and take pci=noari out of "
			   "the kernel's arguments; else boot with pci=assign-busses"
			 : "boot with pci=assign-busses, or update the machine's firmware",
		"%s: bridge %s passes buses %02x to %02x only, which is enough for %ld of %ld "
		"VFs%s",
		nic->label, above, bridge.secondary, bridge.subordinate, fit, nic->total,
		ari == 0 ? " (ARI is off)" : "");
}

/* --- isolation --- */

static bool is_bridge(const struct vw_host *host, const struct vw_pci *pci)
{
	long class_code;

	return vw_sysfs_pci_number(host, pci, "class", &class_code) == 0 &&
	       class_code >> 8 == 0x0604;
}

/* Of this adapter: a port in the same slot, or a VF of one. */
static bool is_own(const struct vw_check *check, const struct vw_nic *nic, const struct vw_pci *pci)
{
	struct vw_pci pf = *pci;

	vw_sysfs_pci_function(check->host, pci, "physfn", &pf);
	return pf.domain == nic->pci.domain && pf.bus == nic->pci.bus && pf.slot == nic->pci.slot;
}

/* A member of the group that is neither the adapter's own nor a bridge. */
static bool find_stranger(const struct vw_check *check, const struct vw_nic *nic, int group,
	char stranger[VW_PCI_STR])
{
	vw_auto(vw_names_free) struct vw_names members = { 0 };

	vw_sysfs_iommu_members(check->host, group, &members);
	for (size_t i = 0; i < members.n; i++) {
		struct vw_pci pci;

		if (vw_pci_parse(members.v[i], &pci, NULL) < 0 || is_own(check, nic, &pci) ||
			is_bridge(check->host, &pci))
			continue;
		vw_pci_format(&pci, stranger);
		return true;
	}
	return false;
}

/* The nearest bridge above that does not keep its devices apart, as far as can be read. */
static bool find_open_bridge(
	const struct vw_check *check, const struct vw_nic *nic, char bridge[VW_PCI_STR])
{
	struct vw_pci_caps caps;

	for (size_t i = 0; i < nic->n_path; i++) {
		if (vw_pci_caps_read(check->pci, check->host, &nic->path[i], &caps) < 0 ||
			!caps.extended || caps.acs)
			continue;
		vw_pci_format(&nic->path[i], bridge);
		return true;
	}
	return false;
}

/* The group of one VF; VFs of one group cannot go to different guests. */
static int first_vf_group(const struct vw_check *check, const struct vw_nic *nic)
{
	struct vw_pci vf;

	if (vw_sysfs_vf(check->host, &nic->pci, 0, &vf) < 0)
		return -ENOENT;
	return vw_iommu_group(check->host, &vf);
}

/* How many VFs are in the group. */
static size_t count_vfs(const struct vw_check *check, int group)
{
	vw_auto(vw_names_free) struct vw_names members = { 0 };
	struct vw_pci pci, pf;
	size_t n = 0;

	vw_sysfs_iommu_members(check->host, group, &members);
	for (size_t i = 0; i < members.n; i++)
		n += vw_pci_parse(members.v[i], &pci, NULL) == 0 &&
		     vw_sysfs_pci_function(check->host, &pci, "physfn", &pf) == 0;
	return n;
}

static void check_isolation(struct vw_check *check, const struct vw_nic *nic)
{
	int vf_group = first_vf_group(check, nic), group = vf_group;
	char stranger[VW_PCI_STR] = "", bridge[VW_PCI_STR] = "";
	size_t together;

	if (group < 0)
		group = vw_iommu_group(check->host, &nic->pci);
	if (group < 0) {
		vw_finding_add(check->findings, VW_SKIP, "nic-acs", nic->addr, NULL,
			"%s: without an IOMMU group it cannot be told what is kept apart",
			nic->label);
		return;
	}
	find_stranger(check, nic, group, stranger);
	together = vf_group >= 0 ? count_vfs(check, vf_group) : 0;
	if (!stranger[0] && together < 2) {
		vw_finding_add(check->findings, VW_PASS, "nic-acs", nic->addr, NULL,
			"%s is kept apart from other devices (IOMMU group %d)", nic->label, group);
		return;
	}
	find_open_bridge(check, nic, bridge);
	vw_finding_add(check->findings, VW_WARN, "nic-acs", nic->addr,
		"put the adapter into a slot right below a root port, and enable ACS in the "
		"firmware setup",
		"%s: IOMMU group %d also holds %s%s%s, and goes to one guest as a whole%s%s",
		nic->label, group, stranger[0] ? stranger : "",
		stranger[0] && together > 1 ? " and " : "", together > 1 ? "other VFs" : "",
		bridge[0] ? "; no ACS in bridge " : "", bridge);
}

void vw_check_pcie(struct vw_check *check, const struct vw_nic *nic)
{
	check_bars(check, nic);
	check_buses(check, nic);
	vw_check_lanes(check, nic);
	check_isolation(check, nic);
}
