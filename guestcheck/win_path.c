/* SPDX-License-Identifier: GPL-2.0-or-later */
/* win_path: paths of a Windows volume, where names compare without case; the reader of the volume (ntfs-3g) compares them with case. */
#include "win.h"

#include "cleanup.h"

#include <limits.h>
#include <string.h>

/* Windows itself ends at 255 UTF-16 units; a name from the registry may be anything. */
static bool name_good(const char *name, size_t len)
{
	return len > 0 && len <= 3 * 255 && strcspn(name, "/\\:*?\"<>|") >= len &&
	       !(len == 1 && name[0] == '.') && !(len == 2 && name[0] == '.' && name[1] == '.');
}

/* The entry of a directory that is called so, in any case. It is taken from the directory, not from what it leads to: ntfs-3g shows files that it
 * cannot read (compressed ones of CompactOS) as symlinks to nowhere, and they are there all the same. */
static int find_listed(
	const struct vw_host *files, const char *dir, const char *name, size_t len, char **path)
{
	struct vw_names names = { 0 };
	const char *found = NULL;
	int rc = vw_host_listf(files, &names, "%s/", dir);

	/* The directory itself is there: what cannot be listed is unknown. */
	if (rc < 0)
		return rc == -ENOTDIR ? -ENOENT : vw_error_absent(rc) ? -EIO : rc;
	for (size_t i = 0; i < names.n; i++)
		if (strlen(names.v[i]) == len && strncasecmp(names.v[i], name, len) == 0 &&
			(!found || strncmp(names.v[i], name, len) == 0))
			found = names.v[i];
	if (!found)
		rc = -ENOENT;
	else if (asprintf(path, "%s/%s", dir, found) < 0) {
		*path = NULL;
		rc = -ENOMEM;
	}
	vw_names_free(&names);
	return rc;
}

static int find_one(
	const struct vw_host *files, const char *dir, const char *name, size_t len, char **path)
{
	vw_auto_free char *exact = NULL;
	int rc;

	if (strlen(dir) + 1 + len >= PATH_MAX)
		return -EINVAL;
	if (asprintf(&exact, "%s/%.*s", dir, (int)len, name) < 0) {
		exact = NULL;
		return -ENOMEM;
	}
	rc = vw_host_lookf(files, "%s", exact);
	if (rc < 0 && rc != -EOPNOTSUPP && !vw_error_absent(rc))
		return rc;
	if (rc <= 0)
		return find_listed(files, dir, name, len, path);
	*path = exact;
	exact = NULL;
	return 0;
}

int vw_win_find(const struct vw_host *files, const char *base, const char *rest, char **path)
{
	vw_auto_free char *dir = strdup(base);

	*path = NULL;
	if (!dir)
		return -ENOMEM;
	while (*rest) {
		size_t len = strcspn(rest, "/\\");
		char *next = NULL;
		int rc = name_good(rest, len) ? find_one(files, dir, rest, len, &next) : -EINVAL;

		if (rc < 0)
			return rc;
		free(dir);
		dir = next;
		rest += len;
		rest += *rest != '\0';
	}
	*path = dir;
	dir = NULL;
	return 0;
}

/* A root has a configuration, and a binary: what is left of an installation that was moved or deleted often has only one of them. */
static int root_good(const struct vw_host *files, const char *root)
{
	static const char *const binaries[] = { "System32/cmd.exe", "System32/ntoskrnl.exe" };
	vw_auto_free char *config = NULL;
	int rc = vw_win_find(files, root, "System32/config", &config);

	for (size_t i = 0; rc == 0 && i < VW_ARRAY_SIZE(binaries); i++) {
		vw_auto_free char *binary = NULL;

		rc = vw_win_find(files, root, binaries[i], &binary);
		if (rc == 0)
			return 1;
		if (vw_error_absent(rc))
			rc = 0;
	}
	return vw_error_absent(rc) ? 0 : rc;
}

int vw_win_find_root(const struct vw_host *files, char **root)
{
	static const char *const names[] = { "Windows", "WINNT" };

	*root = NULL;
	for (size_t i = 0; i < VW_ARRAY_SIZE(names); i++) {
		vw_auto_free char *path = NULL;
		int rc = vw_win_find(files, "", names[i], &path);

		if (rc == 0)
			rc = root_good(files, path);
		if (rc > 0) {
			*root = path;
			path = NULL;
			return 0;
		}
		if (rc < 0 && !vw_error_absent(rc))
			return rc;
	}
	return -ENOENT;
}

int vw_win_binary(const struct vw_host *files, const char *path, struct vw_pe *pe)
{
	vw_auto_free char *data = NULL;
	struct vw_error err;
	size_t len;
	int rc = vw_host_slurpf(files, VW_PE_MAX, &data, &len, "%s", path);

	return rc < 0 ? rc : vw_pe_parse(data, len, pe, &err);
}
