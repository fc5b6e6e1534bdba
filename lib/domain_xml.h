/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domain_xml: libvirt's domain XML → struct vw_domain. Pure: bytes in, description out. */
#ifndef VW_DOMAIN_XML_H
#define VW_DOMAIN_XML_H

#include "error.h"
#include "mac.h"
#include "pci_address.h"

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define VW_UUID_STR       37
#define VW_DOMAIN_XML_MAX (16U << 20)

enum vw_device_kind {
	VW_DEV_VF_INTERFACE, /* <interface type='hostdev'>: libvirt sets the MAC on the VF */
	VW_DEV_HOSTDEV,      /* <hostdev type='pci'>: passed through as it is */
	VW_DEV_MACVTAP, /* <interface type='direct'> mode='passthrough': exclusive use of source_dev */
	VW_DEV_DIRECT,  /* the other macvtap modes: shared by design */
	VW_DEV_NETWORK, /* <interface type='network'>: unresolved, may become a VF of a pool */
	VW_DEV_NIC /* every other interface: bridge, user, vdpa, … and USB hostdev interfaces */
};

struct vw_device {
	enum vw_device_kind kind;
	long line;  /* of the element in the XML; 0 = unknown */
	char *type; /* the type attribute as written: "hostdev", "bridge", "pci", …; "user" where an <interface> has none */
	bool has_mac;
	struct vw_mac mac;
	char *bad_mac; /* the text of a <mac address=> that is not an address libvirt takes; else NULL */
	bool has_pci; /* the *source* address (never the guest's slot) */
	struct vw_pci pci;
	char *bad_pci; /* why the source address cannot be read; else NULL */
	bool managed;  /* managed='yes' */
	char *source;  /* network name, bridge or netdev, by kind; NULL = none */
	char *alias;   /* <alias name=>; NULL = none */
	enum { VW_TEAM_NONE, VW_TEAM_PERSISTENT, VW_TEAM_TRANSIENT } team;
	char *team_peer;   /* <teaming persistent=>: alias of the partner of a transient one */
	bool is_interface; /* element <interface>, else <hostdev> */
};

struct vw_domain {
	char *name;             /* as libvirt knows it: any string without '/'; not escaped */
	char uuid[VW_UUID_STR]; /* lower case; "" = none */
	struct vw_device
		*devices; /* every <interface> and every PCI <hostdev>, in document order */
	size_t n_devices;
};

/* Reads <domain> (also the <domain> inside a <domstatus> status file, where an interface's <actual> replaces the source). No network, no
 * DTD, no entities beyond the five of XML, at most VW_DOMAIN_XML_MAX bytes and 10,000 devices; libxml2 is told to be silent.
 * Only children in no namespace below /domain/devices count. 0, -EFBIG, -EBADMSG (not XML, no <domain>, no <name>, bad <uuid>; a status file without <uuid>), -ENOMEM,
 * with a message that names line or element. *domain is the caller's to free, zeroed on failure. */
int vw_domain_parse(const char *xml, size_t len, struct vw_domain *domain, struct vw_error *err);
void vw_domain_free(struct vw_domain *domain);

/* What a status file says of the process. */
struct vw_domain_status {
	pid_t pid;      /* 0 = none */
	char state[24]; /* "running", "paused", "shutdown", …; "" = none */
};

/* As vw_domain_parse, for a status file alone: -EBADMSG where the root is not <domstatus>. */
int vw_domain_parse_status(const char *xml, size_t len, struct vw_domain *domain,
	struct vw_domain_status *status, struct vw_error *err);

/* As virUUIDParse: white space around it, hyphens between any two octets. uuid: lower case. */
bool vw_uuid_parse(const char *text, char uuid[VW_UUID_STR]);

/* The bytes of XML that could not be parsed: do they speak of hostdev, direct or network interfaces, so that the domain might use a VF? */
bool vw_domain_may_use_vf(const char *xml, size_t len);

#endif
