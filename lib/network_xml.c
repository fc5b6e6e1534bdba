/* SPDX-License-Identifier: GPL-2.0-or-later */
/* network_xml: libvirt's networks and their ports → struct vw_network (formats: conf/network_conf.c, conf/virnetworkportdef.c). */
#include "network_xml.h"

#include "cleanup.h"
#include "domain_xml_priv.h"
#include "text.h"
#include "xml_guard.h"
#include "xml_walk.h"

#include <errno.h>
#include <string.h>

enum node {
	ROOT = 1,
	NETWORK,
	NETWORK_NAME,
	FORWARD,
	FORWARD_PF,
	FORWARD_NETDEV,
	FORWARD_PCI,
	PORT,
	PORT_UUID,
	OWNER,
	OWNER_NAME,
	OWNER_UUID,
	MAC,
	PLUG,
	PLUG_PCI
};

struct parser {
	struct vw_xml_walk walk;
	struct vw_network *network;
	bool seen_network, seen_forward, seen_mac, seen_plug, seen_plug_pci;
	struct vw_xml_text name, uuid, owner_name, owner_uuid;
	struct vw_device device;
};

static const struct rule {
	int parent;
	const char *name;
	int node;
} rules[] = {
	{ ROOT, "network", NETWORK },
	{ NETWORK, "name", NETWORK_NAME },
	{ NETWORK, "forward", FORWARD },
	{ FORWARD, "pf", FORWARD_PF },
	{ FORWARD, "interface", FORWARD_NETDEV },
	{ FORWARD, "address", FORWARD_PCI },
	{ ROOT, "networkport", PORT },
	{ PORT, "uuid", PORT_UUID },
	{ PORT, "owner", OWNER },
	{ OWNER, "name", OWNER_NAME },
	{ OWNER, "uuid", OWNER_UUID },
	{ PORT, "mac", MAC },
	{ PORT, "plug", PLUG },
	{ PLUG, "address", PLUG_PCI },
};

static bool open_pci(struct parser *p, const struct vw_tag *tag, struct vw_pci *pci, char **bad)
{
	bool *nomem = &p->walk.nomem;
	vw_auto_free char *domain = vw_tag_copy(tag, "domain", nomem);
	vw_auto_free char *bus = vw_tag_copy(tag, "bus", nomem);
	vw_auto_free char *slot = vw_tag_copy(tag, "slot", nomem);
	vw_auto_free char *function = vw_tag_copy(tag, "function", nomem);
	struct vw_error why = { "" };

	if (vw_pci_from_xml(domain, bus, slot, function, pci, &why) == 0)
		return true;
	if (bad) {
		*bad = strdup(why.msg);
		*nomem |= !*bad;
	}
	return false;
}

static void open_forward(struct parser *p, const struct vw_tag *tag)
{
	if (vw_tag_is(tag, "mode", "hostdev"))
		p->network->forward = VW_FORWARD_HOSTDEV;
	else if (vw_tag_is(tag, "mode", "passthrough"))
		p->network->forward = VW_FORWARD_PASSTHROUGH;
}

static void open_mac(struct parser *p, const struct vw_tag *tag)
{
	vw_auto_free char *text = vw_tag_copy(tag, "address", &p->walk.nomem);
	struct vw_mac mac;

	if (!text)
		return;
	if (vw_mac_parse(text, &mac) < 0 || vw_mac_is_multicast(&mac)) {
		p->device.bad_mac = text;
		text = NULL;
	} else if (!vw_mac_is_zero(&mac)) {
		p->device.mac = mac;
		p->device.has_mac = true;
	}
}

/* virNetworkPortPlugType: none, network, bridge, direct, hostdev-pci. */
static void open_plug(struct parser *p, const struct vw_tag *tag)
{
	struct vw_device *device = &p->device;

	device->managed = vw_tag_is(tag, "managed", "yes");
	device->kind = VW_DEV_NIC;
	if (vw_tag_is(tag, "type", "hostdev-pci")) {
		device->kind = VW_DEV_VF_INTERFACE;
		device->type = strdup("hostdev");
		p->walk.nomem |= !device->type;
		return;
	}
	device->type = vw_tag_copy(tag, "type", &p->walk.nomem);
	if (vw_tag_is(tag, "type", "direct")) {
		device->kind =
			vw_tag_is(tag, "mode", "passthrough") ? VW_DEV_MACVTAP : VW_DEV_DIRECT;
		device->source = vw_tag_copy(tag, "dev", &p->walk.nomem);
	} else {
		device->source = vw_tag_copy(tag, "bridge", &p->walk.nomem);
	}
}

static struct vw_xml_text *text_of(struct parser *p, int node)
{
	switch (node) {
	case NETWORK_NAME:
		return &p->name;
	case PORT_UUID:
		return &p->uuid;
	case OWNER_NAME:
		return &p->owner_name;
	case OWNER_UUID:
		return &p->owner_uuid;
	}
	return NULL;
}

/* The first of several, as everywhere in libvirt. */
static bool is_first(bool *seen)
{
	bool first = !*seen;

	*seen = true;
	return first;
}

static bool open_network(struct parser *p, int node, const struct vw_tag *tag)
{
	struct vw_network *network = p->network;

	switch (node) {
	case NETWORK:
		return is_first(&p->seen_network);
	case FORWARD:
		if (!is_first(&p->seen_forward))
			return false;
		open_forward(p, tag);
		break;
	case FORWARD_PF:
		if (!network->pf)
			network->pf = vw_tag_copy(tag, "dev", &p->walk.nomem);
		break;
	case FORWARD_NETDEV:
		if (!network->netdev)
			network->netdev = vw_tag_copy(tag, "dev", &p->walk.nomem);
		break;
	case FORWARD_PCI:
		if (!network->has_pci)
			network->has_pci = open_pci(p, tag, &network->pci, NULL);
		break;
	}
	return true;
}

static bool open_port(struct parser *p, int node, const struct vw_tag *tag)
{
	switch (node) {
	case PORT:
		return is_first(&p->network->has_port);
	case MAC:
		if (is_first(&p->seen_mac))
			open_mac(p, tag);
		break;
	case PLUG:
		if (!is_first(&p->seen_plug))
			return false;
		open_plug(p, tag);
		break;
	case PLUG_PCI:
		if (is_first(&p->seen_plug_pci) && p->device.kind == VW_DEV_VF_INTERFACE)
			p->device.has_pci = open_pci(p, tag, &p->device.pci, &p->device.bad_pci);
		break;
	}
	return true;
}

static int on_enter(
	struct vw_xml_walk *walk, int parent, const char *name, const struct vw_tag *tag)
{
	struct parser *p = walk->data;
	const struct rule *rule = NULL;

	if (!parent) {
		if (!strcmp(name, "hookData") || !strcmp(name, "networkstatus"))
			return ROOT;
		vw_xml_fail(walk, EBADMSG,
			"the root element is neither <hookData> nor <networkstatus>");
		return 0;
	}
	for (size_t i = 0; i < VW_ARRAY_SIZE(rules) && !rule; i++)
		if (rules[i].parent == parent && !strcmp(rules[i].name, name))
			rule = &rules[i];
	if (!rule || !open_network(p, rule->node, tag) || !open_port(p, rule->node, tag))
		return 0;
	struct vw_xml_text *text = text_of(p, rule->node);
	if (text && is_first(&text->seen))
		walk->text = text;
	return rule->node;
}

static void on_leave(struct vw_xml_walk *walk, int node)
{
	(void)walk;
	(void)node;
}

/* A name that libvirt uses as a file name. */
static int take_name(
	const struct vw_xml_text *text, const char *whose, char **name, struct vw_error *err)
{
	if (!text->len || text->cut || strchr(text->s, '/'))
		return vw_error_set(err, EBADMSG, "%s has no usable <name>", whose);
	*name = strdup(text->s);
	return *name ? 0 : vw_error_set(err, ENOMEM, "out of memory");
}

static int take_uuid(const struct vw_xml_text *text, const char *whose, char uuid[VW_UUID_STR],
	struct vw_error *err)
{
	if (!text->len || text->cut || !vw_uuid_parse(text->s, uuid))
		return vw_error_set(err, EBADMSG, "%s has no usable <uuid>", whose);
	return 0;
}

static int take_port(struct parser *p, struct vw_error *err)
{
	struct vw_network *network = p->network;
	struct vw_domain *port = &network->port;
	int rc = take_uuid(&p->uuid, "the port", network->port_uuid, err);

	if (rc == 0)
		rc = take_name(&p->owner_name, "the port's owner", &port->name, err);
	if (rc == 0)
		rc = take_uuid(&p->owner_uuid, "the port's owner", port->uuid, err);
	if (rc < 0)
		return rc;
	if (!p->seen_plug)
		p->device.kind = VW_DEV_NIC;
	if (!p->device.type)
		p->device.type = strdup("network");
	/* As in a domain: the judge refuses a VF that it cannot tell from others. */
	bool unknown = p->device.kind == VW_DEV_VF_INTERFACE && !p->seen_plug_pci;
	if (unknown)
		p->device.bad_pci = strdup("<plug> has no <address>");
	p->device.is_interface = true;
	port->devices = calloc(1, sizeof(*port->devices));
	if (!p->device.type || !port->devices || (unknown && !p->device.bad_pci))
		return vw_error_set(err, ENOMEM, "out of memory");
	port->devices[0] = p->device;
	port->n_devices = 1;
	p->device = (struct vw_device){ 0 };
	return 0;
}

int vw_network_parse(const char *xml, size_t len, struct vw_network *network, struct vw_error *err)
{
	struct parser p = { .walk = { .enter = on_enter, .leave = on_leave }, .network = network };
	int rc;

	*network = (struct vw_network){ 0 };
	p.walk.data = &p;
	rc = vw_xml_walk(&p.walk, xml, len, err);
	if (rc == 0)
		rc = take_name(&p.name, "the network", &network->name, err);
	if (rc == 0 && network->has_port)
		rc = take_port(&p, err);
	vw_device_free(&p.device);
	if (rc < 0)
		vw_network_free(network);
	return rc;
}

void vw_network_free(struct vw_network *network)
{
	free(network->name);
	free(network->pf);
	free(network->netdev);
	vw_domain_free(&network->port);
	*network = (struct vw_network){ 0 };
}

bool vw_network_is_hook_data(const char *xml, size_t len)
{
	static const char name[] = "hookData";
	const char *at = vw_xml_root(xml, len);

	return at && (size_t)(xml + len - at) > strlen(name) && !memcmp(at, name, strlen(name)) &&
	       strchr(" \t\r\n/>", at[strlen(name)]);
}

bool vw_network_may_use_vf(const char *xml, size_t len)
{
	static const char *const words[] = { "hostdev", "passthrough", "<!ENTITY" };

	return vw_xml_mentions(xml, len, words, VW_ARRAY_SIZE(words));
}
