/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host: the machine that vfward looks at: the real one, or a recorded one under a directory. */
#ifndef VW_HOST_H
#define VW_HOST_H

#include "deadline.h"
#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/* A recorded machine (`vfward record`) has sysfs, procfs, /run and /etc under its root, and the kernel's
 * netlink answers in ROOT/vfward-record/{links,addresses,routes}.nl. Paths under it are resolved
 * with openat2(RESOLVE_IN_ROOT), so no symlink leads out of it. */
struct vw_host {
	int root_fd;
	bool recorded; /* the root is not "/" */
	char *root;
	const struct vw_host_source *source; /* NULL = a directory */
	void *source_data;
	struct vw_deadline
		deadline; /* bounds netlink waits and retries; vw_host_open sets "never" */
	/* NULL, or where the first vw_host_lookf, vw_host_existsf, vw_host_statf or vw_host_listf that could not tell leaves its message: for
	 * those who ask a hundred times, and may believe none of the answers then. */
	struct vw_error *unseen;
};

/* root: NULL or "/" = the real machine. 0 or -errno. vw_host_close also works on a zeroed or failed host. */
int vw_host_open(struct vw_host *host, const char *root, struct vw_error *err);
void vw_host_close(struct vw_host *host);

struct vw_names;

/* A machine whose files do not lie below a directory here, but come from elsewhere: a guest's image, read in an appliance. It can only be
 * read. Paths are absolute; symlinks are resolved as chroot(2) would. 0 or a length, or -errno. */
struct vw_host_source {
	/* Of what a symlink leads to. */
	int (*stat)(void *data, const char *path, struct stat *st);
	/* At most size bytes of a regular file (the caller has looked); 0 = nothing more. */
	ssize_t (*read)(void *data, const char *path, uint64_t offset, void *buf, size_t size);
	/* Adds all entries with vw_names_add, in any order. */
	int (*list)(void *data, const char *path, struct vw_names *names);
	/* The target with a NUL; -EINVAL: not a symlink, -ENAMETOOLONG: does not fit. */
	int (*readlink)(void *data, const char *path, char *buf, size_t size);
};
/* name: what stands for the root in messages. 0 or -ENOMEM. On such a host vw_host_openf fails with -EOPNOTSUPP, vw_host_mkdirf
 * with -EROFS, and vw_host_pathf is NULL. */
int vw_host_open_source(struct vw_host *host, const struct vw_host_source *source, void *data,
	const char *name, struct vw_error *err);

/* All paths below are absolute, as seen from the root, given printf-like. They return 0 (or a
 * length or descriptor ≥ 0), or -errno (-ENAMETOOLONG for an over-long path) without a message. */

/* Opens with O_CLOEXEC added, and O_NONBLOCK | O_NOCTTY, so that a FIFO or terminal in place of a file
 * stops nobody; mode 0600 where O_CREAT is given. */
int vw_host_openf(const struct vw_host *host, int flags, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Is there such a file? 1, 0, or -errno where that cannot be told. */
int vw_host_lookf(const struct vw_host *host, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Also true where it cannot be told. */
bool vw_host_existsf(const struct vw_host *host, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A short text file (an attribute): at most size-1 bytes, NUL added, trailing white space cut.
 * Returns the length; -EFBIG if it does not fit, -EBADMSG for a NUL inside, -EISDIR or -EINVAL for what is no
 * regular file. On failure buf is "". */
int vw_host_readf(const struct vw_host *host, char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* A whole file of at most max bytes into fresh memory (caller frees), with a NUL behind it that *len does not count;
 * -EFBIG above max, -EISDIR or -EINVAL for what is no regular file. Works on files without a size (procfs). */
int vw_host_slurpf(const struct vw_host *host, size_t max, char **data, size_t *len,
	const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* What a path leads to. */
int vw_host_statf(const struct vw_host *host, struct stat *st, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A piece of a regular file: the bytes from offset on, as many as there are, at most size. Returns how many; -EISDIR or -EINVAL for
 * what is no regular file. */
ssize_t vw_host_piecef(const struct vw_host *host, uint64_t offset, void *buf, size_t size,
	const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* The last path component of a symlink's target; returns its length. -EINVAL: not a link, or one to "." or "..";
 * -ENAMETOOLONG: does not fit. On failure buf is "". */
int vw_host_linkf(const struct vw_host *host, char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* The whole target of a symlink. */
int vw_host_readlinkf(const struct vw_host *host, char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* A directory's entries without "." and "..", sorted with strverscmp. */
struct vw_names {
	char **v;
	size_t n;
};
int vw_host_listf(const struct vw_host *host, struct vw_names *names, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void vw_names_free(struct vw_names *names);
/* 0 or -ENOMEM. */
int vw_names_add(struct vw_names *names, const char *name);

/* Creates a directory and its parents with this mode (of the last one; parents 0755); existing ones are left as they are. */
int vw_host_mkdirf(const struct vw_host *host, mode_t mode, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The path as the process sees it (root + path), for libraries that want a name (SQLite). Caller frees; NULL = no memory. */
char *vw_host_pathf(const struct vw_host *host, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
