/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_adopt: claims for domains that run already, and a registry that is built again from them. */
#include "machine.h"

#include "adopt.h"
#include "cleanup.h"

#include <stdio.h>

static int adopt(struct machine *m, const char *devices, const struct vw_process *daemon)
{
	return vw_adopt_domain(&m->tree.host, m->registry, &m->config,
		machine_domain(m, "web1", WEB1, devices), daemon, &m->findings, &m->err);
}

static int adopt_all(struct machine *m)
{
	m->err.msg[0] = '\0';
	return vw_adopt_all(&m->tree.host, m->registry, &m->config, &m->findings, &m->err);
}

/* ---- one domain ---- */

static void test_domain(void **state)
{
	struct machine *m = *state;
	struct vw_process daemon = { 77, 7777 };
	struct vw_vf_claim claim;

	machine_vf(m, VF1)->vlan = 7;
	machine_vf(m, VF1)->trust = 1;
	machine_vf(m, VF1)->mac = machine_mac(MAC1);
	machine_vfio(m, VF1, 1);
	machine_open(m, 4711, "qemu", "/dev/vfio/11");
	machine_write(m);
	assert_int_equal(adopt(m, IF_VF(MAC1, "2") BRIDGE(MAC2, "br0"), &daemon), 0);
	assert_int_equal(m->findings.n, 0);
	assert_true(machine_find(m, VF1, &claim));
	assert_string_equal(claim.owner.uuid, WEB1);
	assert_int_equal(claim.owner.state, VW_CLAIM_RUNNING);
	assert_int_equal(claim.owner.daemon.pid, 77);
	assert_int_equal(claim.use, VW_USE_INTERFACE);
	assert_int_equal(machine_macs(m, WEB1), 2);
	/* What it shows now may be the guest's doing. */
	assert_int_equal(claim.baseline.vlan, 0);
	assert_int_equal(claim.baseline.trust, 0);
	assert_true(vw_mac_is_zero(&claim.baseline.mac));
	/* The VF of a running guest is not touched. */
	assert_int_equal(machine_read(m, VF1).vlan, 7);

	assert_int_equal(adopt(m, IF_VF(MAC1, "2"), NULL), 0);
	assert_true(machine_find(m, VF1, &claim));
	assert_int_equal(claim.owner.daemon.pid, 0);
	assert_int_equal(machine_macs(m, WEB1), 1);
	assert_int_equal(m->findings.n, 0);
}

/* A claim from before the start knows better what was there. */
static void test_baseline_stays(void **state)
{
	struct machine *m = *state;
	struct vw_claim_owner owner = machine_owner("web1", VW_CLAIM_PREPARED, 5);
	struct vw_vf_claim claim;

	machine_vf(m, VF1)->vlan = 100;
	claim = machine_claim_of(m, &owner, VF1, MAC1, VW_USE_INTERFACE);
	machine_claim_vf(m, &claim);
	machine_vf(m, VF1)->vlan = 7;
	machine_write(m);
	assert_int_equal(adopt(m, IF_VF(MAC1, "2"), NULL), 0);
	assert_true(machine_find(m, VF1, &claim));
	assert_int_equal(claim.owner.state, VW_CLAIM_RUNNING);
	assert_int_equal(claim.baseline.vlan, 100);
	assert_int_equal(machine_read(m, VF1).vlan, 7);
}

/* Who has it keeps it; the rest is claimed. */
static void test_conflict(void **state)
{
	struct machine *m = *state;
	struct vw_claim_owner two = machine_owner("web2", VW_CLAIM_RUNNING, 5);
	struct vw_vf_claim claim = machine_claim_of(m, &two, VF1, MAC2, VW_USE_INTERFACE);

	machine_claim_vf(m, &claim);
	assert_int_equal(adopt(m, IF_VF(MAC1, "2") IF_VF(MAC3, "4"), NULL), 0);
	assert_int_equal(m->findings.n, 1);
	assert_string_equal(m->findings.v[0].id, "adopt-conflict");
	assert_int_equal(m->findings.v[0].severity, VW_WARN);
	assert_string_equal(m->findings.v[0].subject, "web1");
	assert_non_null(m->findings.v[0].remedy);
	assert_true(strstr(m->findings.v[0].message, VF1));
	assert_true(strstr(m->findings.v[0].message, "web2"));
	vw_findings_free(&m->findings);
	assert_true(machine_find(m, VF1, &claim));
	assert_string_equal(claim.owner.uuid, WEB2);
	assert_true(machine_find(m, VF2, &claim));
	assert_string_equal(claim.owner.uuid, WEB1);

	assert_int_equal(adopt(m, IF_VF(MAC2, "6"), NULL), 0); /* web2's MAC */
	assert_int_equal(m->findings.n, 2);
	assert_string_equal(m->findings.v[0].id, "vf-released"); /* VF2, which it no longer names */
	assert_string_equal(m->findings.v[1].id, "adopt-conflict");
	assert_true(strstr(m->findings.v[1].message, MAC2));
	assert_int_equal(machine_macs(m, WEB1), 0);
	assert_int_equal(machine_macs(m, WEB2), 1);
	assert_true(machine_find(m, VF3, NULL));
}

/* What it has claimed and no longer names was unplugged while nobody looked. */
static void test_former(void **state)
{
	static const enum vw_claim_state states[] = { VW_CLAIM_RUNNING, VW_CLAIM_STOPPING,
		VW_CLAIM_QUARANTINED };
	struct machine *m = *state;

	for (size_t i = 0; i < VW_ARRAY_SIZE(states); i++) {
		struct vw_claim_owner owner = machine_owner("web1", states[i], 5);
		struct vw_vf_claim claim = machine_claim_of(m, &owner, VF3, MAC1, VW_USE_INTERFACE);

		machine_claim_vf(m, &claim);
		machine_vf(m, VF3)->mac = claim.mac;
		machine_vf(m, VF3)->trust = 1;
		machine_write(m);
		assert_int_equal(adopt(m, IF_VF(MAC1, "2"), NULL), 0);
		FINDINGS("PASS vf-released " VF3 ": VF " VF3 " is clean again (domain web1)");
		assert_int_equal(machine_read(m, VF3).trust, 0);
		assert_false(machine_find(m, VF3, NULL));
		assert_true(machine_find(m, VF1, NULL));
		m->vfs0[3] = nl_new_vf(3);
	}
}

static void test_former_busy(void **state)
{
	struct machine *m = *state;
	struct vw_claim_owner owner = machine_owner("web1", VW_CLAIM_STOPPING, 5);
	struct vw_vf_claim claim = machine_claim_of(m, &owner, VF3, MAC1, VW_USE_INTERFACE);
	struct vw_process other = machine_spawn();

	claim.worker = other;
	machine_claim_vf(m, &claim);
	assert_int_equal(adopt(m, IF_VF(MAC1, "2"), NULL), 0);
	FINDINGS("WARN internal web1: VF " VF3 ": another process works on its claim");
	assert_true(machine_find(m, VF3, &claim));
	assert_int_equal(claim.worker.pid, other.pid);
	assert_true(machine_find(m, VF1, NULL));
	machine_reap(&other);
}

static void test_domain_fails(void **state)
{
	struct machine *m = *state;

	machine_remove(m, "/vfward-record/links.nl");
	m->err.msg[0] = '\0';
	assert_true(adopt(m, IF_VF(MAC1, "2"), NULL) < 0);
	assert_true(m->err.msg[0]);
	assert_false(machine_find(m, VF1, NULL));
	vw_registry_close(m->registry);
	m->registry = NULL;
	machine_write(m);
	assert_int_equal(vw_registry_open(&m->tree.host, true, &m->registry, &m->err), 0);
	m->err.msg[0] = '\0';
	assert_true(adopt(m, IF_VF(MAC1, "2"), NULL) < 0);
	assert_true(m->err.msg[0]);
}

/* ---- one NIC of a domain ---- */

static int adopt_port(struct machine *m, const char *uuid, const char *device)
{
	const struct vw_process daemon = { 77, 7777 };
	int rc = vw_adopt_port(&m->tree.host, m->registry, &m->config,
		machine_domain(m, "web1", uuid, device), &daemon, &m->findings, &m->err);

	vw_domain_free(&m->domains[--m->n_domains]);
	return rc;
}

static void test_port(void **state)
{
	struct machine *m = *state;
	struct vw_vf_claim claim;

	machine_vf(m, VF1)->vlan = 7;
	machine_vf(m, VF1)->mac = machine_mac(MAC1);
	machine_vfio(m, VF1, 1);
	machine_open(m, 4711, "qemu", "/dev/vfio/11");
	machine_write(m);
	machine_status(m, "web1", WEB1, IF_VF(MAC1, "2") IF_VF(MAC2, "4") BRIDGE(MAC3, "br0"));
	assert_int_equal(adopt_port(m, WEB1, IF_VF(MAC1, "2")), 0);
	assert_true(machine_find(m, VF1, &claim));
	assert_string_equal(claim.owner.uuid, WEB1);
	assert_int_equal(claim.owner.state, VW_CLAIM_RUNNING);
	assert_int_equal(claim.owner.daemon.pid, 77);
	assert_int_equal(claim.baseline.vlan, 0);
	assert_int_equal(machine_read(m, VF1).vlan, 7);
	assert_int_equal(machine_macs(m, WEB1), 1);
	/* one after the other; what is there stays */
	assert_int_equal(adopt_port(m, WEB1, IF_VF(MAC2, "4")), 0);
	assert_int_equal(adopt_port(m, WEB1, BRIDGE(MAC3, "br0")), 0);
	assert_true(machine_find(m, VF1, NULL));
	assert_true(machine_find(m, VF2, NULL));
	assert_int_equal(machine_macs(m, WEB1), 3);
	assert_int_equal(m->findings.n, 0);
}

/* A claim from before the start knows better what was there. */
static void test_port_baseline_stays(void **state)
{
	struct machine *m = *state;
	struct vw_claim_owner owner = machine_owner("web1", VW_CLAIM_RUNNING, 5);
	struct vw_vf_claim claim;

	machine_vf(m, VF1)->vlan = 100;
	claim = machine_claim_of(m, &owner, VF1, MAC1, VW_USE_INTERFACE);
	machine_claim_vf(m, &claim);
	machine_vf(m, VF1)->vlan = 7;
	machine_write(m);
	machine_status(m, "web1", WEB1, IF_VF(MAC1, "2"));
	assert_int_equal(adopt_port(m, WEB1, IF_VF(MAC1, "2")), 0);
	assert_true(machine_find(m, VF1, &claim));
	assert_int_equal(claim.baseline.vlan, 100);
}

/* The port of a domain that does not live, or has lost the device, claims nothing. */
static void test_port_dead(void **state)
{
	struct machine *m = *state;

	assert_int_equal(adopt_port(m, WEB1, IF_VF(MAC1, "2")), 0); /* no such domain */
	assert_int_equal(adopt_port(m, WEB1, BRIDGE(MAC1, "br0")), 0);
	machine_status(m, "web1", WEB1, IF_VF(MAC1, "4"));
	assert_int_equal(adopt_port(m, WEB2, IF_VF(MAC1, "4")), 0); /* of the same name */
	assert_int_equal(adopt_port(m, WEB1, IF_VF(MAC2, "2")), 0); /* another VF */
	/* The other half of a teaming pair says nothing of the VF. */
	machine_status(m, "web1", WEB1, BRIDGE(MAC1, "br0"));
	assert_int_equal(adopt_port(m, WEB1, IF_VF(MAC1, "2")), 0);
	assert_int_equal(adopt_port(m, WEB1, MACVTAP(MAC1, "eth0v1")), 0);
	assert_int_equal(adopt_port(m, WEB1, BRIDGE(MAC2, "br0")), 0); /* another MAC */
	assert_int_equal(
		adopt_port(m, WEB1, "<interface type='bridge'><source bridge='br0'/></interface>"),
		0);
	assert_false(machine_find(m, VF1, NULL));
	assert_false(machine_find(m, VF2, NULL));
	assert_int_equal(machine_macs(m, WEB1) + machine_macs(m, WEB2), 0);
	assert_int_equal(m->findings.n, 0);

	assert_int_equal(adopt_port(m, WEB1, BRIDGE(MAC1, "br0")), 0);
	assert_int_equal(machine_macs(m, WEB1), 1);
}

static void test_port_conflict(void **state)
{
	struct machine *m = *state;
	struct vw_claim_owner two = machine_owner("web2", VW_CLAIM_RUNNING, 5);
	struct vw_vf_claim claim = machine_claim_of(m, &two, VF1, MAC2, VW_USE_INTERFACE);

	machine_claim_vf(m, &claim);
	machine_status(m, "web1", WEB1, IF_VF(MAC1, "2") BRIDGE(MAC2, "br0"));
	assert_int_equal(adopt_port(m, WEB1, IF_VF(MAC1, "2")), 0);
	assert_int_equal(m->findings.n, 1);
	assert_string_equal(m->findings.v[0].id, "adopt-conflict");
	assert_int_equal(m->findings.v[0].severity, VW_WARN);
	assert_true(strstr(m->findings.v[0].message, VF1));
	assert_true(strstr(m->findings.v[0].message, "web2"));
	assert_true(machine_find(m, VF1, &claim));
	assert_string_equal(claim.owner.uuid, WEB2);
	assert_int_equal(machine_macs(m, WEB1), 1); /* its MAC it gets all the same */
	assert_int_equal(adopt_port(m, WEB1, BRIDGE(MAC2, "br0")), 0);
	assert_int_equal(m->findings.n, 2);
	assert_true(strstr(m->findings.v[1].message, MAC2));
	assert_int_equal(machine_macs(m, WEB1), 1);

	machine_remove(m, "/vfward-record/links.nl");
	m->err.msg[0] = '\0';
	assert_true(adopt_port(m, WEB1, IF_VF(MAC1, "4")) < 0);
	assert_true(m->err.msg[0]);
}

/* ---- all domains ---- */

static void test_all(void **state)
{
	struct machine *m = *state;
	struct vw_vf_claim claim;

	machine_status(m, "web1", WEB1, IF_VF(MAC1, "2"));
	machine_status(m, "web2", WEB2, HOSTDEV("4") BRIDGE(MAC2, "br0"));
	machine_status(m, "web3", WEB3, "");
	tree_file(&m->tree, "/run/libvirt/qemu/web4.pid", "1");
	assert_true(vw_registry_is_fresh(m->registry));
	assert_int_equal(adopt_all(m), 0);
	FINDINGS("WARN registry-rebuilt registry: the registry was missing; it was rebuilt from 3 "
		 "running domains");
	assert_false(vw_registry_is_fresh(m->registry));
	assert_true(machine_find(m, VF1, &claim));
	assert_string_equal(claim.owner.uuid, WEB1);
	assert_string_equal(claim.owner.name, "web1");
	assert_int_equal(claim.owner.state, VW_CLAIM_RUNNING);
	assert_int_equal(claim.owner.daemon.pid, 0);
	assert_true(machine_find(m, VF2, &claim));
	assert_string_equal(claim.owner.uuid, WEB2);
	assert_int_equal(claim.use, VW_USE_HOSTDEV);
	assert_int_equal(machine_macs(m, WEB2), 1);

	/* Once is enough. */
	machine_status(m, "web3", WEB3, IF_VF(MAC3, "6"));
	assert_int_equal(adopt_all(m), 0);
	assert_int_equal(m->findings.n, 0);
	assert_false(machine_find(m, VF3, NULL));
}

static void test_all_none(void **state)
{
	struct machine *m = *state;

	assert_int_equal(adopt_all(m), 0);
	assert_int_equal(m->findings.n, 0);
	assert_false(vw_registry_is_fresh(m->registry));
}

static void test_all_conflict(void **state)
{
	struct machine *m = *state;
	struct vw_vf_claim claim;

	machine_status(m, "web1", WEB1, IF_VF(MAC1, "2"));
	machine_status(m, "web2", WEB2, IF_VF(MAC2, "2"));
	assert_int_equal(adopt_all(m), 0);
	assert_int_equal(m->findings.n, 2);
	assert_string_equal(m->findings.v[0].id, "adopt-conflict");
	assert_string_equal(m->findings.v[0].subject, "web2");
	assert_string_equal(m->findings.v[1].id, "registry-rebuilt");
	assert_true(machine_find(m, VF1, &claim));
	assert_string_equal(claim.owner.uuid, WEB1);
}

/* libvirt ignores such files too. */
static void test_all_unreadable(void **state)
{
	static const char *const texts[] = { "", "<domstatus", "<domstatus/>", "<domain/>",
		"<!DOCTYPE x [<!ENTITY a 'b'>]><domstatus>&a;</domstatus>", "\xff\xfe" };
	struct machine *m = *state;

	for (size_t i = 0; i < VW_ARRAY_SIZE(texts); i++) {
		char path[64];

		snprintf(path, sizeof(path), "/run/libvirt/qemu/bad%zu.xml", i);
		tree_file(&m->tree, path, texts[i]);
	}
	machine_status(m, "web1", WEB1, IF_VF(MAC1, "2"));
	assert_int_equal(adopt_all(m), 0);
	assert_int_equal(m->findings.n, VW_ARRAY_SIZE(texts) + 1);
	for (size_t i = 0; i < VW_ARRAY_SIZE(texts); i++) {
		char name[16];

		snprintf(name, sizeof(name), "bad%zu", i);
		assert_string_equal(m->findings.v[i].id, "xml-invalid");
		assert_int_equal(m->findings.v[i].severity, VW_WARN);
		assert_string_equal(m->findings.v[i].subject, name);
	}
	assert_string_equal(m->findings.v[VW_ARRAY_SIZE(texts)].message,
		"the registry was missing; it was rebuilt from 1 running domains");
	assert_true(machine_find(m, VF1, NULL));
}

/* Where the host cannot be looked at, nothing is known of anybody: the registry must not count as whole. */
static void test_all_fails(void **state)
{
	static const char cut[] = "\x50\0\0\0\x10\0\0\0half a message";
	struct machine *m = *state;

	machine_status(m, "web1", WEB1, IF_VF(MAC1, "2"));
	tree_bytes(&m->tree, "/vfward-record/links.nl", cut, sizeof(cut));
	assert_true(adopt_all(m) < 0);
	assert_true(strstr(m->err.msg, "web1"));
	assert_int_equal(m->findings.n, 0);
	assert_true(vw_registry_is_fresh(m->registry));

	machine_remove(m, "/vfward-record/links.nl");
	assert_true(adopt_all(m) < 0);
	assert_true(vw_registry_is_fresh(m->registry));

	machine_write(m);
	assert_int_equal(adopt_all(m), 0);
	assert_false(vw_registry_is_fresh(m->registry));
	assert_true(machine_find(m, VF1, NULL));
}

/* What one run has not managed in its time the next one does not begin again. */
static void test_all_late(void **state)
{
	static const char cut[] = "\x50\0\0\0\x10\0\0\0half a message";
	struct machine *m = *state;

	machine_status(m, "web1", WEB1, IF_VF(MAC1, "2"));
	machine_status(m, "web2", WEB2, BRIDGE(MAC2, "br0"));
	assert_int_equal(vw_adopt_domain(&m->tree.host, m->registry, &m->config,
				 machine_domain(m, "web1", WEB1, IF_VF(MAC1, "2")), NULL,
				 &m->findings, &m->err),
		0);
	assert_int_equal(vw_adopt_domain(&m->tree.host, m->registry, &m->config,
				 machine_domain(m, "web2", WEB2, BRIDGE(MAC2, "br0")), NULL,
				 &m->findings, &m->err),
		0);
	m->tree.host.deadline = (struct vw_deadline){ .at_ms = 1 };
	assert_int_equal(adopt_all(m), -ETIMEDOUT);
	assert_true(strstr(m->err.msg, "0 of 2 running domains"));
	assert_true(vw_registry_is_fresh(m->registry));

	m->tree.host.deadline = vw_deadline_in(0);
	/* Nobody looks at the host for them once more. */
	tree_bytes(&m->tree, "/vfward-record/links.nl", cut, sizeof(cut));
	if (adopt_all(m))
		fail_msg("%s", m->err.msg);
	assert_false(vw_registry_is_fresh(m->registry));
	FINDINGS("WARN registry-rebuilt registry: the registry was missing; it was rebuilt from 2 "
		 "running domains");
}

static void test_all_no_list(void **state)
{
	struct machine *m = *state;

	tree_file(&m->tree, "/run/libvirt/qemu", "no directory");
	assert_true(adopt_all(m) < 0);
	assert_true(m->err.msg[0]);
	assert_true(vw_registry_is_fresh(m->registry));
}

static void test_all_set_aside(void **state)
{
	struct machine *m = *state;

	vw_registry_close(m->registry);
	m->registry = NULL;
	tree_file(&m->tree, "/run/vfward/registry.db", "this was never a database, at no time");
	assert_int_equal(vw_registry_open(&m->tree.host, false, &m->registry, &m->err), 0);
	assert_int_equal(adopt_all(m), 0);
	assert_int_equal(m->findings.n, 1);
	assert_string_equal(m->findings.v[0].id, "registry-rebuilt");
	assert_true(strstr(m->findings.v[0].message, "unreadable and is kept as"));
	assert_true(strstr(m->findings.v[0].message, "registry.db.corrupt-"));
	assert_true(strstr(m->findings.v[0].message, "from 0 running domains"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_domain),
		T(test_baseline_stays),
		T(test_conflict),
		T(test_former),
		T(test_former_busy),
		T(test_domain_fails),
		T(test_port),
		T(test_port_baseline_stays),
		T(test_port_dead),
		T(test_port_conflict),
		T(test_all),
		T(test_all_none),
		T(test_all_conflict),
		T(test_all_unreadable),
		T(test_all_fails),
		T(test_all_late),
		T(test_all_no_list),
		T(test_all_set_aside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
