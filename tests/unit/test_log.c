/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_log: the datagrams that arrive at the root's /dev/log, and the sockets that are not there, full, or a trap. */
#include "tree.h"

#include "cleanup.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>

#define MESSAGE_MAX 2048

struct server {
	struct tree tree;
	int sock;
};

/* A listener at a path of any length: bind(2) itself takes 107 bytes. */
static int listen_at(const struct vw_host *host, const char *dir, const char *name, int type)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int sock = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int fd;

	assert_int_equal(vw_host_mkdirf(host, 0755, "%s", dir), 0);
	fd = vw_host_openf(host, O_PATH | O_DIRECTORY, "%s", dir);
	assert_true(fd >= 0);
	assert_true(sock >= 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/%s", fd, name);
	assert_int_equal(bind(sock, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
	return sock;
}

static int server_start(void **state)
{
	struct server *server = calloc(1, sizeof(*server));

	assert_non_null(server);
	tree_new(&server->tree);
	server->sock = listen_at(&server->tree.host, "/dev", "log", SOCK_DGRAM);
	*state = server;
	alarm(60); /* a send that blocks ends the test */
	return 0;
}

static int server_stop(void **state)
{
	struct server *server = *state;

	close(server->sock);
	tree_free(&server->tree);
	free(server);
	alarm(0);
	return 0;
}

/* The next datagram as a string; false where there is none. */
static bool receive(int sock, char *buf, size_t size)
{
	ssize_t len = recv(sock, buf, size - 1, MSG_TRUNC);

	if (len < 0) {
		assert_int_equal(errno, EAGAIN);
		return false;
	}
	assert_true((size_t)len < size);
	buf[len] = '\0';
	assert_int_equal(strlen(buf), len);
	return true;
}

static const char *message_of(const char *line)
{
	const char *message = strstr(line, "]: ");

	assert_non_null(message);
	return message + 3;
}

static void test_line(void **state)
{
	struct server *server = *state;
	char line[4096], want[256];
	regex_t re;

	setenv("TZ", "UTC", 1);
	vw_log(&server->tree.host, "vfward-hook", LOG_ERR, "VF %s: %d%%", "0000:07:10.0", 7);
	assert_true(receive(server->sock, line, sizeof(line)));
	/* 27 = LOG_DAEMON (3 << 3) | LOG_ERR (3) */
	snprintf(want, sizeof(want),
		"^<27>(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 1-3][0-9] "
		"[0-2][0-9]:[0-5][0-9]:[0-6][0-9] vfward-hook\\[%d\\]: VF 0000:07:10\\.0: 7%%$",
		(int)getpid());
	assert_int_equal(regcomp(&re, want, REG_EXTENDED | REG_NOSUB), 0);
	if (regexec(&re, line, 0, NULL, 0) != 0)
		fail_msg("%s", line);
	regfree(&re);
	assert_false(receive(server->sock, line, sizeof(line)));
}

static void test_time_is_now(void **state)
{
	struct server *server = *state;
	char line[4096], before[32], after[32];
	time_t now;

	do { /* again where a second ended in between */
		now = time(NULL);
		strftime(before, sizeof(before), "%b %e %T", localtime(&now));
		vw_log(&server->tree.host, "x", LOG_INFO, "y");
		now = time(NULL);
		strftime(after, sizeof(after), "%b %e %T", localtime(&now));
		assert_true(receive(server->sock, line, sizeof(line)));
	} while (strcmp(before, after) != 0);
	assert_int_equal(strncmp(line + 4, before, 15), 0);
	assert_int_equal(strncmp(line + 4 + 15, " x[", 3), 0);
}

static void test_priority(void **state)
{
	static const struct {
		int priority;
		const char *pri;
	} cases[] = {
		{ LOG_EMERG, "<24>" },
		{ LOG_WARNING, "<28>" },
		{ LOG_DEBUG, "<31>" },
		{ LOG_AUTH | LOG_INFO, "<30>" }, /* the facility is ours */
		{ -1, "<31>" },
	};
	struct server *server = *state;
	char line[4096];

	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		vw_log(&server->tree.host, "x", cases[i].priority, "y");
		assert_true(receive(server->sock, line, sizeof(line)));
		assert_int_equal(strncmp(line, cases[i].pri, 4), 0);
	}
}

static void test_long(void **state)
{
	struct server *server = *state;
	char text[MESSAGE_MAX + 64], line[8192];

	for (size_t n = MESSAGE_MAX - 2; n < MESSAGE_MAX + 8; n++) {
		memset(text, 'a', n);
		text[n] = '\0';
		vw_log(&server->tree.host, "x", LOG_INFO, "%s", text);
		assert_true(receive(server->sock, line, sizeof(line)));
		assert_int_equal(strlen(message_of(line)), n < MESSAGE_MAX ? n : MESSAGE_MAX);
	}
	/* characters of three bytes, at each of three offsets to the limit */
	for (size_t shift = 0; shift < 3; shift++) {
		size_t len;

		memset(text, 'a', shift);
		for (size_t n = shift; n + 4 < sizeof(text); n += 3)
			memcpy(text + n, "\xe2\x82\xac", 4);
		vw_log(&server->tree.host, "x", LOG_INFO, "%s", text);
		assert_true(receive(server->sock, line, sizeof(line)));
		len = strlen(message_of(line));
		assert_true(len <= MESSAGE_MAX && len > MESSAGE_MAX - 3);
		assert_int_equal((len - shift) % 3, 0);
		assert_memory_equal(message_of(line), text, len);
	}
}

static void test_huge(void **state)
{
	struct server *server = *state;
	size_t size = 4 << 20;
	char *huge = malloc(size), line[8192];

	assert_non_null(huge);
	memset(huge, '\xff', size - 1);
	huge[size - 1] = '\0';
	vw_log(&server->tree.host, "x", LOG_INFO, "%s", huge);
	free(huge);
	assert_true(receive(server->sock, line, sizeof(line)));
	assert_int_equal(strlen(message_of(line)), MESSAGE_MAX);
}

static void test_stays_one_line(void **state)
{
	struct server *server = *state;
	char line[4096];

	vw_log(&server->tree.host, "x", LOG_INFO, "a\n<0>b\r\t\x1b[m\x7f\xc3\xa9 %s", "");
	assert_true(receive(server->sock, line, sizeof(line)));
	assert_string_equal(message_of(line), "a?<0>b???[m?\xc3\xa9 ");
	vw_log(&server->tree.host, "x", LOG_INFO, "%s", "");
	assert_true(receive(server->sock, line, sizeof(line)));
	assert_string_equal(message_of(line), "");
}

/* Nobody reads: lines get lost, the caller goes on, and later lines arrive again. */
static void test_full(void **state)
{
	struct server *server = *state;
	char line[4096];
	size_t n = 0;

	for (int i = 0; i < 5000; i++) {
		errno = EBADMSG;
		vw_log(&server->tree.host, "x", LOG_INFO, "line %d", i);
		assert_int_equal(errno, EBADMSG);
	}
	while (receive(server->sock, line, sizeof(line)))
		n++;
	assert_true(n > 0 && n < 5000);
	vw_log(&server->tree.host, "x", LOG_INFO, "later");
	assert_true(receive(server->sock, line, sizeof(line)));
	assert_string_equal(message_of(line), "later");
}

static size_t open_descriptors(void)
{
	vw_auto_closedir DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	return n;
}

static void test_descriptors(void **state)
{
	struct server *server = *state;
	size_t before = open_descriptors();

	for (int i = 0; i < 10; i++)
		vw_log(&server->tree.host, "x", LOG_INFO, "y");
	assert_int_equal(open_descriptors(), before);
}

/* systemd makes /dev/log a symlink; it is resolved inside the root. */
static void test_symlink(void **state)
{
	char line[4096];
	struct tree tree;
	int sock;

	(void)state;
	tree_new(&tree);
	sock = listen_at(&tree.host, "/run/systemd/journal", "dev-log", SOCK_DGRAM);
	tree_link(&tree, "/dev/log", "/run/systemd/journal/dev-log");
	vw_log(&tree.host, "x", LOG_INFO, "y");
	assert_true(receive(sock, line, sizeof(line)));
	assert_string_equal(message_of(line), "y");
	close(sock);
	tree_free(&tree);
}

/* A recorded machine must not reach a socket outside, by whatever link. */
static void test_symlink_out(void **state)
{
	struct server *server = *state;
	char target[128], line[4096];
	struct tree tree;

	snprintf(target, sizeof(target), "%s/dev/log", server->tree.root);
	tree_new(&tree);
	tree_link(&tree, "/dev/log", target);
	vw_log(&tree.host, "x", LOG_INFO, "y");
	assert_false(receive(server->sock, line, sizeof(line)));
	tree_free(&tree);
	tree_new(&tree);
	memmove(target + 24, target, strlen(target) + 1);
	memcpy(target, "../../../../../../../../", 24);
	tree_link(&tree, "/dev/log", target);
	vw_log(&tree.host, "x", LOG_INFO, "y");
	assert_false(receive(server->sock, line, sizeof(line)));
	tree_free(&tree);
}

static void test_long_root(void **state)
{
	struct server *server = *state;
	char name[256], line[4096];
	struct vw_host deep;
	char *root;
	int sock;

	memset(name, 'd', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(vw_host_mkdirf(&server->tree.host, 0755, "/%s", name), 0);
	root = vw_host_pathf(&server->tree.host, "/%s", name);
	assert_non_null(root);
	assert_int_equal(vw_host_open(&deep, root, NULL), 0);
	sock = listen_at(&deep, "/dev", "log", SOCK_DGRAM);
	vw_log(&deep, "x", LOG_INFO, "y");
	assert_true(receive(sock, line, sizeof(line)));
	assert_string_equal(message_of(line), "y");
	assert_false(receive(server->sock, line, sizeof(line)));
	close(sock);
	vw_host_close(&deep);
	free(root);
}

/* What may stand in the place of the socket: nothing, a file, a directory, a dangling link, a listener that is
 * gone, one of another type. Nothing happens, and errno stays. */
static void test_no_socket(void **state)
{
	(void)state;
	for (int kind = 0; kind < 6; kind++) {
		struct tree tree;
		char content[8];
		int sock = -1;

		tree_new(&tree);
		if (kind == 1)
			tree_file(&tree, "/dev/log", "");
		else if (kind == 2)
			tree_dir(&tree, "/dev/log");
		else if (kind == 3)
			tree_link(&tree, "/dev/log", "/run/nothing");
		else if (kind == 4)
			close(listen_at(&tree.host, "/dev", "log", SOCK_DGRAM));
		else if (kind == 5)
			sock = listen_at(&tree.host, "/dev", "log", SOCK_STREAM);
		errno = EBADMSG;
		vw_log(&tree.host, "x", LOG_INFO, "y");
		assert_int_equal(errno, EBADMSG);
		if (kind == 1)
			assert_int_equal(
				vw_host_readf(&tree.host, content, sizeof(content), "/dev/log"), 0);
		if (kind == 5)
			assert_int_equal(accept(sock, NULL, NULL), -1);
		if (sock >= 0)
			close(sock);
		tree_free(&tree);
	}
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, server_start, server_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SERVED(test_line),
		SERVED(test_time_is_now),
		SERVED(test_priority),
		SERVED(test_long),
		SERVED(test_huge),
		SERVED(test_stays_one_line),
		SERVED(test_full),
		SERVED(test_descriptors),
		cmocka_unit_test(test_symlink),
		SERVED(test_symlink_out),
		SERVED(test_long_root),
		cmocka_unit_test(test_no_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
