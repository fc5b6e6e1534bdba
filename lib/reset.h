/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reset: brings the attributes that a PF keeps for a VF to a target, reads them back, says what stayed. */
#ifndef VW_RESET_H
#define VW_RESET_H

#include "error.h"
#include "host.h"
#include "pci_address.h"
#include "vf_link.h"

/* Where a VF's attributes are kept. */
struct vw_vf_place {
	struct vw_pci pf;
	uint32_t index; /* VF number */
	char netdev
		[IFNAMSIZ]; /* the PF's netdev, now: found by address, so a renamed PF is no matter */
	int ifindex;
	char driver[32]; /* the PF's driver */
};

/* Finds PF, VF number (the virtfnN that resolves to the VF) and PF netdev (the one among several that lists VFs) from the VF's address, and
 * the VF's attributes. place and attr may be NULL. 0, -ENOENT (no such function, or no VF), -ENODEV (the PF has no netdev here),
 * -EUCLEAN (the kernel's list does not show this VF), other -errno; with a message. */
int vw_reset_read(const struct vw_host *host, const struct vw_pci *vf, struct vw_vf_place *place,
	struct vw_vf_attr *attr, struct vw_error *err);

struct vw_reset_target {
	struct vw_vf_attr want; /* VW_UNKNOWN fields are left as they are; the index is not used */
	/* With a zero want.mac every address but this one counts as clean, because drivers that let a VF choose its own
	 * (igb, ixgbe) report that one at once; zero = any. */
	struct vw_mac tenant;
	/* With a zero want.mac, for drivers that refuse zero: the address that the VF had before its tenant;
	 * zero = none, then one is made up that is unique to this host and VF. */
	struct vw_mac spare;
};

/* What a driver gives a new VF, for a VF whose state before is not known: MAC zero, VLAN 0, no rates, trust and rss-query off, link auto,
 * spoofchk on for igb, ixgbe, i40e, ice and else VW_UNKNOWN. Fields that `now` reports as VW_UNKNOWN stay so. */
struct vw_vf_attr vw_reset_defaults(const char *pf_driver, const struct vw_vf_attr *now);

struct vw_reset_result {
	bool clean;
	char residue[160]; /* not clean: "mac 52:54:00:00:00:01, trust on" */
	char unsupported
		[160]; /* fields that the driver refused as unsupported: no failure by itself; "" = none */
};

/* Best effort over all fields, in the order that the drivers need (facts in reset.c), equal values skipped, each
 * retried on EAGAIN and EBUSY (every 100 ms, up to 2 s, inside the host's deadline); then read back and compared.
 * Returns 0 when it could look (see *result), -errno with a message when not even that (as vw_reset_read). */
int vw_reset_vf(const struct vw_host *host, const struct vw_pci *vf,
	const struct vw_reset_target *target, struct vw_reset_result *result, struct vw_error *err);

#endif
