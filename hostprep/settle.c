/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settle: makes sure that a boot loader finds on the disk what was written. */

/*
 * Theory of operation. A boot loader reads the file system by itself, without replaying its journal.
 *
 * XFS keeps a change of metadata in its log even after fsync and syncfs; GRUB then finds the old directory or, worse, a file
 * without its blocks (ostree issue 876, grubby's new-kernel-pkg). Freezing the file system empties the log. Whoever dies in between
 * would leave /boot frozen for good, so a child process thaws it: when we are done, when we are dead, or after a few seconds. Where
 * /boot is not a file system of its own, this would freeze the running system, and is not done.
 *
 * FAT has no journal. Its rename is two writes of sectors (fs/fat/namei_vfat.c), which syncfs brings to the disk at once.
 */
#include "writer.h"

#include "cleanup.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#ifndef XFS_SUPER_MAGIC
#define XFS_SUPER_MAGIC 0x58465342 /* linux/magic.h has it since 5.16 */
#endif
#define THAW_AFTER_MS 10000

static bool is_type(int fd, unsigned long magic)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && (unsigned long)fs.f_type == magic;
}

bool vw_settle_is_fat(int fd)
{
	return is_type(fd, MSDOS_SUPER_MAGIC);
}

static bool is_own_mount(int dir)
{
	struct stat here, root;

	return fstat(dir, &here) == 0 && stat("/", &root) == 0 && here.st_dev != root.st_dev;
}

/* The child: a byte says that all is well, the end of the pipe that its writer is dead. */
static _Noreturn void watch(int dir, int pipe)
{
	struct pollfd poll_fd = { .fd = pipe, .events = POLLIN };
	sigset_t all;
	char byte;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	setsid();
	if (poll(&poll_fd, 1, THAW_AFTER_MS) <= 0 || read(pipe, &byte, 1) != 1)
		ioctl(dir, FITHAW, 0);
	_exit(0);
}

static int freeze_and_thaw(int dir, struct vw_error *err)
{
	int pipe_fds[2], rc = 0;
	pid_t pid;

	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		return vw_error_errno(err, errno, "cannot make a pipe");
	pid = fork();
	if (pid == 0) {
		close(pipe_fds[1]);
		watch(dir, pipe_fds[0]);
	}
	close(pipe_fds[0]);
	if (pid < 0) {
		rc = vw_error_errno(err, errno, "cannot start a process");
	} else {
		/* EBUSY: somebody else has frozen it, who will thaw it. EOPNOTSUPP: cannot be frozen. */
		if (ioctl(dir, FIFREEZE, 0) == 0)
			rc = ioctl(dir, FITHAW, 0) < 0 ? -errno : 0;
		else if (errno != EBUSY && errno != EOPNOTSUPP)
			rc = -errno;
		if (rc < 0)
			vw_error_errno(err, -rc, "cannot freeze and thaw the file system of /boot");
		else if (write(pipe_fds[1], "", 1) != 1)
			rc = vw_error_errno(err, errno, "cannot tell who watches over a freeze");
	}
	close(pipe_fds[1]);
	if (pid > 0)
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	return rc;
}

int vw_settle(int dir, bool boot, struct vw_error *err)
{
	if (vw_settle_is_fat(dir) && syncfs(dir) < 0)
		return vw_error_errno(err, errno, "cannot write the file system to the disk");
	if (boot && is_type(dir, XFS_SUPER_MAGIC) && is_own_mount(dir))
		return freeze_and_thaw(dir, err);
	return 0;
}
