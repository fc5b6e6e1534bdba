/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bytes: a growing text. */
#include "bytes.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool reserve(struct vw_bytes *bytes, size_t more)
{
	size_t room = bytes->room ? bytes->room : 64;
	char *data;

	if (bytes->lost || more >= (size_t)PTRDIFF_MAX - bytes->len) {
		bytes->lost = true;
		return false;
	}
	while (room < bytes->len + more + 1)
		room *= 2;
	if (room == bytes->room)
		return true;
	data = realloc(bytes->data, room);
	if (!data) {
		bytes->lost = true;
		return false;
	}
	bytes->data = data;
	bytes->room = room;
	return true;
}

void vw_bytes_add(struct vw_bytes *bytes, const void *data, size_t len)
{
	if (!reserve(bytes, len))
		return;
	if (len)
		memcpy(bytes->data + bytes->len, data, len);
	bytes->len += len;
	bytes->data[bytes->len] = '\0';
}

void vw_bytes_addf(struct vw_bytes *bytes, const char *fmt, ...)
{
	va_list ap, again;
	int len;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		bytes->lost = true;
	else if (reserve(bytes, (size_t)len))
		bytes->len +=
			(size_t)vsnprintf(bytes->data + bytes->len, (size_t)len + 1, fmt, again);
	va_end(again);
}

void vw_bytes_free(struct vw_bytes *bytes)
{
	free(bytes->data);
	memset(bytes, 0, sizeof(*bytes));
}

bool vw_bytes_equal(const struct vw_bytes *a, const struct vw_bytes *b)
{
	return a->len == b->len && (!a->len || !memcmp(a->data, b->data, a->len));
}
