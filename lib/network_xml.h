/* SPDX-License-Identifier: GPL-2.0-or-later */
/* network_xml: libvirt's networks and their ports → struct vw_network. Pure: bytes in, description out. */
#ifndef VW_NETWORK_XML_H
#define VW_NETWORK_XML_H

#include "domain_xml.h"
#include "error.h"

#include <stdbool.h>
#include <stddef.h>

enum vw_forward {
	VW_FORWARD_OTHER,      /* a bridge, NAT, …: guests get no VF of their own */
	VW_FORWARD_HOSTDEV,    /* a pool of VFs: each guest gets one through vfio */
	VW_FORWARD_PASSTHROUGH /* a pool of netdevs, mostly VFs': each guest gets a macvtap on one */
};

struct vw_network {
	char *name;
	enum vw_forward forward;
	/* Of a pool, the first of each that it names; NULL or false = none. */
	char *pf, *netdev;
	bool has_pci;
	struct vw_pci pci;

	bool has_port;
	char port_uuid[VW_UUID_STR];
	struct vw_domain
		port; /* its owner (name, uuid), with the one device that the port plugs into it */
};

/* Reads what libvirt hands to the network hook, <hookData> with <network> and perhaps <networkport> (network/bridge_driver.c:networkRunHook), and a
 * live network's status file, <networkstatus> with <network>. Limits as for vw_domain_parse. 0, -EFBIG, -EBADMSG (neither of the two, no network
 * name; a port without UUID or owner), -ENOMEM, with a message. *network is the caller's to free, zeroed on failure. */
int vw_network_parse(const char *xml, size_t len, struct vw_network *network, struct vw_error *err);
void vw_network_free(struct vw_network *network);

/* Is the root element <hookData>? Only the root tells the network hook's `start` from the qemu hook's. */
bool vw_network_is_hook_data(const char *xml, size_t len);

/* The bytes of a network hook's document that could not be parsed: might the port be a VF's? */
bool vw_network_may_use_vf(const char *xml, size_t len);

#endif
