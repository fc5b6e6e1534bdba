/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_irqbalance: its socket, with one that answers as irqbalance does, or badly. */
#include "tree.h"

#include "irqbalance.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum manner { GOOD, CUT, SILENT, RUBBISH };

struct scene {
	struct tree tree;
	pid_t pid;
};

static void answer(int fd, enum manner manner, char *list, size_t size)
{
	char request[4096] = "";
	ssize_t len = recv(fd, request, sizeof(request) - 1, 0);
	static const char ban[] = "settings ban irqs ";

	if (len <= 0)
		return;
	if (manner == SILENT)
		pause();
	if (!strncmp(request, ban, strlen(ban))) {
		char *save = NULL, *word = strtok_r(request + strlen(ban), " ", &save);

		for (list[0] = '\0'; word && strcmp(word, "NONE");
			word = strtok_r(NULL, " ", &save)) {
			snprintf(list + strlen(list), size - strlen(list),
				"IRQ %s LOAD 0 DIFF 0 CLASS 4 ", word);
			if (manner == CUT)
				break;
		}
	} else if (!strcmp(request, "setup")) {
		char text[8192];

		snprintf(text, sizeof(text),
			manner == RUBBISH ? "SLEEP 10 IRQ x " : "SLEEP 10 %sBANNED 00000000", list);
		send(fd, text, strlen(text), MSG_NOSIGNAL);
	}
}

static void serve(int listener, enum manner manner)
{
	char list[8192] = "IRQ 30 LOAD 0 DIFF 0 CLASS 4 ";

	for (;;) {
		int fd = accept(listener, NULL, NULL);

		answer(fd, manner, list, sizeof(list));
		close(fd);
	}
}

static void start(struct scene *s, enum manner manner)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	tree_dir(&s->tree, "/run/irqbalance");
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/run/irqbalance/irqbalance7.sock",
		s->tree.root);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	s->pid = fork();
	if (s->pid == 0)
		serve(fd, manner);
	close(fd);
}

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	*state = s;
	tree_new(&s->tree);
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	if (s->pid > 0) {
		kill(s->pid, SIGKILL);
		waitpid(s->pid, NULL, 0);
	}
	tree_free(&s->tree);
	free(s);
	return 0;
}

static void test_none(void **state)
{
	struct scene *s = *state;
	struct vw_error err = { "" };
	struct vw_bans bans;

	assert_int_equal(vw_irqbalance_get(&s->tree.host, &bans, &err), 0);
	/* A socket of one that is gone, and one that runs without a socket. */
	start(s, GOOD);
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	s->pid = 0;
	assert_int_equal(vw_irqbalance_get(&s->tree.host, &bans, &err), 0);
	tree_file(&s->tree, "/proc/7/comm", "irqbalance\n");
	assert_int_equal(vw_irqbalance_get(&s->tree.host, &bans, &err), -ENOTCONN);
	assert_non_null(strstr(err.msg, "no socket"));
}

static void test_list(void **state)
{
	struct scene *s = *state;
	struct vw_error err = { "" };
	struct vw_bans bans;

	start(s, GOOD);
	assert_int_equal(vw_irqbalance_get(&s->tree.host, &bans, &err), 1);
	assert_int_equal(bans.n, 1);
	assert_int_equal(bans.v[0], 30);
	assert_int_equal(vw_bans_add(&bans, 45), 0);
	assert_int_equal(vw_bans_add(&bans, 7), 0);
	assert_int_equal(vw_bans_add(&bans, 45), 0);
	vw_bans_drop(&bans, 30);
	vw_bans_drop(&bans, 31);
	assert_int_equal(vw_irqbalance_set(&s->tree.host, &bans, &err), 0);
	vw_bans_free(&bans);
	assert_int_equal(vw_irqbalance_get(&s->tree.host, &bans, &err), 1);
	assert_int_equal(bans.n, 2);
	assert_int_equal(bans.v[0], 7);
	assert_int_equal(bans.v[1], 45);
	vw_bans_free(&bans);
	assert_int_equal(vw_irqbalance_set(&s->tree.host, &bans, &err), 0);
	assert_int_equal(vw_irqbalance_get(&s->tree.host, &bans, &err), 1);
	assert_int_equal(bans.n, 0);
}

static void test_cut(void **state)
{
	struct scene *s = *state;
	struct vw_error err = { "" };
	struct vw_bans bans = { 0 };

	start(s, CUT);
	vw_bans_add(&bans, 1);
	assert_int_equal(vw_irqbalance_set(&s->tree.host, &bans, &err), 0);
	vw_bans_add(&bans, 2);
	assert_int_equal(vw_irqbalance_set(&s->tree.host, &bans, &err), -EIO);
	vw_bans_free(&bans);
}

static void test_bad(void **state)
{
	struct scene *s = *state;
	struct vw_error err = { "" };
	struct vw_bans bans;

	start(s, RUBBISH);
	assert_int_equal(vw_irqbalance_get(&s->tree.host, &bans, &err), -EBADMSG);
	assert_int_equal(bans.n, 0);
}

static void test_silent(void **state)
{
	struct scene *s = *state;
	struct vw_error err = { "" };
	struct vw_bans bans;

	start(s, SILENT);
	assert_int_equal(vw_irqbalance_get(&s->tree.host, &bans, &err), -ETIMEDOUT);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_none),
		T(test_list),
		T(test_cut),
		T(test_bad),
		T(test_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
