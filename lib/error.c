/* SPDX-License-Identifier: GPL-2.0-or-later */
/* error: the one error object: a message for the operator beside the -errno that a function returns. */
#include "error.h"

#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MSG_SIZE sizeof(((struct vw_error *)0)->msg)
#define DOTS     "..."

/* The kernel's own "not supported" of drivers, which leaks to user space and which libc has no name for
 * (include/linux/errno.h). */
#define KERNEL_ENOTSUPP 524

/* Formats into buf; what does not fit is cut at a character and marked. */
__attribute__((format(printf, 3, 0))) static void format_cut(
	char *buf, size_t size, const char *fmt, va_list ap)
{
	int len = vsnprintf(buf, size, fmt, ap);

	if (len < 0) {
		/* vsnprintf itself failed (no memory, or a length above INT_MAX). */
		snprintf(buf, size, "%s", "(the message could not be written)");
	} else if ((size_t)len >= size) {
		size_t keep = vw_text_cut(buf, size - 1, size - sizeof(DOTS));

		memcpy(buf + keep, DOTS, sizeof(DOTS));
	}
}

/* A caller that passes 0 or a negative number has a bug, which must not turn its failure into success. */
static int failure(int code)
{
	if (code == 0)
		return -EINVAL;
	return code > 0 ? -code : code;
}

int vw_error_set(struct vw_error *err, int code, const char *fmt, ...)
{
	char msg[MSG_SIZE]; /* because an argument may point into err->msg */
	va_list ap;

	if (err) {
		va_start(ap, fmt);
		format_cut(msg, sizeof(msg), fmt, ap);
		va_end(ap);
		memcpy(err->msg, msg, strlen(msg) + 1);
	}
	return failure(code);
}

int vw_error_errno(struct vw_error *err, int code, const char *fmt, ...)
{
	char msg[MSG_SIZE], reason_buf[128], tail[160];
	const char *reason;
	va_list ap;

	if (!err)
		return failure(code);
	code = -failure(code);
	if (code == KERNEL_ENOTSUPP)
		reason = "Not supported by the driver";
	else
		reason = strerror_r(code, reason_buf, sizeof(reason_buf));
	snprintf(tail, sizeof(tail), ": %s", reason);

	/* The reason survives even where the rest is too long. */
	va_start(ap, fmt);
	format_cut(msg, sizeof(msg) - strlen(tail), fmt, ap);
	va_end(ap);
	memcpy(err->msg, msg, strlen(msg));
	memcpy(err->msg + strlen(msg), tail, strlen(tail) + 1);
	return -code;
}

__attribute__((format(printf, 2, 3))) static void set_message(
	struct vw_error *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	format_cut(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
}

int vw_error_prefix(struct vw_error *err, int rc, const char *fmt, ...)
{
	char prefix[MSG_SIZE], old[MSG_SIZE];
	va_list ap;

	if (!err)
		return rc;
	va_start(ap, fmt);
	format_cut(prefix, sizeof(prefix), fmt, ap);
	va_end(ap);
	memcpy(old, err->msg, sizeof(old));
	old[sizeof(old) - 1] = '\0';
	set_message(err, "%s: %s", prefix, old);
	return rc;
}

bool vw_error_absent(int rc)
{
	static const int absent[] = { ENOENT, ENOTDIR, ENODEV, ENXIO, ELOOP, ENAMETOOLONG, EINVAL,
		EISDIR, EBADMSG, EFBIG };

	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		if (rc == -absent[i])
			return true;
	return false;
}
