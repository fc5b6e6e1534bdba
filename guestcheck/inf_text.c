/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inf_text: the bytes of an INF file as one text of single bytes.
 *
 * UTF-16 becomes UTF-8. Everything else stays as it is: vendors paste strings of several code pages into one file, so there is no
 * encoding to convert from, and what decides (section names, keys, hardware ids) is ASCII. */
#include "inf_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum encoding { BYTES, UTF16LE, UTF16BE };

static enum encoding detect(const unsigned char *data, size_t len, size_t *skip)
{
	*skip = 0;
	if (len >= 2 && data[0] == 0xff && data[1] == 0xfe) {
		*skip = 2;
		return UTF16LE;
	}
	if (len >= 2 && data[0] == 0xfe && data[1] == 0xff) {
		*skip = 2;
		return UTF16BE;
	}
	if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
		*skip = 3;
	/* Without a mark: an INF begins with ASCII (a comment, a bracket, white space), and a text of bytes has no NUL. */
	if (len >= 2 && data[0] && !data[1])
		return UTF16LE;
	return BYTES;
}

static char *put_utf8(char *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = (char)c;
		return to;
	}
	if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			*to++ = (char)(0xe0 | c >> 12);
		} else {
			*to++ = (char)(0xf0 | c >> 18);
			*to++ = (char)(0x80 | (c >> 12 & 0x3f));
		}
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
	}
	*to++ = (char)(0x80 | (c & 0x3f));
	return to;
}

static uint32_t unit(const unsigned char *at, bool big)
{
	return (uint32_t)(big ? at[0] << 8 | at[1] : at[1] << 8 | at[0]);
}

/* A unit becomes at most three bytes, a pair of them four. An odd byte at the end is no text. */
static size_t from_utf16(const unsigned char *data, size_t len, bool big, char *text)
{
	char *to = text;

	for (size_t i = 0; i + 1 < len; i += 2) {
		uint32_t c = unit(data + i, big);

		if (c >= 0xd800 && c < 0xdc00 && i + 3 < len) {
			uint32_t low = unit(data + i + 2, big);

			if (low >= 0xdc00 && low < 0xe000) {
				c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
				i += 2;
			}
		}
		if (c >= 0xd800 && c < 0xe000)
			c = 0xfffd; /* half a pair */
		to = put_utf8(to, c);
	}
	return (size_t)(to - text);
}

static size_t line_of(const char *text, const char *at)
{
	size_t line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

int vw_inf_text(const void *data, size_t len, char **text, size_t *n, struct vw_error *err)
{
	size_t skip, used;
	enum encoding encoding = detect(data, len, &skip);
	const unsigned char *from = (const unsigned char *)data + skip;
	char *to, *end;

	len -= skip;
	to = malloc(encoding == BYTES ? len + 1 : len / 2 * 3 + 1);
	if (!to)
		return vw_error_set(err, ENOMEM, "out of memory");
	if (encoding == BYTES) {
		if (len)
			memcpy(to, from, len);
		used = len;
	} else {
		used = from_utf16(from, len, encoding == UTF16BE, to);
	}
	end = memchr(to, 0x1a, used); /* the end of a text since CP/M */
	if (end)
		used = (size_t)(end - to);
	to[used] = '\0';
	end = memchr(to, '\0', used);
	if (end) {
		size_t line = line_of(to, end);

		free(to);
		return vw_error_set(err, EBADMSG, "line %zu: a NUL: not a text", line);
	}
	*text = to;
	*n = used;
	return 0;
}
