/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bytes: a growing text: a file's content while it is read, edited and written. */
#ifndef VW_BYTES_H
#define VW_BYTES_H

#include <stdbool.h>
#include <stddef.h>

/* A NUL stands behind data[len) and is not counted; data is NULL as long as nothing was added. */
struct vw_bytes {
	char *data;
	size_t len;
	size_t room;
	bool lost; /* out of memory: something is missing */
};

/* Out of memory sets ->lost and changes nothing; callers look once, at the end. */
void vw_bytes_add(struct vw_bytes *bytes, const void *data, size_t len);
void vw_bytes_addf(struct vw_bytes *bytes, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void vw_bytes_free(struct vw_bytes *bytes);

/* Nothing and an empty text are equal. */
bool vw_bytes_equal(const struct vw_bytes *a, const struct vw_bytes *b);

#endif
