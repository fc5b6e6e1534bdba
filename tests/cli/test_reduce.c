/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_reduce: what a record keeps of a domain's XML, and above all what it does not. */
#include "cmocka_first.h"

#include "domain_xml.h"
#include "network_xml.h"
#include "recorder.h"

#include <stdlib.h>
#include <string.h>

#define UUID "11111111-2222-3333-4444-555555555555"

static const char status[] =
	"<?xml version='1.0'?><!-- SECRET1 --><?pi SECRET2?>"
	"<domstatus state='running' reason='booted' pid='4711'>"
	"<monitor path='/SECRET3' type='unix'/><qemuCaps><flag name='SECRET4'/></qemuCaps>"
	"<domain type='kvm' id='3' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>"
	"<name>web &amp; 1</name><uuid>" UUID "</uuid><description>SECRET5</description>"
	"<metadata><x:y xmlns:x='urn:x'>SECRET6<name>SECRET7</name></x:y></metadata>"
	"<os><type>hvm</type><cmdline>SECRET8</cmdline></os>"
	"<devices>SECRET9<!-- SECRET10 -->"
	"<disk type='network'><auth username='SECRET11'><secret uuid='SECRET12'/></auth></disk>"
	"<graphics type='vnc' passwd='SECRET13'/>"
	"<interface type='hostdev' managed='yes'><mac address='52:54:00:00:00:01'/><source>"
	"<address type='pci' domain='0' bus='1' slot='0x10' function='0'/></source>"
	"<vlan><tag id='5'/></vlan><teaming type='transient' persistent='ua-a'/>"
	"<alias name='ua-b'/><password>SECRET14</password><!-- SECRET15 -->"
	"<source2><deep><mac address='SECRET16'/></deep></source2></interface>"
	"<interface type='network'><mac address='52:54:00:00:00:02'/><source network='pool'/>"
	"<actual type='direct' ><source dev='eth3' mode='passthrough'/><x>SECRET17</x></actual>"
	"<qemu:mac address='SECRET18'/></interface>"
	"<hostdev mode='subsystem' type='scsi'><source protocol='iscsi' name='SECRET23'>"
	"<auth username='SECRET19'/></source></hostdev>"
	"<hostdev mode='subsystem' type='pci' managed='no'><source>"
	"<address domain='0' bus='2' slot='0' function='1'/></source></hostdev>"
	"</devices><qemu:commandline><qemu:arg value='SECRET20'/></qemu:commandline>"
	"<seclabel><label>SECRET21</label></seclabel></domain></domstatus><!-- SECRET22 -->";

/* vfward must see the same in the copy as in the original. */
static void same_domain(const char *a, size_t a_len, const char *b, size_t b_len)
{
	struct vw_domain one, two;
	struct vw_error err = { 0 };

	assert_int_equal(vw_domain_parse(a, a_len, &one, &err), 0);
	assert_int_equal(vw_domain_parse(b, b_len, &two, &err), 0);
	assert_string_equal(one.name, two.name);
	assert_string_equal(one.uuid, two.uuid);
	assert_int_equal(one.n_devices, two.n_devices);
	for (size_t i = 0; i < one.n_devices; i++) {
		const struct vw_device *x = &one.devices[i], *y = &two.devices[i];

		assert_int_equal(x->kind, y->kind);
		assert_int_equal(x->has_mac, y->has_mac);
		assert_true(!x->has_mac || vw_mac_equal(&x->mac, &y->mac));
		assert_int_equal(x->has_pci, y->has_pci);
		assert_true(!x->has_pci || vw_pci_equal(&x->pci, &y->pci));
		assert_int_equal(x->managed, y->managed);
		assert_int_equal(x->team, y->team);
		assert_string_equal(x->alias ? x->alias : "", y->alias ? y->alias : "");
		assert_string_equal(x->source ? x->source : "", y->source ? y->source : "");
	}
	vw_domain_free(&one);
	vw_domain_free(&two);
}

static void test_status(void **state)
{
	struct vw_error err = { 0 };
	char *reduced = NULL;
	size_t len = 0;

	(void)state;
	assert_int_equal(vw_record_reduce(status, strlen(status), &reduced, &len, &err), 0);
	assert_int_equal(len, strlen(reduced));
	if (strstr(reduced, "SECRET"))
		fail_msg("%s", reduced);
	assert_non_null(strstr(reduced, "pid=\"4711\""));
	assert_non_null(strstr(reduced, "state=\"running\""));
	assert_non_null(strstr(reduced, "tag id=\"5\""));
	same_domain(status, strlen(status), reduced, len);
	free(reduced);
}

static void test_network(void **state)
{
	static const char xml[] =
		"<!-- SECRET1 --><networkstatus><class_id bitmap='0-2'/><network connections='1'>"
		"<name>pool</name><uuid>" UUID "</uuid><metadata><a>SECRET2</a></metadata>"
		"<forward mode='hostdev' managed='yes'><driver name='vfio'/>"
		"<pf dev='eth0'>SECRET3</pf><address type='pci' bus='1'/><nat>SECRET4</nat>"
		"</forward><domain name='SECRET5'/><ip address='SECRET6'/></network>"
		"<x>SECRET7</x></networkstatus>";
	struct vw_network one, two;
	struct vw_error err = { 0 };
	char *reduced = NULL;
	size_t len = 0;

	(void)state;
	assert_int_equal(vw_record_reduce(xml, strlen(xml), &reduced, &len, &err), 0);
	if (strstr(reduced, "SECRET"))
		fail_msg("%s", reduced);
	assert_int_equal(vw_network_parse(xml, strlen(xml), &one, &err), 0);
	assert_int_equal(vw_network_parse(reduced, len, &two, &err), 0);
	assert_string_equal(one.name, two.name);
	assert_int_equal(two.forward, VW_FORWARD_HOSTDEV);
	assert_string_equal(one.pf, two.pf);
	assert_true(two.has_pci && vw_pci_equal(&one.pci, &two.pci));
	vw_network_free(&one);
	vw_network_free(&two);
	free(reduced);
}

static void test_plain_domain(void **state)
{
	static const char xml[] = "<domain><name>a</name><uuid>" UUID
				  "</uuid><devices><emulator>SECRET</emulator></devices></domain>";
	struct vw_error err = { 0 };
	char *reduced = NULL;
	size_t len = 0;

	(void)state;
	assert_int_equal(vw_record_reduce(xml, strlen(xml), &reduced, &len, &err), 0);
	assert_null(strstr(reduced, "SECRET"));
	same_domain(xml, strlen(xml), reduced, len);
	free(reduced);
}

/* What cannot be read is not copied at all. */
static void test_refused(void **state)
{
	static const char *const texts[] = { "", "x", "<", "<domain>", "<network/>",
		"<a><domain/></a>", "<!DOCTYPE d [<!ENTITY e 'SECRET'>]><domain>&e;</domain>",
		"<x:domain xmlns:x='urn:x'/>" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct vw_error err = { 0 };
		char *reduced = NULL;
		size_t len = 0;

		if (vw_record_reduce(texts[i], strlen(texts[i]), &reduced, &len, &err) != -EBADMSG)
			fail_msg("%s", texts[i]);
		assert_null(reduced);
		assert_true(err.msg[0] != '\0');
	}
}

/* Deep XML must not overflow the stack. libxml2 itself stops at 256 levels. */
static void test_deep(void **state)
{
	static char xml[70000];
	struct vw_error err = { 0 };
	char *reduced = NULL;
	size_t len = 0;

	(void)state;
	for (int levels = 200; levels <= 3000; levels += 2800) {
		strcpy(xml,
			"<domain><name>a</name><uuid>" UUID "</uuid><devices><interface type='x'>");
		for (int i = 0; i < levels; i++)
			strcat(xml, "<source>");
		for (int i = 0; i < levels; i++)
			strcat(xml, "</source>");
		strcat(xml, "</interface></devices></domain>");
		int rc = vw_record_reduce(xml, strlen(xml), &reduced, &len, &err);

		assert_int_equal(rc, levels == 200 ? 0 : -EBADMSG);
		free(reduced);
		reduced = NULL;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_network),
		cmocka_unit_test(test_plain_domain),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
