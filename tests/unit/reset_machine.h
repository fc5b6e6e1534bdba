/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reset_machine: a PF with three VFs, on which every request of the reset is seen, for the tests of reset. */
#ifndef VW_TEST_RESET_MACHINE_H
#define VW_TEST_RESET_MACHINE_H

#include "tree.h"

#include "vf_link.h"

static int spy_vf_set(const struct vw_host *host, int pf_ifindex, enum vw_vf_field field,
	const struct vw_vf_attr *want, struct vw_error *err);

/* Every request is seen on its way. */
#define vw_vf_set spy_vf_set
#include "../../lib/reset.c"
#undef vw_vf_set

#include "nlcraft.h"

#include <stdio.h>

#define PF      "0000:01:00.0"
#define VF(n)   vfs_of_tree[n]
#define IFINDEX 4

static const char *const vfs_of_tree[] = { "0000:01:10.0", "0000:01:10.1", "0000:01:10.2" };
static const struct vw_mac tenant = { { 0x52, 0x54, 0, 0, 0, 1 } };

static char sent[512];
static struct tree
	*hole_after_set; /* the VF vanishes from the list after each change, as with i40e */

static int spy_vf_set(const struct vw_host *host, int pf_ifindex, enum vw_vf_field field,
	const struct vw_vf_attr *want, struct vw_error *err)
{
	int rc = vw_vf_set(host, pf_ifindex, field, want, err);

	add(sent, sizeof(sent), vw_vf_field_name(field));
	if (hole_after_set)
		tree_file(hole_after_set, "/vfward-record/faults", "eth0/1 read EAGAIN 6\n");
	return rc;
}

static inline struct vw_pci pci(const char *text)
{
	struct vw_pci p = { 0 };

	assert_int_equal(vw_pci_parse(text, &p, NULL), 0);
	return p;
}

static inline void put_links(struct tree *tree, const struct vw_vf_attr *vf, unsigned int flags)
{
	struct vw_vf_attr vfs[] = { nl_new_vf(0), nl_new_vf(1), nl_new_vf(2) };
	struct nlbuf b = { 0 };

	vfs[1] = *vf;
	vfs[1].index = 1;
	nlbuf_link(&b, &(struct nl_link){ .ifindex = IFINDEX,
			       .name = "eth0",
			       .flags = flags,
			       .num_vf = 3,
			       .vfs = vfs,
			       .n_vfs = 3 });
	tree_bytes(tree, "/vfward-record/links.nl", b.data, b.len);
	nlbuf_free(&b);
}

static inline void put_driver(struct tree *tree, const char *driver)
{
	char target[64];

	snprintf(target, sizeof(target), "../../drivers/%s", driver);
	tree_link(tree, "/sys/bus/pci/devices/" PF "/driver", target);
}

static inline void build(struct tree *tree)
{
	struct vw_vf_attr vf = nl_new_vf(1);

	tree_new(tree);
	tree_pf(tree, PF, "igb", vfs_of_tree, 3, "vfio-pci");
	tree_netdev(tree, PF, "eth0");
	tree_file(tree, "/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
	put_links(tree, &vf, IFF_UP);
	sent[0] = '\0';
}

static inline int setup(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	assert_non_null(tree);
	build(tree);
	*state = tree;
	return 0;
}

static inline int teardown(void **state)
{
	tree_free(*state);
	free(*state);
	return 0;
}

static inline struct vw_vf_attr read_vf(struct tree *tree, const char *vf)
{
	struct vw_pci p = pci(vf);
	struct vw_vf_attr attr;

	assert_int_equal(vw_reset_read(&tree->host, &p, NULL, &attr, NULL), 0);
	return attr;
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
