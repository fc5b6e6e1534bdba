/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_reset: VFs of many drivers brought to a target, on a recorded machine with faults. */
#include "reset_machine.h"

/* What a tenant leaves. */
static struct vw_vf_attr used(void)
{
	struct vw_vf_attr vf = nl_new_vf(1);

	vf.mac = tenant;
	vf.vlan = 5;
	vf.qos = 2;
	vf.max_rate = 100;
	vf.trust = 1;
	vf.spoofchk = 0;
	return vf;
}

struct expect {
	const char *name;
	const char *driver;
	struct vw_vf_attr now, want;
	struct vw_mac tenant, spare;
	unsigned int flags;
	const char *faults;
	const char *sent;    /* NULL = any */
	const char *residue; /* "" = clean */
	const char *unsupported;
	enum { MAC_ZERO, MAC_WANT, MAC_SPARE, MAC_MADE_UP, MAC_KEPT, MAC_OWN } mac;
	int spoofchk; /* afterwards */
};

static void check_mac(const struct expect *e, const struct vw_mac *mac)
{
	char text[VW_MAC_STR];
	bool good = false;

	switch (e->mac) {
	case MAC_ZERO:
		good = vw_mac_is_zero(mac);
		break;
	case MAC_WANT:
		good = vw_mac_equal(mac, &e->want.mac);
		break;
	case MAC_SPARE:
		good = vw_mac_equal(mac, &e->spare);
		break;
	case MAC_MADE_UP:
		good = (mac->b[0] & 3) == 2 && !vw_mac_is_nobody(mac) &&
		       !vw_mac_equal(mac, &e->tenant) && !vw_mac_equal(mac, &e->now.mac) &&
		       !vw_mac_is_tap_copy(mac);
		break;
	case MAC_KEPT:
		good = vw_mac_equal(mac, &e->now.mac);
		break;
	case MAC_OWN:
		good = mac->b[0] == 0x3a;
		break;
	}
	if (!good)
		fail_msg("%s: mac is %s", e->name, vw_mac_format(mac, text));
}

static void run(const struct expect *e)
{
	struct vw_reset_target target = { e->want, e->tenant, e->spare };
	struct vw_reset_result result;
	struct vw_pci vf = pci(VF(1));
	struct vw_error err = { "" };
	struct vw_vf_attr after;
	struct tree tree;
	int rc;

	build(&tree);
	put_driver(&tree, e->driver ? e->driver : "igb");
	put_links(&tree, &e->now, e->flags);
	if (e->faults)
		tree_file(&tree, "/vfward-record/faults", e->faults);
	rc = vw_reset_vf(&tree.host, &vf, &target, &result, &err);
	if (rc)
		fail_msg("%s: %d %s", e->name, rc, err.msg);
	if (strcmp(result.residue, e->residue) != 0 || result.clean != !*e->residue)
		fail_msg("%s: residue \"%s\"", e->name, result.residue);
	if (strcmp(result.unsupported, e->unsupported) != 0)
		fail_msg("%s: unsupported \"%s\"", e->name, result.unsupported);
	if (e->sent && strcmp(sent, e->sent) != 0)
		fail_msg("%s: sent \"%s\"", e->name, sent);
	after = read_vf(&tree, VF(1));
	check_mac(e, &after.mac);
	if (after.spoofchk != e->spoofchk)
		fail_msg("%s: spoofchk %d", e->name, after.spoofchk);
	/* Nobody else's VF was touched. */
	after = read_vf(&tree, VF(0));
	assert_true(vw_mac_is_zero(&after.mac) && after.vlan == 0 && after.spoofchk == 1);
	tree_free(&tree);
}

#define FRESH                                                                                      \
	{                                                                                          \
		.vlan_proto = 0x8100, .spoofchk = 1, .rss_query = VW_UNKNOWN                       \
	}
#define USED                                                                                       \
	{                                                                                          \
		.mac = { { 0x52, 0x54, 0, 0, 0, 1 } }, .vlan = 5, .qos = 2, .vlan_proto = 0x8100,  \
		.max_rate = 100, .trust = 1, .rss_query = VW_UNKNOWN                               \
	}
#define WITH_MAC                                                                                   \
	{                                                                                          \
		.mac = { { 0x52, 0x54, 0, 0, 0, 1 } }, .vlan_proto = 0x8100, .spoofchk = 1,        \
		.rss_query = VW_UNKNOWN                                                            \
	}
#define TENANT                                                                                     \
	{                                                                                          \
		{                                                                                  \
			0x52, 0x54, 0, 0, 0, 1                                                     \
		}                                                                                  \
	}
#define OTHER                                                                                      \
	{                                                                                          \
		{                                                                                  \
			0x52, 0x54, 0, 0, 0, 2                                                     \
		}                                                                                  \
	}

static void test_clean(void **state)
{
	static const struct expect cases[] = {
		{ "all", NULL, USED, FRESH, TENANT, { { 0 } }, IFF_UP, NULL,
			"vlan, rate, mac, trust, spoofchk", "", "", MAC_ZERO, 1 },
		/* What is right already is not sent: it could reset the VF, or fail. */
		{ "nothing to do", NULL, FRESH, FRESH, TENANT, { { 0 } }, IFF_UP,
			"*/* any EIO always\n", "", "", "", MAC_ZERO, 1 },
		{ "only the mac", NULL, WITH_MAC, FRESH, TENANT, { { 0 } }, IFF_UP, NULL, "mac", "",
			"", MAC_ZERO, 1 },
		{ "the admin's settings come back", NULL, FRESH,
			{ .mac = OTHER,
				.vlan = 9,
				.vlan_proto = 0x8100,
				.trust = 1,
				.rss_query = VW_UNKNOWN,
				.max_rate = 50 },
			TENANT, { { 0 } }, IFF_UP, NULL, "vlan, rate, mac, trust, spoofchk", "", "",
			MAC_WANT, 0 },
		{ "unknown is left alone", NULL, USED,
			{ .vlan_proto = 0x8100,
				.spoofchk = VW_UNKNOWN,
				.trust = VW_UNKNOWN,
				.rss_query = VW_UNKNOWN,
				.link_state = VW_UNKNOWN },
			TENANT, { { 0 } }, IFF_UP, NULL, "vlan, rate, mac", "", "", MAC_ZERO, 0 },
		{ "a foreign address is cleared too", NULL, WITH_MAC, FRESH, OTHER, { { 0 } },
			IFF_UP, NULL, "mac", "", "", MAC_ZERO, 1 },
		{ "the VF chooses its own", NULL, WITH_MAC, FRESH, TENANT, { { 0 } }, IFF_UP,
			"eth0/1 mac own-mac always\n", "mac", "", "", MAC_OWN, 1 },
		{ "the VF chooses its own, tenant unknown", NULL, WITH_MAC, FRESH, { { 0 } },
			{ { 0 } }, IFF_UP, "eth0/1 mac own-mac always\n", "mac", "", "", MAC_OWN,
			1 },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++)
		run(&cases[i]);
}

static void test_retries(void **state)
{
	static const struct expect cases[] = {
		{ "EAGAIN then yes", NULL, WITH_MAC, FRESH, TENANT, { { 0 } }, IFF_UP,
			"eth0/1 mac EAGAIN 2\n", "mac, mac, mac", "", "", MAC_ZERO, 1 },
		{ "EBUSY on each field", NULL, USED, FRESH, TENANT, { { 0 } }, IFF_UP,
			"eth0/1 trust EBUSY 1\neth0/1 vlan EAGAIN 1\neth0/1 spoofchk EAGAIN 1\n",
			"vlan, vlan, rate, mac, trust, trust, spoofchk, spoofchk", "", "", MAC_ZERO,
			1 },
		{ "a hole before", NULL, WITH_MAC, FRESH, TENANT, { { 0 } }, IFF_UP,
			"eth0/1 read EAGAIN 5\n", "mac", "", "", MAC_ZERO, 1 },
		/* The other fields are set although one fails: best effort. */
		{ "an error", NULL, USED, FRESH, TENANT, { { 0 } }, IFF_UP,
			"eth0/1 vlan EIO always\n", "vlan, rate, mac, trust, spoofchk",
			"vlan 5 qos 2", "", MAC_ZERO, 1 },
		{ "EPERM", NULL, WITH_MAC, FRESH, TENANT, { { 0 } }, IFF_UP,
			"eth0/1 mac EPERM always\n", NULL, "mac 52:54:00:00:00:01", "", MAC_KEPT,
			1 },
		{ "EIO, tenant unknown", NULL, WITH_MAC, FRESH, { { 0 } }, { { 0 } }, IFF_UP,
			"eth0/1 mac EIO always\n", "mac", "mac 52:54:00:00:00:01", "", MAC_KEPT,
			1 },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++)
		run(&cases[i]);
}

static void test_unsupported(void **state)
{
	static const struct expect cases[] = {
		{ "link state", NULL,
			{ .vlan_proto = 0x8100, .spoofchk = 1, .rss_query = 0, .link_state = 2 },
			{ .vlan_proto = 0x8100, .spoofchk = 1, .rss_query = 1 }, TENANT, { { 0 } },
			IFF_UP, NULL, "rss-query, link-state", "", "link-state, rss-query",
			MAC_ZERO, 1 },
		{ "524", NULL, USED, FRESH, TENANT, { { 0 } }, IFF_UP,
			"eth0/1 rate ENOTSUPP always\n", "vlan, rate, mac, trust, spoofchk", "",
			"rate", MAC_ZERO, 1 },
		{ "rate while the link is down", NULL, USED, FRESH, TENANT, { { 0 } }, 0, NULL,
			"vlan, rate, mac, trust, spoofchk", "", "rate", MAC_ZERO, 1 },
		/* The right that the tenant had stays: no driver's excuse makes that clean. */
		{ "trust", NULL, USED, FRESH, TENANT, { { 0 } }, IFF_UP,
			"eth0/1 trust EOPNOTSUPP always\n", "vlan, rate, mac, trust, spoofchk",
			"trust on", "trust", MAC_ZERO, 1 },
		{ "vlan", NULL, USED, FRESH, TENANT, { { 0 } }, IFF_UP,
			"eth0/1 vlan EPROTONOSUPPORT always\n", NULL, "vlan 5 qos 2", "vlan",
			MAC_ZERO, 1 },
		{ "spoofchk", NULL, USED, FRESH, TENANT, { { 0 } }, IFF_UP,
			"eth0/1 spoofchk EOPNOTSUPP always\n", NULL, "spoofchk off", "spoofchk",
			MAC_ZERO, 0 },
		{ "mac", NULL, WITH_MAC, FRESH, TENANT, { { 0 } }, IFF_UP,
			"eth0/1 mac EOPNOTSUPP always\n", "mac", "mac 52:54:00:00:00:01", "mac",
			MAC_KEPT, 1 },
		{ "not reported", NULL,
			{ .vlan_proto = 0x8100,
				.spoofchk = 1,
				.trust = VW_UNKNOWN,
				.rss_query = VW_UNKNOWN },
			FRESH, TENANT, { { 0 } }, IFF_UP, "eth0/1 trust EOPNOTSUPP always\n",
			"trust", "", "trust", MAC_ZERO, 1 },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++)
		run(&cases[i]);
}

static void test_zero_mac_refused(void **state)
{
	static const struct expect cases[] = {
		{ "qede", "qede", WITH_MAC, FRESH, TENANT, { { 0 } }, IFF_UP,
			"eth0/1 mac-zero EINVAL always\n", "mac, mac", "", "", MAC_MADE_UP, 1 },
		{ "enetc", "fsl_enetc", WITH_MAC, FRESH, TENANT, { { 0 } }, IFF_UP,
			"eth0/1 mac-zero EADDRNOTAVAIL always\n", "mac, mac", "", "", MAC_MADE_UP,
			1 },
		{ "spare", "qede", WITH_MAC, FRESH, TENANT, OTHER, IFF_UP,
			"eth0/1 mac-zero EINVAL always\n", "mac, mac", "", "", MAC_SPARE, 1 },
		{ "spare is the tenant's", "qede", WITH_MAC, FRESH, TENANT, TENANT, IFF_UP,
			"eth0/1 mac-zero EINVAL always\n", "mac, mac", "", "", MAC_MADE_UP, 1 },
		{ "spare is libvirt's", "qede", WITH_MAC, FRESH, TENANT, { { 2 } }, IFF_UP,
			"eth0/1 mac-zero EINVAL always\n", "mac, mac", "", "", MAC_MADE_UP, 1 },
		{ "spare is multicast", "qede", WITH_MAC, FRESH, TENANT, { { 3 } }, IFF_UP,
			"eth0/1 mac-zero EINVAL always\n", "mac, mac", "", "", MAC_MADE_UP, 1 },
		{ "not the tenant's: stays", "qede", WITH_MAC, FRESH, OTHER, { { 0 } }, IFF_UP,
			"eth0/1 mac-zero EINVAL always\n", "mac", "", "", MAC_KEPT, 1 },
		{ "libvirt's stand-in goes", "qede",
			{ .mac = { { 2 } },
				.vlan_proto = 0x8100,
				.spoofchk = 1,
				.rss_query = VW_UNKNOWN },
			FRESH, TENANT, { { 0 } }, IFF_UP, "eth0/1 mac-zero EINVAL always\n",
			"mac, mac", "", "", MAC_MADE_UP, 1 },
		{ "tenant unknown", "qede", WITH_MAC, FRESH, { { 0 } }, { { 0 } }, IFF_UP,
			"eth0/1 mac-zero EINVAL always\n", "mac, mac", "", "", MAC_MADE_UP, 1 },
		/* spoofchk is to go anyway: off first, then zero. */
		{ "mlx4, spoofchk goes", "mlx4_core", WITH_MAC,
			{ .vlan_proto = 0x8100, .rss_query = VW_UNKNOWN }, TENANT, { { 0 } },
			IFF_UP, "eth0/1 mac-zero-spoofchk EPERM always\n", NULL, "", "", MAC_ZERO,
			0 },
		/* spoofchk stays: it is never given up, not even for a moment. */
		{ "mlx4, spoofchk stays", "mlx4_core", WITH_MAC, FRESH, TENANT, { { 0 } }, IFF_UP,
			"eth0/1 mac-zero-spoofchk EPERM always\n", "mac", "", "", MAC_MADE_UP, 1 },
		{ "mlx4, spoofchk comes back", "mlx4_core", USED, FRESH, TENANT, { { 0 } }, IFF_UP,
			NULL, "vlan, rate, mac, trust, spoofchk", "", "", MAC_MADE_UP, 1 },
		{ "mlx5, spoofchk unknown but on", "mlx5_core", WITH_MAC,
			{ .vlan_proto = 0x8100, .spoofchk = VW_UNKNOWN, .rss_query = VW_UNKNOWN },
			TENANT, { { 0 } }, IFF_UP, NULL, "mac", "", "", MAC_MADE_UP, 1 },
		{ "mlx5, zero already, spoofchk on", "mlx5_core", FRESH, FRESH, TENANT, { { 0 } },
			IFF_UP, NULL, "mac", "", "", MAC_MADE_UP, 1 },
		{ "mlx5, spoofchk off", "mlx5_core",
			{ .mac = TENANT, .vlan_proto = 0x8100, .rss_query = VW_UNKNOWN },
			{ .vlan_proto = 0x8100, .rss_query = VW_UNKNOWN }, TENANT, { { 0 } },
			IFF_UP, NULL, "mac", "", "", MAC_ZERO, 0 },
		{ "another driver that says EPERM", "igb", WITH_MAC, FRESH, TENANT, { { 0 } },
			IFF_UP, "eth0/1 mac-zero-spoofchk EPERM always\n", "mac, mac", "", "",
			MAC_MADE_UP, 1 },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++)
		run(&cases[i]);
}

/* The made-up address belongs to this machine, PF and VF alone, and does not change. */
static void test_made_up_mac(void **state)
{
	struct tree *tree = *state;
	struct vw_pci pf = pci(PF);
	struct job job = { .host = &tree->host, .place = { .pf = pf } };
	struct vw_mac seen[600], mac;
	size_t n = 0;

	for (int machine = 0; machine < 2; machine++) {
		if (machine)
			tree_file(tree, "/etc/machine-id", "00112233445566778899aabbccddeeff\n");
		for (int function = 0; function < 2; function++) {
			for (uint32_t i = 0; i < 150; i++) {
				job.place.pf.function = (uint8_t)function;
				job.place.index = i;
				seen[n++] = made_up_mac(&job);
				mac = made_up_mac(&job);
				assert_true(vw_mac_equal(&mac, &seen[n - 1]));
			}
		}
	}
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(seen[i].b[0] & 3, 2);
		assert_false(vw_mac_is_nobody(&seen[i]) || vw_mac_is_tap_copy(&seen[i]));
		for (size_t k = 0; k < i; k++)
			assert_false(vw_mac_equal(&seen[i], &seen[k]));
	}
	job.target.tenant = made_up_mac(&job);
	mac = made_up_mac(&job);
	assert_false(vw_mac_equal(&mac, &job.target.tenant));
	/* No machine-id: the boot's id serves. */
	assert_int_equal(unlinkat(tree->host.root_fd, "etc/machine-id", 0), 0);
	tree_file(
		tree, "/proc/sys/kernel/random/boot_id", "5c5ab1ee-0000-4000-8000-000000000001\n");
	seen[0] = made_up_mac(&job);
	tree_file(
		tree, "/proc/sys/kernel/random/boot_id", "5c5ab1ee-0000-4000-8000-000000000002\n");
	mac = made_up_mac(&job);
	assert_false(vw_mac_equal(&mac, &seen[0]));
}

static void test_ignored(void **state)
{
	struct tree *tree = *state;
	struct vw_vf_attr now = used();
	struct vw_reset_target target = { .want = nl_new_vf(0), .tenant = tenant };
	struct vw_reset_result result;
	struct vw_pci vf = pci(VF(1));

	/* A driver that says yes and does nothing: found out by reading back, within the time there is. */
	put_links(tree, &now, IFF_UP);
	tree_file(tree, "/vfward-record/faults", "eth0/1 any ignored always\n");
	tree->host.deadline = vw_deadline_in(250);
	assert_int_equal(vw_reset_vf(&tree->host, &vf, &target, &result, NULL), 0);
	assert_false(result.clean);
	assert_string_equal(result.residue,
		"mac 52:54:00:00:00:01, vlan 5 qos 2, rate 0-100 Mbit/s, spoofchk off, trust on");
	assert_string_equal(result.unsupported, "");
}

static void test_deadline(void **state)
{
	struct tree *tree = *state;
	struct vw_vf_attr now = used();
	struct vw_reset_target target = { .want = nl_new_vf(0), .tenant = tenant };
	struct vw_deadline start = vw_deadline_in(60000);
	struct vw_reset_result result;
	struct vw_pci vf = pci(VF(1));
	int took;

	put_links(tree, &now, IFF_UP);
	tree_file(tree, "/vfward-record/faults", "eth0/1 any EAGAIN always\n");
	tree->host.deadline = vw_deadline_in(300);
	assert_int_equal(vw_reset_vf(&tree->host, &vf, &target, &result, NULL), 0);
	took = 60000 - vw_deadline_left(&start);
	assert_true(took >= 250 && took < 2000);
	assert_false(result.clean);
	assert_non_null(strstr(result.residue, "mac 52:54:00:00:00:01"));
}

static void test_cannot_look(void **state)
{
	struct tree *tree = *state;
	struct vw_reset_target target = { .want = nl_new_vf(0), .tenant = tenant };
	struct vw_reset_result result;
	struct vw_pci vf = pci("0000:0a:00.0");
	struct vw_error err = { "" };

	assert_int_equal(vw_reset_vf(&tree->host, &vf, &target, &result, &err), -ENOENT);
	assert_false(result.clean);
	assert_true(err.msg[0]);
	vf = pci(VF(1));
	tree_file(tree, "/vfward-record/faults", "eth0/1 read EAGAIN always\n");
	tree->host.deadline = vw_deadline_in(50);
	assert_int_equal(vw_reset_vf(&tree->host, &vf, &target, &result, &err), -EUCLEAN);
	assert_false(result.clean);
}

/* qede says "link speed" for "no limit"; the target may say so, too. */
static void test_qede_rate(void **state)
{
	struct tree *tree = *state;
	struct vw_vf_attr now = nl_new_vf(1);
	struct vw_reset_target target = { .want = nl_new_vf(0), .tenant = tenant };
	struct vw_reset_result result;
	struct vw_pci vf = pci(VF(1));

	now.max_rate = 25000;
	put_links(tree, &now, IFF_UP);
	tree_file(tree, "/sys/bus/pci/devices/" PF "/net/eth0/speed", "25000\n");
	assert_int_equal(read_vf(tree, VF(1)).max_rate, 25000);
	put_driver(tree, "qede");
	assert_int_equal(read_vf(tree, VF(1)).max_rate, 0);
	target.want.max_rate = 25000;
	assert_int_equal(vw_reset_vf(&tree->host, &vf, &target, &result, NULL), 0);
	assert_true(result.clean);
	assert_string_equal(sent, "");
	now.max_rate = 100;
	put_links(tree, &now, IFF_UP);
	assert_int_equal(read_vf(tree, VF(1)).max_rate, 100);
	assert_int_equal(vw_reset_vf(&tree->host, &vf, &target, &result, NULL), 0);
	assert_true(result.clean);
	assert_string_equal(sent, "rate");
	tree_file(tree, "/sys/bus/pci/devices/" PF "/net/eth0/speed", "-1\n");
	now.max_rate = UINT32_MAX;
	put_links(tree, &now, IFF_UP);
	assert_true(read_vf(tree, VF(1)).max_rate == UINT32_MAX);
}

static void test_residue_is_cut(void **state)
{
	char buf[20] = "";

	(void)state;
	add(buf, sizeof(buf), "0123456789");
	add(buf, sizeof(buf), "0123456789");
	assert_string_equal(buf, "0123456789, 0123456");
	add(buf, sizeof(buf), "x");
	assert_int_equal(strlen(buf), sizeof(buf) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_retries),
		cmocka_unit_test(test_unsupported),
		cmocka_unit_test(test_zero_mac_refused),
		T(test_made_up_mac),
		T(test_ignored),
		T(test_deadline),
		T(test_cannot_look),
		T(test_qede_rate),
		cmocka_unit_test(test_residue_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
