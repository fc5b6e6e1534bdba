/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_fresh_mac: a MAC that somebody has is drawn again, whoever that is. The random numbers are this test's. */
#include "machine.h"

#include "fresh_mac.h"

#include <string.h>
#include <sys/types.h>

/* What is drawn: one after the other. */
static uint8_t draws[8][3];
static size_t drawn;

ssize_t __wrap_getrandom(void *buf, size_t len, unsigned int flags);
ssize_t __wrap_getrandom(void *buf, size_t len, unsigned int flags)
{
	(void)flags;
	assert_int_equal(len, 3);
	assert_true(drawn < VW_ARRAY_SIZE(draws));
	memcpy(buf, draws[drawn++], len);
	return (ssize_t)len;
}

/* In use as the last octet says. */
enum { A_NETDEV = 0xa1, PERMANENT, A_VF, A_CLAIM, RUNNING, DEFINED };

static void prepare(struct machine *m)
{
	struct vw_claim_owner owner = machine_owner("web1", VW_CLAIM_RUNNING, 5);

	machine_add_link(m, "br0", "bridge", "52:54:00:00:00:a1");
	machine_set_perm(machine_link(m, "eth1"), "52:54:00:00:00:a2");
	machine_vf(m, VF3)->mac = machine_mac("52:54:00:00:00:a3");
	machine_write(m);
	machine_claim_mac(m, &owner, "52:54:00:00:00:a4", "", false);
	machine_status(m, "web2", WEB2, BRIDGE("52:54:00:00:00:a5", "br0"));
	tree_file(&m->tree, "/etc/libvirt/qemu/web3.xml",
		"<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE.\n-->\n"
		"<domain type='kvm'><name>web3</name><uuid>" WEB3
		"</uuid><devices>" BRIDGE("52:54:00:00:00:a6", "br0") "</devices></domain>");
	tree_dir(&m->tree, "/etc/libvirt/qemu/networks");
}

static void test_used(void **state)
{
	struct machine *m = *state;
	struct vw_used_macs used;
	struct vw_mac mac;
	char text[VW_MAC_STR];

	prepare(m);
	assert_int_equal(
		vw_used_macs_get(&m->tree.host, m->registry, &used, &m->findings, &m->err), 0);
	assert_int_equal(m->findings.n, 0);
	for (unsigned int i = A_NETDEV; i <= DEFINED; i++)
		draws[i - A_NETDEV][2] = (uint8_t)i;
	draws[6][2] = 0xb0;
	drawn = 0;
	assert_int_equal(vw_fresh_mac(&used, &mac, &m->err), 0);
	assert_string_equal(vw_mac_format(&mac, text), "52:54:00:00:00:b0");
	assert_int_equal(drawn, 7);
	/* Nor is the same given twice. */
	draws[7][2] = 0xb1;
	drawn = 6;
	assert_int_equal(vw_fresh_mac(&used, &mac, &m->err), 0);
	assert_string_equal(vw_mac_format(&mac, text), "52:54:00:00:00:b1");
	vw_used_macs_free(&used);
}

static void test_unreadable(void **state)
{
	struct machine *m = *state;
	struct vw_used_macs used;

	prepare(m);
	tree_file(&m->tree, "/etc/libvirt/qemu/torn.xml", "<domain");
	assert_int_equal(vw_used_macs_get(&m->tree.host, NULL, &used, &m->findings, &m->err), 0);
	assert_int_equal(m->findings.n, 1);
	assert_string_equal(m->findings.v[0].id, "macs-unknown");
	assert_string_equal(m->findings.v[0].subject, "torn");
	vw_used_macs_free(&used);
}

int main(void)
{
	const struct CMUnitTest tests[] = { T(test_used), T(test_unreadable) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
