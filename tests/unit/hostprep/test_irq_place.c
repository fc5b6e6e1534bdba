/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_irq_place: where the interrupts of VFs go: near their NIC, evenly, and those that are well placed stay. */
#include "tree.h"

#include "irq.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PF  "0000:01:00.0"
#define VF0 "0000:01:10.0"
#define VF1 "0000:01:10.2"

static int setup(void **state)
{
	static const char *const vfs[] = { VF0, VF1 };
	struct tree *tree = calloc(1, sizeof(*tree));

	tree_new(tree);
	*state = tree;
	tree_pf(tree, PF, "igb", vfs, 2, "igbvf");
	tree_netdev(tree, PF, "eth0");
	tree_netdev(tree, VF0, "eth0v0");
	tree_file(tree, "/sys/devices/system/cpu/online", "0-7\n");
	tree_file(tree, "/sys/devices/system/cpu/isolated", "\n");
	tree_file(tree, "/sys/bus/pci/devices/" PF "/local_cpulist", "0-3\n");
	return 0;
}

static int teardown(void **state)
{
	tree_free(*state);
	free(*state);
	return 0;
}

static void irq(struct tree *tree, const char *vf, unsigned int number, const char *cpus)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/msi_irqs/%u", vf, number);
	tree_file(tree, path, "msix\n");
	snprintf(path, sizeof(path), "/proc/irq/%u/smp_affinity_list", number);
	tree_file(tree, path, cpus);
	snprintf(path, sizeof(path), "/proc/irq/%u/vfio-msix[0](%s)", number, vf);
	tree_dir(tree, path);
}

static void queue(struct tree *tree, const char *netdev, unsigned int number, const char *mask)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/class/net/%s/queues/rx-%u/rps_cpus", netdev, number);
	tree_file(tree, path, mask);
}

/* All as "number:now>want", or "number:now" where it stays. */
static void check(struct tree *tree, const char *expected)
{
	struct vw_affinities all;
	struct vw_error err = { "" };
	char text[1024] = "", now[64], want[64];

	assert_int_equal(vw_irq_read(&tree->host, &all, &err), 0);
	assert_int_equal(vw_irq_place(&tree->host, &all, &err), 0);
	for (size_t i = 0; i < all.n; i++) {
		const struct vw_affinity *one = &all.v[i];

		vw_cpus_format_list(&one->now, now, sizeof(now));
		vw_cpus_format_list(&one->want, want, sizeof(want));
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s%u:%s%s%s",
			i ? " " : "", one->is_rps ? one->netdev : "", one->number, now,
			vw_cpus_equal(&one->now, &one->want) ? "" : ">",
			vw_cpus_equal(&one->now, &one->want) ? "" : want);
	}
	assert_string_equal(text, expected);
	vw_affinities_free(&all);
}

static void test_spread(void **state)
{
	struct tree *tree = *state;

	check(tree, "");
	irq(tree, VF0, 40, "0-7");
	irq(tree, VF0, 41, "0-7");
	irq(tree, VF1, 42, "0-7"); /* of a guest: no netdev here */
	check(tree, "40:0-7>0 41:0-7>1 42:0-7>2");
	irq(tree, VF1, 43, "0-7");
	irq(tree, VF1, 44, "0-7");
	check(tree, "40:0-7>0 41:0-7>1 42:0-7>2 43:0-7>3 44:0-7>0");
}

static void test_stays(void **state)
{
	struct tree *tree = *state;

	irq(tree, VF0, 40, "3");
	irq(tree, VF0, 41, "5"); /* not near */
	irq(tree, VF1, 42, "3"); /* more than its share */
	irq(tree, VF1, 43, "1-2");
	check(tree, "40:3 41:5>0 42:3>1 43:1-2>2");
}

static void test_isolated(void **state)
{
	struct tree *tree = *state;

	irq(tree, VF0, 40, "0-7");
	irq(tree, VF0, 41, "0-7");
	tree_file(tree, "/sys/devices/system/cpu/isolated", "0-2\n");
	check(tree, "40:0-7>3 41:0-7>3");
	/* All of them are: better a near one than none. */
	tree_file(tree, "/sys/devices/system/cpu/isolated", "0-3\n");
	check(tree, "40:0-7>0 41:0-7>1");
	tree_file(tree, "/sys/devices/system/cpu/isolated", "\n");
	tree_file(tree, "/sys/devices/system/cpu/online", "0,2-7\n");
	check(tree, "40:0-7>0 41:0-7>2");
	/* A node without CPUs, or a kernel that does not know the node. */
	tree_file(tree, "/sys/bus/pci/devices/" PF "/local_cpulist", "\n");
	check(tree, "40:0-7>0 41:0-7>2");
}

static void test_queues(void **state)
{
	struct tree *tree = *state;

	queue(tree, "eth0", 0, "00000000\n");
	queue(tree, "eth0v0", 0, "0f\n");
	queue(tree, "eth0v0", 1, "0\n");
	irq(tree, VF0, 40, "0-7");
	check(tree, "eth00:>0-3 40:0-7>0 eth0v00:0-3 eth0v01:>0-3");
	/* As many queues as CPUs: RPS would only cost. */
	queue(tree, "eth0", 1, "0");
	queue(tree, "eth0", 2, "0");
	queue(tree, "eth0", 3, "0");
	check(tree, "eth00: eth01: eth02: eth03: 40:0-7>0 eth0v00:0-3 eth0v01:>0-3");
}

static void test_gone(void **state)
{
	struct tree *tree = *state;
	struct vw_affinities all;
	struct vw_error err = { "" };
	struct vw_cpus cpus;

	irq(tree, VF0, 40, "0-7");
	/* Its handler has just been freed. */
	tree_file(tree, "/sys/bus/pci/devices/" VF0 "/msi_irqs/41", "msix\n");
	tree_file(tree, "/sys/bus/pci/devices/" VF0 "/msi_irqs/x", "msix\n");
	check(tree, "40:0-7>0");
	assert_int_equal(vw_irq_read(&tree->host, &all, &err), 0);
	assert_string_equal(all.v[0].name, "vfio-msix[0](" VF0 ")");
	assert_int_equal(vw_irq_look(&tree->host, &all.v[0], &cpus), 0);
	assert_int_equal(vw_irq_place(&tree->host, &all, &err), 0);
	assert_int_equal(vw_irq_set(&tree->host, &all.v[0], &all.v[0].want), 0);
	check(tree, "40:0");
	/* The number is another device's by now. */
	tree_file(tree, "/proc/irq/99/smp_affinity_list", "0-7\n");
	all.v[0].number = 99;
	assert_int_equal(vw_irq_look(&tree->host, &all.v[0], &cpus), -ENOENT);
	vw_affinities_free(&all);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_spread),
		T(test_stays),
		T(test_isolated),
		T(test_queues),
		T(test_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
