/* SPDX-License-Identifier: GPL-2.0-or-later */
/* error: the one error object: a message for the operator beside the -errno that a function returns. */
#ifndef VW_ERROR_H
#define VW_ERROR_H

#include <stdarg.h>
#include <stdbool.h>

struct vw_error {
	char msg[1024];
};

/* Writes the message and returns -code, so that callers can `return vw_error_set(err, ENOENT, …)`.
 * code: a positive errno. err may be NULL. An over-long message is cut at a character and ends in "...". */
int vw_error_set(struct vw_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* As vw_error_set, with ": " and the text of the errno appended. */
int vw_error_errno(struct vw_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "prefix: " in front of the message that is already there; returns rc unchanged. */
int vw_error_prefix(struct vw_error *err, int rc, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Does this -errno say that there is no such thing? Any other failure (EIO, EMFILE, EACCES, …) says that nobody could look, which is no
 * proof of anything. */
bool vw_error_absent(int rc);

#endif
