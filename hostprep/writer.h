/* SPDX-License-Identifier: GPL-2.0-or-later */
/* writer: replaces a file below a root, whole or not at all, with its owner, mode and attributes kept. */
#ifndef VW_WRITER_H
#define VW_WRITER_H

#include "bytes.h"
#include "host.h"

#include <sys/types.h>

/* The name under which a new text is written before it takes its place: in the same directory, and nothing that GRUB, kmod, udev, systemd or
 * a boot loader reads there (they want a suffix, or no dot in front). */
#define VW_WRITER_TEMP ".vfward-hostprep.tmp"

/* path: absolute, as seen from the root; symlinks are followed inside the root, the link stays and its target is replaced. expected: what is
 * there now (NULL = nothing): -ESTALE with a message if that is no longer so. Parents are made (0755). The text is on the disk when
 * this returns 0. mode: of a new file. Fails, with nothing changed, on a read-only file system, too little space, an immutable file, a
 * hard link elsewhere. */
int vw_write_file(const struct vw_host *host, const char *path, const struct vw_bytes *expected,
	const struct vw_bytes *text, mode_t mode, struct vw_error *err);

/* Removes a file that is as expected; its directory is on the disk when this returns 0. */
int vw_remove_file(const struct vw_host *host, const char *path, const struct vw_bytes *expected,
	struct vw_error *err);

/* Adds the directories that vw_write_file would have to make for this file, parents first, if they are not in the list yet. */
int vw_missing_directories(const struct vw_host *host, const char *path, struct vw_names *missing,
	struct vw_error *err);

/* Removes an empty directory; a link to one, one that has something in it, or none, is left as it is. */
int vw_remove_directory(const struct vw_host *host, const char *path, struct vw_error *err);

/* Removes what a run that was killed has left beside the file. */
int vw_remove_temp(const struct vw_host *host, const char *path, struct vw_error *err);

/* Brings a file that a program has written, and its directory, to the disk: so far that a boot loader finds it there. */
int vw_sync_file(const struct vw_host *host, const char *path, struct vw_error *err);

/* Is there room for a file of this size in the directory of this path, and may it be written to? 0, -ENOSPC or -EROFS with a message, or
 * another -errno. */
int vw_room_for(const struct vw_host *host, const char *path, unsigned long long size,
	struct vw_error *err);

/* settle.c: after a rename in the open directory: what the file system holds back until later is written now. boot: on /boot of the
 * running machine. */
int vw_settle(int dir, bool boot, struct vw_error *err);
bool vw_settle_is_fat(int fd);

#endif
