/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sdboot: reading systemd-boot's files. */
#include "sdboot.h"

#include "cleanup.h"
#include "lines.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#define VENDOR   "4a67b082-0a4c-41c6-b6c7-440b29bb8c4f" /* of systemd's EFI variables */
#define VARIABLE "/sys/firmware/efi/efivars/LoaderEntryDefault-" VENDOR

/* The default as it is set: a pattern over ids; "" = none is. */
struct setting {
	char pattern[256];
	char file[320];
	unsigned int line;
};

const char *const vw_sdboot_mounts[] = { "/efi", "/boot/efi", "/boot", NULL };

/* Is mounts[i] another name of one before it? An edit of one file under two names would be two. */
static bool seen_before(const struct vw_host *host, size_t i, const char *dir)
{
	struct stat mine, other;

	for (size_t k = 0; k < i; k++)
		if (vw_host_statf(host, &mine, "%s/%s", vw_sdboot_mounts[i], dir) == 0 &&
			vw_host_statf(host, &other, "%s/%s", vw_sdboot_mounts[k], dir) == 0 &&
			mine.st_dev == other.st_dev && mine.st_ino == other.st_ino)
			return true;
	return false;
}

int vw_sdboot_entries(
	const struct vw_host *host, struct vw_bls_entries *entries, struct vw_error *err)
{
	char dir[64];
	int rc = 0;

	for (size_t i = 0; vw_sdboot_mounts[i] && rc == 0; i++) {
		if (seen_before(host, i, "loader/entries"))
			continue;
		snprintf(dir, sizeof(dir), "%s/loader/entries", vw_sdboot_mounts[i]);
		rc = vw_bls_entries_read(host, dir, entries, err);
	}
	return rc;
}

int vw_sdboot_program(const struct vw_host *host, char *path, size_t size)
{
	for (size_t i = 0; vw_sdboot_mounts[i]; i++) {
		vw_auto(vw_names_free) struct vw_names names = { 0 };

		if (vw_host_listf(host, &names, "%s/EFI/systemd", vw_sdboot_mounts[i]) < 0)
			continue;
		for (size_t k = 0; k < names.n; k++) {
			if (fnmatch("systemd-boot*.efi", names.v[k], FNM_CASEFOLD) != 0)
				continue;
			if (path)
				snprintf(path, size, "%s/EFI/systemd/%s", vw_sdboot_mounts[i],
					names.v[k]);
			return 1;
		}
	}
	return 0;
}

/* What the firmware remembers as the default (bootctl set-default), in UTF-16 behind four bytes of attributes (systemd's Boot Loader Interface). */
static bool read_variable(const struct vw_host *host, struct setting *set)
{
	vw_auto_free char *data = NULL;
	size_t len, used = 0;

	if (vw_host_slurpf(host, 4096, &data, &len, VARIABLE) < 0)
		return false;
	for (size_t i = 4; i + 1 < len && data[i] && used + 1 < sizeof(set->pattern); i += 2)
		set->pattern[used++] = data[i + 1] ? '?' : data[i];
	set->pattern[used] = '\0';
	snprintf(set->file, sizeof(set->file), VARIABLE);
	return used > 0;
}

static void read_setting(const struct vw_host *host, bool fresh, struct setting *set)
{
	*set = (struct setting){ .line = 0 };
	if (!fresh && read_variable(host, set))
		return;
	for (size_t i = 0; vw_sdboot_mounts[i]; i++) {
		vw_auto_free char *text = NULL;
		struct vw_line line = { 0 };
		size_t len;

		if (vw_host_slurpf(host, 65536, &text, &len, "%s/loader/loader.conf",
			    vw_sdboot_mounts[i]) < 0)
			continue;
		while (vw_line_next(text, len, &line)) {
			size_t begin = vw_skip_blanks(text, line.begin, line.end), value;

			if (!vw_begins_with(text, begin, line.end, "default"))
				continue;
			begin += strlen("default");
			value = vw_skip_blanks(text, begin, line.end);
			if (value == begin)
				continue;
			snprintf(set->pattern, sizeof(set->pattern), "%.*s",
				(int)(vw_trim_blanks(text, value, line.end) - value), text + value);
			snprintf(set->file, sizeof(set->file), "%s/loader/loader.conf",
				vw_sdboot_mounts[i]);
			set->line = line.number;
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

static const struct vw_bls_entry *choose(
	const struct setting *set, const struct vw_bls_entries *files, bool *meant)
{
	struct vw_bls_entries chosen = { 0 };
	const struct vw_bls_entry *found, *result = NULL;

	chosen.v = calloc(files->n + 1, sizeof(*chosen.v));
	for (size_t i = 0; chosen.v && i < files->n; i++)
		if (matches(set->pattern, &files->v[i]))
			chosen.v[chosen.n++] = files->v[i];
	*meant = chosen.n > 0;
	found = vw_bls_newest(chosen.n || set->pattern[0] == '@' ? &chosen : files);
	for (size_t i = 0; found && i < files->n; i++)
		if (files->v[i].path == found->path)
			result = &files->v[i];
	free(chosen.v);
	return result;
}

const struct vw_bls_entry *vw_sdboot_default(
	const struct vw_host *host, const struct vw_bls_entries *files)
{
	struct setting set;
	bool meant;

	read_setting(host, false, &set);
	return choose(&set, files, &meant);
}

static int read_files(
	const struct vw_host *host, int flags, struct vw_bls_entries *files, struct vw_error *err)
{
	int rc = flags & VW_SDBOOT_FILES ? vw_sdboot_entries(host, files, err) : 0;
	char dir[64];

	for (size_t i = 0; (flags & VW_SDBOOT_UNIFIED) && vw_sdboot_mounts[i] && rc == 0; i++) {
		snprintf(dir, sizeof(dir), "%s/EFI/Linux", vw_sdboot_mounts[i]);
		if (!seen_before(host, i, "EFI/Linux"))
			rc = vw_bls_unified_read(host, dir, files, err);
	}
	return rc;
}

static int explain(const struct setting *set, const struct vw_bls_entry *chosen, bool meant,
	struct vw_boot_entries *entries)
{
	char value[sizeof(set->pattern) + 16];

	if (!chosen)
		return 0;
	if (!meant)
		return vw_boot_entries_explain(entries, "systemd-boot-newest", chosen->path,
			chosen->line, chosen->title ? chosen->title : chosen->id);
	snprintf(value, sizeof(value), "default %s", set->pattern);
	return vw_boot_entries_explain(
		entries, "systemd-boot-default", set->file, set->line, value);
}

int vw_sdboot_read(const struct vw_host *host, int flags, struct vw_boot_entries *entries,
	struct vw_error *err)
{
	vw_auto(vw_bls_entries_free) struct vw_bls_entries files = { 0 };
	const struct vw_bls_entry *chosen;
	struct setting set;
	bool meant;
	int rc = read_files(host, flags, &files, err);

	if (rc < 0)
		return rc;
	read_setting(host, flags & VW_SDBOOT_FRESH, &set);
	if ((flags & VW_SDBOOT_FRESH) && set.pattern[0] == '@')
		set.pattern[0] = '\0';
	chosen = choose(&set, &files, &meant);
	rc = explain(&set, chosen, meant, entries);
	if (rc < 0)
		return vw_error_set(err, ENOMEM, "out of memory");
	return vw_bls_entries_offer(&files, chosen, entries, err);
}
