/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_traps: each trap fires with file and line where a MAC is written down, and nowhere else. */
#include "tree.h"

#include "cleanup.h"
#include "linux.h"

#include <string.h>
#include <sys/stat.h>

static void look(struct tree *tree, struct vw_findings *findings)
{
	*findings = (struct vw_findings){ 0 };
	assert_int_equal(vw_linux_traps(&tree->host, findings), 0);
}

/* What is found where this is the only file: subject NULL = nothing. */
static void one(
	const char *path, const char *text, const char *id, const char *subject, const char *words)
{
	struct vw_findings findings;
	struct tree tree;

	tree_new(&tree);
	tree_file(&tree, path, text);
	look(&tree, &findings);
	if (findings.n != (subject ? 1 : 0))
		fail_msg("%s: %s: %zu findings, the first: %s", path, text, findings.n,
			findings.n ? findings.v[0].message : "none");
	if (subject) {
		const struct vw_finding *f = &findings.v[0];

		if (f->severity != VW_WARN || strcmp(f->id, id) != 0 ||
			strcmp(f->subject, subject) != 0 || !strstr(f->message, words) ||
			strncmp(f->message, subject, strlen(subject)) != 0 || !f->remedy)
			fail_msg("%s: %s %s: %s", text, f->id, f->subject, f->message);
	}
	vw_findings_free(&findings);
	tree_free(&tree);
}

#define UDEV "/etc/udev/rules.d/70-persistent-net.rules"
#define MAC  "3c:fd:fe:00:00:01"

static void test_udev(void **state)
{
	static const char id[] = "guest-mac-udev", words[] = "under another name";

	(void)state;
	one(UDEV,
		"# PCI device\nSUBSYSTEM==\"net\", ACTION==\"add\", DRIVERS==\"?*\", "
		"ATTR{address}==\"" MAC "\", ATTR{type}==\"1\", KERNEL==\"eth*\", NAME=\"eth0\"\n",
		id, UDEV ":2", words);
	one("/etc/udev/rules.d/30-net_persistent_names.rules",
		"SUBSYSTEM==\"net\", ACTION==\"add\", SYSFS{address}==\"" MAC
		"\", IMPORT=\"/lib/udev/rename_netiface %k eth0\"\n",
		id, "/etc/udev/rules.d/30-net_persistent_names.rules:1", words);
	one("/etc/udev/rules.d/10-ours.rules",
		"ATTRS{address} == \"3C:FD:FE:00:00:01\" , NAME:=\"lan\"\n", id,
		"/etc/udev/rules.d/10-ours.rules:1", words);
	/* a rule over several lines begins where it begins */
	one(UDEV, "\nSUBSYSTEM==\"net\", \\\n  ATTR{address}==\"" MAC "\", \\\n  NAME=\"eth0\"\n",
		id, UDEV ":2", words);
	one(UDEV, "", NULL, NULL, NULL);
	one(UDEV, "# SUBSYSTEM==\"net\", ATTR{address}==\"" MAC "\", NAME=\"eth0\"\n", NULL, NULL,
		NULL);
	one(UDEV, "SUBSYSTEM==\"net\", ATTR{address}==\"3c:fd:fe:*\", NAME=\"eth0\"\n", NULL, NULL,
		NULL);
	one(UDEV, "SUBSYSTEM==\"net\", ATTR{address}!=\"" MAC "\", NAME=\"eth0\"\n", NULL, NULL,
		NULL);
	one(UDEV, "SUBSYSTEM==\"net\", ATTR{address}==\"00:00:00:00:00:00\", NAME=\"x\"\n", NULL,
		NULL, NULL);
	one(UDEV, "SUBSYSTEM==\"net\", ATTR{address}==\"ff:ff:ff:ff:ff:ff\", NAME=\"x\"\n", NULL,
		NULL, NULL);
	one(UDEV, "SUBSYSTEM==\"bluetooth\", ATTR{address}==\"" MAC "\", MODE=\"0660\"\n", NULL,
		NULL, NULL);
	one(UDEV, "SUBSYSTEM==\"net\", KERNELS==\"0000:00:03.0\", NAME=\"eth0\"\n", NULL, NULL,
		NULL);
	one(UDEV ".rpmsave", "SUBSYSTEM==\"net\", ATTR{address}==\"" MAC "\", NAME=\"x\"\n", NULL,
		NULL, NULL);
	one("/lib/udev/rules.d/70-x.rules", "ATTR{address}==\"" MAC "\", NAME=\"x\"\n", NULL, NULL,
		NULL);
}

static void test_generator(void **state)
{
	static const char *const places[] = { "/lib/udev/rules.d/", "/usr/lib/udev/rules.d/",
		"/etc/udev/rules.d/" };
	char path[128];
	struct vw_findings findings;
	struct tree tree;

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(places); i++) {
		snprintf(path, sizeof(path), "%s75-persistent-net-generator.rules", places[i]);
		one(path, "ACTION==\"add\"\n", "guest-mac-generator", path, "eth1");
		one(path, "", NULL, NULL, NULL);
	}
	for (int way = 0; way < 6; way++) {
		static const char generator[] =
			"/lib/udev/rules.d/75-persistent-net-generator.rules";
		static const char over[] = "/etc/udev/rules.d/75-persistent-net-generator.rules";

		tree_new(&tree);
		tree_file(&tree, generator, "ACTION==\"add\"\n");
		if (way == 0)
			tree_dir(&tree, UDEV);
		else if (way == 1)
			tree_link(&tree, UDEV, "/dev/null");
		else if (way == 2)
			tree_link(&tree, over, "/dev/null");
		else if (way == 3)
			tree_file(&tree, over, "");
		else if (way == 4)
			tree_link(&tree, UDEV, "/etc/elsewhere");
		else
			tree_file(&tree, UDEV, "# to be filled\n");
		look(&tree, &findings);
		if (findings.n != (way < 4 ? 0 : 1))
			fail_msg("way %d: %zu findings", way, findings.n);
		vw_findings_free(&findings);
		tree_free(&tree);
	}
}

static void test_ifcfg(void **state)
{
	static const char id[] = "guest-mac-ifcfg", sets[] = "sets the MAC 3c:fd:fe:00:00:01";
	static const char eth0[] = "/etc/sysconfig/network-scripts/ifcfg-eth0";

	(void)state;
	one(eth0, "DEVICE=eth0\nHWADDR=" MAC "\nONBOOT=yes\n", id,
		"/etc/sysconfig/network-scripts/ifcfg-eth0:2", "for one MAC");
	one(eth0, "  HWADDR=\"3C:FD:FE:00:00:01\"\r\n", id,
		"/etc/sysconfig/network-scripts/ifcfg-eth0:1", "for one MAC");
	one(eth0, "MACADDR='" MAC "'\n", id, "/etc/sysconfig/network-scripts/ifcfg-eth0:1", sets);
	one("/etc/sysconfig/network/ifcfg-eth0", "LLADDR=" MAC "\n", id,
		"/etc/sysconfig/network/ifcfg-eth0:1", sets);
	one("/etc/sysconfig/network/ifcfg-eth-id-" MAC, "BOOTPROTO=dhcp\n", id,
		"/etc/sysconfig/network/ifcfg-eth-id-" MAC, "for one MAC");
	one(eth0, "#HWADDR=" MAC "\nDEVICE=eth0\n", NULL, NULL, NULL);
	one(eth0, "HWADDR=\n", NULL, NULL, NULL);
	one(eth0, "HWADDR=" MAC ":05\n", NULL, NULL, NULL);
	one(eth0, "OLD_HWADDR=" MAC "\n", NULL, NULL, NULL);
	one("/etc/sysconfig/network-scripts/ifcfg-eth0.bak", "HWADDR=" MAC "\n", NULL, NULL, NULL);
	one("/etc/sysconfig/network-scripts/route-eth0", "HWADDR=" MAC "\n", NULL, NULL, NULL);
	one("/etc/sysconfig/network", "HWADDR=" MAC "\n", NULL, NULL, NULL);
}

static void test_networkmanager(void **state)
{
	static const char id[] = "guest-mac-networkmanager";
	static const char wired[] = "/etc/NetworkManager/system-connections/Wired 1";

	(void)state;
	one(wired, "[ethernet]\nmac-address=3C:FD:FE:00:00:01\n", id,
		"/etc/NetworkManager/system-connections/Wired 1:2", "for one MAC");
	one(wired, "[ethernet]\ncloned-mac-address=" MAC "\n", id,
		"/etc/NetworkManager/system-connections/Wired 1:2", "sets the MAC");
	one(wired, "[ethernet]\nmac-address-blacklist=" MAC "\ncloned-mac-address=stable\n", NULL,
		NULL, NULL);
}

static void test_netplan(void **state)
{
	static const char id[] = "guest-mac-netplan", words[] = "found by one MAC";
	static const char file[] = "/etc/netplan/50-cloud-init.yaml";

	(void)state;
	one(file,
		"network:\n    ethernets:\n        eth0:\n            match:\n"
		"                macaddress: " MAC "\n            set-name: eth0\n",
		id, "/etc/netplan/50-cloud-init.yaml:5", words);
	one(file,
		"network:\n  ethernets:\n    a: {dhcp4: true}\n    b:\n      match: {driver: x, "
		"\"macaddress\": '" MAC "'}\n",
		id, "/etc/netplan/50-cloud-init.yaml:5", words);
	one(file, "a:\n  match:\n    name: e*\n\n  # none\n  macaddress: \"" MAC "\"\n", id,
		"/etc/netplan/50-cloud-init.yaml:6", "sets the MAC");
	one(file, "a:\n  match:\n    name: e* # macaddress: " MAC "\n#macaddress: " MAC "\n", NULL,
		NULL, NULL);
	one(file, "a:\n  x-macaddress: " MAC "\n  macaddresses: " MAC "\n", NULL, NULL, NULL);
	one("/etc/netplan/x.yaml.bak", "match: {macaddress: " MAC "}\n", NULL, NULL, NULL);
}

static void test_systemd(void **state)
{
	static const char id[] = "guest-mac-systemd";
	static const char link[] = "/etc/systemd/network/10-lan.link";
	static const char network[] = "/usr/lib/systemd/network/10-lan.network";
	struct vw_findings findings;
	struct tree tree;

	(void)state;
	one(link, "[Match]\nMACAddress=" MAC " 3c:fd:fe:00:00:02\n[Link]\nName=lan\n", id,
		"/etc/systemd/network/10-lan.link:2", "for one MAC");
	one(link, "[Match]\nPermanentMACAddress = 3c-fd-fe-00-00-01\n", id,
		"/etc/systemd/network/10-lan.link:2", "for one MAC");
	one(network, "[Match]\nMACAddress=" MAC "\n", id,
		"/usr/lib/systemd/network/10-lan.network:2", "for one MAC");
	one(network, "[Match]\nName=e*\n[Link]\nMACAddress=" MAC "\n", id,
		"/usr/lib/systemd/network/10-lan.network:4", "sets the MAC");
	one(network, "[DHCPServerStaticLease]\nMACAddress=" MAC "\n", NULL, NULL, NULL);
	one("/etc/systemd/network/10-br.netdev", "[Match]\nMACAddress=" MAC "\n", NULL, NULL, NULL);
	/* hidden by one of the same name */
	tree_new(&tree);
	tree_file(&tree, "/usr/lib/systemd/network/10-lan.link", "[Match]\nMACAddress=" MAC "\n");
	tree_file(&tree, link, "[Match]\nDriver=ixgbevf\n");
	look(&tree, &findings);
	assert_int_equal(findings.n, 0);
	tree_free(&tree);
}

static void test_interfaces(void **state)
{
	static const char id[] = "guest-mac-interfaces", words[] = "sets the MAC";

	(void)state;
	one("/etc/network/interfaces",
		"auto eth0\niface eth0 inet dhcp\n\thwaddress ether " MAC "\n", id,
		"/etc/network/interfaces:3", words);
	one("/etc/network/interfaces.d/50-cloud-init", "    hwaddress " MAC "\n", id,
		"/etc/network/interfaces.d/50-cloud-init:1", words);
	one("/etc/network/interfaces", "#hwaddress " MAC "\nhwaddress random\nhwaddressx " MAC "\n",
		NULL, NULL, NULL);
}

static void test_cloud_init(void **state)
{
	static const char id[] = "guest-mac-cloud-init";
	static const char json[] = "/var/lib/cloud/instance/network-config.json";
	static const char pickle[] = "\x80\x04\x95\0\0\0mac_address\x8c\x11" MAC "\x94";
	struct vw_findings findings;
	struct tree tree;

	(void)state;
	one(json, "{\"macaddress\":\"" MAC "\"}", id, json, "goes on with MAC " MAC);
	one(json, "{\"version\":2}", NULL, NULL, NULL);
	one(json, "3c:fd:fe:00:00", NULL, NULL, NULL);
	one(json, MAC, id, json, MAC);
	one(json, "a" MAC, NULL, NULL, NULL);
	one(json, "aa:" MAC, NULL, NULL, NULL);
	one(json, MAC ":aa", NULL, NULL, NULL);
	one("/var/lib/cloud/instances/i-1/network-config.json", MAC, NULL, NULL, NULL);
	/* the link to the instance, and what older releases have */
	tree_new(&tree);
	tree_bytes(&tree, "/var/lib/cloud/instances/i-1/obj.pkl", pickle, sizeof(pickle) - 1);
	tree_link(&tree, "/var/lib/cloud/instance", "/var/lib/cloud/instances/i-1");
	look(&tree, &findings);
	assert_int_equal(findings.n, 1);
	assert_string_equal(findings.v[0].subject, "/var/lib/cloud/instance/obj.pkl");
	vw_findings_free(&findings);
	tree_free(&tree);
}

/* A guest that writes a great deal gets a few lines, and one that hides something is told so. */
static void test_limits(void **state)
{
	enum { LINES = 20000 };
	static const char line[] = "ATTR{address}==\"" MAC "\",NAME=\"eth0\"\n";
	struct vw_findings findings;
	struct tree tree;
	char *text = malloc(LINES * sizeof(line)), path[64], *at = text;

	(void)state;
	assert_non_null(text);
	tree_new(&tree);
	for (int i = 0; i < 40; i++)
		at = stpcpy(at, line);
	tree_file(&tree, UDEV, text);
	look(&tree, &findings);
	assert_int_equal(findings.n, 16);
	vw_findings_free(&findings);

	for (int i = 40; i < LINES; i++)
		at = stpcpy(at, line);
	tree_file(&tree, UDEV, text);
	look(&tree, &findings);
	assert_int_equal(findings.n, 1);
	assert_int_equal(findings.v[0].severity, VW_SKIP);
	assert_string_equal(findings.v[0].id, "guest-mac-unread");
	assert_string_equal(findings.v[0].subject, UDEV);
	vw_findings_free(&findings);
	tree_free(&tree);

	tree_new(&tree);
	for (int i = 0; i < 300; i++) {
		snprintf(path, sizeof(path), "/etc/netplan/%03d.yaml", i);
		tree_file(&tree, path, i == 299 ? "match: {macaddress: " MAC "}\n" : "");
	}
	look(&tree, &findings);
	assert_int_equal(findings.n, 1);
	assert_non_null(strstr(findings.v[0].message, "too many"));
	vw_findings_free(&findings);
	tree_free(&tree);

	/* a line that is too long, a NUL, a directory, a FIFO: no MAC, and no harm */
	tree_new(&tree);
	memset(text, 'x', 5000);
	strcpy(text + 5000, line);
	tree_file(&tree, UDEV, text);
	tree_bytes(
		&tree, "/etc/udev/rules.d/a.rules", "NAME=\"\0\",ATTR{address}==\"" MAC "\"\n", 42);
	tree_dir(&tree, "/etc/udev/rules.d/b.rules");
	snprintf(path, sizeof(path), "%s/etc/udev/rules.d/c.rules", tree.root);
	assert_int_equal(mkfifo(path, 0600), 0);
	look(&tree, &findings);
	assert_int_equal(findings.n, 0);
	tree_free(&tree);
	free(text);
}

/* No file can be read: nobody may think that there is no MAC in them. */
static void test_unread(void **state)
{
	struct vw_findings findings;
	unsigned long limit;
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_file(&tree, UDEV, "");
	limit = tree_descriptors(0);
	look(&tree, &findings);
	tree_descriptors(limit);
	assert_int_equal(findings.n, 7);
	for (size_t i = 0; i < findings.n; i++) {
		assert_int_equal(findings.v[i].severity, VW_SKIP);
		assert_string_equal(findings.v[i].id, "guest-mac-unread");
	}
	vw_findings_free(&findings);
	tree_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_udev),
		cmocka_unit_test(test_generator),
		cmocka_unit_test(test_ifcfg),
		cmocka_unit_test(test_networkmanager),
		cmocka_unit_test(test_netplan),
		cmocka_unit_test(test_systemd),
		cmocka_unit_test(test_interfaces),
		cmocka_unit_test(test_cloud_init),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_unread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
