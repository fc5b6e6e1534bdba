/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domain_xml_device: one <interface> or <hostdev> of a domain, from start tag to end tag.
 *
 * Everything is gathered until the end tag, because <actual> may come behind the <source> that it replaces. Where
 * libvirt and a careful reader could differ, libvirt wins (conf/domain_conf.c: virDomainNetDefParseXML,
 * virDomainActualNetDefParseXML, virDomainHostdevDefParseXMLSubsys): of several elements of a name the first counts,
 * and attributes are found by xmlGetProp, which looks at the local name alone. */
#include "domain_xml_priv.h"

#include "cleanup.h"
#include "text.h"

#include <string.h>

static char *copy(struct vw_device_reader *reader, const struct vw_tag *tag, const char *name)
{
	return vw_tag_copy(tag, name, &reader->nomem);
}

static char *copy_text(struct vw_device_reader *reader, const char *text)
{
	char *s = strdup(text);

	if (!s)
		reader->nomem = true;
	return s;
}

static void open_place(
	struct vw_device_reader *reader, struct vw_place *place, const struct vw_tag *tag)
{
	place->seen = true;
	place->type = copy(reader, tag, "type");
	place->managed = vw_tag_is(tag, "managed", "yes");
	reader->place = place;
}

void vw_device_interface(struct vw_device_reader *reader, const struct vw_tag *tag)
{
	reader->device.is_interface = true;
	open_place(reader, &reader->own, tag);
}

void vw_device_hostdev(struct vw_device_reader *reader, const struct vw_tag *tag)
{
	open_place(reader, &reader->own, tag);
	/* The default mode is subsystem; <hostdev mode='capabilities'> is for containers. */
	reader->unlisted = !vw_tag_is(tag, "type", "pci") ||
			   (vw_tag_has(tag, "mode") && !vw_tag_is(tag, "mode", "subsystem"));
}

/* Any XML may carry <actual>; libvirt believes it in its own status files only (VIR_DOMAIN_DEF_PARSE_ACTUAL_NET). */
void vw_device_actual(struct vw_device_reader *reader, const struct vw_tag *tag)
{
	reader->place = NULL;
	if (reader->believe_actual && !reader->actual.seen)
		open_place(reader, &reader->actual, tag);
}

void vw_device_actual_end(struct vw_device_reader *reader)
{
	reader->place = &reader->own;
}

void vw_device_source(struct vw_device_reader *reader, const struct vw_tag *tag)
{
	struct vw_place *place = reader->place;

	if (!place || place->seen_source)
		return;
	place->seen_source = true;
	place->network = copy(reader, tag, "network");
	place->bridge = copy(reader, tag, "bridge");
	place->dev = copy(reader, tag, "dev");
	place->mode = copy(reader, tag, "mode");
}

void vw_device_source_end(struct vw_device_reader *reader)
{
	if (reader->place)
		reader->place->closed_source = true;
}

static void read_pci(
	struct vw_device_reader *reader, struct vw_place *place, const struct vw_tag *tag)
{
	vw_auto_free char *domain = copy(reader, tag, "domain");
	vw_auto_free char *bus = copy(reader, tag, "bus");
	vw_auto_free char *slot = copy(reader, tag, "slot");
	vw_auto_free char *function = copy(reader, tag, "function");
	struct vw_error why = { "" };

	if (vw_pci_from_xml(domain, bus, slot, function, &place->pci, &why) == 0)
		place->has_pci = true;
	else
		place->bad_pci = copy_text(reader, why.msg);
}

void vw_device_address(struct vw_device_reader *reader, const struct vw_tag *tag)
{
	struct vw_place *place = reader->place;

	if (!place)
		return;
	/* XPath's string(./source/address/@type): the first such attribute of any of the elements, … */
	if (!place->address_type)
		place->address_type = copy(reader, tag, "type");
	/* … while the address itself is the first element in the first source. */
	if (!place->closed_source && !place->seen_address) {
		place->seen_address = true;
		read_pci(reader, place, tag);
	}
}

void vw_device_vendor(struct vw_device_reader *reader, const struct vw_tag *tag)
{
	(void)tag;
	if (reader->place)
		reader->place->seen_vendor = true;
}

void vw_device_mac(struct vw_device_reader *reader, const struct vw_tag *tag)
{
	struct vw_device *device = &reader->device;
	vw_auto_free char *text = NULL;
	struct vw_mac mac;

	if (reader->seen_mac)
		return;
	reader->seen_mac = true;
	text = copy(reader, tag, "address");
	if (!text)
		return;
	if (vw_mac_parse(text, &mac) < 0 || vw_mac_is_multicast(&mac)) {
		device->bad_mac = text;
		text = NULL;
	} else if (!vw_mac_is_zero(&mac)) {
		/* All-zero asks libvirt to make an address up. */
		device->mac = mac;
		device->has_mac = true;
	}
}

void vw_device_alias(struct vw_device_reader *reader, const struct vw_tag *tag)
{
	if (!reader->seen_alias)
		reader->device.alias = copy(reader, tag, "name");
	reader->seen_alias = true;
}

/* XPath again: string(./teaming/@type) and string(./teaming/@persistent). */
void vw_device_teaming(struct vw_device_reader *reader, const struct vw_tag *tag)
{
	if (!reader->seen_team_type && vw_tag_has(tag, "type")) {
		reader->seen_team_type = true;
		if (vw_tag_is(tag, "type", "persistent"))
			reader->device.team = VW_TEAM_PERSISTENT;
		else if (vw_tag_is(tag, "type", "transient"))
			reader->device.team = VW_TEAM_TRANSIENT;
	}
	if (!reader->seen_team_peer && vw_tag_has(tag, "persistent")) {
		reader->seen_team_peer = true;
		reader->device.team_peer = copy(reader, tag, "persistent");
	}
}

static char *steal(char **s)
{
	char *stolen = *s;

	*s = NULL;
	return stolen;
}

static bool text_is(const char *text, const char *what)
{
	return text && strcmp(text, what) == 0;
}

static void take_pci(struct vw_device_reader *reader, struct vw_place *place)
{
	struct vw_device *device = &reader->device;

	device->managed = place->managed;
	if (place->seen_address) {
		device->has_pci = place->has_pci;
		device->pci = place->pci;
		device->bad_pci = steal(&place->bad_pci);
	} else {
		device->bad_pci = copy_text(reader,
			place->seen_source ? "<source> has no <address>" : "there is no <source>");
	}
}

static void finish_hostdev_interface(struct vw_device_reader *reader, struct vw_place *place)
{
	struct vw_device *device = &reader->device;
	const char *type = place->address_type;
	char quote[40], why[120];

	if (text_is(type, "usb") || (!type && place->seen_vendor)) {
		device->kind = VW_DEV_NIC;
		return;
	}
	device->kind = VW_DEV_VF_INTERFACE;
	take_pci(reader, place);
	if (text_is(type, "pci") || !place->seen_address)
		return;

	snprintf(why, sizeof(why), "the source address has type \"%s\", not \"pci\"",
		vw_text_escape(quote, sizeof(quote), type));
	free(device->bad_pci);
	device->bad_pci = copy_text(reader, type ? why : "the source address has no type='pci'");
	device->has_pci = false;
	memset(&device->pci, 0, sizeof(device->pci));
}

static void finish_interface(struct vw_device_reader *reader)
{
	struct vw_device *device = &reader->device;
	bool resolved = reader->actual.type && text_is(reader->own.type, "network");
	struct vw_place *place = resolved ? &reader->actual : &reader->own;

	/* libvirt's default type. */
	device->type = place->type ? steal(&place->type) : copy_text(reader, "user");
	device->kind = VW_DEV_NIC;
	if (text_is(device->type, "hostdev")) {
		finish_hostdev_interface(reader, place);
	} else if (text_is(device->type, "direct")) {
		/* The default mode is vepa. */
		device->kind = text_is(place->mode, "passthrough") ? VW_DEV_MACVTAP : VW_DEV_DIRECT;
		device->source = steal(&place->dev);
	} else if (text_is(device->type, "network") && !(resolved && place->bridge)) {
		device->kind = VW_DEV_NETWORK;
		device->source = steal(&reader->own.network);
	} else if (text_is(device->type, "network") || text_is(device->type, "bridge")) {
		/* <actual type='network'> with a bridge is a tap on that bridge, for good. */
		device->source = steal(&place->bridge);
	} else if (text_is(device->type, "vdpa")) {
		device->source = steal(&place->dev);
	}
}

bool vw_device_finish(struct vw_device_reader *reader, struct vw_device *device)
{
	bool listed = !reader->unlisted;

	if (reader->device.is_interface) {
		finish_interface(reader);
	} else if (listed) {
		reader->device.kind = VW_DEV_HOSTDEV;
		reader->device.type = steal(&reader->own.type);
		take_pci(reader, &reader->own);
	}
	if (listed && !reader->nomem) {
		*device = reader->device;
		memset(&reader->device, 0, sizeof(reader->device));
	}
	vw_device_reader_reset(reader);
	return listed && !reader->nomem;
}

static void free_place(struct vw_place *place)
{
	free(place->type);
	free(place->network);
	free(place->bridge);
	free(place->dev);
	free(place->mode);
	free(place->address_type);
	free(place->bad_pci);
}

void vw_device_reader_reset(struct vw_device_reader *reader)
{
	struct vw_device_reader fresh = { .believe_actual = reader->believe_actual,
		.nomem = reader->nomem };

	vw_device_free(&reader->device);
	free_place(&reader->own);
	free_place(&reader->actual);
	*reader = fresh;
}

void vw_device_free(struct vw_device *device)
{
	free(device->type);
	free(device->bad_mac);
	free(device->bad_pci);
	free(device->source);
	free(device->alias);
	free(device->team_peer);
	memset(device, 0, sizeof(*device));
}
