/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mac: Ethernet addresses as libvirt spells them, and which of them name nobody. */
#ifndef VW_MAC_H
#define VW_MAC_H

#include <stdbool.h>
#include <stdint.h>

#define VW_MAC_STR 18 /* "aa:bb:cc:dd:ee:ff" and the NUL */

struct vw_mac {
	uint8_t b[6];
};

/* Reads six octets of one or two hex digits, any case, separated by ':' and nothing around them
 * (libvirt's virMacAddrParse rule). Returns 0, or -EINVAL and leaves *mac alone. */
int vw_mac_parse(const char *text, struct vw_mac *mac);

/* Writes lower case with two digits an octet; returns buf. */
char *vw_mac_format(const struct vw_mac *mac, char buf[VW_MAC_STR]);

bool vw_mac_equal(const struct vw_mac *a, const struct vw_mac *b);
bool vw_mac_is_zero(const struct vw_mac *mac);

/* True for the group bit, so for ff:ff:ff:ff:ff:ff too: no NIC can own it. */
bool vw_mac_is_multicast(const struct vw_mac *mac);

/* True for the addresses that an idle VF carries without anybody having it: all-zero, and
 * 02:00:00:00:00:00, which libvirt writes where a driver refuses zero (virnetdev.c, altMAC). */
bool vw_mac_is_nobody(const struct vw_mac *mac);

/* True where `tap` is the host-side copy that libvirt makes of a guest's address: first octet fe. */
bool vw_mac_is_tap_copy(const struct vw_mac *tap);

#endif
