/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vf_link: links and the VF attributes that their PF keeps, by raw rtnetlink; read all, set one attribute a message. */
#ifndef VW_VF_LINK_H
#define VW_VF_LINK_H

#include "error.h"
#include "host.h"
#include "mac.h"

#include <net/if.h>
#include <stdint.h>

#define VW_UNKNOWN (-1) /* tri-state: the driver does not report it */

/* What a PF reports for one VF (IFLA_VF_INFO). */
struct vw_vf_attr {
	uint32_t index; /* IFLA_VF_MAC.vf: the list may have holes, so never the position in it */
	struct vw_mac mac;
	uint16_t vlan, qos;
	uint16_t
		vlan_proto; /* host order, 0x8100 or 0x88a8; a reported 0 (mlx5, nfp) is read as 0x8100 */
	int spoofchk, trust, rss_query; /* 0, 1 or VW_UNKNOWN */
	int link_state; /* IFLA_VF_LINK_STATE_*: 0 auto, 1 enable, 2 disable; or VW_UNKNOWN */
	uint32_t min_rate, max_rate; /* Mbit/s, 0 = no limit */
};

struct vw_link {
	int ifindex;
	char name[IFNAMSIZ];
	unsigned int flags; /* IFF_UP … */
	bool has_mac, has_perm;
	struct vw_mac mac, perm; /* current and permanent address, where it is an Ethernet one */
	int master;              /* ifindex of the bridge or bond above, 0 = none */
	char kind[16]; /* IFLA_INFO_KIND: "bridge", "tun", "macvtap", …; "" for hardware */
	int num_vf;    /* IFLA_NUM_VF; -1 = not a PF */
	struct vw_vf_attr *vfs;
	size_t n_vfs;
	bool vfs_broken; /* fewer VFs than num_vf even after retries, or a list whose length wrapped (more than 334 VFs:
			  * nla_len is 16 bit and nla_nest_end() does not check) and whose true end could not be found
			  * again: what is missing is unknown, not absent */
};

struct vw_links {
	struct vw_link *v;
	size_t n;
};

/* All links of our network namespace with their VFs (RTEXT_FILTER_VF | RTEXT_FILTER_SKIP_STATS), one dump.
 * A list with holes is asked for again (drivers skip a VF that is in reset), up to 3 times inside the host's deadline.
 * Returns 0 or -errno; *links is the caller's to free, zeroed on failure. */
int vw_links_get(const struct vw_host *host, struct vw_links *links, struct vw_error *err);

/* One link by name, as vw_links_get with one element; -ENODEV if there is none. */
int vw_link_get(
	const struct vw_host *host, const char *name, struct vw_link *link, struct vw_error *err);

void vw_link_free(struct vw_link *link);
void vw_links_free(struct vw_links *links);

/* Pure: reads a buffer of RTM_NEWLINK messages as the kernel sends them. -EBADMSG with a message for one that is not whole. */
int vw_links_parse(const void *data, size_t len, struct vw_links *links, struct vw_error *err);

struct vw_link *vw_links_by_name(const struct vw_links *links, const char *name);
struct vw_link *vw_links_by_index(const struct vw_links *links, int ifindex);
/* NULL: the list has no such VF. */
const struct vw_vf_attr *vw_link_vf(const struct vw_link *link, uint32_t index);

enum vw_vf_field {
	VW_VF_MAC,
	VW_VF_VLAN, /* vlan, qos and vlan_proto go together: IFLA_VF_VLAN_LIST where proto is 0x88a8, else IFLA_VF_VLAN */
	VW_VF_RATE, /* min and max go together: IFLA_VF_RATE */
	VW_VF_SPOOFCHK,
	VW_VF_LINK_STATE,
	VW_VF_RSS_QUERY,
	VW_VF_TRUST,
	VW_VF_FIELDS
};

/* "mac", "vlan", "rate", "spoofchk", "link-state", "rss-query", "trust": for messages. */
const char *vw_vf_field_name(enum vw_vf_field field);
bool vw_vf_field_equal(
	enum vw_vf_field field, const struct vw_vf_attr *a, const struct vw_vf_attr *b);

/* Sets one field of VF want->index of the PF with this ifindex to its value in *want: one RTM_SETLINK with one attribute, because the
 * kernel stops at the first failing one and keeps the earlier. No retry. Returns 0 or the kernel's -errno unchanged
 * (-524, ENOTSUPP, too), with the kernel's extended ack in the message where it sent one. On a recorded machine
 * the dump is changed instead. */
int vw_vf_set(const struct vw_host *host, int pf_ifindex, enum vw_vf_field field,
	const struct vw_vf_attr *want, struct vw_error *err);

#endif
