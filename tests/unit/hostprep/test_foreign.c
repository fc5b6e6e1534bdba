/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_foreign: whoever else makes VFs of this PF is found, with file, line and number; who does so for another PF is not. */
#include "tree.h"

#include "bytes.h"
#include "cleanup.h"
#include "foreign.h"

#include <string.h>

#define NM "/etc/NetworkManager/system-connections/"

static const struct vw_pf_request eth0 = {
	.given = "eth0",
	.pf = { 0, 1, 0, 0 },
	.netdev = "eth0",
	.mac = { { 0x52, 0x54, 0, 0xaa, 0, 0 } },
	.driver = "igb",
};

/* One file, and who is found: "owner file:line vfs" each on a line. */
static void found(const char *path, const char *text, const char *want)
{
	vw_auto(vw_foreigns_free) struct vw_foreigns list = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes is = { 0 };
	struct tree tree;

	tree_new(&tree);
	tree_file(&tree, path, text);
	assert_int_equal(vw_foreign_find(&tree.host, &eth0, &list, NULL), 0);
	for (size_t i = 0; i < list.n; i++) {
		vw_bytes_addf(&is, "%s %s:%u %ld\n", list.v[i].owner, list.v[i].file,
			list.v[i].line, list.v[i].vfs);
		assert_true(list.v[i].text[0] && list.v[i].remedy[0]);
	}
	if (strcmp(is.data ? is.data : "", want) != 0)
		fail_msg("%s:\n%s\nfound:\n%s", path, text, is.data ? is.data : "nobody");
	tree_free(&tree);
}

static void test_network_manager(void **state)
{
	(void)state;
	found(NM "x.nmconnection", "[connection]\ninterface-name=eth0\n\n[sriov]\ntotal-vfs=4\n",
		"NetworkManager " NM "x.nmconnection:5 4\n");
	found(NM "x.nmconnection", "[connection]\ninterface-name=eth1\n[sriov]\ntotal-vfs=4\n", "");
	found(NM "x", "[ethernet]\nmac-address=52:54:00:AA:00:00\n[sriov]\ntotal-vfs=4\n",
		"NetworkManager " NM "x:4 4\n");
	found(NM "x", "[sriov]\ntotal-vfs=4\n[ethernet]\nmac-address=52:54:00:AA:00:01\n", "");
	found(NM "x", "[match]\npath=pci-0000:01:00.*;\n[sriov]\ntotal-vfs = 4\n",
		"NetworkManager " NM "x:4 4\n");
	found(NM "x", "[match]\ninterface-name=!eth0;\n[sriov]\ntotal-vfs=4\n", "");
	found(NM "x", "[match]\ninterface-name=!eth1;\n[sriov]\ntotal-vfs=4\n",
		"NetworkManager " NM "x:4 4\n");
	found(NM "x", "[connection]\ninterface-name=eth0\n", "");
	found(NM "x", "[connection]\ninterface-name=eth0\ntotal-vfs=4\n", "");
	found(NM "x", "#[sriov]\n#total-vfs=4\n", "");
	found("/etc/sysconfig/network-scripts/ifcfg-eth0", "DEVICE=\"eth0\"\nSRIOV_TOTAL_VFS=2\n",
		"NetworkManager /etc/sysconfig/network-scripts/ifcfg-eth0:2 2\n");
	found("/etc/sysconfig/network-scripts/ifcfg-eth1", "DEVICE=eth1\nSRIOV_TOTAL_VFS=2\n", "");
}

static void test_netplan(void **state)
{
	static const char path[] = "/etc/netplan/01.yaml";

	(void)state;
	found(path,
		"network:\n  ethernets:\n    eth1:\n      virtual-function-count: 3\n    eth0:\n   "
		"   dhcp4: yes\n      virtual-function-count: 8 # all\n  vlans:\n    eth0:\n      "
		"virtual-function-count: 1\n",
		"netplan /etc/netplan/01.yaml:7 8\n");
	found(path,
		"network:\n  ethernets:\n    pf:\n      match:\n        macaddress: "
		"\"52:54:00:aa:00:00\"\n      virtual-function-count: 8\n",
		"netplan /etc/netplan/01.yaml:6 8\n");
	found(path,
		"network:\n  ethernets:\n    eth0:\n      match:\n        macaddress: "
		"52:54:00:aa:00:01\n      virtual-function-count: 8\n",
		"");
	found(path,
		"network:\n  ethernets:\n    pf:\n      match: \n        name: ens*\n      "
		"set-name: eth0\n      virtual-function-count: 8\n",
		"netplan /etc/netplan/01.yaml:7 8\n");
	/* a MAC to be set is no match */
	found(path,
		"network:\n  ethernets:\n    eth0:\n      macaddress: 52:54:00:aa:00:01\n      "
		"virtual-function-count: 8\n",
		"netplan /etc/netplan/01.yaml:5 8\n");
	found(path, "network:\n  ethernets:\n    eth0:\n      dhcp4: true\n", "");
	found("/etc/netplan/01.yaml.bak",
		"network:\n  ethernets:\n    eth0:\n      virtual-function-count: 8\n", "");
}

static void test_link_file(void **state)
{
	static const char path[] = "/etc/systemd/network/10.link";

	(void)state;
	found(path, "[Match]\nOriginalName=eth0\n[Link]\nSR-IOVVirtualFunctions=4\n",
		"systemd-udevd /etc/systemd/network/10.link:4 4\n");
	found(path, "[Match]\nOriginalName=en* eth*\n[SR-IOV]\nVirtualFunction=3\n",
		"systemd-udevd /etc/systemd/network/10.link:4 -1\n");
	found(path, "[Match]\nPath=pci-0000:01:00.1\n[Link]\nSR-IOVVirtualFunctions=4\n", "");
	found(path, "[Match]\nPath=pci-0000:01:00.0\n[Link]\nSR-IOVVirtualFunctions=4\n",
		"systemd-udevd /etc/systemd/network/10.link:4 4\n");
	found(path, "[Match]\nDriver=ixgbe\n[Link]\nSR-IOVVirtualFunctions=4\n", "");
	found(path,
		"[Match]\nPermanentMACAddress=52:54:00:aa:00:00\n[Link]\nSR-IOVVirtualFunctions="
		"4\n",
		"systemd-udevd /etc/systemd/network/10.link:4 4\n");
	found(path, "[Match]\nOriginalName=eth0\n[Link]\nName=lan\n", "");
}

static void test_owners_by_address(void **state)
{
	(void)state;
	found("/etc/driverctl.d/pci-0000:01:00.0", "vfio-pci\n",
		"driverctl /etc/driverctl.d/pci-0000:01:00.0:1 -1\n");
	found("/etc/driverctl.d/pci-0000:01:00.0", "igb\n", "");
	found("/etc/driverctl.d/pci-0000:01:00.1", "vfio-pci\n", "");
	found("/etc/sriov-operator/pci/0000:01:00.0", "{\"name\":\"eth0\",\"numVfs\": 6}\n",
		"the SR-IOV network operator /etc/sriov-operator/pci/0000:01:00.0:0 6\n");
}

static void test_lines(void **state)
{
	(void)state;
	found("/etc/udev/rules.d/50-x.rules",
		"# sriov_numvfs of eth0\nACTION==\"add\", KERNELS==\"0000:01:00.0\", "
		"ATTR{device/sriov_numvfs}=\"10\"\n",
		"a udev rule /etc/udev/rules.d/50-x.rules:2 10\n");
	found("/etc/udev/rules.d/50-x.rules",
		"KERNELS==\"0000:01:00.1\", ATTR{device/sriov_numvfs}=\"10\"\n", "");
	found("/etc/udev/rules.d/50-x.rules",
		"ENV{ID_NET_DRIVER}==\"igb\", ATTR{device/sriov_numvfs}=\"10\"\n",
		"a udev rule /etc/udev/rules.d/50-x.rules:1 10\n");
	found("/etc/rc.local", "echo 7 > /sys/class/net/eth0/device/sriov_numvfs\n",
		"rc.local /etc/rc.local:1 7\n");
	found("/etc/rc.local",
		"echo 7 > /sys/class/net/eth01/device/sriov_numvfs\necho 7 > "
		"/sys/class/net/veth0/device/sriov_numvfs\n",
		"");
	found("/etc/rc.local", "echo 7 > /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs # vfward\n",
		"");
	found("/etc/tmpfiles.d/x.conf", "w /sys/class/net/eth0/device/sriov_numvfs - - - - 8\n",
		"tmpfiles /etc/tmpfiles.d/x.conf:1 8\n");
	found("/etc/sysfs.conf", "class/net/eth0/device/sriov_numvfs = 5\n",
		"sysfsutils /etc/sysfs.conf:1 5\n");
	found("/etc/systemd/system/x.service",
		"ExecStart=/bin/sh -c 'cat n >/sys/class/net/eth0/device/sriov_numvfs'\n",
		"a systemd unit /etc/systemd/system/x.service:1 -1\n");
	found("/etc/network/interfaces", " pre-up echo 2 > /sys/class/net/eth0/device/sriov_numvfs",
		"ifupdown /etc/network/interfaces:1 2\n");
	/* the kernel sees no rule that hides behind the name of another */
	found("/lib/udev/rules.d/50-x.rules.disabled",
		"KERNELS==\"0000:01:00.0\", ATTR{device/sriov_numvfs}=\"10\"\n", "");
}

static void test_tuned(void **state)
{
	vw_auto(vw_foreigns_free) struct vw_foreigns list = { 0 };
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_file(&tree, "/etc/tuned/vm/tuned.conf",
		"[sysfs]\n/sys/class/net/eth0/device/sriov_numvfs=3\n");
	assert_int_equal(vw_foreign_find(&tree.host, &eth0, &list, NULL), 0);
	assert_int_equal(list.n, 0); /* it is not the active one */
	tree_file(&tree, "/etc/tuned/active_profile", "base vm\n");
	assert_int_equal(vw_foreign_find(&tree.host, &eth0, &list, NULL), 0);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.v[0].owner, "tuned");
	assert_int_equal(list.v[0].vfs, 3);
	tree_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_network_manager),
		cmocka_unit_test(test_netplan),
		cmocka_unit_test(test_link_file),
		cmocka_unit_test(test_owners_by_address),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_tuned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
