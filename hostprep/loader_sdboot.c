/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loader_sdboot: systemd-boot. It boots what stands in loader/entries of the ESP and of XBOOTLDR (/boot), without any generator;
 * kernel-install makes later entries from /etc/kernel/cmdline. A name with a counter ("+3-1.conf") is the boot loader's: files are never renamed. */
#include "boot_edit.h"
#include "cleanup.h"
#include "sdboot.h"

#include <string.h>

static int detect(const struct vw_host *host, char *evidence, size_t size, struct vw_error *err)
{
	vw_auto(vw_bls_entries_free) struct vw_bls_entries entries = { 0 };
	char path[512], info[64];
	bool told = vw_loader_info(host, info, sizeof(info)) == 1;
	int rc;

	if (told && strncmp(info, "systemd-boot", strlen("systemd-boot")) != 0)
		return 0;
	if (!vw_sdboot_program(host, path, sizeof(path)) && !told)
		return 0;
	rc = vw_sdboot_entries(host, &entries, err);
	if (rc < 0 || entries.n == 0)
		return rc;
	if (told)
		snprintf(evidence, size, "the firmware's LoaderInfo says %s", info);
	else
		snprintf(evidence, size, "%s, and %zu boot %s", path, entries.n,
			entries.n == 1 ? "entry" : "entries");
	return 1;
}

static int entries(
	const struct vw_host *host, struct vw_boot_entries *entries, struct vw_error *err)
{
	return vw_sdboot_read(host, VW_SDBOOT_FILES, entries, err);
}

static int plan(const struct vw_host *host, const struct vw_boot_args *want, struct vw_plan *plan,
	struct vw_findings *findings, struct vw_error *err)
{
	const struct vw_boot_edit edit = { host, want, plan, findings, err };
	vw_auto(vw_bls_entries_free) struct vw_bls_entries files = { 0 };
	const struct vw_bls_entry *chosen;
	int rc = vw_sdboot_entries(host, &files, err);

	chosen = vw_sdboot_default(host, &files);
	/* What later entries are made from comes first: boot entries come last. */
	if (rc >= 0)
		rc = vw_boot_edit_kernel_cmdline(
			&edit, vw_bls_model(&files, chosen ? chosen->id : NULL, want));
	return rc < 0 ? rc : vw_boot_edit_entries(&edit, &files);
}

const struct vw_loader vw_loader_sdboot = {
	.name = "systemd-boot",
	.title = "systemd-boot",
	.detect = detect,
	.entries = entries,
	.plan = plan,
};
