/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lines: a text line by line. */
#include "lines.h"

#include <string.h>

bool vw_line_next(const char *text, size_t len, struct vw_line *line)
{
	const char *newline;

	if (line->next >= len)
		return false;
	line->begin = line->next;
	newline = memchr(text + line->begin, '\n', len - line->begin);
	line->end = newline ? (size_t)(newline - text) : len;
	line->next = newline ? line->end + 1 : len;
	while (line->end > line->begin && text[line->end - 1] == '\r')
		line->end--;
	line->number++;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

size_t vw_skip_blanks(const char *text, size_t begin, size_t end)
{
	while (begin < end && is_blank(text[begin]))
		begin++;
	return begin;
}

size_t vw_trim_blanks(const char *text, size_t begin, size_t end)
{
	while (end > begin && is_blank(text[end - 1]))
		end--;
	return end;
}

bool vw_begins_with(const char *text, size_t begin, size_t end, const char *prefix)
{
	size_t len = strlen(prefix);

	return end - begin >= len && !memcmp(text + begin, prefix, len);
}
