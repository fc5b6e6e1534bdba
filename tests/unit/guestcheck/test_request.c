/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_request: what a command line comes to: images, devices, and what makes no sense. */
#include "tree.h"

#include "cleanup.h"
#include "request.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct vw_own_option own[] = { { "a", VW_OWN_DISK, true },
	{ "d", VW_OWN_DOMAIN, true }, { "c", VW_OWN_CONNECT, true }, { "j", VW_OWN_JOBS, true },
	{ "format", VW_OWN_FORMAT, true }, { "device", VW_OWN_DEVICE, true },
	{ "adapter", VW_OWN_ADAPTER, true }, { "from-host", VW_OWN_FROM_HOST, false },
	{ "kernel", VW_OWN_KERNEL, true }, { "policy", VW_OWN_POLICY, true },
	{ "key", VW_OWN_KEY, true }, { "allow-backing", VW_OWN_BACKING, false },
	{ "timeout", VW_OWN_TIMEOUT, true }, { "junit", VW_OWN_JUNIT, true }, { 0 } };

static struct vw_options options;
static struct vw_check_request request;
static struct vw_findings findings;
static struct vw_error err;

/* Words of a line; "''" is an empty one. */
static int parse(const char *line)
{
	static char text[1024], program[] = "test";
	char *argv[64] = { program }, *save = NULL;
	int argc = 1;

	vw_options_free(&options);
	vw_check_request_free(&request);
	vw_findings_free(&findings);
	err.msg[0] = '\0';
	snprintf(text, sizeof(text), "%s", line);
	for (char *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[argc++] = strcmp(word, "''") ? word : word + 2;
	assert_int_equal(vw_options_parse(&options, argc, argv, own, &err), 0);
	return vw_check_request_parse(&options, &request, &err);
}

static int drop(void **state)
{
	(void)state;
	vw_options_free(&options);
	vw_check_request_free(&request);
	vw_findings_free(&findings);
	return 0;
}

static void test_bad(void **state)
{
	static const struct {
		const char *line, *says;
	} cases[] = {
		{ "", "an image is missing" },
		{ "--json", "an image is missing" },
		{ "-a x y", "exclude each other" },
		{ "-a x -d y", "exclude each other" },
		{ "-d x y", "exclude each other" },
		{ "--root / -a x", "exclude each other" },
		{ "--root / x", "exclude each other" },
		{ "-c test:///default x", "-c goes with -d" },
		{ "-d x --format raw", "the domain says" },
		{ "-d x -d y", "-d is given twice" },
		{ "-d ''", "-d needs a value" },
		{ "-a ''", "-a needs a DISK" },
		{ "x ''", "has no name" },
		{ "--root / --format raw", "not about --root" },
		{ "--root / --allow-backing", "not about --root" },
		{ "--root / --key all:key:x", "not about --root" },
		{ "--format raw --format qcow2 x", "--format is given twice" },
		{ "--format raw --format auto x", "--format is given twice" },
		{ "--format '' -a x", "'' is no format" },
		{ "--format QCOW2 -a x", "'QCOW2' is no format" },
		{ "-a x --format qocw2", "'qocw2' is no format" },
		{ "--format a,b x", "'a,b' is no format" },
		{ "--format ../x x", "'../x' is no format" },
		{ "-j 0 x", "-j is a number from 1 to 256, not '0'" },
		{ "-j 257 x", "not '257'" },
		{ "-j 2x x", "not '2x'" },
		{ "-j -1 x", "not '-1'" },
		{ "--timeout 0 x", "--timeout is a number from 1 to 86400" },
		{ "--timeout 86401 x", "--timeout is a number" },
		{ "--timeout 1.5 x", "--timeout is a number" },
		{ "--kernel newest x", "--kernel is default, any or all, not 'newest'" },
		{ "--key x x", "--key: a key selector is" },
		{ "--key all:pass:SECRET x", "--key: " },
		{ "--key all:file:/nonexistent x", "--key: cannot read the key file" },
		{ "--json --junit - x", "both write to stdout" },
		{ "--junit a --junit b x", "--junit is given twice" },
		{ "--device 8086 x", "--device is VENDOR:DEVICE" },
		{ "--device 8086:10e x", "not '8086:10e'" },
		{ "--device 8086:10edx x", "not '8086:10edx'" },
		{ "--device 8086:10eg x", "--device is" },
		{ "--device 8086-10ed x", "--device is" },
		{ "--device 0x86:10ed x", "--device is" },
		{ "--device +086:10ed x", "--device is" },
		{ "--device '' x", "--device is" },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		int rc = parse(cases[i].line);

		if (rc >= 0 || !strstr(err.msg, cases[i].says))
			fail_msg("%s: %d, \"%s\" does not say \"%s\"", cases[i].line, rc, err.msg,
				cases[i].says);
		assert_null(strstr(err.msg, "SECRET"));
	}
}

static void test_images(void **state)
{
	(void)state;
	assert_int_equal(parse("-a one -a two --format qcow2 -j 3 --timeout 7 --allow-backing"), 0);
	assert_int_equal(request.n_images, 1);
	assert_string_equal(request.images[0].name, "one");
	assert_int_equal(request.images[0].n_disks, 2);
	assert_string_equal(request.images[0].disks[1].path, "two");
	assert_string_equal(request.images[0].disks[1].format, "qcow2");
	assert_int_equal(request.jobs, 3);
	assert_int_equal(request.timeout, 7);
	assert_true(request.allow_backing);

	/* as in the virt tools, and one alone is for all disks */
	assert_int_equal(parse("-a a --format raw -a b --format auto -a c --format qcow2 -a d"), 0);
	assert_int_equal(request.images[0].n_disks, 4);
	assert_string_equal(request.images[0].disks[0].format, "raw");
	assert_string_equal(request.images[0].disks[1].format, "raw");
	assert_null(request.images[0].disks[2].format);
	assert_string_equal(request.images[0].disks[3].format, "qcow2");
	assert_int_equal(parse("--format auto -a a"), 0);
	assert_null(request.images[0].disks[0].format);
	assert_int_equal(parse("--format vmdk one two"), 0);
	assert_string_equal(request.images[1].disks[0].format, "vmdk");

	assert_int_equal(parse("one two --kernel all"), 0);
	assert_int_equal(request.n_images, 2);
	assert_string_equal(request.images[1].name, "two");
	assert_int_equal(request.images[1].n_disks, 1);
	assert_null(request.images[1].disks[0].format);
	assert_int_equal(request.jobs, 1);
	assert_int_equal(request.timeout, 300);
	assert_false(request.allow_backing);
	assert_int_equal(request.wanted.kernels, VW_KERNEL_ALL);

	assert_int_equal(parse("--root /tmp"), 0);
	assert_string_equal(request.images[0].dir, "/tmp");
	assert_int_equal(request.images[0].n_disks, 0);
	assert_int_equal(request.wanted.kernels, VW_KERNEL_DEFAULT);

	assert_int_equal(parse("-d dom -c test:///default --kernel any"), 0);
	assert_int_equal(request.n_images, 0); /* libvirt says it */
	assert_string_equal(request.domain, "dom");
	assert_string_equal(request.uri, "test:///default");
	assert_int_equal(request.wanted.kernels, VW_KERNEL_ANY);
}

/* A pipe can be read once. */
static void test_keys(void **state)
{
	char line[64];
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "se:cret\n", 8), 8);
	close(ends[1]);
	snprintf(line, sizeof(line), "--key all:file:/dev/fd/%d --key /dev/sda1:key:x y", ends[0]);
	assert_int_equal(parse(line), 0);
	close(ends[0]);
	assert_string_equal(request.keys[0], "all:key:se:cret");
	assert_string_equal(request.keys[1], "/dev/sda1:key:x");
	assert_null(request.keys[2]);
}

/* Resolves on a host; "8086:10ed …". */
static const char *resolved(const struct vw_host *host, const char *line)
{
	static char text[4096];

	assert_int_equal(parse(line), 0);
	assert_int_equal(vw_check_request_resolve(host, &options, &request, &findings, &err), 0);
	text[0] = '\0';
	for (size_t i = 0; i < request.wanted.n_devices; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%04x:%04x",
			i ? " " : "", request.wanted.devices[i]->vendor,
			request.wanted.devices[i]->device);
	return text;
}

static void test_devices(void **state)
{
	static const char *const vfs[] = { "0000:07:10.0" };
	struct tree tree;

	(void)state;
	setenv("VFWARD_DATADIR", GUESTCHECK_DATA, 1);
	tree_new(&tree);
	/* the Intel 10 GbE family, without what only Hyper-V shows */
	assert_string_equal(
		resolved(&tree.host, "x"), "8086:10ed 8086:1515 8086:1565 8086:15a8 8086:15c5");
	assert_int_equal(findings.n, 0);
	assert_string_equal(resolved(&tree.host, "--device 8086:1520 --device 8086:10ED x"),
		"8086:1520 8086:10ed");
	assert_string_equal(resolved(&tree.host, "--device 8086:10ed --adapter x520 "
						 "--device 8086:10ed --adapter 82599 x"),
		"8086:10ed");
	/* named, it is checked */
	assert_string_equal(resolved(&tree.host, "--device 8086:152e x"), "8086:152e");
	assert_true(request.wanted.devices[0]->hyperv);
	/* nobody knows it */
	assert_string_equal(
		resolved(&tree.host, "--device 1234:5678 --device 1234:5678 x"), "1234:5678");
	assert_string_equal(request.wanted.devices[0]->name, "");
	assert_null(request.wanted.devices[0]->linux_modules[0]);
	assert_int_equal(findings.n, 1);
	assert_string_equal(findings.v[0].id, "device-unknown");
	assert_int_equal(findings.v[0].severity, VW_WARN);

	resolved(&tree.host, "--adapter 82599 --adapter nosuch x");
	assert_int_equal(findings.n, 1);
	assert_string_equal(findings.v[0].id, "adapter-unknown");
	assert_int_equal(findings.v[0].severity, VW_FAIL);
	assert_non_null(strstr(findings.v[0].remedy, "known are 82576, I350, 82599, X520, X540,"));

	resolved(&tree.host, "--from-host x");
	assert_int_equal(findings.n, 1);
	assert_string_equal(findings.v[0].id, "host-no-vfs");
	assert_int_equal(findings.v[0].severity, VW_FAIL);
	tree_pf(&tree, "0000:07:00.0", "igb", vfs, 1, "igbvf");
	assert_string_equal(
		resolved(&tree.host, "--from-host --adapter X520 x"), "8086:10ed 8086:10ca");
	assert_int_equal(findings.n, 0);
	/* an adapter beside it of which nobody knows what it makes */
	tree_pci(&tree, "0000:08:00.0", "0x020000", "ixgbe");
	tree_file(&tree, "/sys/bus/pci/devices/0000:08:00.0/sriov_totalvfs", "63\n");
	resolved(&tree.host, "--from-host x");
	assert_int_equal(findings.n, 1);
	assert_string_equal(findings.v[0].id, "host-vf-unknown");
	assert_int_equal(findings.v[0].severity, VW_FAIL);
	assert_non_null(strstr(findings.v[0].message, "0000:08:00.0"));
	tree_free(&tree);
}

/* What people call adapters; "" = no such family. */
static void test_adapters(void **state)
{
	static const struct {
		const char *name, *ids;
	} cases[] = {
		{ "82599", "8086:10ed" },
		{ "82599ES", "8086:10ed" },
		{ "x520-da2", "8086:10ed" },
		{ "X520-2", "8086:10ed" },
		{ "X540-AT2", "8086:1515" },
		{ "X552/X557-AT", "8086:15a8" },
		{ "X550T", "8086:1565" },
		{ "X550EM", "8086:15a8 8086:15c5" },
		{ "x550em-x", "8086:15a8" },
		{ "X550EM_a", "8086:15c5" },
		{ "I350-T4", "8086:1520" },
		{ "XXV710-DA2", "8086:154c" },
		{ "700series", "8086:154c" },
		{ "X722", "8086:37cd" },
		{ "X722-A0", "8086:374d" },
		{ "E810-XXVDA4", "8086:1889" },
		{ "E810-CQDA2", "8086:1889" },
		{ "connectx5", "15b3:1018" },
		{ "ConnectX-5_Ex", "15b3:101a" },
		{ "ConnectX-4-LX-EN", "15b3:1016" },
		{ "ConnectX-6-Dx", "15b3:101e" },
		{ "BlueField2", "15b3:101e" },
		{ "BlueField", "15b3:a2d3" },
		{ "bcm57416", "14e4:16dc 14e4:16d3" },
		{ "BlueField-4", "" },
		{ "ConnectX-55", "" },
		{ "X5500", "" },
		{ "X5", "" },
		{ "520", "" },
		{ "-", "" },
		{ "''", "" },
	};
	struct tree tree;

	(void)state;
	setenv("VFWARD_DATADIR", GUESTCHECK_DATA, 1);
	tree_new(&tree);
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		char line[128];
		const char *ids;

		snprintf(line, sizeof(line), "--adapter %s x", cases[i].name);
		ids = resolved(&tree.host, line);
		if (strcmp(ids, cases[i].ids) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", cases[i].name, ids, cases[i].ids);
		assert_int_equal(findings.n, *cases[i].ids ? 0 : 1);
	}
	/* the list is whole */
	assert_non_null(strstr(findings.v[0].remedy, "82576, "));
	assert_non_null(strstr(findings.v[0].remedy, ", DSC"));
	tree_free(&tree);
}

/* A mistake in the data stops everything. */
static void test_policy(void **state)
{
	struct tree tree;

	(void)state;
	tree_new(&tree);
	assert_string_equal(resolved(&tree.host, "--policy /nonexistent x"), "");
	assert_int_equal(vw_findings_worst(&findings), VW_FAIL);
	assert_string_equal(findings.v[0].id, "guest-policy-invalid");
	tree_file(&tree, "/etc/vfward/guestcheck.d/x.conf", "[nonsense]\n");
	assert_string_equal(resolved(&tree.host, "x"), "");
	assert_int_equal(vw_findings_worst(&findings), VW_FAIL);
	tree_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_bad, drop),
		cmocka_unit_test_teardown(test_images, drop),
		cmocka_unit_test_teardown(test_keys, drop),
		cmocka_unit_test_teardown(test_devices, drop),
		cmocka_unit_test_teardown(test_adapters, drop),
		cmocka_unit_test_teardown(test_policy, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
