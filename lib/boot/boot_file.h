/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot_file: reading the files of boot loaders, and where the paths in them lead. */
#ifndef VW_BOOT_FILE_H
#define VW_BOOT_FILE_H

#include "bytes.h"
#include "host.h"

/* The largest file that any of the boot loaders has. */
#define VW_BOOT_FILE_MAX (4U << 20)

/* 1 = read, 0 = there is none (nothing in *text), -errno with a message. The other one is for files that are no boot loader's own: at most
 * max bytes. */
int vw_boot_read(
	const struct vw_host *host, const char *path, struct vw_bytes *text, struct vw_error *err);
int vw_boot_read_max(const struct vw_host *host, const char *path, size_t max,
	struct vw_bytes *text, struct vw_error *err);

/* Where a file that a boot loader names lies in the running system: "(hd0,1)/vmlinuz" may be /boot/vmlinuz. A loader's root is the file
 * system that it reads: the one that is mounted there (mount: "", "/boot", "/boot/efi"), or one whose subvolume is ("/@/boot/vmlinuz"). 1 =
 * *path, 0 = there is none, -errno where that cannot be told. */
int vw_boot_find(
	const struct vw_host *host, const char *mount, const char *name, char *path, size_t size);

#endif
