/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libvirt hands to the network hook, and the status files of networks. */
#include "tree.h"

#include "network_xml.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NET_UUID   "aaaaaaaa-0000-4000-8000-000000000001"
#define PORT_UUID  "bbbbbbbb-0000-4000-8000-000000000002"
#define OWNER_UUID "cccccccc-0000-4000-8000-000000000003"

#define NETWORK(inside)                                                                            \
	"<network connections='1'>\n<name>pool</name>\n<uuid>" NET_UUID "</uuid>\n" inside         \
	"</network>\n"
#define POOL                                                                                       \
	NETWORK("<forward dev='eth0' mode='hostdev' managed='yes'>\n<driver name='vfio'/>\n"       \
		"<pf dev='eth0'/>\n"                                                               \
		"<address type='pci' domain='0x0000' bus='0x01' slot='0x10' function='0x0'/>\n"    \
		"<address type='pci' domain='0x0000' bus='0x01' slot='0x10' function='0x2'/>\n"    \
		"</forward>\n")
#define OWNER        "<owner>\n<name>web1</name>\n<uuid>" OWNER_UUID "</uuid>\n</owner>\n"
#define PORT(inside) "<networkport>\n<uuid>" PORT_UUID "</uuid>\n" OWNER inside "</networkport>\n"
#define PLUG_VF                                                                                    \
	"<mac address='52:54:00:aa:00:01'/>\n<plug type='hostdev-pci' managed='yes'>\n"            \
	"<driver name='vfio'/>\n"                                                                  \
	"<address domain='0x0000' bus='0x01' slot='0x10' function='0x2'/>\n</plug>\n"
#define HOOK(inside) "<hookData>\n" inside "</hookData>\n"

static int parse(const char *xml, struct vw_network *network, struct vw_error *err)
{
	return vw_network_parse(xml, strlen(xml), network, err);
}

static void test_pool_port(void **state)
{
	struct vw_network network;
	struct vw_error err;
	const struct vw_device *device;
	char text[32];

	(void)state;
	assert_int_equal(parse(HOOK(POOL PORT(PLUG_VF)), &network, &err), 0);
	assert_string_equal(network.name, "pool");
	assert_int_equal(network.forward, VW_FORWARD_HOSTDEV);
	assert_string_equal(network.pf, "eth0");
	assert_null(network.netdev);
	assert_true(network.has_pci);
	assert_string_equal(vw_pci_format(&network.pci, text), "0000:01:10.0");
	assert_true(network.has_port);
	assert_string_equal(network.port_uuid, PORT_UUID);
	assert_string_equal(network.port.name, "web1");
	assert_string_equal(network.port.uuid, OWNER_UUID);
	assert_int_equal(network.port.n_devices, 1);
	device = &network.port.devices[0];
	assert_int_equal(device->kind, VW_DEV_VF_INTERFACE);
	assert_string_equal(device->type, "hostdev");
	assert_true(device->managed);
	assert_true(device->is_interface);
	assert_true(device->has_pci);
	assert_string_equal(vw_pci_format(&device->pci, text), "0000:01:10.2");
	assert_true(device->has_mac);
	assert_string_equal(vw_mac_format(&device->mac, text), "52:54:00:aa:00:01");
	vw_network_free(&network);
}

/* Each plug, and what the port's device is then. */
static void test_plugs(void **state)
{
	static const struct {
		const char *plug;
		enum vw_device_kind kind;
		const char *type, *source;
	} cases[] = {
		{ "<plug type='direct' dev='eth0v1' mode='passthrough'/>", VW_DEV_MACVTAP, "direct",
			"eth0v1" },
		{ "<plug type='direct' dev='eth0' mode='bridge'/>", VW_DEV_DIRECT, "direct",
			"eth0" },
		{ "<plug type='direct' dev='eth0'/>", VW_DEV_DIRECT, "direct", "eth0" },
		{ "<plug type='network' bridge='virbr0'/>", VW_DEV_NIC, "network", "virbr0" },
		{ "<plug type='bridge' bridge='br0'/>", VW_DEV_NIC, "bridge", "br0" },
		{ "<plug type='future' dev='x'/>", VW_DEV_NIC, "future", NULL },
		{ "<plug/>", VW_DEV_NIC, "network", NULL },
		{ "", VW_DEV_NIC, "network", NULL },
		/* an address makes no VF of another plug */
		{ "<plug type='bridge' bridge='br0'><address bus='1'/></plug>", VW_DEV_NIC,
			"bridge", "br0" },
		/* of two the first counts */
		{ "<plug type='bridge' bridge='br0'/><plug type='hostdev-pci'>"
		  "<address bus='1'/></plug>",
			VW_DEV_NIC, "bridge", "br0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vw_network network;
		struct vw_error err;
		char xml[2048];

		snprintf(xml, sizeof(xml), HOOK(POOL PORT("%s")), cases[i].plug);
		assert_int_equal(parse(xml, &network, &err), 0);
		assert_int_equal(network.port.devices[0].kind, cases[i].kind);
		assert_string_equal(network.port.devices[0].type, cases[i].type);
		if (cases[i].source)
			assert_string_equal(network.port.devices[0].source, cases[i].source);
		else
			assert_null(network.port.devices[0].source);
		assert_false(network.port.devices[0].has_pci);
		assert_false(network.port.devices[0].has_mac);
		vw_network_free(&network);
	}
}

static void test_bad_values(void **state)
{
	struct vw_network network;
	struct vw_error err;

	(void)state;
	assert_int_equal(parse(HOOK(POOL PORT("<mac address='01:00:00:00:00:01'/>"
					      "<plug type='hostdev-pci'><address bus='0x1ff'/>"
					      "</plug>")),
				 &network, &err),
		0);
	assert_string_equal(network.port.devices[0].bad_mac, "01:00:00:00:00:01");
	assert_false(network.port.devices[0].has_pci);
	assert_non_null(network.port.devices[0].bad_pci);
	vw_network_free(&network);

	/* All-zero is none; a VF port without any address has one that cannot be read. */
	assert_int_equal(parse(HOOK(POOL PORT("<mac address='00:00:00:00:00:00'/>"
					      "<mac address='52:54:00:00:00:01'/>"
					      "<plug type='hostdev-pci'/>")),
				 &network, &err),
		0);
	assert_false(network.port.devices[0].has_mac);
	assert_null(network.port.devices[0].bad_mac);
	assert_int_equal(network.port.devices[0].kind, VW_DEV_VF_INTERFACE);
	assert_false(network.port.devices[0].has_pci);
	assert_string_equal(network.port.devices[0].bad_pci, "<plug> has no <address>");
	vw_network_free(&network);
}

static void test_status_file(void **state)
{
	static const struct {
		const char *forward;
		enum vw_forward is;
		const char *pf, *netdev;
	} cases[] = {
		{ "<forward mode='hostdev'/>", VW_FORWARD_HOSTDEV, NULL, NULL },
		{ "<forward dev='v0' mode='passthrough'><interface dev='v0'/><interface dev='v1'/>"
		  "</forward>",
			VW_FORWARD_PASSTHROUGH, NULL, "v0" },
		{ "<forward mode='passthrough'><pf dev='e1'/><pf dev='e2'/></forward>",
			VW_FORWARD_PASSTHROUGH, "e1", NULL },
		{ "<forward mode='nat'/>", VW_FORWARD_OTHER, NULL, NULL },
		{ "<forward/>", VW_FORWARD_OTHER, NULL, NULL },
		{ "", VW_FORWARD_OTHER, NULL, NULL },
		{ "<forward mode='nat'/><forward mode='hostdev'/>", VW_FORWARD_OTHER, NULL, NULL },
		{ "<other><forward mode='hostdev'/></other>", VW_FORWARD_OTHER, NULL, NULL },
		{ "<x:forward xmlns:x='urn:x' mode='hostdev'/>", VW_FORWARD_OTHER, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vw_network network;
		struct vw_error err;
		char xml[1024];

		snprintf(xml, sizeof(xml),
			"<!--\nWARNING\n-->\n<networkstatus>\n<class_id bitmap='0-2'/>\n"
			"<floor sum='0'/>\n" NETWORK("%s") "</networkstatus>\n",
			cases[i].forward);
		assert_int_equal(parse(xml, &network, &err), 0);
		assert_int_equal(network.forward, cases[i].is);
		assert_false(network.has_port);
		assert_true(
			cases[i].pf ? network.pf && !strcmp(network.pf, cases[i].pf) : !network.pf);
		assert_true(cases[i].netdev
				    ? network.netdev && !strcmp(network.netdev, cases[i].netdev)
				    : !network.netdev);
		vw_network_free(&network);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *xml, *says;
	} cases[] = {
		{ "", "empty" },
		{ "<hookData>", "line 1" },
		{ "<domain/>", "root element" },
		{ "<network><name>n</name></network>", "root element" },
		{ "<hookData/>", "the network has no usable <name>" },
		{ "<hookData><network><name></name></network></hookData>",
			"the network has no usable <name>" },
		{ "<hookData><network><name>../x</name></network></hookData>",
			"the network has no usable <name>" },
		{ HOOK(POOL "<networkport>" OWNER "</networkport>"),
			"the port has no usable <uuid>" },
		{ HOOK(POOL "<networkport><uuid>1</uuid>" OWNER "</networkport>"),
			"the port has no usable <uuid>" },
		{ HOOK(POOL "<networkport><uuid>" PORT_UUID "</uuid></networkport>"),
			"the port's owner has no usable <name>" },
		{ HOOK(POOL "<networkport><uuid>" PORT_UUID "</uuid><owner><name>a</name>"
			    "<uuid>x</uuid></owner></networkport>"),
			"the port's owner has no usable <uuid>" },
		{ "<!DOCTYPE a [<!ENTITY b 'c'>]>" HOOK(POOL), "DOCTYPE" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vw_network network;
		struct vw_error err = { "" };

		assert_int_equal(parse(cases[i].xml, &network, &err), -EBADMSG);
		if (!strstr(err.msg, cases[i].says))
			fail_msg("case %zu says: %s", i, err.msg);
		assert_null(network.name);
		assert_null(network.port.devices);
		vw_network_free(&network);
	}
}

/* Every beginning of a document is refused, and none of them is read beyond its end. */
static void test_cut(void **state)
{
	static const char whole[] = HOOK(POOL PORT(PLUG_VF));

	(void)state;
	for (size_t len = 0; len + 2 < sizeof(whole); len++) {
		struct vw_network network;
		char *copy = malloc(len + !len);

		assert_non_null(copy);
		memcpy(copy, whole, len);
		assert_int_equal(vw_network_parse(copy, len, &network, NULL), -EBADMSG);
		assert_int_equal(vw_network_is_hook_data(copy, len), len > strlen("<hookData"));
		free(copy);
	}
}

static void test_is_hook_data(void **state)
{
	static const struct {
		const char *xml;
		bool is;
	} cases[] = {
		{ "<hookData>", true },
		{ "<hookData/>", true },
		{ "<?xml version='1.0'?>\n<!-- <domain> -->\n <hookData a='b'>", true },
		{ "\xef\xbb\xbf<hookData>", true },
		{ "<!-- <hookData> --><domain type='kvm'>", false },
		{ "<?x <hookData> ?><domain>", false },
		{ "<domain><hookData>", false },
		{ "<hookDatas>", false },
		{ "<hook", false },
		{ "<", false },
		{ "<!--", false },
		{ "<!-- <hookData>", false },
		{ "", false },
		{ "hookData", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (vw_network_is_hook_data(cases[i].xml, strlen(cases[i].xml)) != cases[i].is)
			fail_msg("%s", cases[i].xml);
}

static void test_may_use_vf(void **state)
{
	static const char nat[] = HOOK(
		NETWORK("<forward mode='nat'/>") PORT("<plug type='network' bridge='virbr0'/>"));
	static const char vf[] = HOOK(POOL PORT(PLUG_VF));
	static const char hidden[] = "<forward mode='&#104;ostdev'";
	static const char macvtap[] = "<plug type='direct' mode='passthrough'";

	(void)state;
	assert_false(vw_network_may_use_vf(nat, strlen(nat)));
	assert_true(vw_network_may_use_vf(vf, strlen(vf)));
	assert_true(vw_network_may_use_vf(hidden, strlen(hidden)));
	assert_true(vw_network_may_use_vf(macvtap, strlen(macvtap)));
	assert_false(vw_network_may_use_vf(NULL, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pool_port),
		cmocka_unit_test(test_plugs),
		cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_status_file),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_is_hook_data),
		cmocka_unit_test(test_may_use_vf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
