/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view_function: the facts of one PCI function: what it is, whose it is, what the host does with it. */
#include "cleanup.h"
#include "iommu.h"
#include "libvirt_files.h"
#include "sysfs.h"
#include "view.h"

#include <string.h>
#include <time.h>

/* libvirt writes a domain's status file only after the `start` hook, so until then only the daemon vouches for the domain;
 * a start or stop that takes longer than this has lost its daemon in a way we cannot see. */
#define VW_TRANSIENT_MAX_S 600

/* … but it removes the file just before `release`: a stopping domain without one, and still claimed after this time, has had a release that
 * did not get its work done. */
#define VW_RELEASE_MAX_S 60

/* A network namespace that gives a netdev back (a container that ends, a driver that probes) does so within this time. */
#define VW_NETDEV_WAIT_MS 1000

static bool status_names(const struct vw_domain *domain, const struct vw_pci *vf,
	const struct vw_mac *mac, const struct vw_host *host)
{
	for (size_t i = 0; i < domain->n_devices; i++) {
		const struct vw_device *device = &domain->devices[i];
		struct vw_pci pci;

		if (mac && device->has_mac && vw_mac_equal(&device->mac, mac))
			return true;
		if (!vf)
			continue;
		if (device->has_pci && vw_pci_equal(&device->pci, vf))
			return true;
		if (device->kind != VW_DEV_MACVTAP || !device->source)
			continue;
		int rc = vw_sysfs_netdev_pci(host, device->source, &pci);
		if (rc ? !vw_error_absent(rc) : vw_pci_equal(&pci, vf))
			return true;
	}
	return false;
}

/* Does libvirt's live status say that this owner has the device? What cannot be read counts as yes. */
static bool owner_is_live(const struct vw_host *host, const struct vw_claim_owner *owner,
	const struct vw_pci *vf, const struct vw_mac *mac)
{
	vw_auto(vw_status_free) struct vw_status status = { 0 };
	int rc = vw_status_read(host, owner->name, &status, NULL);

	if (rc == -ENOENT)
		return false;
	if (rc)
		return true;
	if (strcmp(status.domain.uuid, owner->uuid))
		return false;
	/* The MAC of a plain hostdev stands in no XML: any of its devices may carry it. */
	if (!vf && mac && !status_names(&status.domain, NULL, mac, host)) {
		for (size_t i = 0; i < status.domain.n_devices; i++)
			if (status.domain.devices[i].kind == VW_DEV_HOSTDEV)
				return true;
		return false;
	}
	return status_names(&status.domain, vf, mac, host);
}

/* Where that cannot be told (a process whose descriptors we may not read), it may be. */
static bool may_be_held(const struct vw_host *host, const struct vw_pci *vf)
{
	struct vw_holder holder;

	return vf && vw_holder_on_vfio(host, vf) &&
	       vw_holder_find(host, vf, vw_iommu_group(host, vf), &holder) != 0;
}

static int64_t age_of(const struct vw_claim_owner *owner)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec - owner->since;
}

static bool daemon_vouches(const struct vw_claim_owner *owner)
{
	return age_of(owner) <= VW_TRANSIENT_MAX_S &&
	       (!owner->daemon.pid || vw_process_alive(&owner->daemon));
}

static bool is_being_stopped(const struct vw_host *host, const struct vw_claim_owner *owner,
	const struct vw_process *worker, const struct vw_pci *vf, const struct vw_mac *mac)
{
	if (worker && worker->pid)
		return vw_process_alive(worker);
	return daemon_vouches(owner) &&
	       (age_of(owner) <= VW_RELEASE_MAX_S || owner_is_live(host, owner, vf, mac));
}

enum vw_life vw_view_life(const struct vw_host *host, const struct vw_claim_owner *owner,
	const struct vw_process *worker, const struct vw_pci *vf, const struct vw_mac *mac)
{
	switch (owner->state) {
	case VW_CLAIM_PREPARED:
		if (daemon_vouches(owner))
			return VW_LIFE_ALIVE;
		/* `started` may have been missed */
		__attribute__((fallthrough));
	case VW_CLAIM_RUNNING:
		if (owner_is_live(host, owner, vf, mac) || may_be_held(host, vf))
			return VW_LIFE_ALIVE;
		return VW_LIFE_GONE;
	case VW_CLAIM_STOPPING:
		if (is_being_stopped(host, owner, worker, vf, mac))
			return VW_LIFE_STOPPING;
		return may_be_held(host, vf) ? VW_LIFE_STOPPING : VW_LIFE_GONE;
	case VW_CLAIM_QUARANTINED:
		break;
	}
	return VW_LIFE_GONE;
}

/* *result: the PF's netdev, NULL where it has none here. */
static int find_pf_link(const struct vw_host *host, const struct vw_links *links,
	const struct vw_pci *pf, const struct vw_link **result)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	const struct vw_link *found = NULL;
	int rc = vw_sysfs_pci_netdevs(host, pf, &names);

	*result = NULL;
	if (rc)
		return rc;
	for (size_t i = 0; i < names.n; i++) {
		const struct vw_link *link = vw_links_by_name(links, names.v[i]);

		if (link && (!found || (found->num_vf <= 0 && link->num_vf > 0)))
			found = link;
	}
	*result = found;
	return 0;
}

const struct vw_link *vw_view_pf_link(
	const struct vw_host *host, const struct vw_links *links, const struct vw_pci *pf)
{
	const struct vw_link *link;

	find_pf_link(host, links, pf, &link);
	return link;
}

/* Which PF would have a VF at this address, if it had VFs enabled? The PCI SR-IOV capability's routing-id arithmetic. */
static void find_would_be_pf(const struct vw_host *host, struct vw_function_view *fn)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	uint32_t wanted =
		(uint32_t)fn->pci.bus << 8 | (uint32_t)fn->pci.slot << 3 | fn->pci.function;

	if (vw_sysfs_pci_all(host, &names))
		return;
	for (size_t i = 0; i < names.n; i++) {
		long total, offset, stride, distance;
		struct vw_pci pf;

		if (vw_pci_parse(names.v[i], &pf, NULL) || pf.domain != fn->pci.domain ||
			vw_sysfs_pci_number(host, &pf, "sriov_totalvfs", &total) ||
			vw_sysfs_pci_number(host, &pf, "sriov_offset", &offset) ||
			vw_sysfs_pci_number(host, &pf, "sriov_stride", &stride) || offset < 0 ||
			offset > UINT16_MAX || stride < 0 || stride > UINT16_MAX)
			continue;
		distance = (long)wanted - ((long)pf.bus << 8 | (long)pf.slot << 3 | pf.function) -
			   offset;
		if (distance < 0 || (distance > 0 && (stride == 0 || distance % stride)) ||
			(stride > 0 ? distance / stride : 0) >= total)
			continue;
		fn->pf_known = true;
		fn->pf = pf;
		fn->index = stride > 0 ? (uint32_t)(distance / stride) : 0;
		return;
	}
}

/* A look that failed for another reason than that there is nothing to be seen: what was not seen must not be taken for absent. */
static int blind(int rc, const struct vw_pci *pci, struct vw_error *err)
{
	char addr[VW_PCI_STR];

	if (rc >= 0 || vw_error_absent(rc))
		return 0;
	return vw_error_errno(err, -rc, "cannot look at %s", vw_pci_format(pci, addr));
}

/* The netdev of a VF, waiting a moment for one that is on its way back to our network namespace. */
static int view_netdev(const struct vw_host *host, const struct vw_links *links,
	struct vw_function_view *fn, struct vw_error *err)
{
	struct vw_deadline moment = vw_deadline_in(VW_NETDEV_WAIT_MS);
	int rc;

	for (;;) {
		vw_auto(vw_names_free) struct vw_names names = { 0 };

		rc = vw_sysfs_pci_netdevs(host, &fn->pci, &names);
		if (rc)
			return blind(rc, &fn->pci, err);
		if (names.n) {
			snprintf(fn->netdev, sizeof(fn->netdev), "%s", names.v[0]);
			break;
		}
		if (!vw_deadline_left(&moment) || !vw_deadline_left(&host->deadline)) {
			fn->netdev_elsewhere = true;
			return 0;
		}
		vw_deadline_sleep(&moment, 50);
	}

	rc = vw_sysfs_netdev_upper(host, fn->netdev, fn->upper, sizeof(fn->upper));
	if (blind(rc, &fn->pci, err))
		return rc;
	const struct vw_link *link = vw_links_by_name(links, fn->netdev);
	rc = link ? vw_netdev_use_get(host, link->ifindex, &fn->use, err) : 0;
	return vw_error_absent(rc) ? 0 : rc;
}

/* sriov-cni notes the network namespace that has a VF; the note of a dead one is stale. */
static int view_cni(const struct vw_host *host, struct vw_function_view *fn, struct vw_error *err)
{
	char addr[VW_PCI_STR], netns[sizeof(fn->cni_netns)];
	int rc = vw_host_readf(host, netns, sizeof(netns), "/var/lib/cni/sriov/pci/%s",
		vw_pci_format(&fn->pci, addr));

	if (rc > 0 && netns[0] == '/' && vw_host_existsf(host, "%s", netns))
		snprintf(fn->cni_netns, sizeof(fn->cni_netns), "%s", netns);
	return blind(rc, &fn->pci, err);
}

static int view_claim(const struct vw_host *host, struct vw_registry *registry,
	struct vw_function_view *fn, struct vw_error *err)
{
	int rc = registry ? vw_registry_find_vf(registry, &fn->pci, &fn->claim, err) : 0;

	if (rc < 0)
		return rc;
	fn->claimed = rc > 0;
	if (fn->claimed)
		fn->life = vw_view_life(host, &fn->claim.owner, &fn->claim.worker, &fn->pci, NULL);
	return 0;
}

static int view_vf(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_links *links, struct vw_function_view *fn, struct vw_error *err)
{
	int group, rc;

	fn->pf_known = true;
	rc = vw_sysfs_pci_link(host, &fn->pf, "driver", fn->pf_driver, sizeof(fn->pf_driver));
	if (!blind(rc, &fn->pci, err))
		rc = find_pf_link(host, links, &fn->pf, &fn->pf_link);
	if (!blind(rc, &fn->pci, err)) {
		rc = vw_sysfs_vf_index(host, &fn->pf, &fn->pci, &fn->index);
		if (!rc && fn->pf_link)
			fn->attr = vw_link_vf(fn->pf_link, fn->index);
	}
	if (!blind(rc, &fn->pci, err))
		rc = vw_holder_on_vfio(host, &fn->pci);
	if (blind(rc, &fn->pci, err))
		return rc;
	fn->on_vfio = rc > 0;
	rc = group = vw_iommu_group(host, &fn->pci);
	if (blind(rc, &fn->pci, err))
		return rc;
	if (fn->on_vfio) {
		int found = vw_holder_find(host, &fn->pci, group, &fn->holder);

		fn->held = found > 0;
		fn->holder_unknown = found < 0;
	} else if ((rc = view_netdev(host, links, fn, err))) {
		return rc;
	}
	rc = view_cni(host, fn, err);
	return rc ? rc : view_claim(host, registry, fn, err);
}

/* A PF is taken out from under its VFs when it is passed through: is one of them in use? A claim on the PF itself is a reservation. */
static int view_pf(const struct vw_host *host, struct vw_registry *registry,
	struct vw_function_view *fn, struct vw_error *err)
{
	long total = 0;
	int rc = vw_sysfs_pci_number(host, &fn->pci, "sriov_totalvfs", &total);

	if (blind(rc, &fn->pci, err))
		return rc;
	rc = view_claim(host, registry, fn, err);
	if (rc)
		return rc;
	/* TotalVFs is a 16 bit register; a recorded machine's file may say anything. */
	for (long i = 0; i < total && i < UINT16_MAX && !fn->pf_user[0]; i++) {
		struct vw_function_view vf = { 0 };
		char addr[VW_PCI_STR];

		rc = vw_sysfs_vf(host, &fn->pci, (unsigned int)i, &vf.pci);
		if (blind(rc, &fn->pci, err))
			return rc;
		if (rc)
			continue;
		rc = view_claim(host, registry, &vf, err);
		if (rc)
			return rc;
		vw_pci_format(&vf.pci, addr);
		if (vf.claimed && vf.life != VW_LIFE_GONE)
			snprintf(fn->pf_user, sizeof(fn->pf_user), "VF %s is used by domain %s",
				addr, vf.claim.owner.name);
		else if (vw_holder_on_vfio(host, &vf.pci) &&
			 vw_holder_find(host, &vf.pci, vw_iommu_group(host, &vf.pci), &vf.holder) >
				 0)
			snprintf(fn->pf_user, sizeof(fn->pf_user),
				"VF %s is held by process %d (%s)", addr, (int)vf.holder.pid,
				vf.holder.comm);
	}
	return 0;
}

/* Fills kind, and for a VF its pf. 0 or -errno: what is absent, and so no VF or no PF, or what could not be read. */
static int kind_of(const struct vw_host *host, struct vw_function_view *fn)
{
	long total;
	int rc = vw_sysfs_pci_is_network(host, &fn->pci);

	fn->kind = VW_FN_OTHER;
	if (rc <= 0)
		return rc;
	rc = vw_sysfs_pci_function(host, &fn->pci, "physfn", &fn->pf);
	if (!rc)
		fn->kind = VW_FN_VF;
	if (!rc || !vw_error_absent(rc))
		return rc;
	rc = vw_sysfs_pci_number(host, &fn->pci, "sriov_totalvfs", &total);
	if (!rc)
		fn->kind = VW_FN_PF;
	return rc;
}

int vw_view_function(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_links *links, const struct vw_pci *pci, struct vw_function_view *fn,
	struct vw_error *err)
{
	int rc;

	*fn = (struct vw_function_view){ .pci = *pci };
	if (!vw_sysfs_pci_exists(host, pci)) {
		find_would_be_pf(host, fn);
		return view_claim(host, registry, fn, err);
	}

	rc = vw_sysfs_pci_link(host, pci, "driver", fn->driver, sizeof(fn->driver));
	if (!blind(rc, pci, err))
		rc = kind_of(host, fn);
	if (blind(rc, pci, err))
		return rc;
	if (fn->kind == VW_FN_VF)
		return view_vf(host, registry, links, fn, err);
	return fn->kind == VW_FN_PF ? view_pf(host, registry, fn, err) : 0;
}
