/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pci: capabilities in a function's config space, and the names of devices, by libpci. */

/*
 * Theory of operation. libpci follows any symlink and waits at any FIFO below the directory that it is told to look at. So it is not
 * given one: config space is read by vw_host, which stays inside the root, and handed to libpci as the cache of a device. The cache is as long as
 * config space can be (what could not be read is zero), so libpci never reads on by itself.
 */
#include "pci.h"

#include "cleanup.h"
#include "options.h"
#include "sysfs.h"

#include <pci/pci.h>
#include <string.h>

#define CONFIG_MAX 4096 /* PCI Express Base Specification, 7.2: extended configuration space */

/* libpci calls this where it has no memory, and must not get back. */
static _Noreturn void give_up(char *msg, ...)
{
	fprintf(stderr, "libpci: %s\n", msg);
	_exit(VW_EXIT_INTERNAL);
}

static void say_nothing(char *msg, ...)
{
	(void)msg;
}

int vw_pci_library_open(struct pci_access **library, struct vw_error *err)
{
	static char path_name[] = "sysfs.path", nowhere[] = "/nonexistent";

	*library = pci_alloc();
	if (!*library)
		return vw_error_set(err, ENOMEM, "out of memory");
	(*library)->error = give_up;
	(*library)->warning = say_nothing;
	(*library)->debug = say_nothing;
	(*library)->method = PCI_ACCESS_SYS_BUS_PCI;
	pci_set_param(*library, path_name, nowhere);
	pci_init(*library);
	return 0;
}

void vw_pci_library_close(struct pci_access **library)
{
	if (*library)
		pci_cleanup(*library);
	*library = NULL;
}

char *vw_pci_library_name(struct pci_access *library, unsigned int vendor, unsigned int device,
	char *buf, size_t size)
{
	/* Not hwdb: the same list for everybody. */
	int flags = PCI_LOOKUP_DEVICE | PCI_LOOKUP_NO_NUMBERS | PCI_LOOKUP_NO_HWDB;

	buf[0] = '\0';
	if (!pci_lookup_name(library, buf, (int)size, flags, vendor, device))
		buf[0] = '\0';
	return buf;
}

static void read_bridge(struct pci_dev *dev, struct vw_pci_caps *caps)
{
	if ((pci_read_byte(dev, PCI_HEADER_TYPE) & 0x7f) != PCI_HEADER_TYPE_BRIDGE)
		return;
	caps->secondary = pci_read_byte(dev, PCI_SECONDARY_BUS);
	caps->subordinate = pci_read_byte(dev, PCI_SUBORDINATE_BUS);
}

static void read_link(struct pci_dev *dev, struct vw_pci_caps *caps)
{
	struct pci_cap *cap = pci_find_cap(dev, PCI_CAP_ID_EXP, PCI_CAP_NORMAL);
	u32 max;
	u16 now;

	if (!cap)
		return;
	max = pci_read_long(dev, (int)cap->addr + PCI_EXP_LNKCAP);
	now = pci_read_word(dev, (int)cap->addr + PCI_EXP_LNKSTA);
	caps->max_speed = max & PCI_EXP_LNKCAP_SPEED;
	caps->max_width = (max & PCI_EXP_LNKCAP_WIDTH) >> 4;
	caps->link_speed = now & PCI_EXP_LNKSTA_SPEED;
	caps->link_width = (now & PCI_EXP_LNKSTA_WIDTH) >> 4;
}

static void read_sriov(struct pci_dev *dev, struct vw_pci_caps *caps)
{
	struct pci_cap *cap = pci_find_cap(dev, PCI_EXT_CAP_ID_SRIOV, PCI_CAP_EXTENDED);
	int at;

	if (!cap)
		return;
	at = (int)cap->addr;
	caps->sriov = true;
	caps->vf.enabled = pci_read_word(dev, at + PCI_IOV_CTRL) & PCI_IOV_CTRL_VFE;
	caps->vf.total = pci_read_word(dev, at + PCI_IOV_TOTALVF);
	caps->vf.vfs = pci_read_word(dev, at + PCI_IOV_NUMVF);
	caps->vf.offset = pci_read_word(dev, at + PCI_IOV_OFFSET);
	caps->vf.stride = pci_read_word(dev, at + PCI_IOV_STRIDE);
	caps->vf.device = pci_read_word(dev, at + PCI_IOV_DID);
	for (int i = 0; i < VW_PCI_VF_BARS; i++)
		caps->vf.bars[i] = pci_read_long(dev, at + PCI_IOV_BAR_BASE + 4 * i);
}

int vw_pci_caps_read(struct pci_access *library, const struct vw_host *host,
	const struct vw_pci *pci, struct vw_pci_caps *caps)
{
	u8 config[CONFIG_MAX] = { 0 };
	vw_auto_free char *data = NULL;
	struct pci_dev *dev;
	size_t len = 0;
	int rc;

	memset(caps, 0, sizeof(*caps));
	rc = vw_sysfs_pci_slurp(host, pci, "config", sizeof(config), &data, &len);
	if (rc < 0)
		return rc;
	memcpy(config, data, len);
	/* No domain: nothing depends on it, and libpci has an int where Intel VMD has 32 bits. */
	dev = pci_get_dev(library, 0, pci->bus, pci->slot, pci->function);
	pci_setup_cache(dev, config, sizeof(config));
	caps->extended = len > 256;
	read_bridge(dev, caps);
	read_link(dev, caps);
	read_sriov(dev, caps);
	caps->ari = pci_find_cap(dev, PCI_EXT_CAP_ID_ARI, PCI_CAP_EXTENDED);
	caps->acs = pci_find_cap(dev, PCI_EXT_CAP_ID_ACS, PCI_CAP_EXTENDED);
	pci_free_dev(dev);
	return 0;
}
