/* SPDX-License-Identifier: GPL-2.0-or-later */
/* registry_file: the registry's directory, its lock, and how a bad file is put out of the way. */

/*
 * Theory of operation. SQLite's own locks live in the database file and so order everything that is done *to* it, but not what is done
 * *with* it: when two processes find the file missing or corrupt, the slower one would replace the good new registry of the
 * faster. So creating and setting aside happen under flock(2) on a file of its own, registry.lock, and whoever has got that
 * lock judges again before acting. It is taken for nothing else: a start that finds a good registry never touches it. The kernel drops
 * it when its holder dies, and nobody removes the lock file, so all of them lock the same one.
 *
 * Three more things guard a registry that other processes have open. (1) A writer may be in the middle of a transaction: the rename
 * waits for SQLite's RESERVED lock. (2) A writer that begins later finds, once it has the lock, that the name no longer leads to its
 * file (check_in_place() in registry_sql.c). (3) SQLite finds a journal by its name alone. An old journal beside a new
 * database would be rolled back into it, so the journal moves together with its database, the database first: between the two renames there
 * is no database that could be read without its journal, and creating one moves what is left of the old one first.
 */
#include "registry_priv.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

/* Above that many somebody has to look (and clean up) before vfward goes on filling /run. */
#define ASIDE_MAX 999

/* SQLite's RESERVED lock is an fcntl write lock on this byte (https://www.sqlite.org/src/file/src/os.h, PENDING_BYTE + 1):
 * part of the file format, so that different versions get along. */
#define RESERVED_BYTE (0x40000000L + 1)

int vw_registry_open_dir(struct vw_registry *registry, struct vw_error *err)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
	int fd = vw_host_openf(registry->host, flags, VW_REGISTRY_DIR), rc;
	struct stat st;

	if (fd == -ENOENT && !registry->read_only) {
		rc = vw_host_mkdirf(registry->host, 0700, VW_REGISTRY_DIR);
		if (rc < 0 && rc != -EEXIST)
			return vw_error_errno(err, -rc, "cannot create %s", VW_REGISTRY_DIR);
		fd = vw_host_openf(registry->host, flags, VW_REGISTRY_DIR);
	}
	if (fd == -ENOENT)
		return vw_error_set(err, ENOENT, "there is no registry (%s)", VW_REGISTRY_PATH);
	if (fd < 0)
		return vw_error_errno(err, -fd, "cannot open %s", VW_REGISTRY_DIR);
	registry->dir_fd = fd;
	/* Whatever the umask was, or who else made it. */
	if (registry->read_only || (fstat(fd, &st) == 0 && (st.st_mode & 07777) == 0700))
		return 0;
	if (fchmod(fd, 0700) < 0)
		return vw_error_errno(err, errno, "cannot set the mode of %s", VW_REGISTRY_DIR);
	return 0;
}

int vw_registry_real_path(
	const struct vw_registry *registry, const char *file, char **path, struct vw_error *err)
{
	vw_auto_free char *name = vw_host_pathf(registry->host, VW_REGISTRY_DIR);
	vw_auto_free char *dir = NULL;
	struct stat ours, named;

	if (!name)
		return vw_error_set(err, ENOMEM, "out of memory");
	/* SQLITE_OPEN_NOFOLLOW refuses a symlink anywhere in the path, not only at its end (SQLite 3.39 on). */
	dir = realpath(name, NULL);
	if (!dir)
		return vw_error_errno(err, errno, "cannot open %s", VW_REGISTRY_DIR);
	/* The descriptor was resolved inside the root, the name was not. */
	if (stat(dir, &named) < 0 || fstat(registry->dir_fd, &ours) < 0)
		return vw_error_errno(err, errno, "cannot open %s", VW_REGISTRY_DIR);
	if (named.st_dev != ours.st_dev || named.st_ino != ours.st_ino)
		return vw_error_set(
			err, ELOOP, "%s is reached by a symlink out of the root", VW_REGISTRY_DIR);
	if (asprintf(path, "%s/%s", dir, file) < 0) {
		*path = NULL;
		return vw_error_set(err, ENOMEM, "out of memory");
	}
	return 0;
}

int vw_registry_lock(struct vw_registry *registry, struct vw_error *err)
{
	int fd = openat(registry->dir_fd, "registry.lock",
		O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	int code;

	if (fd < 0)
		return vw_error_errno(err, errno, "cannot open %s/registry.lock", VW_REGISTRY_DIR);
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		code = errno;
		if (code == EINTR)
			continue;
		if (code == EWOULDBLOCK && vw_deadline_sleep(&registry->host->deadline, 3))
			continue;
		close(fd);
		if (code == EWOULDBLOCK)
			return vw_error_set(err, ETIMEDOUT,
				"another process is creating the registry %s and the time is up",
				VW_REGISTRY_PATH);
		return vw_error_errno(err, code, "cannot lock %s/registry.lock", VW_REGISTRY_DIR);
	}
	return fd;
}

/* Waits until no writer is in the middle of a transaction; the lock goes when *fd is closed. An open-file-description lock, because closing
 * any descriptor of a file drops all classic locks that this process has on it, those of another connection too. */
static int hold_back_writers(struct vw_registry *registry, int *fd, struct vw_error *err)
{
	struct flock lock = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = RESERVED_BYTE, .l_len = 1
	};
	struct stat st;

	if (fstatat(registry->dir_fd, VW_REGISTRY_FILE, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		!S_ISREG(st.st_mode))
		return 0; /* not there, or nothing that SQLite would have opened */
	*fd = openat(
		registry->dir_fd, VW_REGISTRY_FILE, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0)
		return vw_error_errno(err, errno, "cannot open %s", VW_REGISTRY_PATH);
	while (fcntl(*fd, F_OFD_SETLK, &lock) < 0) {
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return vw_error_errno(err, errno, "cannot lock %s", VW_REGISTRY_PATH);
		if (!vw_deadline_sleep(&registry->host->deadline, 3))
			return vw_error_set(err, ETIMEDOUT,
				"the corrupt registry %s is in use and the time is up",
				VW_REGISTRY_PATH);
	}
	return 0;
}

static const char *const sqlite_suffix[] = { "", "-journal", "-wal", "-shm" };

/* Is there any of the files whose names begin so? */
static bool any_there(struct vw_registry *registry, const char *base)
{
	struct stat st;
	char name[64];

	for (size_t i = 0; i < VW_ARRAY_SIZE(sqlite_suffix); i++) {
		snprintf(name, sizeof(name), "%s%s", base, sqlite_suffix[i]);
		if (fstatat(registry->dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
			errno != ENOENT)
			return true;
	}
	return false;
}

/* The first number under which nothing would be overwritten. */
static int pick_base(struct vw_registry *registry, char *base, size_t size, struct vw_error *err)
{
	for (unsigned int number = 1; number <= ASIDE_MAX; number++) {
		snprintf(base, size, VW_REGISTRY_FILE ".corrupt-%u", number);
		if (!any_there(registry, base))
			return 0;
	}
	return vw_error_set(err, ENOSPC,
		"the registry is corrupt, and there are %d files %s.corrupt-*: look into them and "
		"remove them",
		ASIDE_MAX, VW_REGISTRY_PATH);
}

int vw_registry_move_aside(struct vw_registry *registry, struct vw_error *err)
{
	vw_auto_close int writers = -1;
	char base[48], from[64], to[64];
	int rc;

	if (!any_there(registry, VW_REGISTRY_FILE))
		return 0;
	rc = hold_back_writers(registry, &writers, err);
	if (rc == 0)
		rc = pick_base(registry, base, sizeof(base), err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < VW_ARRAY_SIZE(sqlite_suffix); i++) {
		snprintf(from, sizeof(from), VW_REGISTRY_FILE "%s", sqlite_suffix[i]);
		snprintf(to, sizeof(to), "%s%s", base, sqlite_suffix[i]);
		rc = renameat(registry->dir_fd, from, registry->dir_fd, to) < 0 ? -errno : 0;
		if (rc < 0 && rc != -ENOENT)
			return vw_error_errno(
				err, -rc, "cannot set %s/%s aside", VW_REGISTRY_DIR, from);
		if (rc == 0 && i == 0)
			snprintf(registry->aside, sizeof(registry->aside), "%s/%s", VW_REGISTRY_DIR,
				base);
	}
	return 0;
}
