/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_host: roots, opening, listing and making directories: nothing leads out of a recorded machine, nothing hangs. */
#include "host_hostile.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static void test_open(void **state)
{
	struct tree *tree = *state;
	char secret[PATH_MAX];
	struct stat st;
	int fd;

	hostile(tree, secret);
	assert_int_equal(vw_host_openf(&tree->host, O_WRONLY, "/fifo"), -ENXIO);
	assert_int_equal(vw_host_openf(&tree->host, O_RDONLY, "relative"), -EINVAL);
	assert_int_equal(vw_host_openf(&tree->host, O_RDWR | O_CREAT, "/out-absolute"), -ENOENT);
	assert_int_equal(vw_host_openf(&tree->host, O_RDWR | O_CREAT, "/out-dir/new"), -ENOENT);
	assert_int_equal(vw_host_openf(&tree->host, O_RDONLY | O_NOFOLLOW, "/dangling"), -ELOOP);

	umask(022);
	fd = vw_host_openf(&tree->host, O_RDWR | O_CREAT | O_EXCL, "/dir/%s-%d", "new", 7);
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	close(fd);
	assert_int_equal(access(outer(tree, "/dir/new-7"), F_OK), 0);
	fd = vw_host_openf(&tree->host, O_RDWR | O_CREAT | O_EXCL, "/dir/new-7");
	assert_int_equal(fd, -EEXIST);

	/* An absolute link means the recorded "/". */
	tree_link(tree, "/dir/abs", "/file");
	tree_link(tree, "/dir/up", "../../../file");
	assert_true(vw_host_existsf(&tree->host, "/dir/abs"));
	assert_true(vw_host_existsf(&tree->host, "/dir/up"));
	assert_true(vw_host_existsf(&tree->host, "/../../file"));
	assert_true(vw_host_existsf(&tree->host, "/fifo"));
	assert_true(vw_host_existsf(&tree->host, "/"));
	assert_false(vw_host_existsf(&tree->host, "file"));
	for (size_t i = 0; i < VW_ARRAY_SIZE(bad_files); i++)
		if (bad_files[i].rc != -EISDIR && !strstr(bad_files[i].path, "fifo"))
			assert_false(vw_host_existsf(&tree->host, "%s", bad_files[i].path));
	hostile_end(secret);
}

static void test_list(void **state)
{
	static const char *const sorted[] = { ".hidden", "...", "0000:07:10.0", "virtfn1",
		"virtfn2", "virtfn10" };
	struct tree *tree = *state;
	struct vw_names names;
	char path[64];

	for (size_t i = VW_ARRAY_SIZE(sorted); i-- > 0;) {
		snprintf(path, sizeof(path), "/dir/%s", sorted[i]);
		tree_file(tree, path, "");
	}
	assert_int_equal(vw_host_listf(&tree->host, &names, "/dir"), 0);
	assert_int_equal(names.n, VW_ARRAY_SIZE(sorted));
	for (size_t i = 1; i < names.n; i++)
		assert_true(strverscmp(names.v[i - 1], names.v[i]) < 0);
	assert_string_equal(names.v[names.n - 1], "virtfn10");
	assert_string_equal(names.v[names.n - 2], "virtfn2");
	vw_names_free(&names);
	assert_null(names.v);
	vw_names_free(&names);

	tree_dir(tree, "/empty");
	assert_int_equal(vw_host_listf(&tree->host, &names, "/empty"), 0);
	assert_int_equal(names.n, 0);
	for (int i = 0; i < 1000; i++) {
		snprintf(path, sizeof(path), "/many/%d", i);
		tree_dir(tree, path);
	}
	assert_int_equal(vw_host_listf(&tree->host, &names, "/many"), 0);
	assert_int_equal(names.n, 1000);
	assert_string_equal(names.v[999], "999");
	vw_names_free(&names);
}

static void test_list_bad(void **state)
{
	struct tree *tree = *state;
	char secret[PATH_MAX];
	struct vw_names names;

	hostile(tree, secret);
	for (size_t i = 0; i < VW_ARRAY_SIZE(bad_files); i++) {
		int rc = bad_files[i].rc;

		if (strstr(bad_files[i].path, "fifo"))
			rc = -ENOTDIR;
		memset(&names, 'x', sizeof(names));
		assert_int_equal(vw_host_listf(&tree->host, &names, "%s", bad_files[i].path),
			rc == -EISDIR ? 0 : rc);
		if (rc != -EISDIR)
			assert_null(names.v);
		vw_names_free(&names);
	}
	assert_int_equal(vw_host_listf(&tree->host, &names, "/out-dir"), -ENOENT);
	hostile_end(secret);
}

static mode_t mode_of(const struct tree *tree, const char *path)
{
	struct stat st;

	if (lstat(outer(tree, path), &st) < 0 || !S_ISDIR(st.st_mode))
		return 0;
	return st.st_mode & 07777;
}

static void test_mkdir(void **state)
{
	struct tree *tree = *state;
	char secret[PATH_MAX];

	umask(022);
	hostile(tree, secret);
	assert_int_equal(vw_host_mkdirf(&tree->host, 0700, "/run/vfward/%s//x/", "reg"), 0);
	assert_int_equal(mode_of(tree, "/run"), 0755);
	assert_int_equal(mode_of(tree, "/run/vfward"), 0755);
	assert_int_equal(mode_of(tree, "/run/vfward/reg"), 0755);
	assert_int_equal(mode_of(tree, "/run/vfward/reg/x"), 0700);
	assert_int_equal(vw_host_mkdirf(&tree->host, 0700, "/run/vfward"), 0);
	assert_int_equal(mode_of(tree, "/run/vfward"), 0755);
	assert_int_equal(vw_host_mkdirf(&tree->host, 0711, "/one"), 0);
	assert_int_equal(mode_of(tree, "/one"), 0711);
	assert_int_equal(vw_host_mkdirf(&tree->host, 0700, "/"), 0);
	assert_int_equal(vw_host_mkdirf(&tree->host, 0700, "//"), 0);

	assert_int_equal(vw_host_mkdirf(&tree->host, 0700, "relative/x"), -EINVAL);
	assert_int_equal(vw_host_mkdirf(&tree->host, 0700, "/file"), -ENOTDIR);
	assert_int_equal(vw_host_mkdirf(&tree->host, 0700, "/file/x/y"), -ENOTDIR);
	assert_int_equal(vw_host_mkdirf(&tree->host, 0700, "/fifo/x"), -ENOTDIR);
	assert_int_equal(vw_host_mkdirf(&tree->host, 0700, "/loop-a/x"), -ELOOP);
	assert_int_equal(vw_host_mkdirf(&tree->host, 0700, "/dangling"), -ENOENT);
	assert_int_equal(vw_host_mkdirf(&tree->host, 0700, "/dangling/x"), -ENOENT);
	/* hostile_end sees whether these made anything outside. */
	assert_int_equal(vw_host_mkdirf(&tree->host, 0700, "/out-dir/x"), -ENOENT);
	assert_int_equal(vw_host_mkdirf(&tree->host, 0700, "/dir/../../../made/here"), 0);
	assert_int_equal(mode_of(tree, "/made/here"), 0700);
	/* A link that leads to a directory of the tree is followed. */
	tree_link(tree, "/var-run", "/run");
	assert_int_equal(vw_host_mkdirf(&tree->host, 0700, "/var-run/a/b"), 0);
	assert_int_equal(mode_of(tree, "/run/a"), 0755);
	assert_int_equal(mode_of(tree, "/run/a/b"), 0700);
	hostile_end(secret);
}

/* Two hooks may make /run/vfward at the same moment. */
static void test_mkdir_race(void **state)
{
	struct tree *tree = *state;
	pid_t children[4];
	int status;

	for (size_t i = 0; i < VW_ARRAY_SIZE(children); i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i] > 0)
			continue;
		for (int n = 0; n < 200; n++)
			if (vw_host_mkdirf(&tree->host, 0700, "/r/%d/a/b/c", n) < 0)
				_exit(1);
		_exit(0);
	}
	for (size_t i = 0; i < VW_ARRAY_SIZE(children); i++) {
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
}

static void test_host_open(void **state)
{
	struct tree *tree = *state;
	char path[PATH_MAX], cwd[PATH_MAX], *whole;
	struct vw_host host;
	struct vw_error err;

	static const struct {
		const char *sub; /* below the tree */
		int rc;
	} bad[] = {
		{ "/none", -ENOENT },
		{ "/file", -ENOTDIR },
		{ "/loop", -ELOOP },
		{ "/file/x", -ENOTDIR },
	};

	tree_file(tree, "/file", "");
	tree_link(tree, "/loop", "loop");
	for (size_t i = 0; i < VW_ARRAY_SIZE(bad); i++) {
		memset(&host, 'x', sizeof(host));
		err.msg[0] = '\0';
		assert_int_equal(vw_host_open(&host, outer(tree, bad[i].sub), &err), bad[i].rc);
		assert_non_null(strstr(err.msg, bad[i].sub));
		vw_host_close(&host);
		vw_host_close(&host);
	}
	assert_int_equal(vw_host_open(&host, "", &err), -ENOENT);

	/* A relative root stays the same directory after a chdir. */
	assert_non_null(getcwd(cwd, sizeof(cwd)));
	tree_dir(tree, "/sub");
	assert_int_equal(chdir(tree->root), 0);
	assert_int_equal(vw_host_open(&host, "sub///", &err), 0);
	assert_int_equal(chdir(cwd), 0);
	assert_true(host.recorded);
	whole = vw_host_pathf(&host, "/run/%s", "x");
	snprintf(path, sizeof(path), "%s/sub/run/x", tree->root);
	assert_string_equal(whole, path);
	free(whole);
	assert_null(vw_host_pathf(&host, "run"));
	vw_host_close(&host);

	snprintf(path, sizeof(path), "%s/sub//", tree->root);
	assert_int_equal(vw_host_open(&host, path, &err), 0);
	whole = vw_host_pathf(&host, "/x");
	snprintf(path, sizeof(path), "%s/sub/x", tree->root);
	assert_string_equal(whole, path);
	free(whole);
	vw_host_close(&host);
}

/* Runs f in a child and returns its exit code. */
static int in_child(int (*f)(struct tree *tree), struct tree *tree)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(f(tree));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

#define NOT_ALLOWED 77

/* "/" mounted a second time is the same directory, but without what is mounted in it. */
static int open_bind_mount(struct tree *tree)
{
	struct vw_host host;

	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("/", outer(tree, "/sub"), NULL, MS_BIND, NULL) < 0)
		return NOT_ALLOWED;
	if (vw_host_open(&host, outer(tree, "/sub"), NULL) < 0)
		return 2;
	return host.recorded ? 0 : 1;
}

/* The root of a process in a container: its name resolves to "/". */
static int open_container(struct tree *tree)
{
	char path[64];
	struct vw_host host;
	int ready[2];
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC) < 0)
		return 2;
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (chroot(tree->root) < 0 || write(ready[1], "y", 1) != 1)
			_exit(1);
		pause();
	}
	close(ready[1]);
	if (read(ready[0], path, 1) != 1)
		return NOT_ALLOWED;
	snprintf(path, sizeof(path), "/proc/%d/root", (int)pid);
	if (vw_host_open(&host, path, NULL) < 0)
		return 2;
	if (!host.recorded || !vw_host_existsf(&host, "/sub"))
		return 1;
	return strcmp(host.root, path) == 0 ? 0 : 3;
}

static void test_other_roots(void **state)
{
	struct tree *tree = *state;
	int mounted, container;

	tree_dir(tree, "/sub");
	mounted = in_child(open_bind_mount, tree);
	container = in_child(open_container, tree);
	assert_true(mounted == 0 || mounted == NOT_ALLOWED);
	assert_true(container == 0 || container == NOT_ALLOWED);
	if (mounted || container)
		skip();
}

/* While directories are renamed, the kernel cannot vouch for a ".." and asks for another try. */
static void test_rename_race(void **state)
{
	struct tree *tree = *state;
	char a[PATH_MAX], b[PATH_MAX];
	pid_t pid;

	tree_dir(tree, "/a");
	tree_file(tree, "/d/e/f/file", "");
	tree_link(tree, "/d/e/f/link", "../../../d/e/f/../../../d/e/f/../../e/f/file");
	snprintf(a, sizeof(a), "%s/a", tree->root);
	snprintf(b, sizeof(b), "%s/b", tree->root);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			if (rename(a, b) < 0 || rename(b, a) < 0)
				_exit(1);
	}
	for (int i = 0; i < 20000; i++)
		assert_true(vw_host_existsf(&tree->host, "/d/e/f/link"));
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_real_root(void **state)
{
	static const char *const names[] = { NULL, "/", "//", "/.", "/tmp/.." };
	struct vw_host host = { 0 };
	char buf[64], *whole;
	int fd;

	(void)state;
	/* A zeroed host does not own descriptor 0. */
	fd = open("/dev/null", O_RDONLY); /* so that there is one, whatever the test was given */
	assert_true(fd >= 0);
	vw_host_close(&host);
	assert_true(fcntl(0, F_GETFD) >= 0);
	if (fd > 0)
		close(fd);
	for (size_t i = 0; i < VW_ARRAY_SIZE(names); i++) {
		struct vw_error err;

		assert_int_equal(vw_host_open(&host, names[i], &err), 0);
		assert_false(host.recorded);
		assert_string_equal(host.root, "/");
		assert_int_equal(vw_deadline_left(&host.deadline), INT_MAX);
		assert_true(vw_host_readf(&host, buf, sizeof(buf), "/proc/%d/comm", getpid()) > 0);
		assert_true(vw_host_linkf(&host, buf, sizeof(buf), "/proc/self/exe") > 0);
		assert_int_equal(vw_host_linkf(&host, buf, sizeof(buf), "/proc"), -EINVAL);
		assert_true(vw_host_existsf(&host, "/proc/self"));
		assert_false(vw_host_existsf(&host, "/proc/none"));
		assert_int_equal(vw_host_mkdirf(&host, 0700, "/tmp"), 0);
		assert_int_equal(vw_host_mkdirf(&host, 0700, "/proc/none/x"), -ENOENT);
		whole = vw_host_pathf(&host, "/run/x");
		assert_string_equal(whole, "/run/x");
		free(whole);
		vw_host_close(&host);
	}
}

/* The same operations through the real machine, on a directory of the test. */
static void test_real_files(void **state)
{
	struct tree *tree = *state;
	struct vw_host host;
	struct vw_error err;
	char buf[16], *data;
	size_t len;

	assert_int_equal(vw_host_open(&host, NULL, &err), 0);
	fifo(tree, "/fifo");
	tree_file(tree, "/file", "abc\n");
	tree_link(tree, "/loop", "loop");
	assert_int_equal(vw_host_readf(&host, buf, 16, "%s/fifo", tree->root), -EINVAL);
	assert_int_equal(vw_host_readf(&host, buf, 16, "%s/file", tree->root), 3);
	assert_int_equal(vw_host_readf(&host, buf, 16, "%s/loop", tree->root), -ELOOP);
	assert_int_equal(vw_host_readf(&host, buf, 16, "%s", tree->root), -EISDIR);
	assert_int_equal(vw_host_mkdirf(&host, 0700, "%s/a/b", tree->root), 0);
	assert_int_equal(mode_of(tree, "/a/b"), 0700);
	/* procfs files have no size. */
	assert_int_equal(vw_host_slurpf(&host, 1 << 20, &data, &len, "/proc/self/status"), 0);
	assert_true(len > 100);
	free(data);
	assert_int_equal(vw_host_slurpf(&host, 10, &data, &len, "/proc/self/status"), -EFBIG);
	vw_host_close(&host);
}

/* Not being able to look is no proof of absence. */
static void test_absent(void **state)
{
	struct tree *tree = *state;
	struct vw_error unseen = { 0 };
	struct vw_names names;
	struct stat st;
	unsigned long limit;
	bool exists;
	int looked;

	tree->host.unseen = &unseen;
	assert_false(vw_host_existsf(&tree->host, "/none"));
	assert_string_equal(unseen.msg, "");
	limit = tree_descriptors(0);
	exists = vw_host_existsf(&tree->host, "/none");
	looked = vw_host_lookf(&tree->host, "/other");
	tree_descriptors(limit);
	assert_true(exists);
	assert_int_equal(looked, -EMFILE);
	/* the first */
	assert_string_equal(unseen.msg, "cannot look for /none: Too many open files");
	unseen.msg[0] = '\0';
	vw_host_listf(&tree->host, &names, "/none");
	assert_int_equal(vw_host_statf(&tree->host, &st, "/none"), -ENOENT);
	assert_string_equal(unseen.msg, "");
	limit = tree_descriptors(0);
	looked = vw_host_statf(&tree->host, &st, "/a");
	tree_descriptors(limit);
	assert_int_equal(looked, -EMFILE);
	assert_string_equal(unseen.msg, "cannot look for /a: Too many open files");
	unseen.msg[0] = '\0';
	limit = tree_descriptors(0);
	looked = vw_host_listf(&tree->host, &names, "/b");
	tree_descriptors(limit);
	assert_int_equal(looked, -EMFILE);
	assert_string_equal(unseen.msg, "cannot look for /b: Too many open files");
	tree->host.unseen = NULL;
	assert_false(vw_host_existsf(&tree->host, "/none"));
	assert_true(
		vw_error_absent(-ENOENT) && vw_error_absent(-ENOTDIR) && vw_error_absent(-ELOOP));
	assert_false(vw_error_absent(-EIO) || vw_error_absent(-ENOMEM) || vw_error_absent(-EINTR) ||
		     vw_error_absent(-EMFILE) || vw_error_absent(-EACCES) || vw_error_absent(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_open, setup, teardown),
		cmocka_unit_test_setup_teardown(test_list, setup, teardown),
		cmocka_unit_test_setup_teardown(test_list_bad, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mkdir, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mkdir_race, setup, teardown),
		cmocka_unit_test_setup_teardown(test_host_open, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_roots, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rename_race, setup, teardown),
		cmocka_unit_test_setup_teardown(test_absent, setup, teardown),
		cmocka_unit_test(test_real_root),
		cmocka_unit_test_setup_teardown(test_real_files, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
