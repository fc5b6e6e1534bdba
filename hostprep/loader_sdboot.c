/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loader_sdboot: systemd-boot. It boots what stands in loader/entries of the ESP and of XBOOTLDR (/boot), without any generator;
 * kernel-install makes later entries from /etc/kernel/cmdline. A name with a counter ("+3-1.conf") is the boot loader's: files are never renamed. */
#include "args_file.h"
#include "bls_entries.h"
#include "boot_edit.h"
#include "cleanup.h"
#include "lines.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>

#define VENDOR "4a67b082-0a4c-41c6-b6c7-440b29bb8c4f" /* of systemd's EFI variables */

/* Where an ESP or XBOOTLDR is mounted (systemd-gpt-auto-generator(8), bootctl(1)). */
static const char *const mounts[] = { "/efi", "/boot/efi", "/boot" };

/* Is mounts[i] another name of one before it? An edit of one file under two names would be two. */
static bool seen_before(const struct vw_host *host, size_t i)
{
	struct stat mine, other;

	for (size_t k = 0; k < i; k++) {
		vw_auto_close int a = vw_host_openf(host, O_PATH, "%s/loader/entries", mounts[i]);
		vw_auto_close int b = vw_host_openf(host, O_PATH, "%s/loader/entries", mounts[k]);

		if (a >= 0 && b >= 0 && fstat(a, &mine) == 0 && fstat(b, &other) == 0 &&
			mine.st_dev == other.st_dev && mine.st_ino == other.st_ino)
			return true;
	}
	return false;
}

static int read_entries(
	const struct vw_host *host, struct vw_bls_entries *entries, struct vw_error *err)
{
	char dir[64];
	int rc = 0;

	for (size_t i = 0; i < VW_ARRAY_SIZE(mounts) && rc == 0; i++) {
		if (seen_before(host, i))
			continue;
		snprintf(dir, sizeof(dir), "%s/loader/entries", mounts[i]);
		rc = vw_bls_entries_read(host, dir, entries, err);
	}
	return rc;
}

/* The boot loader's program, 1 or 0. */
static int find_program(const struct vw_host *host, char *path, size_t size)
{
	for (size_t i = 0; i < VW_ARRAY_SIZE(mounts); i++) {
		vw_auto(vw_names_free) struct vw_names names = { 0 };

		if (vw_host_listf(host, &names, "%s/EFI/systemd", mounts[i]) < 0)
			continue;
		for (size_t k = 0; k < names.n; k++) {
			if (fnmatch("systemd-boot*.efi", names.v[k], FNM_CASEFOLD) != 0)
				continue;
			snprintf(path, size, "%s/EFI/systemd/%s", mounts[i], names.v[k]);
			return 1;
		}
	}
	return 0;
}

static int detect(const struct vw_host *host, char *evidence, size_t size, struct vw_error *err)
{
	vw_auto(vw_bls_entries_free) struct vw_bls_entries entries = { 0 };
	char path[512], info[64];
	bool told = vw_loader_info(host, info, sizeof(info)) == 1;
	int rc;

	if (told && strncmp(info, "systemd-boot", strlen("systemd-boot")) != 0)
		return 0;
	if (!find_program(host, path, sizeof(path)) && !told)
		return 0;
	rc = read_entries(host, &entries, err);
	if (rc < 0 || entries.n == 0)
		return rc;
	if (told)
		snprintf(evidence, size, "the firmware's LoaderInfo says %s", info);
	else
		snprintf(evidence, size, "%s, and %zu boot %s", path, entries.n,
			entries.n == 1 ? "entry" : "entries");
	return 1;
}

/* What the firmware remembers as the default (bootctl set-default), in UTF-16 behind four bytes of attributes (systemd's Boot Loader Interface). */
static bool read_variable(const struct vw_host *host, char *pattern, size_t size)
{
	vw_auto_free char *data = NULL;
	size_t len, used = 0;

	if (vw_host_slurpf(host, 4096, &data, &len,
		    "/sys/firmware/efi/efivars/LoaderEntryDefault-" VENDOR) < 0)
		return false;
	for (size_t i = 4; i + 1 < len && data[i] && used + 1 < size; i += 2)
		pattern[used++] = data[i + 1] ? '?' : data[i];
	pattern[used] = '\0';
	return used > 0;
}

/* The default as it is set: a pattern over ids; "" = none is. */
static void read_default(const struct vw_host *host, char *pattern, size_t size)
{
	pattern[0] = '\0';
	if (read_variable(host, pattern, size))
		return;
	for (size_t i = 0; i < VW_ARRAY_SIZE(mounts); i++) {
		vw_auto_free char *text = NULL;
		struct vw_line line = { 0 };
		size_t len;

		if (vw_host_slurpf(host, 65536, &text, &len, "%s/loader/loader.conf", mounts[i]) <
			0)
			continue;
		while (vw_line_next(text, len, &line)) {
			size_t begin = vw_skip_blanks(text, line.begin, line.end), value;

			if (!vw_begins_with(text, begin, line.end, "default"))
				continue;
			begin += strlen("default");
			value = vw_skip_blanks(text, begin, line.end);
			if (value > begin)
				snprintf(pattern, size, "%.*s",
					(int)(vw_trim_blanks(text, value, line.end) - value),
					text + value);
		}
	}
}

/* Patterns are written with and without ".conf"; systemd-boot compares them with both. */
static bool matches(const char *pattern, const struct vw_bls_entry *entry)
{
	char name[512];

	snprintf(name, sizeof(name), "%s.conf", entry->id);
	return !fnmatch(pattern, entry->id, FNM_CASEFOLD) || !fnmatch(pattern, name, FNM_CASEFOLD);
}

/* The default entry: the newest of those that are meant, or of all where none is. NULL: that cannot be told ("@saved": the one that was
 * chosen last). */
static const struct vw_bls_entry *find_default(
	const struct vw_host *host, const struct vw_bls_entries *files)
{
	struct vw_bls_entries chosen = { 0 };
	const struct vw_bls_entry *found, *result = NULL;
	char pattern[256];

	read_default(host, pattern, sizeof(pattern));
	chosen.v = calloc(files->n + 1, sizeof(*chosen.v));
	for (size_t i = 0; chosen.v && i < files->n; i++)
		if (matches(pattern, &files->v[i]))
			chosen.v[chosen.n++] = files->v[i];
	found = vw_bls_newest(chosen.n || pattern[0] == '@' ? &chosen : files);
	for (size_t i = 0; found && i < files->n; i++)
		if (files->v[i].path == found->path)
			result = &files->v[i];
	free(chosen.v);
	return result;
}

static int entries(
	const struct vw_host *host, struct vw_boot_entries *entries, struct vw_error *err)
{
	vw_auto(vw_bls_entries_free) struct vw_bls_entries files = { 0 };
	const struct vw_bls_entry *chosen;
	int rc = read_entries(host, &files, err);

	chosen = find_default(host, &files);
	for (size_t i = 0; i < files.n && rc == 0; i++) {
		struct vw_bls_entry *entry = &files.v[i];

		rc = vw_boot_entries_add(
			entries, &(struct vw_boot_entry){
					 .title = entry->title ? entry->title : entry->id,
					 .file = entry->path,
					 .line = entry->line,
					 .cmdline = entry->options ? entry->options : (char *)"",
					 .is_default = entry == chosen,
				 });
		if (rc == -ENOMEM)
			rc = vw_error_set(err, ENOMEM, "out of memory");
	}
	return rc;
}

static int plan(const struct vw_host *host, const struct vw_boot_args *want, struct vw_plan *plan,
	struct vw_findings *findings, struct vw_error *err)
{
	const struct vw_boot_edit edit = { host, want, plan, findings, err };
	vw_auto(vw_bls_entries_free) struct vw_bls_entries files = { 0 };
	const struct vw_bls_entry *chosen;
	int rc = read_entries(host, &files, err);

	chosen = find_default(host, &files);
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
