/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_adapter: network adapters that show no SR-IOV: have they none, is it hidden, or are they VFs themselves? */
#include "check.h"

#include <stdio.h>

/* A VF that another hypervisor gave to this machine. */
static bool check_vf(struct vw_check *check, const struct vw_nic *nic)
{
	bool hyperv;
	const struct vw_adapter *adapter = vw_adapters_find_vf(
		&check->adapters, (unsigned int)nic->vendor, (unsigned int)nic->device, &hyperv);

	if (!adapter)
		return false;
	vw_finding_add(check->findings, VW_WARN, "adapter-is-vf", nic->addr,
		"a VF has no VFs of its own: prepare the hypervisor below, or give this machine "
		"the whole adapter",
		"%s is itself a VF of %s, given to this machine by its hypervisor%s", nic->label,
		adapter->family, hyperv ? " (Hyper-V)" : "");
	return true;
}

void vw_check_adapter(struct vw_check *check, const struct vw_nic *nic)
{
	const struct vw_adapter *adapter = nic->adapter;

	if (!adapter) {
		check_vf(check, nic);
		return;
	}
	if (adapter->vfs == 0) {
		vw_finding_add(check->findings, VW_WARN, "adapter-no-sriov", nic->addr,
			"VFs need another adapter; this one can serve the host or a bridge",
			"%s, %s, has no SR-IOV: no %s has it", nic->label, nic->name,
			adapter->family);
		return;
	}
	vw_finding_add(check->findings, VW_WARN, "adapter-sriov-hidden", nic->addr,
		adapter->limit == VW_LIMIT_FIRMWARE
			? "enable SR-IOV in the adapter's own firmware with its vendor's tool "
			  "(mstconfig: SRIOV_EN, NUM_OF_VFS; bnxt: its setup at boot), and in the "
			  "firmware setup of the machine"
			: "enable SR-IOV in the firmware setup of the machine, and in the "
			  "adapter's own if it has one",
		"%s, %s, is an adapter with SR-IOV (%s), but does not show it", nic->label,
		nic->name[0] ? nic->name : adapter->family, adapter->family);
}
