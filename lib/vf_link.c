/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vf_link: asks for links and their VFs, and sets one attribute of one VF. Reading the answer is vf_link_parse.c. */

#include "vf_link.h"

#include "cleanup.h"
#include "rtnl.h"
#include "vf_record.h"

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <string.h>

/* i40e, ice and bnxt leave a VF out while it is in reset or while another request is under way
 * (rtnl_fill_vfinfo skips it when ndo_get_vf_config fails). */
#define HOLE_TRIES    3
#define HOLE_PAUSE_MS 50

static void cleanup_msg(struct nl_msg **msg)
{
	if (*msg)
		nlmsg_free(*msg);
}

void vw_link_free(struct vw_link *link)
{
	free(link->vfs);
	*link = (struct vw_link){ .num_vf = -1 };
}

void vw_links_free(struct vw_links *links)
{
	size_t i;

	for (i = 0; i < links->n; i++)
		free(links->v[i].vfs);
	free(links->v);
	*links = (struct vw_links){ 0 };
}

static int ask(
	const struct vw_host *host, int ifindex, struct vw_links *links, struct vw_error *err)
{
	vw_auto_free void *data = NULL;
	size_t len;
	int rc;

	*links = (struct vw_links){ 0 };
	rc = vw_rtnl_dump(host, VW_RTNL_LINKS, ifindex, &data, &len, err);
	if (rc == 0)
		rc = vw_links_parse(data, len, links, err);
	if (rc == 0 && host->recorded)
		rc = vw_vf_record_read(host, links, err);
	if (rc < 0)
		vw_links_free(links);
	return rc;
}

/* Asks once more for one link whose list has holes. A link that has gone or changed its name meanwhile stays as it is. */
static int refresh(const struct vw_host *host, struct vw_link *link)
{
	struct vw_links again;
	struct vw_link *now;
	int rc = ask(host, link->ifindex, &again, NULL);

	if (rc < 0)
		return rc;
	now = vw_links_by_index(&again, link->ifindex);
	if (now && strcmp(now->name, link->name) == 0) {
		struct vw_link old = *link;

		*link = *now;
		*now = old;
	}
	vw_links_free(&again);
	return 0;
}

static void mend(const struct vw_host *host, struct vw_link *link)
{
	int try;

	for (try = 0; link->vfs_broken && try < HOLE_TRIES; try++) {
		if (!vw_deadline_sleep(&host->deadline, HOLE_PAUSE_MS) || refresh(host, link) < 0)
			return;
	}
}

int vw_links_get(const struct vw_host *host, struct vw_links *links, struct vw_error *err)
{
	size_t i;
	int rc = ask(host, 0, links, err);

	if (rc < 0)
		return vw_error_prefix(err, rc, "cannot list the links");
	for (i = 0; i < links->n; i++)
		mend(host, &links->v[i]);
	return 0;
}

int vw_link_get(
	const struct vw_host *host, const char *name, struct vw_link *link, struct vw_error *err)
{
	struct vw_links links = { 0 };
	struct vw_link *found = NULL;
	/* Asked of the kernel, because sysfs may show another network namespace than ours; 0 = ask for all. */
	int rc = -ENODEV, ifindex = host->recorded ? 0 : (int)if_nametoindex(name);

	*link = (struct vw_link){ .num_vf = -1 };
	if (ifindex) {
		rc = ask(host, ifindex, &links, err);
		found = rc < 0 ? NULL : vw_links_by_name(&links, name);
	}
	/* Names change between two questions. */
	if (!found && (rc == 0 || rc == -ENODEV)) {
		vw_links_free(&links);
		rc = ask(host, 0, &links, err);
		found = rc < 0 ? NULL : vw_links_by_name(&links, name);
	}
	if (found) {
		*link = *found;
		found->vfs = NULL;
		mend(host, link);
	}
	vw_links_free(&links);
	if (rc < 0)
		return vw_error_prefix(err, rc, "cannot read link %s", name);
	return found ? 0 : vw_error_set(err, ENODEV, "there is no link %s", name);
}

struct vw_link *vw_links_by_name(const struct vw_links *links, const char *name)
{
	size_t i;

	for (i = 0; i < links->n; i++)
		if (strcmp(links->v[i].name, name) == 0)
			return &links->v[i];
	return NULL;
}

struct vw_link *vw_links_by_index(const struct vw_links *links, int ifindex)
{
	size_t i;

	for (i = 0; i < links->n; i++)
		if (links->v[i].ifindex == ifindex)
			return &links->v[i];
	return NULL;
}

const struct vw_vf_attr *vw_link_vf(const struct vw_link *link, uint32_t index)
{
	size_t low = 0, high = link->n_vfs;

	/* The parser lets only rising numbers in. */
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (link->vfs[mid].index == index)
			return &link->vfs[mid];
		if (link->vfs[mid].index < index)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

const char *vw_vf_field_name(enum vw_vf_field field)
{
	static const char *const names[VW_VF_FIELDS] = {
		[VW_VF_MAC] = "mac",
		[VW_VF_VLAN] = "vlan",
		[VW_VF_RATE] = "rate",
		[VW_VF_SPOOFCHK] = "spoofchk",
		[VW_VF_LINK_STATE] = "link-state",
		[VW_VF_RSS_QUERY] = "rss-query",
		[VW_VF_TRUST] = "trust",
	};

	return (unsigned int)field < VW_VF_FIELDS ? names[field] : "?";
}

bool vw_vf_field_equal(
	enum vw_vf_field field, const struct vw_vf_attr *a, const struct vw_vf_attr *b)
{
	switch (field) {
	case VW_VF_MAC:
		return vw_mac_equal(&a->mac, &b->mac);
	case VW_VF_VLAN:
		if (a->vlan != b->vlan || a->qos != b->qos)
			return false;
		/* Without a tag there is nothing whose protocol could differ. */
		return (a->vlan == 0 && a->qos == 0) || a->vlan_proto == b->vlan_proto;
	case VW_VF_RATE:
		return a->min_rate == b->min_rate && a->max_rate == b->max_rate;
	case VW_VF_SPOOFCHK:
		return a->spoofchk == b->spoofchk;
	case VW_VF_LINK_STATE:
		return a->link_state == b->link_state;
	case VW_VF_RSS_QUERY:
		return a->rss_query == b->rss_query;
	case VW_VF_TRUST:
		return a->trust == b->trust;
	case VW_VF_FIELDS:
		break;
	}
	return false;
}

static int put_vlan_list(struct nl_msg *msg, const struct vw_vf_attr *want)
{
	struct ifla_vf_vlan_info info = { .vf = want->index,
		.vlan = want->vlan,
		.qos = want->qos,
		.vlan_proto = htons(want->vlan_proto) };
	struct nlattr *list = nla_nest_start(msg, IFLA_VF_VLAN_LIST);

	if (!list || nla_put(msg, IFLA_VF_VLAN_INFO, sizeof(info), &info) < 0)
		return -ENOMEM;
	nla_nest_end(msg, list);
	return 0;
}

/* A field that is one number: spoofchk, link state, RSS query and trust share one layout. */
static int put_setting(struct nl_msg *msg, int type, uint32_t index, int value)
{
	struct ifla_vf_spoofchk setting = { .vf = index, .setting = (uint32_t)value };

	if (value < 0)
		return -EINVAL;
	return nla_put(msg, type, sizeof(setting), &setting) < 0 ? -ENOMEM : 0;
}

static int put_field(struct nl_msg *msg, enum vw_vf_field field, const struct vw_vf_attr *want)
{
	struct ifla_vf_mac mac = { .vf = want->index };
	struct ifla_vf_vlan vlan = { .vf = want->index, .vlan = want->vlan, .qos = want->qos };
	struct ifla_vf_rate rate = {
		.vf = want->index, .min_tx_rate = want->min_rate, .max_tx_rate = want->max_rate
	};

	switch (field) {
	case VW_VF_MAC:
		memcpy(mac.mac, want->mac.b, sizeof(want->mac.b));
		return nla_put(msg, IFLA_VF_MAC, sizeof(mac), &mac) < 0 ? -ENOMEM : 0;
	case VW_VF_VLAN:
		/* Drivers older than 802.1ad know only the plain attribute. */
		if (want->vlan_proto == 0x88a8)
			return put_vlan_list(msg, want);
		return nla_put(msg, IFLA_VF_VLAN, sizeof(vlan), &vlan) < 0 ? -ENOMEM : 0;
	case VW_VF_RATE:
		return nla_put(msg, IFLA_VF_RATE, sizeof(rate), &rate) < 0 ? -ENOMEM : 0;
	case VW_VF_SPOOFCHK:
		return put_setting(msg, IFLA_VF_SPOOFCHK, want->index, want->spoofchk);
	case VW_VF_LINK_STATE:
		return put_setting(msg, IFLA_VF_LINK_STATE, want->index, want->link_state);
	case VW_VF_RSS_QUERY:
		return put_setting(msg, IFLA_VF_RSS_QUERY_EN, want->index, want->rss_query);
	case VW_VF_TRUST:
		return put_setting(msg, IFLA_VF_TRUST, want->index, want->trust);
	case VW_VF_FIELDS:
		break;
	}
	return -EINVAL;
}

/* One RTM_SETLINK: ifinfomsg, VFINFO_LIST { VF_INFO { one attribute } }. */
static int build_set(
	struct nl_msg *msg, int pf_ifindex, enum vw_vf_field field, const struct vw_vf_attr *want)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC, .ifi_index = pf_ifindex };
	struct nlattr *list, *info;
	int rc;

	if (nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO) < 0)
		return -ENOMEM;
	list = nla_nest_start(msg, IFLA_VFINFO_LIST);
	info = list ? nla_nest_start(msg, IFLA_VF_INFO) : NULL;
	if (!info)
		return -ENOMEM;
	rc = put_field(msg, field, want);
	if (rc < 0)
		return rc;
	nla_nest_end(msg, info);
	nla_nest_end(msg, list);
	return 0;
}

int vw_vf_set(const struct vw_host *host, int pf_ifindex, enum vw_vf_field field,
	const struct vw_vf_attr *want, struct vw_error *err)
{
	vw_auto(cleanup_msg) struct nl_msg *msg = NULL;
	int rc;

	if (host->recorded) {
		rc = vw_vf_record_set(host, pf_ifindex, field, want, err);
	} else {
		msg = nlmsg_alloc_simple(RTM_SETLINK, NLM_F_REQUEST);
		if (!msg)
			return vw_error_set(err, ENOMEM, "out of memory");
		rc = build_set(msg, pf_ifindex, field, want);
		if (rc < 0)
			vw_error_errno(err, -rc, "cannot build the request");
		else
			rc = vw_rtnl_request(host, msg, err);
	}
	if (rc < 0)
		vw_error_prefix(
			err, rc, "cannot set %s of VF %u", vw_vf_field_name(field), want->index);
	return rc;
}
