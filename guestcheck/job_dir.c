/* SPDX-License-Identifier: GPL-2.0-or-later */
/* job_dir: temporary files of a worker. A worker that is killed cannot remove them itself. */
#include "job_dir.h"

#include "cleanup.h"

#include <ftw.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>

#define NAME "vfward-guestcheck.XXXXXX"
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

void vw_job_dir_look(struct vw_job_dir *dir, pid_t worker)
{
	(void)dir;
	(void)worker;
}
