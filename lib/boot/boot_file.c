/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot_file: reading the files of boot loaders. */
#include "boot_file.h"

#include "cleanup.h"

#include <errno.h>
#include <string.h>

int vw_boot_read_max(const struct vw_host *host, const char *path, size_t max,
	struct vw_bytes *text, struct vw_error *err)
{
	vw_auto_free char *data = NULL;
	size_t len;
	int rc = vw_host_slurpf(host, max, &data, &len, "%s", path);

	*text = (struct vw_bytes){ 0 };
	if (rc == -ENOENT || rc == -ENOTDIR)
		return 0;
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot read %s", path);
	vw_bytes_add(text, data, len);
	return text->lost ? vw_error_set(err, ENOMEM, "out of memory") : 1;
}

int vw_boot_read(
	const struct vw_host *host, const char *path, struct vw_bytes *text, struct vw_error *err)
{
	return vw_boot_read_max(host, path, VW_BOOT_FILE_MAX, text, err);
}

static int try(
	const struct vw_host *host, char *path, size_t size, const char *mount, const char *name)
{
	struct stat st;
	int rc = snprintf(path, size, "%s%s", mount, name);

	if (rc < 0 || (size_t)rc >= size)
		return 0;
	rc = vw_host_statf(host, &st, "%s", path);
	if (rc < 0)
		return vw_error_absent(rc) ? 0 : rc;
	return S_ISREG(st.st_mode);
}

int vw_boot_find(
	const struct vw_host *host, const char *mount, const char *name, char *path, size_t size)
{
	const char *inner;
	int rc;

	/* A device, "(hd0,1)" or "($root)", stands in front. */
	if (*name == '(')
		name += strcspn(name, ")") + (strchr(name, ')') != NULL);
	if (*name != '/')
		return 0;
	rc = *mount ? try(host, path, size, mount, name) : 0;
	if (rc == 0)
		rc = try(host, path, size, "", name);
	if (rc == 0 && strcmp(mount, "/boot") != 0)
		rc = try(host, path, size, "/boot", name);
	inner = strstr(name + 1, "/boot/");
	return rc == 0 && inner ? try(host, path, size, "", inner) : rc;
}
