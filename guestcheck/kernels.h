/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernels: the kernels that a Linux guest has installed, and which of them boots when nobody chooses. */
#ifndef VW_GUEST_KERNELS_H
#define VW_GUEST_KERNELS_H

#include "host.h"
#include "result.h"

struct vw_guest_kernel {
	char *release; /* the directory's name */
	char *dir;     /* "/lib/modules/6.1.0-28-amd64", or below /usr/lib */
	char *image;   /* NULL = none was found */
};
struct vw_guest_kernels {
	struct vw_guest_kernel *v; /* oldest first */
	size_t n;
};

/* Every directory of /lib/modules and /usr/lib/modules that holds a kernel's modules (one without any index or module is a leftover),
 * with its image: /boot/vmlinuz-V, vmlinux-V, /lib/modules/V/vmlinuz, a UKI that names it, … 0 or -errno with a message. */
int vw_guest_kernels_list(
	const struct vw_host *files, struct vw_guest_kernels *kernels, struct vw_error *err);
void vw_guest_kernels_free(struct vw_guest_kernels *kernels);

struct vw_default_kernel {
	size_t index; /* in the list; SIZE_MAX = not known */
	bool other;   /* it is none of the list, or cannot be read; false: it may be any of them */
	const char *
		rule; /* static: "bls-saved-entry", "grub-default", "highest-version", … (guestcheck/README.md lists them) */
	enum vw_confidence confidence;
	char *evidence; /* file, line and value that decided */
	char *cmdline;  /* of the chosen entry; NULL = not known */
	char *cmdline_file;
	unsigned int cmdline_line; /* 0 = not known */
};

/* Findings: what stands in the way of knowing (unreadable grub.cfg, an entry whose kernel is not there), as WARN. 0 or -ENOMEM. */
int vw_default_kernel_find(const struct vw_host *files, const struct vw_guest_kernels *kernels,
	struct vw_default_kernel *out, struct vw_findings *findings, struct vw_error *err);
void vw_default_kernel_free(struct vw_default_kernel *kernel);

#endif
