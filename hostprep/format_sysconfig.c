/* SPDX-License-Identifier: GPL-2.0-or-later */
/* format_sysconfig: SLES 11's /etc/sysconfig/bootloader, from which perl-Bootloader makes the titles of later kernels.
 *
 * Lines of NAME="VALUE". The failsafe title gets what stands there and nothing more: it is there to boot without such arguments. */
#include "args_file.h"
#include "lines.h"

#include <errno.h>
#include <string.h>

static const struct {
	const char *name;
	bool clean_only;
} variables[] = {
	{ "DEFAULT_APPEND=", false },
	{ "XEN_KERNEL_APPEND=", false },
	{ "FAILSAFE_APPEND=", true },
};

/* The value of the line's variable, which begins at `begin`. 0 or -EBADMSG. */
static int find_value(const char *text, const struct vw_line *line, size_t begin,
	struct vw_place *place, struct vw_error *err)
{
	char quote = begin < line->end ? text[begin] : '\0';
	size_t end;

	place->line = line->number;
	place->begin = begin;
	place->quoting = VW_QUOTE_BARE;
	if (quote != '"' && quote != '\'') {
		for (end = begin; end < line->end && !strchr(" \t#", text[end]); end++)
			;
		place->len = end - begin;
		for (size_t i = begin; i < end; i++)
			if (strchr("\"'\\$`", text[i]))
				return vw_error_set(err, EBADMSG,
					"line %u: the value is put together in a way that cannot "
					"be edited",
					line->number);
		return 0;
	}
	place->quoting = quote == '"' ? VW_QUOTE_DOUBLE : VW_QUOTE_SINGLE;
	place->begin++;
	for (end = place->begin; end < line->end && text[end] != quote; end++)
		if (quote == '"' && text[end] == '\\' && end + 1 < line->end)
			end++;
	if (end == line->end)
		return vw_error_set(err, EBADMSG, "line %u: a quote is not closed", line->number);
	place->len = end - place->begin;
	return 0;
}

static int find(const char *text, size_t len, struct vw_places *places, struct vw_error *err)
{
	struct vw_line line = { 0 };
	int rc = 0;

	while (rc == 0 && vw_line_next(text, len, &line)) {
		for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
			size_t behind = line.begin + strlen(variables[i].name);
			struct vw_place place = { .clean_only = variables[i].clean_only };

			if (!vw_begins_with(text, line.begin, line.end, variables[i].name))
				continue;
			vw_place_label(&place, text, line.begin, behind - 1);
			rc = find_value(text, &line, behind, &place, err);
			if (rc == 0)
				rc = vw_places_add(places, &place);
			break;
		}
	}
	return rc;
}

const struct vw_args_format vw_format_sysconfig = { .name = "sysconfig", .find = find };
