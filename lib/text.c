/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text: strict numbers, and foreign strings made safe for logs, terminals and one-line messages. */
#include "text.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

/* The length of the well-formed character at s (Unicode standard, table 3-7: no overlong form, no
 * surrogate, nothing above U+10FFFF) and its code point; 0 if there is none. */
static size_t utf8_decode(const unsigned char *s, size_t len, uint32_t *point)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t value;
	size_t need;

	if (s[0] < 0x80) {
		*point = s[0];
		return 1;
	}
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		need = 2;
	else if (s[0] >= 0xe0 && s[0] <= 0xef)
		need = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		need = 4;
	else
		return 0;
	if (len < need)
		return 0;

	value = s[0] & (0x7fU >> need);
	for (size_t i = 1; i < need; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (s[i] & 0x3f);
	}
	if (value < smallest[need] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*point = value;
	return need;
}

/* What could move a cursor, end a line or reorder what the operator reads. The bidi characters are those
 * of Unicode's property Bidi_Control (UAX #9). */
static bool is_unsafe(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point == 0x61c ||
	       point == 0x200e || point == 0x200f || (point >= 0x2028 && point <= 0x202e) ||
	       (point >= 0x2066 && point <= 0x2069) || point == 0xfeff;
}

char *vw_text_escape_n(char *buf, size_t size, const char *src, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *s = (const unsigned char *)src;
	size_t out = 0;

	if (!size)
		return buf;
	for (size_t in = 0; s && in < len;) {
		uint32_t point = 0;
		size_t n = utf8_decode(s + in, len - in, &point);
		bool escape = !n || is_unsafe(point);
		size_t bytes = n ? n : 1;
		size_t need = escape ? 4 * bytes : s[in] == '\\' ? 2 : bytes;

		if (need >= size - out)
			break;
		if (escape) {
			for (size_t i = 0; i < bytes; i++) {
				buf[out++] = '\\';
				buf[out++] = 'x';
				buf[out++] = hex[s[in + i] >> 4];
				buf[out++] = hex[s[in + i] & 15];
			}
		} else {
			if (s[in] == '\\')
				buf[out++] = '\\';
			memcpy(buf + out, s + in, bytes);
			out += bytes;
		}
		in += bytes;
	}
	buf[out] = '\0';
	return buf;
}

char *vw_text_escape(char *buf, size_t size, const char *src)
{
	return vw_text_escape_n(buf, size, src, src ? strlen(src) : 0);
}

size_t vw_text_cut(const char *text, size_t len, size_t max)
{
	size_t keep = max;

	if (len <= max)
		return len;
	/* A character has at most three bytes behind its first; a longer run is no UTF-8 anyway. */
	while (keep > 0 && max - keep < 3 && ((unsigned char)text[keep] & 0xc0) == 0x80)
		keep--;
	return ((unsigned char)text[keep] & 0xc0) == 0x80 ? max : keep;
}

static unsigned int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'z')
		return (unsigned int)(c - 'a') + 10;
	if (c >= 'A' && c <= 'Z')
		return (unsigned int)(c - 'A') + 10;
	return UINT_MAX;
}

/* Not strtoull: that takes blanks and signs, wraps "-1", and since glibc 2.38 also reads "0b1". */
int vw_text_u64(const char *text, int base, uint64_t max, uint64_t *value)
{
	bool too_large = false;
	uint64_t sum = 0;

	if (!text || base < 0 || base == 1 || base > 36)
		return -EINVAL;
	if ((base == 0 || base == 16) && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	} else if (base == 0) {
		base = text[0] == '0' ? 8 : 10;
	}
	if (!*text)
		return -EINVAL;
	for (; *text; text++) {
		unsigned int digit = digit_value(*text);

		if (digit >= (unsigned int)base)
			return -EINVAL;
		if (__builtin_mul_overflow(sum, (uint64_t)base, &sum) ||
			__builtin_add_overflow(sum, (uint64_t)digit, &sum))
			too_large = true;
	}
	if (too_large || sum > max)
		return -ERANGE;
	*value = sum;
	return 0;
}
