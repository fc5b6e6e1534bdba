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
#include "cleanup.h"
#include "grub2_conf.h"
#include "lines.h"

#include <string.h>

#define ENTRIES "/boot/loader/entries"

/* Where GRUB's environment block is; it may be a symlink into the ESP. */
static int find_grubenv(const struct vw_host *host, char *path, size_t size)
{
	vw_auto(vw_names_free) struct vw_names vendors = { 0 };

	snprintf(path, size, "/boot/grub2/grubenv");
	if (vw_host_lookf(host, "%s", path) == 1)
		return 1;
	vw_host_listf(host, &vendors, "/boot/efi/EFI");
	for (size_t i = 0; i < vendors.n; i++) {
		snprintf(path, size, "/boot/efi/EFI/%s/grubenv", vendors.v[i]);
		if (vw_host_lookf(host, "%s", path) == 1)
			return 1;
	}
	snprintf(path, size, "/boot/grub2/grubenv");
	return 0;
}

/* A variable's value in the environment block: 1 = it has one (caller frees), 0, -errno. */
static int read_grubenv(
	const struct vw_host *host, const char *name, char **value, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };
	struct vw_line line = { 0 };
	char path[512];
	int rc;

	*value = NULL;
	if (!find_grubenv(host, path, sizeof(path)))
		return 0;
	rc = vw_plan_read(NULL, host, path, &text, err);
	while (rc == 1 && !*value && vw_line_next(text.data, text.len, &line)) {
		size_t behind = line.begin + strlen(name);

		if (vw_begins_with(text.data, line.begin, line.end, name) &&
			text.data[behind] == '=')
			*value = strndup(text.data + behind + 1, line.end - behind - 1);
	}
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

/* Options with GRUB's variables put in. */
static int expand(
	const struct vw_host *host, const char *options, struct vw_bytes *out, struct vw_error *err)
{
	size_t len = strlen(options), end;
	int rc = 0;

	for (size_t i = 0; i < len && rc >= 0; i = end) {
		vw_auto_free char *name = NULL, *value = NULL;

		end = i + 1;
		if (options[i] != '$') {
			vw_bytes_add(out, options + i, 1);
			continue;
		}
		while (end < len && options[end] != ' ' && options[end] != '\t')
			end++;
		name = strndup(options + i + 1, end - i - 1);
		if (!name)
			return vw_error_set(err, ENOMEM, "out of memory");
		if (name[0] == '{' && name[strlen(name) - 1] == '}') {
			name[strlen(name) - 1] = '\0';
			memmove(name, name + 1, strlen(name));
		}
		rc = read_grubenv(host, name, &value, err);
		vw_bytes_addf(out, "%s", value ? value : "");
	}
	return rc < 0 ? rc : out->lost ? vw_error_set(err, ENOMEM, "out of memory") : 0;
}

static int add_entry(const struct vw_host *host, const struct vw_bls_entry *entry,
	const char *saved, struct vw_boot_entries *entries, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes cmdline = { 0 };
	int rc = expand(host, entry->options ? entry->options : "", &cmdline, err);

	if (rc < 0)
		return rc;
	return vw_boot_entries_add(entries,
		&(struct vw_boot_entry){
			.title = entry->title ? entry->title : entry->id,
			.file = entry->path,
			.line = entry->line,
			.cmdline = cmdline.data ? cmdline.data : (char *)"",
			.is_default =
				saved && (!strcmp(saved, entry->id) ||
						 (entry->title && !strcmp(saved, entry->title))),
		});
}

static int entries(
	const struct vw_host *host, struct vw_boot_entries *entries, struct vw_error *err)
{
	vw_auto(vw_bls_entries_free) struct vw_bls_entries files = { 0 };
	vw_auto_free char *saved = NULL;
	int rc = vw_bls_entries_read(host, ENTRIES, &files, err);

	if (rc == 0)
		rc = read_grubenv(host, "saved_entry", &saved, err);
	for (size_t i = 0; rc >= 0 && i < files.n; i++)
		rc = add_entry(host, &files.v[i], saved, entries, err);
	return rc < 0 ? rc : 0;
}

/* kernelopts in the environment block; it has to be there when entries use it. */
static int plan_kernelopts(const struct vw_boot_edit *edit)
{
	vw_auto_free char *value = NULL;
	char path[512];
	int rc = read_grubenv(edit->host, "kernelopts", &value, edit->err);

	find_grubenv(edit->host, path, sizeof(path));
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
