/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs_pf: finds the PF that is meant: by address, netdev or MAC, or by what vfs.conf says of it. */
#include "vfs.h"

#include "cleanup.h"
#include "sysfs.h"
#include "text.h"
#include "view.h"

#include <string.h>

#define REMEDY_LIST "vfward list shows the PFs of this host"

static const struct vw_mac *mac_of(const struct vw_link *link)
{
	return link->has_perm ? &link->perm : link->has_mac ? &link->mac : NULL;
}

static void fill(const struct vw_host *host, const struct vw_links *links, const struct vw_pci *pci,
	struct vw_pf_request *pf)
{
	vw_auto(vw_names_free) struct vw_names netdevs = { 0 };
	const struct vw_link *link = vw_view_pf_link(host, links, pci);

	pf->pf = *pci;
	vw_sysfs_pci_link(host, pci, "driver", pf->driver, sizeof(pf->driver));
	if (link) {
		snprintf(pf->netdev, sizeof(pf->netdev), "%s", link->name);
		if (mac_of(link))
			pf->mac = *mac_of(link);
	}
}

static bool is_pf(const struct vw_host *host, const struct vw_pci *pci)
{
	long total;

	return vw_sysfs_pci_is_network(host, pci) > 0 &&
	       vw_sysfs_pci_number(host, pci, "sriov_totalvfs", &total) == 0;
}

/* A MAC may be on a bond, its ports, and VLANs: of those only PFs count. More than one is none: *n says how many. */
static bool find_by_mac(const struct vw_host *host, const struct vw_links *links,
	const struct vw_mac *mac, struct vw_pci *pci, size_t *n)
{
	struct vw_pci found;

	*n = 0;
	for (size_t i = 0; i < links->n; i++) {
		const struct vw_mac *has = mac_of(&links->v[i]);

		if (!has || !vw_mac_equal(has, mac) ||
			vw_sysfs_netdev_pci(host, links->v[i].name, &found) ||
			!is_pf(host, &found) || (*n && vw_pci_equal(&found, pci)))
			continue;
		*pci = found;
		++*n;
	}
	return *n == 1;
}

bool vw_vfs_find_pf(const struct vw_host *host, const struct vw_links *links,
	struct vw_pf_request *pf, struct vw_findings *findings)
{
	char addr[VW_PCI_STR];
	struct vw_mac mac;
	struct vw_pci pci;
	size_t n = 1;
	long total;
	bool found;

	if (vw_pci_parse(pf->given, &pci, NULL) == 0)
		found = vw_sysfs_pci_exists(host, &pci);
	else if (vw_mac_parse(pf->given, &mac) == 0)
		found = find_by_mac(host, links, &mac, &pci, &n);
	else
		found = vw_sysfs_netdev_pci(host, pf->given, &pci) == 0;
	if (!found) {
		vw_finding_add(findings, VW_FAIL, "pf-missing", pf->given, REMEDY_LIST,
			n > 1 ? "%zu PFs have the MAC %s" : "%.0zu%s is no PF of this host", n,
			pf->given);
		return false;
	}
	vw_pci_format(&pci, addr);
	if (!is_pf(host, &pci)) {
		vw_finding_add(findings, VW_FAIL, "pf-not-sriov", addr, REMEDY_LIST,
			"%s (%s) has no SR-IOV, or its firmware has it turned off", pf->given,
			addr);
		return false;
	}
	fill(host, links, &pci, pf);
	if (vw_sysfs_pci_number(host, &pci, "sriov_totalvfs", &total) == 0 &&
		(long)pf->count > total) {
		vw_finding_add(findings, VW_FAIL, "vfs-too-many", addr,
			"ask for fewer, or raise the number in the NIC's firmware",
			"%s (%s) can have %ld VFs, not %u", pf->given, addr, total, pf->count);
		return false;
	}
	return true;
}

/* Cards move: the MAC says which one it is, and the address only where it was. */
bool vw_vfs_find_conf(const struct vw_host *host, const struct vw_links *links,
	const struct vw_pf_conf *conf, struct vw_vfs_job *job, struct vw_findings *findings)
{
	char addr[VW_PCI_STR], now[VW_PCI_STR], mac[VW_MAC_STR];
	struct vw_pci pci;
	size_t n;

	job->pf.count = conf->vfs;
	job->autoprobe = conf->autoprobe;
	vw_pci_format(&conf->pf, addr);
	vw_mac_format(&conf->mac, mac);
	if (vw_mac_is_zero(&conf->mac))
		return vw_vfs_find_pf(host, links, &job->pf, findings);
	if (is_pf(host, &conf->pf))
		fill(host, links, &conf->pf, &job->pf);
	if (vw_mac_equal(&job->pf.mac, &conf->mac))
		return vw_vfs_find_pf(host, links, &job->pf, findings);
	if (!find_by_mac(host, links, &conf->mac, &pci, &n)) {
		vw_finding_add(findings, VW_FAIL, "pf-missing", addr,
			"correct " VW_VFS_CONF ": each section has the PF's address and MAC",
			n ? "%s: the PF with MAC %s is not here, and %zu PFs elsewhere have it"
			  : "%s: the PF with MAC %s is not here, nor anywhere else on this host"
			    "%.0zu",
			addr, mac, n);
		return false;
	}
	vw_pci_format(&pci, now);
	vw_finding_add(findings, VW_WARN, "pf-moved", addr,
		"write its new address into " VW_VFS_CONF,
		"the PF with MAC %s was at %s, and is at %s now: it gets the VFs there", mac, addr,
		now);
	free(job->pf.given);
	job->pf = (struct vw_pf_request){ .given = strdup(now), .count = conf->vfs };
	if (!job->pf.given) {
		findings->lost = true;
		return false;
	}
	return vw_vfs_find_pf(host, links, &job->pf, findings);
}
