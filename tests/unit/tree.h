/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tree: what every unit test needs: cmocka in its order of includes, and a temporary recorded machine. */
#ifndef VW_TEST_TREE_H
#define VW_TEST_TREE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "host.h"

/* A fresh directory below $TMPDIR or /tmp and a host over it; tree_free removes it with everything in it. */
struct tree {
	char root[64];
	struct vw_host host;
};
void tree_new(struct tree *tree);
void tree_free(struct tree *tree);

/* Paths are absolute as the host sees them; parents are created. */
void tree_dir(struct tree *tree, const char *path);
void tree_file(struct tree *tree, const char *path, const char *content);
void tree_bytes(struct tree *tree, const char *path, const void *data, size_t len);
void tree_link(struct tree *tree, const char *path, const char *target);

/* A PCI function as sysfs has it: /sys/bus/pci/devices/ADDR with class, vendor, device and a driver link ("" = unbound). */
void tree_pci(struct tree *tree, const char *addr, const char *class_code, const char *driver);
/* A PF with n VFs (addresses given), physfn/virtfnN links both ways, class 0x020000, VFs on vf_driver. */
void tree_pf(struct tree *tree, const char *pf, const char *pf_driver, const char *const *vfs,
	size_t n, const char *vf_driver);
/* /sys/bus/pci/devices/ADDR/net/NAME and /sys/class/net/NAME → it, with its device link. */
void tree_netdev(struct tree *tree, const char *addr, const char *name);
/* Puts the function in an IOMMU group. */
void tree_group(struct tree *tree, const char *addr, int group);

/* How many descriptors this process may have: 0 = not one more than there are. Returns the former limit, to be put back. */
unsigned long tree_descriptors(unsigned long limit);

#endif
