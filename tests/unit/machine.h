/* SPDX-License-Identifier: GPL-2.0-or-later */
/* machine: a recorded machine for the tests of what looks at a whole host: two igb PFs with VFs, their links, a registry,
 * domains and their status files, processes. Any failure to build it fails the test. */
#ifndef VW_TEST_MACHINE_H
#define VW_TEST_MACHINE_H

#include "tree.h"

#include "claims.h"
#include "cleanup.h"
#include "finding.h"
#include "nlcraft.h"
#include "registry.h"
#include "view.h"

#define DEVICES "/sys/bus/pci/devices/"

/* Two ports of one card, whose VFs take turns: offset 128, stride 2. */
#define PF0 "0000:01:00.0" /* eth0, ifindex 2 */
#define PF1 "0000:01:00.1" /* eth1, ifindex 3 */
#define VF0 "0000:01:10.0" /* of PF0; netdev eth0v0; IOMMU group 10 */
#define VF1 "0000:01:10.2" /* eth0v1, group 11 */
#define VF2 "0000:01:10.4" /* eth0v2, group 12 */
#define VF3 "0000:01:10.6" /* eth0v3, group 13 */
#define VFA "0000:01:10.1" /* of PF1; eth1v0, group 20 */
#define VFB "0000:01:10.3" /* eth1v1, group 21 */

#define WEB1 "11111111-1111-1111-1111-111111111111"
#define WEB2 "22222222-2222-2222-2222-222222222222"
#define WEB3 "33333333-3333-3333-3333-333333333333"

#define MAC1 "52:54:00:00:00:01"
#define MAC2 "52:54:00:00:00:02"
#define MAC3 "52:54:00:00:00:03"

/* Devices of a domain. function: "0" to "7" in slot 0x10 of bus 1. */
#define IF_VF(mac, function)                                                                       \
	"<interface type='hostdev' managed='yes'><mac address='" mac "'/><source>"                 \
	"<address type='pci' domain='0' bus='1' slot='0x10' function='" function                   \
	"'/></source></interface>"
#define HOSTDEV_AT(slot, function)                                                                 \
	"<hostdev mode='subsystem' type='pci' managed='yes'><source>"                              \
	"<address domain='0' bus='1' slot='" slot "' function='" function "'/></source></hostdev>"
#define HOSTDEV(function) HOSTDEV_AT("0x10", function)
#define DIRECT_MODE(mac, dev, mode)                                                                \
	"<interface type='direct'><mac address='" mac "'/><source dev='" dev "' mode='" mode       \
	"'/></interface>"
#define MACVTAP(mac, dev) DIRECT_MODE(mac, dev, "passthrough")
#define DIRECT(mac, dev)  DIRECT_MODE(mac, dev, "bridge")
#define BRIDGE(mac, bridge)                                                                        \
	"<interface type='bridge'><mac address='" mac "'/><source bridge='" bridge "'/></"         \
	"interface>"

/* A NIC of a libvirt network. */
#define NETWORK(mac, network)                                                                      \
	"<interface type='network'><mac address='" mac "'/><source network='" network "'/></"      \
	"interface>"

struct machine_link {
	struct nl_link nl;
	char name[IFNAMSIZ];
	struct vw_mac mac, perm;
	bool gone; /* no longer in the dump */
};

struct machine {
	struct tree tree;
	struct vw_config config;
	struct vw_config_network networks[4];
	struct vw_registry *registry;
	struct machine_link links[24];
	size_t n_links;
	struct vw_vf_attr vfs0[4], vfs1[2];
	struct nlbuf addresses, routes;
	struct vw_domain domains[8];
	size_t n_domains;
	struct vw_findings findings;
	struct vw_error err;
};

int machine_setup(void **state);
int machine_teardown(void **state);
#define T(name) cmocka_unit_test_setup_teardown(name, machine_setup, machine_teardown)

struct vw_pci machine_pci(const char *text);
struct vw_mac machine_mac(const char *text);

/* Changes of links and VFs count from machine_write on. kind NULL: hardware; mac NULL: none. */
struct machine_link *machine_link(struct machine *m, const char *name);
struct machine_link *machine_add_link(
	struct machine *m, const char *name, const char *kind, const char *mac);
void machine_set_mac(struct machine_link *link, const char *mac);
void machine_set_perm(struct machine_link *link, const char *mac);
struct vw_vf_attr *machine_vf(struct machine *m, const char *addr);
void machine_write(struct machine *m);

/* Removes a file or directory with all in it. */
void machine_remove(struct machine *m, const char *path);

/* Binds the VF to vfio-pci, with the cdev vfioN; its netdev goes. */
void machine_vfio(struct machine *m, const char *addr, int cdev);
/* A process with an open file: "/dev/vfio/10". */
void machine_open(struct machine *m, int pid, const char *comm, const char *file);
void machine_label(struct machine *m, char *pf, char *label);

/* Valid until the teardown. */
const struct vw_domain *machine_domain(
	struct machine *m, const char *name, const char *uuid, const char *devices);
/* libvirt's live status file. */
void machine_status(struct machine *m, const char *name, const char *uuid, const char *devices);

/* The network is active, with this <forward>. */
void machine_network(struct machine *m, const char *name, const char *forward);

/* Processes of the real machine. */
struct vw_process machine_dead(void);
struct vw_process machine_spawn(void);
void machine_reap(const struct vw_process *process);

/* name and uuid: of "web1" to "web3". age: seconds since the state was entered. */
struct vw_claim_owner machine_owner(const char *name, enum vw_claim_state state, int64_t age);
/* A claim with the baseline of what the VF shows now. mac NULL: none. */
struct vw_vf_claim machine_claim_of(struct machine *m, const struct vw_claim_owner *owner,
	const char *vf, const char *mac, enum vw_vf_use use);
/* Puts one VF and its MAC into the registry, in place of what the owner had. */
void machine_claim_vf(struct machine *m, const struct vw_vf_claim *claim);
void machine_claim_mac(struct machine *m, const struct vw_claim_owner *owner, const char *mac,
	const char *scope, bool on_vf);
/* The claim on a VF: true = there is one. claim may be NULL. */
bool machine_find(struct machine *m, const char *vf, struct vw_vf_claim *claim);
size_t machine_macs(struct machine *m, const char *uuid);

/* What the kernel says of the VF now. */
struct vw_vf_attr machine_read(struct machine *m, const char *vf);

/* A claim of web1 with MAC1, which is stopping: the VF was as new before, and now shows what the guest and libvirt made of it. */
struct vw_vf_claim machine_dirty(struct machine *m, const char *vf, enum vw_vf_use use);
void machine_assert_mac(struct machine *m, const char *vf, const char *want);
/* Without a MAC, all settings a new VF's. */
void machine_assert_new(struct machine *m, const char *vf);
/* Nobody has touched what machine_dirty left. */
void machine_assert_dirty(struct machine *m, const char *vf);

/* All findings, each as "WARN id subject: message". */
void machine_assert_findings(const struct vw_findings *findings, const char *const *want, size_t n);

/* Those of struct machine *m, which are gone then. */
#define FINDINGS(...)                                                                              \
	do {                                                                                       \
		static const char *const want_[] = { __VA_ARGS__ };                                \
		machine_assert_findings(&m->findings, want_, VW_ARRAY_SIZE(want_));                \
		vw_findings_free(&m->findings);                                                    \
	} while (0)

#endif
