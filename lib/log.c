/* SPDX-License-Identifier: GPL-2.0-or-later */
/* log: lines to syslog by a datagram that never blocks and never fails the caller. */

/*
 * Theory of operation. syslog(3) blocks when the log daemon hangs, and libvirt waits for the hook without a
 * limit. So each line is one datagram of the form that syslog(3) sends (RFC 3164, 4.1, without the host name),
 * sent without waiting. The socket is looked up inside the root: a recorded machine never writes to the log of
 * the machine it is looked at on. connect(2) takes a name of at most 107 bytes and follows every symlink, so the
 * socket is opened with O_PATH first and then named by its descriptor.
 */
#include "log.h"

#include "cleanup.h"
#include "text.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>

#define MESSAGE_MAX 2048

/* Messages arrive escaped; should one not be, it still stays one line. */
static void flatten(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = '?';
}

/* "Mmm dd hh:mm:ss" in local time. Not strftime: that spells months in the language of the program's locale. */
static void format_time(char *buf, size_t size)
{
	static const char month[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
		"Sep", "Oct", "Nov", "Dec" };
	time_t now = time(NULL);
	struct tm tm;

	if (!localtime_r(&now, &tm))
		tm = (struct tm){ .tm_mday = 1 };
	snprintf(buf, size, "%s %2d %02d:%02d:%02d", month[tm.tm_mon], tm.tm_mday, tm.tm_hour,
		tm.tm_min, tm.tm_sec);
}

static void send_line(const struct vw_host *host, const char *line, size_t len)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	vw_auto_close int path = vw_host_openf(host, O_PATH, "/dev/log");
	vw_auto_close int sock = -1;

	if (path < 0)
		return;
	sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return;
	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d", path);
	sendto(sock, line, len, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&address,
		sizeof(address));
}

void vw_log(const struct vw_host *host, const char *ident, int priority, const char *fmt, ...)
{
	char message[MESSAGE_MAX + 2], when[64];
	vw_auto_free char *line = NULL;
	int saved = errno;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	if (len < 0)
		goto out;
	if (len > MESSAGE_MAX)
		message[vw_text_cut(message, MESSAGE_MAX + 1, MESSAGE_MAX)] = '\0';
	flatten(message);
	format_time(when, sizeof(when));
	len = asprintf(&line, "<%d>%s %s[%d]: %s", LOG_DAEMON | LOG_PRI(priority), when, ident,
		(int)getpid(), message);
	if (len < 0)
		line = NULL;
	else
		send_line(host, line, (size_t)len);
out:
	errno = saved;
}
