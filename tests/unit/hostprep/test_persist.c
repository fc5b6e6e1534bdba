/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_persist: which way is chosen, what is written for it, and who else is left alone. */
#include "persist_host.h"

static void test_default(void **state)
{
	struct machine *m = *state;

	systemd(m);
	KERNEL(NEW, "kernel/ixgbe.ko", NUMBER);
	two_ports(m, "ixgbe", 8, 4);
	plan(m);
	findings(m, "");
	steps(m, VFS_CONF "\n" UNIT "\n" RULES "\n" VERIFY);
	assert_true(m->plan.reboot);
	holds(m, VFS_CONF,
		"[" PF0 "]\nmac = 52:54:00:aa:00:00\nvfs = 8\n\n[" PF1
		"]\nmac = 52:54:00:aa:00:01\nvfs = 4\n");
	holds_not(m, VFS_CONF, "autoprobe");
	holds(m, UNIT, "ExecStart=" VFWARD_SBINDIR "/vfward-hostprep vfs --boot %I\n");
	holds(m, RULES,
		"SUBSYSTEM==\"pci\", KERNEL==\"" PF0
		"\", DRIVER==\"?*\", ENV{SYSTEMD_READY}=\"1\", "
		"ENV{SYSTEMD_WANTS}+=\"vfward-vfs@" PF0 ".service\"\n");
	holds(m, RULES,
		"SUBSYSTEM==\"net\", KERNELS==\"" PF1
		"\", TAG+=\"systemd\", ENV{SYSTEMD_WANTS}+=\"vfward-vfs@" PF1 ".service\"\n");
	assert_true(step(m, RULES)->is_ours);
	again(m);
}

/* Another PF, later: what was asked for before stays. */
static void test_one_more(void **state)
{
	struct machine *m = *state;

	systemd(m);
	KERNEL(NEW, "kernel/ixgbe.ko", NUMBER);
	two_ports(m, "ixgbe", 8, 4);
	m->request.n_pfs = 1;
	plan(m);
	carry_out(m);
	m->request.pfs = &m->pfs[1];
	plan(m);
	steps(m, VFS_CONF "\n" RULES "\n");
	holds(m, VFS_CONF, "[" PF0 "]");
	holds(m, VFS_CONF, "[" PF1 "]");
	holds(m, RULES, "KERNEL==\"" PF0 "\"");
	holds(m, RULES, "KERNEL==\"" PF1 "\"");
	assert_false(step(m, RULES)->is_ours);
	carry_out(m);
	m->pfs[1].count = 0;
	plan(m);
	holds_not(m, VFS_CONF, PF1);
	holds_not(m, RULES, PF1);
	m->request.pfs = m->pfs;
}

static void test_none(void **state)
{
	struct machine *m = *state;

	systemd(m);
	KERNEL(NEW, "kernel/ixgbe.ko", NUMBER);
	port(m, PF0, "ixgbe");
	ask(m, PF0, "eth0", "ixgbe", 0);
	plan(m);
	findings(m, "");
	for (size_t i = 0; i < m->plan.n; i++)
		assert_null(strstr(m->plan.steps[i].path, "vfs"));
}

static void test_conf_mistake(void **state)
{
	struct machine *m = *state;

	systemd(m);
	KERNEL(NEW, "kernel/ixgbe.ko", NUMBER);
	two_ports(m, "ixgbe", 8, 4);
	tree_file(&m->tree, VFS_CONF, "[eth0]\nvfs = 3\n");
	plan(m);
	assert_int_equal(vw_findings_worst(&m->findings), VW_FAIL);
	assert_string_equal(m->findings.v[0].subject, VFS_CONF ":1");
	steps(m, "");
}

static void test_autoprobe(void **state)
{
	struct machine *m = *state;

	systemd(m);
	KERNEL(NEW, "kernel/ixgbe.ko", NUMBER);
	two_ports(m, "ixgbe", 8, 4);
	m->request.blacklist_vf_driver = true;
	plan(m);
	findings(m, "PASS vf-driver-kept-off eth0\nPASS vf-driver-kept-off eth1\n");
	steps(m, VFS_CONF "\n" UNIT "\n" RULES "\n" VERIFY);
	holds(m, VFS_CONF, "vfs = 4\nautoprobe = no\n");
	again(m);
	/* it stays when nothing is said about it */
	m->request.blacklist_vf_driver = false;
	plan(m);
	steps(m, "");
	/* an older kernel does not know it */
	KERNEL("3.10.0-1160.el7.x86_64", "kernel/ixgbe.ko", NUMBER);
	m->request.blacklist_vf_driver = true;
	plan(m);
	steps(m, OWN "\n");
	holds(m, OWN, "\nblacklist ixgbevf\n");
	again(m);
	tree_file(&m->tree, DEVICES PF0 "/sriov_drivers_autoprobe", "1\n");
	tree_file(&m->tree, DEVICES PF1 "/sriov_drivers_autoprobe", "1\n");
	plan(m);
	assert_int_equal(m->findings.n, 2); /* kept off, both */
}

static void test_rc_local(void **state)
{
	struct machine *m = *state;
	static const char line[] = "[ \"$(cat /sys/bus/pci/devices/" PF0
				   "/sriov_numvfs)\" = 8 ] || echo 8 >/sys/bus/pci/devices/" PF0
				   "/sriov_numvfs # vfward\n";
	char want[512];

	KERNEL(EL69, "kernel/ixgbe.ko", OLD);
	KERNEL(EL66, "kernel/ixgbe.ko", OLD);
	port(m, PF0, "ixgbe");
	ask(m, PF0, "eth0", "ixgbe", 8);
	m->request.blacklist_vf_driver = true;
	tree_file(&m->tree, "/etc/rc.d/rc.local",
		"#!/bin/sh\ntouch /var/lock/subsys/local\nexit 0\n# the end\n");
	tree_link(&m->tree, "/etc/rc.local", "rc.d/rc.local");
	plan(m);
	findings(m, "WARN kernel-no-numvfs " EL66 "\nWARN rc-local-not-run /etc/rc.d/rc.local\n");
	steps(m, OWN "\n/etc/rc.d/rc.local\n");
	snprintf(want, sizeof(want),
		"#!/bin/sh\ntouch /var/lock/subsys/local\n%sexit 0\n# the end\n", line);
	assert_string_equal(step(m, "/etc/rc.d/rc.local")->after.data, want);
	assert_string_equal(step(m, "/etc/rc.d/rc.local")->marker, "# vfward");
	holds(m, OWN, "\nblacklist ixgbevf\n");
	again(m);
	m->pfs[0].count = 9;
	plan(m);
	holds(m, "/etc/rc.d/rc.local", "= 9 ]");
	holds_not(m, "/etc/rc.d/rc.local", "= 8 ]");
	m->pfs[0].count = 0;
	plan(m);
	assert_string_equal(step(m, "/etc/rc.d/rc.local")->after.data,
		"#!/bin/sh\ntouch /var/lock/subsys/local\nexit 0\n# the end\n");
}

static void test_rc_local_new(void **state)
{
	struct machine *m = *state;

	KERNEL(EL69, "kernel/ixgbe.ko", OLD);
	port(m, PF0, "ixgbe");
	ask(m, PF0, "eth0", "ixgbe", 8);
	plan(m);
	assert_int_equal(step(m, "/etc/rc.local")->mode, 0755);
	assert_true(step(m, "/etc/rc.local")->is_ours);
	assert_memory_equal(step(m, "/etc/rc.local")->after.data, "#!/bin/sh\n[ ", 12);
	/* no exit in the last line: the end of the script it is */
	tree_file(&m->tree, "/etc/rc.local", "#!/bin/sh\nif :; then\n\texit 0\nfi");
	plan(m);
	assert_memory_equal(step(m, "/etc/rc.local")->after.data,
		"#!/bin/sh\nif :; then\n\texit 0\nfi\n[ ", 34);
}

static void test_others(void **state)
{
	struct machine *m = *state;

	systemd(m);
	KERNEL(NEW, "kernel/ixgbe.ko", NUMBER);
	two_ports(m, "ixgbe", 8, 4);
	tree_file(&m->tree, "/etc/NetworkManager/system-connections/x.nmconnection",
		"[connection]\ninterface-name=eth0\n[sriov]\ntotal-vfs=8\n");
	plan(m);
	findings(m, "PASS vfs-by-others eth0\n");
	holds_not(m, VFS_CONF, PF0);
	holds(m, VFS_CONF, PF1);
	holds_not(m, RULES, PF0);
	m->pfs[0].count = 7;
	plan(m);
	findings(m, "FAIL vfs-by-others eth0\n");
	assert_non_null(strstr(m->findings.v[0].message, "x.nmconnection:4"));
}

static void test_program_missing(void **state)
{
	struct machine *m = *state;

	tree_file(&m->tree, "/lib/systemd/systemd", "");
	KERNEL(NEW, "kernel/ixgbe.ko", NUMBER);
	ask(m, PF0, "01:00.0", "", 8); /* an image: no /sys */
	plan(m);
	findings(m, "WARN program-missing " VFWARD_SBINDIR "/vfward-hostprep\n");
	holds(m, VFS_CONF, "[" PF0 "]");
	/* whatever driver it will have, the network is not to be lost */
	tree_file(&m->tree, "/etc/modprobe.d/nic.conf",
		"options ixgbe max_vfs=2\noptions ixgbe max_vfs=10,10\noptions i40e x=1\n");
	plan(m);
	findings(m, "WARN option-vfs /etc/modprobe.d/nic.conf:1\nWARN module-option "
		    "/etc/modprobe.d/nic.conf:2\nWARN program-missing " VFWARD_SBINDIR
		    "/vfward-hostprep\n");
	holds(m, "/etc/modprobe.d/nic.conf", "# vfward: options ixgbe max_vfs=10,10\noptions i40e");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		M(test_default),
		M(test_one_more),
		M(test_none),
		M(test_conf_mistake),
		M(test_autoprobe),
		M(test_rc_local),
		M(test_rc_local_new),
		M(test_others),
		M(test_program_missing),
	};

	if (access("/sbin/depmod", X_OK) != 0) {
		puts("SKIPPED: depmod is not installed");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
