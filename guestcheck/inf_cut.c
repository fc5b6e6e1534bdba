/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inf_cut: the text of an INF file in lines of keys and values, by Microsoft's "General Syntax Rules for INF Files".
 *
 * Theory of operation: the text is read once, from the front, and written back in place: what a field loses (quotes, blanks around it,
 * the backslash of a continued line) only makes it shorter, and each field's NUL takes the place of the character that ended it. So fields
 * are pointers, and nothing that the file says makes it larger in memory than its own limits. */
#include "inf_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct cutter {
	struct vw_inf *inf;
	char *p; /* what is read next; never before what is written */
	size_t line;
	size_t room_lines, room_fields, room_sections;
	struct vw_error *err;
};

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

static bool line_end(char c)
{
	return c == '\n' || c == '\r' || c == '\0';
}

/* Past the end of a line: LF, CR LF, or CR. */
static void next_line(struct cutter *c)
{
	if (!*c->p)
		return;
	if (c->p[0] == '\r' && c->p[1] == '\n')
		c->p++;
	c->p++;
	c->line++;
}

static void skip_comment(struct cutter *c)
{
	while (!line_end(*c->p))
		c->p++;
}

/* Room for one more in *array, which is a pointer to whatever type. */
static int grow(struct cutter *c, void *array, size_t n, size_t *room, size_t size, size_t max,
	const char *what)
{
	size_t want = *room ? *room * 2 : 64;
	void *more;

	if (n >= max)
		return vw_error_set(
			c->err, EFBIG, "line %zu: more than %zu %s", c->line, max, what);
	if (n < *room)
		return 0;
	memcpy(&more, array, sizeof(more));
	more = reallocarray(more, want, size);
	if (!more)
		return vw_error_set(c->err, ENOMEM, "out of memory");
	memcpy(array, &more, sizeof(more));
	*room = want;
	return 0;
}

static int cut_section(struct cutter *c)
{
	struct vw_inf *inf = c->inf;
	char *name = ++c->p;
	int rc;

	while (*c->p != ']' && !line_end(*c->p))
		c->p++;
	if (*c->p != ']')
		return vw_error_set(
			c->err, EBADMSG, "line %zu: a section's name does not end", c->line);
	rc = grow(c, &inf->sections, inf->n_sections, &c->room_sections, sizeof(*inf->sections),
		VW_INF_SECTIONS_MAX, "sections");
	if (rc)
		return rc;
	*c->p++ = '\0';
	inf->sections[inf->n_sections] = (struct vw_inf_section){
		.name = name,
		.order = (uint32_t)inf->n_sections,
		.head = VW_INF_NONE,
		.tail = VW_INF_NONE,
	};
	inf->n_sections++;
	return 0;
}

/* A backslash: does the line go on in the next one? Several of them, and a comment behind them, count as one. Else they are text. */
static char *backslash(struct cutter *c, char *w)
{
	const char *from = c->p;

	while (*c->p == '\\' || blank(*c->p))
		c->p++;
	if (*c->p == ';')
		skip_comment(c);
	else if (!line_end(*c->p)) {
		while (from < c->p)
			*w++ = *from++;
		return w;
	}
	next_line(c);
	while (blank(*c->p))
		c->p++;
	return w;
}

/* From behind the first quote to behind the last; a doubled one stands for itself, and the line's end is an end, too. */
static char *quoted(struct cutter *c, char *w)
{
	for (c->p++; !line_end(*c->p); c->p++) {
		if (*c->p == '"' && *++c->p != '"')
			break;
		*w++ = *c->p;
	}
	return w;
}

/* One field, up to and without what ends it: a comma, the line's end, or "=" behind what can be a key. */
static char cut_field(struct cutter *c, bool first, char **field)
{
	char *w = c->p, *keep;
	char end;

	while (blank(*c->p))
		c->p++;
	*field = keep = w;
	while (!line_end(*c->p) && *c->p != ',' && *c->p != ';' && !(first && *c->p == '=')) {
		char *was = w;

		if (*c->p == '\\')
			w = backslash(c, w);
		else if (*c->p == '"')
			keep = w = quoted(c, w);
		else
			*w++ = *c->p++;
		for (char *at = w; at > was && at > keep; at--) {
			if (!blank(at[-1])) {
				keep = at;
				break;
			}
		}
	}
	if (*c->p == ';')
		skip_comment(c);
	end = *c->p;
	if (line_end(end))
		next_line(c);
	else
		c->p++;
	*keep = '\0';
	return end;
}

static int cut_line(struct cutter *c)
{
	struct vw_inf *inf = c->inf;
	struct vw_inf_section *section = &inf->sections[inf->n_sections - 1];
	struct vw_inf_line line = { .first = (uint32_t)inf->n_fields, .next = VW_INF_NONE };
	bool first = true;
	char *field, end;
	int rc;

	rc = grow(c, &inf->lines, inf->n_lines, &c->room_lines, sizeof(*inf->lines),
		VW_INF_LINES_MAX, "lines");
	do {
		if (!rc)
			rc = grow(c, &inf->fields, inf->n_fields, &c->room_fields,
				sizeof(*inf->fields), VW_INF_FIELDS_MAX, "values");
		if (rc)
			return rc;
		end = cut_field(c, first, &field);
		if (end == '=' && first)
			line.key = field;
		else
			inf->fields[inf->n_fields++] = field;
		first = false;
	} while (!line_end(end));
	line.n = (uint32_t)inf->n_fields - line.first;
	if (section->tail == VW_INF_NONE)
		section->head = (uint32_t)inf->n_lines;
	else
		inf->lines[section->tail].next = (uint32_t)inf->n_lines;
	section->tail = (uint32_t)inf->n_lines;
	inf->lines[inf->n_lines++] = line;
	return 0;
}

int vw_inf_cut(struct vw_inf *inf, struct vw_error *err)
{
	struct cutter c = { .inf = inf, .p = inf->text, .line = 1, .err = err };
	int rc = 0;

	while (rc == 0 && *c.p) {
		if (blank(*c.p))
			c.p++;
		else if (line_end(*c.p))
			next_line(&c);
		else if (*c.p == ';')
			skip_comment(&c);
		else if (*c.p == '[')
			rc = cut_section(&c);
		else if (inf->n_sections)
			rc = cut_line(&c);
		else
			rc = vw_error_set(err, EBADMSG,
				"line %zu: text before the first section: no INF file", c.line);
	}
	return rc;
}
