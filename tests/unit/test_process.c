/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_process: stat lines by table, and real processes with hostile names, dead, undead and reused. */
#include "tree.h"

/* The file itself, for its parser of stat lines; the kernel would not write most of the lines below. */
#include "process.c"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define TAIL " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17"

static const struct {
	const char *line;
	int rc;
	const char *comm;
	char state;
	pid_t parent;
	uint64_t start;
} lines[] = {
	{ "5 (qemu) S 42" TAIL " 777 9 9 9", 0, "qemu", 'S', 42, 777 },
	{ "5 (qemu) S 42" TAIL " 777", 0, "qemu", 'S', 42, 777 },
	{ "5 (a b) R 0" TAIL " 0 9", 0, "a b", 'R', 0, 0 },
	{ "5 (a) R 1 (b) Z 42" TAIL " 777 9", 0, "a) R 1 (b", 'Z', 42, 777 },
	{ "5 ()) S 42" TAIL " 777 9", 0, ")", 'S', 42, 777 },
	{ "5 (() S 42" TAIL " 777 9", 0, "(", 'S', 42, 777 },
	{ "5 () S 42" TAIL " 777 9", 0, "", 'S', 42, 777 },
	{ "5 (a\nb) S 42" TAIL " 777 9", 0, "a\nb", 'S', 42, 777 },
	{ "5 (\xff\x1b[2J) S 42" TAIL " 777 9", 0, "\xff\x1b[2J", 'S', 42, 777 },
	{ "5 (x) S 42" TAIL " 18446744073709551615 9", 0, "x", 'S', 42, UINT64_MAX },
	{ "5 (x) S 42" TAIL " 18446744073709551616 9", -EBADMSG, NULL, 0, 0, 0 },
	{ "5 (x) S 42" TAIL " -1 9", -EBADMSG, NULL, 0, 0, 0 },
	{ "5 (x) S 42" TAIL " 7x 9", -EBADMSG, NULL, 0, 0, 0 },
	{ "5 (x) S 42" TAIL, -EBADMSG, NULL, 0, 0, 0 },
	{ "5 (x) S 42 1 2", -EBADMSG, NULL, 0, 0, 0 },
	{ "5 (x) S -1" TAIL " 777", -EBADMSG, NULL, 0, 0, 0 },
	{ "5 (x) S 2147483648" TAIL " 777", -EBADMSG, NULL, 0, 0, 0 },
	{ "5 (x) S", -EBADMSG, NULL, 0, 0, 0 },
	{ "5 (x)", -EBADMSG, NULL, 0, 0, 0 },
	{ "5 (x S 42" TAIL " 777 9", -EBADMSG, NULL, 0, 0, 0 },
	{ "5 x) S 42" TAIL " 777 9", -EBADMSG, NULL, 0, 0, 0 },
	{ "5 )x( S 42" TAIL " 777 9", -EBADMSG, NULL, 0, 0, 0 },
	{ "5 ) S 42" TAIL " 777 (", -EBADMSG, NULL, 0, 0, 0 },
	{ "", -EBADMSG, NULL, 0, 0, 0 },
	{ "5 (0123456789012345678901234567890123456789012345678901234567890123) S 42" TAIL " 777",
		-EBADMSG, NULL, 0, 0, 0 },
	{ "5 (012345678901234567890123456789012345678901234567890123456789012) S 42" TAIL " 777", 0,
		"012345678901234567890123456789012345678901234567890123456789012", 'S', 42, 777 },
};

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(lines); i++) {
		vw_auto_free char *line = strdup(lines[i].line); /* ASan sees an overrun */
		struct stat_line stat = { 0 };

		assert_non_null(line);
		assert_int_equal(parse_stat(line, &stat), lines[i].rc);
		if (lines[i].rc < 0)
			continue;
		assert_string_equal(stat.comm, lines[i].comm);
		assert_int_equal(stat.state, lines[i].state);
		assert_int_equal(stat.parent, lines[i].parent);
		assert_true(stat.start == lines[i].start);
	}
}

/* A child that calls itself `name` and waits; its pid is returned once it has done so. */
static pid_t spawn(const char *name)
{
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, name);
		if (write(ready[1], "", 1) == 1)
			pause();
		_exit(0);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void reap(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_alive(void **state)
{
	struct vw_process self = vw_process_self(), child, nobody = { 0 }, wrong;
	struct stat_line stat;
	siginfo_t info;

	(void)state;
	assert_int_equal(self.pid, getpid());
	assert_true(self.start > 0);
	assert_true(vw_process_alive(&self));
	assert_false(vw_process_alive(&nobody));
	wrong = (struct vw_process){ .pid = -1, .start = self.start };
	assert_false(vw_process_alive(&wrong));
	/* A pid that somebody else has now. */
	wrong = (struct vw_process){ .pid = self.pid, .start = self.start + 1 };
	assert_false(vw_process_alive(&wrong));
	wrong.start = 0;
	assert_false(vw_process_alive(&wrong));

	child.pid = spawn("a) Z 1 (b");
	assert_int_equal(read_stat(child.pid, &stat), 0);
	assert_string_equal(stat.comm, "a) Z 1 (b");
	assert_int_equal(stat.parent, getpid());
	child.start = stat.start;
	assert_true(vw_process_alive(&child));
	/* A zombie is dead, and so is what was reaped. */
	kill(child.pid, SIGKILL);
	assert_int_equal(waitid(P_PID, (id_t)child.pid, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(read_stat(child.pid, &stat), 0);
	assert_int_equal(stat.state, 'Z');
	assert_false(vw_process_alive(&child));
	reap(child.pid);
	assert_false(vw_process_alive(&child));
}

/* What vw_process_daemon says in a grandchild of a process with this name (between them a script). */
static struct vw_process daemon_seen(const char *name, pid_t *ancestor)
{
	struct vw_process seen = { .pid = -1 };
	int out[2];

	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	*ancestor = fork();
	assert_true(*ancestor >= 0);
	if (*ancestor == 0) {
		prctl(PR_SET_NAME, name);
		if (fork() == 0) {
			prctl(PR_SET_NAME, "run-parts");
			if (fork() == 0) {
				seen = vw_process_daemon();
				if (write(out[1], &seen, sizeof(seen)) < 0)
					_exit(1);
				_exit(0);
			}
			wait(NULL);
			_exit(0);
		}
		wait(NULL);
		_exit(0);
	}
	close(out[1]);
	assert_int_equal(read(out[0], &seen, sizeof(seen)), sizeof(seen));
	close(out[0]);
	assert_int_equal(waitpid(*ancestor, NULL, 0), *ancestor);
	return seen;
}

static void test_daemon(void **state)
{
	static const struct {
		const char *name;
		bool found;
	} names[] = {
		{ "libvirtd", true },
		{ "virtqemud", true },
		{ "virtnetworkd", true },
		{ "virtlogd", false },
		{ "libvirtd2", false },
		{ "xlibvirtd", false },
		{ "x) S 1 libvirtd", false },
		{ "libvirtd x", false },
		{ "", false },
	};
	struct vw_process seen;
	pid_t ancestor;

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(names); i++) {
		seen = daemon_seen(names[i].name, &ancestor);
		assert_int_equal(seen.pid, names[i].found ? ancestor : 0);
		assert_int_equal(seen.start > 0, names[i].found);
	}
}

static void test_comm(void **state)
{
	static const struct {
		const char *content, *comm;
	} comms[] = {
		{ "qemu-system-x86\n", "qemu-system-x86" },
		{ "a b) \n", "a b)" },
		{ "\x1b[2J\n", "\x1b[2J" },
		{ "", "" },
		{ "a\nb\n", "a\nb" },
		{ "0123456789012345678901234567890123456789012345678901234567890123", "" },
	};
	struct tree tree;
	struct vw_host real;
	char buf[64], small[5];
	pid_t pid;

	(void)state;
	tree_new(&tree);
	vw_process_comm(&tree.host, 7, buf, sizeof(buf));
	assert_string_equal(buf, "");
	for (size_t i = 0; i < VW_ARRAY_SIZE(comms); i++) {
		tree_file(&tree, "/proc/7/comm", comms[i].content);
		strcpy(buf, "x");
		vw_process_comm(&tree.host, 7, buf, sizeof(buf));
		assert_string_equal(buf, comms[i].comm);
	}
	tree_file(&tree, "/proc/7/comm", "qemu-kvm\n");
	vw_process_comm(&tree.host, 7, small, sizeof(small));
	assert_string_equal(small, "qemu");
	/* The recorded machine does not show our own processes. */
	vw_process_comm(&tree.host, getpid(), buf, sizeof(buf));
	assert_string_equal(buf, "");
	tree_free(&tree);

	assert_int_equal(vw_host_open(&real, NULL, NULL), 0);
	pid = spawn("a ) b");
	vw_process_comm(&real, pid, buf, sizeof(buf));
	assert_string_equal(buf, "a ) b");
	reap(pid);
	vw_process_comm(&real, pid, buf, sizeof(buf));
	assert_string_equal(buf, "");
	vw_host_close(&real);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_alive),
		cmocka_unit_test(test_daemon),
		cmocka_unit_test(test_comm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
