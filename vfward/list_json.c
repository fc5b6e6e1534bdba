/* SPDX-License-Identifier: GPL-2.0-or-later */
/* list_json: the inventory as JSON, schema 1. What is not known is null. */
#include "list.h"

#include "cleanup.h"
#include "json.h"
#include "tenant.h"

#include <linux/if_link.h>

static void add_address(
	struct vw_json *json, struct json_object *to, const char *key, const struct vw_pci *pci)
{
	char address[VW_PCI_STR];

	vw_json_text(json, to, key, vw_pci_format(pci, address));
}

static void add_mac(
	struct vw_json *json, struct json_object *to, const char *key, const struct vw_mac *mac)
{
	char text[VW_MAC_STR];

	vw_json_text(json, to, key, mac ? vw_mac_format(mac, text) : NULL);
}

static void add_count(struct vw_json *json, struct json_object *to, const char *key, long value)
{
	if (value < 0)
		vw_json_null(json, to, key);
	else
		vw_json_number(json, to, key, value);
}

static const char *link_state_word(int state)
{
	switch (state) {
	case IFLA_VF_LINK_STATE_AUTO:
		return "auto";
	case IFLA_VF_LINK_STATE_ENABLE:
		return "enable";
	case IFLA_VF_LINK_STATE_DISABLE:
		return "disable";
	default:
		return NULL;
	}
}

/* All members are there also when the kernel does not list the VF: then they are null. */
static void add_attr(struct vw_json *json, struct json_object *to, const struct vw_vf_attr *attr)
{
	add_mac(json, to, "mac", attr ? &attr->mac : NULL);
	add_count(json, to, "vlan", attr ? attr->vlan : -1);
	add_count(json, to, "qos", attr ? attr->qos : -1);
	vw_json_text(json, to, "vlan_proto",
		!attr                        ? NULL
		: attr->vlan_proto == 0x88a8 ? "802.1ad"
					     : "802.1Q");
	vw_json_tristate(json, to, "spoofchk", attr ? attr->spoofchk : -1);
	vw_json_tristate(json, to, "trust", attr ? attr->trust : -1);
	vw_json_tristate(json, to, "rss_query", attr ? attr->rss_query : -1);
	vw_json_text(json, to, "link_state", attr ? link_state_word(attr->link_state) : NULL);
	add_count(json, to, "min_rate", attr ? (long)attr->min_rate : -1);
	add_count(json, to, "max_rate", attr ? (long)attr->max_rate : -1);
}

static void add_claim(
	struct vw_json *json, struct json_object *to, const struct vw_function_view *view)
{
	static const char *const lives[] = {
		[VW_LIFE_ALIVE] = "alive",
		[VW_LIFE_STOPPING] = "stopping",
		[VW_LIFE_GONE] = "gone",
	};
	static const char *const uses[] = {
		[VW_USE_INTERFACE] = "interface",
		[VW_USE_HOSTDEV] = "hostdev",
		[VW_USE_MACVTAP] = "macvtap",
	};
	const struct vw_vf_claim *claim = &view->claim;
	struct json_object *object;

	if (!view->claimed) {
		vw_json_null(json, to, "claim");
		return;
	}
	object = vw_json_object(json, to, "claim");
	vw_json_text(json, object, "domain", claim->owner.name);
	vw_json_text(json, object, "uuid", claim->owner.uuid);
	vw_json_text(json, object, "state", vw_claim_state_name(claim->owner.state));
	vw_json_text(json, object, "owner", lives[view->life]);
	vw_json_text(json, object, "use", uses[claim->use]);
	add_mac(json, object, "mac", vw_mac_is_zero(&claim->mac) ? NULL : &claim->mac);
	vw_json_name(json, object, "residue", claim->residue);
}

static void add_holder(
	struct vw_json *json, struct json_object *to, const struct vw_function_view *view)
{
	struct json_object *object;

	if (!view->held) {
		vw_json_null(json, to, "holder");
		return;
	}
	object = vw_json_object(json, to, "holder");
	vw_json_number(json, object, "pid", view->holder.pid);
	vw_json_text(json, object, "command", view->holder.comm);
	vw_json_name(json, object, "guest", view->holder.guest);
}

static void add_host_use(
	struct vw_json *json, struct json_object *to, const struct vw_function_view *view)
{
	struct json_object *object = vw_json_object(json, to, "host_use");

	vw_json_name(json, object, "upper", view->upper);
	vw_json_name(json, object, "permanent_address", view->use.permanent);
	vw_json_name(json, object, "dynamic_address", view->use.dynamic);
	vw_json_bool(json, object, "default_route", view->use.default_route);
	vw_json_bool(json, object, "other_netns", view->netdev_elsewhere);
	vw_json_name(json, object, "cni_netns", view->cni_netns);
}

static void add_vf(struct vw_json *json, struct json_object *to, const struct vw_vf_entry *vf)
{
	struct json_object *object = vw_json_object(json, to, NULL);

	vw_json_number(json, object, "index", vf->index);
	add_address(json, object, "address", &vf->view.pci);
	vw_json_name(json, object, "driver", vf->view.driver);
	vw_json_name(json, object, "netdev", vf->view.netdev);
	add_attr(json, object, vf->view.attr);
	add_count(json, object, "numa_node", vf->numa);
	vw_json_text(json, object, "status", vw_tenant_word(vw_tenant_of(&vf->view)));
	add_claim(json, object, &vf->view);
	add_holder(json, object, &vf->view);
	add_host_use(json, object, &vf->view);
}

static void add_pf(struct vw_json *json, struct json_object *to, const struct vw_pf_entry *pf)
{
	struct json_object *object = vw_json_object(json, to, NULL), *vfs;
	const struct vw_link *link = pf->link;

	add_address(json, object, "address", &pf->pci);
	vw_json_name(json, object, "driver", pf->driver);
	vw_json_name(json, object, "netdev", pf->netdev);
	add_mac(json, object, "mac", link && link->has_mac ? &link->mac : NULL);
	vw_json_tristate(json, object, "up", link ? (link->flags & IFF_UP) != 0 : -1);
	add_count(json, object, "numa_node", pf->numa);
	add_count(json, object, "max_vfs", pf->max_vfs);
	vfs = vw_json_array(json, object, "vfs");
	for (size_t i = 0; i < pf->n_vfs; i++)
		add_vf(json, vfs, &pf->vfs[i]);
}

int vw_list_json(
	const struct vw_inventory *inventory, const struct vw_findings *findings, FILE *out)
{
	vw_auto(vw_json_end) struct vw_json json = { 0 };
	struct json_object *pfs;

	vw_json_begin(&json);
	pfs = vw_json_array(&json, json.top, "pfs");
	for (size_t i = 0; i < inventory->n_pfs; i++)
		add_pf(&json, pfs, &inventory->pfs[i]);
	vw_json_findings(&json, findings);
	return vw_json_write(&json, out);
}
