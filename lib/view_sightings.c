/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view_sightings: where on the host, other than on the domain's own functions, the domain's MACs are seen. */
#include "cleanup.h"
#include "sysfs.h"
#include "view_priv.h"

#include <string.h>

/* A MAC of the domain and the device it belongs to, sorted by MAC. */
struct mac_index {
	struct vw_mac mac;
	size_t device;
};

struct search {
	const struct vw_host *host;
	const struct vw_config *config;
	struct vw_registry *registry;
	const struct vw_domain *domain;
	struct vw_view *view;
	struct mac_index *index;
	size_t n;
};

static int compare_mac_index(const void *a, const void *b)
{
	const struct mac_index *x = a, *y = b;
	int order = memcmp(x->mac.b, y->mac.b, sizeof(x->mac.b));

	return order ? order : (x->device > y->device) - (x->device < y->device);
}

/* The first entry with this MAC, or s->n. */
static size_t find_mac(const struct search *s, const struct vw_mac *mac)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(s->index[middle].mac.b, mac->b, sizeof(mac->b)) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->n && vw_mac_equal(&s->index[low].mac, mac) ? low : s->n;
}

static struct vw_mac_seen *add_seen(struct vw_device_view *dv)
{
	struct vw_mac_seen *bigger = realloc(dv->seen, (dv->n_seen + 1) * sizeof(*bigger));

	if (!bigger)
		return NULL;
	dv->seen = bigger;
	bigger[dv->n_seen] = (struct vw_mac_seen){ 0 };
	return &bigger[dv->n_seen++];
}

static bool same_label(const struct search *s, const struct vw_device_view *dv, const char *netdev,
	const struct vw_pci *pf)
{
	char addr[VW_PCI_STR];
	const char *label = vw_config_label(s->config, netdev, pf ? vw_pci_format(pf, addr) : NULL);

	return !strcmp(dv->scope, label ? label : "");
}

/* Does the device compare its MAC with what is on this PF? */
static bool in_scope(
	const struct search *s, const struct vw_device_view *dv, const struct vw_link *pf)
{
	struct vw_pci pci;

	return !dv->mac_on_vf ||
	       same_label(
		       s, dv, pf->name, vw_sysfs_netdev_pci(s->host, pf->name, &pci) ? NULL : &pci);
}

/* … and with the netdev of one of its VFs? */
static bool vf_in_scope(
	const struct search *s, const struct vw_device_view *dv, const struct vw_pci *pf)
{
	const struct vw_links *links = &s->view->links;
	struct vw_pci pci;

	for (size_t i = 0; i < links->n; i++)
		if (links->v[i].num_vf >= 0 &&
			!vw_sysfs_netdev_pci(s->host, links->v[i].name, &pci) &&
			vw_pci_equal(&pci, pf))
			return in_scope(s, dv, &links->v[i]);
	return same_label(s, dv, NULL, pf);
}

/* Who has the VF that carries a MAC of the domain? */
static int describe_vf(const struct search *s, const struct vw_mac *mac, struct vw_mac_seen *seen,
	struct vw_error *err)
{
	struct vw_function_view fn;
	int rc = vw_view_function(s->host, s->registry, &s->view->links, &seen->vf, &fn, err);

	if (rc)
		return rc;
	seen->claimed = fn.claimed;
	seen->claim = fn.claim;
	seen->owner = fn.claim.owner;
	seen->life = fn.life;
	seen->in_use = fn.held || fn.netdev_elsewhere;
	if (fn.claimed || !s->registry)
		return 0;
	rc = vw_registry_past(s->registry, &seen->vf, mac, &seen->owner, err);
	seen->past = rc > 0;
	return rc < 0 ? rc : 0;
}

static int note_vf(const struct search *s, const struct vw_link *pf, const struct vw_vf_attr *attr,
	struct vw_device_view *dv, struct vw_error *err)
{
	struct vw_mac_seen *seen, found = { .where = VW_SEEN_ON_VF, .index = attr->index };
	struct vw_pci pf_pci;

	found.vf_known = !vw_sysfs_netdev_pci(s->host, pf->name, &pf_pci) &&
			 !vw_sysfs_vf(s->host, &pf_pci, attr->index, &found.vf);
	if ((found.vf_known && vw_view_names(s->view, &found.vf)) || !in_scope(s, dv, pf))
		return 0;
	snprintf(found.netdev, sizeof(found.netdev), "%s", pf->name);
	if (found.vf_known) {
		int rc = describe_vf(s, &attr->mac, &found, err);

		if (rc)
			return rc;
	}
	seen = add_seen(dv);
	if (!seen)
		return vw_error_set(err, ENOMEM, "out of memory");
	*seen = found;
	return 0;
}

/* The VF behind a netdev carries the MAC as its PF reports: that sighting says more than the netdev's. */
static bool seen_on_vf_of(const struct vw_device_view *dv, const struct vw_pci *vf)
{
	for (size_t i = 0; i < dv->n_seen; i++)
		if (dv->seen[i].where == VW_SEEN_ON_VF && dv->seen[i].vf_known &&
			vw_pci_equal(&dv->seen[i].vf, vf))
			return true;
	return false;
}

/* Is the netdev part of the domain itself: its VF's netdev, the macvtap that libvirt put on that, or the macvtap of another of its NICs (of
 * a teaming pair, say)? libvirt makes them before `start`, and other domains' claims on the MAC are judged apart. */
static bool is_own_netdev(const struct search *s, const struct vw_link *link,
	const struct vw_device_view *mine, const struct vw_pci *pci)
{
	if (pci && vw_view_names(s->view, pci))
		return true;
	if (s->view->moment == VW_AT_PORT && mine->own_nic && !strcmp(link->kind, "macvtap"))
		return true;
	for (size_t i = 0; i < s->view->n_devices && s->view->moment == VW_AT_START; i++) {
		const struct vw_device_view *dv = &s->view->devices[i];

		if (dv->function && dv->function->upper[0] &&
			!strcmp(dv->function->upper, link->name))
			return true;
		if (s->domain->devices[i].kind == VW_DEV_DIRECT && dv->has_mac && link->has_mac &&
			!strcmp(link->kind, "macvtap") && vw_mac_equal(&dv->mac, &link->mac))
			return true;
	}
	return false;
}

/* One netdev is enough to refuse, and a PF's name tells most: bridges, bonds and VLANs above it share its address. */
static int note_netdev(const struct search *s, const struct vw_link *link,
	struct vw_device_view *dv, struct vw_error *err)
{
	struct vw_pci pci, pf;
	bool has_pci = !vw_sysfs_netdev_pci(s->host, link->name, &pci);
	bool is_vf = has_pci && !vw_sysfs_pci_function(s->host, &pci, "physfn", &pf);
	struct vw_mac_seen *seen = NULL;
	long vfs;
	/* IFLA_NUM_VF would not tell: the kernel gives it, 0, for every PCI function. */
	bool is_pf = has_pci && !vw_sysfs_pci_number(s->host, &pci, "sriov_totalvfs", &vfs);

	if (!dv->mac_on_vf || is_own_netdev(s, link, dv, has_pci ? &pci : NULL))
		return 0;
	if (!strcmp(link->kind, "tun") && vw_mac_is_tap_copy(&link->mac))
		return 0;
	if (is_vf && (seen_on_vf_of(dv, &pci) || !vf_in_scope(s, dv, &pf)))
		return 0;
	for (size_t i = 0; i < dv->n_seen && !seen; i++)
		if (dv->seen[i].where != VW_SEEN_ON_VF)
			seen = &dv->seen[i];
	if (seen && (seen->where == VW_SEEN_ON_PF || !is_pf))
		return 0;
	if (!seen)
		seen = add_seen(dv);
	if (!seen)
		return vw_error_set(err, ENOMEM, "out of memory");
	*seen = (struct vw_mac_seen){ .where = is_pf ? VW_SEEN_ON_PF : VW_SEEN_ON_NETDEV };
	snprintf(seen->netdev, sizeof(seen->netdev), "%s", link->name);
	return 0;
}

/* attr: NULL = the netdev's own address. */
static int match(const struct search *s, const struct vw_link *link, const struct vw_vf_attr *attr,
	const struct vw_mac *mac, struct vw_error *err)
{
	int rc = 0;

	if (vw_mac_is_nobody(mac))
		return 0;
	for (size_t k = find_mac(s, mac); k < s->n && vw_mac_equal(&s->index[k].mac, mac) && !rc;
		k++) {
		struct vw_device_view *dv = &s->view->devices[s->index[k].device];

		rc = attr ? note_vf(s, link, attr, dv, err) : note_netdev(s, link, dv, err);
	}
	return rc;
}

static int match_netdev(const struct search *s, const struct vw_link *link, struct vw_error *err)
{
	struct vw_pci pci, pf;
	int rc = link->has_mac ? match(s, link, NULL, &link->mac, err) : 0;

	if (rc || !link->has_perm || (link->has_mac && vw_mac_equal(&link->perm, &link->mac)))
		return rc;
	/* A VF's "permanent" address is what its PF said when the driver was bound: perhaps a former guest's. */
	if (find_mac(s, &link->perm) == s->n ||
		(!vw_sysfs_netdev_pci(s->host, link->name, &pci) &&
			!vw_sysfs_pci_function(s->host, &pci, "physfn", &pf)))
		return 0;
	return match(s, link, NULL, &link->perm, err);
}

int vw_view_sightings(const struct vw_host *host, const struct vw_config *config,
	struct vw_registry *registry, const struct vw_domain *domain, struct vw_view *view,
	struct vw_error *err)
{
	vw_auto_free struct mac_index *index = calloc(view->n_devices + 1, sizeof(*index));
	struct search s = { host, config, registry, domain, view, index, 0 };
	int rc = 0;

	if (!index)
		return vw_error_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < view->n_devices; i++)
		if (view->devices[i].has_mac)
			index[s.n++] = (struct mac_index){ view->devices[i].mac, i };
	qsort(index, s.n, sizeof(*index), compare_mac_index);

	/* VFs first: a sighting on a VF explains the one on its netdev. */
	for (size_t i = 0; i < view->links.n && !rc; i++)
		for (size_t k = 0; k < view->links.v[i].n_vfs && !rc; k++)
			rc = match(&s, &view->links.v[i], &view->links.v[i].vfs[k],
				&view->links.v[i].vfs[k].mac, err);
	for (size_t i = 0; i < view->links.n && !rc; i++)
		rc = match_netdev(&s, &view->links.v[i], err);
	return rc;
}
