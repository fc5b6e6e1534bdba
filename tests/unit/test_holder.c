/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_holder: who has a function open, on recorded machines and, where root may, with real device nodes. */
#include "tree.h"

#include "cleanup.h"
#include "holder.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#define DEVICES "/sys/bus/pci/devices"
#define VF      "0000:07:10.0"

static int setup(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	assert_non_null(tree);
	tree_new(tree);
	*state = tree;
	return 0;
}

static int teardown(void **state)
{
	tree_free(*state);
	free(*state);
	return 0;
}

static struct vw_pci pci_of(const char *text)
{
	struct vw_pci pci;

	assert_int_equal(vw_pci_parse(text, &pci, NULL), 0);
	return pci;
}

/* What process 4711 has open, in group 12 with cdevs vfio3 and noiommu-vfio4. */
static const struct {
	const char *target;
	int rc;
} targets[] = {
	{ "/dev/vfio/12", 1 },
	{ "/dev/vfio/12 (deleted)", 1 },
	{ "/dev/vfio/noiommu-12", 1 },
	{ "/dev/vfio/devices/vfio3", 1 },
	{ "/dev/vfio/devices/noiommu-vfio4", 1 },
	{ "/dev/vfio/devices/vfio3 (deleted)", 1 },
	{ "/dev/vfio/1", 0 },
	{ "/dev/vfio/123", 0 },
	{ "/dev/vfio/12 ", 0 },
	{ "/dev/vfio/12x", 0 },
	{ "/dev/vfio/12 (deleted)x", 0 },
	{ "/dev/vfio/vfio", 0 },
	{ "/dev/vfio/devices/vfio33", 0 },
	{ "/dev/vfio/devices/vfio", 0 },
	{ "/dev/vfio/", 0 },
	{ "/x/dev/vfio/12", 0 },
	{ "/dev/../dev/vfio/12", 0 },
	{ "dev/vfio/12", 0 },
	{ "socket:[12]", 0 },
	{ "anon_inode:[vfio-device]", 0 },
	{ "/dev/null", 0 },
};

static void test_targets(void **state)
{
	struct tree *tree = *state;
	struct vw_pci vf = pci_of(VF);
	struct vw_holder holder;

	tree_pci(tree, VF, "0x020000", "vfio-pci");
	tree_dir(tree, DEVICES "/" VF "/vfio-dev/vfio3");
	tree_dir(tree, DEVICES "/" VF "/vfio-dev/noiommu-vfio4");
	tree_link(tree, "/proc/1/fd/0", "/dev/null");
	tree_link(tree, "/proc/4711/fd/0", "/dev/null");
	tree_file(tree, "/proc/4711/comm", "qemu-system-x86\n");
	for (size_t i = 0; i < VW_ARRAY_SIZE(targets); i++) {
		int rc = targets[i].rc;

		tree_link(tree, "/proc/4711/fd/31", targets[i].target);
		memset(&holder, 'x', sizeof(holder));
		assert_int_equal(vw_holder_find(&tree->host, &vf, 12, &holder), rc);
		assert_int_equal(holder.pid, rc ? 4711 : 0);
		assert_string_equal(holder.comm, rc ? "qemu-system-x86" : "");
		assert_string_equal(holder.guest, "");
	}
	/* Without a group only the cdev counts, without a cdev only the group. */
	tree_link(tree, "/proc/4711/fd/31", "/dev/vfio/-2");
	assert_int_equal(vw_holder_find(&tree->host, &vf, -2, &holder), 0);
	tree_link(tree, "/proc/4711/fd/31", "/dev/vfio/devices/vfio3");
	assert_int_equal(vw_holder_find(&tree->host, &vf, -ENOENT, &holder), 1);
	vf = pci_of("0000:07:10.2");
	assert_int_equal(vw_holder_find(&tree->host, &vf, 12, &holder), 0);
	assert_int_equal(vw_holder_find(&tree->host, &vf, -ENOENT, &holder), 0);
}

static void put_enable(struct tree *tree, const char *addr, const char *content)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s" DEVICES "/%s/enable", tree->root, addr);
	unlink(path);
	if (content)
		tree_file(tree, path + strlen(tree->root), content);
}

/* Where the kernel says that nobody has the function or another one of its group open, no process is looked at. */
static void test_enable(void **state)
{
	static const struct {
		const char *vf, *other; /* content of "enable"; NULL = no such file */
		int group, rc;
	} rows[] = {
		{ "1\n", "0\n", 12, 1 },
		{ "0\n", "0\n", 12, 0 },
		{ "0\n", "1\n", 12, 1 },
		{ "0\n", NULL, 12, 1 },
		{ NULL, "0\n", 12, 1 },
		{ "x\n", "0\n", 12, 1 },
		{ "0\n", "0\n", 13, 1 },
		{ "0\n", "1\n", -ENOENT, 0 },
		{ "1\n", "0\n", -ENOENT, 1 },
	};
	struct tree *tree = *state;
	struct vw_pci vf = pci_of(VF);
	struct vw_holder holder;

	tree_pci(tree, VF, "0x020000", "vfio-pci");
	tree_dir(tree, DEVICES "/" VF "/vfio-dev/vfio3");
	tree_pci(tree, "0000:07:10.2", "0x020000", "vfio-pci");
	tree_link(tree, "/sys/kernel/iommu_groups/12/devices/" VF, "x");
	tree_link(tree, "/sys/kernel/iommu_groups/12/devices/0000:07:10.2", "x");
	tree_link(tree, "/proc/4711/fd/31", "/dev/vfio/devices/vfio3");
	for (size_t i = 0; i < VW_ARRAY_SIZE(rows); i++) {
		put_enable(tree, VF, rows[i].vf);
		put_enable(tree, "0000:07:10.2", rows[i].other);
		assert_int_equal(
			vw_holder_find(&tree->host, &vf, rows[i].group, &holder), rows[i].rc);
		assert_int_equal(holder.pid, rows[i].rc ? 4711 : 0);
	}
}

/* What looks like a process but is none, and what cannot be looked into. */
/* A group that could not be looked up is not the same as none. */
static void test_group_unknown(void **state)
{
	struct tree *tree = *state;
	struct vw_pci vf = pci_of(VF);
	struct vw_holder holder;

	tree_dir(tree, DEVICES "/" VF);
	assert_int_equal(vw_holder_find(&tree->host, &vf, -ENOENT, &holder), 0);
	assert_int_equal(vw_holder_find(&tree->host, &vf, -EIO, &holder), -EIO);
}

static void test_proc(void **state)
{
	static const char *const no_pids[] = { "self", "12x", "x12", "-12", "+12", "1234567890",
		"99999999999999999999" };
	struct tree *tree = *state;
	struct vw_pci vf = pci_of(VF);
	struct vw_holder holder;
	char path[64];

	assert_int_equal(vw_holder_find(&tree->host, &vf, 12, &holder), -ENOENT);
	for (size_t i = 0; i < VW_ARRAY_SIZE(no_pids); i++) {
		snprintf(path, sizeof(path), "/proc/%s/fd/5", no_pids[i]);
		tree_link(tree, path, "/dev/vfio/12");
	}
	tree_dir(tree, "/proc/20"); /* gone: no fd */
	tree_dir(tree, "/proc/21/fd");
	tree_file(tree, "/proc/22/fd/1", "no link");
	assert_int_equal(vw_holder_find(&tree->host, &vf, 12, &holder), 0);
	/* A process that hides leaves the answer open, unless another one is found. */
	tree_file(tree, "/proc/23/fd", "no directory");
	assert_int_equal(vw_holder_find(&tree->host, &vf, 12, &holder), -ENOTDIR);
	assert_int_equal(holder.pid, 0);
	tree_link(tree, "/proc/24/fd/1", "/dev/vfio/12");
	assert_int_equal(vw_holder_find(&tree->host, &vf, 12, &holder), 1);
	assert_int_equal(holder.pid, 24);
	tree_link(tree, "/proc/9/fd/1", "/dev/vfio/12");
	assert_int_equal(vw_holder_find(&tree->host, &vf, 12, &holder), 1);
	assert_int_equal(holder.pid, 9);
	/* The same through a link that leads out of the tree: there is no such directory inside. */
	tree_link(tree, "/sys/bus/pci/devices/" VF "/vfio-dev", "/etc");
	assert_int_equal(vw_holder_find(&tree->host, &vf, -ENOENT, &holder), 0);
	tree_file(tree, "/etc", "");
	assert_int_equal(vw_holder_find(&tree->host, &vf, -ENOENT, &holder), -ENOTDIR);
}

#define ARGS(s) (s), sizeof(s) - 1
static const struct {
	const char *cmdline;
	size_t len;
	const char *guest;
} cmdlines[] = {
	{ ARGS("/usr/bin/qemu-system-x86_64\0-name\0guest=web,debug-threads=on\0-S\0"), "web" },
	{ ARGS("qemu-kvm\0-name\0guest=web\0"), "web" },
	{ ARGS("/usr/libexec/qemu-kvm\0-name\0guest=web"), "web" },
	{ ARGS("/usr/bin/kvm\0--name\0guest=web\0"), "web" },
	{ ARGS("qemu\0-name\0debug-threads=on,guest=a b\0"), "a b" },
	{ ARGS("qemu\0-name\0guest=a,,b,,,,c,process=x\0"), "a,b,,c" },
	{ ARGS("qemu\0-name\0process=x,,guest=no,guest=yes\0"), "yes" },
	{ ARGS("qemu\0-name\0web\0"), "web" },
	{ ARGS("qemu\0-name\0web,process=x\0"), "web" },
	{ ARGS("qemu\0-name\0process=x,web\0"), "" },
	{ ARGS("qemu\0-name\0process=guest=no\0"), "" },
	{ ARGS("qemu\0-name\0guest=\0"), "" },
	{ ARGS("qemu\0-name\0guest=a,\0"), "a" },
	{ ARGS("qemu\0-name\0,\0"), "" },
	{ ARGS("qemu\0-name\0process=x,,\0"), "" },
	{ ARGS("qemu\0-name\0process=x,\0"), "" },
	{ ARGS("qemu\0-name\0\0"), "" },
	{ ARGS("qemu\0-name\0"), "" },
	{ ARGS("qemu\0-name"), "" },
	{ ARGS("qemu\0"), "" },
	{ ARGS("qemu"), "" },
	{ ARGS(""), "" },
	{ ARGS("\0-name\0guest=web\0"), "" },
	{ ARGS("qemu\0-S\0-name\0guest=first\0-append\0x\0-name\0guest=second\0"), "first" },
	{ ARGS("qemu\0-name\0guest=\x1b[2J\xff\n\0"), "\x1b[2J\xff\n" },
	{ ARGS("/opt/qemu/dpdk-testpmd\0-name\0guest=web\0"), "" },
	{ ARGS("kvmtool\0-name\0guest=web\0"), "" },
	{ ARGS("cloud-hypervisor\0-name\0guest=web\0"), "" },
	{ ARGS("qemu\0-nam\0guest=web\0"), "" },
};

static void test_guest(void **state)
{
	struct tree *tree = *state;
	struct vw_pci vf = pci_of(VF);
	struct vw_holder holder;
	char name[400] = "qemu\0-name\0guest=", *data;
	size_t at = sizeof("qemu\0-name\0guest=") - 1;

	tree_link(tree, "/proc/5/fd/9", "/dev/vfio/12");
	for (size_t i = 0; i < VW_ARRAY_SIZE(cmdlines); i++) {
		tree_bytes(tree, "/proc/5/cmdline", cmdlines[i].cmdline, cmdlines[i].len);
		assert_int_equal(vw_holder_find(&tree->host, &vf, 12, &holder), 1);
		assert_string_equal(holder.guest, cmdlines[i].guest);
	}
	memset(name + at, 'n', sizeof(name) - at);
	tree_bytes(tree, "/proc/5/cmdline", name, sizeof(name));
	assert_int_equal(vw_holder_find(&tree->host, &vf, 12, &holder), 1);
	assert_int_equal(strlen(holder.guest), sizeof(holder.guest) - 1);

	data = calloc(1, (4U << 20) + 1); /* above what is read */
	assert_non_null(data);
	memcpy(data, "qemu\0-name\0guest=x", 18);
	tree_bytes(tree, "/proc/5/cmdline", data, (4U << 20) + 1);
	assert_int_equal(vw_holder_find(&tree->host, &vf, 12, &holder), 1);
	assert_string_equal(holder.guest, "");
	tree_bytes(tree, "/proc/5/cmdline", data, 4U << 20);
	assert_int_equal(vw_holder_find(&tree->host, &vf, 12, &holder), 1);
	assert_string_equal(holder.guest, "x");
	free(data);
}

/* DPDK without an IOMMU. */
static void test_uio(void **state)
{
	struct tree *tree = *state;
	struct vw_pci vf = pci_of(VF);
	struct vw_holder holder;

	tree_pci(tree, VF, "0x020000", "igb_uio");
	assert_int_equal(vw_holder_on_uio(&tree->host, &vf), 0);
	tree_dir(tree, DEVICES "/" VF "/uio/uio3");
	tree_file(tree, DEVICES "/" VF "/enable", "1\n");
	assert_int_equal(vw_holder_on_uio(&tree->host, &vf), 1);
	assert_int_equal(vw_holder_on_vfio(&tree->host, &vf), 0);
	tree_file(tree, "/proc/4711/comm", "dpdk-testpmd\n");
	tree_link(tree, "/proc/4711/fd/8", "/dev/uio31");
	assert_int_equal(vw_holder_find(&tree->host, &vf, -ENOENT, &holder), 0);
	tree_link(tree, "/proc/4711/fd/9", "/dev/uio3");
	assert_int_equal(vw_holder_find(&tree->host, &vf, -ENOENT, &holder), 1);
	assert_int_equal(holder.pid, 4711);
	assert_string_equal(holder.comm, "dpdk-testpmd");
}

static void test_on_vfio(void **state)
{
	static const struct {
		const char *driver;
		bool vfio_dev, rc;
	} drivers[] = {
		{ "vfio-pci", false, true },
		{ "mlx5_vfio_pci", false, true },
		{ "variant", true, true },
		{ "igbvf", false, false },
		{ "vfi", false, false },
		{ "", false, false },
	};
	struct vw_pci vf = pci_of(VF);
	struct tree *tree = *state;

	assert_false(vw_holder_on_vfio(&tree->host, &vf));
	for (size_t i = 0; i < VW_ARRAY_SIZE(drivers); i++) {
		struct tree one;

		tree_new(&one);
		tree_pci(&one, VF, "0x020000", drivers[i].driver);
		if (drivers[i].vfio_dev)
			tree_dir(&one, DEVICES "/" VF "/vfio-dev/vfio0");
		assert_int_equal(vw_holder_on_vfio(&one.host, &vf), drivers[i].rc);
		tree_free(&one);
	}
}

/* A group that no machine has, so that the real /dev is left alone. */
#define FAKE_GROUP  2099999999
#define NOT_ALLOWED (-5000)

/* In a mount namespace of its own: /dev/vfio/FAKE_GROUP, a plain file or a character device, opened. Says 'y', or
 * 'n' where this is not allowed here; then waits to be killed. */
static void hold(int out, bool user, mode_t type)
{
	char path[64];
	int fd = -1;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(path, sizeof(path), "/dev/vfio/%d", FAKE_GROUP);
	if (unshare(CLONE_NEWNS | (user ? CLONE_NEWUSER : 0)) == 0 &&
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		mount("none", "/dev", "tmpfs", 0, NULL) == 0 && mkdir("/dev/vfio", 0755) == 0 &&
		mknod(path, type | 0600, type == S_IFCHR ? makedev(1, 3) : 0) == 0)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (write(out, fd < 0 ? "n" : "y", 1) == 1 && fd >= 0)
		pause();
	_exit(0);
}

/* What the real machine says about FAKE_GROUP while such a process lives; NOT_ALLOWED: it could not be made. */
static int find_real(bool user, mode_t type, pid_t *pid, struct vw_holder *holder)
{
	struct vw_pci none = pci_of("ffff:ff:1f.7");
	struct vw_host real;
	int out[2], rc = NOT_ALLOWED;
	char answer = 'n';

	assert_int_equal(vw_host_open(&real, NULL, NULL), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	*pid = fork();
	assert_true(*pid >= 0);
	if (*pid == 0)
		hold(out[1], user, type);
	close(out[1]);
	assert_int_equal(read(out[0], &answer, 1), 1);
	if (answer == 'y')
		rc = vw_holder_find(&real, &none, FAKE_GROUP, holder);
	close(out[0]);
	kill(*pid, SIGKILL);
	assert_int_equal(waitpid(*pid, NULL, 0), *pid);
	vw_host_close(&real);
	return rc;
}

static void test_real_device(void **state)
{
	struct vw_holder holder;
	pid_t pid;
	int rc;

	(void)state;
	rc = find_real(false, S_IFCHR, &pid, &holder);
	if (rc == NOT_ALLOWED)
		skip();
	assert_int_equal(rc, 1);
	assert_int_equal(holder.pid, pid);
	assert_string_equal(holder.comm, "test_holder");
	assert_string_equal(holder.guest, "");
}

/* A user who makes a file of that name holds nothing. The answer then is the one without him, which is no 0 where
 * the test may not look into every process. */
static void test_real_impostor(void **state)
{
	struct vw_pci none = pci_of("ffff:ff:1f.7");
	struct vw_holder holder;
	struct vw_host real;
	int rc, without;
	pid_t pid;

	(void)state;
	assert_int_equal(vw_host_open(&real, NULL, NULL), 0);
	without = vw_holder_find(&real, &none, FAKE_GROUP, &holder);
	vw_host_close(&real);
	assert_in_range(without + 4095, 0, 4095);
	rc = find_real(true, S_IFREG, &pid, &holder);
	if (rc == NOT_ALLOWED)
		rc = find_real(false, S_IFREG, &pid, &holder);
	if (rc == NOT_ALLOWED)
		skip();
	assert_int_equal(rc, without);
	assert_int_equal(holder.pid, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_targets, setup, teardown),
		cmocka_unit_test_setup_teardown(test_enable, setup, teardown),
		cmocka_unit_test_setup_teardown(test_group_unknown, setup, teardown),
		cmocka_unit_test_setup_teardown(test_proc, setup, teardown),
		cmocka_unit_test_setup_teardown(test_guest, setup, teardown),
		cmocka_unit_test_setup_teardown(test_uio, setup, teardown),
		cmocka_unit_test_setup_teardown(test_on_vfio, setup, teardown),
		cmocka_unit_test(test_real_device),
		cmocka_unit_test(test_real_impostor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
