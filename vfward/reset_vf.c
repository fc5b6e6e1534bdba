/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reset_vf: the operator's reset of one VF; whoever has it is named, and nobody loses it. */
#include "adopt.h"
#include "cleanup.h"
#include "command.h"
#include "release.h"
#include "tenant.h"
#include "text.h"
#include "view.h"

#include <string.h>

/* Drivers may reset a VF on every attribute and ask to come again; longer than this nothing gets better. */
#define RESET_DEADLINE_MS 20000

static void refuse_kind(
	const struct vw_function_view *fn, const char *vf, struct vw_findings *findings)
{
	const char *remedy = "see vfward list for the VFs of this host";

	switch (fn->kind) {
	case VW_FN_MISSING:
		vw_finding_add(findings, VW_FAIL, "vf-missing", vf, remedy,
			"there is no PCI function %s", vf);
		return;
	case VW_FN_PF:
		vw_finding_add(findings, VW_FAIL, "address-is-pf", vf, remedy,
			"%s is a physical function, and only VFs are reset", vf);
		return;
	case VW_FN_OTHER:
	case VW_FN_VF:
		break;
	}
	vw_finding_add(findings, VW_FAIL, "address-not-vf", vf, remedy, "%s is no network VF", vf);
}

static void refuse_host_use(
	const struct vw_function_view *fn, const char *vf, struct vw_findings *findings)
{
	if (fn->upper[0])
		vw_finding_add(findings, VW_FAIL, "vf-upper-device", vf,
			"take the netdev out of it first", "VF %s: its netdev %s is below %s", vf,
			fn->netdev, fn->upper);
	if (fn->use.permanent[0])
		vw_finding_add(findings, VW_FAIL, "vf-permanent-address", vf,
			"remove the address first", "VF %s: its netdev %s has the address %s", vf,
			fn->netdev, fn->use.permanent);
	if (fn->use.default_route)
		vw_finding_add(findings, VW_FAIL, "vf-default-route", vf, "remove the route first",
			"VF %s: a default route of this host leaves over its netdev %s", vf,
			fn->netdev);
}

static void refuse_claim(
	const struct vw_function_view *fn, const char *vf, struct vw_findings *findings)
{
	const struct vw_claim_owner *owner = &fn->claim.owner;
	char text[320];

	if (vw_claim_is_reservation(owner))
		vw_finding_add(findings, VW_FAIL, "vf-reserved", vf,
			"wait until it is done, and try again",
			"VF %s is reserved by %s, which is changing the VFs of its PF", vf,
			vw_claim_owner_text(owner, text, sizeof(text)));
	else if (fn->life == VW_LIFE_STOPPING)
		vw_finding_add(findings, VW_FAIL, "vf-stopping", vf,
			"wait until the domain is down, and try again",
			"VF %s: domain %s (uuid %s), which has it, is being stopped", vf,
			owner->name, owner->uuid);
	else
		vw_finding_add(findings, VW_FAIL, "vf-claimed", vf,
			"stop the domain first; its VF is reset then anyway",
			"VF %s is used by domain %s (uuid %s, %s)", vf, owner->name, owner->uuid,
			vw_claim_state_name(owner->state));
}

static void refuse_process(
	const struct vw_function_view *fn, const char *vf, struct vw_findings *findings)
{
	const struct vw_holder *holder = &fn->holder;
	bool named = holder->guest[0] != '\0';

	vw_finding_add(findings, VW_FAIL, "vf-in-use", vf, "end that process first",
		"VF %s is held through vfio by process %d (%s%s%s)", vf, (int)holder->pid,
		holder->comm, named ? ", guest " : "", holder->guest);
}

/* Adds a FAIL for everything that stands in the way of a reset. */
static void refuse(const struct vw_function_view *fn, struct vw_findings *findings)
{
	char vf[VW_PCI_STR];

	vw_pci_format(&fn->pci, vf);
	if (fn->kind != VW_FN_VF) {
		refuse_kind(fn, vf, findings);
		return;
	}
	if (fn->claimed && fn->life != VW_LIFE_GONE)
		refuse_claim(fn, vf, findings);
	else if (fn->held)
		refuse_process(fn, vf, findings);
	if (fn->netdev_elsewhere)
		vw_finding_add(findings, VW_FAIL, "vf-other-netns", vf,
			"give it back first (ip netns exec NAME ip link set NETDEV netns 1), or "
			"end the container",
			"VF %s: its netdev is in another network namespace", vf);
	if (fn->cni_netns[0])
		vw_finding_add(findings, VW_FAIL, "vf-cni-allocated", vf, "end the container first",
			"VF %s is given to a container by sriov-cni (%s)", vf, fn->cni_netns);
	refuse_host_use(fn, vf, findings);
	if (!fn->pf_link)
		vw_finding_add(findings, VW_FAIL, "pf-no-netdev", vf,
			"look for the PF's netdev in other network namespaces, or bind the PF to "
			"its driver",
			"VF %s: its PF has no netdev here, and a VF is reset through that", vf);
	else if (!fn->attr)
		vw_finding_add(findings, VW_FAIL, "vf-list-broken", vf, "try again",
			"VF %s: the kernel does not list it among the VFs of %s", vf,
			fn->pf_link->name);
}

static int look(struct vw_context *context, struct vw_registry *registry, struct vw_links *links,
	const struct vw_pci *vf, struct vw_function_view *fn, struct vw_error *err)
{
	int rc = vw_links_get(&context->host, links, err);

	return rc ? rc : vw_view_function(&context->host, registry, links, vf, fn, err);
}

static int reset_vf(struct vw_context *context, const struct vw_pci *vf,
	struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_registry_cleanup) struct vw_registry *registry = NULL;
	vw_auto(vw_config_free) struct vw_config config = { 0 };
	vw_auto(vw_links_free) struct vw_links links = { 0 };
	struct vw_function_view fn = { 0 };
	int rc;

	rc = vw_load_config(context, &config, findings, err);
	if (!rc)
		rc = vw_registry_open(&context->host, false, &registry, err);
	/* a registry that was lost says of every VF that nobody has it: ask the running domains first */
	if (!rc)
		rc = vw_adopt_all(&context->host, registry, &config, findings, err);
	if (!rc)
		rc = look(context, registry, &links, vf, &fn, err);
	if (rc)
		return rc;
	refuse(&fn, findings);
	if (vw_findings_worst(findings) == VW_FAIL)
		return 0;
	if (fn.claimed)
		return vw_release_vf(&context->host, registry, &fn.claim,
			1U << fn.claim.owner.state, findings, err);
	return vw_release_operator(&context->host, registry, vf, findings, err);
}

int vw_reset_run(struct vw_context *context, const char **args, struct vw_error *err)
{
	vw_auto(vw_findings_free) struct vw_findings findings = { 0 };
	struct vw_pci vf;
	int rc;

	if (vw_pci_parse(args[0], &vf, err))
		return VW_EXIT_USAGE;
	context->host.deadline = vw_deadline_in(RESET_DEADLINE_MS);
	rc = reset_vf(context, &vf, &findings, err);
	if (rc == -ENOMEM)
		return rc;
	if (vw_show_findings(context, &findings))
		return -ENOMEM;
	if (rc)
		return rc;
	return vw_findings_worst(&findings) == VW_FAIL ? VW_EXIT_FAILED : VW_EXIT_GOOD;
}
