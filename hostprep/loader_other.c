/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loader_other: ways to boot that hostprep recognises and leaves to their own tools: it says what to do, and never that it was done.
 *
 * The plan is a FAIL loader-manual with the remedy, as long as the running kernel's command line does not say what is wanted. */
#include "boot_edit.h"
#include "cleanup.h"
#include "grub2_conf.h"

#include <fnmatch.h>
#include <string.h>

/* Which of these exists? NULL: none. */
static const char *find_path(const struct vw_host *host, const char *const *paths)
{
	for (size_t i = 0; paths[i]; i++)
		if (vw_host_lookf(host, "%s", paths[i]) == 1)
			return paths[i];
	return NULL;
}

static int seen(const char *path, char *evidence, size_t size)
{
	if (path)
		snprintf(evidence, size, "%s exists", path);
	return path != NULL;
}

static int no_entries(
	const struct vw_host *host, struct vw_boot_entries *entries, struct vw_error *err)
{
	(void)host;
	(void)entries;
	(void)err;
	return 0;
}

/* The remedy is: before, the arguments, after. */
static int by_hand(const struct vw_host *host, const struct vw_boot_args *want,
	struct vw_findings *findings, const char *subject, const char *why, const char *before,
	const char *after)
{
	char args[128], remedy[512];

	if (vw_running_says(host, want))
		return 0;
	if (!vw_boot_args_text(want, args, sizeof(args))[0]) {
		vw_finding_add(findings, VW_WARN, "loader-unseen", subject,
			"look at it after the reboot: vfward-hostprep verify",
			"nothing is needed but that no argument turns the IOMMU off, which was not "
			"looked at: %s",
			why);
		return 0;
	}
	snprintf(remedy, sizeof(remedy), "%s%s%s; then reboot", before, args, after);
	vw_finding_add(findings, VW_FAIL, "loader-manual", subject, remedy, "%s", why);
	return 0;
}

/* --- unified kernel images: kernel, initramfs and command line in one signed file --- */

static int uki_detect(const struct vw_host *host, char *evidence, size_t size, struct vw_error *err)
{
	static const char *const mounts[] = { "/efi", "/boot/efi", "/boot" };

	for (size_t i = 0; i < VW_ARRAY_SIZE(mounts); i++) {
		vw_auto(vw_names_free) struct vw_names names = { 0 };
		vw_auto(vw_bls_entries_free) struct vw_bls_entries entries = { 0 };
		char dir[64];
		int rc;

		if (vw_host_listf(host, &names, "%s/EFI/Linux", mounts[i]) < 0)
			continue;
		snprintf(dir, sizeof(dir), "%s/loader/entries", mounts[i]);
		rc = vw_bls_entries_read(host, dir, &entries, err);
		if (rc < 0)
			return rc;
		for (size_t k = 0; k < names.n && entries.n == 0; k++) {
			if (fnmatch("*.efi", names.v[k], FNM_CASEFOLD) != 0)
				continue;
			snprintf(evidence, size, "%s/EFI/Linux/%s", mounts[i], names.v[k]);
			return 1;
		}
	}
	return 0;
}

static int uki_plan(const struct vw_host *host, const struct vw_boot_args *want,
	struct vw_plan *plan, struct vw_findings *findings, struct vw_error *err)
{
	static const struct {
		const char *program, *after;
	} makers[] = {
		{ "/usr/bin/mkinitcpio",
			" to /etc/kernel/cmdline, and make the images anew: mkinitcpio -P" },
		{ "/usr/bin/kernel-install", " to /etc/kernel/cmdline, and make each image anew: "
					     "kernel-install add VERSION IMAGE" },
		{ "/usr/bin/dracut", " to kernel_cmdline= in /etc/dracut.conf.d, and make the "
				     "images anew: dracut "
				     "--uefi --force --regenerate-all" },
	};
	const char *after = " to the images' command line, and make them anew";

	(void)plan;
	(void)err;
	for (size_t i = VW_ARRAY_SIZE(makers); i-- > 0;)
		if (vw_host_lookf(host, "%s", makers[i].program) == 1)
			after = makers[i].after;
	return by_hand(host, want, findings, "uki",
		"the command line is inside unified kernel images, which have to be made (and "
		"signed) anew",
		"add ", after);
}

/* --- systems whose root is only changed by their own tool --- */

static int transactional_detect(
	const struct vw_host *host, char *evidence, size_t size, struct vw_error *err)
{
	static const char *const paths[] = { "/usr/sbin/transactional-update", NULL };

	(void)err;
	return seen(find_path(host, paths), evidence, size);
}

static int transactional_plan(const struct vw_host *host, const struct vw_boot_args *want,
	struct vw_plan *plan, struct vw_findings *findings, struct vw_error *err)
{
	static const char *const sdbootutil[] = { "/usr/bin/sdbootutil", NULL };

	(void)plan;
	(void)err;
	return by_hand(host, want, findings, "transactional-update",
		"the root file system belongs to transactional-update and is read-only", "add ",
		find_path(host, sdbootutil)
			? " to /etc/kernel/cmdline, and run sdbootutil update-all-entries"
			: " to GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub, and run "
			  "transactional-update grub.cfg");
}

static int bootc_detect(
	const struct vw_host *host, char *evidence, size_t size, struct vw_error *err)
{
	static const char *const bootc[] = { "/usr/bin/bootc", NULL };
	static const char *const ostree[] = { "/usr/bin/rpm-ostree", NULL };
	static const char *const signs[] = { "/run/ostree-booted", "/sysroot/ostree/repo",
		"/usr/lib/bootc/kargs.d", NULL };

	(void)err;
	/* With rpm-ostree that is the way, on a host that runs. */
	if (!find_path(host, bootc) || find_path(host, ostree))
		return 0;
	return seen(find_path(host, signs), evidence, size);
}

static int bootc_plan(const struct vw_host *host, const struct vw_boot_args *want,
	struct vw_plan *plan, struct vw_findings *findings, struct vw_error *err)
{
	(void)plan;
	(void)err;
	return by_hand(host, want, findings, "bootc",
		"the kernel arguments come from the image that bootc has deployed", "put ",
		" into /usr/lib/bootc/kargs.d/*.toml of the image, and bootc upgrade");
}

/* --- Proxmox VE with proxmox-boot-tool: the ESPs are not mounted; it fills them, for systemd-boot and for GRUB --- */

static int proxmox_detect(
	const struct vw_host *host, char *evidence, size_t size, struct vw_error *err)
{
	char uuids[4096];

	(void)err;
	if (vw_host_readf(host, uuids, sizeof(uuids), "/etc/kernel/proxmox-boot-uuids") <= 0)
		return 0;
	snprintf(evidence, size, "/etc/kernel/proxmox-boot-uuids names ESPs");
	return 1;
}

/* Both sources are changed: which one counts depends on how the firmware boots, and the other one does no harm. */
static int proxmox_plan(const struct vw_host *host, const struct vw_boot_args *want,
	struct vw_plan *plan, struct vw_findings *findings, struct vw_error *err)
{
	static const char *const argv[] = { "/usr/sbin/proxmox-boot-tool", "refresh", NULL };
	const struct vw_boot_edit edit = { host, want, plan, findings, err };
	int rc, changed;

	rc = vw_grub2_conf_edit(&edit);
	changed = rc;
	if (rc >= 0)
		rc = vw_boot_edit_kernel_cmdline(&edit, NULL);
	if (rc < 0)
		return rc;
	if (changed || rc)
		vw_plan_run(plan, argv, NULL, "copies kernels and arguments to the ESPs");
	vw_finding_add(findings, VW_WARN, "loader-unseen", "proxmox-boot-tool",
		"look at it after the reboot: vfward-hostprep verify",
		"the boot entries are on ESPs that are not mounted, and were not looked at");
	return 0;
}

/* --- s390: zipl writes what it finds in the entries to the disk --- */

static int zipl_detect(
	const struct vw_host *host, char *evidence, size_t size, struct vw_error *err)
{
	static const char *const paths[] = { "/etc/zipl.conf", NULL };

	(void)err;
	return seen(find_path(host, paths), evidence, size);
}

static int zipl_plan(const struct vw_host *host, const struct vw_boot_args *want,
	struct vw_plan *plan, struct vw_findings *findings, struct vw_error *err)
{
	(void)plan;
	(void)err;
	return by_hand(host, want, findings, "zipl",
		"this is s390, which has neither VT-d nor AMD-Vi and whose arguments zipl writes "
		"to the "
		"disk",
		"if they are known to its kernel, add ",
		" to the options in /boot/loader/entries, and run zipl");
}

const struct vw_loader vw_loader_uki = {
	.name = "uki",
	.title = "unified kernel images",
	.detect = uki_detect,
	.entries = no_entries,
	.plan = uki_plan,
};
const struct vw_loader vw_loader_transactional = {
	.name = "transactional-update",
	.title = "transactional-update",
	.manages = true,
	.detect = transactional_detect,
	.entries = no_entries,
	.plan = transactional_plan,
};
const struct vw_loader vw_loader_bootc = {
	.name = "bootc",
	.title = "bootc",
	.manages = true,
	.detect = bootc_detect,
	.entries = no_entries,
	.plan = bootc_plan,
};
const struct vw_loader vw_loader_proxmox = {
	.name = "proxmox",
	.title = "proxmox-boot-tool",
	.manages = true,
	.detect = proxmox_detect,
	.entries = no_entries,
	.plan = proxmox_plan,
};
const struct vw_loader vw_loader_zipl = {
	.name = "zipl",
	.title = "zipl",
	.manages = true,
	.detect = zipl_detect,
	.entries = no_entries,
	.plan = zipl_plan,
};
