/* SPDX-License-Identifier: GPL-2.0-or-later */
/* format_grubenv: kernelopts in GRUB's environment block, where RHEL 8 keeps the command line of all entries.
 *
 * A head line, NAME=VALUE lines in which "\" escapes itself and a newline, then '#' up to 1024 bytes (GRUB's include/grub/lib/envblk.h). The
 * size is part of the format: grub-editenv refuses to set anything in a block without room, and GRUB writes the file's blocks in place. */
#include "args_file.h"
#include "lines.h"

#include <errno.h>
#include <string.h>

#define BLOCK_SIZE 1024
#define HEAD       "# GRUB Environment Block\n"

/* Where the padding begins. */
static size_t padding(const char *text, size_t len)
{
	while (len > 0 && text[len - 1] == '#')
		len--;
	return len;
}

/* Behind the newline that ends the line at `begin`; 0: there is none, it is escaped. */
static size_t line_end(const char *text, size_t begin, size_t len)
{
	for (size_t i = begin; i < len; i++) {
		if (text[i] == '\\')
			i++;
		else if (text[i] == '\n')
			return i + 1;
	}
	return 0;
}

static int check(const char *text, size_t len, struct vw_error *err)
{
	if (!vw_begins_with(text, 0, len, HEAD))
		return vw_error_set(err, EBADMSG, "line 1: not a GRUB environment block");
	if (len != BLOCK_SIZE)
		return vw_error_set(err, EBADMSG,
			"a GRUB environment block has %d bytes, and this one has %zu", BLOCK_SIZE,
			len);
	return 0;
}

static int find(const char *text, size_t len, struct vw_places *places, struct vw_error *err)
{
	static const char name[] = "kernelopts=";
	size_t used = padding(text, len), next;
	unsigned int number = 1;
	int rc = check(text, len, err);

	for (size_t begin = 0; rc == 0 && begin < used; begin = next, number++) {
		struct vw_place place = { .line = number, .label = "kernelopts" };

		next = line_end(text, begin, used);
		if (next == 0)
			return vw_error_set(err, EBADMSG, "line %u does not end", number);
		if (!vw_begins_with(text, begin, next, name))
			continue;
		place.begin = begin + strlen(name);
		place.len = next - 1 - place.begin;
		/* An escaped newline, between whose two bytes an argument could come to stand. */
		if (memchr(text + place.begin, '\n', place.len))
			return vw_error_set(
				err, EBADMSG, "line %u: kernelopts has a newline in it", number);
		rc = vw_places_add(places, &place);
	}
	return rc;
}

static int finish(struct vw_bytes *text, struct vw_error *err)
{
	char filling[BLOCK_SIZE];
	size_t used = padding(text->data, text->len);

	/* grub-editenv keeps one '#' at the end, too. */
	if (used >= BLOCK_SIZE)
		return vw_error_set(err, E2BIG,
			"a GRUB environment block has room for %d bytes, and this would be %zu: "
			"take out what is no longer needed (grub2-editenv list)",
			BLOCK_SIZE - 1, used);
	memset(filling, '#', sizeof(filling));
	text->len = used;
	vw_bytes_add(text, filling, BLOCK_SIZE - used);
	return text->lost ? vw_error_set(err, ENOMEM, "out of memory") : 0;
}

const struct vw_args_format vw_format_grubenv = {
	.name = "grubenv", .find = find, .finish = finish
};
