/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernels: the kernels that a guest has installed, and the image of each.
 *
 * An image belongs to a release because its name says so (vmlinuz-V, and kernel-install's MACHINE-ID/V/linux), because the image itself does
 * (kernel_image.h), because the package that the modules are of has given it its name (Arch's pkgbase), or because it has the name
 * of the one flavour (Alpine's vmlinuz-lts of 6.6.31-0-lts). Rescue images are copies of a kernel, and no kernel of their own. */
#include "kernels.h"

#include "cleanup.h"
#include "kernel_dirs.h"
#include "kernel_image.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

/* Images that are looked into: a guest has a few. */
#define IMAGES_MAX 64

void vw_guest_kernels_free(struct vw_guest_kernels *kernels)
{
	for (size_t i = 0; i < kernels->n; i++) {
		free(kernels->v[i].release);
		free(kernels->v[i].dir);
		free(kernels->v[i].image);
	}
	free(kernels->v);
	*kernels = (struct vw_guest_kernels){ 0 };
}

static bool is_file(const struct vw_host *files, const char *path)
{
	struct stat st;

	return vw_host_statf(files, &st, "%s", path) == 0 && S_ISREG(st.st_mode);
}

/* --- images whose place says the release --- */

static int find_named(const struct vw_host *files, struct vw_guest_kernel *kernel)
{
	static const char *const names[] = { "/boot/vmlinuz-", "/boot/vmlinux-", "/boot/Image-",
		"/boot/image-", "/boot/kernel-", "/boot/bzImage-" };
	static const char *const inside[] = { "vmlinuz", "vmlinux", "Image" };
	char path[512];

	for (size_t i = 0; i < VW_ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s%s", names[i], kernel->release);
		if (is_file(files, path))
			goto found;
	}
	for (size_t i = 0; i < VW_ARRAY_SIZE(inside); i++) {
		snprintf(path, sizeof(path), "%s/%s", kernel->dir, inside[i]);
		if (is_file(files, path))
			goto found;
	}
	return 0;
found:
	kernel->image = strdup(path);
	return kernel->image ? 0 : -ENOMEM;
}

/* kernel-install's layout: MOUNT/ENTRY-TOKEN/RELEASE/linux, for all kernels that have no image yet. */
static int find_installed(
	const struct vw_host *files, const char *mount, struct vw_guest_kernels *kernels)
{
	vw_auto(vw_names_free) struct vw_names tokens = { 0 };
	char path[512];

	if (vw_host_listf(files, &tokens, "%s", mount) < 0)
		return 0;
	for (size_t i = 0; i < kernels->n; i++) {
		struct vw_guest_kernel *kernel = &kernels->v[i];

		for (size_t k = 0; k < tokens.n && k < IMAGES_MAX && !kernel->image; k++) {
			snprintf(path, sizeof(path), "%s/%s/%s/linux", mount, tokens.v[k],
				kernel->release);
			if (is_file(files, path) && !(kernel->image = strdup(path)))
				return -ENOMEM;
		}
	}
	return 0;
}

/* --- images that have to be looked into --- */

static struct vw_guest_kernel *find_release(struct vw_guest_kernels *kernels, const char *release)
{
	for (size_t i = 0; i < kernels->n; i++)
		if (!strcmp(kernels->v[i].release, release))
			return &kernels->v[i];
	return NULL;
}

/* Does the name end with "-" and this? */
static bool ends_with(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);

	return len > end_len && name[len - end_len - 1] == '-' &&
	       !strcmp(name + len - end_len, end);
}

/* Arch: pkgbase in the directory of modules is what follows "vmlinuz-". */
static struct vw_guest_kernel *find_package(
	const struct vw_host *files, struct vw_guest_kernels *kernels, const char *name)
{
	char base[128];

	for (size_t i = 0; i < kernels->n; i++)
		if (vw_host_readf(files, base, sizeof(base), "%s/pkgbase", kernels->v[i].dir) > 0 &&
			!strcmp(base, name))
			return &kernels->v[i];
	return NULL;
}

/* Alpine: the one release that ends in what follows "vmlinuz-". */
static struct vw_guest_kernel *find_flavour(struct vw_guest_kernels *kernels, const char *name)
{
	struct vw_guest_kernel *found = NULL;

	for (size_t i = 0; i < kernels->n; i++) {
		if (!ends_with(kernels->v[i].release, name))
			continue;
		if (found)
			return NULL;
		found = &kernels->v[i];
	}
	return found;
}

/* A unified image's name: "V.efi", or with the machine-id or the system's name in front, and maybe a counter "+3-1" behind. */
static struct vw_guest_kernel *find_unified(struct vw_guest_kernels *kernels, const char *name)
{
	vw_auto_free char *stem = strndup(name, strcspn(name, "+"));
	size_t len = stem ? strlen(stem) : 0;

	if (len > 4 && !strcasecmp(stem + len - 4, ".efi"))
		stem[len - 4] = '\0';
	for (size_t i = kernels->n; stem && i-- > 0;)
		if (!strcmp(stem, kernels->v[i].release) || ends_with(stem, kernels->v[i].release))
			return &kernels->v[i];
	return NULL;
}

/* Gives the image to the kernel that it is of, unless that has one or nobody can tell. */
static int assign(const struct vw_host *files, struct vw_guest_kernels *kernels, const char *dir,
	const char *name)
{
	struct vw_guest_kernel *kernel = NULL;
	char path[512], release[VW_RELEASE_MAX];
	bool unified = !fnmatch("*.efi", name, FNM_CASEFOLD);
	const char *suffix = strchr(name, '-');
	int rc;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (strstr(name, "rescue") || !is_file(files, path))
		return 0;
	rc = vw_kernel_image_release(files, path, release, sizeof(release));
	if (rc == 1)
		kernel = find_release(kernels, release);
	else if (unified)
		kernel = find_unified(kernels, name);
	else if (suffix)
		kernel = find_package(files, kernels, suffix + 1);
	if (!kernel && rc != 1 && !unified && suffix)
		kernel = find_flavour(kernels, suffix + 1);
	if (!kernel || kernel->image)
		return 0;
	kernel->image = strdup(path);
	return kernel->image ? 0 : -ENOMEM;
}

static int assign_all(const struct vw_host *files, struct vw_guest_kernels *kernels,
	const char *dir, const char *const *patterns)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	size_t looked = 0;
	int rc = 0;

	if (vw_host_listf(files, &names, "%s", dir) < 0)
		return 0;
	for (size_t i = 0; i < names.n && rc == 0; i++)
		for (size_t p = 0; patterns[p]; p++)
			if (!fnmatch(patterns[p], names.v[i], FNM_CASEFOLD) &&
				looked++ < IMAGES_MAX)
				rc = assign(files, kernels, dir, names.v[i]);
	return rc;
}

static bool all_have_images(const struct vw_guest_kernels *kernels)
{
	for (size_t i = 0; i < kernels->n; i++)
		if (!kernels->v[i].image)
			return false;
	return true;
}

static int find_images(const struct vw_host *files, struct vw_guest_kernels *kernels)
{
	static const char *const mounts[] = { "/boot", "/efi", "/boot/efi" };
	static const char *const plain[] = { "vmlinuz*", "vmlinux*", "Image*", "bzImage*",
		"kernel-*", NULL };
	static const char *const unified[] = { "*.efi", NULL };
	char dir[64];
	int rc = 0;

	for (size_t i = 0; i < kernels->n && rc == 0; i++)
		rc = find_named(files, &kernels->v[i]);
	for (size_t i = 0; i < VW_ARRAY_SIZE(mounts) && rc == 0 && !all_have_images(kernels); i++)
		rc = find_installed(files, mounts[i], kernels);
	if (rc == 0 && !all_have_images(kernels))
		rc = assign_all(files, kernels, "/boot", plain);
	for (size_t i = 0; i < VW_ARRAY_SIZE(mounts) && rc == 0 && !all_have_images(kernels); i++) {
		snprintf(dir, sizeof(dir), "%s/EFI/Linux", mounts[i]);
		rc = assign_all(files, kernels, dir, unified);
	}
	return rc;
}

int vw_guest_kernels_list(
	const struct vw_host *files, struct vw_guest_kernels *kernels, struct vw_error *err)
{
	vw_auto(vw_kernel_dirs_free) struct vw_kernel_dirs dirs = { 0 };
	int rc = vw_kernel_dirs_list(files, &dirs, err);

	*kernels = (struct vw_guest_kernels){ 0 };
	if (rc < 0)
		return rc;
	kernels->v = calloc(dirs.n + 1, sizeof(*kernels->v));
	if (!kernels->v)
		return vw_error_set(err, ENOMEM, "out of memory");
	for (; kernels->n < dirs.n; kernels->n++) {
		struct vw_kernel_dir *dir = &dirs.v[kernels->n];

		kernels->v[kernels->n] =
			(struct vw_guest_kernel){ .release = dir->release, .dir = dir->dir };
		*dir = (struct vw_kernel_dir){ 0 };
	}
	if (find_images(files, kernels)) {
		vw_guest_kernels_free(kernels);
		return vw_error_set(err, ENOMEM, "out of memory");
	}
	return 0;
}
