/* SPDX-License-Identifier: GPL-2.0-or-later */
/* win_class: Class keys: a network adapter that was installed has one, and keeps it when it is pulled (sysprep removes them all). */
#include "win.h"

#include "cleanup.h"

#include <string.h>

enum { MAX_ADAPTERS = 1024 };

/* "pci\ven_8086&dev_10ed", with or without more behind it. */
static bool matches(const char *id, const struct vw_vf_device *device)
{
	char plain[32];
	size_t len = (size_t)snprintf(
		plain, sizeof(plain), "PCI\\VEN_%04X&DEV_%04X", device->vendor, device->device);

	return strncasecmp(id, plain, len) == 0 && (id[len] == '\0' || id[len] == '&');
}

/* The first of each device stands for all. 0 or -ENOMEM. */
static int read_adapter(struct vw_win *win, const struct vw_win_hive *system, const char *class_key,
	const char *name, int64_t node)
{
	vw_auto_free char *id = NULL;
	int rc = vw_win_text(system, node, "MatchingDeviceId", &id);

	if (rc < 0)
		return rc == -ENOMEM ? rc : 0;
	for (size_t i = 0; i < win->n_devices; i++) {
		struct vw_win_device *device = &win->devices[i];

		if (device->class_key || !matches(id, device->device))
			continue;
		if (asprintf(&device->class_key, "SYSTEM\\%s\\%s", class_key, name) < 0) {
			device->class_key = NULL;
			return -ENOMEM;
		}
		if (vw_win_text(system, node, "InfPath", &device->class_inf) == -ENOMEM ||
			vw_win_text(system, node, "DriverVersion", &device->class_version) ==
				-ENOMEM)
			return -ENOMEM;
	}
	return 0;
}

int vw_win_class(struct vw_win *win, const struct vw_win_hive *system)
{
	vw_auto_free int64_t *nodes = NULL;
	struct vw_names names = { 0 };
	char path[128];
	int64_t key;
	int rc;

	snprintf(path, sizeof(path), "%s\\Control\\Class\\" VW_WIN_NET_CLASS, win->control_set);
	rc = vw_win_key(system, system->root, path, &key);
	if (rc == 0)
		rc = system->source->children(system->data, key, MAX_ADAPTERS, &names, &nodes);
	for (size_t i = 0; rc == 0 && i < names.n; i++)
		rc = read_adapter(win, system, path, names.v[i], nodes[i]);
	vw_names_free(&names);
	/* Nothing rests on such a key alone: one that cannot be read only leaves a hint out. */
	return rc == -ENOMEM ? rc : 0;
}
