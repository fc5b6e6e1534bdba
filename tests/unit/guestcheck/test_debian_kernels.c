/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_debian_kernels: both real kernels of Debian, all VFs that either table knows: the same module at the same path as modprobe and
 * modinfo say, by depmod's index and by the modules' own files. Skipped where the packages cannot be had. */
#include "tree.h"

#include "cleanup.h"
#include "linux_priv.h"
#include "policy.h"
#include "text.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where images/build keeps them, too. */
static const char get[] = "script=" TEST_DATA "/../tools/debian-kernels.sh; set -e; "
			  "cache=${VFWARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vfward}; mkdir -p "
			  "\"$cache/images\"; "
			  "dir=$cache/debian-kernels/$(sha256sum <\"$script\" | cut -c 1-12); "
			  "exec 9>\"$cache/images/kernels.lock\"; flock 9; "
			  "[ -d \"$dir\" ] || bash \"$script\" \"$dir\" >&2; cd \"$dir\"; pwd -P";

static char kernels[PATH_MAX - 64];

static char *line_of(const char *command, char *buf, size_t size)
{
	FILE *pipe = popen(command, "r");
	char line[PATH_MAX * 2];

	assert_non_null(pipe);
	buf[0] = '\0';
	while (fgets(line, sizeof(line), pipe)) /* the last one counts */
		snprintf(buf, size, "%.*s", (int)strcspn(line, "\n"), line);
	if (pclose(pipe) != 0)
		buf[0] = '\0';
	return buf;
}

struct ids {
	uint16_t vendor[1024], device[1024];
	size_t n;
};

static void add(struct ids *ids, unsigned int vendor, unsigned int device)
{
	for (size_t i = 0; i < ids->n; i++)
		if (ids->vendor[i] == vendor && ids->device[i] == device)
			return;
	assert_in_range(ids->n, 0, VW_ARRAY_SIZE(ids->vendor) - 1);
	ids->vendor[ids->n] = (uint16_t)vendor;
	ids->device[ids->n++] = (uint16_t)device;
}

/* The VFs of hostprep's table of adapters: vendor, PF, VF, VF under Hyper-V. */
static void add_adapters(struct ids *ids)
{
	FILE *f = fopen(TEST_DATA "/../../hostprep/sriov-adapters.tsv", "re");
	char line[512];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		unsigned int vendor;
		char vf[3][16];

		if (sscanf(line, "%4x\t%15s\t%15s\t%15s", &vendor, vf[0], vf[1], vf[2]) != 4)
			continue;
		for (int i = 1; i < 3; i++)
			if (strcmp(vf[i], "-") != 0)
				add(ids, vendor, (unsigned int)strtoul(vf[i], NULL, 16));
	}
	fclose(f);
}

/* "NAME PATH" as kmod has it: "ixgbevf /lib/modules/…/ixgbevf.ko", "x built-in", "" */
static void by_kmod(
	const char *root, const char *release, const char *modalias, char *is, size_t size)
{
	char command[PATH_MAX * 3], line[PATH_MAX * 2], path[PATH_MAX * 2], *name;

	snprintf(command, sizeof(command),
		"modprobe -C /dev/null -d %s -S %s --show-depends %s 2>/dev/null", root, release,
		modalias);
	line_of(command, line, sizeof(line));
	is[0] = '\0';
	if (strncmp(line, "builtin ", 8) == 0) {
		snprintf(is, size, "%s built-in", line + 8);
	} else if (strncmp(line, "insmod ", 7) == 0) {
		line[strlen(line) - 1] = '\0'; /* a blank */
		assert_int_equal(strncmp(line + 7, root, strlen(root)), 0);
		name = strrchr(line, '/') + 1;
		snprintf(command, sizeof(command), "modinfo -b %s -k %s -n %.*s 2>/dev/null", root,
			release, (int)strcspn(name, "."), name);
		assert_string_equal(line_of(command, path, sizeof(path)), line + 7);
		snprintf(is, size, "%.*s %s", (int)strcspn(name, "."), name,
			line + 7 + strlen(root));
		for (char *c = is; *c && *c != ' '; c++)
			if (*c == '-')
				*c = '_';
	}
}

static void by_us(
	struct vw_linux_kernel *kernel, const struct vw_vf_device *device, char *is, size_t size)
{
	struct vw_check check = { 0 };

	assert_int_equal(vw_linux_judge(kernel, device, &check), 0);
	is[0] = '\0';
	if (check.verdict == VW_VERDICT_PASS)
		snprintf(is, size, "%s %s", check.driver, check.path ? check.path : "built-in");
	else
		assert_int_equal(check.verdict, VW_VERDICT_FAIL);
	vw_check_free(&check);
}

/* Our answers to all ids against kmod's; how many are a driver. */
static size_t compare(struct vw_linux_kernel *kernel, const char *root, const struct ids *ids,
	const struct vw_devices *devices)
{
	char *no_modules[] = { NULL };
	size_t found = 0;

	for (size_t i = 0; i < ids->n; i++) {
		const struct vw_vf_device *device =
			vw_devices_find(devices, ids->vendor[i], ids->device[i]);
		const struct vw_vf_device unknown = { .vendor = ids->vendor[i],
			.device = ids->device[i],
			.name = "",
			.linux_modules = no_modules };
		char modalias[VW_MODALIAS_MAX], ours[PATH_MAX * 2], theirs[PATH_MAX * 2];

		vw_modalias_make(modalias, ids->vendor[i], ids->device[i]);
		by_kmod(root, kernel->kernel->release, modalias, theirs, sizeof(theirs));
		by_us(kernel, device ? device : &unknown, ours, sizeof(ours));
		if (strcmp(ours, theirs) != 0)
			fail_msg("%04x:%04x: kmod says '%s', we say '%s'", ids->vendor[i],
				ids->device[i], theirs, ours);
		found += ours[0] != '\0';
	}
	assert_in_range(found, 1, ids->n - 1); /* so neither answer is the only one */
	return found;
}

/* As if depmod had never run. */
static void forget_index(struct vw_linux_kernel *kernel)
{
	kernel->index.alias.len = kernel->index.dep.len = 0;
	assert_int_equal(vw_linux_scan(kernel), 0);
	assert_true(kernel->scanned);
	assert_false(kernel->cut);
}

static void compare_flavour(
	const char *flavour, const struct ids *ids, const struct vw_devices *devices)
{
	const struct vw_vf_device *all[1024];
	struct vw_wanted wanted = { .devices = all };
	struct vw_guest guest = { .root = "/" };
	struct vw_system system = { 0 };
	struct vw_linux_guest linux_guest = {
		.guest = &guest, .wanted = &wanted, .system = &system, .like = strdup("")
	};
	struct vw_guest_kernels list = { 0 };
	struct vw_linux_kernel kernel = { .linux_guest = &linux_guest };
	char root[PATH_MAX];
	size_t found;

	for (size_t i = 0; i < devices->n; i++)
		all[wanted.n_devices++] = &devices->v[i];
	snprintf(root, sizeof(root), "%s/%s", kernels, flavour);
	assert_int_equal(vw_host_open(&guest.files, root, NULL), 0);
	assert_int_equal(vw_guest_kernels_list(&guest.files, &list, NULL), 0);
	assert_int_equal(list.n, 1);
	kernel.kernel = &list.v[0];
	assert_int_equal(vw_linux_kernel_open(&kernel), 0);
	assert_string_equal(kernel.why.msg, "");
	assert_false(kernel.scanned);
	found = compare(&kernel, root, ids, devices);
	print_message("%s: %zu ids, %zu with a driver\n", list.v[0].release, ids->n, found);
	forget_index(&kernel);
	assert_int_equal(compare(&kernel, root, ids, devices), found);
	vw_linux_kernel_close(&kernel);
	vw_guest_kernels_free(&list);
	vw_linux_guest_free(&linux_guest);
	vw_system_free(&system);
	vw_host_close(&guest.files);
}

static void test_agreement(void **state)
{
	struct vw_policy policy = { 0 };
	struct vw_findings findings = { 0 };
	struct ids ids = { 0 };
	struct tree tree;

	(void)state;
	tree_new(&tree);
	assert_int_equal(setenv("VFWARD_DATADIR", GUESTCHECK_DATA, 1), 0);
	assert_int_equal(vw_policy_load(&tree.host, NULL, &policy, &findings, NULL), 0);
	assert_int_equal(findings.n, 0);
	for (size_t i = 0; i < policy.devices.n; i++)
		add(&ids, policy.devices.v[i].vendor, policy.devices.v[i].device);
	add_adapters(&ids);
	compare_flavour("generic", &ids, &policy.devices);
	compare_flavour("cloud", &ids, &policy.devices);
	vw_policy_free(&policy);
	vw_findings_free(&findings);
	tree_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agreement),
	};

	line_of(get, kernels, sizeof(kernels));
	if (!kernels[0])
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
