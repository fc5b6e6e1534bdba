/* SPDX-License-Identifier: GPL-2.0-or-later */
/* win_services: the service of a driver, as the installation of a device made it. */
#include "win.h"

#include "cleanup.h"

#include <string.h>

void vw_win_service_free(struct vw_win_service *service)
{
	free(service->image);
	*service = (struct vw_win_service){ 0 };
}

int vw_win_service_read(const struct vw_win *win, const struct vw_win_hive *system,
	const char *name, struct vw_win_service *service)
{
	char path[64];
	int64_t services, key;
	uint32_t flag = 0;
	bool any;
	int rc;

	*service = (struct vw_win_service){ 0 };
	snprintf(path, sizeof(path), "%s\\Services", win->control_set);
	rc = vw_win_key(system, system->root, path, &services);
	if (rc == 0)
		rc = system->source->child(system->data, services, name, &key);
	if (rc < 0)
		return rc;
	rc = vw_win_dword(system, key, "Start", &service->start);
	service->start_known = rc == 0;
	any = rc != -ENOENT;
	if (rc == 0 || rc == -ENOENT || rc == -EBADMSG)
		rc = vw_win_dword(system, key, "DeleteFlag", &flag);
	service->deleted = rc == 0 && flag != 0;
	if (rc == 0 || rc == -ENOENT || rc == -EBADMSG)
		rc = vw_win_text(system, key, "ImagePath", &service->image);
	if (rc == -ENOENT && !any)
		return rc; /* subkeys that outlived their service */
	return rc == -ENOENT || rc == -EBADMSG ? 0 : rc;
}

static bool eat(const char **text, const char *prefix)
{
	size_t len = strlen(prefix);

	if (strncasecmp(*text, prefix, len) != 0)
		return false;
	*text += len;
	return true;
}

/* The part of an ImagePath below the system root: it may be written as the kernel sees it (\SystemRoot\…, \??\C:\Windows\…), relative to the
 * system root, or with a drive, whose letter tells nothing here. NULL: it leads elsewhere. */
static const char *below_root(const struct vw_win *win, const char *image)
{
	eat(&image, "\"");
	if (eat(&image, "\\SystemRoot\\") || eat(&image, "%SystemRoot%\\") ||
		eat(&image, "%windir%\\"))
		return image;
	eat(&image, "\\??\\");
	if (image[0] && image[1] == ':' && image[2] == '\\') {
		image += 2;
		return eat(&image, "\\") && eat(&image, win->root + 1) && eat(&image, "\\") ? image
											    : NULL;
	}
	return image[0] == '\\' ? NULL : image;
}

int vw_win_service_binary(const struct vw_win *win, const char *name,
	const struct vw_win_service *service, char **path)
{
	vw_auto_free char *own = NULL;
	const char *rest;

	*path = NULL;
	if (service->image && *service->image) {
		rest = below_root(win, service->image);
		own = rest ? strndup(rest, strcspn(rest, "\"")) : NULL;
		if (!rest)
			return -EINVAL;
	} else if (asprintf(&own, "System32/drivers/%s.sys", name) < 0) {
		own = NULL;
	}
	return own ? vw_win_find(&win->guest->files, win->root, own, path) : -ENOMEM;
}
