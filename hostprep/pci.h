/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pci: capabilities in a function's config space, and the names of devices, by libpci. */
#ifndef VW_HOSTPREP_PCI_H
#define VW_HOSTPREP_PCI_H

#include "host.h"
#include "pci_address.h"

#include <stdint.h>

struct pci_access;

/* The only file that libpci itself opens is its list of names, when the first one is asked for. 0 or -ENOMEM. */
int vw_pci_library_open(struct pci_access **library, struct vw_error *err);
void vw_pci_library_close(struct pci_access **library);

/* "82599ES 10-Gigabit SFI/SFP+ Network Connection"; "" where the list has none. Returns buf. */
char *vw_pci_library_name(struct pci_access *library, unsigned int vendor, unsigned int device,
	char *buf, size_t size);

#define VW_PCI_VF_BARS 6

/* What config space says. Only root sees more than its first 64 bytes. */
struct vw_pci_caps {
	bool extended;                  /* it could be read as far as the extended capabilities */
	uint8_t secondary, subordinate; /* buses behind a bridge; 0 = it is none, or not known */
	/* PCI Express; 0 = not known. Speeds in units of 2.5 GT/s' code: 1 = 2.5, 2 = 5, 3 = 8 … (Link Capabilities). */
	unsigned int link_width, link_speed, max_width, max_speed;
	bool sriov, ari, acs;
	struct {
		bool enabled; /* VF Enable */
		uint16_t total, vfs, offset, stride, device;
		uint32_t bars[VW_PCI_VF_BARS];
	} vf;
};

/* 0, or -errno without a message: config space cannot be read. */
int vw_pci_caps_read(struct pci_access *library, const struct vw_host *host,
	const struct vw_pci *pci, struct vw_pci_caps *caps);

#endif
