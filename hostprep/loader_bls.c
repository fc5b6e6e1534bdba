/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loader_bls: GRUB 2 with boot loader entries (RHEL 8 and later, Fedora): what stands in /boot/loader/entries is booted, without any
 * generator.
 *
 * RHEL 8: the entries say $kernelopts, and grubenv has it. Later ones have the arguments in every entry, and /etc/kernel/cmdline for those to
 * come. grub2-mkconfig rewrites kernelopts, or the entries, from /etc/default/grub (always on RHEL 8 and Fedora), so that is kept in
 * step. All entries are edited, whatever machine-id is in their names (images come with foreign ones), and the rescue entry. */
#include "args_file.h"
#include "bls_entries.h"
#include "boot_edit.h"
#include "boot_file.h"
#include "cleanup.h"
#include "grub2_conf.h"
#include "grub_files.h"
#include "grubenv.h"

#include <string.h>

#define ENTRIES VW_BLS_DIR

/* A variable's value in the environment block: 1 = it has one (caller frees), 0, -errno. */
static int read_grubenv(
	const struct vw_host *host, const char *name, char **value, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };
	char path[512];
	int rc;

	*value = NULL;
	if (!vw_grubenv_find(host, path, sizeof(path)))
		return 0;
	rc = vw_boot_read(host, path, &text, err);
	if (rc == 1 && vw_grubenv_get(text.data, text.len, name, value, NULL))
		rc = vw_error_set(err, ENOMEM, "out of memory");
	return rc < 0 ? rc : *value != NULL;
}

static int detect(const struct vw_host *host, char *evidence, size_t size, struct vw_error *err)
{
	vw_auto(vw_bls_entries_free) struct vw_bls_entries entries = { 0 };
	char where[512], info[64];
	int rc = vw_grub_uses_bls(host, where, sizeof(where), err);

	if (rc <= 0)
		return rc;
	if (vw_loader_info(host, info, sizeof(info)) && strncmp(info, "GRUB", 4) != 0)
		return 0;
	rc = vw_bls_entries_read(host, ENTRIES, &entries, err);
	if (rc < 0 || entries.n == 0)
		return rc;
	snprintf(evidence, size, "%s uses the %zu %s in " ENTRIES, where, entries.n,
		entries.n == 1 ? "entry" : "entries");
	return 1;
}

static int entries(
	const struct vw_host *host, struct vw_boot_entries *entries, struct vw_error *err)
{
	return vw_grub_bls_read(host, 0, entries, err);
}

/* kernelopts in the environment block; it has to be there when entries use it. */
static int plan_kernelopts(const struct vw_boot_edit *edit)
{
	vw_auto_free char *value = NULL;
	char path[512];
	int rc = read_grubenv(edit->host, "kernelopts", &value, edit->err);

	vw_grubenv_find(edit->host, path, sizeof(path));
	if (rc == 0)
		vw_finding_add(edit->findings, VW_FAIL, "loader-file", path,
			"grub2-mkconfig -o /boot/grub2/grub.cfg writes it; then try again",
			"the boot entries use $kernelopts, and %s does not have it", path);
	if (rc <= 0)
		return rc;
	return vw_boot_edit_file(
		edit, path, &vw_format_grubenv, "the arguments of all boot entries");
}

/* tuned puts its own arguments into $tuned_params, and takes ours for a mistake if they were there. */
static int look_at_tuned(const struct vw_boot_edit *edit)
{
	vw_auto_free char *value = NULL;
	char culprits[256];
	int rc = read_grubenv(edit->host, "tuned_params", &value, edit->err);

	if (rc <= 0)
		return rc;
	vw_cmdline_culprits(value, strlen(value), culprits, sizeof(culprits));
	if (culprits[0])
		vw_finding_add(edit->findings, VW_FAIL, "loader-tuned", "tuned",
			"take it out of the profile's [bootloader] section (tuned-adm active)",
			"tuned adds %s to every boot entry", culprits);
	return 0;
}

static int plan(const struct vw_host *host, const struct vw_boot_args *want, struct vw_plan *plan,
	struct vw_findings *findings, struct vw_error *err)
{
	const struct vw_boot_edit edit = { host, want, plan, findings, err };
	vw_auto(vw_bls_entries_free) struct vw_bls_entries files = { 0 };
	vw_auto_free char *saved = NULL;
	int rc = vw_bls_entries_read(host, ENTRIES, &files, err);

	if (rc == 0)
		rc = read_grubenv(host, "saved_entry", &saved, err);
	if (rc >= 0)
		rc = look_at_tuned(&edit);
	/* What later entries are made from comes first: boot entries come last. */
	if (rc >= 0)
		rc = vw_grub2_conf_keep(&edit);
	if (rc >= 0)
		rc = vw_boot_edit_kernel_cmdline(&edit, vw_bls_model(&files, saved, want));
	if (rc >= 0)
		rc = vw_boot_edit_entries(&edit, &files);
	for (size_t i = 0; i < files.n && rc >= 0; i++) {
		const char *options = files.v[i].options;

		if (options && vw_bls_shared(options, strlen(options))) {
			rc = plan_kernelopts(&edit);
			break;
		}
	}
	return rc < 0 ? rc : 0;
}

const struct vw_loader vw_loader_bls = {
	.name = "bls",
	.title = "GRUB 2 with boot loader entries",
	.detect = detect,
	.entries = entries,
	.plan = plan,
};
