/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_rtnl: questions to the kernel of this machine (reading only), to a recorded one, and answers that are not right. */
#include "tree.h"

#include <sys/socket.h>

static int spy_setsockopt(int fd, int level, int option, const void *value, socklen_t len);

/* Datagrams that the kernel would never send are put in from inside, and a kernel without an option is played. */
#define setsockopt spy_setsockopt
#include "../../lib/rtnl.c"
#undef setsockopt

#include "nlcraft.h"

#include <dirent.h>
#include <net/if.h>

static int missing_option = -1, asked_for_it;

static int spy_setsockopt(int fd, int level, int option, const void *value, socklen_t len)
{
	if (level == SOL_NETLINK && option == missing_option) {
		asked_for_it++;
		errno = ENOPROTOOPT;
		return -1;
	}
	return setsockopt(fd, level, option, value, len);
}

static size_t open_files(void)
{
	vw_auto_closedir DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	return n;
}

/* Messages of one type in a dump, all whole; has: of the interface (whose index is at `at` of the payload). */
static size_t count(
	const void *data, size_t len, int type, size_t at, uint32_t ifindex, size_t *has)
{
	const char *p = data;
	size_t n = 0;

	*has = 0;
	while (len > 0) {
		struct nlmsghdr nlh;
		uint32_t index;

		assert_true(len >= sizeof(nlh));
		memcpy(&nlh, p, sizeof(nlh));
		assert_true(nlh.nlmsg_len >= sizeof(nlh) && nlh.nlmsg_len <= len);
		assert_int_equal(nlh.nlmsg_type, type);
		memcpy(&index, p + NLMSG_HDRLEN + at, sizeof(index));
		n++;
		*has += index == ifindex;
		p += NLMSG_ALIGN(nlh.nlmsg_len);
		len -= NLMSG_ALIGN(nlh.nlmsg_len);
	}
	return n;
}

static void test_kernel(void **state)
{
	struct vw_host host;
	struct vw_error err = { "" };
	uint32_t lo = if_nametoindex("lo");
	size_t len, has, all, files = open_files();
	void *data;

	(void)state;
	assert_int_equal(vw_host_open(&host, NULL, NULL), 0);
	host.deadline = vw_deadline_in(10000);
	assert_true(lo > 0);
	if (vw_rtnl_dump(&host, VW_RTNL_LINKS, 0, &data, &len, &err) < 0)
		fail_msg("%s", err.msg);
	all = count(data, len, RTM_NEWLINK, offsetof(struct ifinfomsg, ifi_index), lo, &has);
	assert_true(all >= 1 && has == 1);
	free(data);
	/* One link by its index: exactly one message. */
	assert_int_equal(vw_rtnl_dump(&host, VW_RTNL_LINKS, (int)lo, &data, &len, &err), 0);
	all = count(data, len, RTM_NEWLINK, offsetof(struct ifinfomsg, ifi_index), lo, &has);
	assert_true(all == 1 && has == 1);
	free(data);
	assert_int_equal(vw_rtnl_dump(&host, VW_RTNL_LINKS, INT_MAX, &data, &len, &err), -ENODEV);
	assert_true(!data && !len && err.msg[0]);

	assert_int_equal(vw_rtnl_dump(&host, VW_RTNL_ADDRESSES, 0, &data, &len, &err), 0);
	all = count(data, len, RTM_NEWADDR, offsetof(struct ifaddrmsg, ifa_index), lo, &has);
	assert_true(all >= has);
	free(data);
	/* Filtered by the kernel: nobody else's. */
	assert_int_equal(vw_rtnl_dump(&host, VW_RTNL_ADDRESSES, (int)lo, &data, &len, &err), 0);
	assert_int_equal(
		count(data, len, RTM_NEWADDR, offsetof(struct ifaddrmsg, ifa_index), lo, &all),
		has);
	assert_int_equal(all, has);
	free(data);

	for (int index = 0; index <= (int)lo; index += (int)lo) {
		assert_int_equal(vw_rtnl_dump(&host, VW_RTNL_ROUTES, index, &data, &len, &err), 0);
		count(data, len, RTM_NEWROUTE, 0, 0, &has);
		free(data);
	}
	assert_int_equal(open_files(), files);
	vw_host_close(&host);
}

/* Linux before 4.20 cannot filter: everything comes, and the caller looks. */
static void test_old_kernel(void **state)
{
	static const int options[] = { NETLINK_GET_STRICT_CHK, NETLINK_EXT_ACK, NETLINK_CAP_ACK };
	uint32_t lo = if_nametoindex("lo");
	size_t len, has, want;
	struct vw_host host;
	void *data;

	(void)state;
	assert_int_equal(vw_host_open(&host, NULL, NULL), 0);
	assert_int_equal(vw_rtnl_dump(&host, VW_RTNL_ADDRESSES, (int)lo, &data, &len, NULL), 0);
	count(data, len, RTM_NEWADDR, offsetof(struct ifaddrmsg, ifa_index), lo, &want);
	free(data);
	for (size_t i = 0; i < VW_ARRAY_SIZE(options); i++) {
		missing_option = options[i];
		asked_for_it = 0;
		assert_int_equal(
			vw_rtnl_dump(&host, VW_RTNL_ADDRESSES, (int)lo, &data, &len, NULL), 0);
		missing_option = -1;
		assert_true(asked_for_it > 0);
		count(data, len, RTM_NEWADDR, offsetof(struct ifaddrmsg, ifa_index), lo, &has);
		assert_int_equal(has, want);
		free(data);
	}
	vw_host_close(&host);
}

/* Without the VFs' statistics, in a dump and of one link: their room in a list of 64 KiB is that for 113 more VFs. */
static void test_no_statistics(void **state)
{
	(void)state;
	for (int ifindex = 0; ifindex < 2; ifindex++) {
		vw_auto(cleanup_msg) struct nl_msg *msg =
			question(VW_RTNL_LINKS, AF_UNSPEC, ifindex);
		struct nlattr *mask;

		assert_non_null(msg);
		mask = nlmsg_find_attr(nlmsg_hdr(msg), sizeof(struct ifinfomsg), IFLA_EXT_MASK);
		assert_non_null(mask);
		assert_int_equal(nla_get_u32(mask), RTEXT_FILTER_VF | RTEXT_FILTER_SKIP_STATS);
	}
}

/* The socket must be what AppArmor's libvirtd profile allows, and nothing that a child inherits. */
static void test_socket(void **state)
{
	vw_auto(cleanup_socket) struct nl_sock *sk = NULL;
	int type, fd;
	socklen_t size = sizeof(type);

	(void)state;
	assert_int_equal(open_socket(&sk, NULL), 0);
	fd = nl_socket_get_fd(sk);
	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size), 0);
	assert_int_equal(type, SOCK_RAW);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

static void test_request(void **state)
{
	/* Asks to delete an address that no interface can have; without rights, the refusal is another one. */
	struct ifaddrmsg ifa = { .ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_index = INT_MAX };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_DELADDR, 0);
	struct vw_error err = { "" };
	struct vw_host host;
	int rc;

	(void)state;
	assert_int_equal(vw_host_open(&host, NULL, NULL), 0);
	nlmsg_append(msg, &ifa, sizeof(ifa), NLMSG_ALIGNTO);
	rc = vw_rtnl_request(&host, msg, &err);
	assert_true(rc == -ENODEV || rc == -EPERM);
	assert_non_null(strstr(err.msg, strerror(-rc)));
	nlmsg_free(msg);
	/* An accepted one: a question, whose answer comes before the ack and is dropped. */
	msg = question(VW_RTNL_LINKS, AF_UNSPEC, (int)if_nametoindex("lo"));
	assert_int_equal(vw_rtnl_request(&host, msg, &err), 0);
	nlmsg_free(msg);
	vw_host_close(&host);
}

static void test_deadline(void **state)
{
	struct vw_host host;
	struct vw_error err = { "" };
	struct nl_msg *msg = question(VW_RTNL_LINKS, AF_UNSPEC, 1);
	size_t len;
	void *data;

	(void)state;
	assert_int_equal(vw_host_open(&host, NULL, NULL), 0);
	host.deadline = (struct vw_deadline){ .at_ms = 1 };
	assert_int_equal(vw_rtnl_dump(&host, VW_RTNL_LINKS, 0, &data, &len, &err), -ETIMEDOUT);
	assert_true(err.msg[0] && !data);
	assert_int_equal(vw_rtnl_request(&host, msg, NULL), -ETIMEDOUT);
	nlmsg_free(msg);
	vw_host_close(&host);
}

/* Nothing ever comes: the wait ends with the deadline. */
static void test_silence(void **state)
{
	struct vw_host host = { .deadline = vw_deadline_in(50) };
	struct answer out = { 0 };
	struct exchange x = { .host = &host, .out = &out };
	size_t got;

	(void)state;
	assert_int_equal(open_socket(&x.sk, NULL), 0);
	assert_int_equal(reserve(&out, RECV_ROOM, NULL), 0);
	assert_int_equal(receive(&x, &got, NULL), -ETIMEDOUT);
	nl_socket_free(x.sk);
	free(out.data);
}

/* ---- recorded machines ---- */

static void test_recorded(void **state)
{
	static const char bytes[] = "any\0bytes";
	struct vw_error err = { "" };
	struct nl_msg *msg = question(VW_RTNL_LINKS, AF_UNSPEC, 1);
	struct tree tree;
	size_t len;
	void *data;

	(void)state;
	tree_new(&tree);
	assert_int_equal(vw_rtnl_dump(&tree.host, VW_RTNL_LINKS, 0, &data, &len, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "links.nl"));
	tree_bytes(&tree, "/vfward-record/links.nl", bytes, sizeof(bytes));
	tree_bytes(&tree, "/vfward-record/routes.nl", "", 0);
	assert_int_equal(vw_rtnl_dump(&tree.host, VW_RTNL_LINKS, 0, &data, &len, &err), 0);
	assert_int_equal(len, sizeof(bytes));
	assert_memory_equal(data, bytes, len);
	free(data);
	assert_int_equal(vw_rtnl_dump(&tree.host, VW_RTNL_ROUTES, 3, &data, &len, &err), 0);
	assert_int_equal(len, 0);
	free(data);
	assert_int_equal(
		vw_rtnl_dump(&tree.host, VW_RTNL_ADDRESSES, 0, &data, &len, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "addresses.nl"));
	/* This machine's kernel is never asked in its stead. */
	assert_int_equal(vw_rtnl_request(&tree.host, msg, &err), -EOPNOTSUPP);
	nlmsg_free(msg);
	tree_free(&tree);
}

static void test_record(void **state)
{
	static const char *const names[] = { "links.nl", "addresses.nl", "routes.nl" };
	struct vw_host host;
	struct tree tree;
	struct stat st;
	mode_t old = umask(077);
	size_t len, has;
	void *data;
	int dir;

	(void)state;
	tree_new(&tree);
	tree_file(&tree, "/vfward-record/links.nl", "old and longer than nothing");
	dir = vw_host_openf(&tree.host, O_RDONLY | O_DIRECTORY, "/vfward-record");
	assert_int_equal(vw_host_open(&host, NULL, NULL), 0);
	assert_int_equal(vw_rtnl_record(&host, dir, NULL), 0);
	for (size_t i = 0; i < VW_ARRAY_SIZE(names); i++) {
		assert_int_equal(fstatat(dir, names[i], &st, 0), 0);
		assert_int_equal(st.st_mode, S_IFREG | 0644);
	}
	assert_int_equal(vw_rtnl_dump(&tree.host, VW_RTNL_LINKS, 0, &data, &len, NULL), 0);
	assert_true(count(data, len, RTM_NEWLINK, 4, if_nametoindex("lo"), &has) >= 1);
	assert_int_equal(has, 1);
	free(data);
	assert_int_equal(unlinkat(dir, "links.nl", 0), 0);
	tree_file(&tree, "/elsewhere", "not ours");
	assert_int_equal(symlinkat("../elsewhere", dir, "links.nl"), 0);
	assert_int_equal(vw_rtnl_record(&host, dir, NULL), -ELOOP);
	close(dir);
	assert_true(vw_rtnl_record(&host, -1, NULL) < 0);
	vw_host_close(&host);
	tree_free(&tree);
	umask(old);
}

/* ---- answers from inside ---- */

struct message {
	uint16_t type, flags;
	uint32_t seq, port;
	const void *payload;
	size_t len;
};

static void put(struct nlbuf *b, const struct message *m)
{
	size_t at = nlbuf_begin(b, m->type, m->payload, m->len);
	struct nlmsghdr *nlh = (void *)(b->data + at);

	nlbuf_end(b, at);
	nlh->nlmsg_flags = m->flags;
	nlh->nlmsg_seq = m->seq;
	nlh->nlmsg_pid = m->port;
}

/* Feeds a datagram to an exchange that asked with seq 7, port 9; kept gets how many bytes stay. */
static int feed(struct exchange *x, const struct nlbuf *b, size_t *kept, struct vw_error *err)
{
	struct answer out = { .data = malloc(b->len + 8), .size = b->len + 8 };
	int rc;

	assert_non_null(out.data);
	memcpy(out.data, b->data, b->len);
	x->seq = 7;
	x->port = 9;
	x->out = &out;
	rc = take_datagram(x, b->len, err);
	*kept = out.len;
	free(out.data);
	return rc;
}

#define M(t, f, s, p, d, n)                                                                        \
	{                                                                                          \
		.type = (t), .flags = (f), .seq = (s), .port = (p), .payload = (d), .len = (n)     \
	}

static void test_datagrams(void **state)
{
	static const int zero, no = -EBUSY, odd = 5, wild = -100000;
	static const struct nlmsgerr ack, busy = { .error = -EBUSY }, what = { .error = 3 };
	static const char link[16] = { AF_UNSPEC }, v4[8] = { AF_INET }, v6[8] = { AF_INET6 };
	static const struct {
		struct message m[3];
		bool want_ack, single;
		int family;
		int rc;
		size_t kept;
	} cases[] = {
		{ { M(RTM_NEWLINK, NLM_F_MULTI, 7, 9, link, 16) }, false, false, 0, 0, 32 },
		{ { M(RTM_NEWLINK, 2, 7, 9, link, 16), M(NLMSG_DONE, 2, 7, 9, &zero, 4) }, false,
			false, 0, 1, 32 },
		{ { M(RTM_NEWLINK, 2, 7, 9, link, 16), M(NLMSG_DONE, 2, 7, 9, &no, 4) }, false,
			false, 0, -EBUSY, 32 },
		{ { M(NLMSG_DONE, 2, 7, 9, NULL, 0) }, false, false, 0, 1, 0 },
		{ { M(NLMSG_DONE, 2, 7, 9, &wild, 4) }, false, false, 0, -EBADMSG, 0 },
		{ { M(NLMSG_DONE, 2, 7, 9, &odd, 4) }, false, false, 0, 1, 0 },
		/* Somebody else's: another question's, another socket's. */
		{ { M(RTM_NEWLINK, 2, 6, 9, link, 16) }, false, false, 0, 0, 0 },
		{ { M(RTM_NEWLINK, 2, 7, 8, link, 16) }, false, false, 0, 0, 0 },
		{ { M(NLMSG_DONE, 2, 6, 9, &zero, 4) }, false, false, 0, 0, 0 },
		{ { M(NLMSG_ERROR, 0, 6, 9, &busy, sizeof(busy)) }, true, false, 0, 0, 0 },
		/* A single answer ends by itself. */
		{ { M(RTM_NEWLINK, 0, 7, 9, link, 16) }, false, true, 0, 1, 32 },
		{ { M(NLMSG_ERROR, 0, 7, 9, &busy, sizeof(busy)) }, false, true, 0, -EBUSY, 0 },
		/* An ack, and what comes with it. */
		{ { M(NLMSG_ERROR, 0, 7, 9, &ack, sizeof(ack)) }, true, false, 0, 1, 0 },
		{ { M(RTM_NEWLINK, 0, 7, 9, link, 16), M(NLMSG_ERROR, 0, 7, 9, &ack, sizeof(ack)) },
			true, false, 0, 1, 0 },
		{ { M(NLMSG_ERROR, 0, 7, 9, &busy, sizeof(busy)) }, true, false, 0, -EBUSY, 0 },
		{ { M(NLMSG_ERROR, 0, 7, 9, &what, sizeof(what)) }, true, false, 0, -EBADMSG, 0 },
		{ { M(NLMSG_ERROR, 0, 7, 9, &busy, 8) }, true, false, 0, -EBADMSG, 0 },
		{ { M(NLMSG_OVERRUN, 0, 7, 9, NULL, 0) }, false, false, 0, -ENOBUFS, 0 },
		{ { M(NLMSG_NOOP, 0, 7, 9, NULL, 0) }, false, false, 0, 0, 0 },
		/* Only the family that was asked for. */
		{ { M(RTM_NEWADDR, 2, 7, 9, v4, 8), M(RTM_NEWADDR, 2, 7, 9, v6, 8),
			  M(RTM_NEWADDR, 2, 7, 9, v4, 8) },
			false, false, AF_INET, 0, 48 },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct exchange x = { .dump = !cases[i].single && !cases[i].want_ack,
			.want_ack = cases[i].want_ack,
			.family = cases[i].family };
		struct nlbuf b = { 0 };
		size_t kept;
		int rc;

		for (size_t k = 0; k < 3 && cases[i].m[k].type; k++)
			put(&b, &cases[i].m[k]);
		rc = feed(&x, &b, &kept, NULL);
		if (rc != cases[i].rc || kept != cases[i].kept)
			fail_msg("case %zu: %d, %zu kept", i, rc, kept);
		assert_false(x.interrupted);
		nlbuf_free(&b);
	}
}

static void test_interrupted(void **state)
{
	static const struct message m[] = { M(RTM_NEWLINK, NLM_F_MULTI | NLM_F_DUMP_INTR, 7, 9, "",
						    0),
		M(NLMSG_DONE, NLM_F_DUMP_INTR, 7, 9, "", 0) };

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(m); i++) {
		struct exchange x = { .dump = true };
		struct nlbuf b = { 0 };
		size_t kept;

		put(&b, &m[i]);
		assert_true(feed(&x, &b, &kept, NULL) >= 0);
		assert_true(x.interrupted);
		nlbuf_free(&b);
	}
}

static void test_cut_datagrams(void **state)
{
	struct message m = M(RTM_NEWLINK, NLM_F_MULTI, 7, 9, "0123456789abcde", 16);
	struct nlbuf b = { 0 };
	size_t kept, whole;

	(void)state;
	put(&b, &m);
	put(&b, &m);
	whole = b.len;
	for (b.len = 1; b.len < whole; b.len++) {
		struct exchange x = { .dump = true };

		assert_int_equal(feed(&x, &b, &kept, NULL), b.len == whole / 2 ? 0 : -EBADMSG);
	}
	nlbuf_free(&b);
}

static size_t ack(
	struct nlbuf *b, int error, uint16_t flags, size_t echo, const char *text, size_t len)
{
	struct nlmsgerr e = { .error = error,
		.msg = { .nlmsg_len = (uint32_t)(NLMSG_HDRLEN + echo) } };
	size_t at = nlbuf_begin(b, NLMSG_ERROR, &e, sizeof(e));

	if (!(flags & NLM_F_CAPPED))
		nlbuf_put(b, NULL, echo);
	if (text) {
		nlbuf_u32(b, NLMSGERR_ATTR_OFFS, 12);
		nlbuf_attr(b, NLMSGERR_ATTR_MSG, text, len);
	}
	nlbuf_end(b, at);
	((struct nlmsghdr *)(void *)(b->data + at))->nlmsg_flags = flags;
	return at;
}

static void test_extended_ack(void **state)
{
	static const struct {
		int error;
		uint16_t flags;
		size_t echo;
		const char *text;
		size_t len;
		int rc;
		const char *want;
	} cases[] = {
		{ 0, NLM_F_CAPPED, 0, NULL, 0, 0, "" },
		{ -EINVAL, NLM_F_CAPPED | NLM_F_ACK_TLVS, 30, "why", 4, -EINVAL,
			"Invalid argument: why" },
		{ -EINVAL, NLM_F_ACK_TLVS, 30, "why", 4, -EINVAL, "Invalid argument: why" },
		{ -EINVAL, NLM_F_ACK_TLVS, 0, "why", 3, -EINVAL, "Invalid argument: why" },
		{ -EINVAL, NLM_F_CAPPED, 30, "why", 4, -EINVAL, "Invalid argument" },
		{ -EBUSY, NLM_F_CAPPED | NLM_F_ACK_TLVS, 0, NULL, 0, -EBUSY,
			"Device or resource busy" },
		{ -524, NLM_F_CAPPED | NLM_F_ACK_TLVS, 0, "no", 3, -524, "not supported: no" },
		{ -EPERM, NLM_F_CAPPED | NLM_F_ACK_TLVS, 0, "a\n\033[2Jb\xff", 8, -EPERM,
			"Operation not permitted: a\\x0a\\x1b[2Jb\\xff" },
		{ -EPERM, NLM_F_CAPPED | NLM_F_ACK_TLVS, 0, "", 0, -EPERM,
			"Operation not permitted" },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_error err = { "" };
		struct nlbuf b = { 0 };
		int rc;

		ack(&b, cases[i].error, cases[i].flags, cases[i].echo, cases[i].text, cases[i].len);
		rc = kernel_error((void *)b.data, &err);
		if (rc != cases[i].rc || strcmp(err.msg, cases[i].want) != 0)
			fail_msg("case %zu: %d \"%s\"", i, rc, err.msg);
		nlbuf_free(&b);
	}
}

/* Every cut of an ack, and lengths in it that lie. */
static void test_broken_ack(void **state)
{
	static const uint32_t lies[] = { 0, 1, 15, 1000, 0x7fffffff, 0xffffffff };
	struct nlbuf b = { 0 };
	struct vw_error err;
	size_t whole;

	(void)state;
	ack(&b, -EINVAL, NLM_F_ACK_TLVS, 20, "why", 4);
	whole = b.len;
	for (uint32_t len = NLMSG_HDRLEN; len < whole; len++) {
		struct nlmsghdr *copy = malloc(len);

		assert_non_null(copy);
		memcpy(copy, b.data, len);
		copy->nlmsg_len = len;
		assert_int_equal(kernel_error(copy, &err),
			len < NLMSG_HDRLEN + sizeof(struct nlmsgerr) ? -EBADMSG : -EINVAL);
		assert_null(strstr(err.msg, "why"));
		free(copy);
	}
	for (size_t i = 0; i < VW_ARRAY_SIZE(lies); i++) {
		struct nlmsghdr *copy = malloc(whole);
		struct nlmsgerr *e = (void *)((char *)copy + NLMSG_HDRLEN);

		assert_non_null(copy);
		memcpy(copy, b.data, whole);
		e->msg.nlmsg_len = lies[i];
		assert_int_equal(kernel_error(copy, &err), -EINVAL);
		free(copy);
	}
	nlbuf_free(&b);
}

static void test_reserve(void **state)
{
	struct answer a = { 0 };
	struct vw_error err;

	(void)state;
	assert_int_equal(reserve(&a, RECV_ROOM, &err), 0);
	assert_true(a.size >= RECV_ROOM);
	a.len = a.size - 10;
	assert_int_equal(reserve(&a, RECV_ROOM, &err), 0);
	assert_true(a.size - a.len >= RECV_ROOM);
	a.len = a.size = ANSWER_MAX;
	assert_int_equal(reserve(&a, RECV_ROOM, &err), -EFBIG);
	free(a.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_old_kernel),
		cmocka_unit_test(test_no_statistics),
		cmocka_unit_test(test_socket),
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_datagrams),
		cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_cut_datagrams),
		cmocka_unit_test(test_extended_ack),
		cmocka_unit_test(test_broken_ack),
		cmocka_unit_test(test_reserve),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
