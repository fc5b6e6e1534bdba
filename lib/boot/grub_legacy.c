/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grub_legacy: GRUB 0.97's titles, and the default one. */
#include "grub_legacy.h"

#include "boot_file.h"
#include "bytes.h"
#include "cleanup.h"
#include "lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* More command lines than any menu has. */
#define PLACES_MAX 4096
#define SAVED      "/boot/grub/default"

/* menu.lst is mostly a link to grub.conf, or the other way round. */
const char *const vw_grub_legacy_paths[] = { "/boot/grub/grub.conf", "/boot/grub/menu.lst",
	"/boot/efi/EFI/redhat/grub.conf", "/boot/efi/EFI/centos/grub.conf", NULL };

/* 1 = a file or a link to one, and what it is. */
static bool look(const struct vw_host *host, const char *path, struct stat *st, bool *link)
{
	char target[512];

	if (vw_host_statf(host, st, "%s", path) != 0 || !S_ISREG(st->st_mode))
		return false;
	*link = vw_host_readlinkf(host, target, sizeof(target), "%s", path) >= 0;
	return true;
}

bool vw_grub_legacy_is_file(const struct vw_host *host, size_t i)
{
	struct stat mine, other;
	bool link, other_link;

	if (!look(host, vw_grub_legacy_paths[i], &mine, &link))
		return false;
	for (size_t k = 0; k < VW_ARRAY_SIZE(vw_grub_legacy_paths) - 1; k++) {
		if (k == i || !look(host, vw_grub_legacy_paths[k], &other, &other_link))
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

/* Where the value of this line's command begins; 0: it is another command. */
static size_t value_of(const char *text, const struct vw_line *line, const char *command)
{
	size_t begin = vw_skip_blanks(text, line->begin, line->end),
	       behind = begin + strlen(command);

	if (!vw_begins_with(text, begin, line->end, command) || behind == line->end ||
		!strchr(" \t=", text[behind]))
		return 0;
	while (behind < line->end && strchr(" \t=", text[behind]))
		behind++;
	return behind;
}

/* The default title's number (-1: not known), and what says so. 0 or -ENOMEM. */
static int read_default(const struct vw_host *host, const char *path, const struct vw_bytes *text,
	long *number, struct vw_boot_entries *entries)
{
	const char *rule = "grub-legacy-first", *file = path;
	struct vw_line line = { 0 };
	unsigned int at = 0;
	char value[64] = "title 0", saved[1024];

	*number = 0;
	while (vw_line_next(text->data, text->len, &line)) {
		size_t begin = value_of(text->data, &line, "default");

		if (!begin)
			continue;
		rule = "grub-legacy-default";
		file = path;
		at = line.number;
		snprintf(value, sizeof(value), "default %.*s", (int)(line.end - begin),
			text->data + begin);
		*number = strtol(text->data + begin, NULL, 10);
		if (!vw_begins_with(text->data, begin, line.end, "saved"))
			continue;
		rule = "grub-legacy-saved";
		file = SAVED;
		at = 1;
		*number = vw_host_readf(host, saved, sizeof(saved), SAVED) < 0
				  ? -1
				  : strtol(saved, NULL, 10);
		snprintf(value, sizeof(value), *number < 0 ? "unreadable" : "%ld", *number);
	}
	return vw_boot_entries_explain(entries, rule, file, at, value);
}

/* The title that a line is in, counted from 0; -1: none. Lines are asked for in their order. */
struct titles {
	struct vw_line line;
	long number;
};

static long title_of_line(struct titles *titles, const struct vw_bytes *text, unsigned int number)
{
	while (titles->line.number < number && vw_line_next(text->data, text->len, &titles->line)) {
		size_t begin = vw_skip_blanks(text->data, titles->line.begin, titles->line.end);

		titles->number += vw_begins_with(text->data, begin, titles->line.end, "title") &&
				  strchr(" \t=", text->data[begin + strlen("title")]) != NULL;
	}
	return titles->number;
}

/* The image's path and its arguments, from lines that go on behind it, too. */
static void read_command(const struct vw_bytes *text, const struct vw_places *places, size_t i,
	struct vw_bytes *command)
{
	const struct vw_place *place = &places->v[i];

	vw_bytes_add(command, text->data + place->begin, place->len);
	for (i++; i < places->n && places->v[i].clean_only && is_title(text, &places->v[i]); i++)
		vw_bytes_addf(
			command, " %.*s", (int)places->v[i].len, text->data + places->v[i].begin);
}

static int add_titles(const char *path, const struct vw_bytes *text, const struct vw_places *places,
	long chosen, struct vw_boot_entries *entries)
{
	struct titles titles = { .number = -1 };
	int rc = 0;

	for (size_t i = 0; i < places->n && rc == 0; i++) {
		const struct vw_place *place = &places->v[i];
		vw_auto(vw_bytes_free) struct vw_bytes command = { 0 };
		char *args;

		if (!is_title(text, place) || place->clean_only)
			continue;
		read_command(text, places, i, &command);
		if (command.lost)
			return -ENOMEM;
		args = command.data + strcspn(command.data, " \t");
		if (*args)
			*args++ = '\0';
		rc = vw_boot_entries_add(entries,
			&(struct vw_boot_entry){ .title = (char *)place->label,
				.file = (char *)path,
				.line = place->line,
				.kernel = command.data,
				.cmdline = args + strspn(args, " \t"),
				.is_default =
					title_of_line(&titles, text, place->line) == chosen });
	}
	return rc;
}

int vw_grub_legacy_read(const struct vw_host *host, const char *path,
	struct vw_boot_entries *entries, struct vw_error *err)
{
	vw_auto(vw_places_free) struct vw_places places = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };
	long chosen;
	int rc = vw_boot_read(host, path, &text, err);

	if (rc <= 0 || text.len == 0)
		return rc < 0 ? rc : 0;
	rc = vw_grub_legacy_places(text.data, text.len, &places, err);
	if (rc == 0 && places.n > PLACES_MAX)
		rc = vw_error_set(err, EBADMSG, "more than %d command lines", PLACES_MAX);
	if (rc == -EBADMSG)
		return vw_error_prefix(err, rc, "%s", path);
	if (rc == 0 && places.n > 0)
		rc = read_default(host, path, &text, &chosen, entries);
	if (rc == 0 && places.n > 0)
		rc = add_titles(path, &text, &places, chosen, entries);
	return rc == -ENOMEM ? vw_error_set(err, ENOMEM, "out of memory") : rc;
}
