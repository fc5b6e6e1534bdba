/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_advise: rates from two samples, and from which rate on a VF is worth it. */
#include "tree.h"

#include "advise.h"

#include <errno.h>
#include <string.h>

static const struct vw_config config = { .advise_cpu = 60, .advise_busy = 50, .advise_any = 100 };

static void sample(struct tree *tree, const char *cpu, const char *rx, const char *tx)
{
	tree_file(tree, "/proc/stat", cpu);
	tree_file(tree, "/sys/class/net/vnet0/statistics/rx_packets", rx);
	tree_file(tree, "/sys/class/net/vnet0/statistics/tx_packets", tx);
}

static struct vw_sample take(struct tree *tree)
{
	struct vw_sample taken;
	struct vw_error err = { "" };

	assert_int_equal(vw_sample_take(&tree->host, &taken, &err), 0);
	return taken;
}

static void test_samples(void **state)
{
	static const char args[] = "/usr/bin/qemu-system-x86_64\0-name\0guest=web,debug-threads=on";
	struct vw_sample a, b;
	struct vw_rates rates;
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_bytes(&tree, "/proc/4711/cmdline", args, sizeof(args));
	tree_link(&tree, "/proc/4711/fd/33", "/dev/net/tun");
	tree_file(&tree, "/proc/4711/fdinfo/33", "pos:\t0\niff:\tvnet0\n");
	tree_link(&tree, "/proc/4711/fd/34", "/dev/tap7");
	tree_file(&tree, "/sys/class/net/macvtap0/ifindex", "7\n");
	tree_file(&tree, "/sys/class/net/macvtap0/statistics/rx_packets", "0\n");
	tree_file(&tree, "/sys/class/net/macvtap0/statistics/tx_packets", "0\n");
	tree_file(&tree, "/sys/class/net/bonding_masters", "\n");
	sample(&tree, "cpu  100 0 100 700 100 0 0 0 50 0\ncpu0 1 1\n", "1000\n", "5000\n");
	a = take(&tree);
	assert_int_equal(a.busy, 200);
	assert_int_equal(a.idle, 800);
	assert_int_equal(a.n, 2);
	assert_int_equal(a.nics[0].guest, 4711);
	assert_int_equal(a.nics[1].guest, 4711);
	assert_string_equal(a.nics[1].name, "web");
	sample(&tree, "cpu  150 0 120 720 110 0 0 0 90 0\n", "21000\n", "65000\n");
	tree_file(&tree, "/sys/class/net/macvtap0/statistics/tx_packets", "2000\n");
	b = take(&tree);
	b.ns = a.ns + 2000000000LL;
	assert_int_equal(vw_rates_between(&a, &b, &rates), 0);
	assert_float_equal(rates.cpu, 70, 0.01);
	assert_int_equal(rates.n_guests, 1);
	assert_float_equal(rates.guests[0].rx_kpps, 31, 0.01);
	assert_float_equal(rates.guests[0].tx_kpps, 10, 0.01);
	vw_rates_free(&rates);
	/* A new netdev of the same name, and a clock that stands still. */
	a.nics[1].rx = 1000000;
	assert_int_equal(vw_rates_between(&a, &b, &rates), 0);
	assert_int_equal(rates.n_nics, 1);
	vw_rates_free(&rates);
	assert_int_equal(vw_rates_between(&b, &b, &rates), -EINVAL);
	vw_sample_free(&a);
	vw_sample_free(&b);
	tree_file(&tree, "/proc/stat", "intr 1\n");
	assert_int_equal(vw_sample_take(&tree.host, &a, &(struct vw_error){ "" }), -EBADMSG);
	tree_free(&tree);
}

static void test_thresholds(void **state)
{
	static const struct {
		double cpu, kpps;
		enum vw_severity worst;
		const char *id;
	} cases[] = {
		{ 10, 99, VW_PASS, "sriov-not-needed" },
		{ 10, 100, VW_PASS, "sriov-not-needed" },
		{ 10, 101, VW_WARN, "sriov-worth" },
		{ 60, 60, VW_PASS, "sriov-not-needed" },
		{ 61, 60, VW_WARN, "sriov-worth" },
		{ 61, 50, VW_PASS, "sriov-not-needed" },
		{ 61, 51, VW_WARN, "sriov-worth" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vw_rate guest = { .name = "web",
			.guest = 1,
			.rx_kpps = cases[i].kpps / 2,
			.tx_kpps = cases[i].kpps / 2 };
		struct vw_rates rates = { .cpu = cases[i].cpu, .guests = &guest, .n_guests = 1 };
		struct vw_findings findings = { 0 };

		vw_advise(&rates, &config, &findings);
		assert_int_equal(findings.n, 1);
		assert_int_equal(findings.v[0].severity, cases[i].worst);
		assert_string_equal(findings.v[0].id, cases[i].id);
		assert_non_null(strstr(findings.v[0].message, "web"));
		vw_findings_free(&findings);
		rates.n_guests = 0;
		vw_advise(&rates, &config, &findings);
		assert_string_equal(findings.v[0].id, "sriov-no-guest");
		vw_findings_free(&findings);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_thresholds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
