/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host_read: reading files, links and directories, of a root or of a source. */
#include "host_priv.h"

#include "cleanup.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>

/* Opens a regular file for reading: a FIFO or device would give endless or no data instead of an error. */
static int open_regular(const struct vw_host *host, const char *path)
{
	struct stat st;
	int fd = vw_host_open_path(host, path, O_RDONLY, 0);
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
	VW_HOST_PATH(path, fmt, rc);
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
	VW_HOST_PATH(path, fmt, rc);
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

	VW_HOST_PATH(path, fmt, rc);
	if (rc < 0)
		return rc;
	if (host->source)
		return vw_host_unseen(host, path, host->source->stat(host->source_data, path, st));
	fd = vw_host_open_path(host, path, O_PATH, 0);
	if (fd < 0)
		return vw_host_unseen(host, path, fd);
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
	VW_HOST_PATH(path, fmt, rc);
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
		vw_auto_close int fd = vw_host_open_path(host, path, O_PATH | O_NOFOLLOW, 0);

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
	VW_HOST_PATH(path, fmt, rc);
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
	VW_HOST_PATH(path, fmt, rc);
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
	int fd = vw_host_open_path(host, path, O_RDONLY | O_DIRECTORY, 0), rc;

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
	VW_HOST_PATH(path, fmt, rc);
	if (rc < 0)
		return rc;
	rc = host->source ? host->source->list(host->source_data, path, names)
			  : list_directory(host, path, names);
	if (rc < 0)
		vw_names_free(names);
	else if (names->n > 1)
		qsort(names->v, names->n, sizeof(*names->v), names_compare);
	return vw_host_unseen(host, path, rc);
}

void vw_names_free(struct vw_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->v[i]);
	free(names->v);
	*names = (struct vw_names){ 0 };
}
