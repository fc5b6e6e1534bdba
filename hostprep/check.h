/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check: what `vfward-hostprep check` looks at, one file a subject; each adds findings. */
#ifndef VW_CHECK_H
#define VW_CHECK_H

#include "adapters.h"
#include "finding.h"
#include "host.h"
#include "modules.h"
#include "pci.h"
#include "pci_address.h"

#include <net/if.h>

enum vw_cpu_vendor { VW_CPU_OTHER, VW_CPU_INTEL, VW_CPU_AMD };

struct vw_check {
	const struct vw_host *host;
	struct vw_findings *findings;
	bool no_sys; /* a root without /sys: what needs it is a SKIP */
	enum vw_cpu_vendor vendor;
	bool is_guest;     /* this machine runs on a hypervisor itself */
	bool signed_only;  /* the kernel takes signed modules alone */
	bool iommu_active; /* groups exist, so devices are translated */
	struct pci_access *pci;
	struct vw_adapters adapters;
	struct vw_kernels kernels; /* installed */
	struct vw_modprobe_conf modprobe;
};

#define VW_PATH_MAX                                                                                \
	8 /* bridges between a function and its root bus; the deepest trees of switches have six */

/* A network function that is no VF of this machine: a PF, or what might be one. */
struct vw_nic {
	struct vw_pci pci;
	char addr[VW_PCI_STR];
	char label[VW_PCI_STR + IFNAMSIZ + 4]; /* for messages: "eth0 (0000:01:00.0)" */
	long vendor, device;
	char name[128];                   /* "" = nobody knows it */
	const struct vw_adapter *adapter; /* NULL = not in the table */
	struct vw_pci_caps caps;
	bool has_sriov;
	long total;                      /* VFs that it can have; -1 = the kernel does not say */
	unsigned int vfs;                /* VFs that it has */
	char driver[64];                 /* "" = none is bound */
	char netdev[IFNAMSIZ];           /* "" = it has none here */
	struct vw_pci path[VW_PATH_MAX]; /* bridges above it, the nearest first */
	size_t n_path;
};

/* Each looks at one subject. 0, or -ENOMEM with a message: all else that can go wrong is a finding. */
int vw_check_cpu(struct vw_check *check, struct vw_error *err);
int vw_check_iommu(struct vw_check *check, struct vw_error *err);
int vw_check_boot(struct vw_check *check, struct vw_error *err);
int vw_check_modules(struct vw_check *check, struct vw_error *err);
int vw_check_secure(struct vw_check *check, struct vw_error *err);
int vw_check_vfio(struct vw_check *check, struct vw_error *err);
int vw_check_nics(struct vw_check *check, struct vw_error *err);

/* Would every installed kernel load this module? id: of the finding that says whether it is there. */
int vw_check_module(
	struct vw_check *check, const char *driver, const char *id, struct vw_error *err);

/* Of one adapter: why it shows no SR-IOV; the others are for those that do. */
void vw_check_adapter(struct vw_check *check, const struct vw_nic *nic);
void vw_check_driver(struct vw_check *check, const struct vw_nic *nic);
void vw_check_pcie(struct vw_check *check, const struct vw_nic *nic);
void vw_check_lanes(struct vw_check *check, const struct vw_nic *nic);
void vw_check_port(struct vw_check *check, const struct vw_nic *nic);

/* All of them, in order. 0 or -ENOMEM. */
int vw_check_all(const struct vw_host *host, struct vw_findings *findings, struct vw_error *err);

/* Without /sys: adds a SKIP with this id, and says true. */
bool vw_check_skip(struct vw_check *check, const char *id);

/* The beginning of a file of procfs, as text; returns its length, 0 where it cannot be read. */
size_t vw_check_head(const struct vw_host *host, char *buf, size_t size, const char *path);

#endif
