/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record_reduce: XML of domains and networks without what is nobody's business: passwords, disks, command lines, metadata, host names. */
#include "recorder.h"

#include "cleanup.h"
#include "domain_xml.h"
#include "xml_guard.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

/* Elements that stay, wherever they stand below <interface> or a PCI <hostdev>. */
static const char *const device_parts[] = { "actual", "address", "alias", "driver", "link", "mac",
	"model", "mtu", "origstates", "parameters", "source", "tag", "target", "teaming",
	"virtualport", "vlan" };
static const char *const domain_parts[] = { "name", "uuid", "devices" };
static const char *const devices_parts[] = { "interface", "hostdev" };
static const char *const status_parts[] = { "domain" };
static const char *const network_status_parts[] = { "network" };
static const char *const network_parts[] = { "name", "uuid", "forward" };
static const char *const forward_parts[] = { "pf", "interface", "address", "driver" };

static bool is_one_of(const xmlNode *node, const char *const *names, size_t n)
{
	if (node->type != XML_ELEMENT_NODE || node->ns)
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp((const char *)node->name, names[i]) == 0)
			return true;
	return false;
}

static bool is_named(const xmlNode *node, const char *name)
{
	return is_one_of(node, &name, 1);
}

/* Removes the children that are none of these elements. text: text stays. */
static void keep_children(xmlNode *node, const char *const *names, size_t n, bool text)
{
	xmlNode *next;

	for (xmlNode *child = node->children; child; child = next) {
		next = child->next;
		if (is_one_of(child, names, n) || (text && child->type == XML_TEXT_NODE))
			continue;
		xmlUnlinkNode(child);
		xmlFreeNode(child);
	}
}

static bool is_pci_hostdev(const xmlNode *node)
{
	xmlChar *type = xmlGetNoNsProp(node, (const xmlChar *)"type");
	bool pci = type && strcmp((const char *)type, "pci") == 0;

	xmlFree(type);
	return pci;
}

/* Everything below a device that is not on the list goes; not recursive, because foreign XML may be deep. */
static void reduce_device(xmlNode *device)
{
	xmlNode *node = device;

	while (node) {
		keep_children(node, device_parts, VW_ARRAY_SIZE(device_parts), false);
		if (node->children) {
			node = node->children;
			continue;
		}
		while (node != device && !node->next)
			node = node->parent;
		node = node == device ? NULL : node->next;
	}
}

static void reduce_devices(xmlNode *devices)
{
	xmlNode *next;

	keep_children(devices, devices_parts, VW_ARRAY_SIZE(devices_parts), false);
	for (xmlNode *device = devices->children; device; device = next) {
		next = device->next;
		if (is_named(device, "hostdev") && !is_pci_hostdev(device)) {
			xmlUnlinkNode(device);
			xmlFreeNode(device);
			continue;
		}
		reduce_device(device);
	}
}

static void reduce_domain(xmlNode *domain)
{
	keep_children(domain, domain_parts, VW_ARRAY_SIZE(domain_parts), false);
	for (xmlNode *part = domain->children; part; part = part->next) {
		if (is_named(part, "devices"))
			reduce_devices(part);
		else
			keep_children(part, NULL, 0, true);
	}
}

static void reduce_network(xmlNode *network)
{
	keep_children(network, network_parts, VW_ARRAY_SIZE(network_parts), false);
	for (xmlNode *part = network->children; part; part = part->next) {
		bool is_forward = is_named(part, "forward");

		keep_children(part, forward_parts, is_forward ? VW_ARRAY_SIZE(forward_parts) : 0,
			!is_forward);
		for (xmlNode *member = part->children; is_forward && member; member = member->next)
			keep_children(member, NULL, 0, false);
	}
}

/* What stands around the root element: comments and the like. */
static void reduce_prolog(xmlDoc *doc, const xmlNode *root)
{
	xmlNode *next;

	for (xmlNode *node = doc->children; node; node = next) {
		next = node->next;
		if (node == root)
			continue;
		xmlUnlinkNode(node);
		xmlFreeNode(node);
	}
}

static int reduce(xmlDoc *doc, struct vw_error *err)
{
	xmlNode *root = xmlDocGetRootElement(doc);

	reduce_prolog(doc, root);
	if (root && is_named(root, "domain")) {
		reduce_domain(root);
		return 0;
	}
	if (root && is_named(root, "networkstatus")) {
		keep_children(
			root, network_status_parts, VW_ARRAY_SIZE(network_status_parts), false);
		for (xmlNode *network = root->children; network; network = network->next)
			reduce_network(network);
		return 0;
	}
	if (!root || !is_named(root, "domstatus"))
		return vw_error_set(err, EBADMSG, "it is no XML of a domain or network");
	keep_children(root, status_parts, VW_ARRAY_SIZE(status_parts), false);
	for (xmlNode *domain = root->children; domain; domain = domain->next)
		reduce_domain(domain);
	return 0;
}

int vw_record_reduce(
	const char *xml, size_t len, char **reduced, size_t *reduced_len, struct vw_error *err)
{
	xmlChar *text = NULL;
	int size = 0, rc;
	xmlDoc *doc;

	if (vw_xml_guard(xml, len, VW_DOMAIN_XML_MAX, err))
		return -EBADMSG;
	doc = xmlReadMemory(xml, (int)len, NULL, NULL,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOBLANKS);
	if (!doc)
		return vw_error_set(err, EBADMSG, "it is not XML");
	rc = reduce(doc, err);
	if (!rc) {
		xmlDocDumpFormatMemoryEnc(doc, &text, &size, "UTF-8", 1);
		*reduced = text ? strndup((const char *)text, (size_t)size) : NULL;
		*reduced_len = (size_t)size;
		rc = *reduced ? 0 : vw_error_set(err, ENOMEM, "out of memory");
	}
	xmlFree(text);
	xmlFreeDoc(doc);
	return rc;
}
