/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vf_record: a recorded machine's kernel, as far as VF attributes go: it keeps them in the dump and behaves like igb. */
#ifndef VW_VF_RECORD_H
#define VW_VF_RECORD_H

#include "vf_link.h"

/* What vw_vf_set does on a recorded machine: changes the value in vfward-record/links.nl, under a lock, by a new file
 * and rename(2). As linux' igb: link-state and rss-query give -EOPNOTSUPP, a multicast MAC, a minimum rate, a VLAN above
 * 4095 or a priority above 7 -EINVAL, a protocol other than 802.1Q -EPROTONOSUPPORT, a VF that is
 * not in the list -EINVAL, an interface that is not there -ENODEV.
 *
 * Only for tests, vfward-record/faults makes it behave like other drivers. Each line is
 *   PF/VF WHEN RESULT COUNT        eth0/3 mac EAGAIN 2
 * PF: netdev or *; VF: number or *. WHEN: a field's name (vw_vf_field_name), any, mac-zero (the address to be set is
 * zero), mac-zero-spoofchk (and spoofchk is on), or read (the VF is asked for). RESULT: an errno by name or number,
 * ignored (says yes and does nothing), or own-mac (says yes, and the VF has chosen an address itself); with read any
 * RESULT leaves the VF out of the list. COUNT: how many times, or always. The first line that applies is used, and its
 * COUNT goes down. Lines that begin with # are comments; a line that cannot be read is -EINVAL. */
int vw_vf_record_set(const struct vw_host *host, int pf_ifindex, enum vw_vf_field field,
	const struct vw_vf_attr *want, struct vw_error *err);

/* Leaves out of links what a fault of WHEN read says. */
int vw_vf_record_read(const struct vw_host *host, struct vw_links *links, struct vw_error *err);

#endif
