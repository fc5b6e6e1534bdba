/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vf_link_parse: RTM_NEWLINK messages → struct vw_links. Pure, and distrustful: VF lists arrive cut and wrapped. */

/*
 * Theory of operation. The kernel's layout is in net/core/rtnetlink.c, rtnl_fill_ifinfo() and rtnl_fill_vfinfo():
 * each VF is an IFLA_VF_INFO nest of 196 bytes (296 with statistics) inside IFLA_VFINFO_LIST. nla_len has 16 bits and
 * nla_nest_end() stores into it without a check, so a list of 335 VFs says that it is 128 bytes
 * long; who believes that reads the rest of the first VF as attributes of the PF. A message says its own length in 32
 * bits, though. So where a list could have wrapped, its end is sought by walking over the VFs, and believed only if
 * the length found there, cut to 16 bits, is the length that the kernel stored.
 */

#include "vf_link_priv.h"

#include "cleanup.h"

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <string.h>

#ifndef IFLA_PERM_ADDRESS
#define IFLA_PERM_ADDRESS 54 /* linux ≥ 5.6; if_link.h */
#endif

struct span {
	const char *p;
	size_t len;
};

struct attr {
	unsigned int type;
	uint16_t stored_len; /* as in the header */
	struct span body;
};

/* Takes the next attribute off s. 1, 0 = none left, -EBADMSG. */
static int attr_next(struct span *s, struct attr *a)
{
	struct nlattr nla;
	size_t step;

	if (s->len == 0)
		return 0;
	if (s->len < sizeof(nla))
		return -EBADMSG;
	memcpy(&nla, s->p, sizeof(nla));
	if (nla.nla_len < sizeof(nla) || nla.nla_len > s->len)
		return -EBADMSG;
	a->type = nla.nla_type & NLA_TYPE_MASK;
	a->stored_len = nla.nla_len;
	a->body = (struct span){ s->p + NLA_HDRLEN, nla.nla_len - (size_t)NLA_HDRLEN };
	step = NLA_ALIGN((size_t)nla.nla_len);
	step = step < s->len ? step : s->len;
	s->p += step;
	s->len -= step;
	return 1;
}

/* Copies a fixed structure out of an attribute, which may be longer than it (later kernels). */
static int attr_copy(const struct attr *a, void *to, size_t size)
{
	if (a->body.len < size)
		return -EBADMSG;
	memcpy(to, a->body.p, size);
	return 0;
}

/* A string attribute, with or without its NUL; it has to fit and must not be empty. */
static int attr_string(const struct attr *a, char *buf, size_t size)
{
	size_t n = strnlen(a->body.p, a->body.len);

	if (n == 0 || n >= size)
		return -EBADMSG;
	memcpy(buf, a->body.p, n);
	buf[n] = '\0';
	return 0;
}

/* 0xffffffff: the driver did not fill it in (rtnl_fill_vfinfo presets -1). */
static int tristate(uint32_t value)
{
	return value == UINT32_MAX ? VW_UNKNOWN : value != 0;
}

static int parse_vlan_list(struct span s, struct vw_vf_attr *vf)
{
	struct ifla_vf_vlan_info info;
	struct attr a;
	int rc = attr_next(&s, &a);

	if (rc <= 0)
		return rc;
	if (a.type != IFLA_VF_VLAN_INFO)
		return 0;
	rc = attr_copy(&a, &info, sizeof(info));
	/* mlx5 and nfp clear the structure and so report protocol 0 for what is 802.1Q. */
	if (rc == 0 && info.vlan_proto)
		vf->vlan_proto = ntohs(info.vlan_proto);
	return rc;
}

/* All of these start with the VF's number and have a number behind it. */
union vf_value {
	struct ifla_vf_mac mac;
	struct ifla_vf_vlan vlan;
	struct ifla_vf_rate rate;
	struct ifla_vf_spoofchk setting; /* and tx_rate, link_state, rss_query_en, trust */
};

static int parse_vf_attr(
	const struct attr *a, struct vw_vf_attr *vf, bool *numbered, bool *has_rate)
{
	union vf_value v = { 0 };
	size_t size = sizeof(v.setting);
	int rc;

	if (a->type == IFLA_VF_MAC)
		size = sizeof(v.mac);
	else if (a->type == IFLA_VF_VLAN)
		size = sizeof(v.vlan);
	else if (a->type == IFLA_VF_RATE)
		size = sizeof(v.rate);
	else if (a->type == IFLA_VF_VLAN_LIST)
		return parse_vlan_list(a->body, vf);
	else if (a->type != IFLA_VF_TX_RATE && a->type != IFLA_VF_SPOOFCHK &&
		 a->type != IFLA_VF_LINK_STATE && a->type != IFLA_VF_RSS_QUERY_EN &&
		 a->type != IFLA_VF_TRUST)
		return 0;
	rc = attr_copy(a, &v, size);
	if (rc < 0)
		return rc;
	switch (a->type) {
	case IFLA_VF_MAC:
		vf->index = v.mac.vf;
		memcpy(vf->mac.b, v.mac.mac, sizeof(vf->mac.b));
		*numbered = true;
		break;
	case IFLA_VF_VLAN:
		if (v.vlan.vlan > UINT16_MAX || v.vlan.qos > UINT16_MAX)
			return -ERANGE;
		vf->vlan = (uint16_t)v.vlan.vlan;
		vf->qos = (uint16_t)v.vlan.qos;
		break;
	case IFLA_VF_RATE:
		vf->min_rate = v.rate.min_tx_rate;
		vf->max_rate = v.rate.max_tx_rate;
		*has_rate = true;
		break;
	case IFLA_VF_TX_RATE: /* what there was before IFLA_VF_RATE (linux 3.16) */
		if (!*has_rate)
			vf->max_rate = v.setting.setting;
		break;
	case IFLA_VF_SPOOFCHK:
		vf->spoofchk = tristate(v.setting.setting);
		break;
	case IFLA_VF_LINK_STATE:
		vf->link_state = v.setting.setting <= IFLA_VF_LINK_STATE_DISABLE
					 ? (int)v.setting.setting
					 : VW_UNKNOWN;
		break;
	case IFLA_VF_RSS_QUERY_EN:
		vf->rss_query = tristate(v.setting.setting);
		break;
	case IFLA_VF_TRUST:
		vf->trust = tristate(v.setting.setting);
		break;
	}
	return 0;
}

/* One IFLA_VF_INFO. -EBADMSG: not whole; -ERANGE: whole, but with a value that cannot be. */
static int parse_vf(struct span s, struct vw_vf_attr *vf)
{
	bool numbered = false, has_rate = false;
	struct attr a;
	int rc, bad = 0;

	*vf = (struct vw_vf_attr){ .vlan_proto = 0x8100,
		.spoofchk = VW_UNKNOWN,
		.trust = VW_UNKNOWN,
		.rss_query = VW_UNKNOWN,
		.link_state = VW_UNKNOWN };
	while ((rc = attr_next(&s, &a)) > 0) {
		rc = parse_vf_attr(&a, vf, &numbered, &has_rate);
		if (rc == -ERANGE)
			bad = rc;
		else if (rc < 0)
			return rc;
	}
	if (rc == 0 && !numbered)
		rc = -EBADMSG;
	return rc < 0 ? rc : bad;
}

/* How many bytes from s on are whole IFLA_VF_INFO nests, and how many nests; at most max. */
static size_t walk_vfs(struct span s, size_t max, size_t *n)
{
	size_t all = s.len;
	struct attr a;

	for (*n = 0; *n < max; ++*n) {
		struct span before = s;

		if (attr_next(&s, &a) <= 0 || a.type != IFLA_VF_INFO ||
			a.body.len < NLA_HDRLEN + sizeof(struct ifla_vf_mac))
			return all - before.len;
	}
	return all - s.len;
}

/* The true extent of a VF list whose header stands at s (s runs to the end of the message).
 * false: its end cannot be known. */
static bool find_list(const struct span *s, int num_vf, struct span *list)
{
	struct nlattr nla;
	struct span rest = { s->p + NLA_HDRLEN, s->len - NLA_HDRLEN };
	size_t n, len;

	memcpy(&nla, s->p, sizeof(nla));
	if (s->len > UINT16_MAX) {
		len = walk_vfs(rest, num_vf > 0 ? (size_t)num_vf : SIZE_MAX, &n);
		if (NLA_HDRLEN + len > UINT16_MAX) {
			*list = (struct span){ rest.p, len };
			return nla.nla_len == ((NLA_HDRLEN + len) & UINT16_MAX);
		}
	}
	if (nla.nla_len < NLA_HDRLEN || nla.nla_len > s->len)
		return false;
	*list = (struct span){ rest.p, nla.nla_len - (size_t)NLA_HDRLEN };
	return true;
}

/* The list's VFs into link. A VF that makes no sense or is out of order (the kernel counts upwards) breaks the list. */
static int parse_vf_list(struct span s, struct vw_link *link)
{
	struct span count = s;
	struct vw_vf_attr vf;
	struct attr a;
	size_t n;
	int rc;

	walk_vfs(count, SIZE_MAX, &n);
	free(link->vfs);
	link->n_vfs = 0;
	link->vfs = calloc(n + 1, sizeof(*link->vfs));
	if (!link->vfs)
		return -ENOMEM;
	while (link->n_vfs < n && (rc = attr_next(&s, &a)) > 0) {
		rc = parse_vf(a.body, &vf);
		if (rc == -EBADMSG)
			return rc;
		if (rc < 0 || vf.index > INT32_MAX ||
			(link->n_vfs && vf.index <= link->vfs[link->n_vfs - 1].index)) {
			link->vfs_broken = true;
			n--;
			continue;
		}
		link->vfs[link->n_vfs++] = vf;
	}
	return s.len ? -EBADMSG : 0;
}

static int parse_kind(struct span s, struct vw_link *link)
{
	struct attr a;
	int rc;

	while ((rc = attr_next(&s, &a)) > 0) {
		if (a.type == IFLA_INFO_KIND && attr_string(&a, link->kind, sizeof(link->kind)))
			return -EBADMSG;
	}
	return rc;
}

static int parse_link_attr(const struct attr *a, unsigned short type, struct vw_link *link)
{
	bool ether = type == ARPHRD_ETHER && a->body.len == sizeof(link->mac.b);
	uint32_t value = 0;
	int rc = 0;

	switch (a->type) {
	case IFLA_IFNAME:
		return attr_string(a, link->name, sizeof(link->name));
	case IFLA_ADDRESS:
		link->has_mac = ether;
		return ether ? attr_copy(a, link->mac.b, sizeof(link->mac.b)) : 0;
	case IFLA_PERM_ADDRESS:
		link->has_perm = ether;
		return ether ? attr_copy(a, link->perm.b, sizeof(link->perm.b)) : 0;
	case IFLA_MASTER:
	case IFLA_NUM_VF:
		rc = attr_copy(a, &value, sizeof(value));
		if (rc == 0 && value > INT32_MAX)
			rc = -EBADMSG;
		if (rc == 0)
			*(a->type == IFLA_MASTER ? &link->master : &link->num_vf) = (int)value;
		return rc;
	case IFLA_LINKINFO:
		return parse_kind(a->body, link);
	}
	return 0;
}

/* All attributes of one link; on -ENOBUFS the rest of the message is lost behind a VF list without an end. */
static int parse_attrs(struct span s, unsigned short type, struct vw_link *link, bool *has_list)
{
	struct nlattr nla;
	struct span list;
	struct attr a;
	size_t skip;
	int rc;

	for (;;) {
		if (s.len >= sizeof(nla)) {
			memcpy(&nla, s.p, sizeof(nla));
			if ((nla.nla_type & NLA_TYPE_MASK) == IFLA_VFINFO_LIST) {
				*has_list = true;
				if (!find_list(&s, link->num_vf, &list))
					return -ENOBUFS;
				rc = parse_vf_list(list, link);
				if (rc < 0)
					return rc;
				skip = NLA_ALIGN((size_t)(list.p - s.p) + list.len);
				skip = skip < s.len ? skip : s.len;
				s.p += skip;
				s.len -= skip;
				continue;
			}
		}
		rc = attr_next(&s, &a);
		if (rc > 0)
			rc = parse_link_attr(&a, type, link);
		else
			return rc;
		if (rc < 0)
			return rc;
	}
}

static int parse_link(
	const struct nlmsghdr *nlh, const char *payload, struct vw_link *link, struct vw_error *err)
{
	struct span s = { payload, nlh->nlmsg_len - (size_t)NLMSG_HDRLEN };
	bool has_list = false;
	struct ifinfomsg ifi;
	int rc;
	size_t i;

	*link = (struct vw_link){ .num_vf = -1 };
	memcpy(&ifi, s.p, sizeof(ifi));
	s.p += NLMSG_ALIGN(sizeof(ifi));
	s.len -= NLMSG_ALIGN(sizeof(ifi));
	link->ifindex = ifi.ifi_index;
	link->flags = ifi.ifi_flags;
	rc = parse_attrs(s, ifi.ifi_type, link, &has_list);
	if (rc == -ENOMEM)
		return vw_error_set(err, ENOMEM, "out of memory");
	if (rc == -ENOBUFS)
		link->vfs_broken = true;
	else if (rc < 0)
		return vw_error_set(err, EBADMSG,
			"the kernel's message about interface %d is not whole", ifi.ifi_index);
	if (ifi.ifi_index <= 0 || !link->name[0])
		return vw_error_set(err, EBADMSG,
			"the kernel's message about interface %d has no name", ifi.ifi_index);
	/* InfiniBand: IFLA_VF_MAC holds a 20 byte address, which is none of Ethernet. */
	for (i = 0; i < link->n_vfs && ifi.ifi_type != ARPHRD_ETHER; i++)
		link->vfs[i].mac = (struct vw_mac){ 0 };
	/* No list at all: the driver cannot report VFs (a representor has its PF's IFLA_NUM_VF, too). */
	if (has_list && link->num_vf >= 0 && link->n_vfs != (size_t)link->num_vf)
		link->vfs_broken = true;
	return 0;
}

static int append(struct vw_links *links, size_t *room, const struct vw_link *link)
{
	if (links->n == *room) {
		size_t more = *room ? *room * 2 : 32;
		struct vw_link *v = reallocarray(links->v, more, sizeof(*v));

		if (!v)
			return -ENOMEM;
		links->v = v;
		*room = more;
	}
	links->v[links->n++] = *link;
	return 0;
}

/* The message at p. 0 = fine, also when it is none of ours. */
static int parse_message(const struct nlmsghdr *nlh, const char *p, struct vw_links *links,
	size_t *room, struct vw_error *err)
{
	struct vw_link link = { 0 };
	int rc;

	/* AF_BRIDGE messages of the same type repeat a link as a bridge sees it. */
	if (nlh->nlmsg_type != RTM_NEWLINK)
		return 0;
	if (nlh->nlmsg_len < NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(struct ifinfomsg)))
		return vw_error_set(err, EBADMSG, "a message about an interface is cut short");
	if (p[NLMSG_HDRLEN] != AF_UNSPEC)
		return 0;
	rc = parse_link(nlh, p + NLMSG_HDRLEN, &link, err);
	if (rc == 0 && append(links, room, &link) < 0)
		rc = vw_error_set(err, ENOMEM, "out of memory");
	if (rc < 0)
		vw_link_free(&link);
	return rc;
}

int vw_links_parse(const void *data, size_t len, struct vw_links *links, struct vw_error *err)
{
	const char *p = data;
	size_t room = 0;
	int rc = 0;

	*links = (struct vw_links){ 0 };
	while (rc == 0 && len > 0) {
		struct nlmsghdr nlh = { 0 };
		size_t step;

		if (len >= sizeof(nlh))
			memcpy(&nlh, p, sizeof(nlh));
		if (nlh.nlmsg_len < sizeof(nlh) || nlh.nlmsg_len > len) {
			rc = vw_error_set(err, EBADMSG, "a netlink message is cut short");
			break;
		}
		rc = parse_message(&nlh, p, links, &room, err);
		step = NLMSG_ALIGN((size_t)nlh.nlmsg_len);
		step = step < len ? step : len;
		p += step;
		len -= step;
	}
	if (rc < 0)
		vw_links_free(links);
	return rc;
}

/* In one message's attributes: 1 = found, 0 = not there, -EBADMSG. */
static int find_info(struct span s, uint32_t index, struct span *info)
{
	uint32_t num_vf = 0;
	struct vw_vf_attr vf;
	struct nlattr nla;
	struct span list;
	struct attr a;
	int rc;

	while (s.len >= sizeof(nla)) {
		memcpy(&nla, s.p, sizeof(nla));
		if ((nla.nla_type & NLA_TYPE_MASK) == IFLA_VFINFO_LIST)
			break;
		rc = attr_next(&s, &a);
		if (rc > 0 && a.type == IFLA_NUM_VF)
			rc = attr_copy(&a, &num_vf, sizeof(num_vf)) < 0 ? -EBADMSG : 1;
		if (rc < 0)
			return rc;
	}
	if (s.len < sizeof(nla))
		return 0;
	if (num_vf > INT32_MAX || !find_list(&s, (int)num_vf, &list))
		return -EBADMSG;
	while ((rc = attr_next(&list, &a)) > 0) {
		if (parse_vf(a.body, &vf) == 0 && vf.index == index) {
			*info = a.body;
			return 1;
		}
	}
	return rc;
}

int vw_vf_info_find(
	const char *data, size_t len, int ifindex, uint32_t index, size_t *offset, size_t *size)
{
	const char *p = data;
	struct nlmsghdr nlh;
	struct ifinfomsg ifi;
	const size_t head = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(ifi));
	struct span info = { 0 };
	int rc = 0;

	while (rc == 0 && len >= sizeof(nlh)) {
		size_t step;

		memcpy(&nlh, p, sizeof(nlh));
		if (nlh.nlmsg_len < sizeof(nlh) || nlh.nlmsg_len > len)
			return -EBADMSG;
		if (nlh.nlmsg_type == RTM_NEWLINK && nlh.nlmsg_len >= head) {
			memcpy(&ifi, p + NLMSG_HDRLEN, sizeof(ifi));
			if (ifi.ifi_index == ifindex && ifi.ifi_family == AF_UNSPEC)
				rc = find_info((struct span){ p + head, nlh.nlmsg_len - head },
					index, &info);
		}
		step = NLMSG_ALIGN((size_t)nlh.nlmsg_len);
		step = step < len ? step : len;
		p += step;
		len -= step;
	}
	if (rc <= 0)
		return rc < 0 ? rc : -ENOENT;
	*offset = (size_t)(info.p - data);
	*size = info.len;
	return 0;
}
