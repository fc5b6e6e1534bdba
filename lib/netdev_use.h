/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdev_use: what a host does with a netdev: addresses and default routes on it. */
#ifndef VW_NETDEV_USE_H
#define VW_NETDEV_USE_H

#include "error.h"
#include "host.h"
#include "vf_link.h"

struct vw_netdev_use {
	char permanent
		[64]; /* first permanent address with a scope wider than link, "addr/prefix"; "" = none */
	char dynamic[64];   /* first dynamic one (DHCP, RA: a finite lifetime) */
	bool default_route; /* a default route, IPv4 or IPv6, main or other table, leaves over it */
};

/* Asks rtnetlink for IPv4 and IPv6 addresses (RTM_GETADDR) and default routes (RTM_GETROUTE, filtered by interface where
 * the kernel can: NETLINK_GET_STRICT_CHK, ≥ 4.20). Link-local and host-scope addresses do not count.
 * Returns 0 or -errno with a message. */
int vw_netdev_use_get(
	const struct vw_host *host, int ifindex, struct vw_netdev_use *use, struct vw_error *err);

/* Does a default route leave over this netdev, or over a device above it (bond, bridge, VLAN …)? 1 and which one; 0; -errno with a message. */
int vw_netdev_default_route(const struct vw_host *host, const struct vw_links *links,
	const char *netdev, char over[IFNAMSIZ], struct vw_error *err);

#endif
