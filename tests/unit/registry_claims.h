/* SPDX-License-Identifier: GPL-2.0-or-later */
/* registry_claims: short ways to write claims down, a registry in a tree, and a process that is not us, for the tests of the registry. */
#ifndef VW_TEST_REGISTRY_CLAIMS_H
#define VW_TEST_REGISTRY_CLAIMS_H

#include "tree.h"

#include "registry.h"

#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DIR "/run/vfward"
#define DB  DIR "/registry.db"

/* Domain n: its UUID. */
static inline const char *uuid_of(unsigned int n)
{
	static char text[4][VW_UUID_STR];
	static unsigned int turn;
	char *buf = text[turn++ % 4];

	snprintf(buf, VW_UUID_STR, "%08x-0000-4000-8000-000000000000", n);
	return buf;
}

static inline struct vw_pci vf_at(unsigned int n)
{
	return (struct vw_pci){ .domain = 0,
		.bus = (uint8_t)(7 + n / 256),
		.slot = (uint8_t)(n / 8 % 32),
		.function = (uint8_t)(n % 8) };
}

static inline struct vw_mac mac_at(unsigned int n)
{
	return (struct vw_mac){ { 0x52, 0x54, 0, (uint8_t)(n >> 16), (uint8_t)(n >> 8),
		(uint8_t)n } };
}

static inline struct vw_claim_owner owner_of(unsigned int domain)
{
	struct vw_claim_owner owner = { .state = VW_CLAIM_PREPARED, .daemon = { 77, 7777 } };

	memcpy(owner.uuid, uuid_of(domain), VW_UUID_STR);
	snprintf(owner.name, sizeof(owner.name), "dom%u", domain);
	return owner;
}

static inline struct vw_vf_claim vf_claim(unsigned int domain, unsigned int vf)
{
	return (struct vw_vf_claim){ .owner = owner_of(domain),
		.vf = vf_at(vf),
		.use = VW_USE_INTERFACE,
		.mac = mac_at(vf),
		.baseline = { .index = vf,
			.vlan = 100,
			.qos = 3,
			.vlan_proto = 0x8100,
			.spoofchk = 1,
			.trust = VW_UNKNOWN,
			.rss_query = VW_UNKNOWN,
			.link_state = 2,
			.min_rate = 10,
			.max_rate = UINT32_MAX } };
}

static inline struct vw_mac_claim mac_claim(
	unsigned int domain, unsigned int mac, const char *scope, bool on_vf)
{
	struct vw_mac_claim claim = {
		.owner = owner_of(domain), .mac = mac_at(mac), .on_vf = on_vf
	};

	snprintf(claim.scope, sizeof(claim.scope), "%s", scope);
	snprintf(claim.device, sizeof(claim.device), on_vf ? "VF" : "bridge interface");
	return claim;
}

static inline struct vw_registry *open_registry(struct tree *tree)
{
	struct vw_registry *registry;
	struct vw_error err = { "" };

	if (vw_registry_open(&tree->host, false, &registry, &err) < 0)
		fail_msg("open: %s", err.msg);
	return registry;
}

/* Claims one VF (and its MAC, as a VF's) for a domain. */
static inline int claim_one(
	struct vw_registry *registry, unsigned int domain, unsigned int vf, struct vw_error *err)
{
	struct vw_vf_claim v = vf_claim(domain, vf);
	struct vw_mac_claim m = mac_claim(domain, vf, "", true);

	return vw_registry_claim(registry,
		&(struct vw_claims){ .vfs = &v, .n_vfs = 1, .macs = &m, .n_macs = 1 }, err);
}

static inline int find_vf(struct vw_registry *registry, unsigned int n, struct vw_vf_claim *claim)
{
	struct vw_pci vf = vf_at(n);
	struct vw_error err = { "" };
	int rc = vw_registry_find_vf(registry, &vf, claim, &err);

	if (rc < 0)
		fail_msg("find_vf: %s", err.msg);
	return rc;
}

struct fixture {
	struct tree tree;
	struct vw_registry *r;
	struct vw_error err;
};

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	tree_new(&f->tree);
	f->r = open_registry(&f->tree);
	*state = f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	vw_registry_close(f->r);
	tree_free(&f->tree);
	free(f);
	return 0;
}

/* A living process that is not us, for as long as the test wants. */
static inline struct vw_process spawn(void)
{
	struct vw_process other;
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* of a test that fails */
		other = vw_process_self();
		if (write(fds[1], &other, sizeof(other)) != sizeof(other))
			_exit(1);
		for (;;)
			pause();
	}
	assert_true(pid > 0);
	assert_int_equal(read(fds[0], &other, sizeof(other)), sizeof(other));
	assert_int_equal(other.pid, pid);
	close(fds[0]);
	close(fds[1]);
	return other;
}

static inline void reap(const struct vw_process *process)
{
	kill(process->pid, SIGKILL);
	waitpid(process->pid, NULL, 0);
}

static inline int claim_vfs(struct fixture *f, struct vw_vf_claim *vfs, size_t n)
{
	return vw_registry_claim(f->r, &(struct vw_claims){ .vfs = vfs, .n_vfs = n }, &f->err);
}

static inline int claim_macs(struct fixture *f, struct vw_mac_claim *macs, size_t n)
{
	return vw_registry_claim(f->r, &(struct vw_claims){ .macs = macs, .n_macs = n }, &f->err);
}

static inline size_t count_vfs(struct fixture *f, const char *uuid)
{
	struct vw_vf_claim *claims;
	size_t n;

	assert_int_equal(vw_registry_vfs(f->r, uuid, &claims, &n, &f->err), 0);
	free(claims);
	return n;
}

static inline size_t count_macs(struct fixture *f, const char *uuid)
{
	struct vw_mac_claim *claims;
	size_t n;

	assert_int_equal(vw_registry_macs(f->r, uuid, &claims, &n, &f->err), 0);
	free(claims);
	return n;
}

static inline void assert_same_vf(const struct vw_vf_claim *got, const struct vw_vf_claim *want)
{
	const struct vw_vf_attr *a = &got->baseline, *b = &want->baseline;

	assert_string_equal(got->owner.uuid, want->owner.uuid);
	assert_string_equal(got->owner.name, want->owner.name);
	assert_int_equal(got->owner.state, want->owner.state);
	assert_int_equal(got->owner.daemon.pid, want->owner.daemon.pid);
	assert_true(got->owner.daemon.start == want->owner.daemon.start);
	assert_true(got->owner.since == want->owner.since);
	assert_true(vw_pci_equal(&got->vf, &want->vf));
	assert_int_equal(got->use, want->use);
	assert_true(vw_mac_equal(&got->mac, &want->mac));
	assert_int_equal(got->worker.pid, want->worker.pid);
	assert_true(got->worker.start == want->worker.start);
	assert_string_equal(got->residue, want->residue);
	assert_true(a->index == b->index && vw_mac_equal(&a->mac, &b->mac) && a->vlan == b->vlan &&
		    a->qos == b->qos && a->vlan_proto == b->vlan_proto &&
		    a->spoofchk == b->spoofchk && a->trust == b->trust &&
		    a->rss_query == b->rss_query && a->link_state == b->link_state &&
		    a->min_rate == b->min_rate && a->max_rate == b->max_rate);
}

static inline char *full(struct fixture *f, const char *path)
{
	static char buf[256];

	snprintf(buf, sizeof(buf), "%s%s", f->tree.root, path);
	return buf;
}

static inline struct stat stat_of(struct fixture *f, const char *path)
{
	struct stat st;

	if (lstat(full(f, path), &st) < 0)
		fail_msg("%s: %s", path, strerror(errno));
	return st;
}

static inline bool exists(struct fixture *f, const char *path)
{
	struct stat st;

	return lstat(full(f, path), &st) == 0;
}

static inline void run_sql(struct fixture *f, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(full(f, DB), &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_close(db);
}

static inline void reopen(struct fixture *f)
{
	vw_registry_close(f->r);
	f->r = open_registry(&f->tree);
}

static inline void drop(struct fixture *f)
{
	vw_registry_close(f->r);
	f->r = NULL;
}

static inline int open_rc(struct fixture *f, bool read_only)
{
	drop(f);
	return vw_registry_open(&f->tree.host, read_only, &f->r, &f->err);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
