/* SPDX-License-Identifier: GPL-2.0-or-later */
/* glob: only the last "*" is ever tried again, which is enough: what an earlier one could take, it can take too. */
#include "glob.h"

#include <stdint.h>

/* A "[...]" that holds c: its length; 0: it does not hold c; SIZE_MAX: it is not closed, and "[" stands for itself. */
static size_t match_bracket(const char *p, size_t len, char c)
{
	size_t i = 1, first;
	bool negated = false, found = false;

	if (i < len && (p[i] == '!' || p[i] == '^')) {
		negated = true;
		i++;
	}
	for (first = i; i < len && (p[i] != ']' || i == first); i++) {
		unsigned char from, to;

		if (p[i] == '\\' && i + 1 < len)
			i++;
		from = to = (unsigned char)p[i];
		if (i + 2 < len && p[i + 1] == '-' && p[i + 2] != ']') {
			i += 2;
			if (p[i] == '\\' && i + 1 < len)
				i++;
			to = (unsigned char)p[i];
		}
		found |= from <= (unsigned char)c && (unsigned char)c <= to;
	}
	if (i >= len)
		return SIZE_MAX;
	return found != negated ? i + 1 : 0;
}

/* How many bytes of the pattern stand for this character; 0: they do not. */
static size_t match_one(const char *p, size_t len, char c)
{
	size_t n;

	if (p[0] == '?')
		return 1;
	if (p[0] == '[') {
		n = match_bracket(p, len, c);
		if (n != SIZE_MAX)
			return n;
	}
	if (p[0] == '\\')
		return len > 1 && p[1] == c ? 2 : 0;
	return p[0] == c ? 1 : 0;
}

bool vw_glob_match(const char *pattern, size_t len, const char *text)
{
	size_t p = 0, star = SIZE_MAX;
	const char *from = text;

	for (;;) {
		size_t n = 0;

		if (p < len && pattern[p] == '*') {
			star = ++p;
			from = text;
			continue;
		}
		if (!*text && p == len)
			return true;
		if (*text && p < len)
			n = match_one(pattern + p, len - p, *text);
		if (n) {
			p += n;
			text++;
			continue;
		}
		if (star == SIZE_MAX || !*from)
			return false;
		p = star;
		text = ++from;
	}
}
