/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_source: reading a guest's files through libguestfs. */

/*
 * Theory of operation. The appliance's daemon does each call in a chroot at the guest's root, so symlinks cannot leave it. Every call is one
 * message to the daemon and back, about a millisecond even in software emulation; calls that start a program in the appliance, or
 * a process for the chroot alone (readlink, download, read_file, is_file), cost ten to a hundred times that and are not used.
 */
#include "guest_source.h"

#include "appliance.h"
#include "cleanup.h"

#include <string.h>

/* A message of the protocol has room for 4 MiB (guestfs(3), PROTOCOL LIMITS). */
#define PIECE_MAX (2U << 20)

/* Why a call failed. What a damaged file system or the appliance says beside "there is none" must not pass for it: EBADMSG is a wrong
 * checksum to ext4 and xfs (vw_error_absent knows it as a proven absence). */
static int why(struct vw_guest_source *source)
{
	int rc = vw_appliance_errno(source->g);

	switch (rc) {
	case -ENOENT:
	case -ENOTDIR:
	case -ELOOP:
	case -ENAMETOOLONG:
	case -EISDIR:
		return rc;
	default:
		return vw_error_absent(rc) ? -EIO : rc;
	}
}

/* One more call; 0, or -E2BIG when it is one too many. */
static int take_call(struct vw_guest_source *source)
{
	if (source->calls >= VW_GUEST_CALLS_MAX) {
		source->exhausted = true;
		return -E2BIG;
	}
	source->calls++;
	return 0;
}

/* The target of a symlink that is known to be one. */
static char *link_target(struct vw_guest_source *source, const char *path)
{
	vw_auto_free char *dir = strdup(path);
	char *slash, *names[2] = { NULL }, **targets, *target = NULL;

	if (!dir)
		return NULL;
	slash = strrchr(dir, '/');
	if (!slash)
		return NULL;
	names[0] = slash + 1;
	*slash = '\0';
	targets = guestfs_readlinklist(source->g, slash == dir ? "/" : dir, names);
	for (size_t i = 0; targets && targets[i]; i++) {
		if (i == 0)
			target = targets[0];
		else
			free(targets[i]);
	}
	free(targets);
	return target;
}

static int link_path(void *data, const char *path, char *buf, size_t size)
{
	struct vw_guest_source *source = data;
	vw_auto_free char *target = NULL;
	struct guestfs_statns *st;
	bool is_link;
	size_t len;
	int rc = take_call(source);

	if (rc < 0)
		return rc;
	st = guestfs_lstatns(source->g, path);
	if (!st)
		return why(source);
	is_link = S_ISLNK((mode_t)st->st_mode);
	guestfs_free_statns(st);
	if (!is_link)
		return -EINVAL;
	rc = take_call(source);
	if (rc < 0)
		return rc;
	target = link_target(source, path);
	if (!target || !target[0])
		return -EIO;
	len = strlen(target);
	if (len >= size)
		return -ENAMETOOLONG;
	memcpy(buf, target, len + 1);
	return (int)len;
}

/* NTFS: what the driver cannot read (files that CompactOS has compressed, for one) looks like a symlink that leads nowhere, to a text that
 * begins so (ntfs-3g(8) and its sources, reparse.c). It is there all the same. */
static bool is_unreadable_here(struct vw_guest_source *source, const char *path)
{
	char target[64];
	int rc = link_path(source, path, target, sizeof(target));

	return rc > 0 && !strncmp(target, "unsupported reparse", 19);
}

static int stat_path(void *data, const char *path, struct stat *st)
{
	struct vw_guest_source *source = data;
	struct guestfs_statns *ns;
	int rc = take_call(source);

	if (rc < 0)
		return rc;
	ns = guestfs_statns(source->g, path);
	if (!ns) {
		rc = why(source);
		return rc == -ENOENT && is_unreadable_here(source, path) ? -EOPNOTSUPP : rc;
	}
	*st = (struct stat){ .st_dev = (dev_t)ns->st_dev,
		.st_ino = (ino_t)ns->st_ino,
		.st_mode = (mode_t)ns->st_mode,
		.st_nlink = (nlink_t)ns->st_nlink,
		.st_uid = (uid_t)ns->st_uid,
		.st_gid = (gid_t)ns->st_gid,
		.st_size = ns->st_size,
		.st_mtim = { .tv_sec = ns->st_mtime_sec, .tv_nsec = ns->st_mtime_nsec } };
	guestfs_free_statns(ns);
	return 0;
}

static ssize_t read_path(void *data, const char *path, uint64_t offset, void *buf, size_t size)
{
	struct vw_guest_source *source = data;
	vw_auto_free char *piece = NULL;
	size_t len = 0;
	int rc = take_call(source);

	if (rc < 0)
		return rc;
	if (source->bytes >= VW_GUEST_BYTES_MAX) {
		source->exhausted = true;
		return -E2BIG;
	}
	if (offset > INT64_MAX - PIECE_MAX)
		return -EOVERFLOW;
	if (size > PIECE_MAX)
		size = PIECE_MAX;
	piece = guestfs_pread(source->g, path, (int)size, (int64_t)offset, &len);
	if (!piece)
		return why(source);
	if (len > size)
		return -EIO;
	source->bytes += len;
	memcpy(buf, piece, len);
	return (ssize_t)len;
}

static int list_path(void *data, const char *path, struct vw_names *names)
{
	struct vw_guest_source *source = data;
	struct guestfs_dirent_list *list;
	int rc = take_call(source);

	if (rc < 0)
		return rc;
	list = guestfs_readdir(source->g, path);
	if (!list)
		return why(source);
	if (list->len > VW_GUEST_ENTRIES_MAX)
		rc = -E2BIG;
	for (uint32_t i = 0; rc == 0 && i < list->len; i++) {
		const char *name = list->val[i].name;

		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
			rc = vw_names_add(names, name);
	}
	guestfs_free_dirent_list(list);
	return rc;
}

const struct vw_host_source vw_guest_source = {
	.stat = stat_path, .read = read_path, .list = list_path, .readlink = link_path
};
