/* SPDX-License-Identifier: GPL-2.0-or-later */
/* release: how a domain's VFs become free again.
 *
 * Theory of operation. The claim is the lock: it stands, with us as its worker, while the VF is reset over netlink, so
 * no domain that goes through the hook can get the VF meanwhile, and no database transaction is open. Killed in between, the
 * claim stays with a dead worker, which the next one to want the VF notices and takes over.
 *   1. take   the claim, if it is still the same owner's and nobody works on it;
 *   2. look   again: what somebody else holds by now is no longer ours to touch;
 *   3. reset  to the claim's baseline and read back (reset.c);
 *   4. drop   the claim, remembered as a past one, or quarantine the VF. */
#include "cleanup.h"
#include "iommu.h"
#include "holder.h"
#include "release.h"
#include "reset.h"
#include "sysfs.h"

#include <string.h>

#define ALL_STATES                                                                                 \
	(1U << VW_CLAIM_PREPARED | 1U << VW_CLAIM_RUNNING | 1U << VW_CLAIM_STOPPING |              \
		1U << VW_CLAIM_QUARANTINED)

/* Is the VF somebody else's by now? 1 and who, 0, or -errno where that cannot be told. */
static int is_foreign(const struct vw_host *host, const struct vw_pci *vf, char *who, size_t size)
{
	vw_auto(vw_names_free) struct vw_names netdevs = { 0 };
	struct vw_holder holder;
	int rc = vw_holder_on_vfio(host, vf);

	if (rc < 0)
		return rc;
	if (rc) {
		if (vw_holder_find(host, vf, vw_iommu_group(host, vf), &holder) <= 0)
			return 0;
		snprintf(who, size, "process %d (%s) holds it", (int)holder.pid, holder.comm);
		return 1;
	}
	rc = vw_sysfs_pci_netdevs(host, vf, &netdevs);
	if (rc || netdevs.n)
		return vw_error_absent(rc) ? 0 : rc;
	snprintf(who, size, "its netdev is in another network namespace");
	return 1;
}

/* A guest that brought its MAC in the XML leaves none behind: a free VF carries no MAC. */
static struct vw_reset_target target_of(const struct vw_vf_claim *claim)
{
	struct vw_reset_target target = {
		.want = claim->baseline,
		.tenant = claim->mac,
		.spare = claim->baseline.mac,
	};

	if (claim->use != VW_USE_HOSTDEV)
		target.want.mac = (struct vw_mac){ { 0 } };
	return target;
}

/* The claim is ours to work on: reset the VF. Fills residue if it does not come clean. */
static void reset_claimed(const struct vw_host *host, const struct vw_vf_claim *claim,
	char *residue, size_t size, struct vw_findings *findings)
{
	struct vw_reset_target target = target_of(claim);
	struct vw_reset_result result = { 0 };
	struct vw_error err = { "" };
	char addr[VW_PCI_STR];

	vw_pci_format(&claim->vf, addr);
	if (vw_reset_vf(host, &claim->vf, &target, &result, &err))
		snprintf(residue, size, "not reset: %s", err.msg);
	else if (!result.clean)
		snprintf(residue, size, "%s", result.residue);
	else
		vw_finding_add(findings, VW_PASS, "vf-released", addr, NULL,
			"VF %s is clean again (domain %s)%s%s%s", addr, claim->owner.name,
			result.unsupported[0] ? " (its driver does not support " : "",
			result.unsupported, result.unsupported[0] ? ")" : "");
}

int vw_release_vf(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_vf_claim *claim, unsigned int from, struct vw_findings *findings,
	struct vw_error *err)
{
	const struct vw_process me = vw_process_self();
	const char *uuid = claim->owner.uuid;
	char addr[VW_PCI_STR], remedy[64], who[160], residue[sizeof(claim->residue)] = "";
	int rc = vw_registry_take(registry, &claim->vf, uuid, from, &me, err), foreign;

	if (rc <= 0)
		return rc < 0 ? rc
			      : vw_error_set(err, EBUSY,
					"VF %s: another process works on its claim",
					vw_pci_format(&claim->vf, addr));

	vw_pci_format(&claim->vf, addr);
	if (!vw_sysfs_pci_exists(host, &claim->vf)) {
		vw_finding_add(findings, VW_WARN, "vf-left-alone", addr, NULL,
			"VF %s of domain %s is no longer there", addr, claim->owner.name);
	} else if ((foreign = is_foreign(host, &claim->vf, who, sizeof(who))) < 0) {
		snprintf(residue, sizeof(residue), "not reset: cannot tell who has it: %s",
			strerror(-foreign));
	} else if (foreign) {
		vw_finding_add(findings, VW_WARN, "vf-left-alone", addr, NULL,
			"VF %s of domain %s is not reset, because %s", addr, claim->owner.name,
			who);
	} else {
		reset_claimed(host, claim, residue, sizeof(residue), findings);
	}
	if (!residue[0])
		return vw_registry_release_vf(registry, &claim->vf, uuid, &me, err);

	snprintf(remedy, sizeof(remedy), "vfward reset %s", addr);
	vw_finding_add(findings, VW_FAIL, "residue", addr, remedy,
		"VF %s of domain %s did not come clean: %s", addr, claim->owner.name, residue);
	return vw_registry_quarantine(registry, &claim->vf, uuid, &me, residue, err);
}

int vw_release_domain(const struct vw_host *host, struct vw_registry *registry, const char *uuid,
	struct vw_findings *findings, struct vw_error *err)
{
	vw_auto_free struct vw_vf_claim *claims = NULL;
	size_t n = 0;
	int first = vw_registry_vfs(registry, uuid, &claims, &n, err);

	if (first)
		return first;
	for (size_t i = 0; i < n; i++) {
		struct vw_error later;
		int rc = vw_release_vf(
			host, registry, &claims[i], ALL_STATES, findings, first ? &later : err);

		first = first ? first : rc;
	}
	struct vw_error later;
	int rc = vw_registry_release_macs(registry, uuid, first ? &later : err);
	return first ? first : rc;
}

int vw_release_find_port(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_domain *port, struct vw_vf_claim *claim, struct vw_error *err)
{
	const struct vw_device *device = &port->devices[0];
	struct vw_pci vf = device->pci;
	int rc;

	if (device->kind == VW_DEV_MACVTAP && device->source) {
		rc = vw_sysfs_netdev_pci(host, device->source, &vf);
		if (rc)
			return vw_error_absent(rc)
				       ? 0
				       : vw_error_errno(err, -rc, "cannot look at netdev %s",
						 device->source);
	} else if (device->kind != VW_DEV_VF_INTERFACE || !device->has_pci) {
		return 0;
	}
	rc = vw_registry_find_vf(registry, &vf, claim, err);
	return rc > 0 && strcmp(claim->owner.uuid, port->uuid) ? 0 : rc;
}

/* Does a guest still use the VF, whatever libvirt's network driver thinks of it? Where that cannot be told it may, and the domain's end
 * does the rest. */
static bool is_used(const struct vw_host *host, const struct vw_pci *vf)
{
	vw_auto(vw_names_free) struct vw_names netdevs = { 0 };
	struct vw_holder holder;
	char upper[IFNAMSIZ];
	int rc = vw_holder_on_vfio(host, vf);

	if (rc)
		return rc < 0 || vw_holder_find(host, vf, vw_iommu_group(host, vf), &holder) != 0;
	rc = vw_sysfs_pci_netdevs(host, vf, &netdevs);
	if (rc == 0 && netdevs.n)
		rc = vw_sysfs_netdev_upper(host, netdevs.v[0], upper, sizeof(upper));
	return !vw_error_absent(rc);
}

/* The claim on the NIC's MAC. A VF and another NIC (the halves of a teaming pair) have one each. */
static int release_port_mac(struct vw_registry *registry, const struct vw_domain *port, bool on_vf,
	struct vw_error *err)
{
	const struct vw_device *device = &port->devices[0];
	vw_auto_free struct vw_mac_claim *claims = NULL;
	vw_auto_free struct vw_vf_claim *others = NULL;
	size_t n = 0, n_others = 0;
	int rc = vw_registry_macs(registry, port->uuid, &claims, &n, err);

	if (rc == 0 && on_vf)
		rc = vw_registry_vfs(registry, port->uuid, &others, &n_others, err);
	/* another VF of the domain may have the same one */
	for (size_t i = 0; i < n_others; i++)
		if (vw_mac_equal(&others[i].mac, &device->mac))
			return rc;
	for (size_t i = 0; i < n && rc == 0; i++)
		if (claims[i].on_vf == on_vf && vw_mac_equal(&claims[i].mac, &device->mac))
			rc = vw_registry_release_mac(registry, &claims[i], err);
	return rc;
}

int vw_release_port(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_domain *port, struct vw_findings *findings, struct vw_error *err)
{
	struct vw_vf_claim claim;
	char addr[VW_PCI_STR];
	int found = vw_release_find_port(host, registry, port, &claim, err), rc = 0;

	if (found < 0)
		return found;
	if (found && is_used(host, &claim.vf)) {
		vw_pci_format(&claim.vf, addr);
		vw_finding_add(findings, VW_WARN, "vf-left-alone", addr, NULL,
			"VF %s of domain %s is still in use; it is released when the domain stops",
			addr, port->name);
		return 0;
	}
	if (found)
		rc = vw_release_vf(host, registry, &claim, ALL_STATES, findings, err);
	if (rc || !port->devices[0].has_mac)
		return rc;
	return release_port_mac(
		registry, port, found || port->devices[0].kind == VW_DEV_VF_INTERFACE, err);
}

/* What stays of an idle VF when only its MAC is to go. */
static int claim_idle(const struct vw_host *host, struct vw_registry *registry,
	struct vw_vf_claim *claim, const char *uuid, const char *name, const struct vw_pci *vf,
	bool all, struct vw_error *err)
{
	const struct vw_process me = vw_process_self();
	struct vw_vf_place place;
	struct vw_vf_attr now;
	int rc = vw_reset_read(host, vf, &place, &now, err);

	if (rc)
		return rc;
	*claim = (struct vw_vf_claim){
		.vf = *vf, .use = VW_USE_INTERFACE, .mac = now.mac, .worker = me
	};
	claim->baseline = all ? vw_reset_defaults(place.driver, &now) : now;
	snprintf(claim->owner.uuid, sizeof(claim->owner.uuid), "%s", uuid);
	snprintf(claim->owner.name, sizeof(claim->owner.name), "%s", name);
	return vw_registry_take_idle(registry, claim, err);
}

static int release_unclaimed(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_pci *vf, const char *uuid, const char *name, bool all,
	struct vw_findings *findings, struct vw_error *err)
{
	struct vw_vf_claim claim;
	char addr[VW_PCI_STR];
	int rc = claim_idle(host, registry, &claim, uuid, name, vf, all, err);

	if (rc < 0)
		return rc;
	if (!rc)
		return vw_error_set(
			err, EBUSY, "VF %s has been claimed meanwhile", vw_pci_format(vf, addr));
	return vw_release_vf(host, registry, &claim, 1U << VW_CLAIM_STOPPING, findings, err);
}

int vw_release_idle(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_pci *vf, const char *uuid, const char *name, struct vw_findings *findings,
	struct vw_error *err)
{
	return release_unclaimed(host, registry, vf, uuid, name, false, findings, err);
}

int vw_release_operator(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_pci *vf, struct vw_findings *findings, struct vw_error *err)
{
	return release_unclaimed(host, registry, vf, "00000000-0000-0000-0000-000000000000",
		"(operator)", true, findings, err);
}
