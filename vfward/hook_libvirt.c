/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hook_libvirt: which libvirt is installed, and which of its daemons runs, without asking any of them. */
#include "cleanup.h"
#include "hook_site.h"
#include "text.h"

#include <stdint.h>
#include <string.h>

#define LIBRARY "libvirt.so.0."

int vw_libvirt_version_parse(const char *name, struct vw_libvirt_version *version)
{
	uint64_t both, micro;
	const char *dot;
	char text[16];

	if (strncmp(name, LIBRARY, strlen(LIBRARY)) != 0)
		return -EINVAL;
	name += strlen(LIBRARY);
	dot = strchr(name, '.');
	if (!dot || (size_t)(dot - name) >= sizeof(text))
		return -EINVAL;
	memcpy(text, name, (size_t)(dot - name));
	text[dot - name] = '\0';
	if (vw_text_u64(text, 10, 999999, &both) || vw_text_u64(dot + 1, 10, 999, &micro))
		return -EINVAL;
	version->major = (unsigned int)both / 1000;
	version->minor = (unsigned int)both % 1000;
	version->micro = (unsigned int)micro;
	return 0;
}

bool vw_libvirt_has_dropins(const struct vw_libvirt_version *version)
{
	return version->major > 6 || (version->major == 6 && version->minor >= 5);
}

static bool is_newer(const struct vw_libvirt_version *a, const struct vw_libvirt_version *b)
{
	if (a->major != b->major)
		return a->major > b->major;
	if (a->minor != b->minor)
		return a->minor > b->minor;
	return a->micro > b->micro;
}

/* The newest one in a directory, if it is newer than *version. */
static bool look_in(const struct vw_host *host, const char *dir, struct vw_libvirt_version *version)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	struct vw_libvirt_version here;
	bool found = false;

	if (vw_host_listf(host, &names, "%s", dir))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		if (vw_libvirt_version_parse(names.v[i], &here) || !is_newer(&here, version))
			continue;
		*version = here;
		found = true;
	}
	return found;
}

int vw_libvirt_find(const struct vw_host *host, struct vw_libvirt_version *version)
{
	static const char *const dirs[] = { "/usr/lib64", "/usr/lib", "/lib64", "/lib" };
	vw_auto(vw_names_free) struct vw_names triplets = { 0 };
	bool found = false;
	char dir[300];

	memset(version, 0, sizeof(*version));
	for (size_t i = 0; i < VW_ARRAY_SIZE(dirs); i++)
		found |= look_in(host, dirs[i], version);
	/* Debian and Ubuntu: /usr/lib/x86_64-linux-gnu and the like */
	vw_host_listf(host, &triplets, "/usr/lib");
	for (size_t i = 0; i < triplets.n; i++) {
		if (!strstr(triplets.v[i], "-linux-"))
			continue;
		snprintf(dir, sizeof(dir), "/usr/lib/%s", triplets.v[i]);
		found |= look_in(host, dir, version);
	}
	return found ? 0 : -ENOENT;
}

const char *vw_libvirt_daemon(const struct vw_host *host, const struct vw_hook_place *place)
{
	vw_auto(vw_names_free) struct vw_names pids = { 0 };
	char comm[64];

	vw_host_listf(host, &pids, "/proc");
	for (size_t i = 0; i < pids.n; i++) {
		if (pids.v[i][strspn(pids.v[i], "0123456789")] != '\0' ||
			vw_host_readf(host, comm, sizeof(comm), "/proc/%s/comm", pids.v[i]) < 0)
			continue;
		if (strcmp(comm, "libvirtd") == 0)
			return "libvirtd";
		if (strcmp(comm, place->daemon) == 0)
			return place->daemon;
	}
	return NULL;
}
