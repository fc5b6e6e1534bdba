/* SPDX-License-Identifier: GPL-2.0-or-later */
/* format_grub_default: /etc/default/grub and its drop-ins: shell files of which the GRUB_CMDLINE_LINUX* assignments are ours. */
#include "format_grub_default.h"

#include "cleanup.h"
#include "shell_vars.h"

#include <errno.h>
#include <string.h>

#define VARIABLE "GRUB_CMDLINE_LINUX"

/* The line is vfward's own where the marker, and nothing more, stands behind the assignment. */
static void look_at_line(
	const char *text, size_t len, const struct vw_shell_assign *assign, struct vw_place *place)
{
	size_t begin = assign->begin, end = assign->end;

	while (end < len && text[end] == ' ')
		end++;
	if (len - end < strlen(VW_GRUB_MARKER) ||
		memcmp(text + end, VW_GRUB_MARKER, strlen(VW_GRUB_MARKER)) != 0)
		return;
	end += strlen(VW_GRUB_MARKER);
	if (end < len && text[end] != '\n')
		return;
	while (begin > 0 && text[begin - 1] != '\n')
		begin--;
	place->line_begin = begin;
	place->line_end = end + (end < len);
}

/* An assignment that is more than one string stays as it is, as long as nothing in it turns the IOMMU off. */
static int check_odd(const char *text, const struct vw_shell_assign *assign, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes bare = { 0 };
	char culprits[256] = "";

	for (size_t i = assign->begin; i < assign->end; i++)
		vw_bytes_add(&bare, strchr("\"'\\`${}();\n", text[i]) ? " " : text + i, 1);
	if (bare.lost)
		return -ENOMEM;
	if (bare.len)
		vw_cmdline_culprits(bare.data, bare.len, culprits, sizeof(culprits));
	if (!culprits[0])
		return 0;
	return vw_error_set(err, EBADMSG,
		"line %u: %s is put together in a way that cannot be edited, and has %s in it",
		assign->line, assign->name, culprits);
}

/* What is wanted is added in one place: our own line, or else the one assignment of GRUB_CMDLINE_LINUX, if it is the only one and
 * every shell comes by. */
static void choose_place(const struct vw_shell *shell, struct vw_places *places)
{
	struct vw_place *sole = NULL, *own = NULL;
	size_t count = 0;

	for (size_t i = 0; i < shell->n; i++)
		count += !strcmp(shell->v[i].name, VARIABLE);
	for (size_t i = 0; i < places->n; i++) {
		struct vw_place *place = &places->v[i];

		if (place->line_end > place->line_begin)
			own = place;
		else if (count == 1 && !strcmp(place->label, VARIABLE))
			sole = place;
	}
	for (size_t i = 0; i < shell->n && sole; i++)
		if (!strcmp(shell->v[i].name, VARIABLE) &&
			(!shell->v[i].sure || shell->v[i].begin < shell->doubt_at))
			sole = NULL;
	if (own || sole)
		(own ? own : sole)->clean_only = false;
}

static int find(const char *text, size_t len, struct vw_places *places, struct vw_error *err)
{
	vw_auto(vw_shell_free) struct vw_shell shell = { 0 };
	int rc = vw_shell_parse(text, len, &shell, err);

	for (size_t i = 0; i < shell.n && rc == 0; i++) {
		const struct vw_shell_assign *assign = &shell.v[i];
		struct vw_place place = { .begin = assign->inner,
			.len = assign->inner_len,
			.quoting = assign->quoting,
			.line = assign->line,
			.clean_only = true };

		if (strncmp(assign->name, VARIABLE, strlen(VARIABLE)) != 0)
			continue;
		if (!assign->plain) {
			rc = check_odd(text, assign, err);
			continue;
		}
		memcpy(place.label, assign->name, sizeof(place.label));
		look_at_line(text, len, assign, &place);
		rc = vw_places_add(places, &place);
	}
	if (rc == 0)
		choose_place(&shell, places);
	return rc;
}

const struct vw_args_format vw_format_grub_default = { .name = "grub-default", .find = find };

int vw_grub_default_append(
	struct vw_bytes *text, const struct vw_boot_args *want, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes args = { 0 };
	int rc = vw_cmdline_edit(
		"$" VARIABLE, strlen("$" VARIABLE), VW_QUOTE_DOUBLE, want, &args, NULL, err);

	if (rc <= 0)
		return rc;
	vw_bytes_addf(text, "%s" VARIABLE "=\"%s\" " VW_GRUB_MARKER "\n",
		text->len && text->data[text->len - 1] != '\n' ? "\n" : "", args.data);
	return text->lost ? vw_error_set(err, ENOMEM, "out of memory") : 1;
}
