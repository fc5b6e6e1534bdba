/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loader_grub_legacy: GRUB 0.97 (RHEL and CentOS up to 6, SLES 11, old Debian).
 *
 * It reads its file when it boots, so there is nothing to make anew; Debian's update-grub would make of the options in its comments what
 * they and the titles say after our edit. All titles are edited: any of them may be the saved default, and grubby copies
 * the arguments of later kernels from the default one. Which of several files GRUB reads was compiled in; all that are there are edited. */
#include "args_file.h"
#include "boot_edit.h"
#include "cleanup.h"
#include "lines.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* menu.lst is mostly a link to grub.conf, or the other way round. */
static const char *const paths[] = { "/boot/grub/grub.conf", "/boot/grub/menu.lst",
	"/boot/efi/EFI/redhat/grub.conf", "/boot/efi/EFI/centos/grub.conf" };

/* 1 = a file or a link to one, and what it is. */
static bool look(const struct vw_host *host, const char *path, struct stat *st, bool *link)
{
	vw_auto_close int fd = vw_host_openf(host, O_PATH, "%s", path);
	char target[512];

	*link = vw_host_readlinkf(host, target, sizeof(target), "%s", path) >= 0;
	return fd >= 0 && fstat(fd, st) == 0 && S_ISREG(st->st_mode);
}

/* Is paths[i] the name under which this file is to be edited? Of several names that lead to one file it is the one that is no link, or
 * else the first. */
static bool is_file(const struct vw_host *host, size_t i)
{
	struct stat mine, other;
	bool link, other_link;

	if (!look(host, paths[i], &mine, &link))
		return false;
	for (size_t k = 0; k < VW_ARRAY_SIZE(paths); k++) {
		if (k == i || !look(host, paths[k], &other, &other_link))
			continue;
		if (mine.st_dev == other.st_dev && mine.st_ino == other.st_ino &&
			(other_link == link ? k < i : link))
			return false;
	}
	return true;
}

/* A place on a comment line is one of update-grub's options, no title. */
static bool is_title(const struct vw_bytes *text, const struct vw_place *place)
{
	size_t begin = place->begin;

	while (begin > 0 && text->data[begin - 1] != '\n')
		begin--;
	return text->data[begin] != '#';
}

static int read_places(const struct vw_host *host, const char *path, struct vw_bytes *text,
	struct vw_places *places, struct vw_error *err)
{
	int rc = vw_plan_read(NULL, host, path, text, err);

	if (rc != 1)
		return rc;
	rc = vw_format_grub_legacy.find(text->data ? text->data : "", text->len, places, err);
	if (rc == -ENOMEM)
		return vw_error_set(err, ENOMEM, "out of memory");
	return rc ? vw_error_prefix(err, rc, "%s", path) : 0;
}

static int detect(const struct vw_host *host, char *evidence, size_t size, struct vw_error *err)
{
	for (size_t i = 0; i < VW_ARRAY_SIZE(paths); i++) {
		vw_auto(vw_places_free) struct vw_places places = { 0 };
		vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };
		size_t titles = 0;
		int rc;

		if (!is_file(host, i))
			continue;
		rc = read_places(host, paths[i], &text, &places, err);
		if (rc < 0)
			return rc;
		for (size_t k = 0; k < places.n; k++)
			titles += is_title(&text, &places.v[k]) && !places.v[k].clean_only;
		if (titles == 0)
			continue;
		snprintf(evidence, size, "%s has %zu %s that %s Linux", paths[i], titles,
			titles == 1 ? "title" : "titles", titles == 1 ? "boots" : "boot");
		return 1;
	}
	return 0;
}

/* The number of the default title; -1: not known. */
static long default_title(const struct vw_host *host, const struct vw_bytes *text)
{
	struct vw_line line = { 0 };
	char saved[32];
	long number = 0;

	while (vw_line_next(text->data, text->len, &line)) {
		size_t begin = vw_skip_blanks(text->data, line.begin, line.end);
		const char *value = text->data + begin + strlen("default");

		if (!vw_begins_with(text->data, begin, line.end, "default") ||
			!strchr(" \t=", *value))
			continue;
		value += strspn(value, " \t=");
		number = strtol(value, NULL, 10);
		if (!strncmp(value, "saved", strlen("saved")))
			number = vw_host_readf(host, saved, sizeof(saved), "/boot/grub/default") < 0
					 ? -1
					 : strtol(saved, NULL, 10);
	}
	return number;
}

/* The number of the title that the line with this number is in, from 0; -1: none. */
static long title_of_line(const struct vw_bytes *text, unsigned int number)
{
	struct vw_line line = { 0 };
	long title = -1;

	while (line.number < number && vw_line_next(text->data, text->len, &line)) {
		size_t begin = vw_skip_blanks(text->data, line.begin, line.end);

		title += vw_begins_with(text->data, begin, line.end, "title") &&
			 strchr(" \t=", text->data[begin + strlen("title")]) != NULL;
	}
	return title;
}

static int add_entries(const struct vw_host *host, const char *path, const struct vw_bytes *text,
	const struct vw_places *places, struct vw_boot_entries *entries)
{
	long chosen = default_title(host, text);
	int rc = 0;

	for (size_t i = 0; i < places->n && rc == 0; i++) {
		const struct vw_place *place = &places->v[i];
		vw_auto(vw_bytes_free) struct vw_bytes cmdline = { 0 };
		const char *args = text->data + place->begin;

		if (!is_title(text, place) || place->clean_only)
			continue;
		/* The image's path comes first, and lines that go on with it behind it. */
		vw_bytes_add(&cmdline, args, place->len);
		for (size_t k = i + 1;
			k < places->n && places->v[k].clean_only && is_title(text, &places->v[k]);
			k++)
			vw_bytes_addf(&cmdline, " %.*s", (int)places->v[k].len,
				text->data + places->v[k].begin);
		if (cmdline.lost)
			return -ENOMEM;
		args = cmdline.data + strcspn(cmdline.data, " \t");
		rc = vw_boot_entries_add(
			entries, &(struct vw_boot_entry){
					 .title = (char *)place->label,
					 .file = (char *)path,
					 .line = place->line,
					 .cmdline = (char *)args + strspn(args, " \t"),
					 .is_default = title_of_line(text, place->line) == chosen,
				 });
	}
	return rc;
}

static int entries(
	const struct vw_host *host, struct vw_boot_entries *entries, struct vw_error *err)
{
	int rc = 0;

	for (size_t i = 0; i < VW_ARRAY_SIZE(paths) && rc == 0; i++) {
		vw_auto(vw_places_free) struct vw_places places = { 0 };
		vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };

		if (!is_file(host, i))
			continue;
		rc = read_places(host, paths[i], &text, &places, err);
		if (rc == 0)
			rc = add_entries(host, paths[i], &text, &places, entries);
		if (rc == -ENOMEM)
			rc = vw_error_set(err, ENOMEM, "out of memory");
	}
	return rc;
}

static int plan(const struct vw_host *host, const struct vw_boot_args *want, struct vw_plan *plan,
	struct vw_findings *findings, struct vw_error *err)
{
	const struct vw_boot_edit edit = { host, want, plan, findings, err };
	int rc = vw_boot_edit_file(&edit, "/etc/sysconfig/bootloader", &vw_format_sysconfig,
		"the arguments of later kernels");

	for (size_t i = 0; i < VW_ARRAY_SIZE(paths) && rc >= 0; i++) {
		if (is_file(host, i))
			rc = vw_boot_edit_file(&edit, paths[i], &vw_format_grub_legacy,
				"the arguments of all titles");
	}
	return rc < 0 ? rc : 0;
}

const struct vw_loader vw_loader_grub_legacy = {
	.name = "grub-legacy",
	.title = "GRUB legacy",
	.detect = detect,
	.entries = entries,
	.plan = plan,
};
