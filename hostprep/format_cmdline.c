/* SPDX-License-Identifier: GPL-2.0-or-later */
/* format_cmdline: /etc/kernel/cmdline, from which the entries of later kernels are made.
 *
 * kernel-install makes one command line of all its lines; grubby reads the first alone. So what is wanted goes into the first. */
#include "args_file.h"
#include "lines.h"

#include <stdio.h>

static int add_line(const char *text, const struct vw_line *line, struct vw_places *places)
{
	size_t begin = vw_skip_blanks(text, line->begin, line->end);
	/* With its blanks: so it is the same place when nothing is left of it. */
	struct vw_place place = { .begin = line->begin,
		.len = line->end - line->begin,
		.line = line->number,
		.clean_only = places->n > 0 };

	if (begin < line->end && text[begin] == '#')
		return 0;
	/* A line that others add must not be taken for one of these. */
	snprintf(place.label, sizeof(place.label), "part %zu", places->n + 1);
	return vw_places_add(places, &place);
}

static int find(const char *text, size_t len, struct vw_places *places, struct vw_error *err)
{
	struct vw_line line = { 0 };
	int rc = 0;

	(void)err;
	while (rc == 0 && vw_line_next(text, len, &line))
		rc = add_line(text, &line, places);
	/* Behind the last newline there is one more, in which something may have been. */
	if (rc == 0 && (len == 0 || text[len - 1] == '\n')) {
		line = (struct vw_line){ .begin = len, .end = len, .number = line.number + 1 };
		rc = add_line(text, &line, places);
	}
	return rc;
}

const struct vw_args_format vw_format_cmdline = { .name = "cmdline", .find = find };
