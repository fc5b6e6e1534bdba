/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_domain: what libvirt's test driver says of a domain: its disks, volumes of pools among them, and which VFs it has. */
#include "tree.h"

#include "domain_disks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DISK "<disk type='file'><driver type='raw'/><source file='/x'/><target dev='vda'/></disk>"
#define ADDRESS(bus, slot)                                                                         \
	"<address type='pci' domain='0x0000' bus='0x" bus "' slot='0x" slot "' function='0x0'/>"
#define VF(bus, slot)                                                                              \
	"<interface type='hostdev' managed='yes'><mac "                                            \
	"address='52:54:00:00:00:01'/><source>" ADDRESS(bus, slot) "</source></interface>"
#define HOSTDEV(bus, slot)                                                                         \
	"<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' "     \
	"bus='0x" bus "' slot='0x" slot "' function='0x0'/></source></hostdev>"
#define NIC(network)           "<interface type='network'><source network='" network "'/></interface>"
#define NETWORK(name, forward) "<network><name>" name "</name>" forward "</network>"
#define POOL(in)               "<forward mode='hostdev' managed='yes'>" in "</forward>"

static struct tree tree;
static struct vw_check_request request;
static struct vw_names vfs;
static struct vw_findings findings;

static int drop(void **state)
{
	(void)state;
	vw_check_request_free(&request);
	vw_names_free(&vfs);
	vw_findings_free(&findings);
	return 0;
}

/* A libvirt with one domain, which is off, and with more beside it: its URI. */
static const char *libvirt(const char *devices, const char *beside)
{
	static char uri[128];
	char text[8192];

	snprintf(text, sizeof(text),
		"<node><domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>"
		"<name>web1</name><memory>65536</memory><os><type>hvm</type></os>"
		"<test:runstate>5</test:runstate><devices>%s</devices></domain>%s</node>",
		devices, beside);
	tree_file(&tree, "/node.xml", text);
	snprintf(uri, sizeof(uri), "test://%s/node.xml", tree.host.root);
	return uri;
}

static const struct vw_request_image *add(const char *devices, const char *beside)
{
	struct vw_error err = { "" };

	drop(NULL);
	request.uri = libvirt(devices, beside);
	request.domain = "web1";
	assert_int_equal(vw_domain_add(&tree.host, &request, &vfs, &findings, &err), 0);
	for (size_t i = 0; i < findings.n; i++)
		print_error("%s\n", findings.v[i].message);
	assert_int_equal(findings.n, 0);
	assert_int_equal(request.n_images, 1);
	return &request.images[0];
}

/* The kinds of VFs, and what is said of those that are not known; NULL = nothing. */
static void expect(const char *devices, const char *beside, const char *ids, const char *says,
	enum vw_severity severity)
{
	const struct vw_request_image *image = add(devices, beside);
	char text[256] = "";

	for (size_t i = 0; i < vfs.n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? " " : "",
			vfs.v[i]);
	assert_string_equal(text, ids);
	assert_int_equal(image->findings.n, says ? 1 : 0);
	assert_int_equal(request.vfs_unknown, says && severity == VW_FAIL);
	if (!says)
		return;
	assert_string_equal(image->findings.v[0].id, "domain-vf-unknown");
	assert_int_equal(image->findings.v[0].severity, severity);
	if (!strstr(image->findings.v[0].message, says))
		fail_msg("\"%s\" does not say \"%s\"", image->findings.v[0].message, says);
}

static void host(void)
{
	static const char *const igb[] = { "0000:01:10.0", "0000:01:11.0" };

	tree_new(&tree);
	tree_pf(&tree, "0000:01:00.0", "igb", igb, 2, "igbvf");
	tree_netdev(&tree, "0000:01:00.0", "eth0");
	tree_pci(&tree, "0000:09:00.0", "0x030000", "vfio-pci");
}

static void test_functions(void **state)
{
	(void)state;
	host();
	expect(DISK, "", "", NULL, VW_PASS);
	expect(DISK VF("01", "10"), "", "8086:10ca", NULL, VW_PASS);
	expect(DISK HOSTDEV("01", "10") VF("01", "11"), "", "8086:10ca", NULL, VW_PASS);
	/* a GPU, a whole adapter */
	expect(DISK HOSTDEV("09", "00") HOSTDEV("01", "00"), "", "", NULL, VW_PASS);
	/* What is not there may be anything, but an <interface> is a VF. */
	expect(DISK HOSTDEV("77", "10"), "", "", "a device at 0000:77:10.0", VW_WARN);
	expect(DISK VF("77", "10"), "", "", "a VF at 0000:77:10.0", VW_FAIL);
	expect(DISK VF("01", "10") VF("77", "10"), "", "8086:10ca", "a VF at 0000:77:10.0",
		VW_FAIL);
	tree_free(&tree);
}

static void test_networks(void **state)
{
	(void)state;
	host();
	expect(DISK NIC("lan"), NETWORK("lan", "<forward mode='bridge'/><bridge name='br0'/>"), "",
		NULL, VW_PASS);
	expect(DISK NIC("pool"), NETWORK("pool", POOL("<pf dev='eth0'/>")), "8086:10ca", NULL,
		VW_PASS);
	expect(DISK NIC("pool"), NETWORK("pool", POOL(ADDRESS("01", "10") ADDRESS("01", "11"))),
		"8086:10ca", NULL, VW_PASS);
	expect(DISK NIC("pool"), NETWORK("pool", POOL("<pf dev='eth7'/>")), "",
		"a VF of network pool", VW_FAIL);
	expect(DISK NIC("pool"), NETWORK("pool", POOL(ADDRESS("77", "10"))), "",
		"a VF of network pool", VW_FAIL);
	expect(DISK NIC("gone"), "", "", "a device of network gone", VW_WARN);
	/* macvtap on a VF: the guest sees a virtio NIC */
	expect(DISK NIC("direct"),
		NETWORK("direct", "<forward mode='passthrough'><interface dev='eth0'/></forward>"),
		"", NULL, VW_PASS);
	tree_free(&tree);
}

static void test_volumes(void **state)
{
	static const char pool[] =
		"<pool type='dir'><name>images</name><target><path>/pool</path></target>"
		"<volume><name>v.qcow2</name><capacity>1</capacity><target>"
		"<path>/pool/v.qcow2</path><format type='qcow2'/></target></volume></pool>";
	const struct vw_request_image *image;

	(void)state;
	host();
	image = add("<disk type='volume'><driver type='qcow2'/><source pool='images' "
		    "volume='v.qcow2'/><target dev='vda'/></disk>"
		    "<disk type='volume'><driver type='raw'/><source pool='images' "
		    "volume='none'/><target dev='vdb'/></disk>"
		    "<disk type='volume'><driver type='raw'/><source pool='none' "
		    "volume='v'/><target dev='vdc'/></disk>",
		pool);
	assert_int_equal(image->n_disks, 1);
	assert_string_equal(image->disks[0].path, "/pool/v.qcow2");
	assert_string_equal(image->disks[0].format, "qcow2");
	assert_int_equal(image->findings.n, 2);
	assert_non_null(strstr(image->findings.v[0].message, "volume none of pool images"));
	assert_non_null(strstr(image->findings.v[1].message, "volume v of pool none"));
	tree_free(&tree);
}

/* What is checked of a domain: its VFs, or the default set where it has none; never something else in the place of a VF. */
static size_t resolved(const char *devices, const char *named)
{
	struct vw_option_value values[] = { { VW_OWN_DOMAIN, "web1" },
		{ VW_OWN_CONNECT, libvirt(devices, "") }, { VW_OWN_DEVICE, named } };
	const struct vw_options options = { .own = VW_OWN_DOMAIN | VW_OWN_CONNECT |
						   (named ? VW_OWN_DEVICE : 0),
		.values = values,
		.n_values = named ? 3 : 2 };
	struct vw_error err = { "" };

	drop(NULL);
	assert_int_equal(vw_check_request_parse(&options, &request, &err), 0);
	assert_int_equal(
		vw_check_request_resolve(&tree.host, &options, &request, &findings, &err), 0);
	return request.wanted.n_devices;
}

static void test_default(void **state)
{
	(void)state;
	setenv("VFWARD_DATADIR", GUESTCHECK_DATA, 1);
	host();
	assert_int_equal(resolved(DISK, NULL), 5);
	assert_int_equal(resolved(DISK VF("01", "10"), NULL), 1);
	assert_int_equal(resolved(DISK VF("77", "10"), NULL), 0);
	assert_int_equal(request.images[0].findings.n, 1);
	assert_int_equal(resolved(DISK HOSTDEV("77", "10"), NULL), 5);
	assert_int_equal(resolved(DISK VF("77", "10"), "8086:10ed"), 1);
	assert_int_equal(request.images[0].findings.n, 0);
	tree_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_functions, drop),
		cmocka_unit_test_teardown(test_networks, drop),
		cmocka_unit_test_teardown(test_volumes, drop),
		cmocka_unit_test_teardown(test_default, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
