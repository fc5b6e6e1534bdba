/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loader: the boot loaders that hostprep knows: which one is here, what it would boot, and what has to be done to change that. */
#ifndef VW_LOADER_H
#define VW_LOADER_H

#include "args_file.h"
#include "boot_entries.h"
#include "finding.h"
#include "host.h"
#include "plan.h"

struct vw_loader {
	const char *name;  /* for --bootloader and the journal: "grub2", "bls", … */
	const char *title; /* for people: "GRUB 2" */
	/* Is it in charge here? 1 = yes (*evidence says why, one line), 0 = no, -errno with a message. */
	int (*detect)(
		const struct vw_host *host, char *evidence, size_t size, struct vw_error *err);
	/* It manages other boot loaders (rpm-ostree, proxmox-boot-tool, …): where it is, only it is asked. */
	bool manages;
	/* What it would boot now, as generated. */
	int (*entries)(
		const struct vw_host *host, struct vw_boot_entries *entries, struct vw_error *err);
	/* Adds the steps after which all entries, and those of later kernels, say what is wanted; none if they do. What cannot be
	 * done becomes a FAIL or WARN with file, line and remedy. */
	int (*plan)(const struct vw_host *host, const struct vw_boot_args *want,
		struct vw_plan *plan, struct vw_findings *findings, struct vw_error *err);
};

/* The loaders, each in loader_NAME.c; those without a file of their own are in loader_other.c. */
extern const struct vw_loader vw_loader_grub2, vw_loader_bls, vw_loader_grub_legacy,
	vw_loader_sdboot, vw_loader_ostree, vw_loader_uki, vw_loader_transactional, vw_loader_bootc,
	vw_loader_proxmox, vw_loader_zipl;

/* All of them, ends with NULL. */
extern const struct vw_loader *const vw_loaders[];

/* By name; NULL: there is none, or no name. */
const struct vw_loader *vw_loader_find(const char *name);

/* The one in charge. wanted: the name given with --bootloader, or NULL. *loader is NULL, with a finding that says why, if there is
 * none (SKIP loader-none), or more than one and none was named (FAIL loader-ambiguous, which names them with their evidence). */
int vw_loader_choose(const struct vw_host *host, const char *wanted,
	const struct vw_loader **loader, struct vw_findings *findings, struct vw_error *err);

/* Adds the steps for the boot loader in charge: what this host's kernels need (vendor, what is active, what the command lines say),
 * or a PASS when nothing is needed. */
int vw_plan_boot(const struct vw_host *host, const struct vw_request *request, struct vw_plan *plan,
	struct vw_findings *findings, struct vw_error *err);

#endif
