/* SPDX-License-Identifier: GPL-2.0-or-later */
/* claims: turns a domain and what was seen of the host into the claims that it makes. */
#include "claims.h"
#include "reset.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static enum vw_vf_use use_of(enum vw_device_kind kind)
{
	return kind == VW_DEV_VF_INTERFACE ? VW_USE_INTERFACE
	       : kind == VW_DEV_HOSTDEV    ? VW_USE_HOSTDEV
					   : VW_USE_MACVTAP;
}

/* What the reset will restore. Before libvirt has touched the VF that is what the VF shows now; later, when trust, VLAN and
 * MAC may already be the guest's, only the driver's defaults are known to be clean. On a plain hostdev neither libvirt
 * nor its guest sets anything: what it shows is the administrator's doing at any time. */
static struct vw_vf_attr baseline_of(
	const struct vw_device *device, const struct vw_device_view *dv, enum vw_moment moment)
{
	static const struct vw_vf_attr unknown = {
		.vlan_proto = 0x8100,
		.spoofchk = VW_UNKNOWN,
		.trust = VW_UNKNOWN,
		.rss_query = VW_UNKNOWN,
		.link_state = VW_UNKNOWN,
	};
	const struct vw_function_view *fn = dv->function;
	const struct vw_vf_attr *now = fn->attr ? fn->attr : &unknown;
	bool untouched = moment != VW_AT_START || device->kind == VW_DEV_HOSTDEV;
	struct vw_vf_attr base = untouched ? *now : vw_reset_defaults(fn->pf_driver, now);

	base.index = fn->index;
	return base;
}

struct vw_claim_owner vw_claim_owner_now(
	const struct vw_domain *domain, enum vw_claim_state state, const struct vw_process *daemon)
{
	struct vw_claim_owner owner = { .state = state };
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	owner.since = now.tv_sec;
	if (daemon)
		owner.daemon = *daemon;
	snprintf(owner.uuid, sizeof(owner.uuid), "%s", domain->uuid);
	snprintf(owner.name, sizeof(owner.name), "%s", domain->name);
	return owner;
}

static void claim_vf(const struct vw_device *device, const struct vw_device_view *dv,
	enum vw_moment moment, const struct vw_claim_owner *owner, struct vw_vf_claim *claim)
{
	*claim = (struct vw_vf_claim){
		.owner = *owner,
		.vf = dv->function->pci,
		.use = use_of(device->kind),
		.mac = dv->has_mac ? dv->mac : (struct vw_mac){ { 0 } },
		.baseline = baseline_of(device, dv, moment),
	};
}

static void claim_mac(const struct vw_device *device, const struct vw_device_view *dv,
	const struct vw_claim_owner *owner, struct vw_mac_claim *claim)
{
	char addr[VW_PCI_STR];

	*claim = (struct vw_mac_claim){ .owner = *owner, .mac = dv->mac, .on_vf = dv->mac_on_vf };
	snprintf(claim->scope, sizeof(claim->scope), "%s", dv->scope);
	if (dv->is_vf)
		snprintf(claim->device, sizeof(claim->device), "VF %s",
			vw_pci_format(&dv->function->pci, addr));
	else if (dv->from_pool)
		snprintf(
			claim->device, sizeof(claim->device), "VF from network %s", device->source);
	else
		snprintf(claim->device, sizeof(claim->device), "%s interface",
			device->type ? device->type : "?");
}

int vw_claims_of(const struct vw_domain *domain, const struct vw_view *view,
	const struct vw_claim_owner *owner, struct vw_claims *claims)
{
	*claims = (struct vw_claims){
		.epoch = view->epoch,
		.vfs = calloc(domain->n_devices + 1, sizeof(*claims->vfs)),
		.macs = calloc(domain->n_devices + 1, sizeof(*claims->macs)),
	};
	if (!claims->vfs || !claims->macs) {
		vw_claims_free(claims);
		return -ENOMEM;
	}
	for (size_t i = 0; i < domain->n_devices; i++) {
		const struct vw_device_view *dv = &view->devices[i];

		if (dv->is_vf)
			claim_vf(&domain->devices[i], dv, view->moment, owner,
				&claims->vfs[claims->n_vfs++]);
		if (dv->has_mac)
			claim_mac(&domain->devices[i], dv, owner, &claims->macs[claims->n_macs++]);
	}
	return 0;
}

void vw_claims_free(struct vw_claims *claims)
{
	free(claims->vfs);
	free(claims->macs);
	*claims = (struct vw_claims){ 0 };
}
