/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view: gathers, for one domain, the facts of its functions and of its MACs.
 *
 * Theory of operation: one dump of all links gives every VF attribute and every netdev of the host. Only what the
 * domain names is looked at closer: its functions in sysfs, its functions and MACs in the registry. The MACs of
 * the domain are sorted once, then each address in the dump is looked up among them, so that the work grows
 * with the host plus the domain and not with their product. */
#include "cleanup.h"
#include "iommu.h"
#include "libvirt_files.h"
#include "sysfs.h"
#include "view_priv.h"

#include <string.h>

/* The netdev of one more VF may have to be waited for when the deadline passes; behind it nothing waits. */
#define VIEW_GRACE_MS 1000

static int check_time(const struct vw_deadline *end, struct vw_error *err)
{
	if (vw_deadline_left(end) > 0)
		return 0;
	return vw_error_set(err, ETIMEDOUT, "its devices cannot be looked at in time");
}

static int view_device_function(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_device *device, struct vw_view *view, struct vw_device_view *dv,
	struct vw_error *err)
{
	struct vw_pci pci;
	int rc;

	dv->no_netdev = device->kind == VW_DEV_MACVTAP && device->source &&
			!vw_links_by_name(&view->links, device->source);
	if (device->has_pci &&
		(device->kind == VW_DEV_VF_INTERFACE || device->kind == VW_DEV_HOSTDEV))
		pci = device->pci;
	else if (device->kind != VW_DEV_MACVTAP || !device->source)
		return 0;
	else if ((rc = vw_sysfs_netdev_pci(host, device->source, &pci)))
		return vw_error_absent(rc) ? 0
					   : vw_error_errno(err, -rc, "cannot look at netdev %s",
						     device->source);

	dv->function = calloc(1, sizeof(*dv->function));
	if (!dv->function)
		return vw_error_set(err, ENOMEM, "out of memory");
	rc = vw_view_function(host, registry, &view->links, &pci, dv->function, err);
	dv->is_vf = dv->function->kind == VW_FN_VF;
	return rc;
}

/* The functions that this domain takes itself do not stand in its own way. */
static int view_groups(const struct vw_host *host, const struct vw_deadline *end,
	struct vw_view *view, struct vw_error *err)
{
	vw_auto_free struct vw_pci *mine = calloc(view->n_devices + 1, sizeof(*mine));
	size_t n = 0;

	if (!mine)
		return vw_error_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < view->n_devices; i++)
		if (view->devices[i].function)
			mine[n++] = view->devices[i].function->pci;
	for (size_t i = 0; i < view->n_devices; i++) {
		struct vw_function_view *fn = view->devices[i].function;
		int group = view->devices[i].is_vf ? vw_iommu_group(host, &fn->pci) : -ENOENT;
		int rc = check_time(end, err);

		if (rc)
			return rc;
		rc = group < 0 ? group
			       : vw_iommu_blocker(host, group, &fn->pci, mine, n, &fn->blocker,
					 fn->blocker_driver, sizeof(fn->blocker_driver));
		if (rc < 0 && !vw_error_absent(rc))
			return vw_error_errno(err, -rc, "cannot look at an IOMMU group");
		if (group >= 0)
			fn->has_blocker = rc > 0;
	}
	return 0;
}

/* The PF behind a netdev that carries guests: the netdev itself, or a port of it when it is a bridge or bond. */
static bool pf_below(const struct vw_host *host, const struct vw_links *links, const char *netdev,
	struct vw_pci *pf)
{
	const struct vw_link *base = vw_links_by_name(links, netdev);

	if (!base)
		return false;
	for (size_t i = 0; i < links->n; i++) {
		const struct vw_link *link = &links->v[i];

		if ((link == base || link->master == base->ifindex) &&
			!vw_sysfs_netdev_pci(host, link->name, pf))
			return true;
	}
	return false;
}

/* The PF that a VF belongs to, or the function itself. */
static bool pf_of(const struct vw_host *host, const struct vw_pci *pci, struct vw_pci *pf)
{
	return !vw_sysfs_pci_function(host, pci, "physfn", pf);
}

/* Does this network, which is active, give each guest a VF of its own? 1, and pf is the one that they come from, if *pf_known; 0; -errno where nobody
 * could look. A file that is none of libvirt's counts as no pool: the port and the start are judged again when the VF is known. */
static int is_pool(const struct vw_host *host, const char *name, struct vw_pci *pf, bool *pf_known,
	struct vw_error *err)
{
	struct vw_network network;
	struct vw_error why;
	struct vw_pci pci;
	int rc = vw_network_read(host, name, &network, &why);
	bool pool;

	*pf_known = false;
	if (rc && !vw_error_absent(rc) && err)
		*err = why;
	if (rc)
		return vw_error_absent(rc) ? 0 : rc;
	if (network.pf && !vw_sysfs_netdev_pci(host, network.pf, pf))
		*pf_known = true;
	else if (network.has_pci)
		*pf_known = pf_of(host, &network.pci, pf);
	else if (network.netdev && !vw_sysfs_netdev_pci(host, network.netdev, &pci))
		*pf_known = pf_of(host, &pci, pf);
	/* The netdevs of a macvtap pool may be any. */
	pool = network.forward == VW_FORWARD_HOSTDEV ||
	       (network.forward == VW_FORWARD_PASSTHROUGH && *pf_known);
	vw_network_free(&network);
	return pool;
}

static void view_scope(const struct vw_host *host, const struct vw_config *config,
	const struct vw_view *view, struct vw_device_view *dv)
{
	const struct vw_link *link = dv->is_vf ? dv->function->pf_link
					       : vw_view_pf_link(host, &view->links, &dv->over_pf);
	char addr[VW_PCI_STR];
	const char *label = vw_config_label(
		config, link ? link->name : NULL, vw_pci_format(&dv->over_pf, addr));

	snprintf(dv->scope, sizeof(dv->scope), "%s", label ? label : "");
}

static void view_device_mac(const struct vw_host *host, const struct vw_config *config,
	const struct vw_device *device, const struct vw_view *view, struct vw_device_view *dv)
{
	const struct vw_function_view *fn = dv->function;

	dv->mac_from_xml = dv->has_mac = device->has_mac;
	dv->mac = device->mac;
	if (!dv->has_mac && device->kind == VW_DEV_HOSTDEV && dv->is_vf && fn->attr &&
		!vw_mac_is_nobody(&fn->attr->mac)) {
		dv->has_mac = true;
		dv->mac = fn->attr->mac;
	}
	dv->mac_on_vf = dv->is_vf || dv->from_pool;
	if (dv->is_vf) {
		dv->over_pf_known = true;
		dv->over_pf = fn->pf;
	}
	if (dv->mac_on_vf) {
		if (dv->over_pf_known)
			view_scope(host, config, view, dv);
	} else if (device->source && dv->has_mac) {
		dv->over_pf_known = pf_below(host, &view->links, device->source, &dv->over_pf);
	}
}

/* Two VFs meet where their labels are equal; no label is one too. A NIC that is no VF may be on any network. */
static bool scopes_meet(const struct vw_device_view *dv, const struct vw_mac_claim *claim)
{
	return !dv->mac_on_vf || !claim->on_vf || !strcmp(dv->scope, claim->scope);
}

static int view_rivals(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_domain *domain, struct vw_device_view *dv, struct vw_error *err)
{
	vw_auto_free struct vw_mac_claim *claims = NULL;
	size_t n = 0;
	int rc = vw_registry_find_mac(registry, &dv->mac, &claims, &n, err);

	if (rc < 0 || !n)
		return rc < 0 ? rc : 0;
	dv->rivals = calloc(n, sizeof(*dv->rivals));
	if (!dv->rivals)
		return vw_error_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(claims[i].owner.uuid, domain->uuid)) {
			dv->own_nic |= !claims[i].on_vf;
			continue;
		}
		if (!scopes_meet(dv, &claims[i]))
			continue;
		dv->rivals[dv->n_rivals++] = (struct vw_mac_rival){
			.claim = claims[i],
			.life = vw_view_life(host, &claims[i].owner, NULL, NULL, &dv->mac),
		};
	}
	return 0;
}

static int view_device(const struct vw_host *host, const struct vw_config *config,
	struct vw_registry *registry, const struct vw_domain *domain, size_t i,
	struct vw_view *view, struct vw_error *err)
{
	struct vw_device_view *dv = &view->devices[i];
	int rc = view_device_function(host, registry, &domain->devices[i], view, dv, err);

	if (rc)
		return rc;
	if (domain->devices[i].kind == VW_DEV_NETWORK && domain->devices[i].source) {
		rc = is_pool(
			host, domain->devices[i].source, &dv->over_pf, &dv->over_pf_known, err);
		if (rc < 0)
			return rc;
		dv->from_pool = rc > 0;
	}
	view_device_mac(host, config, &domain->devices[i], view, dv);
	return dv->has_mac && registry ? view_rivals(host, registry, domain, dv, err) : 0;
}

int vw_view_build(const struct vw_host *host, const struct vw_config *config,
	struct vw_registry *registry, const struct vw_domain *domain, enum vw_moment moment,
	struct vw_view *view, struct vw_error *err)
{
	struct vw_deadline end =
		vw_deadline_in((uint64_t)vw_deadline_left(&host->deadline) + VIEW_GRACE_MS);
	int rc = 0;

	*view = (struct vw_view){ .moment = moment };
	/* A VF whose claim ends between the dump and the look into the registry would seem to be free with its last guest's settings. */
	if (registry)
		rc = vw_registry_epoch(registry, &view->epoch, err);
	if (!rc)
		rc = vw_links_get(host, &view->links, err);
	if (rc)
		return rc;
	view->devices = calloc(domain->n_devices + 1, sizeof(*view->devices));
	if (!view->devices)
		return vw_error_set(err, ENOMEM, "out of memory");
	view->n_devices = domain->n_devices;
	for (size_t i = 0; i < domain->n_devices && !rc; i++) {
		rc = check_time(&end, err);
		if (!rc)
			rc = view_device(host, config, registry, domain, i, view, err);
	}
	if (!rc)
		rc = view_groups(host, &end, view, err);
	if (!rc)
		rc = vw_view_sightings(host, config, registry, domain, view, err);
	if (!rc && registry && domain->uuid[0])
		rc = vw_registry_vfs(registry, domain->uuid, &view->own, &view->n_own, err);
	return rc < 0 ? rc : 0;
}

void vw_view_free(struct vw_view *view)
{
	for (size_t i = 0; view->devices && i < view->n_devices; i++) {
		free(view->devices[i].function);
		free(view->devices[i].rivals);
		free(view->devices[i].seen);
	}
	free(view->devices);
	free(view->own);
	vw_links_free(&view->links);
	*view = (struct vw_view){ 0 };
}

bool vw_view_names(const struct vw_view *view, const struct vw_pci *pci)
{
	for (size_t i = 0; i < view->n_devices; i++)
		if (view->devices[i].function && vw_pci_equal(&view->devices[i].function->pci, pci))
			return true;
	return false;
}

bool vw_view_uses_vf(const struct vw_host *host, const struct vw_domain *domain)
{
	for (size_t i = 0; i < domain->n_devices; i++) {
		const struct vw_device *device = &domain->devices[i];
		struct vw_pci pci, other;
		bool known;
		int rc = 0;

		if (device->kind == VW_DEV_VF_INTERFACE)
			return true;
		if (device->kind == VW_DEV_NETWORK && device->source &&
			is_pool(host, device->source, &other, &known, NULL))
			return true;
		if (device->kind == VW_DEV_HOSTDEV && device->has_pci)
			pci = device->pci;
		else if (device->kind == VW_DEV_MACVTAP && device->source)
			rc = vw_sysfs_netdev_pci(host, device->source, &pci);
		else
			continue;
		if (!rc && !vw_sysfs_pci_is_network(host, &pci))
			continue;
		if (!rc)
			rc = vw_sysfs_pci_function(host, &pci, "physfn", &other);
		if (vw_error_absent(rc) &&
			device->kind == VW_DEV_HOSTDEV) /* a PF takes its VFs along */
			rc = vw_sysfs_vf(host, &pci, 0, &other);
		/* What cannot be told may be a VF. */
		if (!rc || !vw_error_absent(rc))
			return true;
	}
	return false;
}
