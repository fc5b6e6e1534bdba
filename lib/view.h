/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view: what the judge has to know of host and registry about one domain, gathered before anything is decided. */
#ifndef VW_VIEW_H
#define VW_VIEW_H

#include "config.h"
#include "domain_xml.h"
#include "error.h"
#include "holder.h"
#include "host.h"
#include "netdev_use.h"
#include "registry.h"
#include "vf_link.h"

/* When the judge is asked. At VW_AT_PORT a network plugs one NIC in, which is all that the description holds of the domain. At
 * VW_AT_START libvirt has bound the VFs to vfio and set their MACs already. */
enum vw_moment { VW_AT_PREPARE, VW_AT_PORT, VW_AT_START };

/* Does the owner of a claim live? A conflicting claim is checked before it refuses anybody. */
enum vw_life {
	VW_LIFE_ALIVE,    /* running, or being started by a daemon that lives */
	VW_LIFE_STOPPING, /* on its way out: worth waiting for */
	VW_LIFE_GONE      /* crashed, hot-unplugged, or its reset failed: reset, then take */
};

enum vw_function_kind {
	VW_FN_MISSING,
	VW_FN_VF, /* a network VF */
	VW_FN_PF, /* a network function with SR-IOV */
	VW_FN_OTHER
};

/* One PCI function that the domain names (by address, or by netdev for macvtap). */
struct vw_function_view {
	struct vw_pci pci;
	enum vw_function_kind kind;
	char driver[32]; /* "" = none */
	bool on_vfio;
	/* VW_FN_VF; for VW_FN_MISSING pf_known tells which PF would have it */
	bool pf_known;
	struct vw_pci pf;
	char pf_driver[32];
	uint32_t index; /* VF number */
	const struct vw_link
		*pf_link; /* NULL: the PF has no netdev here; points into view->links */
	const struct vw_vf_attr *attr; /* NULL: the kernel's list does not show this VF */
	char netdev[IFNAMSIZ];         /* "" = none here */
	bool netdev_elsewhere; /* a network driver is bound, but its netdev is in another network namespace */
	char upper[64]; /* a device above the netdev; "" = none */
	struct vw_netdev_use use;
	char cni_netns[256]; /* sriov-cni's record for a network namespace that exists; "" = none */
	bool has_blocker;    /* a member of the IOMMU group is on a host driver */
	struct vw_pci blocker;
	char blocker_driver[32];
	bool held;           /* open through vfio */
	bool holder_unknown; /* some process could not be looked into */
	struct vw_holder holder;
	bool claimed;
	struct vw_vf_claim claim;
	enum vw_life life; /* of the claim */
	char pf_user[320]; /* VW_FN_PF: one of its VFs and who has it; "" = none is used */
};

/* A place of the host where a MAC of the domain was seen, other than in the registry. */
struct vw_mac_seen {
	enum { VW_SEEN_ON_VF, VW_SEEN_ON_PF, VW_SEEN_ON_NETDEV } where;
	char netdev[IFNAMSIZ]; /* ON_VF: the PF's netdev */
	uint32_t index;        /* ON_VF: the VF number */
	bool vf_known;         /* ON_VF: vf holds the address */
	struct vw_pci vf;
	bool claimed; /* ON_VF: by `claim`, with `life` */
	struct vw_vf_claim claim;
	struct vw_claim_owner owner; /* of the claim, or of the past one */
	enum vw_life life;
	bool past; /* ON_VF, not claimed: `owner` had this MAC here, and let go */
	bool in_use; /* ON_VF, not claimed: held through vfio or in another network namespace all the same */
};

struct vw_mac_rival {
	struct vw_mac_claim claim;
	enum vw_life life;
};

/* One device of the domain. */
struct vw_device_view {
	struct vw_function_view
		*function; /* NULL: not a PCI device, or a macvtap netdev that is no PCI function */
	bool is_vf;        /* a network VF that this device uses alone */
	bool from_pool;    /* a VF that libvirt has not chosen yet, from the network's pool */
	bool no_netdev;    /* macvtap on a netdev that the host does not have */
	bool has_mac;
	struct vw_mac
		mac; /* the effective one: of the XML, or for a plain hostdev what the VF carries */
	bool mac_from_xml;
	bool mac_on_vf; /* is_vf or from_pool */
	bool own_nic; /* this domain has claimed the MAC for a NIC that is no VF (the other half of a teaming pair) */
	char scope[64];        /* label of the VF's network; "" */
	struct vw_pci over_pf; /* the PF that this NIC's traffic leaves by, where over_pf_known */
	bool over_pf_known;
	struct vw_mac_rival *rivals; /* claims of other domains on the MAC, in scope */
	size_t n_rivals;
	struct vw_mac_seen *seen;
	size_t n_seen;
};

struct vw_view {
	enum vw_moment moment;
	int64_t epoch; /* of the registry, from before anything was looked at; 0: no registry */
	struct vw_links links;
	struct vw_device_view *devices; /* as domain->devices */
	size_t n_devices;
	struct vw_vf_claim *own; /* VF claims of this uuid from before */
	size_t n_own;
};

/* Gathers. registry may be NULL (check-domain without one): then there are no claims. 0 or -errno with a message; *view is the
 * caller's to free in any case. */
int vw_view_build(const struct vw_host *host, const struct vw_config *config,
	struct vw_registry *registry, const struct vw_domain *domain, enum vw_moment moment,
	struct vw_view *view, struct vw_error *err);
void vw_view_free(struct vw_view *view);

/* Is this one of the functions that the domain names? */
bool vw_view_names(const struct vw_view *view, const struct vw_pci *pci);

/* Facts of one function alone: also for `vfward list` and `vfward reset`. links: a whole dump. registry may be NULL. */
int vw_view_function(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_links *links, const struct vw_pci *pci, struct vw_function_view *function,
	struct vw_error *err);

/* The PF's netdev: of several the one that lists VFs. NULL: it has none here. Points into links. */
const struct vw_link *vw_view_pf_link(
	const struct vw_host *host, const struct vw_links *links, const struct vw_pci *pf);

/* Does the domain use a VF, a pool of VFs, or a PF that has VFs, as far as its XML, sysfs and libvirt's live networks tell? Needs neither netlink nor registry, so that a
 * broken vfward can still let other domains start. */
bool vw_view_uses_vf(const struct vw_host *host, const struct vw_domain *domain);

/* The life of an owner. vf or mac (the other NULL): what is claimed. */
enum vw_life vw_view_life(const struct vw_host *host, const struct vw_claim_owner *owner,
	const struct vw_process *worker, const struct vw_pci *vf, const struct vw_mac *mac);

#endif
