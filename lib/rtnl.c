/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtnl: one question to rtnetlink, its whole answer; from the kernel, or from a recorded machine's files. */

#include "rtnl.h"

#include "cleanup.h"
#include "text.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>

/* One message about a PF with very many VFs is larger than libnl's page and larger than 64 KiB; the
 * kernel never splits it, and cuts it silently where the buffer is too small. */
#define RECV_ROOM  (1U << 20)
#define ANSWER_MAX (256U << 20)
/* Interrupted dumps and overruns come from changes elsewhere on the host; each repeat is a new snapshot. */
#define DUMP_TRIES 20

struct answer {
	char *data;
	size_t len, size;
};

/* What an exchange waits for. */
struct exchange {
	const struct vw_host *host;
	struct nl_sock *sk;
	uint32_t seq, port;
	int family;         /* AF_UNSPEC = any: messages of other families are dropped */
	bool dump;          /* ends with NLMSG_DONE */
	bool want_ack;      /* ends with NLMSG_ERROR */
	bool interrupted;   /* NLM_F_DUMP_INTR was seen */
	struct answer *out; /* NULL: payload is not expected */
};

static void cleanup_socket(struct nl_sock **sk)
{
	if (*sk)
		nl_socket_free(*sk);
}

static void cleanup_msg(struct nl_msg **msg)
{
	if (*msg)
		nlmsg_free(*msg);
}

static int open_socket(struct nl_sock **out, struct vw_error *err)
{
	vw_auto(cleanup_socket) struct nl_sock *sk = nl_socket_alloc();
	int type = 0, one = 1, fd, rc;
	socklen_t size = sizeof(type);

	if (!sk)
		return vw_error_set(err, ENOMEM, "out of memory");
	nl_socket_disable_auto_ack(sk);
	/* nl_connect asks for SOCK_RAW | SOCK_CLOEXEC. AppArmor's profile of libvirtd, under which the
	 * hook runs, allows "network netlink raw" only, so a libnl that changes this must be noticed
	 * here and not as a mysterious EACCES on somebody's host. */
	rc = nl_connect(sk, NETLINK_ROUTE);
	if (rc < 0)
		return vw_error_set(err, errno ? errno : EIO, "cannot open a netlink socket: %s",
			nl_geterror(rc));
	fd = nl_socket_get_fd(sk);
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0 || type != SOCK_RAW)
		return vw_error_set(err, EPROTOTYPE, "the netlink socket is not of type SOCK_RAW");
	if (!(fcntl(fd, F_GETFD) & FD_CLOEXEC) && fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return vw_error_errno(err, errno, "cannot mark the netlink socket close-on-exec");
	/* Both are older than any kernel that we meet; without them we lose texts, nothing else. */
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	nl_socket_set_buffer_size(sk, RECV_ROOM, 0);
	*out = sk;
	sk = NULL;
	return 0;
}

static int reserve(struct answer *answer, size_t room, struct vw_error *err)
{
	size_t size = answer->size ? answer->size : 2 * room;
	char *data;

	if (answer->size - answer->len >= room)
		return 0;
	while (size - answer->len < room)
		size *= 2;
	if (size > ANSWER_MAX)
		return vw_error_set(
			err, EFBIG, "the kernel's answer is larger than %u MiB", ANSWER_MAX >> 20);
	data = realloc(answer->data, size);
	if (!data)
		return vw_error_set(err, ENOMEM, "out of memory");
	answer->data = data;
	answer->size = size;
	return 0;
}

/* NLMSGERR_ATTR_MSG of an ack (Documentation/userspace-api/netlink/intro.rst, "extended ACK"), escaped; "" = none. */
static void extended_ack(const struct nlmsghdr *nlh, char *buf, size_t size)
{
	const struct nlmsgerr *e = NLMSG_DATA(nlh);
	const char *p = (const char *)nlh, *end = p + nlh->nlmsg_len;
	size_t skip = NLMSG_HDRLEN + sizeof(*e), echo;

	buf[0] = '\0';
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED)) {
		echo = e->msg.nlmsg_len < NLMSG_HDRLEN ? 0 : e->msg.nlmsg_len - NLMSG_HDRLEN;
		skip += NLMSG_ALIGN(echo);
	}
	if (skip > nlh->nlmsg_len)
		return;
	for (p += skip; (size_t)(end - p) >= NLA_HDRLEN;) {
		const struct nlattr *nla = (const void *)p;
		size_t len = nla->nla_len, step = NLA_ALIGN(len);

		if (len < NLA_HDRLEN || len > (size_t)(end - p))
			return;
		if ((nla->nla_type & NLA_TYPE_MASK) == NLMSGERR_ATTR_MSG) {
			const char *text = p + NLA_HDRLEN;

			vw_text_escape_n(buf, size, text, strnlen(text, len - NLA_HDRLEN));
			return;
		}
		if (step > (size_t)(end - p))
			return;
		p += step;
	}
}

static int kernel_error(const struct nlmsghdr *nlh, struct vw_error *err)
{
	const struct nlmsgerr *e = NLMSG_DATA(nlh);
	char text[256];
	int code;

	if (nlh->nlmsg_len < NLMSG_HDRLEN + sizeof(*e))
		return vw_error_set(err, EBADMSG, "the kernel's acknowledgement is cut short");
	if (e->error == 0)
		return 0;
	if (e->error > 0 || e->error < -4095)
		return vw_error_set(err, EBADMSG, "the kernel's acknowledgement makes no sense");
	code = -e->error;
	extended_ack(nlh, text, sizeof(text));
	/* 524 is the kernel's own ENOTSUPP, for which the C library has no text. */
	return vw_error_set(err, code, "%s%s%s", code == 524 ? "not supported" : strerror(code),
		*text ? ": " : "", text);
}

/* NLMSG_DONE carries the result of the dump; nothing or 0 = good. */
static int done_error(const struct nlmsghdr *nlh, struct vw_error *err)
{
	int code = 0;

	if (nlh->nlmsg_len >= NLMSG_HDRLEN + sizeof(code))
		memcpy(&code, NLMSG_DATA(nlh), sizeof(code));
	if (code >= 0)
		return 0;
	return vw_error_errno(err, code < -4095 ? EBADMSG : -code, "the kernel ended its list");
}

/* Goes through one datagram at the answer's tail; keeps in place what is ours. 1 = the exchange is over, 0 = go on, -errno. */
static int take_datagram(struct exchange *x, size_t got, struct vw_error *err)
{
	char *from = x->out->data + x->out->len, *end = from + got;
	int rc = 0;

	while (rc == 0 && from < end) {
		struct nlmsghdr *nlh = (void *)from;
		size_t left = (size_t)(end - from), len, step;

		if (left < sizeof(*nlh) || nlh->nlmsg_len < sizeof(*nlh) || nlh->nlmsg_len > left)
			return vw_error_set(err, EBADMSG, "a netlink message is cut short");
		len = nlh->nlmsg_len;
		step = NLMSG_ALIGN(len) < left ? NLMSG_ALIGN(len) : left;
		from += step;
		if (nlh->nlmsg_seq != x->seq || nlh->nlmsg_pid != x->port)
			continue; /* a late answer to something else */
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			x->interrupted = true;
		if (nlh->nlmsg_type == NLMSG_ERROR) {
			rc = kernel_error(nlh, err);
			if (rc < 0 || x->want_ack)
				return rc < 0 ? rc : 1;
			continue;
		}
		if (nlh->nlmsg_type == NLMSG_DONE) {
			rc = done_error(nlh, err);
			return rc < 0 ? rc : 1;
		}
		if (nlh->nlmsg_type == NLMSG_OVERRUN)
			return vw_error_set(err, ENOBUFS, "netlink messages were lost");
		if (nlh->nlmsg_type < NLMSG_MIN_TYPE || x->want_ack)
			continue;
		rc = !x->dump;
		/* Where a family has no handler (IPv6 switched off) the kernel answers for all families. */
		if (len > NLMSG_HDRLEN && x->family != AF_UNSPEC &&
			*(unsigned char *)NLMSG_DATA(nlh) != x->family)
			continue;
		memmove(x->out->data + x->out->len, nlh, step);
		x->out->len += step;
	}
	/* The next datagram's messages must stay aligned, whatever this one's length was. */
	while (x->out->len % NLMSG_ALIGNTO && x->out->len < x->out->size)
		x->out->data[x->out->len++] = '\0';
	return rc;
}

/* Waits for one datagram, no longer than the host's deadline. Returns its length or -errno. */
static int receive(struct exchange *x, size_t *got, struct vw_error *err)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { .iov_base = x->out->data + x->out->len,
		.iov_len = x->out->size - x->out->len };
	int fd = nl_socket_get_fd(x->sk);

	for (;;) {
		struct msghdr mh = { .msg_name = &from,
			.msg_namelen = sizeof(from),
			.msg_iov = &iov,
			.msg_iovlen = 1 };
		int left = vw_deadline_left(&x->host->deadline);
		struct timeval tv = { .tv_sec = left / 1000, .tv_usec = left % 1000 * 1000 };
		ssize_t n;

		if (left == 0)
			return vw_error_set(err, ETIMEDOUT, "no answer from rtnetlink in time");
		if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)) < 0)
			return vw_error_errno(err, errno, "cannot set a time limit on netlink");
		n = recvmsg(fd, &mh, 0);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return vw_error_errno(err, errno, "cannot read from rtnetlink");
		if (from.nl_pid != 0)
			continue; /* another process of this host, not the kernel */
		if (mh.msg_flags & MSG_TRUNC)
			return vw_error_set(
				err, EMSGSIZE, "a netlink message is larger than 1 MiB");
		*got = (size_t)n;
		return 0;
	}
}

/* Sends msg and collects what comes back, until its end. */
static int converse(struct exchange *x, struct nl_msg *msg, struct vw_error *err)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	size_t got = 0;
	ssize_t n;
	int rc;

	nl_complete_msg(x->sk, msg);
	x->seq = nlh->nlmsg_seq;
	x->port = nl_socket_get_local_port(x->sk);
	if (vw_deadline_left(&x->host->deadline) == 0)
		return vw_error_set(err, ETIMEDOUT, "no time left to ask rtnetlink");
	do {
		n = sendto(nl_socket_get_fd(x->sk), nlh, nlh->nlmsg_len, MSG_NOSIGNAL,
			(struct sockaddr *)&kernel, sizeof(kernel));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return vw_error_errno(err, errno, "cannot send to rtnetlink");
	do {
		rc = reserve(x->out, RECV_ROOM, err);
		if (rc == 0)
			rc = receive(x, &got, err);
		if (rc == 0)
			rc = take_datagram(x, got, err);
	} while (rc == 0);
	return rc < 0 ? rc : 0;
}

static struct nl_msg *question(enum vw_rtnl_dump what, int family, int ifindex)
{
	static const int types[] = { [VW_RTNL_LINKS] = RTM_GETLINK,
		[VW_RTNL_ADDRESSES] = RTM_GETADDR,
		[VW_RTNL_ROUTES] = RTM_GETROUTE };
	/* One link is asked for by its index, without NLM_F_DUMP: link dumps know no such filter. */
	bool one = what == VW_RTNL_LINKS && ifindex;
	vw_auto(cleanup_msg) struct nl_msg *msg =
		nlmsg_alloc_simple(types[what], NLM_F_REQUEST | (one ? 0 : NLM_F_DUMP));
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC, .ifi_index = ifindex };
	struct ifaddrmsg ifa = { .ifa_family = (unsigned char)family,
		.ifa_index = (unsigned int)ifindex };
	struct rtmsg rtm = { .rtm_family = (unsigned char)family };
	struct nl_msg *done;
	int rc;

	if (!msg)
		return NULL;
	if (what == VW_RTNL_LINKS) {
		rc = nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO);
		if (rc == 0)
			rc = nla_put_u32(
				msg, IFLA_EXT_MASK, RTEXT_FILTER_VF | RTEXT_FILTER_SKIP_STATS);
	} else if (what == VW_RTNL_ADDRESSES) {
		rc = nlmsg_append(msg, &ifa, sizeof(ifa), NLMSG_ALIGNTO);
	} else {
		rc = nlmsg_append(msg, &rtm, sizeof(rtm), NLMSG_ALIGNTO);
		if (rc == 0 && ifindex)
			rc = nla_put_u32(msg, RTA_OIF, (uint32_t)ifindex);
	}
	if (rc < 0)
		return NULL;
	done = msg;
	msg = NULL;
	return done;
}

/* One dump of one family, appended to out. strict: have the kernel filter (≥ 4.20), -ENOPROTOOPT if it cannot. */
static int dump_once(const struct vw_host *host, enum vw_rtnl_dump what, int family, int ifindex,
	bool strict, struct answer *out, bool *interrupted, struct vw_error *err)
{
	vw_auto(cleanup_socket) struct nl_sock *sk = NULL;
	vw_auto(cleanup_msg) struct nl_msg *msg = question(what, family, ifindex);
	struct exchange x = { .host = host, .family = family, .out = out };
	int one = 1, rc;

	if (!msg)
		return vw_error_set(err, ENOMEM, "out of memory");
	x.dump = nlmsg_hdr(msg)->nlmsg_flags & NLM_F_DUMP;
	rc = open_socket(&sk, err);
	if (rc < 0)
		return rc;
	if (strict && setsockopt(nl_socket_get_fd(sk), SOL_NETLINK, NETLINK_GET_STRICT_CHK, &one,
			      sizeof(one)) < 0)
		return -ENOPROTOOPT;
	x.sk = sk;
	rc = converse(&x, msg, err);
	*interrupted = x.interrupted;
	return rc;
}

static int dump_family(const struct vw_host *host, enum vw_rtnl_dump what, int family, int ifindex,
	struct answer *out, struct vw_error *err)
{
	bool strict = ifindex && what != VW_RTNL_LINKS, interrupted = false;
	size_t before = out->len;
	int rc = 0, try;

	for (try = 0; try < DUMP_TRIES; try++) {
		out->len = before;
		rc = dump_once(host, what, family, ifindex, strict, out, &interrupted, err);
		if (strict && (rc == -ENOPROTOOPT || rc == -EINVAL)) {
			/* A kernel that cannot filter. Without strict checking it ignores the filter, and
			 * the caller looks at the index of everything that comes. */
			strict = false;
			continue;
		}
		if (rc != -ENOBUFS && !(rc == 0 && interrupted))
			return rc;
		if (!vw_deadline_sleep(&host->deadline, 1U + (unsigned int)try))
			return vw_error_set(
				err, ETIMEDOUT, "no undisturbed answer from rtnetlink in time");
	}
	return rc < 0 ? rc
		      : vw_error_set(err, EAGAIN,
				"rtnetlink's list changed during each of %d reads", DUMP_TRIES);
}

static const char *const file_names[] = { [VW_RTNL_LINKS] = "links.nl",
	[VW_RTNL_ADDRESSES] = "addresses.nl",
	[VW_RTNL_ROUTES] = "routes.nl" };

static int read_recorded(const struct vw_host *host, enum vw_rtnl_dump what, void **data,
	size_t *len, struct vw_error *err)
{
	char *text;
	/* A missing file is an error: an incomplete recording must not look like a host without links. */
	int rc =
		vw_host_slurpf(host, ANSWER_MAX, &text, len, "/vfward-record/%s", file_names[what]);

	if (rc < 0)
		return vw_error_errno(err, -rc,
			"cannot read vfward-record/%s of the recorded machine", file_names[what]);
	*data = text;
	return 0;
}

int vw_rtnl_dump(const struct vw_host *host, enum vw_rtnl_dump what, int ifindex, void **data,
	size_t *len, struct vw_error *err)
{
	struct answer out = { 0 };
	int rc;

	*data = NULL;
	*len = 0;
	if (host->recorded)
		return read_recorded(host, what, data, len, err);
	if (what == VW_RTNL_LINKS) {
		rc = dump_family(host, what, AF_UNSPEC, ifindex, &out, err);
	} else {
		rc = dump_family(host, what, AF_INET, ifindex, &out, err);
		if (rc == 0)
			rc = dump_family(host, what, AF_INET6, ifindex, &out, err);
	}
	if (rc < 0) {
		free(out.data);
		return rc;
	}
	*data = out.data;
	*len = out.len;
	return 0;
}

int vw_rtnl_request(const struct vw_host *host, struct nl_msg *msg, struct vw_error *err)
{
	vw_auto(cleanup_socket) struct nl_sock *sk = NULL;
	struct answer out = { 0 };
	struct exchange x = { .host = host, .want_ack = true, .out = &out };
	int rc;

	if (host->recorded)
		return vw_error_set(
			err, EOPNOTSUPP, "a recorded machine takes no requests to its kernel");
	rc = open_socket(&sk, err);
	if (rc < 0)
		return rc;
	x.sk = sk;
	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	rc = converse(&x, msg, err);
	free(out.data);
	return rc;
}

static int write_file(
	int dir_fd, const char *name, const char *data, size_t len, struct vw_error *err)
{
	vw_auto_close int fd =
		openat(dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd < 0 || fchmod(fd, 0644) < 0)
		return vw_error_errno(err, errno, "cannot create %s", name);
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return vw_error_errno(err, errno, "cannot write %s", name);
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

int vw_rtnl_record(const struct vw_host *host, int dir_fd, struct vw_error *err)
{
	size_t i;

	for (i = 0; i < VW_ARRAY_SIZE(file_names); i++) {
		vw_auto_free void *data = NULL;
		size_t len;
		int rc = vw_rtnl_dump(host, (enum vw_rtnl_dump)i, 0, &data, &len, err);

		if (rc == 0)
			rc = write_file(dir_fd, file_names[i], data, len, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}
