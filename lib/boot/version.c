/* SPDX-License-Identifier: GPL-2.0-or-later */
/* version: comparing versions as rpm does. */
#include "version.h"

#include <stdbool.h>
#include <string.h>

/* Without the locale: versions are bytes. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What a version goes on with, from lowest to highest. */
enum kind { TILDE, NOTHING, WORD, NUMBER };

static enum kind next_kind(const char **text)
{
	while (**text && **text != '~' && !is_digit(**text) && !is_letter(**text))
		(*text)++;
	return is_digit(**text) ? NUMBER : is_letter(**text) ? WORD : **text ? TILDE : NOTHING;
}

static size_t part_length(const char *text, enum kind kind)
{
	size_t n = 0;

	while (kind == NUMBER ? is_digit(text[n]) : is_letter(text[n]))
		n++;
	return kind == TILDE ? 1 : n;
}

static int compare_parts(const char *a, size_t a_len, const char *b, size_t b_len, enum kind kind)
{
	int order;

	while (kind == NUMBER && a_len && *a == '0')
		a++, a_len--;
	while (kind == NUMBER && b_len && *b == '0')
		b++, b_len--;
	if (kind == NUMBER && a_len != b_len)
		return a_len < b_len ? -1 : 1;
	order = memcmp(a, b, a_len < b_len ? a_len : b_len);
	return order ? order : (a_len > b_len) - (a_len < b_len);
}

int vw_version_compare(const char *a, const char *b)
{
	const char *x = a, *y = b;

	while (true) {
		enum kind kind = next_kind(&x), other = next_kind(&y);
		size_t x_len = part_length(x, kind), y_len = part_length(y, other);
		int order = (int)kind - (int)other;

		if (order == 0 && kind == NOTHING)
			return strcmp(a, b);
		if (order == 0)
			order = compare_parts(x, x_len, y, y_len, kind);
		if (order)
			return order;
		x += x_len;
		y += y_len;
	}
}
