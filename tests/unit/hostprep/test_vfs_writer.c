/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_vfs_writer: a child that writes, hangs, is killed, and ends with its parent. */
#include "tree.h"

#include "cleanup.h"
#include "vfs_writer.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define RECORD "/vfward-record"

static const struct vw_pci pf = { .bus = 1 };

/* A recorded machine whose kernel is this test: ask and answer are its ends. */
struct stage {
	struct tree tree;
	struct vw_vfs_writer writer;
	int ask, answer;
	struct vw_error err;
};

static int end_of(struct stage *s, const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s" RECORD "/%s", s->tree.root, name);
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static int setup(void **state)
{
	struct stage *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	tree_new(&s->tree);
	tree_dir(&s->tree, RECORD);
	assert_false(vw_vfs_writer_possible(&s->tree.host));
	s->ask = end_of(s, "kernel");
	s->answer = end_of(s, "kernel-says");
	assert_true(vw_vfs_writer_possible(&s->tree.host));
	assert_int_equal(vw_vfs_writer_start(&s->tree.host, &s->writer, &s->err), 0);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct stage *s = *state;

	vw_vfs_writer_stop(&s->writer);
	close(s->ask);
	close(s->answer);
	tree_free(&s->tree);
	free(s);
	return 0;
}

static void say(struct stage *s, const char *text)
{
	assert_int_equal(write(s->answer, text, strlen(text)), strlen(text));
}

static void assert_asked(struct stage *s, const char *want)
{
	char got[128];
	ssize_t n = read(s->ask, got, sizeof(got) - 1);

	assert_true(n > 0);
	got[n] = '\0';
	assert_string_equal(got, want);
}

static void test_answers(void **state)
{
	struct stage *s = *state;

	assert_true(s->writer.process.pid != getpid());
	assert_true(vw_process_alive(&s->writer.process));
	say(s, "0\n");
	assert_int_equal(vw_vfs_writer_set(&s->writer, &pf, "sriov_numvfs", 4, 10), 0);
	assert_asked(s, "0000:01:00.0 sriov_numvfs 4\n");
	say(s, "12\n");
	assert_int_equal(vw_vfs_writer_up(&s->writer, "eth0", 10), -ENOMEM);
	assert_asked(s, "eth0 up\n");
	say(s, "nonsense\n");
	assert_int_equal(vw_vfs_writer_set(&s->writer, &pf, "sriov_numvfs", 0, 10), -EIO);
}

/* It is left in the kernel, and ends when that lets it go. */
static void test_hangs(void **state)
{
	struct stage *s = *state;
	struct vw_process process = s->writer.process;

	assert_int_equal(vw_vfs_writer_set(&s->writer, &pf, "sriov_numvfs", 0, 1), -ETIME);
	assert_true(s->writer.stuck);
	assert_int_equal(vw_vfs_writer_set(&s->writer, &pf, "sriov_numvfs", 4, 1), -EPIPE);
	vw_vfs_writer_stop(&s->writer);
	assert_true(vw_process_alive(&process));
	say(s, "0\n");
	assert_int_equal(waitpid(process.pid, NULL, 0), process.pid);
}

static void test_killed(void **state)
{
	struct stage *s = *state;

	kill(s->writer.process.pid, SIGKILL);
	assert_int_equal(vw_vfs_writer_set(&s->writer, &pf, "sriov_numvfs", 0, 10), -EPIPE);
	assert_false(s->writer.stuck);
}

/* Without a word from its parent that it is over. */
static void test_orphan(void **state)
{
	struct stage *s = *state;
	struct vw_vfs_writer other;
	struct vw_process writer = { 0 };
	int fds[2];
	pid_t parent;

	assert_int_equal(pipe(fds), 0);
	parent = fork();
	if (parent == 0) {
		if (vw_vfs_writer_start(&s->tree.host, &other, NULL) == 0 &&
			write(fds[1], &other.process, sizeof(other.process)) > 0)
			pause();
		_exit(1);
	}
	assert_int_equal(read(fds[0], &writer, sizeof(writer)), sizeof(writer));
	assert_true(vw_process_alive(&writer));
	kill(parent, SIGKILL);
	waitpid(parent, NULL, 0);
	for (int i = 0; i < 500 && vw_process_alive(&writer); i++)
		usleep(10000);
	assert_false(vw_process_alive(&writer));
	close(fds[0]);
	close(fds[1]);
}

/* Nobody who reads what the parent writes waits for the child. */
static void test_output(void **state)
{
	struct stage *s = *state;
	char path[64], target[64];

	for (int fd = 0; fd <= 2; fd++) {
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)s->writer.process.pid, fd);
		n = readlink(path, target, sizeof(target) - 1);
		assert_true(n > 0);
		target[n] = '\0';
		assert_string_equal(target, "/dev/null");
	}
}

/* The running machine. */
static void test_real(void **state)
{
	struct stage *s = *state;
	struct vw_vfs_writer writer;
	struct vw_host host;

	assert_int_equal(vw_host_open(&host, NULL, &s->err), 0);
	assert_true(vw_vfs_writer_possible(&host));
	assert_int_equal(vw_vfs_writer_start(&host, &writer, &s->err), 0);
	assert_int_equal(vw_vfs_writer_up(&writer, "no-such-netdev", 10), -ENODEV);
	assert_int_equal(vw_vfs_writer_set(&writer, &(struct vw_pci){ .domain = 0xfffffff },
				 "sriov_numvfs", 0, 10),
		-ENOENT);
	vw_vfs_writer_stop(&writer);
	vw_host_close(&host);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_answers),
		T(test_hangs),
		T(test_killed),
		T(test_orphan),
		T(test_output),
		T(test_real),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
