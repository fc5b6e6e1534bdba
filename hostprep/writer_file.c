/* SPDX-License-Identifier: GPL-2.0-or-later */
/* writer_file: what writer.c does to open files: contents and attributes. */
#include "writer_priv.h"

#include "cleanup.h"
#include "writer.h"

#include <limits.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>

int vw_writer_compare(
	int fd, const char *path, const struct vw_bytes *expected, struct vw_error *err)
{
	char buf[16384];
	size_t seen = 0;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		if ((size_t)n > expected->len - seen ||
			memcmp(buf, expected->data + seen, (size_t)n) != 0)
			break;
		seen += (size_t)n;
	}
	if (n < 0)
		return vw_error_errno(err, errno, "cannot read %s", path);
	if (n > 0 || seen != expected->len)
		return vw_error_set(err, ESTALE, "%s was changed by somebody else meanwhile", path);
	return 0;
}

int vw_writer_fill(int fd, const char *path, const struct vw_bytes *text, struct vw_error *err)
{
	for (size_t done = 0; done < text->len;) {
		ssize_t n = write(fd, text->data + done, text->len - done);

		if (n < 0 && errno != EINTR)
			return vw_error_errno(err, errno, "cannot write %s", path);
		if (n > 0)
			done += (size_t)n;
	}
	return 0;
}

int vw_writer_may_replace(int fd, const struct stat *st, const char *path, struct vw_error *err)
{
	int flags = 0;

	if (st->st_nlink > 1)
		return vw_error_set(err, EMLINK,
			"%s has other names (hard links), which would keep the old text", path);
	/* Few file systems have these flags. */
	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0 && (flags & (FS_IMMUTABLE_FL | FS_APPEND_FL)))
		return vw_error_set(err, EPERM, "%s is immutable (chattr +i or +a)", path);
	return 0;
}

/* What the kernel itself works out from the content. */
static bool is_of_content(const char *name)
{
	return !strcmp(name, "security.ima") || !strcmp(name, "security.evm");
}

static int copy_xattr(int from, int to, const char *name)
{
	vw_auto_free char *value = NULL;
	ssize_t len = fgetxattr(from, name, NULL, 0);

	if (len < 0)
		return errno == ENODATA ? 0 : -errno;
	value = malloc((size_t)len + 1);
	if (!value)
		return -ENOMEM;
	len = fgetxattr(from, name, value, (size_t)len);
	if (len < 0)
		return -errno;
	return fsetxattr(to, name, value, (size_t)len, 0) < 0 ? -errno : 0;
}

static int copy_xattrs(int from, int to, const char *path, struct vw_error *err)
{
	char names[XATTR_LIST_MAX];
	ssize_t len = flistxattr(from, names, sizeof(names));

	if (len < 0)
		return errno == EOPNOTSUPP ? 0
					   : vw_error_errno(err, errno,
						     "cannot read the attributes of %s", path);
	/* An access list that a new file takes over from its directory is not the old file's. */
	if (fremovexattr(to, "system.posix_acl_access") < 0 && errno != ENODATA &&
		errno != EOPNOTSUPP)
		return vw_error_errno(err, errno, "cannot take the access list off %s", path);
	for (const char *name = names; name < names + len; name += strlen(name) + 1) {
		int rc = is_of_content(name) ? 0 : copy_xattr(from, to, name);

		if (rc < 0)
			return vw_error_errno(
				err, -rc, "cannot copy the attribute %s of %s", name, path);
	}
	return 0;
}

int vw_writer_copy_attributes(
	int from, const struct stat *st, int to, const char *path, struct vw_error *err)
{
	if (vw_settle_is_fat(to)) /* has none */
		return 0;
	if (fchown(to, st->st_uid, st->st_gid) < 0)
		return vw_error_errno(err, errno, "cannot give %s its owner", path);
	if (fchmod(to, st->st_mode & 07777) < 0)
		return vw_error_errno(err, errno, "cannot give %s its mode", path);
	return copy_xattrs(from, to, path, err);
}
