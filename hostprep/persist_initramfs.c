/* SPDX-License-Identifier: GPL-2.0-or-later */
/* persist_initramfs: images that have to be made anew because they hold a copy of modprobe.d.
 *
 * Debian's always do (MODULES=most takes NIC drivers along), dracut's where hostonly is set. What is inside cannot be told without unpacking
 * each, which takes as long as making it. A udev rule or unit needs no new image: its work is done after the switch to the real root,
 * where udev sees every device again. */
#include "persist.h"

#include <limits.h>
#include <string.h>

#define WHY "the initramfs holds a copy of modprobe.d"

/* The first of these programs that the host has; NULL: none. Ends with NULL. */
static const char *find_program(const struct vw_host *host, const char *const *paths)
{
	for (; *paths; paths++)
		if (vw_host_lookf(host, "%s", *paths) == 1)
			return *paths;
	return NULL;
}

static void with_initramfs_tools(struct vw_persist *p, const char *program)
{
	for (size_t i = 0; i < p->kernels.n; i++) {
		const char *argv[] = { program, "-u", "-k", p->kernels.v[i].release, NULL };
		char image[PATH_MAX];

		vw_initramfs_path(p->host, p->kernels.v[i].release, image, sizeof(image));
		if (image[0])
			vw_plan_run(p->plan, argv, image, WHY);
	}
}

static void with_dracut(struct vw_persist *p, const char *program)
{
	for (size_t i = 0; i < p->kernels.n; i++) {
		const char *release = p->kernels.v[i].release;
		char image[PATH_MAX];
		const char *argv[] = { program, "-f", image, release, NULL };

		vw_initramfs_path(p->host, release, image, sizeof(image));
		if (image[0])
			vw_plan_run(p->plan, argv, image, WHY);
	}
}

static void tell(struct vw_persist *p, const char *remedy, const char *why)
{
	vw_finding_add(
		p->findings, VW_WARN, "initramfs-not-rebuilt", "initramfs", remedy, "%s", why);
}

int vw_persist_initramfs(struct vw_persist *p, struct vw_error *err)
{
	static const char *const update_initramfs[] = { "/usr/sbin/update-initramfs", NULL };
	static const char *const dracut[] = { "/usr/bin/dracut", "/sbin/dracut", "/usr/sbin/dracut",
		NULL };
	static const char *const mkinitcpio[] = { "/usr/bin/mkinitcpio", NULL };
	const char *program;
	bool any = false;

	(void)err;
	for (size_t i = 0; i < p->kernels.n && !any; i++) {
		char image[PATH_MAX];

		vw_initramfs_path(p->host, p->kernels.v[i].release, image, sizeof(image));
		any = image[0];
	}
	if (vw_host_lookf(p->host, "/run/ostree-booted") == 1) {
		tell(p,
			"rpm-ostree initramfs --enable --arg=-I --arg=/etc/modprobe.d/vfward.conf, "
			"if the driver is in it",
			"this system's initramfs comes with its image, and does not hold what "
			"changes in /etc/modprobe.d");
	} else if ((program = find_program(p->host, mkinitcpio))) {
		const char *argv[] = { program, "-P", NULL };

		vw_plan_run(p->plan, argv, NULL, WHY);
	} else if (!any) {
		return 0;
	} else if ((program = find_program(p->host, update_initramfs))) {
		with_initramfs_tools(p, program);
	} else if ((program = find_program(p->host, dracut))) {
		with_dracut(p, program);
	} else {
		tell(p, "make the initramfs anew with this system's own means",
			"modprobe.d changes, and no program that makes the initramfs is known "
			"here");
	}
	return 0;
}
