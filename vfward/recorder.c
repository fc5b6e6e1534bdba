/* SPDX-License-Identifier: GPL-2.0-or-later */
/* recorder: the copying itself. Everything is written through a vw_host of the new root, so nothing lands outside of it. */
#include "recorder.h"

#include "cleanup.h"
#include "text.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>

#define FILE_MAX (1U << 20)

#define PATH_FROM_ARGS(path, fmt, ok)                                                              \
	do {                                                                                       \
		va_list ap_;                                                                       \
		int n_;                                                                            \
		va_start(ap_, fmt);                                                                \
		n_ = vsnprintf((path), sizeof(path), fmt, ap_);                                    \
		va_end(ap_);                                                                       \
		(ok) = n_ > 0 && (size_t)n_ < sizeof(path);                                        \
	} while (0)

static int cannot_write(struct vw_error *err, int rc, const char *path)
{
	char safe[512];

	return vw_error_errno(err, -rc, "cannot write %s of the record",
		vw_text_escape(safe, sizeof(safe), path));
}

/* The directory that is to hold path, made if need be; *base becomes the last component. */
static int open_parent(
	struct vw_recorder *recorder, const char *path, const char **base, struct vw_error *err)
{
	const char *slash = strrchr(path, '/');
	int len = (int)(slash - path), rc = 0;

	*base = slash + 1;
	if (len > 0)
		rc = vw_host_mkdirf(&recorder->to, 0755, "%.*s", len, path);
	if (rc >= 0)
		rc = vw_host_openf(&recorder->to, O_RDONLY | O_DIRECTORY, "%.*s/", len, path);
	return rc < 0 ? cannot_write(err, rc, path) : rc;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

static int put_data(struct vw_recorder *recorder, const char *path, const void *data, size_t len,
	struct vw_error *err)
{
	vw_auto_close int dir = -1, fd = -1;
	const char *base;
	int rc;

	dir = open_parent(recorder, path, &base, err);
	if (dir < 0)
		return dir;
	fd = openat(dir, base, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0 && errno == EEXIST)
		return 0;
	rc = fd < 0 ? -errno : write_all(fd, data, len);
	if (rc)
		return cannot_write(err, rc, path);
	recorder->files++;
	return 0;
}

static int put_link(
	struct vw_recorder *recorder, const char *path, const char *target, struct vw_error *err)
{
	vw_auto_close int dir = -1;
	const char *base;

	dir = open_parent(recorder, path, &base, err);
	if (dir < 0)
		return dir;
	if (symlinkat(target, dir, base) < 0)
		return errno == EEXIST ? 0 : cannot_write(err, -errno, path);
	recorder->files++;
	return 0;
}

int vw_record_file(struct vw_recorder *recorder, struct vw_error *err, const char *fmt, ...)
{
	vw_auto_free char *data = NULL;
	char path[PATH_MAX];
	size_t len = 0;
	bool ok;

	PATH_FROM_ARGS(path, fmt, ok);
	if (!ok || vw_host_slurpf(recorder->from, FILE_MAX, &data, &len, "%s", path) < 0)
		return 0;
	return put_data(recorder, path, data, len, err);
}

int vw_record_link(struct vw_recorder *recorder, struct vw_error *err, const char *fmt, ...)
{
	char path[PATH_MAX], target[PATH_MAX];
	bool ok;

	PATH_FROM_ARGS(path, fmt, ok);
	if (!ok || vw_host_readlinkf(recorder->from, target, sizeof(target), "%s", path) < 0)
		return 0;
	return put_link(recorder, path, target, err);
}

int vw_record_dir(struct vw_recorder *recorder, struct vw_error *err, const char *fmt, ...)
{
	char path[PATH_MAX];
	bool ok;
	int rc;

	PATH_FROM_ARGS(path, fmt, ok);
	if (!ok)
		return 0;
	rc = vw_host_mkdirf(&recorder->to, 0755, "%s", path);
	return rc < 0 ? cannot_write(err, rc, path) : 0;
}

int vw_record_data(struct vw_recorder *recorder, const void *data, size_t len, struct vw_error *err,
	const char *fmt, ...)
{
	char path[PATH_MAX];
	bool ok;

	PATH_FROM_ARGS(path, fmt, ok);
	return ok ? put_data(recorder, path, data, len, err) : 0;
}

int vw_record_symlink(struct vw_recorder *recorder, const char *target, struct vw_error *err,
	const char *fmt, ...)
{
	char path[PATH_MAX];
	bool ok;

	PATH_FROM_ARGS(path, fmt, ok);
	return ok ? put_link(recorder, path, target, err) : 0;
}
