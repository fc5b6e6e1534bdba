/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nlcraft: rtnetlink messages laid out as the kernel does, its 16 bit nest lengths that wrap included; for tests and tools. */
#ifndef VW_NLCRAFT_H
#define VW_NLCRAFT_H

#include "vf_link.h"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#ifndef IFLA_PERM_ADDRESS
#define IFLA_PERM_ADDRESS 54
#endif

struct nlbuf {
	char *data;
	size_t len, size;
};

static inline void nlbuf_free(struct nlbuf *b)
{
	free(b->data);
	*b = (struct nlbuf){ 0 };
}

/* Appends and pads to 4 bytes; returns where the bytes begin. data NULL: zeros. */
static inline size_t nlbuf_put(struct nlbuf *b, const void *data, size_t len)
{
	size_t at = b->len, end = NLMSG_ALIGN(at + len);

	if (end > b->size) {
		b->size = 2 * end + 4096;
		b->data = realloc(b->data, b->size);
		if (!b->data)
			abort();
	}
	memset(b->data + at, 0, end - at);
	if (data)
		memcpy(b->data + at, data, len);
	b->len = end;
	return at;
}

static inline size_t nlbuf_begin(struct nlbuf *b, int type, const void *payload, size_t len)
{
	struct nlmsghdr nlh = { .nlmsg_type = (uint16_t)type, .nlmsg_flags = NLM_F_MULTI };
	size_t at = nlbuf_put(b, &nlh, sizeof(nlh));

	nlbuf_put(b, payload, len);
	return at;
}

static inline void nlbuf_end(struct nlbuf *b, size_t at)
{
	uint32_t len = (uint32_t)(b->len - at);

	memcpy(b->data + at, &len, sizeof(len));
}

static inline void nlbuf_attr(struct nlbuf *b, int type, const void *data, size_t len)
{
	struct nlattr nla = { .nla_len = (uint16_t)(NLA_HDRLEN + len), .nla_type = (uint16_t)type };

	nlbuf_put(b, &nla, sizeof(nla));
	nlbuf_put(b, data, len);
}

static inline void nlbuf_u32(struct nlbuf *b, int type, uint32_t value)
{
	nlbuf_attr(b, type, &value, sizeof(value));
}

static inline void nlbuf_string(struct nlbuf *b, int type, const char *text)
{
	nlbuf_attr(b, type, text, strlen(text) + 1);
}

static inline size_t nlbuf_nest(struct nlbuf *b, int type)
{
	struct nlattr nla = { .nla_type = (uint16_t)type };

	return nlbuf_put(b, &nla, sizeof(nla));
}

/* As nla_nest_end() in the kernel: what does not fit into 16 bits is lost. */
static inline void nlbuf_nest_end(struct nlbuf *b, size_t at)
{
	uint16_t len = (uint16_t)(b->len - at);

	memcpy(b->data + at, &len, sizeof(len));
}

/* One IFLA_VF_INFO in the kernel's order: 196 bytes, or 296 with statistics. */
static inline void nlbuf_vf(struct nlbuf *b, const struct vw_vf_attr *vf, bool stats)
{
	struct ifla_vf_mac mac = { .vf = vf->index };
	struct ifla_vf_vlan vlan = { .vf = vf->index, .vlan = vf->vlan, .qos = vf->qos };
	struct ifla_vf_rate rate = { vf->index, vf->min_rate, vf->max_rate };
	struct ifla_vf_vlan_info info = { vf->index, vf->vlan, vf->qos, htons(vf->vlan_proto) };
	uint32_t pair[2] = { vf->index, vf->max_rate };
	size_t at = nlbuf_nest(b, IFLA_VF_INFO), nest, i;
	const struct {
		int type, value;
	} settings[] = { { IFLA_VF_SPOOFCHK, vf->spoofchk }, { IFLA_VF_LINK_STATE, vf->link_state },
		{ IFLA_VF_RSS_QUERY_EN, vf->rss_query }, { IFLA_VF_TRUST, vf->trust } };

	memcpy(mac.mac, vf->mac.b, sizeof(vf->mac.b));
	nlbuf_attr(b, IFLA_VF_MAC, &mac, sizeof(mac));
	nlbuf_attr(b, IFLA_VF_BROADCAST, NULL, 32);
	nlbuf_attr(b, IFLA_VF_VLAN, &vlan, sizeof(vlan));
	nlbuf_attr(b, IFLA_VF_RATE, &rate, sizeof(rate));
	nlbuf_attr(b, IFLA_VF_TX_RATE, pair, sizeof(pair));
	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		pair[1] = (uint32_t)settings[i].value;
		nlbuf_attr(b, settings[i].type, pair, sizeof(pair));
	}
	nest = nlbuf_nest(b, IFLA_VF_VLAN_LIST);
	nlbuf_attr(b, IFLA_VF_VLAN_INFO, &info, sizeof(info));
	nlbuf_nest_end(b, nest);
	if (stats)
		nlbuf_attr(b, IFLA_VF_STATS | NLA_F_NESTED, NULL, 96);
	nlbuf_nest_end(b, at);
}

struct nl_link {
	int ifindex;
	const char *name;
	unsigned int flags;
	unsigned short type; /* ARPHRD_*; 0 = Ethernet */
	const struct vw_mac *mac, *perm;
	int master;
	const char *kind;
	int num_vf; /* -1 = no IFLA_NUM_VF */
	const struct vw_vf_attr *vfs;
	size_t n_vfs;
	bool no_list, stats;
};

/* A whole RTM_NEWLINK. */
static inline void nlbuf_link(struct nlbuf *b, const struct nl_link *l)
{
	struct ifinfomsg ifi = { .ifi_type = l->type ? l->type : ARPHRD_ETHER,
		.ifi_index = l->ifindex,
		.ifi_flags = l->flags };
	size_t at = nlbuf_begin(b, RTM_NEWLINK, &ifi, sizeof(ifi)), nest, i;

	nlbuf_string(b, IFLA_IFNAME, l->name);
	nlbuf_u32(b, IFLA_MTU, 1500);
	if (l->master)
		nlbuf_u32(b, IFLA_MASTER, (uint32_t)l->master);
	if (l->mac)
		nlbuf_attr(b, IFLA_ADDRESS, l->mac->b, sizeof(l->mac->b));
	if (l->num_vf >= 0)
		nlbuf_u32(b, IFLA_NUM_VF, (uint32_t)l->num_vf);
	if (l->num_vf > 0 && !l->no_list) {
		nest = nlbuf_nest(b, IFLA_VFINFO_LIST);
		for (i = 0; i < l->n_vfs; i++)
			nlbuf_vf(b, &l->vfs[i], l->stats);
		nlbuf_nest_end(b, nest);
	}
	nlbuf_attr(b, IFLA_XDP | NLA_F_NESTED, "\5\0\2\0\0\0\0", 8);
	if (l->kind) {
		nest = nlbuf_nest(b, IFLA_LINKINFO);
		nlbuf_string(b, IFLA_INFO_KIND, l->kind);
		nlbuf_nest_end(b, nest);
	}
	if (l->perm)
		nlbuf_attr(b, IFLA_PERM_ADDRESS, l->perm->b, sizeof(l->perm->b));
	nlbuf_end(b, at);
}

/* text: an address of either family. */
static inline bool nlbuf_address(
	struct nlbuf *b, int ifindex, const char *text, int prefix, int scope, uint32_t flags)
{
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;
	struct ifaddrmsg ifa = { .ifa_family = (uint8_t)family,
		.ifa_prefixlen = (uint8_t)prefix,
		.ifa_flags = (uint8_t)flags,
		.ifa_scope = (uint8_t)scope,
		.ifa_index = (uint32_t)ifindex };
	unsigned char address[16];
	size_t len = family == AF_INET ? 4 : 16, at;

	if (inet_pton(family, text, address) != 1)
		return false;
	at = nlbuf_begin(b, RTM_NEWADDR, &ifa, sizeof(ifa));
	nlbuf_attr(b, IFA_ADDRESS, address, len);
	if (family == AF_INET)
		nlbuf_attr(b, IFA_LOCAL, address, len);
	nlbuf_u32(b, IFA_FLAGS, flags);
	nlbuf_end(b, at);
	return true;
}

/* dst NULL: the default route. */
static inline bool nlbuf_route(struct nlbuf *b, int family, const char *dst, int prefix,
	int ifindex, int type, uint32_t table)
{
	struct rtmsg rtm = { .rtm_family = (uint8_t)family,
		.rtm_dst_len = (uint8_t)(dst ? prefix : 0),
		.rtm_table = (uint8_t)(table < 256 ? table : RT_TABLE_COMPAT),
		.rtm_type = (uint8_t)type };
	unsigned char address[16];
	size_t at;

	if (dst && inet_pton(family, dst, address) != 1)
		return false;
	at = nlbuf_begin(b, RTM_NEWROUTE, &rtm, sizeof(rtm));
	nlbuf_u32(b, RTA_TABLE, table);
	if (dst)
		nlbuf_attr(b, RTA_DST, address, family == AF_INET ? 4 : 16);
	if (ifindex)
		nlbuf_u32(b, RTA_OIF, (uint32_t)ifindex);
	nlbuf_end(b, at);
	return true;
}

/* A VF as a driver makes it. */
static inline struct vw_vf_attr nl_new_vf(uint32_t index)
{
	return (struct vw_vf_attr){
		.index = index, .vlan_proto = 0x8100, .spoofchk = 1, .rss_query = VW_UNKNOWN
	};
}

#endif
