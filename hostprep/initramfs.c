/* SPDX-License-Identifier: GPL-2.0-or-later */
/* initramfs: where a kernel's image is, and whether it may be older than what belongs into it. */
#include "modules.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

void vw_initramfs_path(const struct vw_host *host, const char *release, char *buf, size_t size)
{
	static const struct {
		const char *before, *after;
	} named[] = {
		{ "/boot/initrd.img-", "" },    /* Debian */
		{ "/boot/initramfs-", ".img" }, /* Fedora and RHEL */
		{ "/boot/initrd-", "" },        /* SUSE */
	};
	static const char *const kernel_install[] = { "/boot", "/efi", "/boot/efi" };
	char machine[64];

	for (size_t i = 0; i < VW_ARRAY_SIZE(named); i++) {
		snprintf(buf, size, "%s%s%s", named[i].before, release, named[i].after);
		if (vw_host_lookf(host, "%s", buf) == 1)
			return;
	}
	if (vw_host_readf(host, machine, sizeof(machine), "/etc/machine-id") > 0) {
		for (size_t i = 0; i < VW_ARRAY_SIZE(kernel_install); i++) {
			snprintf(buf, size, "%s/%s/%s/initrd", kernel_install[i], machine, release);
			if (vw_host_lookf(host, "%s", buf) == 1)
				return;
		}
	}
	buf[0] = '\0';
}

static int modified(const struct vw_host *host, const char *path, struct timespec *when)
{
	vw_auto_close int fd = vw_host_openf(host, O_PATH, "%s", path);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	*when = st.st_mtim;
	return 0;
}

static bool is_newer(const struct vw_host *host, const char *path, const struct timespec *than)
{
	struct timespec when;

	if (modified(host, path, &when) < 0)
		return false;
	return when.tv_sec != than->tv_sec ? when.tv_sec > than->tv_sec
					   : when.tv_nsec > than->tv_nsec;
}

int vw_initramfs_stale(
	const struct vw_host *host, const struct vw_kernel *kernel, char *newer, size_t size)
{
	/* What a kernel brings, and where others' modules come. Not modules.dep: depmod writes it anew whenever it likes, kernel-install does after
	 * the image was made. */
	static const char *const modules[] = { "modules.order", "updates", "updates/dkms", "extra",
		"weak-updates" };
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	char image[PATH_MAX];
	struct timespec made;
	int rc;

	vw_initramfs_path(host, kernel->release, image, sizeof(image));
	if (!image[0])
		return 0;
	rc = modified(host, image, &made);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < VW_ARRAY_SIZE(modules); i++) {
		snprintf(newer, size, "%s/%s", kernel->dir, modules[i]);
		if (is_newer(host, newer, &made))
			return 1;
	}
	/* The directory tells of files that were taken away. */
	snprintf(newer, size, "/etc/modprobe.d");
	if (is_newer(host, newer, &made))
		return 1;
	rc = vw_host_listf(host, &names, "/etc/modprobe.d");
	for (size_t i = 0; rc == 0 && i < names.n; i++) {
		snprintf(newer, size, "/etc/modprobe.d/%s", names.v[i]);
		if (is_newer(host, newer, &made))
			return 1;
	}
	return vw_error_absent(rc) ? 0 : rc;
}
