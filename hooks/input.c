/* SPDX-License-Identifier: GPL-2.0-or-later */
/* input: the hook's standard input, bounded in size and time. */
#include "hook.h"
#include "cleanup.h"

#include <poll.h>
#include <string.h>

/* Makes room for at least one more byte; data stays valid on failure. */
static int grow(char **data, size_t *size, size_t len)
{
	size_t bigger = *size ? *size * 2 : 65536;
	char *moved;

	if (len + 1 < *size)
		return 0;
	moved = realloc(*data, bigger);
	if (!moved)
		return -ENOMEM;
	*data = moved;
	*size = bigger;
	return 0;
}

int vw_hook_read_input(const struct vw_host *host, char **data, size_t *len, struct vw_error *err)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	size_t size = 0;
	ssize_t got;

	*data = NULL;
	*len = 0;
	for (;;) {
		if (grow(data, &size, *len))
			return vw_error_set(err, ENOMEM, "out of memory");
		int ready = poll(&in, 1, vw_deadline_left(&host->deadline));
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready == 0)
			return vw_error_set(err, ETIMEDOUT, "it did not arrive in time");
		got = ready < 0 ? -1 : read(STDIN_FILENO, *data + *len, size - *len - 1);
		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got < 0)
			return vw_error_errno(err, errno, "standard input");
		if (!got)
			break;
		*len += (size_t)got;
		if (*len > VW_DOMAIN_XML_MAX)
			return vw_error_set(
				err, EFBIG, "it is larger than %u MiB", VW_DOMAIN_XML_MAX >> 20);
	}
	(*data)[*len] = '\0';
	return 0;
}
