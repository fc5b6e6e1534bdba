/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_registry_open: making the registry and keeping it private; reading only; losing the file. */
#include "tree.h"

#include "registry_priv.h" /* before DIR becomes something else */

#include "registry_claims.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

static void test_modes(void **state)
{
	static const mode_t masks[] = { 0, 022, 0177, 0777 };
	struct fixture *f = *state;

	/* The last one locks everybody but root out of a new directory. */
	for (int i = 0; i < (geteuid() == 0 ? 4 : 3); i++) {
		mode_t old;

		drop(f);
		unlink(full(f, DB));
		unlink(full(f, DIR "/registry.lock"));
		assert_int_equal(rmdir(full(f, DIR)), 0);
		old = umask(masks[i]);
		f->r = open_registry(&f->tree);
		assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
		umask(old);
		assert_int_equal(stat_of(f, DIR).st_mode, S_IFDIR | 0700);
		assert_int_equal(stat_of(f, DB).st_mode, S_IFREG | 0600);
	}
	/* Somebody else made it wider. */
	assert_int_equal(chmod(full(f, DB), 0666), 0);
	assert_int_equal(chmod(full(f, DIR), 0777), 0);
	assert_int_equal(open_rc(f, true), 0);
	assert_int_equal(stat_of(f, DIR).st_mode, S_IFDIR | 0777);
	reopen(f);
	assert_int_equal(stat_of(f, DIR).st_mode, S_IFDIR | 0700);
	assert_int_equal(stat_of(f, DB).st_mode, S_IFREG | 0600);
}

static void test_fresh(void **state)
{
	struct fixture *f = *state;
	struct vw_vf_claim claim;

	assert_true(vw_registry_is_fresh(f->r));
	assert_null(vw_registry_set_aside(f->r));
	assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
	reopen(f); /* who began it died before the rebuild */
	assert_true(vw_registry_is_fresh(f->r));
	assert_int_equal(vw_registry_rebuilt(f->r, &f->err), 0);
	assert_false(vw_registry_is_fresh(f->r));
	reopen(f);
	assert_false(vw_registry_is_fresh(f->r));
	assert_int_equal(find_vf(f->r, 5, &claim), 1);
	assert_int_equal(open_rc(f, true), 0);
	assert_false(vw_registry_is_fresh(f->r));
	assert_false(exists(f, DB "-journal")); /* one file, and the lock */
	assert_false(exists(f, DB ".new"));
}

static void test_read_only(void **state)
{
	struct fixture *f = *state;
	struct vw_process me = vw_process_self();
	struct vw_vf_claim claim = vf_claim(1, 5);
	struct vw_mac_claim mac = mac_claim(1, 5, "", true);
	struct vw_claims one = { .vfs = &claim, .n_vfs = 1, .macs = &mac, .n_macs = 1 };
	struct stat before;
	const char *u = uuid_of(1);

	assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
	before = stat_of(f, DB);
	assert_int_equal(open_rc(f, true), 0);
	assert_true(vw_registry_is_fresh(f->r));
	assert_int_equal(find_vf(f->r, 5, &claim), 1);
	claim.worker = me;
	assert_int_equal(vw_registry_rebuilt(f->r, &f->err), -EROFS);
	assert_int_equal(vw_registry_claim(f->r, &one, &f->err), -EROFS);
	assert_int_equal(vw_registry_adopt(f->r, &one, &f->err), -EROFS);
	assert_int_equal(vw_registry_set_state(f->r, u, VW_CLAIM_RUNNING, NULL, &f->err), -EROFS);
	assert_int_equal(vw_registry_take(f->r, &claim.vf, u, 15, &me, &f->err), -EROFS);
	assert_int_equal(vw_registry_take_idle(f->r, &claim, &f->err), -EROFS);
	assert_int_equal(vw_registry_release_vf(f->r, &claim.vf, u, &me, &f->err), -EROFS);
	assert_int_equal(vw_registry_quarantine(f->r, &claim.vf, u, &me, "", &f->err), -EROFS);
	assert_int_equal(vw_registry_release_mac(f->r, &mac, &f->err), -EROFS);
	assert_int_equal(vw_registry_release_macs(f->r, u, &f->err), -EROFS);
	assert_true(vw_registry_is_fresh(f->r));
	assert_true(stat_of(f, DB).st_mtim.tv_nsec == before.st_mtim.tv_nsec);
	drop(f);
	unlink(full(f, DB));
	assert_int_equal(open_rc(f, true), -ENOENT);
	assert_null(f->r);
	assert_false(exists(f, DB));
	unlink(full(f, DIR "/registry.lock"));
	rmdir(full(f, DIR));
	assert_int_equal(open_rc(f, true), -ENOENT);
	assert_non_null(strstr(f->err.msg, "no registry"));
	assert_false(exists(f, DIR));
}

/* Removed, replaced or moved under an open handle: every call says so, none pretends. */
static void test_removed(void **state)
{
	struct fixture *f = *state;
	struct vw_process me = vw_process_self();
	struct vw_vf_claim claim, *vfs;
	struct vw_pci vf = vf_at(5);
	struct vw_mac mac = mac_at(5);
	struct vw_registry *second = NULL;
	size_t n;

	for (int how = 0; how < 2; how++) {
		assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
		assert_int_equal(unlink(full(f, DB)), 0);
		if (how == 1) {
			second = open_registry(&f->tree);
			assert_true(vw_registry_is_fresh(second));
		}
		assert_int_equal(vw_registry_find_vf(f->r, &vf, &claim, &f->err), -ESTALE);
		assert_int_equal(vw_registry_vfs(f->r, NULL, &vfs, &n, &f->err), -ESTALE);
		assert_int_equal(vw_registry_past(f->r, &vf, &mac, NULL, &f->err), -ESTALE);
		assert_int_equal(claim_one(f->r, 1, 6, &f->err), -ESTALE);
		assert_int_equal(
			vw_registry_take(f->r, &vf, uuid_of(9), 15, &me, &f->err), -ESTALE);
		assert_int_equal(vw_registry_release_macs(f->r, uuid_of(9), &f->err), -ESTALE);
		assert_int_equal(vw_registry_rebuilt(f->r, &f->err), -ESTALE);
		assert_non_null(strstr(f->err.msg, "removed or replaced"));
		if (second) {
			assert_int_equal(find_vf(second, 6, &claim), 0);
			assert_int_equal(claim_one(second, 2, 5, &f->err), 0);
			vw_registry_close(second);
		} else {
			assert_false(exists(f, DB));
		}
		reopen(f);
	}
	assert_int_equal(find_vf(f->r, 5, &claim), 1);
	assert_string_equal(claim.owner.uuid, uuid_of(2));
}

static int write_something(struct fixture *f)
{
	vw_auto_query struct vw_query q;

	vw_query_open(&q, f->r, "INSERT INTO past(address) VALUES(1)", &f->err);
	return vw_query_run(&q);
}

/* The same in the middle of a transaction, where SQLite calls it an I/O error of several kinds; in the last case it is only the journal that goes,
 * as when a writer ends that still has the former file. */
static void test_removed_in_transaction(void **state)
{
	struct fixture *f = *state;

	for (int how = 0; how < 3; how++) {
		int rc;

		assert_int_equal(vw_registry_begin(f->r, &f->err), 0);
		if (how == 0)
			assert_int_equal(unlink(full(f, DB)), 0);
		rc = write_something(f);
		if (how > 0) {
			assert_int_equal(rc, 1);
			assert_int_equal(unlink(full(f, DB "-journal")), 0);
			if (how == 1)
				assert_int_equal(unlink(full(f, DB)), 0);
		}
		assert_int_equal(vw_registry_end(f->r, rc, &f->err), -ESTALE);
		assert_non_null(strstr(f->err.msg, "removed or replaced"));
		reopen(f);
		assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
	}
}

/* The journal of a writer that was killed in its commit: also a read-only handle sees the state before. */
static void test_hot_journal(void **state)
{
	struct fixture *f = *state;
	struct vw_vf_claim claim;
	size_t db_len, journal_len;
	char *db_data, *journal_data;
	sqlite3 *db;

	for (unsigned int i = 0; i < 200; i++)
		assert_int_equal(claim_one(f->r, i, i, &f->err), 0);
	drop(f);
	assert_int_equal(sqlite3_open(full(f, DB), &db), SQLITE_OK);
	/* Spilling writes the database while the journal stands, as a commit does. */
	assert_int_equal(sqlite3_exec(db,
				 "PRAGMA cache_size = 1; BEGIN; UPDATE vf SET state = 3;"
				 "DELETE FROM vf WHERE address % 2; PRAGMA cache_spill = 1;"
				 "UPDATE mac SET state = 3; UPDATE vf SET residue = 'half done'",
				 NULL, NULL, NULL),
		SQLITE_OK);
	assert_int_equal(sqlite3_db_cacheflush(db), SQLITE_OK);
	assert_int_equal(
		vw_host_slurpf(&f->tree.host, 1U << 24, &journal_data, &journal_len, DB "-journal"),
		0);
	assert_int_equal(vw_host_slurpf(&f->tree.host, 1U << 24, &db_data, &db_len, DB), 0);
	sqlite3_close(db);
	for (int read_only = 1; read_only >= 0; read_only--) {
		tree_bytes(&f->tree, DB, db_data, db_len);
		tree_bytes(&f->tree, DB "-journal", journal_data, journal_len);
		assert_int_equal(open_rc(f, read_only), 0);
		assert_null(vw_registry_set_aside(f->r));
		for (unsigned int i = 0; i < 200; i++) {
			assert_int_equal(find_vf(f->r, i, &claim), 1);
			assert_int_equal(claim.owner.state, VW_CLAIM_PREPARED);
			assert_string_equal(claim.residue, "");
		}
		drop(f);
	}
	free(db_data);
	free(journal_data);
}

/* A root that is reached by a symlink: SQLite must not mind. A /run that leads out of the root: we do. */
static void test_links(void **state)
{
	struct fixture *f = *state;
	struct vw_registry *r;
	struct vw_host host;
	char link[96], out[96];

	snprintf(link, sizeof(link), "%s/link", f->tree.root);
	assert_int_equal(symlink(".", link), 0);
	assert_int_equal(vw_host_open(&host, link, &f->err), 0);
	assert_int_equal(vw_registry_open(&host, false, &r, &f->err), 0);
	assert_int_equal(claim_one(r, 1, 5, &f->err), 0);
	vw_registry_close(r);
	vw_host_close(&host);

	drop(f);
	snprintf(out, sizeof(out), "%s/out/vfward", f->tree.root);
	tree_dir(&f->tree, "/out");
	tree_dir(&f->tree, "/inner/out/vfward");
	assert_int_equal(mkdir(out, 0700), 0);
	*strrchr(out, '/') = '\0';
	snprintf(link, sizeof(link), "%s/inner/run", f->tree.root);
	assert_int_equal(symlink("../out", link), 0);
	*strrchr(link, '/') = '\0';
	/* In the root "../out" is /out of the root; by name it is the one outside. */
	assert_int_equal(vw_host_open(&host, link, &f->err), 0);
	assert_int_equal(vw_registry_open(&host, false, &r, &f->err), -ELOOP);
	assert_non_null(strstr(f->err.msg, "out of the root"));
	vw_host_close(&host);
	assert_false(exists(f, "/out/vfward/registry.db"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_modes),
		T(test_fresh),
		T(test_read_only),
		T(test_removed),
		T(test_removed_in_transaction),
		T(test_hot_journal),
		T(test_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
