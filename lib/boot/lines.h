/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lines: a text line by line, and its words. */
#ifndef VW_LINES_H
#define VW_LINES_H

#include <stdbool.h>
#include <stddef.h>

/* One line: [begin, end) without "\n", and without any "\r" at its end. */
struct vw_line {
	size_t begin, end;
	size_t next;         /* where the one after it begins */
	unsigned int number; /* from 1; 0 before the first */
};

/* The next line; a zeroed one gives the first. false: there is none. */
bool vw_line_next(const char *text, size_t len, struct vw_line *line);

/* Where what is no blank or tab begins in [begin, end); end if there is nothing else. */
size_t vw_skip_blanks(const char *text, size_t begin, size_t end);
/* Where the trailing blanks and tabs of [begin, end) begin. */
size_t vw_trim_blanks(const char *text, size_t begin, size_t end);

/* Does [begin, end) begin with this? */
bool vw_begins_with(const char *text, size_t begin, size_t end, const char *prefix);

#endif
