/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_lanes: can a PF's slot, and everything above it, carry what its port can? */
#include "check.h"

#include "cleanup.h"
#include "sysfs.h"
#include "text.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* One end of a link; 0 = not known. code: as in Link Capabilities, an index of `speeds`. */
struct lanes {
	unsigned int width, code;
};

static const struct {
	const char *text; /* sysfs: "8.0 GT/s PCIe" or "8 GT/s" */
	unsigned int
		mbps; /* what a lane carries behind its coding (drivers/pci/pci.h:PCIE_SPEED2MBS_ENC) */
} speeds[] = {
	{ "unknown", 0 },
	{ "2.5", 2500 * 8 / 10 },
	{ "5", 5000 * 8 / 10 },
	{ "8", 8000U * 128 / 130 },
	{ "16", 16000U * 128 / 130 },
	{ "32", 32000U * 128 / 130 },
	{ "64", 64000 },
};

static unsigned int speed_code(const char *text)
{
	size_t len = strcspn(text, " ");

	if (len > 2 && strncmp(text + len - 2, ".0", 2) == 0)
		len -= 2;
	for (unsigned int i = 1; i < VW_ARRAY_SIZE(speeds); i++)
		if (strlen(speeds[i].text) == len && strncmp(text, speeds[i].text, len) == 0)
			return i;
	return 0;
}

static unsigned long carries(struct lanes lanes)
{
	return (unsigned long)lanes.width * speeds[lanes.code].mbps;
}

/* "8.0 GT/s x4" */
static const char *describe(struct lanes lanes, char buf[32])
{
	snprintf(buf, 32, "%s GT/s x%u", speeds[lanes.code].text, lanes.width);
	return buf;
}

/* From sysfs, which everybody may read; Linux before 4.13 has no such attributes, but config space. */
static struct lanes read_lanes(const struct vw_check *check, const struct vw_pci *pci,
	const struct vw_pci_caps *caps, bool max)
{
	struct lanes lanes = { max ? caps->max_width : caps->link_width,
		max ? caps->max_speed : caps->link_speed };
	char text[64];
	long width;

	if (vw_sysfs_pci_number(
		    check->host, pci, max ? "max_link_width" : "current_link_width", &width) == 0 &&
		vw_sysfs_pci_attr(check->host, pci, max ? "max_link_speed" : "current_link_speed",
			text, sizeof(text)) > 0) {
		lanes.width = (unsigned int)width;
		lanes.code = speed_code(text);
	}
	/* 255: the kernel does not know (PCIE_LNK_WIDTH_UNKNOWN). */
	if (lanes.width > 32 || lanes.code >= VW_ARRAY_SIZE(speeds) || !lanes.code)
		lanes = (struct lanes){ 0 };
	return lanes;
}

/* A link is between a function and the bridge above it; both ends name the same lanes, each has its own maximum. */
struct link {
	struct lanes now, max; /* max: of the end that can do less */
	char below[VW_PCI_STR];
};

static struct lanes least(struct lanes a, struct lanes b)
{
	if (!carries(b))
		return a;
	return (struct lanes){ a.width < b.width ? a.width : b.width,
		a.code < b.code ? a.code : b.code };
}

static bool read_link(const struct vw_check *check, const struct vw_pci *below,
	const struct vw_pci *above, struct link *link)
{
	struct vw_pci_caps caps = { 0 }, upper = { 0 };
	struct lanes own;

	vw_pci_caps_read(check->pci, check->host, below, &caps);
	if (above)
		vw_pci_caps_read(check->pci, check->host, above, &upper);
	link->now = read_lanes(check, below, &caps, false);
	own = read_lanes(check, below, &caps, true);
	if (!carries(link->now) || !carries(own))
		return false; /* no PCI Express, or integrated */
	link->max = above ? least(own, read_lanes(check, above, &upper, true)) : own;
	vw_pci_format(below, link->below);
	return true;
}

/* What the ports of the adapter need together, in Mbit/s; 0 = not known. A port without a link does not say. */
static unsigned long needed(const struct vw_check *check, const struct vw_nic *nic)
{
	unsigned long sum = 0;

	for (uint8_t function = 0; function < 8; function++) {
		struct vw_pci pci = nic->pci;
		vw_auto(vw_names_free) struct vw_names netdevs = { 0 };
		uint64_t speed;
		char text[32];

		pci.function = function;
		if (vw_sysfs_pci_netdevs(check->host, &pci, &netdevs) < 0 || !netdevs.n)
			continue;
		if (vw_sysfs_netdev_attr(check->host, netdevs.v[0], "speed", text, sizeof(text)) >
				0 &&
			vw_text_u64(text, 10, INT_MAX, &speed) == 0)
			sum += (unsigned long)speed;
	}
	return sum;
}

static void report(struct vw_check *check, const struct vw_nic *nic, const struct link *narrowest,
	const struct link *degraded, unsigned long need)
{
	char now[32], max[32];

	if (need > carries(narrowest->now)) {
		vw_finding_add(check->findings, VW_WARN, "nic-link-width", nic->addr,
			"put the adapter into a wider or faster slot; look for a slot that shares "
			"its lanes, and at the link speed in the firmware setup",
			"%s: its ports want %lu Mbit/s, but the PCIe link of %s carries %lu (%s)",
			nic->label, need, narrowest->below, carries(narrowest->now),
			describe(narrowest->now, now));
	} else if (degraded) {
		vw_finding_add(check->findings, VW_WARN, "nic-link-width", nic->addr,
			"seat the card anew and clean its contacts; look at the link speed in the "
			"firmware setup",
			"%s: the PCIe link of %s runs at %s, though both ends can do %s",
			nic->label, degraded->below, describe(degraded->now, now),
			describe(degraded->max, max));
	} else {
		vw_finding_add(check->findings, VW_PASS, "nic-link-width", nic->addr, NULL,
			"%s: the PCIe links up to the root carry %lu Mbit/s (%s)%s", nic->label,
			carries(narrowest->now), describe(narrowest->now, now),
			need ? ", enough for its ports" : "");
	}
}

void vw_check_lanes(struct vw_check *check, const struct vw_nic *nic)
{
	struct link links[VW_PATH_MAX + 1], *narrowest = NULL, *degraded = NULL;
	size_t n = 0;

	/* Above a function is a root port, or the lower port of a switch and then its upper one: between these two there are no lanes, so
	 * every second step is a link. */
	for (size_t i = 0; i == 0 || i < nic->n_path; i += 2) {
		const struct vw_pci *below = i ? &nic->path[i - 1] : &nic->pci;
		struct link *link = &links[n];

		if (!read_link(check, below, i < nic->n_path ? &nic->path[i] : NULL, link))
			continue;
		n++;
		if (!narrowest || carries(link->now) < carries(narrowest->now))
			narrowest = link;
		if (!degraded && carries(link->now) < carries(link->max))
			degraded = link;
	}
	if (narrowest)
		report(check, nic, narrowest, degraded, needed(check, nic));
	else
		vw_finding_add(check->findings, VW_SKIP, "nic-link-width", nic->addr, NULL,
			"%s: it has no PCIe link, or none that can be read", nic->label);
}
