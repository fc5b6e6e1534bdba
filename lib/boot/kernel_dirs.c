/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel_dirs: finding the directories of installed kernels' modules. */
#include "kernel_dirs.h"

#include "cleanup.h"
#include "version.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

/* More kernels than anybody keeps. */
#define DIRS_MAX 256

/* The last one is NixOS's, which has nothing in the others. */
static const char *const roots[] = { "/lib/modules", "/usr/lib/modules",
	"/nix/var/nix/profiles/system/kernel-modules/lib/modules" };

struct seen {
	dev_t dev;
	ino_t ino;
};

static void free_dir(struct vw_kernel_dir *dir)
{
	free(dir->release);
	free(dir->dir);
}

void vw_kernel_dirs_free(struct vw_kernel_dirs *dirs)
{
	for (size_t i = 0; i < dirs->n; i++)
		free_dir(&dirs->v[i]);
	free(dirs->v);
	*dirs = (struct vw_kernel_dirs){ 0 };
}

static int add_dir(struct vw_kernel_dirs *dirs, const char *root, const char *release)
{
	struct vw_kernel_dir dir = { .release = strdup(release) };

	if (asprintf(&dir.dir, "%s/%s", root, release) < 0)
		dir.dir = NULL;
	if (!dir.release || !dir.dir) {
		free_dir(&dir);
		return -ENOMEM;
	}
	dirs->v[dirs->n++] = dir;
	return 0;
}

/* Are a kernel's modules in it? `make modules_install` makes kernel/ and modules.builtin; OpenWrt has its modules right there. 1, 0, -errno. */
static int has_modules(const struct vw_host *host, const char *root, const char *release)
{
	static const char *const signs[] = { "kernel", "modules.builtin" };
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	int rc = 0;

	for (size_t i = 0; i < VW_ARRAY_SIZE(signs) && rc == 0; i++)
		rc = vw_host_lookf(host, "%s/%s/%s", root, release, signs[i]);
	if (rc != 0)
		return rc;
	rc = vw_host_listf(host, &names, "%s/%s", root, release);
	if (rc < 0)
		return vw_error_absent(rc) ? 0 : rc;
	for (size_t i = 0; i < names.n; i++)
		if (!fnmatch("*.ko", names.v[i], 0) || !fnmatch("*.ko.?z*", names.v[i], 0))
			return 1;
	return 0;
}

/* One directory of the root: added if it is a kernel's and not there yet. A source of files that has no inode numbers leaves them 0. */
static int look(const struct vw_host *host, const char *root, const char *release,
	struct vw_kernel_dirs *dirs, struct seen *seen)
{
	struct stat st;
	int rc = vw_host_statf(host, &st, "%s/%s", root, release);

	if (rc < 0 || !S_ISDIR(st.st_mode))
		return rc == 0 || vw_error_absent(rc) ? 0 : rc;
	for (size_t i = 0; i < dirs->n; i++)
		if (!strcmp(dirs->v[i].release, release) ||
			(st.st_ino && seen[i].dev == st.st_dev && seen[i].ino == st.st_ino))
			return 0;
	rc = has_modules(host, root, release);
	if (rc <= 0)
		return rc;
	if (dirs->n == DIRS_MAX)
		return -E2BIG;
	seen[dirs->n] = (struct seen){ st.st_dev, st.st_ino };
	return add_dir(dirs, root, release);
}

static int compare(const void *a, const void *b)
{
	return vw_version_compare(((const struct vw_kernel_dir *)a)->release,
		((const struct vw_kernel_dir *)b)->release);
}

int vw_kernel_dirs_list(
	const struct vw_host *host, struct vw_kernel_dirs *dirs, struct vw_error *err)
{
	struct seen seen[DIRS_MAX];

	*dirs = (struct vw_kernel_dirs){ .v = calloc(DIRS_MAX, sizeof(*dirs->v)) };
	if (!dirs->v)
		return vw_error_set(err, ENOMEM, "out of memory");
	for (size_t r = 0; r < VW_ARRAY_SIZE(roots); r++) {
		vw_auto(vw_names_free) struct vw_names names = { 0 };
		int rc = vw_host_listf(host, &names, "%s", roots[r]);

		if (vw_error_absent(rc))
			rc = 0;
		for (size_t i = 0; rc == 0 && i < names.n; i++)
			rc = look(host, roots[r], names.v[i], dirs, seen);
		if (rc < 0) {
			vw_kernel_dirs_free(dirs);
			return vw_error_errno(
				err, -rc, "cannot look at the kernels in %s", roots[r]);
		}
	}
	if (dirs->n > 1)
		qsort(dirs->v, dirs->n, sizeof(*dirs->v), compare);
	return 0;
}
