/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqbalance: its socket: one request a connection.
 *
 * "setup" is answered with "SLEEP n IRQ n LOAD … IRQ n … BANNED mask", "settings ban irqs N N …" (or NONE) with nothing; the list
 * replaces the former one, also what came with --banirq. Root is known by the credentials of the message. (irqbalance.c: sock_handle) */
#include "irqbalance.h"

#include "bytes.h"
#include "cleanup.h"
#include "text.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#define SOCKETS    "/run/irqbalance"
#define ANSWER_MAX (1U << 20)
#define TIMEOUT_S  1

void vw_bans_free(struct vw_bans *bans)
{
	free(bans->v);
	*bans = (struct vw_bans){ 0 };
}

/* Where irq is, or would be. */
static size_t place_of(const struct vw_bans *bans, unsigned int irq)
{
	size_t i = 0;

	while (i < bans->n && bans->v[i] < irq)
		i++;
	return i;
}

bool vw_bans_has(const struct vw_bans *bans, unsigned int irq)
{
	size_t i = place_of(bans, irq);

	return i < bans->n && bans->v[i] == irq;
}

int vw_bans_add(struct vw_bans *bans, unsigned int irq)
{
	size_t i = place_of(bans, irq);
	unsigned int *v;

	if (vw_bans_has(bans, irq))
		return 0;
	v = reallocarray(bans->v, bans->n + 1, sizeof(*v));
	if (!v)
		return -ENOMEM;
	bans->v = v;
	memmove(v + i + 1, v + i, (bans->n - i) * sizeof(*v));
	v[i] = irq;
	bans->n++;
	return 0;
}

void vw_bans_drop(struct vw_bans *bans, unsigned int irq)
{
	size_t i = place_of(bans, irq);

	if (!vw_bans_has(bans, irq))
		return;
	memmove(bans->v + i, bans->v + i + 1, (bans->n - i - 1) * sizeof(*bans->v));
	bans->n--;
}

bool vw_bans_equal(const struct vw_bans *a, const struct vw_bans *b)
{
	return a->n == b->n && (!a->n || !memcmp(a->v, b->v, a->n * sizeof(*a->v)));
}

static bool runs(const struct vw_host *host)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	char comm[32];

	if (vw_host_listf(host, &names, "/proc") < 0)
		return false;
	for (size_t i = 0; i < names.n; i++)
		if (names.v[i][0] >= '0' && names.v[i][0] <= '9' &&
			vw_host_readf(host, comm, sizeof(comm), "/proc/%s/comm", names.v[i]) > 0 &&
			!strcmp(comm, "irqbalance"))
			return true;
	return false;
}

static int connect_to(const struct vw_host *host, const char *name)
{
	vw_auto_free char *path = vw_host_pathf(host, SOCKETS "/%s", name);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = TIMEOUT_S };
	int fd;

	if (!path)
		return -ENOMEM;
	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		int rc = -errno;

		close(fd);
		return rc;
	}
	return fd;
}

/* A dead irqbalance leaves its socket; the living one is the one that answers. 1, 0 = none runs, -errno with a message. */
static int open_socket(const struct vw_host *host, int *fd, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	int rc = vw_host_listf(host, &names, SOCKETS);

	for (size_t i = 0; rc == 0 && i < names.n; i++) {
		if (strncmp(names.v[i], "irqbalance", strlen("irqbalance")) != 0)
			continue;
		*fd = connect_to(host, names.v[i]);
		if (*fd >= 0)
			return 1;
	}
	if (runs(host))
		return vw_error_set(err, ENOTCONN,
			"irqbalance runs, but has no socket in " SOCKETS " that answers");
	return 0;
}

static int ask(int fd, const char *request, struct vw_bytes *answer, struct vw_error *err)
{
	char part[4096];
	ssize_t len;

	if (send(fd, request, strlen(request), MSG_NOSIGNAL) != (ssize_t)strlen(request))
		return vw_error_errno(err, errno, "cannot ask irqbalance");
	while ((len = recv(fd, part, sizeof(part), 0)) > 0 && answer->len < ANSWER_MAX)
		vw_bytes_add(answer, part, (size_t)len);
	if (len < 0)
		return vw_error_errno(
			err, errno == EAGAIN ? ETIMEDOUT : errno, "irqbalance does not answer");
	return answer->lost ? vw_error_set(err, ENOMEM, "out of memory") : 0;
}

static int parse_setup(char *text, struct vw_bans *bans)
{
	char *save = NULL, *word;
	uint64_t irq;

	for (word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		if (strcmp(word, "IRQ") != 0)
			continue;
		word = strtok_r(NULL, " ", &save);
		if (!word || vw_text_u64(word, 10, UINT32_MAX, &irq) < 0)
			return -EBADMSG;
		if (vw_bans_add(bans, (unsigned int)irq) < 0)
			return -ENOMEM;
	}
	return 0;
}

int vw_irqbalance_get(const struct vw_host *host, struct vw_bans *bans, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes answer = { 0 };
	vw_auto_close int fd = -1;
	int rc;

	*bans = (struct vw_bans){ 0 };
	rc = open_socket(host, &fd, err);
	if (rc <= 0)
		return rc;
	rc = ask(fd, "setup", &answer, err);
	if (rc < 0)
		return rc;
	if (!answer.data || strncmp(answer.data, "SLEEP ", strlen("SLEEP ")) != 0)
		return vw_error_set(err, EBADMSG, "irqbalance's answer is not understood");
	rc = parse_setup(answer.data, bans);
	if (rc == 0)
		return 1;
	vw_bans_free(bans);
	return vw_error_errno(err, -rc, "irqbalance's answer is not understood");
}

int vw_irqbalance_set(const struct vw_host *host, const struct vw_bans *bans, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes request = { 0 }, answer = { 0 };
	vw_auto(vw_bans_free) struct vw_bans now = { 0 };
	vw_auto_close int fd = -1;
	int rc = open_socket(host, &fd, err);

	if (rc <= 0)
		return rc;
	vw_bytes_addf(&request, "settings ban irqs%s", bans->n ? "" : " NONE");
	for (size_t i = 0; i < bans->n; i++)
		vw_bytes_addf(&request, " %u", bans->v[i]);
	if (request.lost)
		return vw_error_set(err, ENOMEM, "out of memory");
	rc = ask(fd, request.data, &answer, err);
	if (rc < 0)
		return rc;
	rc = vw_irqbalance_get(host, &now, err);
	if (rc < 0)
		return rc;
	if (!vw_bans_equal(&now, bans))
		return vw_error_set(err, EIO,
			"irqbalance did not take the list of %zu interrupts to keep off", bans->n);
	return 0;
}
