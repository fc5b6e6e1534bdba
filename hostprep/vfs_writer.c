/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs_writer: a child process that does what the kernel may never come back from. */
#include "vfs_writer.h"

#include "cleanup.h"
#include "sysfs.h"
#include "text.h"

#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define PLAYED  "/vfward-record/kernel"
#define ANSWERS PLAYED "-says"

struct order {
	bool up; /* netdev comes up; else the function's attribute is written */
	char netdev[IFNAMSIZ];
	struct vw_pci pci;
	char attr[32];
	char value[16];
};

bool vw_vfs_writer_possible(const struct vw_host *host)
{
	vw_auto_close int fd = host->recorded ? vw_host_openf(host, O_WRONLY, PLAYED) : -1;

	return !host->recorded || fd >= 0;
}

/* The answer of whoever plays the kernel. */
static int play(const struct vw_host *host, const struct order *order)
{
	vw_auto_close int ask = vw_host_openf(host, O_WRONLY, PLAYED);
	vw_auto_close int answer = vw_host_openf(host, O_RDONLY, ANSWERS);
	struct pollfd wait = { .fd = answer, .events = POLLIN };
	char addr[VW_PCI_STR], text[64];
	uint64_t code;
	ssize_t n;

	if (ask < 0 || answer < 0)
		return ask < 0 ? ask : answer;
	if (order->up)
		snprintf(text, sizeof(text), "%s up\n", order->netdev);
	else
		snprintf(text, sizeof(text), "%s %s %s\n", vw_pci_format(&order->pci, addr),
			order->attr, order->value);
	if (write(ask, text, strlen(text)) < 0 || poll(&wait, 1, -1) < 0)
		return -errno;
	n = read(answer, text, sizeof(text) - 1);
	if (n <= 0)
		return n < 0 ? -errno : -EIO;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return vw_text_u64(text, 10, 4095, &code) < 0 ? -EIO : -(int)code;
}

/* As ip link set … up does, without waiting for a carrier. */
static int bring_up(const char *netdev)
{
	vw_auto_close int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { 0 };

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", netdev);
	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request) < 0)
		return -errno;
	request.ifr_flags |= IFF_UP;
	return ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;
}

/* What the parent had open stays open with nobody who waits for its end: a pipe behind our stdout above all. */
static void let_go(int keep, int root)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; null >= 0 && fd <= 2; fd++)
		if (fd != keep && fd != root)
			dup2(null, fd);
}

_Noreturn static void serve(const struct vw_host *host, int fd)
{
	struct order order;
	int result;

	let_go(fd, host->root_fd);
	while (recv(fd, &order, sizeof(order), 0) == (ssize_t)sizeof(order)) {
		if (host->recorded)
			result = play(host, &order);
		else if (order.up)
			result = bring_up(order.netdev);
		else
			result = vw_sysfs_pci_write(host, &order.pci, order.attr, order.value);
		if (send(fd, &result, sizeof(result), MSG_NOSIGNAL) < 0)
			break;
	}
	_exit(0);
}

int vw_vfs_writer_start(
	const struct vw_host *host, struct vw_vfs_writer *writer, struct vw_error *err)
{
	struct vw_process process;
	int ends[2];

	*writer = (struct vw_vfs_writer){ .fd = -1 };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return vw_error_errno(err, errno, "cannot make a pair of sockets");
	writer->process.pid = fork();
	if (writer->process.pid < 0) {
		int code = errno;

		close(ends[0]);
		close(ends[1]);
		return vw_error_errno(err, code, "cannot start a process that writes");
	}
	if (writer->process.pid == 0) {
		close(ends[0]);
		process = vw_process_self();
		send(ends[1], &process, sizeof(process), MSG_NOSIGNAL);
		serve(host, ends[1]);
	}
	close(ends[1]);
	writer->fd = ends[0];
	if (recv(writer->fd, &writer->process, sizeof(process), 0) != (ssize_t)sizeof(process)) {
		vw_vfs_writer_stop(writer);
		return vw_error_set(err, EPIPE, "the process that writes has ended");
	}
	return 0;
}

void vw_vfs_writer_stop(struct vw_vfs_writer *writer)
{
	if (writer->fd >= 0)
		close(writer->fd);
	if (writer->process.pid > 0 && !writer->stuck)
		while (waitpid(writer->process.pid, NULL, 0) < 0 && errno == EINTR)
			;
	*writer = (struct vw_vfs_writer){ .fd = -1 };
}

static int carry_out(struct vw_vfs_writer *writer, const struct order *order, unsigned int seconds)
{
	struct vw_deadline end = vw_deadline_in(seconds * 1000ULL);
	struct pollfd wait = { .fd = writer->fd, .events = POLLIN };
	int result, n;

	if (writer->stuck || send(writer->fd, order, sizeof(*order), MSG_NOSIGNAL) < 0)
		return -EPIPE;
	while ((n = poll(&wait, 1, vw_deadline_left(&end))) < 0 && errno == EINTR)
		;
	if (n == 0) {
		writer->stuck = true;
		return -ETIME;
	}
	if (recv(writer->fd, &result, sizeof(result), 0) != (ssize_t)sizeof(result))
		return -EPIPE;
	return result;
}

int vw_vfs_writer_set(struct vw_vfs_writer *writer, const struct vw_pci *pci, const char *attr,
	unsigned int value, unsigned int seconds)
{
	struct order order = { .pci = *pci };

	snprintf(order.attr, sizeof(order.attr), "%s", attr);
	snprintf(order.value, sizeof(order.value), "%u", value);
	return carry_out(writer, &order, seconds);
}

int vw_vfs_writer_up(struct vw_vfs_writer *writer, const char *netdev, unsigned int seconds)
{
	struct order order = { .up = true };

	snprintf(order.netdev, sizeof(order.netdev), "%s", netdev);
	return carry_out(writer, &order, seconds);
}
