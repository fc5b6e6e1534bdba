/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot_edit: what the boot loaders' plans have in common. */
#include "args_file.h"
#include "boot_edit.h"

#include "cleanup.h"
#include "lines.h"

#include <string.h>

#define LOADER_INFO "/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
#define CMDLINE     "/etc/kernel/cmdline"
#define USR_CMDLINE "/usr/lib/kernel/cmdline"

/* What stands in the way in one file is a finding: the other files may still be looked at. */
static int report(const struct vw_boot_edit *edit, const char *path, int rc)
{
	if (rc != -EBADMSG && rc != -E2BIG)
		return vw_error_prefix(edit->err, rc, "%s", path);
	vw_finding_add(edit->findings, VW_FAIL, "loader-file", path,
		rc == -E2BIG ? "take arguments out that are no longer needed"
			     : "correct the file, or move it away",
		"%s: %s", path, edit->err->msg);
	edit->err->msg[0] = '\0';
	return 0;
}

int vw_boot_edit_file(const struct vw_boot_edit *edit, const char *path,
	const struct vw_args_format *format, const char *why)
{
	vw_auto(vw_bytes_free) struct vw_bytes before = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes after = { 0 };
	struct vw_step *step = NULL;
	int rc = vw_plan_read(edit->plan, edit->host, path, &before, edit->err);

	if (rc == 1)
		rc = vw_args_file_edit(format, before.data ? before.data : "", before.len,
			edit->want, &after, edit->err);
	if (rc < 0)
		return report(edit, path, rc);
	if (rc == 1)
		rc = vw_plan_file(edit->plan, edit->host, path, &after, why, &step, edit->err);
	if (step)
		step->format = format;
	return rc;
}

/* What is in $-variables (tuned's) is not for a file that only kernel-install reads. */
static void add_options(struct vw_bytes *text, const char *options)
{
	size_t len = strlen(options), end;

	for (size_t i = vw_skip_blanks(options, 0, len); i < len;
		i = vw_skip_blanks(options, end, len)) {
		for (end = i; end < len && options[end] != ' ' && options[end] != '\t'; end++)
			;
		if (options[i] != '$')
			vw_bytes_addf(
				text, "%s%.*s", text->len ? " " : "", (int)(end - i), options + i);
	}
	vw_bytes_add(text, "\n", 1);
}

/* /etc/kernel/cmdline as it would be if somebody had written what holds now. */
static int make_kernel_cmdline(const struct vw_boot_edit *edit, const char *options)
{
	vw_auto(vw_bytes_free) struct vw_bytes before = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes after = { 0 };
	struct vw_step *step = NULL;
	int rc = vw_plan_read(edit->plan, edit->host, USR_CMDLINE, &before, edit->err);

	if (rc == 0)
		add_options(&before, options);
	if (rc >= 0)
		rc = before.lost
			     ? vw_error_set(edit->err, ENOMEM, "out of memory")
			     : vw_args_file_edit(&vw_format_cmdline, before.data ? before.data : "",
				       before.len, edit->want, &after, edit->err);
	if (rc < 0)
		return report(edit, CMDLINE, rc);
	rc = vw_plan_file(edit->plan, edit->host, CMDLINE, rc ? &after : &before,
		"the arguments of later kernels", &step, edit->err);
	if (step)
		step->is_ours = true;
	return rc;
}

int vw_boot_edit_kernel_cmdline(const struct vw_boot_edit *edit, const char *options)
{
	vw_auto(vw_bytes_free) struct vw_bytes there = { 0 };
	int rc = vw_plan_read(edit->plan, edit->host, CMDLINE, &there, edit->err);

	if (rc == 1)
		return vw_boot_edit_file(
			edit, CMDLINE, &vw_format_cmdline, "the arguments of later kernels");
	return rc == 0 && options ? make_kernel_cmdline(edit, options) : rc;
}

int vw_boot_edit_entries(const struct vw_boot_edit *edit, const struct vw_bls_entries *entries)
{
	int rc = 0;

	for (size_t i = 0; i < entries->n && rc >= 0; i++) {
		const struct vw_bls_entry *entry = &entries->v[i];

		if (entry->options)
			rc = vw_boot_edit_file(edit, entry->path, &vw_format_bls, "a boot entry");
		else
			vw_finding_add(edit->findings, VW_FAIL, "loader-file", entry->path,
				"add a line that begins with \"options \"",
				"%s has no options line", entry->path);
	}
	return rc < 0 ? rc : 0;
}

const char *vw_bls_model(
	const struct vw_bls_entries *entries, const char *id, const struct vw_boot_args *want)
{
	const struct vw_bls_entry *model = vw_bls_newest(entries);
	bool needed = false;

	for (size_t i = 0; i < entries->n; i++) {
		const struct vw_bls_entry *entry = &entries->v[i];

		if (id && !strcmp(entry->id, id))
			model = entry;
		if (entry->options && vw_bls_shared(entry->options, strlen(entry->options)))
			return NULL;
		needed |= entry->options &&
			  !vw_cmdline_says(entry->options, strlen(entry->options), want);
	}
	return needed ? model->options : NULL;
}

int vw_loader_info(const struct vw_host *host, char *buf, size_t size)
{
	vw_auto_free char *data = NULL;
	size_t len, n = 0;

	buf[0] = '\0';
	/* Four bytes of attributes, then UTF-16LE (efivarfs; systemd's Boot Loader Interface). */
	if (vw_host_slurpf(host, 4096, &data, &len, LOADER_INFO) < 0)
		return 0;
	for (size_t i = 4; i + 1 < len && n + 1 < size && data[i] && !data[i + 1]; i += 2)
		buf[n++] = data[i];
	buf[n] = '\0';
	return n > 0;
}

int vw_boot_is_efi(const struct vw_host *host)
{
	if (vw_host_lookf(host, "/sys/firmware") != 1)
		return -1;
	return vw_host_lookf(host, "/sys/firmware/efi") == 1;
}

bool vw_running_says(const struct vw_host *host, const struct vw_boot_args *want)
{
	char text[VW_CMDLINE_MAX + 1];
	int len = vw_host_readf(host, text, sizeof(text), "/proc/cmdline");

	return len >= 0 && vw_cmdline_says(text, (size_t)len, want);
}

const char *vw_boot_args_text(const struct vw_boot_args *want, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s%s", want->intel_iommu ? "intel_iommu=on " : "",
		want->passthrough ? "iommu=pt " : "", want->pci_realloc ? "pci=realloc " : "");
	if (buf[0])
		buf[strlen(buf) - 1] = '\0';
	return buf;
}
