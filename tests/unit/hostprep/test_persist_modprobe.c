/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_persist_modprobe: options of drivers, in the syntax of every installed kernel; those of others that stand in the way. */
#include "persist_host.h"

/* The old recipe on a current kernel. */
static void test_old_recipe(void **state)
{
	struct machine *m = *state;

	systemd(m);
	KERNEL(NEW, "kernel/ixgbe.ko", NUMBER);
	two_ports(m, "ixgbe", 10, 10);
	tree_file(&m->tree, "/etc/modprobe.d/ixgbe.conf",
		"# NIC\noptions ixgbe max_vfs=10,10\nblacklist ixgbevf\n");
	tree_file(&m->tree, "/boot/initrd.img-" NEW, "");
	tree_file(&m->tree, "/usr/sbin/update-initramfs", "");
	plan(m);
	findings(m, "WARN module-option /etc/modprobe.d/ixgbe.conf:2\n");
	assert_non_null(strstr(m->findings.v[0].message, "lose the network"));
	steps(m, "/etc/modprobe.d/ixgbe.conf\n/usr/sbin/update-initramfs -u -k " NEW
		 " -> /boot/initrd.img-" NEW "\n" VFS_CONF "\n" UNIT "\n" RULES "\n" VERIFY);
	holds(m, "/etc/modprobe.d/ixgbe.conf",
		"# NIC\n# vfward: options ixgbe max_vfs=10,10\nblacklist ixgbevf\n");
	assert_false(step(m, "/etc/modprobe.d/ixgbe.conf")->is_ours);
	again(m);
}

/* It does no harm, but decides on VFs: it goes, and that is said. */
static void test_harmless_option(void **state)
{
	struct machine *m = *state;

	systemd(m);
	KERNEL(NEW, "kernel/ixgbe.ko", NUMBER);
	two_ports(m, "ixgbe", 10, 10);
	tree_file(&m->tree, "/lib/modprobe.d/x.conf",
		"options ixgbe max_vfs=4 # note\noptions igb max_vfs=1,2\n");
	tree_file(&m->tree, "/proc/cmdline", "ixgbe.max_vfs=3,3 ixgbe.allow_unsupported_sfp=bad\n");
	plan(m);
	findings(m, "FAIL module-option /proc/cmdline\nWARN option-vfs "
		    "/lib/modprobe.d/x.conf:1\nFAIL module-option /proc/cmdline\n");
	holds(m, "/lib/modprobe.d/x.conf", "options ixgbe # note\noptions igb max_vfs=1,2\n");
}

static void test_scalar(void **state)
{
	struct machine *m = *state;

	KERNEL(EL66, "kernel/ixgbe.ko", OLD);
	two_ports(m, "ixgbe", 10, 10);
	tree_file(&m->tree, "/boot/initramfs-" EL66 ".img", "");
	tree_file(&m->tree, "/sbin/dracut", "");
	plan(m);
	findings(m, "");
	steps(m, OWN "\n/sbin/dracut -f /boot/initramfs-" EL66 ".img " EL66
		     " -> /boot/initramfs-" EL66 ".img\n");
	holds(m, OWN, "\noptions ixgbe max_vfs=10\n");
	again(m);
	/* not a number for each */
	m->pfs[1].count = 4;
	plan(m);
	findings(m, "FAIL option-syntax ixgbe\n");
	steps(m, "");
	/* nor for one alone */
	m->request.n_pfs = 1;
	plan(m);
	findings(m, "FAIL option-syntax ixgbe\n");
	assert_non_null(strstr(m->findings.v[0].message, PF1));
}

static void test_list(void **state)
{
	struct machine *m = *state;

	KERNEL(EL66, "extra/ixgbe.ko", LIST);
	two_ports(m, "ixgbe", 10, 4);
	port(m, "0000:00:19.0", "ixgbe"); /* the first that the driver finds, not asked for */
	port(m, "0000:02:00.0", "igb");
	plan(m);
	findings(m, "");
	holds(m, OWN, "\noptions ixgbe max_vfs=0,10,4\n");
	again(m);
	/* one port later: the others keep theirs */
	m->request.pfs = &m->pfs[1];
	m->request.n_pfs = 1;
	m->pfs[1].count = 5;
	plan(m);
	holds(m, OWN, "\noptions ixgbe max_vfs=0,10,5\n");
	m->request.pfs = m->pfs;
}

/* A list for one kernel's driver, a number for the other's: neither will do. */
static void test_kernels_disagree(void **state)
{
	struct machine *m = *state;

	KERNEL(EL66, "extra/ixgbe.ko", LIST);
	KERNEL("2.6.32-431.el6.x86_64", "kernel/ixgbe.ko", OLD);
	two_ports(m, "ixgbe", 10, 10);
	plan(m);
	findings(m, "FAIL option-syntax ixgbe\n");
	steps(m, "");
	/* with one port both understand a number */
	m->request.n_pfs = 1;
	tree_link(&m->tree, DEVICES PF1 "/driver", "../../../../bus/pci/drivers/igb");
	plan(m);
	findings(m, "");
	holds(m, OWN, "\noptions ixgbe max_vfs=10\n");
}

/* Somebody else's line says it already. */
static void test_list_said(void **state)
{
	struct machine *m = *state;

	KERNEL(EL66, "extra/ixgbe.ko", LIST);
	two_ports(m, "ixgbe", 10, 10);
	tree_file(&m->tree, "/etc/modprobe.d/ixgbe.conf", "options ixgbe max_vfs=10,10\n");
	plan(m);
	findings(m, "");
	steps(m, "");
	m->pfs[1].count = 4;
	plan(m);
	findings(m, "WARN option-vfs /etc/modprobe.d/ixgbe.conf:1\n");
	holds(m, "/etc/modprobe.d/ixgbe.conf", "# vfward: options");
	holds(m, OWN, "\noptions ixgbe max_vfs=10,4\n");
}

static void test_mlx4(void **state)
{
	struct machine *m = *state;

	systemd(m);
	KERNEL(NEW, "kernel/mlx4_core.ko", MLX4);
	two_ports(m, "mlx4_core", 8, 8);
	plan(m);
	findings(m, "");
	steps(m, OWN "\n" VERIFY);
	holds(m, OWN, "\noptions mlx4_core num_vfs=8\n");
	m->request.method = VW_METHOD_SYSFS;
	plan(m);
	findings(m, "FAIL method-impossible eth0\nFAIL method-impossible eth1\n");
}

static void test_methods(void **state)
{
	struct machine *m = *state;

	systemd(m);
	KERNEL(NEW, "kernel/ixgbe.ko", NUMBER);
	two_ports(m, "ixgbe", 8, 8);
	m->request.method = VW_METHOD_MODPROBE;
	plan(m);
	findings(m, "");
	holds(m, OWN, "\noptions ixgbe max_vfs=8\n");
	tree_file(&m->tree, "/proc/cmdline", "quiet net.ifnames=0\n");
	plan(m);
	findings(m, "WARN vfs-take-names eth0\n");
	carry_out(m);
	/* back again: the option goes, for it would fight with sriov_numvfs */
	m->request.method = VW_METHOD_AUTO;
	plan(m);
	holds_not(m, OWN, "max_vfs");
	holds(m, VFS_CONF, "vfs = 8");
	snprintf(m->pfs[0].driver, sizeof(m->pfs[0].driver), "i40e");
	snprintf(m->pfs[1].driver, sizeof(m->pfs[1].driver), "i40e");
	m->request.method = VW_METHOD_MODPROBE;
	plan(m);
	findings(m, "FAIL method-impossible eth0\nFAIL method-impossible eth1\n");
}

static void test_no_sysfs_kernels(void **state)
{
	struct machine *m = *state;

	KERNEL(EL66, "kernel/be2net.ko", "parmtype=num_vfs:uint");
	port(m, PF0, "i40e");
	ask(m, PF0, "eth0", "i40e", 8);
	plan(m);
	findings(m, "FAIL method-impossible eth0\n");
	m->request.method = VW_METHOD_SYSFS;
	plan(m);
	findings(m, "FAIL method-impossible eth0\n");
}

static void test_unsupported_sfp(void **state)
{
	struct machine *m = *state;

	systemd(m);
	KERNEL(NEW, "updates/ixgbe.ko", LIST);
	two_ports(m, "ixgbe", 8, 8);
	m->request.allow_unsupported_sfp = true;
	plan(m);
	holds(m, OWN, "\noptions ixgbe allow_unsupported_sfp=1,1\n");
	KERNEL("6.12.1", "kernel/ixgbe.ko", NUMBER);
	plan(m);
	holds(m, OWN, "\noptions ixgbe allow_unsupported_sfp=1\n");
	findings(m, "WARN option-syntax ixgbe\n");
	snprintf(m->pfs[1].driver, sizeof(m->pfs[1].driver), "i40e");
	plan(m);
	findings(m, "WARN sfp-not-ixgbe eth1\nWARN option-syntax ixgbe\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		M(test_old_recipe),
		M(test_harmless_option),
		M(test_scalar),
		M(test_list),
		M(test_kernels_disagree),
		M(test_list_said),
		M(test_mlx4),
		M(test_methods),
		M(test_no_sysfs_kernels),
		M(test_unsupported_sfp),
	};

	if (access("/sbin/depmod", X_OK) != 0) {
		puts("SKIPPED: depmod is not installed");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
