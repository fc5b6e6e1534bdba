/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tenant: the order in which facts about a VF answer "who has it?", and the words for it. */
#include "tenant.h"

#include <stdio.h>

static bool host_uses(const struct vw_function_view *fn)
{
	return fn->upper[0] || fn->use.permanent[0] || fn->use.default_route;
}

/* A dynamic address alone is no use by the host: DHCP clients take every link they see. */
enum vw_tenant_kind vw_tenant_of(const struct vw_function_view *fn)
{
	if (fn->kind != VW_FN_VF)
		return VW_TENANT_UNKNOWN;
	if (fn->claimed && vw_claim_is_reservation(&fn->claim.owner))
		return VW_TENANT_RESERVED;
	if (fn->claimed && fn->claim.owner.state == VW_CLAIM_QUARANTINED)
		return VW_TENANT_QUARANTINED;
	if (fn->claimed && fn->life != VW_LIFE_GONE)
		return VW_TENANT_CLAIM;
	if (fn->held)
		return VW_TENANT_PROCESS;
	if (fn->netdev_elsewhere)
		return VW_TENANT_NETNS;
	if (fn->cni_netns[0])
		return VW_TENANT_CNI;
	if (host_uses(fn))
		return VW_TENANT_HOST;
	return fn->claimed ? VW_TENANT_STALE : VW_TENANT_NONE;
}

const char *vw_tenant_word(enum vw_tenant_kind kind)
{
	static const char *const words[] = {
		[VW_TENANT_NONE] = "free",
		[VW_TENANT_RESERVED] = "reserved",
		[VW_TENANT_CLAIM] = "claimed",
		[VW_TENANT_STALE] = "stale",
		[VW_TENANT_QUARANTINED] = "quarantined",
		[VW_TENANT_PROCESS] = "held",
		[VW_TENANT_NETNS] = "other-netns",
		[VW_TENANT_CNI] = "container",
		[VW_TENANT_HOST] = "host",
		[VW_TENANT_UNKNOWN] = "unknown",
	};

	return words[kind];
}

static char *process_text(const struct vw_holder *holder, char *buf, size_t size)
{
	if (holder->guest[0])
		snprintf(buf, size, "process %d %s (guest %s)", (int)holder->pid, holder->comm,
			holder->guest);
	else
		snprintf(buf, size, "process %d %s", (int)holder->pid, holder->comm);
	return buf;
}

static char *host_text(const struct vw_function_view *fn, char *buf, size_t size)
{
	if (fn->upper[0])
		snprintf(buf, size, "host: below %s", fn->upper);
	else if (fn->use.permanent[0])
		snprintf(buf, size, "host: address %s", fn->use.permanent);
	else
		snprintf(buf, size, "host: default route");
	return buf;
}

char *vw_tenant_text(const struct vw_function_view *fn, char *buf, size_t size)
{
	const struct vw_claim_owner *owner = &fn->claim.owner;

	switch (vw_tenant_of(fn)) {
	case VW_TENANT_RESERVED:
		return vw_claim_owner_text(owner, buf, size);
	case VW_TENANT_CLAIM:
		snprintf(buf, size, "domain %s (%s)", owner->name,
			vw_claim_state_name(owner->state));
		return buf;
	case VW_TENANT_STALE:
		snprintf(buf, size, "gone: domain %s (%s)", owner->name,
			vw_claim_state_name(owner->state));
		return buf;
	case VW_TENANT_QUARANTINED:
		snprintf(buf, size, "quarantined: %s left by domain %s", fn->claim.residue,
			owner->name);
		return buf;
	case VW_TENANT_PROCESS:
		return process_text(&fn->holder, buf, size);
	case VW_TENANT_NETNS:
		snprintf(buf, size, "another network namespace");
		return buf;
	case VW_TENANT_CNI:
		snprintf(buf, size, "container (sriov-cni, %s)", fn->cni_netns);
		return buf;
	case VW_TENANT_HOST:
		return host_text(fn, buf, size);
	case VW_TENANT_UNKNOWN:
		snprintf(buf, size, "unknown");
		return buf;
	case VW_TENANT_NONE:
		break;
	}
	snprintf(buf, size, "free");
	return buf;
}
