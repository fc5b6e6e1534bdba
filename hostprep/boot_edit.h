/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot_edit: what the boot loaders' plans have in common: changing their files, and what only the firmware's variables tell. */
#ifndef VW_BOOT_EDIT_H
#define VW_BOOT_EDIT_H

#include "bls_entries.h"
#include "loader.h"

/* What a loader's plan() was given. */
struct vw_boot_edit {
	const struct vw_host *host;
	const struct vw_boot_args *want;
	struct vw_plan *plan;
	struct vw_findings *findings;
	struct vw_error *err;
};

/* Adds a step that makes all command lines of a file say what is wanted. 1 = added, 0 = nothing to do, or there is no such file;
 * a file that cannot be understood or has no room is a FAIL loader-file. */
int vw_boot_edit_file(const struct vw_boot_edit *edit, const char *path,
	const struct vw_args_format *format, const char *why);

/* As above for /etc/kernel/cmdline, from which later kernels take their arguments. Where there is none, one is made of these
 * options (NULL = leave it): else kernel-install would take the running kernel's, which do not have what is wanted yet. */
int vw_boot_edit_kernel_cmdline(const struct vw_boot_edit *edit, const char *options);

/* The options from which /etc/kernel/cmdline can be made, where there is none: those of the entry with this id (may be NULL), else of the
 * newest. NULL: all entries say what is wanted already, or they share their options (RHEL 8's $kernelopts). */
const char *vw_bls_model(
	const struct vw_bls_entries *entries, const char *id, const struct vw_boot_args *want);

/* The files of all entries; one without an options line is a FAIL loader-file. 0 or -errno. */
int vw_boot_edit_entries(const struct vw_boot_edit *edit, const struct vw_bls_entries *entries);

/* The boot loader's name in the EFI variable LoaderInfo ("systemd-boot 252.39", "GRUB 2.12"): 1; 0 = it says nothing. */
int vw_loader_info(const struct vw_host *host, char *buf, size_t size);

/* Was this host started by EFI firmware? 1, 0, -1 = a root without /sys does not tell. */
int vw_boot_is_efi(const struct vw_host *host);

/* Does the running kernel's command line say what is wanted? A root without /proc/cmdline does not. */
bool vw_running_says(const struct vw_host *host, const struct vw_boot_args *want);

/* The missing arguments for people: "intel_iommu=on iommu=pt". */
const char *vw_boot_args_text(const struct vw_boot_args *want, char *buf, size_t size);

#endif
