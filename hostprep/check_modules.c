/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_modules: will each installed kernel load the drivers that VFs need: are they there, let in, and given options that they take? */
#include "check.h"

#include "cleanup.h"
#include "modules.h"

#include <stdio.h>
#include <string.h>

/* A blacklisted driver is loaded by name only; one with an install command not even then (modprobe.d(5)). */
static void check_blacklist(struct vw_check *check, const char *driver)
{
	static const enum vw_modprobe_kind kinds[] = { VW_MODPROBE_BLACKLIST, VW_MODPROBE_INSTALL };

	for (size_t k = 0; k < VW_ARRAY_SIZE(kinds); k++) {
		const struct vw_modprobe_line *line;
		char where[512], remedy[700];

		for (size_t i = 0;
			(line = vw_modprobe_next(&check->modprobe, kinds[k], driver, &i));) {
			vw_modprobe_place(line, where, sizeof(where));
			snprintf(remedy, sizeof(remedy),
				"take the line out of %s and rebuild the initramfs", line->file);
			vw_finding_add(check->findings, VW_FAIL, "driver-blacklisted", where,
				remedy, "%s: %s %s", where, driver,
				kinds[k] == VW_MODPROBE_BLACKLIST
					? "is blacklisted, so it is not loaded for its devices"
					: "is not loaded, but a command is run in its place");
		}
	}
}

/* The kernel's own list, which no modprobe gets around (kernel/module/main.c:blacklisted). */
static void check_kernel_list(struct vw_check *check, const char *driver)
{
	const struct vw_modprobe_line *line;

	for (size_t i = 0;
		(line = vw_modprobe_next(&check->modprobe, VW_MODPROBE_FORBID, driver, &i));)
		vw_finding_add(check->findings, VW_FAIL, "driver-blacklisted", line->file,
			"take it out of module_blacklist= in the boot loader's files, and reboot",
			"%s: the kernel was told never to load %s", line->file, driver);
}

static int check_options(struct vw_check *check, const struct vw_kernel *kernel, const char *driver,
	const struct vw_module *module, struct vw_error *err)
{
	vw_auto(vw_bad_options_free) struct vw_bad_options bad = { 0 };
	int rc = vw_module_bad_options(kernel, driver, module, &check->modprobe, &bad);

	if (rc < 0)
		return vw_error_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < bad.n; i++) {
		char where[512], remedy[700];

		vw_modprobe_place(bad.v[i].line, where, sizeof(where));
		snprintf(remedy, sizeof(remedy), "take %s out of %s and rebuild the initramfs",
			bad.v[i].option, bad.v[i].line->file);
		vw_finding_add(check->findings, VW_FAIL, "module-option", where, remedy,
			"%s: with %s the %s of kernel %s does not load, and its ports are lost: it "
			"%s",
			where, bad.v[i].option, driver, kernel->release, bad.v[i].why);
	}
	return 0;
}

/* What a kernel makes of the driver: 1 = it has it. */
static int check_kernel(struct vw_check *check, const struct vw_kernel *kernel, const char *driver,
	const char *id, struct vw_error *err)
{
	vw_auto(vw_module_free) struct vw_module module = { 0 };
	struct vw_error why = { "" };
	int rc = vw_module_find(check->host, kernel, driver, &module, &why);

	if (rc == -ENOMEM)
		return vw_error_set(err, ENOMEM, "out of memory");
	if (rc < 0) {
		vw_finding_add(check->findings, VW_WARN, id, kernel->dir,
			"run depmod for this kernel",
			"kernel %s: it cannot be told whether it has %s: %s", kernel->release,
			driver, why.msg);
		return 0;
	}
	if (rc == 0) {
		vw_finding_add(check->findings,
			kernel->running || check->kernels.n == 1 ? VW_FAIL : VW_WARN, id,
			kernel->dir,
			"install the package with all modules of this kernel "
			"(kernel-modules-extra, linux-modules-extra, …), or boot another kernel",
			"kernel %s has no %s", kernel->release, driver);
		return 0;
	}
	if (!module.in_tree && module.path)
		vw_finding_add(check->findings, check->signed_only ? VW_WARN : VW_PASS,
			"driver-foreign", kernel->dir,
			check->signed_only ? "sign the module with a key that the firmware knows "
					     "(mokutil --list-enrolled)"
					   : NULL,
			"kernel %s: %s %s does not come with the kernel%s", kernel->release, driver,
			module.version,
			check->signed_only ? ", and unsigned it would not load" : "");
	rc = check_options(check, kernel, driver, &module, err);
	return rc < 0 ? rc : 1;
}

int vw_check_module(
	struct vw_check *check, const char *driver, const char *id, struct vw_error *err)
{
	size_t having = 0;

	check_blacklist(check, driver);
	check_kernel_list(check, driver);
	for (size_t i = 0; i < check->kernels.n; i++) {
		int rc = check_kernel(check, &check->kernels.v[i], driver, id, err);

		if (rc < 0)
			return rc;
		having += (size_t)rc;
	}
	if (having && having == check->kernels.n)
		vw_finding_add(check->findings, VW_PASS, id, driver, NULL,
			"every installed kernel has %s", driver);
	return 0;
}

/* An initramfs has copies of modprobe.d and of drivers, and loads them first. */
static void check_initramfs(struct vw_check *check, const struct vw_kernel *kernel)
{
	char image[512], newer[512], remedy[256];

	vw_initramfs_path(check->host, kernel->release, image, sizeof(image));
	if (!image[0])
		return;
	if (vw_initramfs_stale(check->host, kernel, newer, sizeof(newer)) != 1) {
		vw_finding_add(check->findings, VW_PASS, "initramfs-stale", image, NULL,
			"%s is newer than modprobe.d and the modules of its kernel", image);
		return;
	}
	snprintf(remedy, sizeof(remedy), "update-initramfs -u -k %s, or dracut --force --kver %s",
		kernel->release, kernel->release);
	vw_finding_add(check->findings, VW_WARN, "initramfs-stale", image, remedy,
		"%s is older than %s: drivers that it loads may not see the change", image, newer);
}

int vw_check_modules(struct vw_check *check, struct vw_error *err)
{
	struct vw_error why = { "" };
	int rc = vw_modprobe_read(check->host, &check->modprobe, &why);

	if (rc == -ENOMEM)
		return vw_error_set(err, ENOMEM, "out of memory");
	if (rc < 0)
		vw_finding_add(check->findings, VW_WARN, "module-option", "modprobe.d",
			"make the file readable", "modprobe.d cannot be read: %s", why.msg);
	rc = vw_kernels_list(check->host, &check->kernels, &why);
	if (rc == -ENOMEM)
		return vw_error_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < check->kernels.n; i++)
		check_initramfs(check, &check->kernels.v[i]);
	return 0;
}
