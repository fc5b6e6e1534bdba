/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdev_use: what a host does with a netdev: addresses and default routes on it. */

#include "netdev_use.h"

#include "cleanup.h"
#include "rtnl.h"
#include "sysfs.h"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <stdio.h>
#include <string.h>

/* One message; 0, or -EBADMSG where it is not whole. */
typedef int message_fn(const struct nlmsghdr *nlh, int ifindex, struct vw_netdev_use *use);

static size_t address_size(int family)
{
	return family == AF_INET    ? sizeof(struct in_addr)
	       : family == AF_INET6 ? sizeof(struct in6_addr)
				    : 0;
}

/* fe80::/10 and 169.254/16, whatever scope they were given with. */
static bool is_link_local(int family, const unsigned char *address)
{
	if (family == AF_INET)
		return address[0] == 169 && address[1] == 254;
	return address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
}

static int take_address(const struct nlmsghdr *nlh, int ifindex, struct vw_netdev_use *use)
{
	struct nlattr *tb[IFA_MAX + 1], *nla;
	const struct ifaddrmsg *ifa = NLMSG_DATA(nlh);
	char text[INET6_ADDRSTRLEN], *slot;
	uint32_t flags;

	if (nlh->nlmsg_type != RTM_NEWADDR)
		return 0;
	if (nlmsg_parse((struct nlmsghdr *)nlh, sizeof(*ifa), tb, IFA_MAX, NULL) < 0)
		return -EBADMSG;
	if (ifa->ifa_index != (unsigned int)ifindex || ifa->ifa_scope >= RT_SCOPE_LINK ||
		!address_size(ifa->ifa_family))
		return 0;
	/* On a point-to-point link IFA_ADDRESS is the other end's. */
	nla = tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
	if (!nla || (size_t)nla_len(nla) != address_size(ifa->ifa_family))
		return -EBADMSG;
	if (is_link_local(ifa->ifa_family, nla_data(nla)))
		return 0;
	flags = ifa->ifa_flags;
	if (tb[IFA_FLAGS]) {
		if ((size_t)nla_len(tb[IFA_FLAGS]) < sizeof(flags))
			return -EBADMSG;
		flags = nla_get_u32(tb[IFA_FLAGS]);
	}
	slot = flags & IFA_F_PERMANENT ? use->permanent : use->dynamic;
	if (!*slot && inet_ntop(ifa->ifa_family, nla_data(nla), text, sizeof(text)))
		snprintf(slot, sizeof(use->permanent), "%s/%u", text, ifa->ifa_prefixlen);
	return 0;
}

/* 1 = a next hop of the list leaves over the interface, 0 = none, -EBADMSG. */
static int has_hop(const struct nlattr *list, int ifindex)
{
	const char *p = nla_data(list);
	size_t len = (size_t)nla_len(list);
	struct rtnexthop hop;

	while (len > 0) {
		size_t step;

		if (len < sizeof(hop))
			return -EBADMSG;
		memcpy(&hop, p, sizeof(hop));
		if (hop.rtnh_len < sizeof(hop) || hop.rtnh_len > len)
			return -EBADMSG;
		if (hop.rtnh_ifindex == ifindex)
			return 1;
		step = RTNH_ALIGN((size_t)hop.rtnh_len);
		step = step < len ? step : len;
		p += step;
		len -= step;
	}
	return 0;
}

/* A default route is one to a network of no bits, in whatever table. Routes over next hop objects carry their interfaces as well, as long as
 * net.ipv4.nexthop_compat_mode is 1, its default. */
static int take_route(const struct nlmsghdr *nlh, int ifindex, struct vw_netdev_use *use)
{
	struct nlattr *tb[RTA_MAX + 1];
	const struct rtmsg *rtm = NLMSG_DATA(nlh);
	int rc = 0;

	if (nlh->nlmsg_type != RTM_NEWROUTE)
		return 0;
	if (nlmsg_parse((struct nlmsghdr *)nlh, sizeof(*rtm), tb, RTA_MAX, NULL) < 0)
		return -EBADMSG;
	if (!address_size(rtm->rtm_family) || rtm->rtm_dst_len || rtm->rtm_type != RTN_UNICAST ||
		rtm->rtm_flags & RTM_F_CLONED)
		return 0;
	if (tb[RTA_OIF]) {
		if ((size_t)nla_len(tb[RTA_OIF]) < sizeof(uint32_t))
			return -EBADMSG;
		rc = nla_get_u32(tb[RTA_OIF]) == (uint32_t)ifindex;
	}
	if (rc == 0 && tb[RTA_MULTIPATH])
		rc = has_hop(tb[RTA_MULTIPATH], ifindex);
	if (rc > 0)
		use->default_route = true;
	return rc < 0 ? rc : 0;
}

static int for_each(const struct vw_host *host, enum vw_rtnl_dump what, int ifindex,
	message_fn *take, struct vw_netdev_use *use, struct vw_error *err)
{
	vw_auto_free void *data = NULL;
	size_t len, step;
	const char *p;
	int rc = vw_rtnl_dump(host, what, ifindex, &data, &len, err);

	for (p = data; rc == 0 && len > 0; p += step, len -= step) {
		const struct nlmsghdr *nlh = (const void *)p;

		if (len < sizeof(*nlh) || nlh->nlmsg_len < sizeof(*nlh) || nlh->nlmsg_len > len)
			return vw_error_set(err, EBADMSG, "a netlink message is cut short");
		rc = take(nlh, ifindex, use);
		if (rc < 0)
			return vw_error_set(err, -rc, "a netlink message is not whole");
		step = NLMSG_ALIGN((size_t)nlh->nlmsg_len);
		step = step < len ? step : len;
	}
	return rc;
}

int vw_netdev_use_get(
	const struct vw_host *host, int ifindex, struct vw_netdev_use *use, struct vw_error *err)
{
	int rc;

	*use = (struct vw_netdev_use){ 0 };
	if (ifindex <= 0)
		return vw_error_set(err, EINVAL, "%d is no interface index", ifindex);
	rc = for_each(host, VW_RTNL_ADDRESSES, ifindex, take_address, use, err);
	if (rc < 0)
		return vw_error_prefix(
			err, rc, "cannot read the addresses of interface %d", ifindex);
	rc = for_each(host, VW_RTNL_ROUTES, ifindex, take_route, use, err);
	if (rc < 0)
		return vw_error_prefix(err, rc, "cannot read the routes of interface %d", ifindex);
	return 0;
}

/* Deeper than this nobody stacks devices; a recorded machine's may stand in a circle. */
#define MAX_STACKED 8

static int default_route(const struct vw_host *host, const struct vw_links *links,
	const char *netdev, unsigned int depth, char over[IFNAMSIZ], struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names uppers = { 0 };
	const struct vw_link *link = vw_links_by_name(links, netdev);
	struct vw_netdev_use use = { 0 };
	int rc = link ? vw_netdev_use_get(host, link->ifindex, &use, err) : 0;

	if (rc < 0 && !vw_error_absent(rc))
		return rc;
	if (use.default_route) {
		snprintf(over, IFNAMSIZ, "%s", netdev);
		return 1;
	}
	rc = vw_sysfs_netdev_uppers(host, netdev, &uppers);
	if (rc < 0)
		return vw_error_absent(rc)
			       ? 0
			       : vw_error_errno(
					 err, -rc, "cannot see what is above interface %s", netdev);
	for (size_t i = 0; i < uppers.n && rc == 0 && depth < MAX_STACKED; i++)
		rc = default_route(host, links, uppers.v[i], depth + 1, over, err);
	return rc;
}

int vw_netdev_default_route(const struct vw_host *host, const struct vw_links *links,
	const char *netdev, char over[IFNAMSIZ], struct vw_error *err)
{
	over[0] = '\0';
	return default_route(host, links, netdev, 0, over, err);
}
