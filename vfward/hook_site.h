/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hook_site: where libvirt looks for hooks, what stands there, and what vfward puts there. */
#ifndef VW_HOOK_SITE_H
#define VW_HOOK_SITE_H

#include "finding.h"
#include "host.h"

#define VW_HOOKS_DIR    "/etc/libvirt/hooks"
#define VW_HOOK_PROGRAM "vfward-hook"

/* One of libvirt's drivers that calls hooks. */
struct vw_hook_place {
	const char *main;   /* the one file that every libvirt calls */
	const char *dropin; /* ours in the directory that is read since 6.5.0 (libvirt NEWS) */
	const char *daemon; /* the driver's own daemon, where libvirtd is split */
};
enum { VW_HOOK_QEMU, VW_HOOK_NETWORK, VW_HOOK_PLACES };
extern const struct vw_hook_place vw_hook_places[VW_HOOK_PLACES];

struct vw_libvirt_version {
	unsigned int major, minor, micro;
};

/* The installed libvirt, by the name of its library file: libvirt.so.0.<1000 * major + minor>.<micro> (libvirt's meson.build,
 * since 1.0). That asks no daemon, and works for an image, too. 0 or -ENOENT. */
int vw_libvirt_find(const struct vw_host *host, struct vw_libvirt_version *version);

/* Pure: reads such a file name. 0 or -EINVAL. */
int vw_libvirt_version_parse(const char *name, struct vw_libvirt_version *version);

/* Are hooks/qemu.d and hooks/network.d read? Since 6.5.0. */
bool vw_libvirt_has_dropins(const struct vw_libvirt_version *version);

/* The running libvirt daemon that calls the hooks of this place: "libvirtd" or the split one; NULL = none runs. */
const char *vw_libvirt_daemon(const struct vw_host *host, const struct vw_hook_place *place);

enum vw_hook_entry {
	VW_HOOK_NONE,
	VW_HOOK_OURS,   /* a symlink to a file called vfward-hook */
	VW_HOOK_FOREIGN /* anything else, and so none of our business */
};
enum vw_hook_entry vw_hook_entry_at(const struct vw_host *host, const char *path);

/* Would libvirt find a hook of this driver at all? It remembers a "no" until it is reloaded (virhook.c:virHookCheck). */
bool vw_hook_any(const struct vw_host *host, const struct vw_hook_place *place);

/* The installed vfward-hook that libvirt may run, "/usr/sbin/…" or "/usr/bin/…": AppArmor's profile of the daemons allows
 * a hook only from there (and judges a symlink by its target). NULL with a FAIL finding. */
const char *vw_hook_target(const struct vw_host *host, struct vw_findings *findings);

/* Makes path a symlink to target, where nothing or a link of ours stands. 1 = done, 0 = it was so already, -errno with a message. */
int vw_hook_link(
	const struct vw_host *host, const char *path, const char *target, struct vw_error *err);

/* Removes our own link. 1 = removed, 0 = there was none of ours, -errno with a message. */
int vw_hook_unlink(const struct vw_host *host, const char *path, struct vw_error *err);

/* SELinux: labels the links (NULL = none) and the target as the policy says, and warns where an enforcing policy may forbid the hook. */
void vw_hook_selinux(const struct vw_host *host, const char *const links[VW_HOOK_PLACES],
	const char *target, struct vw_findings *findings);

#endif
