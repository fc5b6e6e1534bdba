/* SPDX-License-Identifier: GPL-2.0-or-later */
/* writer: replaces a file below a root, whole or not at all, with its owner, mode and attributes kept. */

/*
 * Theory of operation. Symlinks are followed one by one, as the root means them, until a name in an open directory is no link; from
 * there on everything is done to that directory's descriptor and that name, without following anything. So a link that somebody
 * changes meanwhile leads nowhere else.
 *
 * The new text is written to a name of its own in the same directory, brought to the disk, and renamed over the file: at any moment
 * there is the old file or the new one. A run that is killed leaves the other name behind; the next one removes it.
 */
#include "writer.h"

#include "cleanup.h"
#include "writer_priv.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#define LINKS_MAX 40 /* as the kernel has it (path_resolution(7)) */

/* A name in an open directory. */
struct place {
	int dir;
	char path[PATH_MAX]; /* as seen from the root, links followed */
	const char *name;    /* in path */
};

static void close_place(struct place *place)
{
	if (place->dir >= 0)
		close(place->dir);
	place->dir = -1;
}

/* Makes a directory that is missing; whatever the umask says, others may read it. */
static int make_directory(const struct vw_host *host, const char *path, struct vw_error *err)
{
	vw_auto_close int dir = -1, parent = -1;
	int rc = vw_host_mkdirf(host, 0755, "%s", path);

	if (rc == 0)
		rc = dir = vw_host_openf(host, O_RDONLY | O_DIRECTORY, "%s", path);
	if (rc >= 0)
		rc = fchmod(dir, 0755) < 0 ? -errno : 0;
	if (rc == 0)
		rc = parent = vw_host_openf(host, O_RDONLY | O_DIRECTORY, "%s/..", path);
	if (rc >= 0)
		rc = fsync(parent) < 0 ? -errno : 0;
	return rc < 0 ? vw_error_errno(err, -rc, "cannot make the directory %s", path) : 0;
}

/* path: a directory; its missing parents and itself are made. */
static int make_directories(const struct vw_host *host, const char *path, struct vw_error *err)
{
	char part[PATH_MAX];

	for (const char *end = path; *end;) {
		int rc;

		end += strspn(end, "/");
		end += strcspn(end, "/");
		snprintf(part, sizeof(part), "%.*s", (int)(end - path), path);
		rc = vw_host_lookf(host, "%s", part);
		if (rc == 0)
			rc = make_directory(host, part, err);
		else if (rc < 0)
			return vw_error_errno(err, -rc, "cannot look at %s", part);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Opens the directory in which place->path stands. */
static int open_parent(
	const struct vw_host *host, struct place *place, bool make, struct vw_error *err)
{
	char dir[PATH_MAX];
	char *slash;

	snprintf(dir, sizeof(dir), "%s", place->path);
	slash = strrchr(dir, '/');
	if (!slash)
		return vw_error_set(err, EINVAL, "%s is no absolute path", place->path);
	place->name = place->path + (slash - dir) + 1;
	if (!*place->name || !strcmp(place->name, ".") || !strcmp(place->name, ".."))
		return vw_error_set(err, EISDIR, "%s is no name of a file", place->path);
	slash[slash == dir] = '\0';
	close_place(place);
	place->dir = vw_host_openf(host, O_RDONLY | O_DIRECTORY, "%s", dir);
	if (place->dir == -ENOENT && make) {
		int rc = make_directories(host, dir, err);

		if (rc < 0)
			return rc;
		place->dir = vw_host_openf(host, O_RDONLY | O_DIRECTORY, "%s", dir);
	}
	if (place->dir < 0)
		return vw_error_errno(err, -place->dir, "cannot open the directory %s", dir);
	return 0;
}

/* The path that a link in place of the file names. */
static int follow(struct place *place, const char *target, struct vw_error *err)
{
	char path[PATH_MAX];
	int len = *target == '/' ? snprintf(path, sizeof(path), "%s", target)
				 : snprintf(path, sizeof(path), "%.*s%s",
					   (int)(place->name - place->path), place->path, target);

	if (len < 0 || len >= PATH_MAX)
		return vw_error_errno(err, ENAMETOOLONG, "the link %s", place->path);
	memcpy(place->path, path, (size_t)len + 1);
	return 0;
}

static int find_place(const struct vw_host *host, const char *path, bool make, struct place *place,
	struct vw_error *err)
{
	char target[PATH_MAX];

	*place = (struct place){ .dir = -1 };
	if (snprintf(place->path, PATH_MAX, "%s", path) >= PATH_MAX)
		return vw_error_errno(err, ENAMETOOLONG, "%s", path);
	for (int links = 0; links <= LINKS_MAX; links++) {
		int rc = open_parent(host, place, make, err);
		ssize_t n;

		if (rc < 0)
			return rc;
		n = readlinkat(place->dir, place->name, target, sizeof(target) - 1);
		if (n < 0 && (errno == EINVAL || errno == ENOENT)) /* no link, or nothing */
			return 0;
		if (n < 0)
			return vw_error_errno(err, errno, "cannot look at %s", place->path);
		target[n] = '\0';
		rc = follow(place, target, err);
		if (rc < 0)
			return rc;
	}
	return vw_error_errno(err, ELOOP, "cannot follow the link %s", path);
}

static int changed(const char *path, struct vw_error *err)
{
	return vw_error_set(err, ESTALE, "%s was changed by somebody else meanwhile", path);
}

/* Opens what is there and holds it against what is expected. *fd is -1 where nothing is, and should be. */
static int open_expected(const struct place *place, const struct vw_bytes *expected, int *fd,
	struct stat *st, struct vw_error *err)
{
	*fd = -1;
	if (fstatat(place->dir, place->name, st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			return vw_error_errno(err, errno, "cannot look at %s", place->path);
		return expected ? changed(place->path, err) : 0;
	}
	if (!S_ISREG(st->st_mode))
		return vw_error_set(err, EINVAL, "%s is no regular file", place->path);
	if (!expected)
		return changed(place->path, err);
	*fd = openat(place->dir, place->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0)
		return vw_error_errno(err, errno, "cannot open %s", place->path);
	if (fstat(*fd, st) < 0)
		return vw_error_errno(err, errno, "cannot look at %s", place->path);
	return vw_writer_compare(*fd, place->path, expected, err);
}

/* The last look before the name is taken: is that still the file that was read, or still nothing? */
static int look_again(
	const struct place *place, int old, const struct stat *was, struct vw_error *err)
{
	struct stat st;

	if (fstatat(place->dir, place->name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno == ENOENT && old < 0)
			return 0;
		return errno == ENOENT
			       ? changed(place->path, err)
			       : vw_error_errno(err, errno, "cannot look at %s", place->path);
	}
	if (old < 0 || st.st_dev != was->st_dev || st.st_ino != was->st_ino ||
		st.st_size != was->st_size || st.st_mtim.tv_sec != was->st_mtim.tv_sec ||
		st.st_mtim.tv_nsec != was->st_mtim.tv_nsec)
		return changed(place->path, err);
	return 0;
}

static int sync_directory(
	const struct vw_host *host, const struct place *place, struct vw_error *err)
{
	bool boot = !host->recorded && !strncmp(place->path, "/boot/", 6);

	if (fsync(place->dir) < 0)
		return vw_error_errno(
			err, errno, "cannot write the directory of %s to the disk", place->path);
	return vw_settle(place->dir, boot, err);
}

static int has_room(const struct place *place, unsigned long long size, struct vw_error *err)
{
	unsigned long long room;
	struct statvfs fs;

	if (fstatvfs(place->dir, &fs) < 0)
		return vw_error_errno(
			err, errno, "cannot look at the file system of %s", place->path);
	if (fs.f_flag & ST_RDONLY)
		return vw_error_set(err, EROFS, "%s is on a read-only file system", place->path);
	room = (unsigned long long)(geteuid() ? fs.f_bavail : fs.f_bfree) * fs.f_frsize;
	if (fs.f_blocks && room < size) /* some file systems do not count */
		return vw_error_set(err, ENOSPC,
			"the file system of %s is full: %llu bytes are needed, %llu are free",
			place->path, size, room);
	return 0;
}

/* Takes the temporary name; one that was left behind is no obstacle. */
static int open_temp(const struct place *place, struct vw_error *err)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(place->dir, VW_WRITER_TEMP, flags, 0600);

	if (fd < 0 && errno == EEXIST) {
		if (unlinkat(place->dir, VW_WRITER_TEMP, 0) < 0)
			return vw_error_errno(err, errno, "cannot remove %s beside %s",
				VW_WRITER_TEMP, place->path);
		fd = openat(place->dir, VW_WRITER_TEMP, flags, 0600);
	}
	if (fd < 0)
		return vw_error_errno(err, errno, "cannot create a file beside %s", place->path);
	return fd;
}

/* Writes the temporary file, with the attributes of the old one (if old >= 0). */
static int write_temp(const struct place *place, int old, const struct stat *st,
	const struct vw_bytes *text, mode_t mode, struct vw_error *err)
{
	vw_auto_close int fd = open_temp(place, err);
	int rc = fd;

	if (rc >= 0)
		rc = vw_writer_fill(fd, place->path, text, err);
	if (rc == 0 && old >= 0)
		rc = vw_writer_copy_attributes(old, st, fd, place->path, err);
	else if (rc == 0 && !vw_settle_is_fat(fd) && fchmod(fd, mode) < 0)
		rc = vw_error_errno(err, errno, "cannot set the mode of %s", place->path);
	if (rc == 0 && fsync(fd) < 0)
		rc = vw_error_errno(err, errno, "cannot write %s to the disk", place->path);
	if (rc < 0 && fd >= 0)
		unlinkat(place->dir, VW_WRITER_TEMP, 0);
	return rc;
}

/* FAT has no journal: what is there is looked at once more. */
static int read_back(const struct place *place, const struct vw_bytes *text, struct vw_error *err)
{
	vw_auto_close int fd = -1;

	if (!vw_settle_is_fat(place->dir))
		return 0;
	fd = openat(place->dir, place->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return vw_error_errno(err, errno, "cannot open %s", place->path);
	return vw_writer_compare(fd, place->path, text, err);
}

int vw_write_file(const struct vw_host *host, const char *path, const struct vw_bytes *expected,
	const struct vw_bytes *text, mode_t mode, struct vw_error *err)
{
	vw_auto(close_place) struct place place = { .dir = -1 };
	vw_auto_close int old = -1;
	struct stat st = { 0 };
	int rc = find_place(host, path, true, &place, err);

	if (rc == 0)
		rc = open_expected(&place, expected, &old, &st, err);
	if (rc == 0 && old >= 0)
		rc = vw_writer_may_replace(old, &st, place.path, err);
	if (rc == 0)
		rc = has_room(&place, text->len, err);
	if (rc == 0)
		rc = write_temp(&place, old, &st, text, mode, err);
	if (rc < 0)
		return rc;
	rc = look_again(&place, old, &st, err);
	if (rc == 0 && renameat(place.dir, VW_WRITER_TEMP, place.dir, place.name) < 0)
		rc = vw_error_errno(err, errno, "cannot replace %s", place.path);
	if (rc < 0) {
		unlinkat(place.dir, VW_WRITER_TEMP, 0);
		return rc;
	}
	rc = sync_directory(host, &place, err);
	return rc < 0 ? rc : read_back(&place, text, err);
}

int vw_remove_file(const struct vw_host *host, const char *path, const struct vw_bytes *expected,
	struct vw_error *err)
{
	vw_auto(close_place) struct place place = { .dir = -1 };
	vw_auto_close int old = -1;
	struct stat st;
	int rc = find_place(host, path, false, &place, err);

	if (rc == 0)
		rc = open_expected(&place, expected, &old, &st, err);
	if (rc == 0)
		rc = look_again(&place, old, &st, err);
	if (rc == 0 && unlinkat(place.dir, place.name, 0) < 0)
		rc = vw_error_errno(err, errno, "cannot remove %s", place.path);
	return rc < 0 ? rc : sync_directory(host, &place, err);
}

static int add_name(struct vw_names *names, const char *name, struct vw_error *err)
{
	char **v;

	for (size_t i = 0; i < names->n; i++)
		if (!strcmp(names->v[i], name))
			return 0;
	v = reallocarray(names->v, names->n + 1, sizeof(*v));
	if (!v)
		return vw_error_set(err, ENOMEM, "out of memory");
	names->v = v;
	v[names->n] = strdup(name);
	if (!v[names->n])
		return vw_error_set(err, ENOMEM, "out of memory");
	names->n++;
	return 0;
}

int vw_missing_directories(const struct vw_host *host, const char *path, struct vw_names *missing,
	struct vw_error *err)
{
	vw_auto(close_place) struct place place = { .dir = -1 };
	int rc = find_place(host, path, false, &place, err);
	char part[PATH_MAX];

	if (rc != -ENOENT)
		return rc;
	rc = 0;
	for (const char *slash = strchr(place.path + 1, '/'); rc == 0 && slash;
		slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - place.path), place.path);
		rc = vw_host_lookf(host, "%s", part);
		if (rc < 0)
			return vw_error_errno(err, -rc, "cannot look at %s", part);
		rc = rc ? 0 : add_name(missing, part, err);
	}
	return rc;
}

int vw_remove_directory(const struct vw_host *host, const char *path, struct vw_error *err)
{
	vw_auto(close_place) struct place place = { .dir = -1 };
	int rc;

	if (snprintf(place.path, PATH_MAX, "%s", path) >= PATH_MAX)
		return vw_error_errno(err, ENAMETOOLONG, "%s", path);
	if (vw_host_lookf(host, "%s", path) == 0)
		return 0;
	rc = open_parent(host, &place, false, err);
	if (rc < 0)
		return rc;
	if (unlinkat(place.dir, place.name, AT_REMOVEDIR) == 0)
		return sync_directory(host, &place, err);
	if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOENT || errno == ENOTDIR)
		return 0;
	return vw_error_errno(err, errno, "cannot remove the directory %s", path);
}

int vw_remove_temp(const struct vw_host *host, const char *path, struct vw_error *err)
{
	vw_auto(close_place) struct place place = { .dir = -1 };
	int rc = find_place(host, path, false, &place, err);

	if (vw_error_absent(rc))
		return 0;
	if (rc == 0 && unlinkat(place.dir, VW_WRITER_TEMP, 0) < 0 && errno != ENOENT &&
		errno != EROFS)
		rc = vw_error_errno(
			err, errno, "cannot remove %s beside %s", VW_WRITER_TEMP, place.path);
	return rc;
}

int vw_sync_file(const struct vw_host *host, const char *path, struct vw_error *err)
{
	vw_auto(close_place) struct place place = { .dir = -1 };
	vw_auto_close int fd = -1;
	int rc = find_place(host, path, false, &place, err);

	if (rc < 0)
		return rc;
	fd = openat(place.dir, place.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return vw_error_errno(err, errno, "cannot open %s", place.path);
	if (fsync(fd) < 0)
		return vw_error_errno(err, errno, "cannot write %s to the disk", place.path);
	return sync_directory(host, &place, err);
}

int vw_room_for(
	const struct vw_host *host, const char *path, unsigned long long size, struct vw_error *err)
{
	vw_auto(close_place) struct place place = { .dir = -1 };
	int rc = find_place(host, path, false, &place, err);

	return rc < 0 ? rc : has_room(&place, size, err);
}
