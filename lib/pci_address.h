/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pci_address: PCI addresses as sysfs and as libvirt's XML spell them. */
#ifndef VW_PCI_ADDRESS_H
#define VW_PCI_ADDRESS_H

#include "error.h"

#include <stdbool.h>
#include <stdint.h>

#define VW_PCI_STR 20 /* "ffffffff:ff:1f.7", the NUL, and room */

struct vw_pci {
	uint32_t domain; /* exceeds 0xffff behind Intel VMD */
	uint8_t bus, slot, function;
};

/* Reads "DDDD:BB:SS.F" (hex, domain of 1 to 8 digits) or "BB:SS.F" (domain 0), the whole string.
 * Returns 0 or -EINVAL with a message that says which part is wrong. */
int vw_pci_parse(const char *text, struct vw_pci *pci, struct vw_error *err);

/* Reads the four attributes of libvirt's <address type='pci'>: unsigned numbers of base 16 (0x…),
 * 8 (0…) or 10; NULL means the attribute is missing, which libvirt takes for 0
 * (device_conf.c:virPCIDeviceAddressParseXML). Limits: bus 0xff, slot 0x1f, function 7; 0000:00:00.x is refused.
 * Returns 0, -EINVAL (not a number), -ERANGE (too large), with a message that names the attribute. */
int vw_pci_from_xml(const char *domain, const char *bus, const char *slot, const char *function,
	struct vw_pci *pci, struct vw_error *err);

/* As sysfs: domain with at least four digits, lower case; returns buf. */
char *vw_pci_format(const struct vw_pci *pci, char buf[VW_PCI_STR]);

bool vw_pci_equal(const struct vw_pci *a, const struct vw_pci *b);
int vw_pci_compare(const struct vw_pci *a, const struct vw_pci *b);

#endif
