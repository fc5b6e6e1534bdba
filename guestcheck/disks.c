/* SPDX-License-Identifier: GPL-2.0-or-later */
/* disks: looking at disk files before QEMU does. */
#include "disks.h"

#include "cleanup.h"
#include "image_format.h"
#include "qcow2_tables.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* No disk is shorter. */
#define SECTOR 512

/* A finding that names the file: a machine may have several disks, with others behind them. */
__attribute__((format(printf, 5, 6))) static void complain(struct vw_findings *findings,
	const char *id, const char *path, const char *remedy, const char *fmt, ...)
{
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	vw_finding_add(findings, VW_FAIL, id, path, remedy, "%s: %s", path, text);
}

/* A QEMU that may write to a file holds a lock on this byte of it (RAW_LOCK_PERM_BASE and BLK_PERM_WRITE in block/file-posix.c and
 * include/block/block-common.h of QEMU). */
#define QEMU_WRITER 101

static void look_for_writer(int fd, const char *path, struct vw_findings *findings)
{
	struct flock lock = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = QEMU_WRITER, .l_len = 1
	};

	if (fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
		vw_finding_add(findings, VW_WARN, "image-in-use", path, NULL,
			"%s: a running machine may write to it: it is read as it is this moment, "
			"and what that machine has not written yet is missing",
			path);
}

/* Reads the beginning of the file. The number of bytes, or -1 after a finding. */
static ssize_t read_head(const char *path, void *head, size_t size, struct vw_findings *findings)
{
	/* O_NONBLOCK: a FIFO would wait for somebody to write to it */
	vw_auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	size_t len = 0;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0) {
		complain(findings, "image-missing", path,
			strstr(path, "://") ? "only files and block devices of this host are read"
					    : NULL,
			"it cannot be opened: %s", strerror(errno));
		return -1;
	}
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode)) {
		complain(findings, "image-no-disk", path,
			S_ISDIR(st.st_mode) ? "a directory can be looked at with --root" : NULL,
			"it is neither a file nor a block device");
		return -1;
	}
	look_for_writer(fd, path, findings);
	while (len < size && (n = pread(fd, (char *)head + len, size - len, (off_t)len)) != 0) {
		if (n < 0) {
			complain(findings, "image-missing", path, NULL, "it cannot be read: %s",
				strerror(errno));
			return -1;
		}
		len += (size_t)n;
	}
	return (ssize_t)len;
}

/* QEMU takes what stands before a colon for a protocol, unless a slash comes first. */
static bool is_protocol(const char *name)
{
	size_t len = strcspn(name, ":/");

	return name[len] == ':';
}

/* The file behind this one, if it may be looked at: its path (caller frees), or NULL after a finding. stated: somebody has said that this one is a
 * qcow2 file; where that was only found out, the guest may have written the header to its raw disk (CVE-2010-3851). */
static char *backing_path(const char *path, const struct vw_image_format *format, bool allowed,
	bool stated, struct vw_findings *findings)
{
	const char *slash = strrchr(path, '/');
	char *name = NULL;

	if (!allowed)
		complain(findings, "image-backing", path,
			"--allow-backing, if you trust whoever made the image; or flatten it with "
			"qemu-img convert",
			"it lies on top of another file (%s), which may be any file of this host",
			format->backing[0] ? format->backing : "its descriptor names it");
	else if (strcmp(format->name, "qcow2") != 0)
		complain(findings, "image-backing", path, "flatten it with qemu-img convert",
			"only those of qcow2 are followed to the file behind");
	else if (!stated)
		complain(findings, "image-backing", path,
			"say --format qcow2, if whoever made it meant it to be that",
			"it lies on top of another file (%s), by a header that a guest could have "
			"written to its raw disk",
			format->backing);
	else if (!format->backing[0] || is_protocol(format->backing))
		complain(findings, "image-backing", path, NULL, "what it lies on is no file: %s",
			format->backing);
	else if (!format->backing_format[0] || !vw_image_format_known(format->backing_format))
		complain(findings, "image-backing", path,
			"qemu-img rebase -u -F FORMAT -b FILE says it",
			"it does not say which format the file behind it (%s) has, or one that is "
			"not read: \"%s\"",
			format->backing, format->backing_format);
	else if (format->backing[0] == '/' || !slash)
		name = strdup(format->backing);
	else if (asprintf(&name, "%.*s%s", (int)(slash + 1 - path), path, format->backing) < 0)
		name = NULL;
	return name;
}

static int parse_finding(
	const char *path, int rc, const struct vw_error *why, struct vw_findings *findings)
{
	complain(findings, "image-format", path,
		rc == -EBADMSG ? "say the right --format"
			       : "convert it with qemu-img convert -O qcow2",
		"%s", why->msg);
	return 0;
}

/* A finding, where the file ends too early. */
static bool is_cut(const char *path, struct vw_findings *findings)
{
	vw_auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	uint64_t need;
	int rc = fd < 0 ? -errno : vw_qcow2_is_cut(fd, &need);

	if (rc == 1)
		complain(findings, "image-truncated", path, NULL,
			"it has data at byte %llu, where the file has ended already: it is cut off",
			(unsigned long long)need);
	else if (rc < 0)
		complain(findings, "image-format", path, NULL, "its tables cannot be read: %s",
			strerror(-rc));
	return rc != 0;
}

int vw_disk_look(const struct vw_disk *disk, bool allow_backing, const char **format,
	struct vw_findings *findings, struct vw_error *err)
{
	vw_auto_free char *head = malloc(VW_IMAGE_HEAD), *path = strdup(disk->path);
	struct vw_image_format found = { 0 };
	const char *name = disk->format, *first = NULL;
	struct vw_error why;
	ssize_t len;
	char *next;
	int rc;

	*format = NULL;
	if (!head || !path)
		return vw_error_set(err, ENOMEM, "out of memory");
	for (int depth = 0; depth < VW_BACKING_MAX; depth++) {
		len = read_head(path, head, VW_IMAGE_HEAD, findings);
		if (len < 0)
			return 0;
		rc = vw_image_format_parse(head, (size_t)len, name, &found, &why);
		if (rc == 0 && len < SECTOR && !found.extents) {
			complain(findings, "image-no-disk", path, NULL,
				len ? "it is too short for a disk" : "it is empty");
			return 0;
		}
		if (rc < 0)
			return parse_finding(path, rc, &why, findings);
		if (depth == 0)
			first = found.name;
		if (found.extents || found.encrypted) {
			complain(findings, found.extents ? "image-backing" : "image-encrypted",
				path, "convert it with qemu-img convert",
				found.extents ? "its data lie in other files, which may be any "
						"files of this host"
					      : "the image itself is encrypted (by QEMU)");
			return 0;
		}
		if (!strcmp(found.name, "qcow2") && is_cut(path, findings))
			return 0;
		if (!found.has_backing) {
			*format = first;
			return 0;
		}
		next = backing_path(path, &found, allow_backing, name != NULL, findings);
		if (!next)
			return findings->lost ? vw_error_set(err, ENOMEM, "out of memory") : 0;
		free(path);
		path = next;
		name = vw_image_format_known(found.backing_format);
	}
	complain(findings, "image-backing", disk->path, NULL,
		"more than %d files lie behind each other", VW_BACKING_MAX);
	return 0;
}
