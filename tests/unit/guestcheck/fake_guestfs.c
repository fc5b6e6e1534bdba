/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fake_guestfs: the calls of libguestfs that guestcheck makes, as far as tests need them. */
#include "fake_guestfs.h"

#include "partition_table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fake fake;

guestfs_h *fake_begin(const struct fake_device *devices)
{
	memset(&fake, 0, sizeof(fake));
	tree_new(&fake.tree);
	fake.devices = devices;
	return (guestfs_h *)&fake;
}

void fake_end(void)
{
	fake.failure.call = NULL;
	guestfs_umount_all((guestfs_h *)&fake);
	tree_free(&fake.tree);
}

const char *fake_mounted(void)
{
	static char text[1024];

	text[0] = '\0';
	for (size_t i = 0; i < fake.n_mounts; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s=%s", i ? " " : "",
			fake.mounts[i].dir, fake.mounts[i].files.root + strlen(fake.tree.root));
	return text;
}

bool fake_asked(const char *line)
{
	for (const char *at = fake.log; *at; at += strcspn(at, "\n"), at += *at == '\n')
		if (strncmp(at, line, strlen(line)) == 0)
			return true;
	return false;
}

__attribute__((format(printf, 1, 2))) static void note(const char *fmt, ...)
{
	size_t len = strlen(fake.log);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(fake.log + len, sizeof(fake.log) - len, fmt, ap);
	va_end(ap);
	assert_true(strlen(fake.log) + 1 < sizeof(fake.log));
	strcat(fake.log, "\n");
}

static int refuse(int error, const char *reason)
{
	fake.error = error;
	snprintf(fake.reason, sizeof(fake.reason), "%s", reason);
	return -1;
}

/* Shall this call fail? */
static bool fails(const char *call, const char *arg)
{
	const struct fake_failure *failure = &fake.failure;

	if (!failure->call || strcmp(call, failure->call) != 0 ||
		(failure->arg && strcmp(arg, failure->arg) != 0) || ++fake.n_failed < failure->nth)
		return false;
	refuse(failure->error, "it was told to fail\nwith two lines");
	return true;
}

const char *guestfs_last_error(guestfs_h *g)
{
	(void)g;
	return fake.reason[0] ? fake.reason : NULL;
}

int guestfs_last_errno(guestfs_h *g)
{
	(void)g;
	return fake.error;
}

/* --- devices --- */

/* Words, split at blanks and "=", as the lists of libguestfs. */
static char **words(const char *text, const char *separators)
{
	char *copy = strdup(text), *save = NULL, **list = calloc(64, sizeof(*list));
	size_t n = 0;

	for (char *word = strtok_r(copy, separators, &save); word && n < 63;
		word = strtok_r(NULL, separators, &save))
		list[n++] = strdup(word);
	free(copy);
	return list;
}

static char **devices_of(enum fake_kind kind, const char *call)
{
	char **list = calloc(512, sizeof(*list));
	size_t n = 0;

	note("%s", call);
	if (fails(call, "")) {
		free(list);
		return NULL;
	}
	for (const struct fake_device *device = fake.devices; device->name; device++)
		if (device->kind == kind)
			list[n++] = strdup(device->name);
	return list;
}

char **guestfs_list_partitions(guestfs_h *g)
{
	(void)g;
	return devices_of(FAKE_PART, "list_partitions");
}

char **guestfs_list_devices(guestfs_h *g)
{
	(void)g;
	return devices_of(FAKE_DISK, "list_devices");
}

char **guestfs_list_md_devices(guestfs_h *g)
{
	(void)g;
	return devices_of(FAKE_RAID, "list_md_devices");
}

char **guestfs_lvs(guestfs_h *g)
{
	(void)g;
	return devices_of(FAKE_LV, "lvs");
}

int guestfs_lvm_scan(guestfs_h *g, int activate)
{
	(void)g;
	note("lvm_scan %d", activate);
	return 0;
}

static const struct fake_device *find(const char *name)
{
	for (size_t i = 0; i < fake.n_opened; i++)
		if (strcmp(name, fake.opened_as[i]) == 0)
			return fake.opened[i];
	for (const struct fake_device *device = fake.devices; device->name; device++)
		if (device->kind != FAKE_INSIDE && strcmp(device->name, name) == 0)
			return device;
	return NULL;
}

char **guestfs_blkid(guestfs_h *g, const char *name)
{
	const struct fake_device *device = find(name);

	(void)g;
	if (fails("blkid", name))
		return NULL;
	if (!device || !device->facts) {
		refuse(0, "blkid says no");
		return NULL;
	}
	return words(device->facts, " =");
}

char *guestfs_pread_device(guestfs_h *g, const char *name, int count, int64_t offset, size_t *size)
{
	const struct fake_device *device = find(name);
	uint64_t end = device && device->size ? device->size : UINT64_MAX;
	char *bytes;

	(void)g;
	if (!device || fails("pread_device", name))
		return NULL;
	*size = (uint64_t)offset >= end                    ? 0
		: end - (uint64_t)offset < (uint64_t)count ? (size_t)(end - (uint64_t)offset)
							   : (size_t)count;
	bytes = calloc(1, *size + 1);
	if (device->head && (!offset || (uint64_t)offset + *size <= VW_PARTITION_TABLE_HEAD))
		memcpy(bytes, device->head + offset, *size);
	return bytes;
}

int guestfs_cryptsetup_open(
	guestfs_h *g, const char *name, const char *key, const char *mapname, ...)
{
	const struct fake_device *device = find(name), *inside = fake.devices;
	va_list ap;
	int option;

	(void)g;
	va_start(ap, mapname);
	option = va_arg(ap, int);
	va_end(ap);
	note("cryptsetup_open %s %s%s", name, key, option == -1 ? "" : " with options");
	if (!device || !device->key || strcmp(device->key, key) != 0)
		return refuse(0, "No key available with this passphrase.");
	while (inside->name && (inside->kind != FAKE_INSIDE || strcmp(inside->name, name) != 0))
		inside++;
	assert_non_null(inside->name);
	fake.opened[fake.n_opened] = inside;
	snprintf(fake.opened_as[fake.n_opened++], sizeof(fake.opened_as[0]), "/dev/mapper/%s",
		mapname);
	return 0;
}

int guestfs_ntfs_3g_probe(guestfs_h *g, int rw, const char *name)
{
	(void)g;
	assert_int_equal(rw, 1);
	return find(name)->probe;
}

/* --- mounts --- */

/* "/" or "/a" of what lies below it */
static int mount(const char *name, const char *subvol, const char *dir)
{
	const struct fake_device *device = find(name);
	struct fake_mount *mount = &fake.mounts[fake.n_mounts];
	char root[256];

	if (fails("mount", name))
		return -1;
	if (!device || !device->tree)
		return refuse(0, "wrong fs type, bad option, bad superblock");
	subvol = subvol ? subvol : device->subvol;
	snprintf(root, sizeof(root), "%s%s%s%s", fake.tree.root, device->tree, subvol ? "/" : "",
		subvol ? subvol : "");
	assert_true(fake.n_mounts < FAKE_MOUNTS);
	assert_int_equal(fake.n_mounts == 0, strcmp(dir, "/") == 0);
	if (vw_host_open(&mount->files, root, NULL) < 0)
		return refuse(ENOENT, "no such subvolume");
	snprintf(mount->dir, sizeof(mount->dir), "%s", dir);
	fake.n_mounts++;
	return 0;
}

int guestfs_mount_ro(guestfs_h *g, const char *name, const char *dir)
{
	(void)g;
	note("mount_ro %s %s", name, dir);
	return mount(name, NULL, dir);
}

int guestfs_mount_options(guestfs_h *g, const char *options, const char *name, const char *dir)
{
	const char *subvol = strstr(options, "subvol=");

	(void)g;
	note("mount_options %s %s %s", options, name, dir);
	assert_int_equal(strncmp(options, "ro,", 3), 0);
	return mount(name, subvol ? subvol + strlen("subvol=") : NULL, dir);
}

int guestfs_umount_all(guestfs_h *g)
{
	(void)g;
	if (fails("umount_all", ""))
		return -1;
	while (fake.n_mounts)
		vw_host_close(&fake.mounts[--fake.n_mounts].files);
	return 0;
}

/* --- inspection --- */

char **guestfs_inspect_os(guestfs_h *g)
{
	char **list = calloc(8, sizeof(*list));
	size_t n = 0;

	(void)g;
	note("inspect_os");
	if (fails("inspect_os", "")) {
		free(list);
		return NULL;
	}
	for (const struct fake_root *root = fake.roots; root && root->type; root++)
		list[n++] = strndup(
			strchr(root->mounts, '=') + 1, strcspn(strchr(root->mounts, '=') + 1, " "));
	return list;
}

static const struct fake_root *find_root(const char *name)
{
	for (const struct fake_root *root = fake.roots; root && root->type; root++)
		if (strncmp(strchr(root->mounts, '=') + 1, name, strlen(name)) == 0)
			return root;
	return NULL;
}

char **guestfs_inspect_get_mountpoints(guestfs_h *g, const char *root)
{
	(void)g;
	return words(find_root(root)->mounts, " =");
}

char *guestfs_inspect_get_type(guestfs_h *g, const char *root)
{
	(void)g;
	return strdup(find_root(root)->type);
}

/* --- files --- */

/* The file system that a path is on, and the rest of the path. */
static const struct vw_host *files_of(const char **path)
{
	const struct fake_mount *best = NULL;

	for (size_t i = 0; i < fake.n_mounts; i++) {
		const struct fake_mount *mount = &fake.mounts[i];
		size_t len = strcmp(mount->dir, "/") == 0 ? 0 : strlen(mount->dir);

		if (strncmp(*path, mount->dir, len) == 0 &&
			((*path)[len] == '/' || !(*path)[len]) &&
			(!best || strlen(mount->dir) > strlen(best->dir)))
			best = mount;
	}
	assert_non_null(best);
	if (strcmp(best->dir, "/") != 0)
		*path += strlen(best->dir);
	if (!**path)
		*path = "/";
	return &best->files;
}

static struct guestfs_statns *status(const struct stat *st)
{
	struct guestfs_statns *ns = calloc(1, sizeof(*ns));

	ns->st_mode = st->st_mode;
	ns->st_size = st->st_size;
	ns->st_ino = (int64_t)st->st_ino;
	ns->st_dev = (int64_t)st->st_dev;
	return ns;
}

struct guestfs_statns *guestfs_statns(guestfs_h *g, const char *path)
{
	const struct vw_host *files = files_of(&path);
	struct stat st;
	int rc;

	(void)g;
	if (fails("statns", path))
		return NULL;
	rc = vw_host_statf(files, &st, "%s", path);
	if (rc < 0)
		refuse(-rc, strerror(-rc));
	return rc < 0 ? NULL : status(&st);
}

struct guestfs_statns *guestfs_lstatns(guestfs_h *g, const char *path)
{
	const struct vw_host *files = files_of(&path);
	struct stat st;

	(void)g;
	if (fails("lstatns", path))
		return NULL;
	if (fstatat(files->root_fd, path + 1, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		refuse(errno, strerror(errno));
		return NULL;
	}
	return status(&st);
}

void guestfs_free_statns(struct guestfs_statns *st)
{
	free(st);
}

char **guestfs_readlinklist(guestfs_h *g, const char *dir, char *const *names)
{
	const struct vw_host *files = files_of(&dir);
	char path[256], target[256] = "", **list = calloc(2, sizeof(*list));

	(void)g;
	snprintf(path, sizeof(path), "%s/%s", strcmp(dir, "/") ? dir + 1 : ".", names[0]);
	assert_true(readlinkat(files->root_fd, path, target, sizeof(target) - 1) > 0);
	list[0] = strdup(target);
	return list;
}

char *guestfs_pread(guestfs_h *g, const char *path, int count, int64_t offset, size_t *size)
{
	const struct vw_host *files = files_of(&path);
	char *bytes;
	ssize_t n;

	(void)g;
	note("pread %d", count);
	if (fails("pread", path))
		return NULL;
	bytes = malloc((size_t)count + 1);
	n = vw_host_piecef(files, (uint64_t)offset, bytes, (size_t)count, "%s", path);
	if (n < 0) {
		free(bytes);
		refuse((int)-n, strerror((int)-n));
		return NULL;
	}
	*size = (size_t)n;
	return bytes;
}

struct guestfs_dirent_list *guestfs_readdir(guestfs_h *g, const char *path)
{
	const struct vw_host *files = files_of(&path);
	struct guestfs_dirent_list *list;
	struct vw_names names = { 0 };
	int rc;

	(void)g;
	if (fails("readdir", path))
		return NULL;
	rc = vw_host_listf(files, &names, "%s", path);
	if (rc < 0) {
		refuse(-rc, strerror(-rc));
		return NULL;
	}
	list = calloc(1, sizeof(*list));
	list->val = calloc(names.n + fake.n_entries + 2, sizeof(*list->val));
	list->val[list->len++].name = strdup(".");
	list->val[list->len++].name = strdup("..");
	for (size_t i = 0; i < names.n + fake.n_entries; i++)
		list->val[list->len++].name = strdup(i < names.n ? names.v[i] : "more");
	vw_names_free(&names);
	return list;
}

void guestfs_free_dirent_list(struct guestfs_dirent_list *list)
{
	for (uint32_t i = 0; i < list->len; i++)
		free(list->val[i].name);
	free(list->val);
	free(list);
}
