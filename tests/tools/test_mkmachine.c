/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_mkmachine: what mkmachine builds is what lib reads. */
#include "tree.h"

#include "cleanup.h"
#include "netdev_use.h"
#include "reset.h"
#include "rtnl.h"
#include "sysfs.h"

#include <stdio.h>
#include <sys/wait.h>

/* Runs mkmachine on a spec, into DIR/made of the tree, and opens what it made. */
static int make(struct tree *tree, const char *spec, struct vw_host *host)
{
	char command[512], dir[128];
	FILE *in;
	int rc;

	snprintf(dir, sizeof(dir), "%s/made", tree->root);
	snprintf(command, sizeof(command), "'%s' '%s' 2>'%s/messages'", MKMACHINE, dir, tree->root);
	in = popen(command, "we");
	assert_non_null(in);
	fputs(spec, in);
	rc = pclose(in);
	assert_true(WIFEXITED(rc));
	if (WEXITSTATUS(rc) == 0)
		assert_int_equal(vw_host_open(host, dir, NULL), 0);
	return WEXITSTATUS(rc);
}

static struct vw_pci pci(const char *text)
{
	struct vw_pci p = { 0 };

	assert_int_equal(vw_pci_parse(text, &p, NULL), 0);
	return p;
}

static const char spec[] =
	"# an igb and what stands around it\n"
	"\n"
	"pf 0000:01:00.0 eth0 igb up mac=00:1b:21:00:00:01 numa=1 vfs=7 offset=384 stride=2\n"
	"vf 0000:02:10.0 mac=52:54:00:00:00:01 vlan=5 qos=2 trust=on spoofchk=off rate=100 "
	"driver=vfio-pci\n"
	"vf 0000:02:10.2 netdev=eth5\n"
	"vf 0000:02:10.4 netns=other\n"
	"vf 0000:02:10.6 driver=none hole=yes\n"
	"vf 0000:02:11.0 link=disable rss=on trust=unknown\n"
	"netdev br0 kind=bridge mac=06:00:00:00:00:aa\n"
	"netdev tap0 kind=tun down\n"
	"addr eth5 192.0.2.1/24 permanent\n"
	"addr br0 2001:db8::1/64 dynamic\n"
	"route default dev eth5\n"
	"master eth5 br0\n"
	"pci 0000:00:1f.0 class=0x010802 driver=nvme group=2\n"
	"process 4242 comm=qemu-system-x86 guest=foo vfio=0000:02:10.0 vfio=77\n"
	"fault eth0/1 mac EAGAIN 2\n";

static void test_sysfs(void **state)
{
	struct vw_pci pf = pci("0000:01:00.0"), vf = pci("0000:02:10.0"), p;
	struct vw_names names;
	struct vw_host host;
	struct tree tree;
	char text[256];
	long n;

	(void)state;
	tree_new(&tree);
	assert_int_equal(make(&tree, spec, &host), 0);
	assert_int_equal(vw_sysfs_pci_all(&host, &names), 0);
	assert_int_equal(names.n, 9);
	vw_names_free(&names);
	assert_true(vw_sysfs_pci_is_network(&host, &pf) && vw_sysfs_pci_is_network(&host, &vf));
	assert_int_equal(vw_sysfs_pci_function(&host, &vf, "physfn", &p), 0);
	assert_true(vw_pci_equal(&p, &pf));
	assert_int_equal(vw_sysfs_pci_function(&host, &pf, "virtfn0", &p), 0);
	assert_true(vw_pci_equal(&p, &vf));
	assert_int_equal(vw_sysfs_pci_function(&host, &pf, "virtfn7", &p), -ENOENT);
	assert_int_equal(vw_sysfs_pci_number(&host, &pf, "sriov_totalvfs", &n), 0);
	assert_int_equal(n, 7);
	assert_int_equal(vw_sysfs_pci_number(&host, &vf, "numa_node", &n), 0);
	assert_int_equal(n, 1);
	assert_true(vw_sysfs_pci_link(&host, &vf, "driver", text, sizeof(text)) > 0);
	assert_string_equal(text, "vfio-pci");
	assert_int_equal(vw_sysfs_pci_netdevs(&host, &vf, &names), -ENOENT);
	vf = pci("0000:02:10.4"); /* elsewhere: an empty directory */
	assert_int_equal(vw_sysfs_pci_netdevs(&host, &vf, &names), 0);
	assert_int_equal(names.n, 0);
	vw_names_free(&names);
	vf = pci("0000:02:10.6");
	assert_int_equal(vw_sysfs_pci_link(&host, &vf, "driver", text, sizeof(text)), -ENOENT);
	assert_int_equal(vw_sysfs_netdev_pci(&host, "eth5", &p), 0);
	vf = pci("0000:02:10.2");
	assert_true(vw_pci_equal(&p, &vf));
	assert_true(vw_sysfs_netdev_upper(&host, "eth5", text, sizeof(text)) > 0);
	assert_string_equal(text, "br0");
	assert_true(vw_sysfs_netdev_is_tap(&host, "tap0") && !vw_sysfs_netdev_is_tap(&host, "br0"));
	/* Group 2 was asked for, so that nobody else got it. */
	assert_int_equal(vw_sysfs_iommu_members(&host, 2, &names), 0);
	assert_int_equal(names.n, 1);
	assert_string_equal(names.v[0], "0000:00:1f.0");
	vw_names_free(&names);
	assert_true(vw_sysfs_iommu_groups(&host) == 9);
	vf = pci("0000:02:10.0");
	assert_true(vw_sysfs_pci_link(&host, &vf, "iommu_group", text, 64) > 0);
	snprintf(text + 64, 64, "/dev/vfio/%.32s", text);
	assert_true(vw_host_readlinkf(&host, text + 128, 64, "/proc/4242/fd/20") > 0);
	assert_string_equal(text + 64, text + 128);
	assert_true(vw_host_existsf(&host, "/dev/vfio/77"));
	vw_host_close(&host);
	tree_free(&tree);
}

static void test_links(void **state)
{
	struct vw_pci vf = pci("0000:02:10.0");
	struct vw_vf_place place;
	struct vw_vf_attr attr;
	struct vw_netdev_use use;
	struct vw_links links;
	struct vw_link *link;
	struct vw_host host;
	struct tree tree;

	(void)state;
	tree_new(&tree);
	assert_int_equal(make(&tree, spec, &host), 0);
	assert_int_equal(vw_links_get(&host, &links, NULL), 0);
	/* lo, eth0, eth5, eth0v4 to eth0v6, br0, tap0 */
	assert_int_equal(links.n, 8);
	link = vw_links_by_name(&links, "eth0");
	assert_int_equal(link->num_vf, 7);
	assert_int_equal(link->n_vfs, 6);
	assert_true(link->vfs_broken);
	assert_null(vw_link_vf(link, 3));
	assert_int_equal(vw_link_vf(link, 4)->link_state, 2);
	assert_int_equal(vw_link_vf(link, 4)->rss_query, 1);
	assert_int_equal(vw_link_vf(link, 4)->trust, VW_UNKNOWN);
	link = vw_links_by_name(&links, "eth5");
	assert_int_equal(link->master, vw_links_by_name(&links, "br0")->ifindex);
	assert_int_equal(link->num_vf, 0);
	assert_false(vw_links_by_name(&links, "tap0")->flags & IFF_UP);
	assert_string_equal(vw_links_by_name(&links, "br0")->kind, "bridge");
	assert_int_equal(vw_netdev_use_get(&host, link->ifindex, &use, NULL), 0);
	assert_string_equal(use.permanent, "192.0.2.1/24");
	assert_true(use.default_route);
	link = vw_links_by_name(&links, "br0");
	assert_int_equal(vw_netdev_use_get(&host, link->ifindex, &use, NULL), 0);
	assert_string_equal(use.dynamic, "2001:db8::1/64");
	assert_false(use.default_route);
	vw_links_free(&links);

	assert_int_equal(vw_reset_read(&host, &vf, &place, &attr, NULL), 0);
	assert_string_equal(place.netdev, "eth0");
	assert_int_equal(attr.vlan, 5);
	assert_int_equal(attr.qos, 2);
	assert_int_equal(attr.trust, 1);
	assert_int_equal(attr.spoofchk, 0);
	assert_int_equal(attr.max_rate, 100);
	vw_host_close(&host);
	tree_free(&tree);
}

/* The way of a VF: read, reset, read back, on a machine of the largest size that we speak of. */
static void test_large(void **state)
{
	struct vw_reset_target target = { 0 };
	struct vw_reset_result result;
	char big[2048] = "", address[32];
	struct vw_links links;
	struct vw_vf_attr attr;
	struct vw_host host;
	struct tree tree;
	struct vw_pci vf;

	(void)state;
	for (int i = 0; i < 8; i++)
		snprintf(big + strlen(big), sizeof(big) - strlen(big),
			"pf 0000:%02x:00.0 p%d igb vfs=125 offset=128 stride=2 vfdriver=vfio-pci\n",
			16 + i * 4, i);
	snprintf(big + strlen(big), sizeof(big) - strlen(big),
		"vf 0000:2c:17.6 mac=52:54:00:00:00:01 vlan=9 trust=on\n");
	tree_new(&tree);
	assert_int_equal(make(&tree, big, &host), 0);
	assert_int_equal(vw_links_get(&host, &links, NULL), 0);
	assert_int_equal(links.n, 9);
	for (int i = 0; i < 8; i++) {
		snprintf(address, sizeof(address), "p%d", i);
		assert_int_equal(vw_links_by_name(&links, address)->n_vfs, 125);
		assert_false(vw_links_by_name(&links, address)->vfs_broken);
	}
	vw_links_free(&links);
	vf = pci("0000:2c:17.6");
	assert_int_equal(vw_reset_read(&host, &vf, NULL, &attr, NULL), 0);
	assert_int_equal(attr.vlan, 9);
	target.want = vw_reset_defaults("igb", &attr);
	target.tenant = attr.mac;
	assert_int_equal(vw_reset_vf(&host, &vf, &target, &result, NULL), 0);
	assert_true(result.clean);
	assert_int_equal(vw_reset_read(&host, &vf, NULL, &attr, NULL), 0);
	assert_true(vw_mac_is_zero(&attr.mac) && attr.vlan == 0 && attr.trust == 0);
	vw_host_close(&host);
	tree_free(&tree);
}

/* More VFs on one PF than a list can say it has. */
static void test_wrapped(void **state)
{
	struct vw_links links;
	struct vw_host host;
	struct tree tree;

	(void)state;
	tree_new(&tree);
	assert_int_equal(
		make(&tree, "pf 10000:01:00.0 eth0 ice vfs=400 offset=1 vfdriver=none\n", &host),
		0);
	assert_int_equal(vw_links_get(&host, &links, NULL), 0);
	assert_int_equal(vw_links_by_name(&links, "eth0")->n_vfs, 400);
	vw_links_free(&links);
	vw_host_close(&host);
	tree_free(&tree);
}

static void test_status(void **state)
{
	char line[256], text[512], name[128];
	struct vw_host host;
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_file(&tree, "/d.xml",
		"<?xml version='1.0'?>\n<domain "
		"type='kvm'><name>x</name><uuid>y</uuid></domain>\n");
	snprintf(line, sizeof(line),
		"status a&b 11111111-2222-3333-4444-555555555555 state=paused pid=7 %s/d.xml\n",
		tree.root);
	assert_int_equal(make(&tree, line, &host), 0);
	snprintf(name, sizeof(name), "/run/libvirt/qemu/%s.xml", "a&b");
	assert_true(vw_host_readf(&host, text, sizeof(text), "%s", name) > 0);
	assert_string_equal(text,
		"<domstatus state='paused' reason='booted' pid='7'>\n"
		"<domain "
		"type='kvm'><name>a&amp;b</name><uuid>11111111-2222-3333-4444-555555555555</uuid>"
		"</domain>\n</domstatus>");
	vw_host_close(&host);
	tree_free(&tree);
}

static void test_mistakes(void **state)
{
	static const char *const bad[] = {
		"what\n",
		"pf\n",
		"pf 0000:01:00.0\n",
		"pf 0000:01:00.8 eth0 igb\n",
		"pf 0000:01:00.0 eth0 igb vfs=x\n",
		"pf 0000:01:00.0 eth0 igb vfs=-1\n",
		"pf 0000:01:00.0 eth0 igb speling=1\n",
		"pf 0000:01:00.0 ../eth0 igb\n",
		"pf 0000:01:00.0 0123456789abcdef igb\n",
		"pf 0000:01:00.0 eth0 igb vfs=8 total=7\n",
		"pf 0000:ff:1f.0 eth0 igb vfs=300\n",
		"pf 0000:01:00.0 eth0 igb\npf 0000:01:00.0 eth1 igb\n",
		"pf 0000:01:00.0 eth0 igb\npf 0000:02:00.0 eth0 igb\n",
		"pf 0000:01:00.0 eth0 igb mac=1:2:3\n",
		"vf 0000:01:10.0 mac=52:54:00:00:00:01\n",
		"pf 0000:01:00.0 eth0 igb vfs=1\nvf 0000:01:10.0 trust=maybe\n",
		"addr eth0 192.0.2.1/24\n",
		"netdev eth0\naddr eth0 192.0.2.1\n",
		"netdev eth0\naddr eth0 192.0.2.1/33\n",
		"netdev eth0\naddr eth0 192.0.2.300/24\n",
		"netdev eth0\nroute default eth0\n",
		"master a b\n",
		"status a/b - /dev/null\n",
		"status a - /nonexistent\n",
		"process x\n",
	};
	struct vw_host host;
	char text[256];

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(bad); i++) {
		struct tree tree;

		tree_new(&tree);
		if (make(&tree, bad[i], &host) != 1)
			fail_msg("case %zu was taken", i);
		assert_true(vw_host_readf(&tree.host, text, sizeof(text), "/messages") > 0);
		assert_int_equal(strncmp(text, "mkmachine: ", 11), 0);
		tree_free(&tree);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sysfs),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_wrapped),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
