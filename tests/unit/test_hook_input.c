/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_hook_input: the hook's standard input, from pipes that are quick, slow, silent, endless or none. */
#include "tree.h"

#include "../../hooks/input.c"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

struct writer {
	const char *text;
	size_t len;
	size_t times;          /* how often the text is written */
	unsigned int pause_ms; /* before each */
	bool stay;             /* keeps the pipe open */
};

struct input {
	struct vw_host host;
	char *data;
	size_t len;
	struct vw_error err;
	int saved; /* the test's own standard input */
};

static int setup(void **state)
{
	struct input *in = calloc(1, sizeof(*in));

	assert_non_null(in);
	in->host = (struct vw_host){ .root_fd = -1, .deadline = vw_deadline_in(5000) };
	in->saved = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10);
	*state = in;
	return 0;
}

static int teardown(void **state)
{
	struct input *in = *state;

	if (in->saved >= 0) {
		dup2(in->saved, STDIN_FILENO);
		close(in->saved);
	}
	free(in->data);
	free(in);
	return 0;
}

static int read_input(struct input *in)
{
	free(in->data);
	in->data = NULL;
	in->err.msg[0] = '\0';
	return vw_hook_read_input(&in->host, &in->data, &in->len, &in->err);
}

static void write_all(int fd, const struct writer *w)
{
	for (size_t i = 0; i < w->times; i++) {
		usleep(w->pause_ms * 1000);
		for (size_t done = 0; done < w->len;) {
			ssize_t n = write(fd, w->text + done, w->len - done);

			if (n < 0)
				_exit(0);
			done += (size_t)n;
		}
	}
	if (w->stay)
		pause();
	_exit(0);
}

static int read_from(struct input *in, const struct writer *w)
{
	int fds[2], rc;
	pid_t pid;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		signal(SIGPIPE, SIG_DFL);
		close(fds[0]);
		write_all(fds[1], w);
	}
	assert_true(pid > 0);
	close(fds[1]);
	assert_int_equal(dup2(fds[0], STDIN_FILENO), STDIN_FILENO);
	close(fds[0]);
	rc = read_input(in);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return rc;
}

static void test_texts(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} cases[] = { { "", 0 }, { "<domain/>", 9 }, { "a\0b", 3 }, { "\xff\xfe\n", 3 } };
	struct input *in = *state;

	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		assert_int_equal(
			read_from(in, &(struct writer){ cases[i].text, cases[i].len, 1, 0, false }),
			0);
		assert_int_equal(in->len, cases[i].len);
		assert_memory_equal(in->data, cases[i].text, cases[i].len);
		assert_int_equal(in->data[in->len], 0);
	}
}

/* Sizes around those of the buffer, and pieces that come late. */
static void test_sizes(void **state)
{
	static const size_t sizes[] = { 1, 65534, 65535, 65536, 65537, 131071, 131072, 300000 };
	struct input *in = *state;
	char *text = malloc(300000);

	assert_non_null(text);
	for (size_t i = 0; i < 300000; i++)
		text[i] = (char)(i * 7 % 251);
	for (size_t i = 0; i < VW_ARRAY_SIZE(sizes); i++) {
		assert_int_equal(read_from(in, &(struct writer){ text, sizes[i], 1, 0, false }), 0);
		assert_int_equal(in->len, sizes[i]);
		assert_memory_equal(in->data, text, sizes[i]);
		assert_int_equal(in->data[in->len], 0);
	}
	free(text);
	assert_int_equal(read_from(in, &(struct writer){ "abc", 3, 5, 20, false }), 0);
	assert_int_equal(in->len, 15);
	assert_string_equal(in->data, "abcabcabcabcabc");
}

static void test_largest(void **state)
{
	struct input *in = *state;
	char *text = calloc(1, 65536);

	assert_non_null(text);
	in->host.deadline = vw_deadline_in(30000);
	assert_int_equal(
		read_from(in, &(struct writer){ text, 65536, VW_DOMAIN_XML_MAX / 65536, 0, false }),
		0);
	assert_int_equal(in->len, VW_DOMAIN_XML_MAX);
	/* Endless: ends soon after the limit, with what there was. */
	assert_int_equal(read_from(in, &(struct writer){ text, 65536, SIZE_MAX, 0, true }), -EFBIG);
	assert_in_range(in->len, VW_DOMAIN_XML_MAX + 1, 2 * VW_DOMAIN_XML_MAX + 65536);
	assert_non_null(in->data);
	assert_true(strstr(in->err.msg, "16 MiB"));
	free(text);
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* What never ends is left at the deadline; what came until then is kept. */
static void test_deadline(void **state)
{
	struct input *in = *state;
	uint64_t begin = now_ms();

	in->host.deadline = vw_deadline_in(200);
	assert_int_equal(read_from(in, &(struct writer){ "<hostdev", 8, 1, 0, true }), -ETIMEDOUT);
	assert_in_range(now_ms() - begin, 150, 4000);
	assert_int_equal(in->len, 8);
	assert_memory_equal(in->data, "<hostdev", 8);
	assert_true(in->err.msg[0]);
	begin = now_ms();
	in->host.deadline = vw_deadline_in(200);
	assert_int_equal(read_from(in, &(struct writer){ "x", 1, 1000, 20, true }), -ETIMEDOUT);
	assert_in_range(now_ms() - begin, 150, 4000);
	assert_in_range(in->len, 1, 100);
}

static void test_strange(void **state)
{
	struct input *in = *state;
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd > 0);
	dup2(fd, STDIN_FILENO);
	close(fd);
	assert_int_equal(read_input(in), -EISDIR);
	assert_true(in->err.msg[0]);
	close(STDIN_FILENO);
	assert_int_equal(read_input(in), -EBADF);
	assert_true(in->err.msg[0]);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	dup2(fd, STDIN_FILENO);
	if (fd != STDIN_FILENO)
		close(fd);
	assert_int_equal(read_input(in), 0);
	assert_int_equal(in->len, 0);
	assert_string_equal(in->data, "");
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_texts),
		T(test_sizes),
		T(test_largest),
		T(test_deadline),
		T(test_strange),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
