/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_request: the options, and which PF a name, an address or a MAC means on a host. */
#include "machine.h"

#include "command.h"
#include "request.h"

#include <string.h>

static const struct vw_own_option own[] = {
	{ "pf", VW_OWN_PF, true },
	{ "passthrough", VW_OWN_PASSTHROUGH, false },
	{ "allow-unsupported-sfp", VW_OWN_UNSUPPORTED_SFP, false },
	{ "blacklist-vf-driver", VW_OWN_BLACKLIST, false },
	{ "method", VW_OWN_METHOD, true },
	{ "bootloader", VW_OWN_BOOTLOADER, true },
	{ 0 },
};

/* args: words with one blank between them. */
static int parse(const char *args, struct vw_request *request, struct vw_error *err)
{
	char text[256], *argv[16] = { "hostprep" }, *at = NULL;
	struct vw_options options;
	int argc = 1, rc;

	snprintf(text, sizeof(text), "%s", args);
	for (char *word = strtok_r(text, " ", &at); word && argc < 15;
		word = strtok_r(NULL, " ", &at))
		argv[argc++] = word;
	assert_int_equal(vw_options_parse(&options, argc, argv, own, err), 0);
	rc = vw_request_parse(&options, request, err);
	vw_options_free(&options);
	return rc;
}

static void test_parse(void **state)
{
	struct vw_request request;

	(void)state;
	assert_int_equal(parse("plan --pf eth0=4 --pf=0000:01:00.1=0 --pf a=b=7 --passthrough "
			       "--method modprobe",
				 &request, NULL),
		0);
	assert_int_equal(request.n_pfs, 3);
	assert_string_equal(request.pfs[0].given, "eth0");
	assert_int_equal(request.pfs[0].count, 4);
	assert_string_equal(request.pfs[1].given, "0000:01:00.1");
	assert_int_equal(request.pfs[1].count, 0);
	assert_string_equal(request.pfs[2].given, "a=b");
	assert_true(request.passthrough);
	assert_false(request.allow_unsupported_sfp || request.blacklist_vf_driver);
	assert_int_equal(request.method, VW_METHOD_MODPROBE);
	assert_null(request.bootloader);
	vw_request_free(&request);

	assert_int_equal(
		parse("plan --allow-unsupported-sfp --blacklist-vf-driver", &request, NULL), 0);
	assert_true(request.allow_unsupported_sfp && request.blacklist_vf_driver);
	assert_false(request.passthrough);
	assert_int_equal(request.method, VW_METHOD_AUTO);
	vw_request_free(&request);
}

static void test_parse_mistakes(void **state)
{
	static const struct {
		const char *args, *words;
	} cases[] = {
		{ "--pf eth0", "PF=COUNT" },
		{ "--pf =4", "PF=COUNT" },
		{ "--pf eth0=", "no number" },
		{ "--pf eth0=four", "no number" },
		{ "--pf eth0=-1", "no number" },
		{ "--pf eth0=65536", "no number" },
		{ "--pf eth0=4 --method magic", "auto, sysfs and modprobe" },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_request request;
		struct vw_error err = { "" };

		assert_int_equal(parse(cases[i].args, &request, &err), -EINVAL);
		if (!strstr(err.msg, cases[i].words))
			fail_msg("%s: %s", cases[i].args, err.msg);
		assert_null(request.pfs);
	}
}

static void resolve(struct machine *m, const char *args, struct vw_request *request)
{
	machine_write(m);
	assert_int_equal(parse(args, request, NULL), 0);
	assert_int_equal(vw_request_resolve(&m->tree.host, request, &m->findings, &m->err), 0);
}

static void found(struct machine *m, const char *given, const char *address)
{
	struct vw_request request;
	char args[64], buf[VW_PCI_STR];

	snprintf(args, sizeof(args), "--pf %s=2", given);
	resolve(m, args, &request);
	machine_assert_findings(&m->findings, NULL, 0);
	assert_string_equal(vw_pci_format(&request.pfs[0].pf, buf), address);
	vw_request_free(&request);
}

static void setup_pfs(struct machine *m)
{
	tree_file(&m->tree, DEVICES PF0 "/sriov_totalvfs", "7\n");
	tree_file(&m->tree, DEVICES PF1 "/sriov_totalvfs", "7\n");
	machine_set_perm(machine_link(m, "eth0"), "52:54:00:aa:00:00");
	machine_set_mac(machine_link(m, "eth0"), "52:54:00:aa:00:00");
}

static void test_names(void **state)
{
	struct machine *m = *state;
	struct vw_request request;
	char mac[VW_MAC_STR];

	setup_pfs(m);
	found(m, "eth0", PF0);
	found(m, "eth1", PF1);
	found(m, PF0, PF0);
	found(m, "01:00.1", PF1);
	found(m, "52:54:00:AA:00:00", PF0);
	resolve(m, "--pf eth0=7", &request);
	assert_string_equal(request.pfs[0].netdev, "eth0");
	assert_string_equal(request.pfs[0].driver, "igb");
	assert_string_equal(vw_mac_format(&request.pfs[0].mac, mac), "52:54:00:aa:00:00");
	assert_int_equal(m->findings.n, 0);
	vw_request_free(&request);
}

/* A bond gives its ports one address: the permanent one tells them apart, and the bond itself is nobody. */
static void test_mac_of_a_bond(void **state)
{
	struct machine *m = *state;

	setup_pfs(m);
	machine_set_perm(machine_link(m, "eth1"), "52:54:00:aa:00:01");
	machine_set_mac(machine_link(m, "eth1"), "52:54:00:aa:00:00");
	machine_set_mac(machine_link(m, "eth0"), "52:54:00:aa:00:01");
	machine_add_link(m, "bond0", "bond", "52:54:00:aa:00:00");
	found(m, "52:54:00:aa:00:00", PF0);
	found(m, "52:54:00:aa:00:01", PF1);
	/* a NIC without a permanent address in the dump is found by the one it has */
	machine_set_mac(machine_add_link(m, "eth9", NULL, NULL), "52:54:00:aa:00:09");
	tree_pci(&m->tree, "0000:09:00.0", "0x020000", "igb");
	tree_file(&m->tree, DEVICES "0000:09:00.0/sriov_totalvfs", "7\n");
	tree_netdev(&m->tree, "0000:09:00.0", "eth9");
	found(m, "52:54:00:aa:00:09", "0000:09:00.0");
}

static void test_refused(void **state)
{
	struct machine *m = *state;
	struct vw_request request;

	setup_pfs(m);
	tree_pci(&m->tree, "0000:02:00.0", "0x020000", "ixgbe");
	tree_netdev(&m->tree, "0000:02:00.0", "eth2");
	tree_pci(&m->tree, "0000:03:00.0", "0x010802", "nvme");
	tree_file(&m->tree, DEVICES "0000:03:00.0/sriov_totalvfs", "7\n");
	tree_pci(&m->tree, "0000:04:00.0", "0x020000", "mlx5_core");
	tree_file(&m->tree, DEVICES "0000:04:00.0/sriov_totalvfs", "0\n");
	tree_dir(&m->tree, "/sys/class/net/br0");
	resolve(m,
		"--pf eth0=8 --pf 01:00.0=1 --pf " VF0
		"=1 --pf eth2=1 --pf 03:00.0=1 --pf 04:00.0=1 --pf br0=1",
		&request);
	FINDINGS("FAIL pf-too-many-vfs eth0: eth0 can have 7 VFs, not 8",
		"FAIL pf-twice 01:00.0: 01:00.0 is the same PF as eth0",
		"FAIL pf-is-vf " VF0 ": " VF0 " is itself a VF, of " PF0,
		"FAIL pf-no-sriov eth2: eth2 has no SR-IOV capability",
		"FAIL pf-no-nic 03:00.0: 03:00.0 is no network controller",
		"FAIL pf-no-sriov 04:00.0: 04:00.0 has SR-IOV, but its firmware grants it no VF",
		"FAIL pf-no-nic br0: br0 is no PCI device: bonds, bridges and VLANs have no VFs");
	vw_request_free(&request);
}

static void test_unknown(void **state)
{
	struct machine *m = *state;
	struct vw_request request;

	setup_pfs(m);
	resolve(m, "--pf eth7=1", &request);
	assert_int_equal(m->findings.n, 1);
	assert_string_equal(m->findings.v[0].remedy,
		"PFs of this host: eth0 (" PF0 ", up to 7 VFs), eth1 (" PF1 ", up to 7 VFs)");
	FINDINGS("FAIL pf-unknown eth7: eth7 is not there");
	vw_request_free(&request);
	resolve(m, "--pf 0000:77:00.0=1 --pf 52:54:00:77:00:00=1", &request);
	FINDINGS("FAIL pf-unknown 0000:77:00.0: 0000:77:00.0 is not there",
		"FAIL pf-unknown 52:54:00:77:00:00: 52:54:00:77:00:00 is not there");
	vw_request_free(&request);
}

static void test_no_sys(void **state)
{
	struct vw_request request;
	struct vw_findings findings = { 0 };
	struct tree tree;
	char buf[VW_PCI_STR];

	(void)state;
	tree_new(&tree);
	assert_int_equal(
		parse("--pf 01:00.0=9 --pf eth0=1 --pf 0000:01:00.0=2", &request, NULL), 0);
	assert_int_equal(vw_request_resolve(&tree.host, &request, &findings, NULL), 0);
	assert_string_equal(vw_pci_format(&request.pfs[0].pf, buf), PF0);
	assert_int_equal(findings.n, 4);
	assert_int_equal(findings.v[0].severity, VW_SKIP);
	assert_string_equal(findings.v[0].id, "pf-not-looked-up");
	assert_int_equal(findings.v[1].severity, VW_FAIL);
	assert_string_equal(findings.v[1].id, "pf-unknown");
	assert_string_equal(findings.v[2].id, "pf-twice");
	vw_findings_free(&findings);
	vw_request_free(&request);
	tree_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_mistakes),
		T(test_names),
		T(test_mac_of_a_bond),
		T(test_refused),
		T(test_unknown),
		cmocka_unit_test(test_no_sys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
