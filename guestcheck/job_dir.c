/* SPDX-License-Identifier: GPL-2.0-or-later */
/* job_dir: temporary files of a worker. A worker that is killed cannot remove them itself. */
#include "job_dir.h"

#include "cleanup.h"
#include "host.h"
#include "text.h"

#include <ftw.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>

#define TABLE_MAX (16U << 20) /* of sockets */
#define NAME      "vfward-guestcheck.XXXXXX"
/* What libguestfs makes in it. */
#define DEEPEST "/libguestfsXXXXXX/guestfsd.sock"

/* $TMPDIR, unless a socket's name would get too long in it (unix(7): 108 bytes with the NUL). */
static const char *base(void)
{
	const char *dir = getenv("TMPDIR");
	size_t room = sizeof(((struct sockaddr_un *)0)->sun_path);

	if (!dir || dir[0] != '/' || strlen(dir) + strlen("/" NAME DEEPEST) + 1 > room)
		return "/tmp";
	return dir;
}

int vw_job_dir_make(struct vw_job_dir *dir, struct vw_error *err)
{
	*dir = (struct vw_job_dir){ 0 };
	snprintf(dir->path, sizeof(dir->path), "%s/" NAME, base());
	if (!mkdtemp(dir->path)) {
		int code = errno;

		dir->path[0] = '\0';
		return vw_error_errno(err, code, "cannot make a temporary directory in %s", base());
	}
	return 0;
}

/* The appliance that supermin has built stays where it is, for all: it would be built anew for each image otherwise. */
static int keep_cache(void)
{
	const char *dir = getenv("TMPDIR");

	return setenv("LIBGUESTFS_CACHEDIR", dir && *dir ? dir : "/var/tmp", 0);
}

int vw_job_dir_enter(const struct vw_job_dir *dir)
{
	if (keep_cache() || setenv("TMPDIR", dir->path, 1) ||
		setenv("LIBGUESTFS_TMPDIR", dir->path, 1) ||
		setenv("XDG_RUNTIME_DIR", dir->path, 1))
		return -ENOMEM;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	remove(path);
	return 0;
}

static void remove_tree(char *path)
{
	if (path[0])
		nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	path[0] = '\0';
}

void vw_job_dir_remove(struct vw_job_dir *dir)
{
	remove_tree(dir->path);
	remove_tree(dir->socket_dir);
}

/* "socket:[4711]" of a descriptor; 0 = it is no socket. */
static uint64_t socket_inode(const struct vw_host *host, pid_t worker, const char *fd)
{
	char link[64];
	uint64_t inode;
	size_t len = strlen("socket:[");

	if (vw_host_readlinkf(host, link, sizeof(link), "/proc/%d/fd/%s", (int)worker, fd) < 0 ||
		strncmp(link, "socket:[", len) != 0)
		return 0;
	link[strcspn(link, "]")] = '\0';
	return vw_text_u64(link + len, 10, UINT64_MAX, &inode) < 0 ? 0 : inode;
}

/* A line of /proc/net/unix: "Num RefCount Protocol Flags Type St Inode Path" (net/unix/af_unix.c:unix_seq_show). Is it this socket, in a directory
 * that libguestfs makes? Then *path is its name. */
static bool is_socket_line(char *line, uint64_t inode, char **path)
{
	static const char in[] = "/tmp/libguestfs", name[] = "XXXXXX/guestfsd.sock";
	char *column = NULL, *rest = line;
	uint64_t number;

	for (int i = 0; i < 7; i++) {
		rest += strspn(rest, " ");
		column = strsep(&rest, " ");
		if (!rest)
			return false;
	}
	*path = rest;
	return vw_text_u64(column, 10, UINT64_MAX, &number) == 0 && number == inode &&
	       strncmp(rest, in, strlen(in)) == 0 && strlen(rest) == strlen(in) + strlen(name) &&
	       strcmp(rest + strlen(in) + 6, name + 6) == 0 && strcspn(rest + strlen(in), "/") == 6;
}

static void look_up(struct vw_job_dir *dir, const char *table, uint64_t inode)
{
	vw_auto_free char *copy = strdup(table);
	char *rest = copy, *line, *path;
	struct stat st;

	while (copy && (line = strsep(&rest, "\n"))) {
		if (!is_socket_line(line, inode, &path))
			continue;
		*strrchr(path, '/') = '\0';
		if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid())
			snprintf(dir->socket_dir, sizeof(dir->socket_dir), "%s", path);
	}
}

/* For root libguestfs makes the directory of its sockets in /tmp, whatever the environment says (lib/tmpdirs.c), under a name that it tells nobody: so
 * it is found by the worker's sockets. */
void vw_job_dir_look(struct vw_job_dir *dir, pid_t worker)
{
	vw_auto(vw_host_close) struct vw_host host = { .root_fd = -1 };
	vw_auto(vw_names_free) struct vw_names fds = { 0 };
	vw_auto_free char *table = NULL;
	size_t len;

	if (dir->socket_dir[0] || vw_host_open(&host, NULL, NULL) < 0 ||
		vw_host_listf(&host, &fds, "/proc/%d/fd", (int)worker) < 0 ||
		vw_host_slurpf(&host, TABLE_MAX, &table, &len, "/proc/%d/net/unix", (int)worker) <
			0)
		return;
	for (size_t i = 0; i < fds.n && !dir->socket_dir[0]; i++) {
		uint64_t inode = socket_inode(&host, worker, fds.v[i]);

		if (inode)
			look_up(dir, table, inode);
	}
}
