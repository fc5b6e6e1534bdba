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
#include "host.h"

#include "cleanup.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* openat2 says EAGAIN when a rename or mount anywhere on the machine races with a ".." (openat2(2), RESOLVE_IN_ROOT). */
#define OPEN_TRIES 256

static int host_open(const struct vw_host *host, const char *path, int flags, mode_t mode)
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

__attribute__((format(printf, 2, 0))) static int path_format(
	char path[PATH_MAX], const char *fmt, va_list ap)
{
	int n = vsnprintf(path, PATH_MAX, fmt, ap);

	if (n < 0)
		return -EINVAL;
	if (n >= PATH_MAX)
		return -ENAMETOOLONG;
	return path[0] == '/' ? 0 : -EINVAL;
}

#define PATH_FROM_ARGS(path, fmt, rc)                                                              \
	do {                                                                                       \
		va_list ap_;                                                                       \
		va_start(ap_, fmt);                                                                \
		(rc) = path_format((path), fmt, ap_);                                              \
		va_end(ap_);                                                                       \
	} while (0)

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
	fd = host_open(host, "/", O_PATH | O_DIRECTORY, 0);
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

	PATH_FROM_ARGS(path, fmt, rc);
	if (rc < 0)
		return rc;
	if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE)
		mode = 0600;
	return host_open(host, path, flags, mode);
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
		rc = host_open(host, path, O_PATH, 0);
		if (rc >= 0)
			close(rc);
	}
	if (rc < 0)
		return vw_error_absent(rc) ? 0 : rc;
	return 1;
}

int vw_host_lookf(const struct vw_host *host, const char *fmt, ...)
{
	char path[PATH_MAX];
	int rc;

	PATH_FROM_ARGS(path, fmt, rc);
	return rc < 0 ? 0 : look(host, path);
}

bool vw_host_existsf(const struct vw_host *host, const char *fmt, ...)
{
	char path[PATH_MAX];
	int rc;

	PATH_FROM_ARGS(path, fmt, rc);
	return rc >= 0 && look(host, path);
}

/* Opens a regular file for reading: a FIFO or device would give endless or no data instead of an error. */
static int open_regular(const struct vw_host *host, const char *path)
{
	struct stat st;
	int fd = host_open(host, path, O_RDONLY, 0);
	int rc = 0;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		rc = -errno;
	else if (!S_ISREG(st.st_mode))
		rc = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	if (rc == 0)
		return fd;
	close(fd);
	return rc;
}

/* Reads until the end of the file or of the buffer; returns the length or -errno. */
static ssize_t read_full(int fd, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size) {
		n = read(fd, buf + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

/* As read_full, of a source's file. */
static ssize_t source_read(
	const struct vw_host *host, const char *path, uint64_t offset, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size) {
		n = host->source->read(
			host->source_data, path, offset + len, buf + len, size - len);
		if (n < 0)
			return n;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

/* Looks before it reads: nothing but a regular file may be opened on the other side either. */
static int source_regular(const struct vw_host *host, const char *path)
{
	struct stat st;
	int rc = host->source->stat(host->source_data, path, &st);

	if (rc < 0 || S_ISREG(st.st_mode))
		return rc;
	return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
}

/* At most size bytes from the beginning of a regular file: all that one read gives. */
static ssize_t read_once(const struct vw_host *host, const char *path, char *buf, size_t size)
{
	vw_auto_close int fd = -1;
	ssize_t len;
	int rc;

	if (host->source) {
		rc = source_regular(host, path);
		return rc < 0 ? rc : source_read(host, path, 0, buf, size);
	}
	fd = open_regular(host, path);
	if (fd < 0)
		return fd;
	/* One read gets all: sysfs and procfs give a short file at once (seq_file), and other files come short only at their end. */
	do
		len = read(fd, buf, size);
	while (len < 0 && errno == EINTR);
	return len < 0 ? -errno : len;
}

int vw_host_readf(const struct vw_host *host, char *buf, size_t size, const char *fmt, ...)
{
	char path[PATH_MAX];
	ssize_t len;
	int rc;

	if (size == 0 || size > INT_MAX)
		return -EINVAL;
	buf[0] = '\0';
	PATH_FROM_ARGS(path, fmt, rc);
	if (rc < 0)
		return rc;
	/* The byte that is to be the NUL is read too: that one tells a full buffer from a longer file. */
	len = read_once(host, path, buf, size);
	if (len < 0 || (size_t)len == size) {
		buf[0] = '\0';
		return len < 0 ? (int)len : -EFBIG;
	}
	while (len > 0 && strchr(" \t\n\v\f\r", buf[len - 1])) /* the NUL of the set counts too */
		len--;
	buf[len] = '\0';
	if (strlen(buf) == (size_t)len)
		return (int)len;
	buf[0] = '\0';
	return -EBADMSG;
}

/* Of a source's file where fd is -1. */
static int slurp(
	const struct vw_host *host, int fd, const char *path, size_t max, char **data, size_t *len)
{
	vw_auto_free char *buf = NULL;
	size_t used = 0, size = 0;
	ssize_t n;

	do {
		char *bigger;

		size = size ? size * 2 : 4096;
		if (size > max + 1)
			size = max + 1;
		bigger = realloc(buf, size + 1);
		if (!bigger)
			return -ENOMEM;
		buf = bigger;
		n = fd < 0 ? source_read(host, path, used, buf + used, size - used)
			   : read_full(fd, buf + used, size - used);
		if (n < 0)
			return (int)n;
		used += (size_t)n;
		if (used > max)
			return -EFBIG;
	} while (used == size);
	buf[used] = '\0';
	*data = buf;
	*len = used;
	buf = NULL;
	return 0;
}

int vw_host_slurpf(
	const struct vw_host *host, size_t max, char **data, size_t *len, const char *fmt, ...)
{
	vw_auto_close int fd = -1;
	char path[PATH_MAX];
	int rc;

	*data = NULL;
	*len = 0;
	if (max > SSIZE_MAX / 2)
		return -EINVAL;
	PATH_FROM_ARGS(path, fmt, rc);
	if (rc < 0)
		return rc;
	rc = host->source ? source_regular(host, path) : (fd = open_regular(host, path));
	return rc < 0 ? rc : slurp(host, fd, path, max, data, len);
}

int vw_host_statf(const struct vw_host *host, struct stat *st, const char *fmt, ...)
{
	vw_auto_close int fd = -1;
	char path[PATH_MAX];
	int rc;

	PATH_FROM_ARGS(path, fmt, rc);
	if (rc < 0)
		return rc;
	if (host->source)
		return host->source->stat(host->source_data, path, st);
	fd = host_open(host, path, O_PATH, 0);
	if (fd < 0)
		return fd;
	return fstat(fd, st) < 0 ? -errno : 0;
}

ssize_t vw_host_piecef(
	const struct vw_host *host, uint64_t offset, void *buf, size_t size, const char *fmt, ...)
{
	vw_auto_close int fd = -1;
	char path[PATH_MAX];
	int rc;

	if (offset > INT64_MAX || size > SSIZE_MAX)
		return -EINVAL;
	PATH_FROM_ARGS(path, fmt, rc);
	if (rc < 0)
		return rc;
	if (host->source) {
		rc = source_regular(host, path);
		return rc < 0 ? rc : source_read(host, path, offset, buf, size);
	}
	fd = open_regular(host, path);
	if (fd < 0)
		return fd;
	if (lseek(fd, (off_t)offset, SEEK_SET) < 0)
		return -errno;
	return read_full(fd, buf, size);
}

/* A target that fills the buffer may have been cut by the kernel, which says nothing. */
static int read_target(const struct vw_host *host, const char *path, char target[PATH_MAX])
{
	ssize_t n;

	if (host->source)
		return host->source->readlink(host->source_data, path, target, PATH_MAX);
	if (!host->recorded) {
		n = readlink(path, target, PATH_MAX);
		if (n < 0)
			return -errno;
	} else {
		vw_auto_close int fd = host_open(host, path, O_PATH | O_NOFOLLOW, 0);

		if (fd < 0)
			return fd;
		n = readlinkat(fd, "", target, PATH_MAX);
		if (n < 0) /* with an empty name ENOENT means "not a link" (fs/stat.c) */
			return errno == ENOENT ? -EINVAL : -errno;
	}
	if (n == PATH_MAX)
		return -ENAMETOOLONG;
	target[n] = '\0';
	return (int)n;
}

static int copy_out(char *buf, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len >= size)
		return -ENAMETOOLONG;
	memcpy(buf, text, len + 1);
	return (int)len;
}

int vw_host_linkf(const struct vw_host *host, char *buf, size_t size, const char *fmt, ...)
{
	char path[PATH_MAX], target[PATH_MAX];
	const char *base;
	int rc;

	if (size > 0)
		buf[0] = '\0';
	PATH_FROM_ARGS(path, fmt, rc);
	if (rc < 0)
		return rc;
	rc = read_target(host, path, target);
	if (rc < 0)
		return rc;
	base = strrchr(target, '/');
	base = base ? base + 1 : target;
	/* These name nothing; callers put the result into other paths. */
	if (base[0] == '\0' || strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
		return -EINVAL;
	return copy_out(buf, size, base);
}

int vw_host_readlinkf(const struct vw_host *host, char *buf, size_t size, const char *fmt, ...)
{
	char path[PATH_MAX], target[PATH_MAX];
	int rc;

	if (size > 0)
		buf[0] = '\0';
	PATH_FROM_ARGS(path, fmt, rc);
	if (rc < 0)
		return rc;
	rc = read_target(host, path, target);
	return rc < 0 ? rc : copy_out(buf, size, target);
}

/* There is room for a power of two of them, or for none. */
int vw_names_add(struct vw_names *names, const char *name)
{
	if ((names->n & (names->n - 1)) == 0) {
		size_t room = names->n ? names->n * 2 : 1;
		char **v = reallocarray(names->v, room, sizeof(*v));

		if (!v)
			return -ENOMEM;
		names->v = v;
	}
	names->v[names->n] = strdup(name);
	if (!names->v[names->n])
		return -ENOMEM;
	names->n++;
	return 0;
}

static int names_compare(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

static int names_read(DIR *dir, struct vw_names *names)
{
	struct dirent *entry;
	int rc;

	while (errno = 0, (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		rc = vw_names_add(names, entry->d_name);
		if (rc < 0)
			return rc;
	}
	return -errno;
}

static int list_directory(const struct vw_host *host, const char *path, struct vw_names *names)
{
	vw_auto_closedir DIR *dir = NULL;
	int fd = host_open(host, path, O_RDONLY | O_DIRECTORY, 0), rc;

	if (fd < 0)
		return fd;
	dir = fdopendir(fd);
	if (!dir) {
		rc = -errno;
		close(fd);
		return rc;
	}
	return names_read(dir, names);
}

int vw_host_listf(const struct vw_host *host, struct vw_names *names, const char *fmt, ...)
{
	char path[PATH_MAX];
	int rc;

	*names = (struct vw_names){ 0 };
	PATH_FROM_ARGS(path, fmt, rc);
	if (rc < 0)
		return rc;
	rc = host->source ? host->source->list(host->source_data, path, names)
			  : list_directory(host, path, names);
	if (rc < 0)
		vw_names_free(names);
	else if (names->n > 1)
		qsort(names->v, names->n, sizeof(*names->v), names_compare);
	return rc;
}

void vw_names_free(struct vw_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->v[i]);
	free(names->v);
	*names = (struct vw_names){ 0 };
}

/* One step of mkdir -p: makes sure of the directory `path`, whose last component is `name` in the open directory
 * `parent`; returns it open. Somebody else may create it at the same time. */
static int mkdir_step(
	const struct vw_host *host, int parent, const char *path, const char *name, mode_t mode)
{
	int fd = host_open(host, path, O_PATH | O_DIRECTORY, 0);

	if (fd != -ENOENT)
		return fd;
	if (mkdirat(parent, name, mode) < 0 && errno != EEXIST)
		return -errno;
	return host_open(host, path, O_PATH | O_DIRECTORY, 0);
}

int vw_host_mkdirf(const struct vw_host *host, mode_t mode, const char *fmt, ...)
{
	vw_auto_close int dir = -1;
	char path[PATH_MAX], *p;
	size_t len;
	int rc;

	PATH_FROM_ARGS(path, fmt, rc);
	if (rc < 0)
		return rc;
	if (host->source)
		return -EROFS;
	dir = host_open(host, path, O_PATH | O_DIRECTORY, 0);
	if (dir != -ENOENT)
		return dir < 0 ? dir : 0;
	for (len = strlen(path); len > 1 && path[len - 1] == '/'; len--)
		path[len - 1] = '\0';
	dir = host_open(host, "/", O_PATH | O_DIRECTORY, 0);
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

	PATH_FROM_ARGS(path, fmt, rc);
	if (rc < 0 || host->source)
		return NULL;
	if (asprintf(&whole, "%s%s", host->recorded ? host->root : "", path) < 0)
		return NULL;
	return whole;
}
