/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge_function: may the domain have the PCI function that a device names? One rule a function. */
#include "judge_priv.h"

#include <string.h>

#define REMEDY_CHOOSE "choose a free VF (vfward list shows them)"

static struct vw_findings *findings(struct vw_case *c)
{
	return &c->verdict->findings;
}

/* The one severity for what libvirt minds with an <interface> but not with a plain <hostdev>. */
static enum vw_severity unless_plain(const struct vw_device *device)
{
	return device->kind == VW_DEV_HOSTDEV ? VW_WARN : VW_FAIL;
}

static void judge_no_function(struct vw_case *c, const struct vw_device *device)
{
	if (device->bad_pci && device->kind == VW_DEV_VF_INTERFACE)
		vw_finding_add(findings(c), VW_FAIL, "address-invalid", device->bad_pci,
			"correct the interface's <source><address type='pci' …/>",
			"the source address of an interface cannot be read: %s", device->bad_pci);
	else if (device->kind == VW_DEV_VF_INTERFACE && !device->has_pci)
		vw_finding_add(findings(c), VW_FAIL, "address-invalid", "interface",
			"give the interface a <source><address type='pci' …/>",
			"an interface of type hostdev has no source address");
}

static void judge_missing(
	struct vw_case *c, const struct vw_device *device, const struct vw_function_view *fn)
{
	char addr[VW_PCI_STR], pf[VW_PCI_STR], remedy[160];

	if (device->kind != VW_DEV_VF_INTERFACE)
		return; /* of a plain hostdev nobody knows that it was to be a VF; libvirt refuses it itself */
	vw_pci_format(&fn->pci, addr);
	if (!fn->pf_known) {
		vw_finding_add(findings(c), VW_FAIL, "vf-missing", addr, REMEDY_CHOOSE,
			"there is no PCI function %s on this host", addr);
		return;
	}
	vw_pci_format(&fn->pf, pf);
	snprintf(remedy, sizeof(remedy), "enable VFs: vfward-hostprep vfs %s=COUNT", pf);
	vw_finding_add(findings(c), VW_FAIL, "numvfs-zero", addr, remedy,
		"VF %s would be number %u of PF %s, which does not have that many VFs enabled",
		addr, fn->index, pf);
}

static void judge_not_vf(
	struct vw_case *c, const struct vw_device *device, const struct vw_function_view *fn)
{
	char addr[VW_PCI_STR];

	vw_pci_format(&fn->pci, addr);
	if (device->kind == VW_DEV_VF_INTERFACE)
		vw_finding_add(findings(c), VW_FAIL,
			fn->kind == VW_FN_PF ? "address-is-pf" : "address-not-vf", addr,
			fn->kind == VW_FN_PF ? "name one of its VFs (vfward list shows them), or "
					       "pass the PF as a "
					       "plain <hostdev>"
					     : REMEDY_CHOOSE,
			fn->kind == VW_FN_PF
				? "%s is a physical function; an interface of type hostdev needs a "
				  "VF"
				: "%s is not a network VF; an interface of type hostdev needs one",
			addr);
	else if (device->kind == VW_DEV_HOSTDEV && fn->kind == VW_FN_PF && fn->pf_user[0])
		vw_finding_add(findings(c), VW_FAIL, "pf-in-use", addr,
			"stop the users of its VFs first", "PF %s cannot be passed through: its %s",
			addr, fn->pf_user);
}

static void judge_twice(struct vw_case *c, size_t i)
{
	const struct vw_function_view *fn = c->view->devices[i].function;
	char addr[VW_PCI_STR];

	for (size_t k = 0; k < i; k++) {
		const struct vw_device_view *other = &c->view->devices[k];

		if (!other->is_vf || !vw_pci_equal(&other->function->pci, &fn->pci))
			continue;
		vw_pci_format(&fn->pci, addr);
		vw_finding_add(findings(c), VW_FAIL, "vf-twice", addr,
			"remove one of the two devices", "the domain names VF %s twice", addr);
		return;
	}
}

static void judge_quarantined(struct vw_case *c, const struct vw_function_view *fn, bool own)
{
	char addr[VW_PCI_STR], owner[VW_OWNER_STR], remedy[80];
	struct vw_action action = { .what = VW_ACT_RELEASE_VF, .claim = fn->claim };

	vw_pci_format(&fn->pci, addr);
	if (own) {
		vw_finding_add(findings(c), VW_WARN, "vf-quarantined", addr, NULL,
			"VF %s did not come clean after this domain's last run (%s); it gets it "
			"back",
			addr, fn->claim.residue);
		return;
	}
	snprintf(remedy, sizeof(remedy), "vfward reset %s", addr);
	vw_finding_add(findings(c), VW_WARN, "vf-quarantined", addr, remedy,
		"VF %s did not come clean after %s (%s); it is reset again", addr,
		vw_judge_owner(&fn->claim.owner, owner), fn->claim.residue);
	vw_judge_act(c, &action);
}

static void judge_foreign_claim(struct vw_case *c, const struct vw_function_view *fn)
{
	char addr[VW_PCI_STR], owner[VW_OWNER_STR], remedy[400];
	struct vw_action action = { .what = VW_ACT_RELEASE_VF, .claim = fn->claim };
	struct vw_finding *finding;

	vw_pci_format(&fn->pci, addr);
	vw_judge_owner(&fn->claim.owner, owner);
	switch (fn->life) {
	case VW_LIFE_ALIVE:
		snprintf(remedy, sizeof(remedy), "stop %s first, or " REMEDY_CHOOSE,
			fn->claim.owner.name);
		vw_finding_add(findings(c), VW_FAIL, "vf-claimed", addr, remedy,
			"VF %s is used by %s", addr, owner);
		break;
	case VW_LIFE_STOPPING:
		finding = vw_finding_add(findings(c), VW_FAIL, "vf-stopping", addr,
			"try again in a moment", "VF %s is still being released by %s", addr,
			owner);
		if (finding)
			finding->wait = true;
		break;
	case VW_LIFE_GONE:
		vw_finding_add(findings(c), VW_WARN, "vf-stale-claim", addr, NULL,
			"VF %s was claimed by %s, which is gone; it is reset and taken over", addr,
			owner);
		vw_judge_act(c, &action);
		break;
	}
}

/* Somebody is about to remove the VF, or has just made it. */
static void judge_reserved(struct vw_case *c, const struct vw_function_view *fn)
{
	char addr[VW_PCI_STR], owner[VW_OWNER_STR];

	vw_pci_format(&fn->pci, addr);
	vw_finding_add(findings(c), VW_FAIL, "vf-reserved", addr,
		"wait until it is done, and try again",
		"%s is reserved by %s, which is changing the VFs of its PF; the change is in "
		"the hands of process %d",
		addr, vw_judge_owner(&fn->claim.owner, owner), (int)fn->claim.worker.pid);
}

/* The claim of another domain, as far as it stands in the way. Returns false if nothing further about who has the VF need be said. */
static bool judge_claim(struct vw_case *c, const struct vw_function_view *fn)
{
	bool own = fn->claimed && !strcmp(fn->claim.owner.uuid, c->domain->uuid);

	if (!fn->claimed)
		return true;
	if (fn->claim.owner.state == VW_CLAIM_QUARANTINED)
		judge_quarantined(c, fn, own);
	else if (!own)
		judge_foreign_claim(c, fn);
	return own || fn->life == VW_LIFE_GONE;
}

static void judge_holder(struct vw_case *c, const struct vw_function_view *fn)
{
	char addr[VW_PCI_STR], remedy[96];

	vw_pci_format(&fn->pci, addr);
	/* vfio lets nobody else in, so a start that should not be fails in QEMU: no reason to refuse all others. */
	if (fn->holder_unknown)
		vw_finding_add(findings(c), VW_WARN, "vf-holder-unknown", addr, NULL,
			"VF %s is on a vfio driver, and not every process could be looked into: "
			"somebody may hold it",
			addr);
	if (!fn->held)
		return;
	snprintf(remedy, sizeof(remedy), "end process %d, or " REMEDY_CHOOSE, (int)fn->holder.pid);
	vw_finding_add(findings(c), VW_FAIL, "vf-in-use", addr, remedy,
		"VF %s is held through vfio by process %d (%s%s%s), which libvirt did not start "
		"for a domain known here",
		addr, (int)fn->holder.pid, fn->holder.comm, fn->holder.guest[0] ? ", guest " : "",
		fn->holder.guest);
}

static void judge_pf(
	struct vw_case *c, const struct vw_device *device, const struct vw_function_view *fn)
{
	char addr[VW_PCI_STR], pf[VW_PCI_STR], remedy[96];

	vw_pci_format(&fn->pci, addr);
	vw_pci_format(&fn->pf, pf);
	if (!fn->pf_link) {
		vw_finding_add(findings(c), unless_plain(device), "pf-no-netdev", addr,
			"bring the PF's netdev back into the host's network namespace, and its "
			"driver up",
			"PF %s of VF %s has no netdev in this network namespace", pf, addr);
		return;
	}
	if (!(fn->pf_link->flags & IFF_UP)) {
		snprintf(remedy, sizeof(remedy), "ip link set %s up", fn->pf_link->name);
		vw_finding_add(findings(c), unless_plain(device), "pf-down", addr, remedy,
			"PF %s (%s) of VF %s is down", fn->pf_link->name, pf, addr);
	}
	if (!fn->attr)
		vw_finding_add(findings(c), VW_FAIL, "vf-list-broken", addr,
			"try again; if it stays, use fewer VFs on this PF",
			"the kernel's list of the VFs of %s does not show VF %u (%s)%s",
			fn->pf_link->name, fn->index, addr,
			fn->pf_link->vfs_broken ? ": the list is cut" : "");
}

static void judge_netdev(
	struct vw_case *c, const struct vw_device *device, const struct vw_function_view *fn)
{
	const struct vw_netdev_use *use = &fn->use;
	char addr[VW_PCI_STR];

	vw_pci_format(&fn->pci, addr);
	if (fn->netdev_elsewhere)
		vw_finding_add(findings(c), VW_FAIL, "vf-other-netns", addr,
			"stop the container that has it, or " REMEDY_CHOOSE,
			"the netdev of VF %s is in another network namespace", addr);
	if (fn->upper[0])
		vw_finding_add(findings(c), VW_FAIL, "vf-upper-device", addr,
			"take it out of there first, or " REMEDY_CHOOSE,
			"netdev %s of VF %s is part of %s", fn->netdev, addr, fn->upper);
	if (use->permanent[0])
		vw_finding_add(findings(c), VW_FAIL, "vf-permanent-address", addr,
			"remove the address, or " REMEDY_CHOOSE,
			"netdev %s of VF %s has the permanent address %s", fn->netdev, addr,
			use->permanent);
	else if (use->dynamic[0] && device->kind != VW_DEV_MACVTAP)
		vw_finding_add(findings(c), VW_WARN, "vf-dynamic-address", addr,
			"keep the host's DHCP client off the VFs",
			"netdev %s of VF %s has the dynamic address %s; it goes away with the "
			"netdev",
			fn->netdev, addr, use->dynamic);
	if (use->default_route)
		vw_finding_add(findings(c), VW_FAIL, "vf-default-route", addr,
			"move the route, or " REMEDY_CHOOSE,
			"a default route of this host leaves over netdev %s of VF %s", fn->netdev,
			addr);
}

static void judge_binding(
	struct vw_case *c, const struct vw_device *device, const struct vw_function_view *fn)
{
	char addr[VW_PCI_STR], blocker[VW_PCI_STR];

	vw_pci_format(&fn->pci, addr);
	if (device->kind == VW_DEV_MACVTAP) {
		if (!fn->netdev[0])
			vw_finding_add(findings(c), VW_FAIL, "vf-no-netdev", addr,
				"bind the VF to its network driver",
				"VF %s has no netdev for macvtap", addr);
		return;
	}
	if (!device->managed && !fn->on_vfio)
		vw_finding_add(findings(c), VW_FAIL, "vf-not-on-vfio", addr,
			"bind it to vfio-pci first (virsh nodedev-detach), or use managed='yes'",
			"VF %s is on driver %s, and managed='no' wants it on vfio already", addr,
			fn->driver[0] ? fn->driver : "none");
	/* A port does not say what else of the group its domain takes. */
	if (fn->has_blocker && c->view->moment != VW_AT_PORT)
		vw_finding_add(findings(c), VW_FAIL, "group-not-viable", addr,
			"pass all functions of the group together, or use a slot with ACS",
			"%s, in the IOMMU group of VF %s, is on host driver %s",
			vw_pci_format(&fn->blocker, blocker), addr, fn->blocker_driver);
}

void vw_judge_function(struct vw_case *c, size_t i)
{
	const struct vw_device *device = &c->domain->devices[i];
	const struct vw_function_view *fn = c->view->devices[i].function;
	char addr[VW_PCI_STR];

	if (!fn) {
		judge_no_function(c, device);
		if (device->kind == VW_DEV_MACVTAP && device->source &&
			c->view->devices[i].no_netdev)
			vw_finding_add(findings(c), VW_FAIL, "vf-no-netdev", device->source,
				"bind the VF to its network driver, or correct <source dev=…/>",
				"there is no netdev %s on this host", device->source);
		return;
	}
	/* A macvtap leaves the PF where it is. */
	if (fn->claimed && vw_claim_is_reservation(&fn->claim.owner) &&
		(fn->kind != VW_FN_PF || device->kind == VW_DEV_HOSTDEV)) {
		judge_reserved(c, fn);
		return;
	}
	if (fn->kind == VW_FN_MISSING)
		judge_missing(c, device, fn);
	else if (fn->kind != VW_FN_VF)
		judge_not_vf(c, device, fn);
	if (fn->kind != VW_FN_VF)
		return;

	judge_twice(c, i);
	if (judge_claim(c, fn))
		judge_holder(c, fn);
	judge_pf(c, device, fn);
	if (fn->cni_netns[0])
		vw_finding_add(findings(c), VW_FAIL, "vf-cni-allocated",
			vw_pci_format(&fn->pci, addr),
			"stop the container that has it, or " REMEDY_CHOOSE,
			"sriov-cni has given VF %s to the network namespace %s", addr,
			fn->cni_netns);
	/* Once libvirt has bound the VF (or put the macvtap on it), the netdev is its doing. */
	if (c->view->moment != VW_AT_START) {
		judge_netdev(c, device, fn);
		judge_binding(c, device, fn);
	}
}
