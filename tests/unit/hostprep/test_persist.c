/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_persist: which way is chosen, and what is written, on hosts of all ages. */
#include "koblob.h"

#include "bytes.h"
#include "cleanup.h"
#include "plan.h"

#include <string.h>
#include <unistd.h>

#define DEVICES "/sys/bus/pci/devices/"
#define PF0     "0000:01:00.0"
#define PF1     "0000:01:00.1"

#define NEW  "6.1.0-28-amd64"
#define EL66 "2.6.32-504.el6.x86_64"
#define EL69 "2.6.32-696.el6.x86_64"

#define NUMBER "intree=Y\0parmtype=max_vfs:uint\0parmtype=allow_unsupported_sfp:bool"
#define OLD    "parmtype=max_vfs:uint\0parmtype=allow_unsupported_sfp:uint"
#define LIST                                                                                       \
	"version=4.3.15\0parmtype=max_vfs:array of int\0parmtype=allow_unsupported_sfp:array of "  \
	"int"
#define MLX4 "intree=Y\0parmtype=num_vfs:array of byte\0parmtype=probe_vf:array of byte"

struct machine {
	struct tree tree;
	struct vw_pf_request pfs[4];
	struct vw_request request;
	struct vw_plan plan;
	struct vw_findings findings;
};

static int setup(void **state)
{
	struct machine *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	tree_new(&m->tree);
	m->request.pfs = m->pfs;
	*state = m;
	return 0;
}

static void forget(struct machine *m)
{
	vw_plan_free(&m->plan);
	vw_findings_free(&m->findings);
}

static int teardown(void **state)
{
	struct machine *m = *state;

	forget(m);
	tree_free(&m->tree);
	free(m);
	return 0;
}

static void kernel(
	struct machine *m, const char *release, const char *file, const char *info, size_t len)
{
	char path[256];

	snprintf(path, sizeof(path), "/lib/modules/%s/%s", release, file);
	ko_file(&m->tree, path, info, len);
	snprintf(path, sizeof(path), "/lib/modules/%s/kernel", release);
	tree_dir(&m->tree, path);
	ko_depmod(&m->tree, release);
}

#define KERNEL(release, file, info) kernel(m, release, file, info, sizeof(info))

static void systemd(struct machine *m)
{
	tree_file(&m->tree, "/usr/lib/systemd/systemd", "");
	tree_file(&m->tree, VFWARD_SBINDIR "/vfward-hostprep", "");
}

static void port(struct machine *m, const char *address, const char *driver)
{
	char path[128];

	tree_pf(&m->tree, address, driver, NULL, 0, "");
	snprintf(path, sizeof(path), DEVICES "%s/sriov_totalvfs", address);
	tree_file(&m->tree, path, "63\n");
}

static void ask(struct machine *m, const char *address, const char *netdev, const char *driver,
	unsigned int count)
{
	struct vw_pf_request *pf = &m->pfs[m->request.n_pfs++];

	*pf = (struct vw_pf_request){ .given = (char *)netdev, .count = count };
	assert_int_equal(vw_pci_parse(address, &pf->pf, NULL), 0);
	snprintf(pf->netdev, sizeof(pf->netdev), "%s", netdev);
	snprintf(pf->driver, sizeof(pf->driver), "%s", driver);
	pf->mac = (struct vw_mac){ { 0x52, 0x54, 0, 0xaa, 0, pf->pf.function } };
}

static void two_ports(
	struct machine *m, const char *driver, unsigned int first, unsigned int second)
{
	port(m, PF0, driver);
	port(m, PF1, driver);
	ask(m, PF0, "eth0", driver, first);
	ask(m, PF1, "eth1", driver, second);
}

static void plan(struct machine *m)
{
	struct vw_error err = { "" };

	forget(m);
	if (vw_plan_vfs(&m->tree.host, &m->request, &m->plan, &m->findings, &err) < 0)
		fail_msg("%s", err.msg);
}

/* All steps: the paths of files, and commands. */
static void steps(struct machine *m, const char *want)
{
	vw_auto(vw_bytes_free) struct vw_bytes is = { 0 };

	for (size_t i = 0; i < m->plan.n; i++) {
		const struct vw_step *step = &m->plan.steps[i];

		for (char **arg = step->argv; arg && *arg; arg++)
			vw_bytes_addf(&is, "%s ", *arg);
		vw_bytes_addf(&is, "%s%s\n", step->argv ? "-> " : "", step->path ? step->path : "");
	}
	assert_string_equal(is.data ? is.data : "", want);
}

/* "FAIL id subject\n" of each. */
static void findings(struct machine *m, const char *want)
{
	vw_auto(vw_bytes_free) struct vw_bytes is = { 0 };

	for (size_t i = 0; i < m->findings.n; i++)
		vw_bytes_addf(&is, "%s %s %s\n", vw_severity_name(m->findings.v[i].severity),
			m->findings.v[i].id, m->findings.v[i].subject);
	if (strcmp(is.data ? is.data : "", want) != 0)
		fail_msg("findings:\n%swanted:\n%s(the last: %s)", is.data ? is.data : "", want,
			m->findings.n ? m->findings.v[m->findings.n - 1].message : "none");
}

static const struct vw_step *step(struct machine *m, const char *path)
{
	for (size_t i = m->plan.n; i-- > 0;)
		if (m->plan.steps[i].path && strcmp(m->plan.steps[i].path, path) == 0)
			return &m->plan.steps[i];
	fail_msg("no step for %s", path);
	return NULL;
}

static void holds(struct machine *m, const char *path, const char *text)
{
	if (!strstr(step(m, path)->after.data, text))
		fail_msg("%s is:\n%s", path, step(m, path)->after.data);
}

static void holds_not(struct machine *m, const char *path, const char *text)
{
	if (strstr(step(m, path)->after.data, text))
		fail_msg("%s is:\n%s", path, step(m, path)->after.data);
}

/* The plan carried out, so that the next one must be empty. */
static void carry_out(struct machine *m)
{
	for (size_t i = 0; i < m->plan.n; i++)
		if (m->plan.steps[i].kind == VW_STEP_FILE)
			tree_bytes(&m->tree, m->plan.steps[i].path, m->plan.steps[i].after.data,
				m->plan.steps[i].after.len);
}

static void again(struct machine *m)
{
	carry_out(m);
	plan(m);
	steps(m, "");
	assert_false(m->plan.reboot);
}

#define VFS_CONF "/etc/vfward/vfs.conf"
#define UNIT     "/etc/systemd/system/vfward-vfs@.service"
#define RULES    "/etc/udev/rules.d/70-vfward-vfs.rules"
#define VERIFY                                                                                     \
	"/etc/systemd/system/vfward-hostprep-verify.service\n/etc/systemd/system/"                 \
	"multi-user.target.d/50-vfward.conf\n"
#define OWN "/etc/modprobe.d/vfward.conf"

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
	steps(m, "/etc/systemd/system/vfward-hostprep-verify.service\n/etc/systemd/system/"
		 "multi-user.target.d/50-vfward.conf\n");
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
	findings(m, "WARN options-lose-network /etc/modprobe.d/ixgbe.conf:2\n");
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
	findings(m, "FAIL options-lose-network /proc/cmdline\nWARN options-make-vfs "
		    "/lib/modprobe.d/x.conf:1\nFAIL options-lose-network /proc/cmdline\n");
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
	findings(m, "FAIL module-options ixgbe\n");
	steps(m, "");
	/* nor for one alone */
	m->request.n_pfs = 1;
	plan(m);
	findings(m, "FAIL module-options ixgbe\n");
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
	findings(m, "FAIL module-options ixgbe\n");
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
	findings(m, "WARN options-make-vfs /etc/modprobe.d/ixgbe.conf:1\n");
	holds(m, "/etc/modprobe.d/ixgbe.conf", "# vfward: options");
	holds(m, OWN, "\noptions ixgbe max_vfs=10,4\n");
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
	findings(m, "WARN module-options ixgbe\n");
	snprintf(m->pfs[1].driver, sizeof(m->pfs[1].driver), "i40e");
	plan(m);
	findings(m, "WARN sfp-not-ixgbe eth1\nWARN module-options ixgbe\n");
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
}

int main(void)
{
#define M(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		M(test_default),
		M(test_one_more),
		M(test_none),
		M(test_conf_mistake),
		M(test_autoprobe),
		M(test_old_recipe),
		M(test_harmless_option),
		M(test_scalar),
		M(test_list),
		M(test_kernels_disagree),
		M(test_list_said),
		M(test_rc_local),
		M(test_rc_local_new),
		M(test_mlx4),
		M(test_methods),
		M(test_no_sysfs_kernels),
		M(test_unsupported_sfp),
		M(test_others),
		M(test_program_missing),
	};

	if (access("/sbin/depmod", X_OK) != 0) {
		puts("SKIPPED: depmod is not installed");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
