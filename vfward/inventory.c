/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inventory: PFs from sysfs, VF numbers from their virtfnN links, the rest from vw_view_function. */
#include "inventory.h"

#include "cleanup.h"
#include "sysfs.h"
#include "text.h"

#include <string.h>

/* How long the whole inventory waits for netdevs that may be on their way back from another network namespace. Each VF alone would wait
 * for a second (view_function.c), which a start can afford, but not a list on a host full of containers. */
#define NETDEV_WAIT_MS 100

static int numa_node(const struct vw_host *host, const struct vw_pci *pci)
{
	long node;

	if (vw_sysfs_pci_number(host, pci, "numa_node", &node) || node < 0 || node > INT32_MAX)
		return -1;
	return (int)node;
}

static bool names_contain(const struct vw_names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->v[i], name) == 0)
			return true;
	return false;
}

/* A netdev that was moved away is not waited for by each VF alone: see NETDEV_WAIT_MS. */
static bool netdev_is_away(const struct vw_host *host, const struct vw_pci *pci)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };

	return vw_sysfs_pci_netdevs(host, pci, &names) == 0 && names.n == 0;
}

static int add_vf(const struct vw_host *host, const struct vw_host *impatient,
	struct vw_registry *registry, const struct vw_links *links, struct vw_pf_entry *pf,
	uint32_t index, const struct vw_pci *pci, struct vw_findings *findings,
	struct vw_error *err)
{
	const struct vw_host *from = netdev_is_away(host, pci) ? impatient : host;
	struct vw_vf_entry *vfs, *vf;
	struct vw_error why = { 0 };
	char address[VW_PCI_STR];
	int rc;

	vfs = reallocarray(pf->vfs, pf->n_vfs + 1, sizeof(*vfs));
	if (!vfs)
		return vw_error_set(err, ENOMEM, "out of memory");
	pf->vfs = vfs;
	vf = &vfs[pf->n_vfs++];
	memset(vf, 0, sizeof(*vf));
	vf->index = index;
	vf->numa = numa_node(host, pci);
	rc = vw_view_function(from, registry, links, pci, &vf->view, &why);
	vf->view.pci = *pci;
	if (rc) {
		vf->view.kind = VW_FN_MISSING;
		vw_finding_add(findings, VW_FAIL, "internal", vw_pci_format(pci, address), NULL,
			"what there is to know about VF %s could not be read: %s", address,
			why.msg);
	}
	return 0;
}

static int add_vfs(const struct vw_host *host, const struct vw_host *impatient,
	struct vw_registry *registry, const struct vw_links *links, struct vw_pf_entry *pf,
	struct vw_findings *findings, struct vw_error *err)
{
	struct vw_pci vf;

	/* Not up to the first gap: a VF that is being removed leaves one. */
	for (long i = 0; i < pf->max_vfs; i++) {
		int rc;

		if (vw_sysfs_vf(host, &pf->pci, (unsigned int)i, &vf))
			continue;
		rc = add_vf(host, impatient, registry, links, pf, (uint32_t)i, &vf, findings, err);
		if (rc)
			return rc;
	}
	return 0;
}

static void judge_list(const struct vw_pf_entry *pf, struct vw_findings *findings)
{
	char address[VW_PCI_STR];

	vw_pci_format(&pf->pci, address);
	if (pf->link && pf->link->vfs_broken)
		vw_finding_add(findings, VW_FAIL, "vf-list-broken", address,
			"try again; with more than 334 VFs on one PF the kernel cannot list them",
			"the kernel's list of the VFs of %s (%s) is not whole: %zu of %d",
			pf->netdev, address, pf->link->n_vfs, pf->link->num_vf);
	else if (!pf->link && pf->n_vfs)
		vw_finding_add(findings, VW_WARN, "pf-no-netdev", address,
			"look for it in other network namespaces, or bind the PF to its driver",
			"PF %s has no netdev in this network namespace: the attributes of its VFs "
			"are unknown",
			address);
}

static int add_pf(const struct vw_host *host, const struct vw_host *impatient,
	struct vw_registry *registry, const struct vw_pci *pci, const struct vw_names *netdevs,
	struct vw_inventory *inventory, struct vw_findings *findings, struct vw_error *err)
{
	struct vw_pf_entry *pfs, *pf;
	int rc;

	pfs = reallocarray(inventory->pfs, inventory->n_pfs + 1, sizeof(*pfs));
	if (!pfs)
		return vw_error_set(err, ENOMEM, "out of memory");
	inventory->pfs = pfs;
	pf = &pfs[inventory->n_pfs++];
	memset(pf, 0, sizeof(*pf));
	pf->pci = *pci;
	pf->numa = numa_node(host, pci);
	if (vw_sysfs_pci_number(host, pci, "sriov_totalvfs", &pf->max_vfs) || pf->max_vfs > 65535)
		pf->max_vfs = -1;
	vw_sysfs_pci_link(host, pci, "driver", pf->driver, sizeof(pf->driver));
	pf->link = vw_view_pf_link(host, &inventory->links, pci);
	snprintf(pf->netdev, sizeof(pf->netdev), "%s",
		pf->link     ? pf->link->name
		: netdevs->n ? netdevs->v[0]
			     : "");
	rc = add_vfs(host, impatient, registry, &inventory->links, pf, findings, err);
	if (!rc)
		judge_list(pf, findings);
	return rc;
}

static int compare_pf(const void *a, const void *b)
{
	return vw_pci_compare(
		&((const struct vw_pf_entry *)a)->pci, &((const struct vw_pf_entry *)b)->pci);
}

static int add_all(const struct vw_host *host, struct vw_registry *registry, const char *only,
	struct vw_inventory *inventory, struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names all = { 0 };
	struct vw_host impatient = *host;
	struct vw_pci pci, only_pci;
	bool by_address = only && vw_pci_parse(only, &only_pci, NULL) == 0;
	long total;
	int rc = vw_sysfs_pci_all(host, &all);

	if (rc && rc != -ENOENT)
		return vw_error_errno(err, -rc, "cannot list the PCI functions");
	impatient.deadline = vw_deadline_in(NETDEV_WAIT_MS);
	for (size_t i = 0; i < all.n; i++) {
		vw_auto(vw_names_free) struct vw_names netdevs = { 0 };

		if (vw_pci_parse(all.v[i], &pci, NULL) || !vw_sysfs_pci_is_network(host, &pci) ||
			vw_sysfs_pci_number(host, &pci, "sriov_totalvfs", &total))
			continue;
		vw_sysfs_pci_netdevs(host, &pci, &netdevs);
		if (by_address ? !vw_pci_equal(&pci, &only_pci)
			       : only && !names_contain(&netdevs, only))
			continue;
		rc = add_pf(host, &impatient, registry, &pci, &netdevs, inventory, findings, err);
		if (rc)
			return rc;
	}
	return 0;
}

int vw_inventory_get(const struct vw_host *host, struct vw_registry *registry, const char *only,
	struct vw_inventory *inventory, struct vw_findings *findings, struct vw_error *err)
{
	char safe[128];
	int rc;

	memset(inventory, 0, sizeof(*inventory));
	rc = vw_links_get(host, &inventory->links, err);
	if (!rc)
		rc = add_all(host, registry, only, inventory, findings, err);
	if (rc)
		return rc;
	if (only && !inventory->n_pfs)
		return vw_error_set(err, ENODEV,
			"there is no network function with SR-IOV called '%s' (PCI address or "
			"netdev)",
			vw_text_escape(safe, sizeof(safe), only));
	if (inventory->n_pfs)
		qsort(inventory->pfs, inventory->n_pfs, sizeof(*inventory->pfs), compare_pf);
	return 0;
}

void vw_inventory_free(struct vw_inventory *inventory)
{
	for (size_t i = 0; i < inventory->n_pfs; i++)
		free(inventory->pfs[i].vfs);
	free(inventory->pfs);
	vw_links_free(&inventory->links);
	memset(inventory, 0, sizeof(*inventory));
}
