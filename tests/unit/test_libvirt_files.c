/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_libvirt_files: status files of live domains, there and not there, good and hostile. */
#include "tree.h"

#include "libvirt_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIR_PATH "/run/libvirt/qemu"
#define UUID     "c7a5fdbd-edaf-9455-926a-d65c16db1809"
#define DOMAIN(name, devices)                                                                      \
	"<domain><name>" name "</name><uuid>" UUID "</uuid><devices>" devices "</devices></"       \
	"domain>"
#define STATUS(attributes, name, devices)                                                          \
	"<!-- x -->\n<domstatus" attributes ">" DOMAIN(name, devices) "</domstatus>\n"
#define POOL_NIC                                                                                   \
	"<interface type='network'><mac address='52:54:00:00:00:01'/><source network='p'/>"        \
	"<actual type='hostdev' managed='yes'><source><address type='pci' bus='7' slot='16'/>"     \
	"</source></actual></interface>"

static int setup(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	if (!tree)
		return -1;
	tree_new(tree);
	*state = tree;
	return 0;
}

static int teardown(void **state)
{
	tree_free(*state);
	free(*state);
	return 0;
}

static void test_read(void **state)
{
	struct tree *tree = *state;
	struct vw_status status;
	struct vw_error err = { "" };

	tree_file(tree, DIR_PATH "/web1.xml",
		STATUS(" state='running' reason='booted' pid='4242'", "web1", POOL_NIC));
	assert_int_equal(vw_status_read(&tree->host, "web1", &status, &err), 0);
	assert_string_equal(status.domain.name, "web1");
	assert_string_equal(status.domain.uuid, UUID);
	assert_int_equal(status.pid, 4242);
	assert_string_equal(status.state, "running");
	assert_int_equal(status.domain.n_devices, 1);
	assert_int_equal(status.domain.devices[0].kind, VW_DEV_VF_INTERFACE);
	assert_true(status.domain.devices[0].has_pci);
	assert_int_equal(status.domain.devices[0].pci.bus, 7);
	vw_status_free(&status);
	assert_null(status.domain.name);
	assert_int_equal(status.pid, 0);
	vw_status_free(&status);
}

static void test_attributes(void **state)
{
	static const struct {
		const char *xml, *state;
		pid_t pid;
	} cases[] = {
		{ STATUS("", "d", ""), "", 0 },
		{ STATUS(" state='paused' pid='1'", "d", ""), "paused", 1 },
		{ STATUS(" state='shutdown' pid='2147483647'", "d", ""), "shutdown", 2147483647 },
		{ STATUS(" state='' pid=''", "d", ""), "", 0 },
		{ STATUS(" state='run ning' pid='-1'", "d", ""), "", 0 },
		{ STATUS(" state='&#9;c' pid='2147483648'", "d", ""), "", 0 },
		{ STATUS(" state='Running' pid='0x10'", "d", ""), "", 0 },
		{ STATUS(" state='abcdefghijklmnopqrstuvw' pid=' 1'", "d", ""),
			"abcdefghijklmnopqrstuvw", 0 },
		{ STATUS(" state='abcdefghijklmnopqrstuvwx' pid='1 '", "d", ""), "", 0 },
		{ STATUS(" pid='99999999999999999999999999'", "d", ""), "", 0 },
		/* The root's attributes, not those of an element in it. */
		{ "<domstatus><x state='running' pid='9'/>" DOMAIN("d", "") "</domstatus>", "", 0 },
	};
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vw_status status;
		struct vw_error err = { "" };

		tree_file(tree, DIR_PATH "/d.xml", cases[i].xml);
		if (vw_status_read(&tree->host, "d", &status, &err) != 0)
			fail_msg("%s: %s", cases[i].xml, err.msg);
		assert_string_equal(status.state, cases[i].state);
		assert_int_equal(status.pid, cases[i].pid);
		vw_status_free(&status);
	}
}

static void assert_read_fails(struct tree *tree, const char *name, int rc, const char *message)
{
	struct vw_status status, zero;
	struct vw_error err = { "" };

	memset(&zero, 0, sizeof(zero));
	memset(&status, 0xff, sizeof(status));
	assert_int_equal(vw_status_read(&tree->host, name, &status, &err), rc);
	if (!strstr(err.msg, message))
		fail_msg("%s: \"%s\" lacks \"%s\"", name, err.msg, message);
	assert_memory_equal(&status, &zero, sizeof(zero));
	assert_int_equal(vw_status_read(&tree->host, name, &status, NULL), rc);
	vw_status_free(&status);
}

static void test_not_there(void **state)
{
	struct tree *tree = *state;
	char name[6000];

	assert_read_fails(tree, "web1", -ENOENT, "no domain \"web1\" is running");
	tree_dir(tree, DIR_PATH);
	assert_read_fails(tree, "web1", -ENOENT, "no domain");
	tree_file(tree, "/run/evil.xml", STATUS("", "evil", ""));
	tree_file(tree, DIR_PATH "/a/b.xml", STATUS("", "b", ""));
	tree_file(tree, DIR_PATH "/.xml", STATUS("", "", ""));
	assert_read_fails(tree, "../../evil", -ENOENT, "no domain \"../../evil\"");
	assert_read_fails(tree, "a/b", -ENOENT, "no domain");
	assert_read_fails(tree, "/run/evil", -ENOENT, "no domain");
	assert_read_fails(tree, "", -ENOENT, "no domain");
	assert_read_fails(tree, "\x1b[2J\n", -ENOENT, "no domain \"\\x1b[2J\\x0a\"");
	memset(name, 'n', sizeof(name));
	name[300] = '\0';
	assert_read_fails(tree, name, -ENOENT, "no domain");
	name[300] = 'n';
	name[sizeof(name) - 1] = '\0';
	assert_read_fails(tree, name, -ENOENT, "no domain");
}

static void test_odd_names(void **state)
{
	static const char *const names[] = { "..", ".", "a b", "-rf", "%s%n", "web1.xml",
		"\xc3\xa9", "\"'$(x)\\" };
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct vw_status status;
		struct vw_error err = { "" };
		char path[100];

		snprintf(path, sizeof(path), DIR_PATH "/%s.xml", names[i]);
		tree_file(tree, path, STATUS(" pid='7'", "x", ""));
		if (vw_status_read(&tree->host, names[i], &status, &err) != 0)
			fail_msg("%s: %s", names[i], err.msg);
		assert_int_equal(status.pid, 7);
		vw_status_free(&status);
	}
}

static void test_bad_files(void **state)
{
	struct tree *tree = *state;
	size_t size = VW_DOMAIN_XML_MAX + 1;
	char *big = malloc(size);

	assert_non_null(big);
	memset(big, ' ', size);
	tree_file(tree, DIR_PATH "/empty.xml", "");
	tree_file(tree, DIR_PATH "/domain.xml", DOMAIN("domain", ""));
	tree_file(tree, DIR_PATH "/half.xml", "<domstatus state='running' pid='1'><domain>");
	tree_file(tree, DIR_PATH "/none.xml", "<domstatus state='running' pid='1'/>");
	tree_bytes(tree, DIR_PATH "/nul.xml", "<domstatus>\0</domstatus>", 24);
	tree_bytes(tree, DIR_PATH "/big.xml", big, size);
	tree_dir(tree, DIR_PATH "/dir.xml");
	free(big);

	assert_read_fails(tree, "empty", -EBADMSG, DIR_PATH "/empty.xml: the XML is empty");
	assert_read_fails(tree, "domain", -EBADMSG, "the root element is not <domstatus>");
	assert_read_fails(tree, "half", -EBADMSG, DIR_PATH "/half.xml: line 1: ");
	assert_read_fails(tree, "none", -EBADMSG, "there is no <domain>");
	assert_read_fails(tree, "nul", -EBADMSG, "NUL byte");
	assert_read_fails(tree, "big", -EFBIG, DIR_PATH "/big.xml: ");
	{
		struct vw_status status;
		struct vw_error err = { "" };

		assert_true(vw_status_read(&tree->host, "dir", &status, &err) < 0);
		assert_non_null(strstr(err.msg, DIR_PATH "/dir.xml: "));
	}
}

static void test_list(void **state)
{
	static const char *const expected[] = { "..", "a b", "db1", "db2", "db10", "x.xml" };
	struct tree *tree = *state;
	struct vw_names names;

	assert_int_equal(vw_status_list(&tree->host, &names), 0);
	assert_int_equal(names.n, 0);
	vw_names_free(&names);

	tree_dir(tree, DIR_PATH);
	assert_int_equal(vw_status_list(&tree->host, &names), 0);
	assert_int_equal(names.n, 0);
	vw_names_free(&names);

	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		char path[100];

		snprintf(path, sizeof(path), DIR_PATH "/%s.xml", expected[i]);
		tree_file(tree, path, "");
	}
	tree_file(tree, DIR_PATH "/db1.pid", "1");
	tree_file(tree, DIR_PATH "/db3.xml.new", "");
	tree_file(tree, DIR_PATH "/db4.XML", "");
	tree_file(tree, DIR_PATH "/.xml", "");
	tree_file(tree, DIR_PATH "/xml", "");
	tree_file(tree, DIR_PATH "/xxml", "");
	tree_dir(tree, DIR_PATH "/channel");
	assert_int_equal(vw_status_list(&tree->host, &names), 0);
	assert_int_equal(names.n, sizeof(expected) / sizeof(expected[0]));
	for (size_t i = 0; i < names.n; i++) {
		size_t j = 0;

		while (j < names.n && strcmp(names.v[i], expected[j]) != 0)
			j++;
		if (j == names.n)
			fail_msg("%s was not expected", names.v[i]);
	}
	/* As the kernel's names are sorted: numbers by value. */
	assert_string_equal(names.v[2], "db1");
	assert_string_equal(names.v[4], "db10");
	vw_names_free(&names);
}

static void test_list_fails(void **state)
{
	struct tree *tree = *state;
	struct vw_names names;

	tree_file(tree, DIR_PATH, "a file");
	assert_int_equal(vw_status_list(&tree->host, &names), -ENOTDIR);
	vw_names_free(&names);
}

#define NET_PATH "/run/libvirt/network"
#define PORT     "00000000-0000-4000-8000-000000000501"

static void test_network(void **state)
{
	static const char live[] =
		"<!-- this file is overwritten -->\n<networkstatus><class_id "
		"bitmap='0-2'/><network>"
		"<name>pool</name><forward mode='hostdev' managed='yes'><pf dev='eth2'/>"
		"<address type='pci' domain='0x0000' bus='0x01' slot='0x10' function='0x2'/>"
		"</forward></network></networkstatus>";
	struct tree *tree = *state;
	struct vw_network network;
	struct vw_error err;
	char name[300];

	assert_int_equal(vw_network_read(&tree->host, "pool", &network, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "no network \"pool\""));
	tree_file(tree, NET_PATH "/pool.xml", live);
	assert_int_equal(vw_network_read(&tree->host, "pool", &network, &err), 0);
	assert_string_equal(network.name, "pool");
	assert_int_equal(network.forward, VW_FORWARD_HOSTDEV);
	assert_string_equal(network.pf, "eth2");
	assert_true(network.has_pci);
	vw_network_free(&network);

	/* no names of files in that directory */
	tree_file(tree, "/run/libvirt/pool.xml", live);
	tree_file(tree, NET_PATH "/sub/pool.xml", live);
	tree_file(tree, NET_PATH "/.xml", live);
	assert_int_equal(vw_network_read(&tree->host, "../pool", &network, &err), -ENOENT);
	assert_int_equal(vw_network_read(&tree->host, "sub/pool", &network, &err), -ENOENT);
	assert_int_equal(vw_network_read(&tree->host, "", &network, &err), -ENOENT);
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(vw_network_read(&tree->host, name, &network, &err), -ENOENT);
	assert_int_equal(vw_network_read(&tree->host, "a\nb\x1b", &network, &err), -ENOENT);
	assert_null(strpbrk(err.msg, "\n\x1b"));

	tree_file(tree, NET_PATH "/bad.xml", "<networkstatus><network>");
	assert_int_equal(vw_network_read(&tree->host, "bad", &network, &err), -EBADMSG);
	assert_non_null(strstr(err.msg, NET_PATH "/bad.xml"));
	assert_null(network.name);
	tree_dir(tree, NET_PATH "/dir.xml");
	assert_true(vw_network_read(&tree->host, "dir", &network, &err) < 0);
	assert_null(network.name);
}

static void test_port(void **state)
{
	struct tree *tree = *state;
	struct vw_host lost = tree->host;

	assert_false(vw_port_is_recorded(&tree->host, "pool", PORT));
	tree_file(tree, NET_PATH "/pool/ports/" PORT ".xml", "<networkport/>");
	assert_true(vw_port_is_recorded(&tree->host, "pool", PORT));
	assert_false(
		vw_port_is_recorded(&tree->host, "pool", "00000000-0000-4000-8000-000000000502"));
	assert_false(vw_port_is_recorded(&tree->host, "pool2", PORT));
	assert_false(vw_port_is_recorded(&tree->host, "", PORT));
	tree_file(tree, "/run/libvirt/other/ports/" PORT ".xml", "<networkport/>");
	assert_false(vw_port_is_recorded(&tree->host, "../other", PORT));
	assert_false(vw_port_is_recorded(&tree->host, "x/../pool", PORT));
	/* A look that fails is neither yes nor no. */
	lost.root_fd = -1;
	assert_int_equal(vw_port_is_recorded(&lost, "pool", PORT), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read, setup, teardown),
		cmocka_unit_test_setup_teardown(test_attributes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_there, setup, teardown),
		cmocka_unit_test_setup_teardown(test_odd_names, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_files, setup, teardown),
		cmocka_unit_test_setup_teardown(test_list, setup, teardown),
		cmocka_unit_test_setup_teardown(test_list_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(test_network, setup, teardown),
		cmocka_unit_test_setup_teardown(test_port, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
