/* SPDX-License-Identifier: GPL-2.0-or-later */
/* log: lines to syslog by a datagram that never blocks and never fails the caller. */
#ifndef VW_LOG_H
#define VW_LOG_H

#include "host.h"

/* priority: LOG_ERR … of <syslog.h>, facility daemon. The message must be escaped already; it is cut at 2 KiB. A missing or full /dev/log
 * loses the line, and nothing else. ident: program name. */
void vw_log(const struct vw_host *host, const char *ident, int priority, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
