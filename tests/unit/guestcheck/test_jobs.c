/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_jobs: workers that are good, slow, late, that crash, lie and leave processes and files behind. What examines an image is played here. */
#include "tree.h"

#include "cleanup.h"
#include "jobs.h"
#include "result_json.h"
#include "worker.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char outside_dir[64], outside[80]; /* a file that is none of a worker's */

/* In a worker. */
static void must(bool good)
{
	if (!good)
		_exit(99);
}

/* "For ever": but not if what shall end it is broken. */
_Noreturn static void stay(void)
{
	sleep(100);
	_exit(0);
}

/* A process that would stay for ever, and one below it that its parent does not know. */
static void leave_children(void)
{
	if (fork() == 0) {
		signal(SIGTERM, SIG_IGN);
		if (fork() == 0)
			signal(SIGHUP, SIG_IGN);
		stay();
	}
}

static void leave_files(void)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/a", getenv("TMPDIR"));
	must(mkdir(path, 0700) == 0);
	snprintf(path, sizeof(path), "%s/a/link", getenv("TMPDIR"));
	must(symlink(outside, path) == 0);
	snprintf(path, sizeof(path), "%s/a/up", getenv("TMPDIR"));
	must(symlink(outside_dir, path) == 0);
	snprintf(path, sizeof(path), "%s/a/file", getenv("TMPDIR"));
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	must(fd >= 0);
	close(fd);
}

/* As libguestfs does it for root. It tells the test its name. */
static void leave_socket(struct vw_image_result *result)
{
	char path[] = "/tmp/libguestfsXXXXXX";
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)result;
	must(mkdtemp(path) != NULL);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/guestfsd.sock", path);
	must(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
	must(listen(fd, 1) == 0);
	fd = open(outside, O_WRONLY | O_TRUNC);
	must(write(fd, path, strlen(path)) > 0);
	close(fd);
}

static void say(struct vw_image_result *result, const char *id, const char *text)
{
	vw_finding_add(&result->findings, VW_WARN, id, "x", NULL, "%s", text);
}

int vw_image_examine(const struct vw_image_request *request, struct vw_image_result *result,
	struct vw_error *err)
{
	const char *what = request->disks[0].path;

	request->step(request->step_data, "first");
	if (strcmp(what, "slow") == 0)
		usleep(300000);
	if (strcmp(what, "late") == 0 || strcmp(what, "leaver") == 0) {
		leave_children();
		leave_files();
	}
	if (strcmp(what, "late") == 0 || strcmp(what, "socket") == 0) {
		if (strcmp(what, "socket") == 0)
			leave_socket(result);
		stay();
	}
	if (strcmp(what, "crasher") == 0) {
		leave_socket(result);
		request->step(request->step_data, "second");
		sleep(2); /* crashes come later than steps */
	}
	if (strncmp(what, "crash", 5) == 0)
		raise(SIGABRT);
	if (strcmp(what, "exit") == 0)
		_exit(0);
	if (strcmp(what, "status") == 0)
		_exit(7);
	if (strcmp(what, "error") == 0)
		return vw_error_set(err, EIO, "no appliance");
	if (strcmp(what, "stop") == 0) {
		kill(getppid(), SIGTERM);
		stay();
	}
	for (int i = 0; strcmp(what, "large") == 0 && i < 5000; i++) {
		static char text[4001];

		memset(text, 'x', sizeof(text) - 1);
		say(result, "large", text);
	}
	if (strcmp(what, "kvm") == 0)
		say(result, "appliance-software-emulation", "");
	say(result, "software", request->software ? "yes" : "no");
	say(result, "tmpdir", getenv("TMPDIR"));
	say(result, "runtime", getenv("XDG_RUNTIME_DIR"));
	say(result, "cache", getenv("LIBGUESTFS_CACHEDIR"));
	say(result, "group", getpgrp() == getpid() ? "own" : "shared");
	request->step(request->step_data, "last");
	return 0;
}

static char steps[4096];
static size_t n_done;

static void on_step(void *data, size_t image, const char *what)
{
	(void)data;
	snprintf(steps + strlen(steps), sizeof(steps) - strlen(steps), "%zu:%s ", image, what);
}

static void on_done(void *data, size_t image, struct json_object *result)
{
	(void)data;
	(void)image;
	assert_non_null(result);
	n_done++;
}

static const struct vw_jobs_watch watch = { .step = on_step, .done = on_done };

/* Runs the images, words of a line. */
static int run(const char *line, unsigned int jobs, unsigned int timeout,
	struct json_object *images, int *ended)
{
	struct vw_check_request request = { .jobs = jobs, .timeout = timeout };
	char text[256], *save = NULL;
	struct vw_error err = { "" };
	int rc;

	snprintf(text, sizeof(text), "%s", line);
	for (char *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		struct vw_request_image *image = vw_request_add_image(&request, word);

		assert_int_equal(vw_request_add_disk(image, word, NULL), 0);
	}
	steps[0] = '\0';
	n_done = 0;
	rc = vw_jobs_run(&request, &watch, images, ended, &err);
	vw_check_request_free(&request);
	return rc;
}

/* The message of the image's finding with this id; NULL = it has none. */
static const char *said(struct json_object *images, size_t image, const char *id)
{
	struct json_object *one = json_object_array_get_idx(images, image);
	struct json_object *findings = vw_json_get(one, "findings");

	assert_true(vw_result_json_valid(one));
	assert_null(vw_json_get(one, "schema"));
	for (size_t i = 0; i < vw_json_length(findings); i++) {
		struct json_object *finding = json_object_array_get_idx(findings, i);

		if (strcmp(vw_json_string(finding, "id"), id) == 0)
			return vw_json_string(finding, "message");
	}
	return NULL;
}

static void expect(struct json_object *images, size_t image, const char *id, const char *says)
{
	const char *message = said(images, image, id);

	if (!message || !strstr(message, says))
		fail_msg("image %zu, %s: \"%s\" does not say \"%s\"", image, id,
			message ? message : "nothing", says);
}

static const char *name(struct json_object *images, size_t i)
{
	return vw_json_string(json_object_array_get_idx(images, i), "image");
}

/* In the order of the request, whoever is done first. */
static void test_order(void **state)
{
	struct json_object *images = json_object_new_array();
	int ended;

	(void)state;
	assert_int_equal(run("slow a slow b c", 3, 60, images, &ended), 0);
	assert_int_equal(ended, 0);
	assert_int_equal(vw_json_length(images), 5);
	assert_int_equal(n_done, 5);
	assert_string_equal(name(images, 0), "slow");
	assert_string_equal(name(images, 1), "a");
	assert_string_equal(name(images, 4), "c");
	assert_non_null(strstr(steps, "0:first "));
	assert_string_equal(said(images, 1, "group"), "own");
	json_object_put(images);
}

/* Each has its directory, which is gone afterwards; the cache of the appliance is shared. */
static void test_directories(void **state)
{
	struct json_object *images = json_object_new_array();
	char dir[128];
	int ended;

	(void)state;
	setenv("TMPDIR", "/tmp", 1);
	unsetenv("LIBGUESTFS_CACHEDIR");
	assert_int_equal(run("a b leaver", 2, 60, images, &ended), 0);
	assert_string_not_equal(said(images, 0, "tmpdir"), said(images, 1, "tmpdir"));
	for (size_t i = 0; i < 3; i++) {
		snprintf(dir, sizeof(dir), "%s", said(images, i, "tmpdir"));
		assert_int_equal(strncmp(dir, "/tmp/vfward-guestcheck.", 23), 0);
		assert_string_equal(dir, said(images, i, "runtime"));
		assert_int_equal(access(dir, F_OK), -1);
		assert_string_equal(said(images, i, "cache"), "/tmp");
	}
	assert_int_equal(access(outside, F_OK), 0);
	json_object_put(images);
}

/* Names of sockets are short: a long TMPDIR is not followed. */
static void test_long_tmpdir(void **state)
{
	char base[] = "/tmp/vfward-test-long.XXXXXX", dir[160];
	struct json_object *images = json_object_new_array();
	int ended;

	(void)state;
	assert_non_null(mkdtemp(base));
	for (size_t len = 40; len <= 54; len++) {
		struct sockaddr_un address;
		const char *got;

		snprintf(dir, sizeof(dir), "%s/%.*s", base, (int)(len - strlen(base) - 1),
			"dddddddddddddddddddddddddddddddddddddddddddddddddddddddddd");
		assert_int_equal(mkdir(dir, 0700), 0);
		setenv("TMPDIR", dir, 1);
		assert_int_equal(run("a", 1, 60, images, &ended), 0);
		got = said(images, vw_json_length(images) - 1, "tmpdir");
		assert_true(strlen(got) + strlen("/libguestfsXXXXXX/guestfsd.sock") <
			    sizeof(address.sun_path));
		/* 107 - 31 - 25 */
		assert_int_equal(strncmp(got, dir, strlen(dir)) == 0, len <= 51);
		assert_int_equal(rmdir(dir), 0);
	}
	setenv("TMPDIR", "/tmp", 1);
	assert_int_equal(rmdir(base), 0);
	json_object_put(images);
}

/* Whoever goes wrong, the others do not notice. */
static void test_failures(void **state)
{
	struct json_object *images = json_object_new_array();
	int ended;

	(void)state;
	assert_int_equal(run("crash a exit status error large b", 2, 60, images, &ended), 0);
	assert_int_equal(vw_json_length(images), 7);
	expect(images, 0, "internal", "signal 6");
	expect(images, 1, "software", "no");
	expect(images, 2, "internal", "without a result");
	expect(images, 3, "internal", "without a result");
	expect(images, 4, "internal", "no appliance");
	expect(images, 5, "internal", "too much");
	expect(images, 6, "software", "no");
	assert_string_equal(
		vw_json_string(json_object_array_get_idx(images, 0), "verdict"), "undetermined");
	json_object_put(images);
}

/* A pipe that nobody has open any more says that nobody is left. */
static void expect_nobody(int pipe[2])
{
	struct pollfd fd = { .fd = pipe[0], .events = POLLIN };

	close(pipe[1]);
	assert_int_equal(poll(&fd, 1, 0), 1);
	assert_int_equal(fd.revents & POLLHUP, POLLHUP);
	close(pipe[0]);
}

static void test_late(void **state)
{
	struct json_object *images = json_object_new_array();
	struct vw_deadline deadline = vw_deadline_in(20000);
	int ended, witness[2];

	(void)state;
	assert_int_equal(pipe(witness), 0);
	assert_int_equal(run("late a leaver late", 3, 1, images, &ended), 0);
	assert_true(vw_deadline_left(&deadline) > 0);
	expect(images, 0, "image-timeout", "after 1 s");
	expect(images, 1, "software", "no");
	expect(images, 2, "software", "no");
	expect(images, 3, "image-timeout", "after 1 s");
	expect_nobody(witness);
	assert_int_equal(access(outside, F_OK), 0);
	json_object_put(images);
}

static void expect_no_socket_dir(void)
{
	char dir[64] = "";
	int fd = open(outside, O_RDONLY);

	assert_true(read(fd, dir, sizeof(dir) - 1) > 0);
	close(fd);
	assert_int_equal(strncmp(dir, "/tmp/libguestfs", 15), 0);
	assert_int_equal(access(dir, F_OK), -1);
}

/* Of a worker that is killed, and of one that crashes: when it is dead its sockets are gone, too. */
static void test_socket_dir(void **state)
{
	struct json_object *images = json_object_new_array();
	int ended;

	(void)state;
	assert_int_equal(run("socket", 1, 1, images, &ended), 0);
	expect(images, 0, "image-timeout", "after 1 s");
	expect_no_socket_dir();
	assert_int_equal(run("crasher", 1, 60, images, &ended), 0);
	expect(images, 1, "internal", "signal 6");
	expect_no_socket_dir();
	json_object_put(images);
}

static void test_signal(void **state)
{
	struct json_object *images = json_object_new_array();
	int ended, witness[2];
	sigset_t set;

	(void)state;
	assert_int_equal(pipe(witness), 0);
	assert_int_equal(run("late late stop a", 3, 60, images, &ended), -EINTR);
	assert_int_equal(ended, SIGTERM);
	assert_int_equal(vw_json_length(images), 0);
	expect_nobody(witness);
	sigprocmask(SIG_SETMASK, NULL, &set);
	assert_int_equal(sigismember(&set, SIGTERM), 0);
	json_object_put(images);
}

/* What one has learned of KVM the later ones are told. */
static void test_software(void **state)
{
	struct json_object *images = json_object_new_array();
	int ended;

	(void)state;
	assert_int_equal(run("a kvm b c", 1, 60, images, &ended), 0);
	assert_string_equal(said(images, 0, "software"), "no");
	assert_string_equal(said(images, 1, "software"), "no");
	assert_string_equal(said(images, 2, "software"), "yes");
	assert_string_equal(said(images, 3, "software"), "yes");
	json_object_put(images);
}

static int set_up(void **state)
{
	int fd;

	(void)state;
	snprintf(outside_dir, sizeof(outside_dir), "/tmp/vfward-test-jobs.XXXXXX");
	if (!mkdtemp(outside_dir))
		return -1;
	snprintf(outside, sizeof(outside), "%s/file", outside_dir);
	fd = open(outside, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	close(fd);
	return fd < 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(outside);
	return rmdir(outside_dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_directories, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_long_tmpdir, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_failures, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_late, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_socket_dir, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_signal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_software, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
