/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux_remedy: which package has the drivers that a kernel lacks. */
#include "linux_priv.h"

#include "cleanup.h"
#include "glob.h"

#include <string.h>

/* In text, %V is the kernel's release, %F what follows its last "-". The first row that fits counts. */
static const struct {
	const char *distro;  /* ID or ID_LIKE */
	const char *release; /* a pattern */
	const char *text;
} packages[] = {
	{ "debian", "*-cloud-*", "install linux-image-%F instead of linux-image-cloud-%F" },
	{ "ubuntu", "*-kvm", "install linux-generic instead of linux-kvm" },
	{ "ubuntu", "*", "install linux-modules-extra-%V" },
	{ "alpine", "*-virt", "install linux-lts instead of linux-virt" },
	{ "rhel", "*.el[67].*",
		"install the vendor's driver for kernel %V, or a newer minor release" },
	{ "rhel", "*", "install kernel-modules-%V, and kernel-modules-extra-%V if need be" },
	{ "centos", "*.el[67].*",
		"install the vendor's driver for kernel %V, or a newer minor release" },
	{ "centos", "*", "install kernel-modules-%V, and kernel-modules-extra-%V if need be" },
	{ "fedora", "*.el[67].*",
		"install the vendor's driver for kernel %V, or a newer minor release" },
	{ "fedora", "*", "install kernel-modules-%V, and kernel-modules-extra-%V if need be" },
	{ "suse", "*-default", "install kernel-default instead of kernel-default-base" },
	{ "opensuse", "*-default", "install kernel-default instead of kernel-default-base" },
	{ "sles", "*-default", "install kernel-default instead of kernel-default-base" },
};

/* "{linux-image-}amd64" → with what the row says put in. */
static void put(struct vw_check *check, const char *text, const char *release)
{
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
	const char *flavour = strrchr(release, '-');

	flavour = flavour ? flavour + 1 : release;
	for (const char *c = text; *c; c++) {
		if (c[0] == '%' && (c[1] == 'V' || c[1] == 'F'))
			vw_bytes_addf(&out, "%s", *++c == 'V' ? release : flavour);
		else
			vw_bytes_add(&out, c, 1);
	}
	check->lost |= out.lost;
	vw_check_set(check, &check->remedy, out.data);
}

void vw_linux_remedy(const struct vw_linux_kernel *kernel, const struct vw_vf_device *device,
	struct vw_check *check)
{
	const char *release = kernel->kernel->release;

	if (device->name[0] && !device->linux_modules[0]) {
		vw_check_evidence(check, "no Linux driver is known for this device");
		return;
	}
	for (size_t i = 0; i < VW_ARRAY_SIZE(packages); i++)
		if (vw_linux_is(kernel->linux_guest, packages[i].distro) &&
			vw_glob_match(packages[i].release, strlen(packages[i].release), release)) {
			put(check, packages[i].text, release);
			return;
		}
	put(check, "install a kernel that has the driver, or the vendor's driver for kernel %V",
		release);
}
