/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_appliance: how the appliance is started, and what follows where it does not start. libguestfs and the machine's KVM are played. */
#include "tree.h"

#include "appliance.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct {
	const char *backend;
	bool kvm;             /* may be used by us */
	bool forced;          /* LIBGUESTFS_BACKEND_SETTINGS=force_tcg */
	unsigned int fails;   /* of the next launches */
	const char *fails_at; /* a call that fails */
	const char *reason;
	int pid;
	/* what came of it */
	int handles; /* that are open */
	bool software;
	char log[2048];
} fake;

__attribute__((format(printf, 1, 2))) static int note(const char *fmt, ...)
{
	size_t len = strlen(fake.log);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(fake.log + len, sizeof(fake.log) - len, fmt, ap);
	va_end(ap);
	if (fake.fails_at && strncmp(fake.log + len, fake.fails_at, strlen(fake.fails_at)) == 0)
		return -1;
	strcat(fake.log, "\n");
	return 0;
}

/* Of libc: only the device of KVM is not what it is. */
int access(const char *path, int mode)
{
	if (strcmp(path, "/dev/kvm") == 0) {
		errno = EACCES;
		return fake.kvm ? 0 : -1;
	}
	return faccessat(AT_FDCWD, path, mode, 0);
}

guestfs_h *guestfs_create(void)
{
	fake.handles++;
	fake.software = fake.forced;
	return (guestfs_h *)&fake;
}

void guestfs_close(guestfs_h *g)
{
	(void)g;
	assert_true(fake.handles-- > 0);
	note("close");
}

void guestfs_set_error_handler(guestfs_h *g, guestfs_error_handler_cb callback, void *data)
{
	(void)g;
	(void)data;
	assert_null(callback); /* it would print */
}

int guestfs_set_autosync(guestfs_h *g, int autosync)
{
	(void)g;
	return autosync;
}

int guestfs_set_network(guestfs_h *g, int network)
{
	(void)g;
	return note("network %d", network);
}

int guestfs_config(guestfs_h *g, const char *option, const char *value)
{
	(void)g;
	return note("qemu %s %s", option, value);
}

char *guestfs_get_backend(guestfs_h *g)
{
	(void)g;
	return strdup(fake.backend);
}

int guestfs_set_backend_setting(guestfs_h *g, const char *name, const char *value)
{
	(void)g;
	assert_string_equal(name, "force_tcg");
	assert_string_equal(value, "1");
	fake.software = true;
	return note("force_tcg");
}

char *guestfs_get_backend_setting(guestfs_h *g, const char *name)
{
	(void)g;
	assert_string_equal(name, "force_tcg");
	return fake.software ? strdup("1") : NULL;
}

int guestfs_add_drive_opts(guestfs_h *g, const char *path, ...)
{
	const char *format = "none";
	int readonly = 0, option;
	va_list ap;

	(void)g;
	va_start(ap, path);
	while ((option = va_arg(ap, int)) != -1) {
		if (option == GUESTFS_ADD_DRIVE_OPTS_READONLY)
			readonly = va_arg(ap, int);
		else if (option == GUESTFS_ADD_DRIVE_OPTS_FORMAT)
			format = va_arg(ap, const char *);
		else
			fail_msg("option %d", option);
	}
	va_end(ap);
	return note("drive %s %s %s", path, readonly ? "ro" : "rw", format);
}

int guestfs_launch(guestfs_h *g)
{
	(void)g;
	note("launch");
	if (!fake.fails)
		return 0;
	fake.fails--;
	return -1;
}

int guestfs_get_pid(guestfs_h *g)
{
	(void)g;
	return fake.pid;
}

const char *guestfs_last_error(guestfs_h *g)
{
	(void)g;
	return fake.reason;
}

int guestfs_last_errno(guestfs_h *g)
{
	(void)g;
	return 0;
}

static const char *accelerator;
static struct vw_findings findings;
static struct vw_error err;

static int begin(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.backend = "direct";
	fake.pid = -1;
	fake.reason = "guestfs_launch failed\nsecond line";
	accelerator = NULL;
	err.msg[0] = '\0';
	return 0;
}

static int end(void **state)
{
	(void)state;
	vw_findings_free(&findings);
	return 0;
}

static int start(bool software)
{
	static const struct vw_appliance_disk disks[] = { { "/a", "raw" }, { "/b,c:d", "qcow2" } };
	guestfs_h *g = NULL;
	int rc = vw_appliance_start(disks, 2, software, &g, &accelerator, &findings, &err);

	assert_int_equal(rc < 0, err.msg[0] != '\0');
	assert_int_equal(g != NULL, rc == 0);
	assert_int_equal(fake.handles, rc == 0); /* none is lost */
	return rc;
}

#define DRIVES   "drive /a ro raw\ndrive /b,c:d ro qcow2\n"
#define SETTINGS "network 0\nqemu -set drive.hd0.format=raw\nqemu -set drive.hd1.format=raw\n"

/* Read-only, each with its format, without a network; QEMU must not probe what the guest sees. */
static void test_settings(void **state)
{
	(void)state;
	assert_int_equal(start(false), 0);
	assert_string_equal(fake.log, SETTINGS DRIVES "launch\n");
	assert_string_equal(accelerator, "tcg");
	assert_int_equal(findings.n, 0);
	/* libvirt makes its disks itself */
	begin(NULL);
	fake.backend = "libvirt:qemu:///session";
	assert_int_equal(start(false), 0);
	assert_string_equal(fake.log, "network 0\n" DRIVES "launch\n");
}

static void test_kvm(void **state)
{
	(void)state;
	fake.kvm = true;
	assert_int_equal(start(false), 0);
	assert_string_equal(accelerator, "kvm"); /* nobody can say otherwise */
	/* QEMU fell back by itself: it has no virtual machine of KVM open */
	fake.pid = getpid();
	fake.handles = 0;
	assert_int_equal(start(false), 0);
	assert_string_equal(accelerator, "tcg");
	assert_int_equal(findings.n, 0);
}

static void test_retry(void **state)
{
	(void)state;
	fake.kvm = true;
	fake.fails = 1;
	assert_int_equal(start(false), 0);
	assert_string_equal(fake.log,
		SETTINGS DRIVES "launch\nclose\n" SETTINGS "force_tcg\n" DRIVES "launch\n");
	assert_string_equal(accelerator, "tcg");
	assert_int_equal(findings.n, 1);
	assert_string_equal(findings.v[0].id, "appliance-software-emulation");
	assert_int_equal(findings.v[0].severity, VW_WARN);
}

/* Where it was not KVM's fault nothing is said of it. */
static void test_no_appliance(void **state)
{
	(void)state;
	fake.kvm = true;
	fake.fails = 2;
	assert_int_equal(start(false), -EIO);
	assert_string_equal(err.msg, "the appliance of libguestfs does not start: "
				     "guestfs_launch failed; libguestfs-test-tool says more");
	assert_int_equal(findings.n, 0);
}

/* Without KVM there is nothing else to try. */
static void test_once(void **state)
{
	(void)state;
	fake.fails = 1;
	assert_int_equal(start(false), -EIO);
	for (int i = 0; i < 2; i++) {
		begin(NULL);
		fake.kvm = true;
		fake.fails = 1;
		fake.forced = i == 0;
		assert_int_equal(start(i == 1), -EIO);
		assert_null(strstr(fake.log, "launch\nclose\nnetwork"));
	}
	begin(NULL);
	fake.kvm = true;
	assert_int_equal(start(true), 0);
	assert_string_equal(fake.log, SETTINGS "force_tcg\n" DRIVES "launch\n");
	assert_string_equal(accelerator, "tcg");
	assert_int_equal(findings.n, 0);
}

static void test_bad_disk(void **state)
{
	(void)state;
	fake.fails_at = "drive /b";
	assert_int_equal(start(false), -EBADMSG);
	assert_string_equal(err.msg, "/b,c:d: guestfs_launch failed");
	begin(NULL);
	fake.fails_at = "drive /b";
	fake.reason = "qemu-img: /tmp/x/overlay1.qcow2: qemu-img exited with error status 1";
	assert_int_equal(start(false), -EBADMSG);
	assert_non_null(strstr(err.msg, "/b,c:d: it is damaged"));
	assert_non_null(strstr(err.msg, "qemu-img info -f qcow2"));
	assert_null(strstr(err.msg, "overlay"));
}

static void test_cannot_set_up(void **state)
{
	static const char *const calls[] = { "network", "qemu", "force_tcg" };

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		begin(NULL);
		fake.fails_at = calls[i];
		assert_int_equal(start(true), -EIO);
		assert_null(strstr(fake.log, "launch"));
	}
}

/* The appliance is gone, and nothing says why: no proof of anything. */
static void test_errno(void **state)
{
	(void)state;
	fake.reason = NULL;
	assert_int_equal(vw_appliance_errno((guestfs_h *)&fake), -EIO);
	assert_string_equal(vw_appliance_reason((guestfs_h *)&fake), "no reason is known");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_settings, begin, end),
		cmocka_unit_test_setup_teardown(test_kvm, begin, end),
		cmocka_unit_test_setup_teardown(test_retry, begin, end),
		cmocka_unit_test_setup_teardown(test_no_appliance, begin, end),
		cmocka_unit_test_setup_teardown(test_once, begin, end),
		cmocka_unit_test_setup_teardown(test_bad_disk, begin, end),
		cmocka_unit_test_setup_teardown(test_cannot_set_up, begin, end),
		cmocka_unit_test_setup_teardown(test_errno, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
