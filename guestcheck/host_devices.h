/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host_devices: which VFs this host can give to a guest, as its kernel shows them. */
#ifndef VW_HOST_DEVICES_H
#define VW_HOST_DEVICES_H

#include "host.h"
#include "pci_address.h"

/* "8086:10ed" of every kind of VF that the host's network adapters make, each once, in the order of their addresses; unknown: the addresses of
 * adapters that make VFs of which nobody says what they are. 0 or -errno with a message. */
int vw_host_devices_all(const struct vw_host *host, struct vw_names *ids, struct vw_names *unknown,
	struct vw_error *err);

/* Of the VFs that this adapter makes. 0; -ENOENT: nobody says it; another -errno: nobody could look. No message. */
int vw_host_devices_pf(const struct vw_host *host, const struct vw_pci *pf, struct vw_names *ids);

/* Of one VF. 0; -ENOENT: it is not there, or no network VF; another -errno: nobody could look. No message. */
int vw_host_devices_vf(const struct vw_host *host, const struct vw_pci *vf, struct vw_names *ids);

#endif
