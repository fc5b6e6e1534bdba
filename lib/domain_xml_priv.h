/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domain_xml_priv: what domain_xml.c (the document) and domain_xml_device.c (one device) share. */
#ifndef VW_DOMAIN_XML_PRIV_H
#define VW_DOMAIN_XML_PRIV_H

#include "domain_xml.h"
#include "xml_walk.h"

/* Where an interface leads: what <interface> (or <hostdev>) says itself, or what its <actual> says. */
struct vw_place {
	bool seen;
	char *type;
	bool managed;
	bool seen_source, closed_source, seen_address, seen_vendor;
	char *network, *bridge, *dev, *mode;
	char *address_type;
	bool has_pci;
	struct vw_pci pci;
	char *bad_pci;
};

/* One device while it is being read, from start tag to end tag. */
struct vw_device_reader {
	bool believe_actual; /* in a status file */
	bool nomem;
	struct vw_device device;
	struct vw_place own, actual;
	struct vw_place *place; /* the one whose elements are being read; NULL: they do not count */
	bool unlisted;          /* a <hostdev> that is no PCI device */
	bool seen_mac, seen_alias, seen_team_type, seen_team_peer;
};

/* Start tags. */
void vw_device_interface(struct vw_device_reader *reader, const struct vw_tag *tag);
void vw_device_hostdev(struct vw_device_reader *reader, const struct vw_tag *tag);
void vw_device_actual(struct vw_device_reader *reader, const struct vw_tag *tag);
void vw_device_source(struct vw_device_reader *reader, const struct vw_tag *tag);
void vw_device_address(struct vw_device_reader *reader, const struct vw_tag *tag);
void vw_device_vendor(struct vw_device_reader *reader, const struct vw_tag *tag);
void vw_device_mac(struct vw_device_reader *reader, const struct vw_tag *tag);
void vw_device_alias(struct vw_device_reader *reader, const struct vw_tag *tag);
void vw_device_teaming(struct vw_device_reader *reader, const struct vw_tag *tag);

/* End tags that matter. */
void vw_device_actual_end(struct vw_device_reader *reader);
void vw_device_source_end(struct vw_device_reader *reader);

/* The end tag of the device: moves it to *device, which the caller frees, and makes the reader ready for the next one.
 * False: there is none (not to be listed, or no memory). */
bool vw_device_finish(struct vw_device_reader *reader, struct vw_device *device);

void vw_device_reader_reset(struct vw_device_reader *reader);
void vw_device_free(struct vw_device *device);

#endif
