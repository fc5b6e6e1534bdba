/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_boot: arguments that stand in the way, of the running kernel and in what the boot loader would boot. */
#include "check.h"

#include "cleanup.h"
#include "cmdline.h"
#include "loader.h"

#include <stdio.h>
#include <string.h>

#define CMDLINE "/proc/cmdline"

static void check_running(struct vw_check *check)
{
	char text[VW_CMDLINE_MAX * 2], culprits[512], remedy[700];
	struct vw_cmdline_state state;
	size_t len = vw_check_head(check->host, text, sizeof(text), CMDLINE);

	if (!len)
		return;
	vw_cmdline_culprits(text, len, culprits, sizeof(culprits));
	snprintf(remedy, sizeof(remedy),
		"take %s out of the boot loader's files (vfward-hostprep apply does it), and "
		"reboot",
		culprits);
	if (culprits[0])
		vw_finding_add(check->findings, check->iommu_active ? VW_WARN : VW_FAIL,
			"iommu-argument", CMDLINE, remedy,
			CMDLINE ": the running kernel was booted with %s", culprits);
	else
		vw_finding_add(check->findings, VW_PASS, "iommu-argument", CMDLINE, NULL,
			"no argument of the running kernel turns the IOMMU off");
	vw_cmdline_read(text, len, &state);
	if (state.pci_noari)
		vw_finding_add(check->findings, VW_WARN, "pci-argument", CMDLINE,
			"take pci=noari out of the boot loader's files, and reboot",
			CMDLINE ": pci=noari leaves most adapters room for 7 VFs at most");
}

/* What the next boot would bring. */
static void check_entry(struct vw_check *check, const struct vw_boot_entry *entry)
{
	char culprits[512], where[512], remedy[1200];

	vw_cmdline_culprits(entry->cmdline, strlen(entry->cmdline), culprits, sizeof(culprits));
	if (!culprits[0])
		return;
	snprintf(where, sizeof(where), "%s:%u", entry->file, entry->line);
	snprintf(remedy, sizeof(remedy), "take %s out of %s (vfward-hostprep apply does it)",
		culprits, entry->file);
	vw_finding_add(check->findings, entry->is_default ? VW_FAIL : VW_WARN, "iommu-argument",
		where, remedy, "%s: \"%s\"%s boots with %s", where, entry->title,
		entry->is_default ? ", the default," : "", culprits);
}

static int check_entries(struct vw_check *check, struct vw_error *err)
{
	vw_auto(vw_boot_entries_free) struct vw_boot_entries entries = { 0 };
	const struct vw_loader *loader = NULL;
	struct vw_error why = { "" };
	int rc = vw_loader_choose(check->host, NULL, &loader, check->findings, &why);

	if (rc == 0 && loader && loader->entries)
		rc = loader->entries(check->host, &entries, &why);
	if (rc == -ENOMEM)
		return vw_error_set(err, ENOMEM, "out of memory");
	if (rc < 0)
		vw_finding_add(check->findings, VW_WARN, "boot-entries",
			loader ? loader->name : "boot",
			"mend the file; until then nobody can tell what the next boot brings",
			"the boot entries cannot be read: %s", why.msg);
	for (size_t i = 0; i < entries.n; i++)
		check_entry(check, &entries.v[i]);
	return 0;
}

int vw_check_boot(struct vw_check *check, struct vw_error *err)
{
	check_running(check);
	return check_entries(check, err);
}
