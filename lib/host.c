/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host: every path operation of vfward, held inside the root. */

/*
 * Theory of operation. On the real machine a path is simply opened. Below any other root the files were
 * written by somebody else: a symlink may be absolute (it means the recorded "/", not ours), may climb with "..",
 * may loop. So there each path is resolved by openat2(RESOLVE_IN_ROOT) (openat2(2), Linux 5.6), which takes the root
 * for "/" as chroot(2) would, and whatever is done then is done to the descriptor: readlinkat(2) and
 * mkdirat(2) have no such flag of their own. Nothing is resolved twice.
 *
 * A source has files that no descriptor can be had of: there every read goes through its functions, whose side resolves paths inside of
 * its own root.
 *
 * O_NONBLOCK and O_NOCTTY go with every open, so that a FIFO or a terminal in the place of a file cannot stop the hook.
 */
#include "host_priv.h"

#include "cleanup.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* openat2 says EAGAIN when a rename or mount anywhere on the machine races with a ".." (openat2(2), RESOLVE_IN_ROOT). */
#define OPEN_TRIES 256

int vw_host_open_path(const struct vw_host *host, const char *path, int flags, mode_t mode)
{
	struct open_how how = { .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	long fd;

	if (host->source)
		return -EOPNOTSUPP;
	flags |= O_CLOEXEC;
	if (!(flags & O_PATH)) /* openat2 refuses these together */
		flags |= O_NONBLOCK | O_NOCTTY;
	if (!host->recorded) {
		fd = open(path, flags, mode);
		return fd < 0 ? -errno : (int)fd;
	}
	how.flags = (unsigned int)flags;
	how.mode = mode;
	for (int tries = 0; tries < OPEN_TRIES; tries++) {
		fd = syscall(SYS_openat2, host->root_fd, path, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return fd < 0 ? -errno : (int)fd;
}

int vw_host_path_format(char path[PATH_MAX], const char *fmt, va_list ap)
{
	int n = vsnprintf(path, PATH_MAX, fmt, ap);

	if (n < 0)
		return -EINVAL;
	if (n >= PATH_MAX)
		return -ENAMETOOLONG;
	return path[0] == '/' ? 0 : -EINVAL;
}

/* Whether an opened root is our own "/". By name alone /proc/PID/root of a container would pass for it, by identity
 * alone a bind mount of "/" would, which has no /proc and /sys below. */
static bool is_real_root(int fd, const char *resolved)
{
	struct stat ours, theirs;

	if (strcmp(resolved, "/") != 0)
		return false;
	return stat("/", &ours) == 0 && fstat(fd, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
	       ours.st_ino == theirs.st_ino;
}

static int open_recorded(struct vw_host *host, const char *root, struct vw_error *err)
{
	vw_auto_free char *resolved = realpath(root, NULL);
	int fd;

	if (!resolved)
		return vw_error_errno(err, errno, "cannot open the root directory %s", root);
	host->root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (host->root_fd < 0)
		return vw_error_errno(err, errno, "cannot open the root directory %s", root);
	host->recorded = !is_real_root(host->root_fd, resolved);
	if (!host->recorded) {
		close(host->root_fd);
		host->root_fd = -1;
		return 0;
	}
	/* A relative name must outlive a chdir; an absolute one may be more than its target (/proc/PID/root). */
	host->root = strdup(root[0] == '/' ? root : resolved);
	if (!host->root)
		return vw_error_set(err, ENOMEM, "out of memory");
	for (size_t n = strlen(host->root); n > 1 && host->root[n - 1] == '/'; n--)
		host->root[n - 1] = '\0';
	fd = vw_host_open_path(host, "/", O_PATH | O_DIRECTORY, 0);
	if (fd == -ENOSYS || fd == -EPERM)
		return vw_error_errno(err, -fd, "a root other than / needs openat2 (Linux 5.6)");
	if (fd < 0)
		return vw_error_errno(err, -fd, "cannot open the root directory %s", root);
	close(fd);
	return 0;
}

int vw_host_open(struct vw_host *host, const char *root, struct vw_error *err)
{
	int rc;

	*host = (struct vw_host){ .root_fd = -1, .deadline = vw_deadline_in(0) };
	if (root && strcmp(root, "/") != 0) {
		rc = open_recorded(host, root, err);
		if (rc < 0)
			goto fail;
	}
	if (!host->root)
		host->root = strdup("/");
	if (host->root)
		return 0;
	rc = vw_error_set(err, ENOMEM, "out of memory");
fail:
	vw_host_close(host);
	return rc;
}

int vw_host_open_source(struct vw_host *host, const struct vw_host_source *source, void *data,
	const char *name, struct vw_error *err)
{
	*host = (struct vw_host){ .root_fd = -1,
		.recorded = true,
		.source = source,
		.source_data = data,
		.root = strdup(name),
		.deadline = vw_deadline_in(0) };
	return host->root ? 0 : vw_error_set(err, ENOMEM, "out of memory");
}

void vw_host_close(struct vw_host *host)
{
	/* A zeroed host has descriptor 0, which is not ours. */
	if (host->recorded && host->root_fd >= 0)
		close(host->root_fd);
	free(host->root);
	*host = (struct vw_host){ .root_fd = -1 };
}

int vw_host_openf(const struct vw_host *host, int flags, const char *fmt, ...)
{
	char path[PATH_MAX];
	mode_t mode = 0;
	int rc;

	VW_HOST_PATH(path, fmt, rc);
	if (rc < 0)
		return rc;
	if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE)
		mode = 0600;
	return vw_host_open_path(host, path, flags, mode);
}

int vw_host_unseen(const struct vw_host *host, const char *path, int rc)
{
	if (rc < 0 && !vw_error_absent(rc) && host->unseen && !host->unseen->msg[0])
		vw_error_errno(host->unseen, -rc, "cannot look for %s", path);
	return rc;
}

static int look(const struct vw_host *host, const char *path)
{
	int rc;

	if (host->source) {
		struct stat st;

		rc = host->source->stat(host->source_data, path, &st);
	} else if (!host->recorded) {
		/* needs no descriptor, and so not one that is left */
		rc = access(path, F_OK) < 0 ? -errno : 0;
	} else {
		rc = vw_host_open_path(host, path, O_PATH, 0);
		if (rc >= 0)
			close(rc);
	}
	if (rc >= 0)
		return 1;
	return vw_error_absent(rc) ? 0 : vw_host_unseen(host, path, rc);
}

int vw_host_lookf(const struct vw_host *host, const char *fmt, ...)
{
	char path[PATH_MAX];
	int rc;

	VW_HOST_PATH(path, fmt, rc);
	return rc < 0 ? 0 : look(host, path);
}

bool vw_host_existsf(const struct vw_host *host, const char *fmt, ...)
{
	char path[PATH_MAX];
	int rc;

	VW_HOST_PATH(path, fmt, rc);
	return rc >= 0 && look(host, path);
}

/* One step of mkdir -p: makes sure of the directory `path`, whose last component is `name` in the open directory
 * `parent`; returns it open. Somebody else may create it at the same time. */
static int mkdir_step(
	const struct vw_host *host, int parent, const char *path, const char *name, mode_t mode)
{
	int fd = vw_host_open_path(host, path, O_PATH | O_DIRECTORY, 0);

	if (fd != -ENOENT)
		return fd;
	if (mkdirat(parent, name, mode) < 0 && errno != EEXIST)
		return -errno;
	return vw_host_open_path(host, path, O_PATH | O_DIRECTORY, 0);
}

int vw_host_mkdirf(const struct vw_host *host, mode_t mode, const char *fmt, ...)
{
	vw_auto_close int dir = -1;
	char path[PATH_MAX], *p;
	size_t len;
	int rc;

	VW_HOST_PATH(path, fmt, rc);
	if (rc < 0)
		return rc;
	if (host->source)
		return -EROFS;
	dir = vw_host_open_path(host, path, O_PATH | O_DIRECTORY, 0);
	if (dir != -ENOENT)
		return dir < 0 ? dir : 0;
	for (len = strlen(path); len > 1 && path[len - 1] == '/'; len--)
		path[len - 1] = '\0';
	dir = vw_host_open_path(host, "/", O_PATH | O_DIRECTORY, 0);
	for (p = path + 1; dir >= 0 && *p;) {
		char *name = p, *end = strchrnul(p, '/');
		bool last = *end == '\0';
		int next;

		p = end + strspn(end, "/");
		*end = '\0';
		next = mkdir_step(host, dir, path, name, last ? mode : 0755);
		if (!last)
			*end = '/';
		close(dir);
		dir = next;
	}
	return dir < 0 ? dir : 0;
}

char *vw_host_pathf(const struct vw_host *host, const char *fmt, ...)
{
	char path[PATH_MAX], *whole;
	int rc;

	VW_HOST_PATH(path, fmt, rc);
	if (rc < 0 || host->source)
		return NULL;
	if (asprintf(&whole, "%s%s", host->recorded ? host->root : "", path) < 0)
		return NULL;
	return whole;
}
