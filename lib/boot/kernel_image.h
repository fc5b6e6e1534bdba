/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel_image: what a kernel's image says of itself: its release, and a unified one's command line. */
#ifndef VW_KERNEL_IMAGE_H
#define VW_KERNEL_IMAGE_H

#include "host.h"

#define VW_RELEASE_MAX 128

/* The release that an image was built as: x86's boot protocol has it in the image's head, a unified kernel image (UKI) in its section .uname
 * or in the image inside. Only a few pieces of the file are read. 1 = *release, 0 = it does not say, -errno where it cannot be read. */
int vw_kernel_image_release(
	const struct vw_host *host, const char *path, char *release, size_t size);

/* A unified image's command line, from its section .cmdline: 1 = *cmdline (caller frees), 0 = it has none, -errno. */
int vw_kernel_image_cmdline(const struct vw_host *host, const char *path, char **cmdline);

#endif
