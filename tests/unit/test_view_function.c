/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_view_function: the facts of one function. */
#include "machine.h"

#include "cleanup.h"

#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct vw_links links; /* what fn->pf_link and fn->attr point into */

static void look(struct machine *m, const char *addr, struct vw_function_view *fn)
{
	struct vw_pci pci = machine_pci(addr);

	vw_links_free(&links);
	if (vw_links_get(&m->tree.host, &links, &m->err) ||
		vw_view_function(&m->tree.host, m->registry, &links, &pci, fn, &m->err))
		fail_msg("%s", m->err.msg);
	assert_true(vw_pci_equal(&fn->pci, &pci));
}

static int teardown(void **state)
{
	vw_links_free(&links);
	return machine_teardown(state);
}

#define V(name) cmocka_unit_test_setup_teardown(name, machine_setup, teardown)

static void assert_pci(const struct vw_pci *pci, const char *want)
{
	char addr[VW_PCI_STR];

	assert_string_equal(vw_pci_format(pci, addr), want);
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- what it is ---- */

static void test_vf(void **state)
{
	struct machine *m = *state;
	struct vw_function_view fn;

	machine_vf(m, VF2)->mac = machine_mac(MAC1);
	machine_write(m);
	memset(&fn, 0xff, sizeof(fn));
	look(m, VF2, &fn);
	assert_int_equal(fn.kind, VW_FN_VF);
	assert_string_equal(fn.driver, "igbvf");
	assert_false(fn.on_vfio);
	assert_true(fn.pf_known);
	assert_pci(&fn.pf, PF0);
	assert_string_equal(fn.pf_driver, "igb");
	assert_int_equal(fn.index, 2);
	assert_string_equal(fn.pf_link->name, "eth0");
	assert_int_equal(fn.attr->index, 2);
	assert_int_equal(fn.attr->mac.b[5], 1);
	assert_string_equal(fn.netdev, "eth0v2");
	assert_false(fn.netdev_elsewhere || fn.has_blocker || fn.held || fn.holder_unknown);
	assert_false(fn.claimed || fn.use.default_route);
	assert_string_equal(fn.upper, "");
	assert_string_equal(fn.use.permanent, "");
	assert_string_equal(fn.use.dynamic, "");
	assert_string_equal(fn.cni_netns, "");
	assert_string_equal(fn.pf_user, "");

	look(m, VFB, &fn);
	assert_pci(&fn.pf, PF1);
	assert_int_equal(fn.index, 1);
	assert_string_equal(fn.pf_link->name, "eth1");
}

static void test_kinds(void **state)
{
	static const struct {
		const char *addr, *class_code;
		bool physfn, sriov;
		enum vw_function_kind want;
	} cases[] = {
		{ "0000:03:00.0", "0x020000", true, false, VW_FN_VF },
		{ "0000:03:00.1", "0x028000", true, false, VW_FN_VF },
		{ "0000:03:00.2", "0x020700", false, true, VW_FN_PF },
		{ "0000:03:00.3", "0x020000", true, true, VW_FN_VF }, /* physfn decides */
		{ "0000:03:00.4", "0x020000", false, false, VW_FN_OTHER },
		{ "0000:03:00.5", "0x010802", true, false, VW_FN_OTHER }, /* an NVMe VF */
		{ "0000:03:00.6", "0x030000", false, true, VW_FN_OTHER }, /* a GPU with SR-IOV */
		{ "0000:03:00.7", "nonsense", true, true, VW_FN_OTHER },
	};
	struct machine *m = *state;
	struct vw_function_view fn;
	char path[128];

	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		tree_pci(&m->tree, cases[i].addr, cases[i].class_code, "some");
		snprintf(path, sizeof(path), DEVICES "%s/physfn", cases[i].addr);
		if (cases[i].physfn)
			tree_link(&m->tree, path, "../" PF0);
		snprintf(path, sizeof(path), DEVICES "%s/sriov_totalvfs", cases[i].addr);
		if (cases[i].sriov)
			tree_file(&m->tree, path, "0\n");
		look(m, cases[i].addr, &fn);
		assert_int_equal(fn.kind, cases[i].want);
		assert_string_equal(fn.driver, "some");
	}
	/* A VF of the first case that its PF does not know has no number, so no attributes. */
	look(m, cases[0].addr, &fn);
	assert_string_equal(fn.pf_link->name, "eth0");
	assert_null(fn.attr);
}

/* Which PF would have a VF there? */
static void test_would_be(void **state)
{
	static const struct {
		const char *offset, *stride, *total, *addr, *pf;
		uint32_t index;
	} cases[] = {
		{ "128", "2", "7", "0000:01:10.4", PF0, 2 },
		{ "128", "2", "7", "0000:01:10.0", PF0, 0 },
		{ "128", "2", "7", "0000:01:11.4", PF0, 6 },
		{ "128", "2", "7", "0000:01:11.6", NULL, 0 }, /* number 7 of 7 */
		{ "128", "2", "7", "0000:01:10.5", PF1, 2 },
		{ "128", "2", "7", "0000:01:10.3", PF1, 1 },
		{ "128", "2", "7", "0000:01:0f.6", NULL, 0 },
		{ "128", "2", "7", "0000:00:10.0", NULL, 0 },
		{ "128", "2", "7", "0001:01:10.0", NULL, 0 },
		{ "128", "1", "7", "0000:01:10.5", PF0, 5 },
		{ "256", "2", "64", "0000:02:00.0", PF0, 0 }, /* VFs on the next bus */
		{ "256", "2", "256", "0000:03:00.0", PF0, 128 },
		{ "128", "0", "1", "0000:01:10.0", PF0, 0 },
		{ "128", "0", "1", "0000:01:10.2", NULL, 0 },
		{ "128", "-2", "7", "0000:01:10.2", NULL, 0 },
		{ "128", "2", "0", "0000:01:10.0", NULL, 0 },
		{ "-1", "1", "7", "0000:01:10.0", NULL, 0 },
		{ "-9223372036854775807", "1", "9223372036854775807", "0000:01:10.0", NULL, 0 },
		{ "9223372036854775807", "1", "7", "0000:01:10.0", NULL, 0 },
		{ "x", "2", "7", "0000:01:10.0", NULL, 0 },
		{ "128", "", "7", "0000:01:10.0", NULL, 0 },
		{ "128", "2", "7x", "0000:01:10.0", NULL, 0 },
	};
	static const char *const pfs[] = { PF0, PF1 };
	static const char *const vfs[] = { VF0, VF1, VF2, VF3, VFA, VFB };
	struct machine *m = *state;
	struct vw_function_view fn;
	char path[128];

	for (size_t i = 0; i < VW_ARRAY_SIZE(vfs); i++) {
		snprintf(path, sizeof(path), DEVICES "%s", vfs[i]);
		machine_remove(m, path);
	}
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		for (size_t k = 0; k < VW_ARRAY_SIZE(pfs); k++) {
			snprintf(path, sizeof(path), DEVICES "%s/sriov_offset", pfs[k]);
			tree_file(&m->tree, path, cases[i].offset);
			snprintf(path, sizeof(path), DEVICES "%s/sriov_stride", pfs[k]);
			tree_file(&m->tree, path, cases[i].stride);
			snprintf(path, sizeof(path), DEVICES "%s/sriov_totalvfs", pfs[k]);
			tree_file(&m->tree, path, cases[i].total);
		}
		look(m, cases[i].addr, &fn);
		assert_int_equal(fn.kind, VW_FN_MISSING);
		if (fn.pf_known != !!cases[i].pf)
			fail_msg("case %zu: pf_known %d", i, fn.pf_known);
		if (!cases[i].pf)
			continue;
		assert_pci(&fn.pf, cases[i].pf);
		assert_int_equal(fn.index, cases[i].index);
	}
}

/* ---- the PF's side ---- */

static void test_pf_link(void **state)
{
	struct machine *m = *state;
	struct vw_function_view fn;
	struct machine_link *other;

	/* Of several netdevs the one that lists VFs, whichever comes first. */
	other = machine_add_link(m, "aaa0", NULL, MAC3);
	tree_netdev(&m->tree, PF0, "aaa0");
	machine_add_link(m, "zzz0", NULL, MAC3);
	tree_netdev(&m->tree, PF0, "zzz0");
	machine_write(m);
	look(m, VF0, &fn);
	assert_string_equal(fn.pf_link->name, "eth0");
	other->nl.num_vf = 0;
	machine_write(m);
	look(m, VF0, &fn);
	assert_string_equal(fn.pf_link->name, "eth0");
	assert_non_null(fn.attr);

	/* A VF that the list leaves out. */
	m->vfs0[1].index = 9;
	machine_write(m);
	look(m, VF1, &fn);
	assert_string_equal(fn.pf_link->name, "eth0");
	assert_int_equal(fn.index, 1);
	assert_null(fn.attr);

	/* No VF list anywhere: one of the netdevs all the same. */
	machine_link(m, "eth0")->gone = true;
	machine_write(m);
	look(m, VF1, &fn);
	assert_string_equal(fn.pf_link->name, "aaa0");
	assert_null(fn.attr);

	/* The PF is in another network namespace: sysfs lists what the dump has not, or nothing. */
	other->gone = machine_link(m, "zzz0")->gone = true;
	machine_write(m);
	look(m, VF1, &fn);
	assert_null(fn.pf_link);
	assert_null(fn.attr);
	machine_remove(m, DEVICES PF0 "/net");
	look(m, VF1, &fn);
	assert_null(fn.pf_link);
	assert_string_equal(fn.pf_driver, "igb");
	machine_remove(m, DEVICES PF0 "/driver");
	look(m, VF1, &fn);
	assert_string_equal(fn.pf_driver, "");
}

/* ---- the netdev ---- */

static void test_netdev_elsewhere(void **state)
{
	struct machine *m = *state;
	struct vw_function_view fn;
	uint64_t begin;
	pid_t child;

	/* Unbound, or on a driver without netdevs: no reason to wait. */
	machine_remove(m, DEVICES VF0 "/net");
	begin = now_ms();
	look(m, VF0, &fn);
	assert_false(fn.netdev_elsewhere);
	assert_string_equal(fn.netdev, "");
	assert_true(now_ms() - begin < 500);

	tree_dir(&m->tree, DEVICES VF0 "/net");
	begin = now_ms();
	look(m, VF0, &fn);
	assert_true(fn.netdev_elsewhere);
	assert_string_equal(fn.netdev, "");
	assert_in_range(now_ms() - begin, 900, 5000);

	/* The run's own deadline ends it sooner. */
	m->tree.host.deadline = vw_deadline_in(100);
	begin = now_ms();
	look(m, VF0, &fn);
	assert_true(fn.netdev_elsewhere);
	assert_true(now_ms() - begin < 800);

	/* It comes back while we wait. */
	m->tree.host.deadline = vw_deadline_in(0);
	child = fork();
	if (child == 0) {
		usleep(200 * 1000);
		tree_netdev(&m->tree, VF0, "eth0v0");
		_exit(0);
	}
	look(m, VF0, &fn);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_false(fn.netdev_elsewhere);
	assert_string_equal(fn.netdev, "eth0v0");
}

static void test_netdev_use(void **state)
{
	struct machine *m = *state;
	int index = machine_link(m, "eth0v0")->nl.ifindex;
	struct vw_function_view fn;

	assert_true(nlbuf_address(&m->addresses, index, "192.0.2.7", 24, 0, IFA_F_PERMANENT));
	assert_true(nlbuf_address(&m->addresses, index, "2001:db8::7", 64, 0, 0));
	assert_true(nlbuf_address(&m->addresses, index + 1, "192.0.2.8", 24, 0, 0));
	assert_true(nlbuf_route(&m->routes, AF_INET, NULL, 0, index, RTN_UNICAST, RT_TABLE_MAIN));
	machine_write(m);
	tree_link(&m->tree, DEVICES VF0 "/net/eth0v0/upper_br0", "../../../../br0");
	look(m, VF0, &fn);
	assert_string_equal(fn.upper, "br0");
	assert_string_equal(fn.use.permanent, "192.0.2.7/24");
	assert_string_equal(fn.use.dynamic, "2001:db8::7/64");
	assert_true(fn.use.default_route);

	look(m, VF1, &fn);
	assert_string_equal(fn.upper, "");
	assert_string_equal(fn.use.permanent, "");
	assert_string_equal(fn.use.dynamic, "192.0.2.8/24");
	assert_false(fn.use.default_route);

	/* A netdev that is not among our links (just renamed) has no index to ask for. */
	machine_link(m, "eth0v0")->gone = true;
	machine_write(m);
	look(m, VF0, &fn);
	assert_string_equal(fn.netdev, "eth0v0");
	assert_string_equal(fn.use.permanent, "");

	/* Bound to vfio the VF has no netdev to look at, whatever else is true. */
	machine_vfio(m, VF0, 0);
	tree_dir(&m->tree, DEVICES VF0 "/net");
	look(m, VF0, &fn);
	assert_true(fn.on_vfio);
	assert_string_equal(fn.netdev, "");
	assert_false(fn.netdev_elsewhere);
}

static void test_cni(void **state)
{
	static char huge[400] = "/var/run/netns/";
	static const struct {
		const char *text;
		bool counts;
	} cases[] = {
		{ "/var/run/netns/pod1", true },
		{ "/var/run/netns/pod1\n", true },
		{ "/proc/1/fd", true },
		{ "/var/run/netns/dead", false },
		{ "var/run/netns/pod1", false },
		{ "proc/1/fd", false },
		{ "", false },
		{ "\n", false },
		{ "/../../../../../../../../../../../etc/passwd", false }, /* stays in the root */
		{ "%s%n", false },
		{ huge, false },
	};
	struct machine *m = *state;
	struct vw_function_view fn;

	memset(huge + strlen(huge), 'x', sizeof(huge) - strlen(huge) - 1);
	tree_file(&m->tree, "/var/run/netns/pod1", "");
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		tree_file(&m->tree, "/var/lib/cni/sriov/pci/" VF1, cases[i].text);
		look(m, VF1, &fn);
		assert_int_equal(!!fn.cni_netns[0], cases[i].counts);
		look(m, VF0, &fn);
		assert_string_equal(fn.cni_netns, "");
	}
	tree_bytes(&m->tree, "/var/lib/cni/sriov/pci/" VF1, "/proc/1/fd\0x", 12);
	look(m, VF1, &fn);
	assert_string_equal(fn.cni_netns, "");
	tree_file(&m->tree, "/var/lib/cni/sriov/pci/" VF1, "/proc/1/fd");
	machine_vfio(m, VF1, 1);
	look(m, VF1, &fn);
	assert_string_equal(fn.cni_netns, "/proc/1/fd");
}

/* ---- holder and claim ---- */

static void test_holder(void **state)
{
	struct machine *m = *state;
	struct vw_function_view fn;

	machine_open(m, 4711, "qemu-system-x86", "/dev/vfio/10");
	look(m, VF0, &fn);
	assert_false(fn.on_vfio || fn.held); /* not on vfio: /proc is not looked into */

	machine_vfio(m, VF0, 3);
	look(m, VF0, &fn);
	assert_true(fn.on_vfio && fn.held);
	assert_int_equal(fn.holder.pid, 4711);
	assert_string_equal(fn.holder.comm, "qemu-system-x86");

	machine_open(m, 4711, "dpdk", "/dev/vfio/devices/vfio3");
	look(m, VF0, &fn);
	assert_true(fn.held);
	assert_string_equal(fn.holder.comm, "dpdk");

	machine_open(m, 4711, "dpdk", "/dev/vfio/11");
	look(m, VF0, &fn);
	assert_false(fn.held || fn.holder_unknown);

	tree_file(&m->tree, "/proc/5/fd", "cannot be looked into");
	look(m, VF0, &fn);
	assert_false(fn.held);
	assert_true(fn.holder_unknown);
}

static void test_claim(void **state)
{
	struct machine *m = *state;
	struct vw_claim_owner owner = machine_owner("web1", VW_CLAIM_RUNNING, 5);
	struct vw_vf_claim claim = machine_claim_of(m, &owner, VF1, MAC1, VW_USE_INTERFACE);
	struct vw_registry *registry = m->registry;
	struct vw_function_view fn;

	machine_claim_vf(m, &claim);
	look(m, VF0, &fn);
	assert_false(fn.claimed);
	look(m, VF1, &fn);
	assert_true(fn.claimed);
	assert_string_equal(fn.claim.owner.name, "web1");
	assert_int_equal(fn.life, VW_LIFE_GONE);
	machine_status(m, "web1", WEB1, IF_VF(MAC1, "2"));
	look(m, VF1, &fn);
	assert_int_equal(fn.life, VW_LIFE_ALIVE);

	m->registry = NULL;
	look(m, VF1, &fn);
	assert_false(fn.claimed);
	m->registry = registry;

	/* A VF that vanished still shows who has claimed it. */
	machine_remove(m, DEVICES VF1);
	look(m, VF1, &fn);
	assert_int_equal(fn.kind, VW_FN_MISSING);
	assert_true(fn.claimed);
	assert_string_equal(fn.claim.owner.name, "web1");
}

static void test_pf_user(void **state)
{
	struct machine *m = *state;
	struct vw_claim_owner owner = machine_owner("web1", VW_CLAIM_RUNNING, 5);
	struct vw_vf_claim claim = machine_claim_of(m, &owner, VF3, MAC1, VW_USE_INTERFACE);
	struct vw_function_view fn;

	look(m, PF0, &fn);
	assert_int_equal(fn.kind, VW_FN_PF);
	assert_string_equal(fn.pf_user, "");
	machine_claim_vf(m, &claim);
	look(m, PF0, &fn);
	assert_string_equal(fn.pf_user, ""); /* its owner is gone */
	machine_status(m, "web1", WEB1, IF_VF(MAC1, "6"));
	look(m, PF0, &fn);
	assert_string_equal(fn.pf_user, "VF " VF3 " is used by domain web1");
	look(m, PF1, &fn);
	assert_string_equal(fn.pf_user, "");

	machine_open(m, 99, "testpmd", "/dev/vfio/21");
	look(m, PF1, &fn);
	assert_string_equal(fn.pf_user, "");
	machine_vfio(m, VFB, 0);
	look(m, PF1, &fn);
	assert_string_equal(fn.pf_user, "VF " VFB " is held by process 99 (testpmd)");

	/* Without all its VFs enabled, and with a number that no PF has. */
	machine_remove(m, "/proc/99");
	tree_file(&m->tree, DEVICES PF1 "/sriov_totalvfs", "9223372036854775807");
	m->tree.host.deadline = vw_deadline_in(5000);
	look(m, PF1, &fn);
	assert_string_equal(fn.pf_user, "");
}

/* A function that nobody could look at is not "another device", which would be let through. */
static void test_blind(void **state)
{
	static const char *const functions[] = { VF0, VFB, PF0 };
	struct machine *m = *state;

	machine_vfio(m, VFB, 3);
	assert_int_equal(vw_links_get(&m->tree.host, &links, &m->err), 0);
	for (size_t i = 0; i < VW_ARRAY_SIZE(functions); i++) {
		struct vw_pci pci = machine_pci(functions[i]);
		struct vw_function_view fn;
		unsigned long limit = tree_descriptors(0);
		int rc;

		m->err.msg[0] = '\0';
		rc = vw_view_function(&m->tree.host, m->registry, &links, &pci, &fn, &m->err);
		tree_descriptors(limit);
		assert_int_equal(rc, -EMFILE);
		assert_non_null(strstr(m->err.msg, functions[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		V(test_vf),
		V(test_kinds),
		V(test_would_be),
		V(test_pf_link),
		V(test_netdev_elsewhere),
		V(test_netdev_use),
		V(test_cni),
		V(test_holder),
		V(test_claim),
		V(test_pf_user),
		V(test_blind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
