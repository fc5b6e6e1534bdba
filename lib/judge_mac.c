/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge_mac: may a device of the domain have its MAC? Keyed by owner: one VF shows its MAC in four places, and that is no duplicate. */
#include "cleanup.h"
#include "judge_priv.h"

#include <string.h>

static struct vw_findings *findings(struct vw_case *c)
{
	return &c->verdict->findings;
}

static void judge_rival(
	struct vw_case *c, const struct vw_device_view *dv, const struct vw_mac_rival *rival)
{
	struct vw_action action = { .what = VW_ACT_RELEASE_MAC, .mac_claim = rival->claim };
	char mac[VW_MAC_STR], owner[VW_OWNER_STR], remedy[400];
	bool hard = dv->mac_on_vf || rival->claim.on_vf;
	struct vw_finding *finding;

	vw_mac_format(&dv->mac, mac);
	vw_judge_owner(&rival->claim.owner, owner);
	switch (rival->life) {
	case VW_LIFE_ALIVE:
		snprintf(remedy, sizeof(remedy),
			"give this domain a MAC of its own, or stop %s first",
			rival->claim.owner.name);
		vw_finding_add(findings(c), hard ? VW_FAIL : VW_WARN, "mac-claimed", mac, remedy,
			"MAC %s is used by %s on its %s", mac, owner, rival->claim.device);
		break;
	case VW_LIFE_STOPPING:
		if (!hard)
			break;
		finding = vw_finding_add(findings(c), VW_FAIL, "mac-stopping", mac,
			"try again in a moment", "MAC %s is still being released by %s", mac,
			owner);
		if (finding)
			finding->wait = true;
		break;
	case VW_LIFE_GONE:
		vw_judge_act(c, &action);
		break;
	}
}

/* An idle VF: only what a past claim of ours explains is ours to clear. */
static void judge_idle_vf(struct vw_case *c, const struct vw_device_view *dv,
	const struct vw_mac_seen *seen, const char *vf)
{
	struct vw_action action = { .what = VW_ACT_CLEAR_VF, .vf = seen->vf };
	char mac[VW_MAC_STR], owner[VW_OWNER_STR], remedy[96];

	vw_mac_format(&dv->mac, mac);
	if (seen->vf_known && seen->past && !seen->in_use) {
		vw_finding_add(findings(c), VW_WARN, "mac-residue", mac, NULL,
			"idle VF %s still carries MAC %s of domain %s (%s); it is cleared", vf, mac,
			seen->owner.name, seen->owner.uuid);
		vw_judge_act(c, &action);
		return;
	}
	if (seen->claimed)
		vw_finding_add(findings(c), VW_FAIL, "mac-on-vf", mac,
			"give this domain a MAC of its own", "VF %s of %s carries MAC %s", vf,
			vw_judge_owner(&seen->owner, owner), mac);
	else if (seen->in_use)
		vw_finding_add(findings(c), VW_FAIL, "mac-on-vf", mac,
			"give this domain a MAC of its own",
			"VF %s carries MAC %s and is in use outside libvirt", vf, mac);
	else {
		if (seen->vf_known)
			snprintf(remedy, sizeof(remedy), "vfward reset %s", vf);
		else
			snprintf(remedy, sizeof(remedy),
				"ip link set %s vf %u mac 00:00:00:00:00:00", seen->netdev,
				seen->index);
		vw_finding_add(findings(c), VW_FAIL, "mac-on-vf", mac, remedy,
			"idle VF %s carries MAC %s, and no past domain explains it", vf, mac);
	}
}

/* Two NICs of one domain with the same MAC. */
static void judge_same_domain(struct vw_case *c, const struct vw_mac *mac, const char *pf)
{
	char text[VW_MAC_STR];

	vw_finding_add(findings(c), pf || c->config->same_domain_refuse ? VW_FAIL : VW_WARN,
		"mac-same-domain", vw_mac_format(mac, text),
		"give each NIC a MAC of its own, or make them a teaming pair (<teaming "
		"type='transient' …/>)",
		"two NICs of this domain have MAC %s%s%s", text, pf ? " on one PF, " : "",
		pf ? pf : "");
}

/* Another VF that this domain has already, as far as its one new NIC tells. */
static void judge_own_vf(
	struct vw_case *c, const struct vw_device_view *dv, const struct vw_mac_seen *seen)
{
	const struct vw_link *pf = dv->is_vf ? dv->function->pf_link : NULL;
	bool one_pf = pf && !strcmp(pf->name, seen->netdev);

	judge_same_domain(c, &dv->mac, one_pf ? seen->netdev : NULL);
}

static void judge_seen_vf(
	struct vw_case *c, const struct vw_device_view *dv, const struct vw_mac_seen *seen)
{
	struct vw_action action = { .what = VW_ACT_RELEASE_VF, .claim = seen->claim };
	char vf[64], addr[VW_PCI_STR];
	struct vw_finding *finding;
	bool own;

	if (seen->vf_known)
		snprintf(vf, sizeof(vf), "%s", vw_pci_format(&seen->vf, addr));
	else
		snprintf(vf, sizeof(vf), "%u of %s", seen->index, seen->netdev);
	own = seen->claimed && !strcmp(seen->owner.uuid, c->domain->uuid);
	/* A whole domain names what it still wants; the rest is reset anyway. */
	if (own && c->view->moment != VW_AT_PORT)
		return;
	if (!seen->claimed || seen->life == VW_LIFE_ALIVE) {
		if (own)
			judge_own_vf(c, dv, seen);
		else
			judge_idle_vf(c, dv, seen, vf);
		return;
	}
	if (seen->life == VW_LIFE_STOPPING) {
		finding = vw_finding_add(findings(c), VW_FAIL, "mac-stopping", vf,
			"try again in a moment", "VF %s is still being released by domain %s", vf,
			seen->owner.name);
		if (finding)
			finding->wait = true;
		return;
	}
	vw_judge_act(c, &action);
}

/* A claim says it already: the VF or netdev that carries the MAC belongs to a domain that has been named. */
static bool explained(const struct vw_device_view *dv, const struct vw_mac_seen *seen)
{
	for (size_t i = 0; i < dv->n_rivals; i++) {
		const struct vw_mac_rival *rival = &dv->rivals[i];

		if (rival->life == VW_LIFE_GONE)
			continue;
		if (seen->where != VW_SEEN_ON_VF ||
			(seen->claimed && !strcmp(seen->owner.uuid, rival->claim.owner.uuid)))
			return true;
	}
	return false;
}

void vw_judge_mac(struct vw_case *c, size_t i)
{
	const struct vw_device *device = &c->domain->devices[i];
	const struct vw_device_view *dv = &c->view->devices[i];
	char mac[VW_MAC_STR];

	if (device->bad_mac && (dv->mac_on_vf || device->kind == VW_DEV_VF_INTERFACE))
		vw_finding_add(findings(c), VW_FAIL, "mac-invalid", device->bad_mac,
			"use a unicast address such as 52:54:00:xx:xx:xx",
			"'%s' is not an address that a VF can have", device->bad_mac);
	if (!dv->has_mac)
		return;

	vw_mac_format(&dv->mac, mac);
	for (size_t k = 0; k < dv->n_rivals; k++)
		judge_rival(c, dv, &dv->rivals[k]);
	for (size_t k = 0; k < dv->n_seen; k++) {
		const struct vw_mac_seen *seen = &dv->seen[k];

		if (explained(dv, seen))
			continue;
		if (seen->where == VW_SEEN_ON_VF)
			judge_seen_vf(c, dv, seen);
		else
			vw_finding_add(findings(c), VW_FAIL,
				seen->where == VW_SEEN_ON_PF ? "mac-on-pf" : "mac-on-host", mac,
				"give this domain a MAC of its own",
				"MAC %s is that of this host's %s %s", mac,
				seen->where == VW_SEEN_ON_PF ? "PF" : "netdev", seen->netdev);
	}
}

/* libvirt's failover pair: a transient VF and the persistent virtio that it names by alias share their MAC by design. */
static bool is_team(const struct vw_device *a, const struct vw_device *b)
{
	if (a->team == VW_TEAM_PERSISTENT && b->team == VW_TEAM_TRANSIENT)
		return a->alias && b->team_peer && !strcmp(a->alias, b->team_peer);
	return b->team == VW_TEAM_PERSISTENT && a->team == VW_TEAM_TRANSIENT && is_team(b, a);
}

static void judge_pair(struct vw_case *c, size_t first, size_t second)
{
	const struct vw_device_view *a = &c->view->devices[first], *b = &c->view->devices[second];
	bool one_pf =
		a->over_pf_known && b->over_pf_known && vw_pci_equal(&a->over_pf, &b->over_pf);
	char pf[VW_PCI_STR];

	if (!a->mac_on_vf && !b->mac_on_vf)
		return;
	if (is_team(&c->domain->devices[first], &c->domain->devices[second]))
		return;
	judge_same_domain(c, &b->mac, one_pf ? vw_pci_format(&b->over_pf, pf) : NULL);
}

struct mac_device {
	struct vw_mac mac;
	size_t device;
};

static int compare_mac_device(const void *a, const void *b)
{
	const struct mac_device *x = a, *y = b;
	int order = memcmp(x->mac.b, y->mac.b, sizeof(x->mac.b));

	return order ? order : (x->device > y->device) - (x->device < y->device);
}

/* Each further NIC is held against every earlier one with its MAC; more than a handful of them prove the point. */
#define VW_TWICE_MAX 16

void vw_judge_mac_twice(struct vw_case *c)
{
	vw_auto_free struct mac_device *list = calloc(c->view->n_devices + 1, sizeof(*list));
	size_t n = 0;

	if (!list) {
		c->no_memory = true;
		return;
	}
	for (size_t i = 0; i < c->view->n_devices; i++)
		if (c->view->devices[i].has_mac)
			list[n++] = (struct mac_device){ c->view->devices[i].mac, i };
	qsort(list, n, sizeof(*list), compare_mac_device);
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && i - k < VW_TWICE_MAX &&
				   vw_mac_equal(&list[k - 1].mac, &list[i].mac);
			k--)
			judge_pair(c, list[k - 1].device, list[i].device);
}
