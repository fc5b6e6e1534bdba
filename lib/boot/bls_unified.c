/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bls_unified: unified kernel images as boot loader entries (UAPI.1, "Type #2"). */
#include "bls_entries.h"
#include "kernel_image.h"

#include "cleanup.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/* More than an ESP has room for. */
#define IMAGES_MAX 64

static int add_image(const struct vw_host *host, const char *dir, const char *name,
	struct vw_bls_entries *entries, struct vw_error *err)
{
	struct vw_bls_entry *v = reallocarray(entries->v, entries->n + 1, sizeof(*v)), *entry;
	char release[VW_RELEASE_MAX];
	int rc;

	if (!v)
		return vw_error_set(err, ENOMEM, "out of memory");
	entries->v = v;
	entry = &v[entries->n++];
	*entry = (struct vw_bls_entry){ .id = strdup(name) };
	if (asprintf(&entry->path, "%s/%s", dir, name) < 0)
		entry->path = NULL;
	entry->kernel = entry->path ? strdup(entry->path) : NULL;
	if (!entry->id || !entry->kernel) {
		vw_bls_entries_free(entries);
		return vw_error_set(err, ENOMEM, "out of memory");
	}
	rc = vw_kernel_image_release(host, entry->path, release, sizeof(release));
	if (rc == 1)
		entry->version = strdup(release);
	if (rc >= 0)
		rc = vw_kernel_image_cmdline(host, entry->path, &entry->options);
	return rc < 0 ? vw_error_errno(err, -rc, "cannot read %s", entry->path) : 0;
}

int vw_bls_unified_read(const struct vw_host *host, const char *dir, struct vw_bls_entries *entries,
	struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	int rc = vw_host_listf(host, &names, "%s", dir);
	size_t count = 0;

	if (vw_error_absent(rc))
		return 0;
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot read %s", dir);
	for (size_t i = 0; i < names.n && rc == 0; i++) {
		if (fnmatch("*.efi", names.v[i], FNM_CASEFOLD) != 0)
			continue;
		if (count++ == IMAGES_MAX)
			return vw_error_set(
				err, E2BIG, "%s has more than %d images", dir, IMAGES_MAX);
		rc = add_image(host, dir, names.v[i], entries, err);
	}
	return rc;
}
