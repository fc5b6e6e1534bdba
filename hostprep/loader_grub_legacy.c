/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loader_grub_legacy: GRUB 0.97 (RHEL and CentOS up to 6, SLES 11, old Debian).
 *
 * It reads its file when it boots, so there is nothing to make anew; Debian's update-grub would make of the options in its comments what
 * they and the titles say after our edit. All titles are edited: any of them may be the saved default, and grubby copies
 * the arguments of later kernels from the default one. Which of several files GRUB reads was compiled in; all that are there are edited. */
#include "boot_edit.h"
#include "cleanup.h"
#include "grub_legacy.h"

static int detect(const struct vw_host *host, char *evidence, size_t size, struct vw_error *err)
{
	for (size_t i = 0; vw_grub_legacy_paths[i]; i++) {
		const char *path = vw_grub_legacy_paths[i];
		vw_auto(vw_boot_entries_free) struct vw_boot_entries titles = { 0 };
		int rc;

		if (!vw_grub_legacy_is_file(host, i))
			continue;
		rc = vw_grub_legacy_read(host, path, &titles, err);
		if (rc < 0)
			return rc;
		if (titles.n == 0)
			continue;
		snprintf(evidence, size, "%s has %zu %s that %s Linux", path, titles.n,
			titles.n == 1 ? "title" : "titles", titles.n == 1 ? "boots" : "boot");
		return 1;
	}
	return 0;
}

static int entries(
	const struct vw_host *host, struct vw_boot_entries *entries, struct vw_error *err)
{
	int rc = 0;

	for (size_t i = 0; vw_grub_legacy_paths[i] && rc == 0; i++)
		if (vw_grub_legacy_is_file(host, i))
			rc = vw_grub_legacy_read(host, vw_grub_legacy_paths[i], entries, err);
	return rc;
}

static int plan(const struct vw_host *host, const struct vw_boot_args *want, struct vw_plan *plan,
	struct vw_findings *findings, struct vw_error *err)
{
	const struct vw_boot_edit edit = { host, want, plan, findings, err };
	int rc = vw_boot_edit_file(&edit, "/etc/sysconfig/bootloader", &vw_format_sysconfig,
		"the arguments of later kernels");

	for (size_t i = 0; vw_grub_legacy_paths[i] && rc >= 0; i++)
		if (vw_grub_legacy_is_file(host, i))
			rc = vw_boot_edit_file(&edit, vw_grub_legacy_paths[i],
				&vw_format_grub_legacy, "the arguments of all titles");
	return rc < 0 ? rc : 0;
}

const struct vw_loader vw_loader_grub_legacy = {
	.name = "grub-legacy",
	.title = "GRUB legacy",
	.detect = detect,
	.entries = entries,
	.plan = plan,
};
