/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hook_site: what stands in libvirt's hook directory, and putting our link there. */
#include "hook_site.h"

#include "cleanup.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

/* Not in qemu.d or network.d: libvirt runs whatever is executable there, temporary names, too. */
#define TEMPORARY ".90-vfward.new"

const struct vw_hook_place vw_hook_places[VW_HOOK_PLACES] = {
	[VW_HOOK_QEMU] = { VW_HOOKS_DIR "/qemu", VW_HOOKS_DIR "/qemu.d/90-vfward", "virtqemud" },
	[VW_HOOK_NETWORK] = { VW_HOOKS_DIR "/network", VW_HOOKS_DIR "/network.d/90-vfward",
		"virtnetworkd" },
};

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

enum vw_hook_entry vw_hook_entry_at(const struct vw_host *host, const char *path)
{
	char target[PATH_MAX];
	int rc = vw_host_readlinkf(host, target, sizeof(target), "%s", path);

	if (rc == -ENOENT || rc == -ENOTDIR)
		return VW_HOOK_NONE;
	if (rc >= 0 && strcmp(base_of(target), VW_HOOK_PROGRAM) == 0)
		return VW_HOOK_OURS;
	return VW_HOOK_FOREIGN;
}

/* The file behind a path, links followed. */
static int stat_of(const struct vw_host *host, const char *path, struct stat *st)
{
	vw_auto_close int fd = vw_host_openf(host, O_PATH, "%s", path);

	if (fd < 0)
		return fd;
	return fstat(fd, st) < 0 ? -errno : 0;
}

static bool is_program(const struct vw_host *host, const char *path)
{
	struct stat st;

	return stat_of(host, path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111);
}

bool vw_hook_any(const struct vw_host *host, const struct vw_hook_place *place)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	char path[PATH_MAX];

	if (is_program(host, place->main))
		return true;
	vw_host_listf(host, &names, "%s.d", place->main);
	for (size_t i = 0; i < names.n; i++) {
		snprintf(path, sizeof(path), "%s.d/%s", place->main, names.v[i]);
		if (is_program(host, path))
			return true;
	}
	return false;
}

/* Where the file behind a path really is, below the root. */
static int resolve(const struct vw_host *host, const char *path, char *real, size_t size)
{
	vw_auto_close int fd = vw_host_openf(host, O_PATH, "%s", path);
	vw_auto_free char *root = NULL;
	char proc[64], link[PATH_MAX];
	size_t skip = 0;
	ssize_t n;

	if (fd < 0)
		return fd;
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	n = readlink(proc, link, sizeof(link) - 1);
	if (n < 0)
		return -errno;
	link[n] = '\0';
	if (host->recorded) {
		root = realpath(host->root, NULL);
		if (!root)
			return -errno;
		skip = strlen(root);
		if (strncmp(link, root, skip) != 0)
			return -EXDEV;
	}
	n = snprintf(real, size, "%s", link + skip);
	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

static bool is_allowed_place(const char *real)
{
	static const char *const places[] = { "/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/" };

	for (size_t i = 0; i < VW_ARRAY_SIZE(places); i++)
		if (strncmp(real, places[i], strlen(places[i])) == 0)
			return true;
	return false;
}

/* What is wrong with a program that libvirt would run as root; NULL = nothing. */
static const char *fault_of(const struct vw_host *host, const char *path)
{
	char real[PATH_MAX];
	struct stat st;

	if (stat_of(host, path, &st) || !S_ISREG(st.st_mode))
		return "it is not a file";
	if (!(st.st_mode & 0111))
		return "it is not executable";
	if ((st.st_mode & S_IWOTH) || ((st.st_mode & S_IWGRP) && st.st_gid != 0))
		return "others than root may write it, and libvirt runs it as root";
	if (resolve(host, path, real, sizeof(real)) || !is_allowed_place(real))
		return "it is a link to a place from which AppArmor does not let libvirt run a "
		       "hook";
	return NULL;
}

const char *vw_hook_target(const struct vw_host *host, struct vw_findings *findings)
{
	static const char *const paths[] = { "/usr/sbin/" VW_HOOK_PROGRAM,
		"/usr/bin/" VW_HOOK_PROGRAM };

	for (size_t i = 0; i < VW_ARRAY_SIZE(paths); i++) {
		const char *fault;

		if (!vw_host_existsf(host, "%s", paths[i]))
			continue;
		fault = fault_of(host, paths[i]);
		if (!fault)
			return paths[i];
		vw_finding_add(findings, VW_FAIL, "hook-target", paths[i],
			"install vfward's files anew", "%s cannot be the hook: %s", paths[i],
			fault);
		return NULL;
	}
	vw_finding_add(findings, VW_FAIL, "hook-target", VW_HOOK_PROGRAM,
		"install it there (cmake --install with the prefix /usr)",
		"%s is neither in /usr/sbin nor in /usr/bin, and AppArmor lets libvirt run a hook "
		"from nowhere else",
		VW_HOOK_PROGRAM);
	return NULL;
}

static int open_dir(const struct vw_host *host, const char *path, struct vw_error *err)
{
	int len = (int)(base_of(path) - path) - 1;
	int fd = vw_host_openf(host, O_RDONLY | O_DIRECTORY, "%.*s", len, path);

	return fd < 0 ? vw_error_errno(err, -fd, "cannot open %.*s", len, path) : fd;
}

/* A link of ours that points elsewhere is replaced in one step, so that there is no moment without a hook. */
static int replace_link(const struct vw_host *host, int dir, const char *path, const char *target,
	struct vw_error *err)
{
	vw_auto_close int top = vw_host_openf(host, O_RDONLY | O_DIRECTORY, VW_HOOKS_DIR);

	if (top < 0)
		return vw_error_errno(err, -top, "cannot open %s", VW_HOOKS_DIR);
	if (unlinkat(top, TEMPORARY, 0) < 0 && errno != ENOENT)
		return vw_error_errno(err, errno, "cannot remove %s/%s", VW_HOOKS_DIR, TEMPORARY);
	if (symlinkat(target, top, TEMPORARY) < 0 ||
		renameat(top, TEMPORARY, dir, base_of(path)) < 0)
		return vw_error_errno(err, errno, "cannot replace %s", path);
	return 1;
}

int vw_hook_link(
	const struct vw_host *host, const char *path, const char *target, struct vw_error *err)
{
	int len = (int)(base_of(path) - path) - 1, rc;
	enum vw_hook_entry entry = vw_hook_entry_at(host, path);
	vw_auto_close int dir = -1;
	char now[PATH_MAX];

	if (entry == VW_HOOK_OURS && vw_host_readlinkf(host, now, sizeof(now), "%s", path) >= 0 &&
		strcmp(now, target) == 0)
		return 0;
	rc = vw_host_mkdirf(host, 0755, "%.*s", len, path);
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot create %.*s", len, path);
	dir = open_dir(host, path, err);
	if (dir < 0)
		return dir;
	if (entry == VW_HOOK_OURS)
		return replace_link(host, dir, path, target, err);
	if (symlinkat(target, dir, base_of(path)) < 0)
		return vw_error_errno(err, errno, "cannot create %s", path);
	return 1;
}

int vw_hook_unlink(const struct vw_host *host, const char *path, struct vw_error *err)
{
	vw_auto_close int dir = -1;

	if (vw_hook_entry_at(host, path) != VW_HOOK_OURS)
		return 0;
	dir = open_dir(host, path, err);
	if (dir < 0)
		return dir;
	if (unlinkat(dir, base_of(path), 0) < 0)
		return vw_error_errno(err, errno, "cannot remove %s", path);
	return 1;
}
