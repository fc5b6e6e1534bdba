/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_registry_file: what is no registry, or no longer one, is set aside: whole, once, and never on top of something. */
#include "registry_claims.h"

#include <fcntl.h>
#include <sys/stat.h>

/* Ways to put something else in the registry's place. */
static void put_zero(struct fixture *f)
{
	tree_file(&f->tree, DB, "");
}
static void put_byte(struct fixture *f)
{
	tree_file(&f->tree, DB, "S");
}
static void put_text(struct fixture *f)
{
	tree_file(&f->tree, DB,
		"this is no database, and longer than its header of 100 bytes is, so "
		"that the length is not what gives it away at once. 0123456789\n");
}
static void put_random(struct fixture *f)
{
	unsigned char data[20000];
	uint32_t x = 12345;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)((x = x * 1664525 + 1013904223) >> 24);
	tree_bytes(&f->tree, DB, data, sizeof(data));
}
static void put_foreign(struct fixture *f)
{
	unlink(full(f, DB));
	run_sql(f, "CREATE TABLE recipes(cake)");
}
static void put_newer(struct fixture *f)
{
	run_sql(f, "PRAGMA user_version = 2");
}
static void put_negative(struct fixture *f)
{
	run_sql(f, "PRAGMA user_version = -2");
}
/* "A newer SQLite may write this": to be read it is good. */
static void put_header(struct fixture *f)
{
	int fd = open(full(f, DB), O_WRONLY | O_CLOEXEC);

	assert_int_equal(pwrite(fd, "\x03", 1, 18), 1);
	close(fd);
}
static void put_dir(struct fixture *f)
{
	unlink(full(f, DB));
	tree_file(&f->tree, DB "/inside", "x");
}
static void put_link(struct fixture *f)
{
	tree_file(&f->tree, "/etc/passwd", "root");
	unlink(full(f, DB));
	assert_int_equal(symlink("../../etc/passwd", full(f, DB)), 0);
}
static void put_link_to_good(struct fixture *f)
{
	char other[256];

	snprintf(other, sizeof(other), "%s" DIR "/good", f->tree.root);
	assert_int_equal(rename(full(f, DB), other), 0);
	assert_int_equal(symlink("good", full(f, DB)), 0);
}
static void put_fifo(struct fixture *f)
{
	unlink(full(f, DB));
	assert_int_equal(mkfifo(full(f, DB), 0600), 0);
}

static const struct damage {
	const char *what;
	void (*put)(struct fixture *f);
} damages[] = {
	{ "zero length", put_zero },
	{ "one byte", put_byte },
	{ "text", put_text },
	{ "random", put_random },
	{ "foreign", put_foreign },
	{ "newer schema", put_newer },
	{ "negative schema", put_negative },
	{ "header", put_header },
	{ "directory", put_dir },
	{ "symlink", put_link },
	{ "symlink to a registry", put_link_to_good },
	{ "fifo", put_fifo },
};

static void test_damage(void **state)
{
	struct fixture *f = *state;
	char name[64];

	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		struct vw_vf_claim claim;
		struct stat was, is;
		int rc;

		assert_int_equal(vw_registry_rebuilt(f->r, &f->err), 0);
		assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
		drop(f);
		damages[i].put(f);
		was = stat_of(f, DB);
		rc = open_rc(f, true);
		if (rc != (damages[i].put == put_header ? 0 : -EBADMSG))
			fail_msg("%s: read-only %d %s", damages[i].what, rc, f->err.msg);
		assert_true(stat_of(f, DB).st_ino == was.st_ino);
		rc = open_rc(f, false);
		if (rc != 0)
			fail_msg("%s: %d %s", damages[i].what, rc, f->err.msg);
		snprintf(name, sizeof(name), DB ".corrupt-%zu", i + 1);
		assert_string_equal(vw_registry_set_aside(f->r), name);
		is = stat_of(f, name); /* the very thing, as it was */
		assert_true(is.st_ino == was.st_ino && is.st_size == was.st_size &&
			    is.st_mtim.tv_nsec == was.st_mtim.tv_nsec);
		assert_true(vw_registry_is_fresh(f->r));
		assert_int_equal(find_vf(f->r, 5, &claim), 0);
		assert_int_equal(stat_of(f, DB).st_mode, S_IFREG | 0600);
		reopen(f);
		assert_null(vw_registry_set_aside(f->r));
		assert_true(vw_registry_is_fresh(f->r));
	}
	assert_int_equal(stat_of(f, "/etc/passwd").st_size, 4);
}

/* Never on top of another one, and not without end. */
static void test_numbers(void **state)
{
	struct fixture *f = *state;
	char name[64];

	tree_file(&f->tree, DB ".corrupt-1", "");
	tree_file(&f->tree, DB ".corrupt-2-journal", "");
	tree_dir(&f->tree, DB ".corrupt-3");
	put_text(f);
	reopen(f);
	assert_string_equal(vw_registry_set_aside(f->r), DB ".corrupt-4");
	for (int i = 4; i <= 999; i++) {
		snprintf(name, sizeof(name), DB ".corrupt-%d", i);
		if (i > 4)
			tree_file(&f->tree, name, "");
	}
	put_text(f);
	assert_int_equal(open_rc(f, false), -ENOSPC);
	assert_non_null(strstr(f->err.msg, "corrupt"));
	assert_true(stat_of(f, DB).st_size > 100);
	/* With nothing to be set aside the number does not matter. */
	unlink(full(f, DB));
	assert_int_equal(open_rc(f, false), 0);
	assert_null(vw_registry_set_aside(f->r));
}

/* SQLite would roll a journal that it finds beside a new database back into it. */
static void test_side_files(void **state)
{
	struct fixture *f = *state;

	drop(f);
	put_zero(f);
	tree_file(&f->tree, DB "-journal", "journal");
	tree_file(&f->tree, DB "-wal", "wal");
	tree_file(&f->tree, DB "-shm", "shm");
	f->r = open_registry(&f->tree);
	assert_string_equal(vw_registry_set_aside(f->r), DB ".corrupt-1");
	assert_int_equal(stat_of(f, DB ".corrupt-1-journal").st_size, 7);
	assert_int_equal(stat_of(f, DB ".corrupt-1-wal").st_size, 3);
	assert_int_equal(stat_of(f, DB ".corrupt-1-shm").st_size, 3);
	assert_false(exists(f, DB "-journal") || exists(f, DB "-wal") || exists(f, DB "-shm"));

	/* The same where only the database is gone. */
	drop(f);
	unlink(full(f, DB));
	tree_file(&f->tree, DB "-journal", "journal");
	f->r = open_registry(&f->tree);
	assert_null(vw_registry_set_aside(f->r));
	assert_int_equal(stat_of(f, DB ".corrupt-2-journal").st_size, 7);
	assert_false(exists(f, DB "-journal"));

	/* What a killed creator leaves. */
	drop(f);
	unlink(full(f, DB));
	tree_file(&f->tree, DB ".new", "half");
	tree_file(&f->tree, DB ".new-journal", "half");
	f->r = open_registry(&f->tree);
	assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
	assert_false(exists(f, DB ".new") || exists(f, DB ".new-journal"));
}

#define BASELINE(words) "UPDATE vf SET baseline = '" words "'"
static const char *const bad_values[] = {
	"UPDATE vf SET state = 4",
	"UPDATE vf SET state = -1",
	"UPDATE vf SET state = 'running'",
	"UPDATE vf SET uuid = ''",
	"UPDATE vf SET uuid = '0123456789012345678901234567890123456'",
	"UPDATE vf SET uuid = x'00'",
	"UPDATE vf SET name = printf('%256d', 1)",
	"UPDATE vf SET name = CAST(x'610062' AS TEXT)",
	"UPDATE vf SET daemon_pid = -1",
	"UPDATE vf SET worker_pid = 4294967296",
	"UPDATE vf SET since = 'now'",
	"UPDATE vf SET use = 3",
	"UPDATE vf SET mac = '52:54:00:00:00'",
	"UPDATE vf SET mac = x'525400000001'",
	"UPDATE vf SET mac = printf('%20000d', 1)",
	"UPDATE vf SET residue = printf('%128d', 1)",
	BASELINE("-1 00:00:00:00:00:00 100 3 33024 1 -1 -1 2 10 4294967295"),
	BASELINE("4294967296 00:00:00:00:00:00 100 3 33024 1 -1 -1 2 10 4294967295"),
	BASELINE("5 none 100 3 33024 1 -1 -1 2 10 4294967295"),
	BASELINE("5 00:00:00:00:00:00 65536 3 33024 1 -1 -1 2 10 4294967295"),
	BASELINE("5 00:00:00:00:00:00  3 33024 1 -1 -1 2 10 4294967295"),
	BASELINE("5 00:00:00:00:00:00 100 x 33024 1 -1 -1 2 10 4294967295"),
	BASELINE("5 00:00:00:00:00:00 100 3 65536 1 -1 -1 2 10 4294967295"),
	BASELINE("5 00:00:00:00:00:00 100 3 33024 2147483648 -1 -1 2 10 4294967295"),
	BASELINE("5 00:00:00:00:00:00 100 3 33024 -2147483649 -1 -1 2 10 4294967295"),
	BASELINE("5 00:00:00:00:00:00 100 3 33024 1 --1 -1 2 10 4294967295"),
	BASELINE("5 00:00:00:00:00:00 100 3 33024 1 -1 yes 2 10 4294967295"),
	BASELINE("5 00:00:00:00:00:00 100 3 33024 1 -1 -1 0x1 10 4294967295"),
	BASELINE("5 00:00:00:00:00:00 100 3 33024 1 -1 -1 2 1.5 4294967295"),
	BASELINE("5 00:00:00:00:00:00 100 3 33024 1 -1 -1 2 10 4294967296"),
	BASELINE("5 00:00:00:00:00:00 100 3 33024 1 -1 -1 2 10 -0x"),
	BASELINE("5 00:00:00:00:00:00 100 3 33024 1 -1 -1 2 10 4294967295 "),
	BASELINE("5 00:00:00:00:00:00 100 3 33024 1 -1 -1 2 10 4294967295 0"),
	BASELINE("5 00:00:00:00:00:00 100 3 33024 1 -1 -1 2 10"),
	BASELINE(""),
	"UPDATE vf SET baseline = 5",
	"UPDATE vf SET baseline = NULL",
	"UPDATE vf SET address = -1",
	"UPDATE vf SET address = 1 << 48",
	"UPDATE mac SET on_vf = 2",
	"UPDATE mac SET scope = printf('%64d', 1)",
	"UPDATE mac SET mac = 'x'",
	"DROP TABLE vf",
	"CREATE TABLE n AS SELECT uuid, name FROM vf; DROP TABLE vf; ALTER TABLE n RENAME TO vf",
};

/* A file that SQLite finds sound, with values that would overrun or mislead us. */
static void test_bad_values(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(bad_values) / sizeof(bad_values[0]); i++) {
		struct vw_vf_claim *vfs = NULL;
		struct vw_mac_claim *macs = NULL;
		size_t n;
		int rc;

		assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
		assert_int_equal(vw_registry_rebuilt(f->r, &f->err), 0);
		run_sql(f, bad_values[i]);
		rc = vw_registry_vfs(f->r, NULL, &vfs, &n, &f->err);
		if (rc == 0) {
			free(vfs);
			rc = vw_registry_macs(f->r, NULL, &macs, &n, &f->err);
		}
		if (rc != -EBADMSG)
			fail_msg("%s: %d", bad_values[i], rc);
		assert_null(macs);
		assert_int_equal(n, 0);
		assert_non_null(vw_registry_set_aside(f->r));
		assert_non_null(strstr(f->err.msg, vw_registry_set_aside(f->r)));
		assert_false(exists(f, DB));
		/* This handle has lost its file, and says so. */
		assert_int_equal(claim_one(f->r, 1, 5, &f->err), -ESTALE);
		reopen(f);
		assert_true(vw_registry_is_fresh(f->r));
	}
}

static void test_bad_values_read_only(void **state)
{
	struct fixture *f = *state;
	struct vw_vf_claim *vfs;
	size_t n;

	assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
	assert_int_equal(open_rc(f, true), 0);
	run_sql(f, "UPDATE vf SET state = 9");
	assert_int_equal(vw_registry_vfs(f->r, NULL, &vfs, &n, &f->err), -EBADMSG);
	assert_null(vw_registry_set_aside(f->r));
	assert_true(exists(f, DB));
}

/* A trigger that somebody put in is not run. */
static void test_trigger(void **state)
{
	struct fixture *f = *state;
	struct vw_vf_claim claim;

	run_sql(f, "CREATE TRIGGER t AFTER INSERT ON vf BEGIN DELETE FROM vf; END");
	reopen(f);
	assert_int_equal(claim_one(f->r, 1, 5, &f->err), 0);
	assert_int_equal(find_vf(f->r, 5, &claim), 1);
}

/* Everything that reads or writes, whatever comes of it; the first error that is no verdict on a claim. */
static int use_all(struct fixture *f)
{
	struct vw_process me = vw_process_self();
	struct vw_vf_claim claim = vf_claim(1, 5), *vfs;
	struct vw_mac_claim *macs;
	struct vw_claim_owner past;
	const char *u = uuid_of(1);
	size_t n;
	int rc[12], i = 0;

	rc[i++] = vw_registry_vfs(f->r, NULL, &vfs, &n, &f->err);
	free(vfs);
	rc[i++] = vw_registry_macs(f->r, NULL, &macs, &n, &f->err);
	free(macs);
	rc[i++] = vw_registry_vfs(f->r, u, &vfs, &n, &f->err);
	free(vfs);
	rc[i++] = vw_registry_find_mac(f->r, &claim.mac, &macs, &n, &f->err);
	free(macs);
	rc[i++] = vw_registry_past(f->r, &claim.vf, &claim.mac, &past, &f->err);
	rc[i++] = claim_one(f->r, 1, 5, &f->err);
	rc[i++] = claim_one(f->r, 1, 900, &f->err);
	rc[i++] = vw_registry_set_state(f->r, u, VW_CLAIM_RUNNING, &me, &f->err);
	claim.vf = vf_at(900);
	rc[i++] = vw_registry_take(f->r, &claim.vf, u, 15, &me, &f->err);
	rc[i++] = vw_registry_release_vf(f->r, &claim.vf, u, &me, &f->err);
	rc[i++] = vw_registry_release_macs(f->r, u, &f->err);
	rc[i++] = vw_registry_rebuilt(f->r, &f->err);
	for (int k = 0; k < i; k++)
		if (rc[k] < 0 && rc[k] != -EBUSY && rc[k] != -ENOENT)
			return rc[k];
	return 0;
}

/* A good registry of several pages, with claims, past ones and a page that is free. */
static char *make_good(struct fixture *f, size_t *len)
{
	struct vw_process me = vw_process_self();
	char *data;

	for (unsigned int i = 0; i < 60; i++) {
		struct vw_pci vf = vf_at(i);

		assert_int_equal(claim_one(f->r, i, i, &f->err), 0);
		if (i % 3)
			continue;
		assert_int_equal(vw_registry_take(f->r, &vf, uuid_of(i), 15, &me, &f->err), 1);
		assert_int_equal(vw_registry_release_vf(f->r, &vf, uuid_of(i), &me, &f->err), 0);
	}
	assert_int_equal(vw_registry_rebuilt(f->r, &f->err), 0);
	drop(f);
	assert_int_equal(vw_host_slurpf(&f->tree.host, 1U << 24, &data, len, DB), 0);
	return data;
}

/* Puts these bytes in place and uses them: a good end, or the file is set aside, by the open or by the first call that meets
 * the damage; and the next open is good. Returns whether the damage was noticed. */
static bool use_damaged(
	struct fixture *f, const char *data, size_t len, const char *what, size_t at)
{
	bool noticed;
	int rc;

	if (f->r)
		drop(f);
	unlink(full(f, DB));
	tree_bytes(&f->tree, DB, data, len);
	if (vw_registry_open(&f->tree.host, false, &f->r, &f->err) < 0)
		fail_msg("%s at %zu: open: %s", what, at, f->err.msg);
	noticed = vw_registry_set_aside(f->r);
	if (noticed != vw_registry_is_fresh(f->r) && what[0] == 't')
		fail_msg("%s at %zu: set aside, but not fresh", what, at);
	rc = use_all(f);
	if (rc == -EBADMSG || rc == -ESTALE) {
		assert_non_null(vw_registry_set_aside(f->r));
		noticed = true;
		reopen(f);
		assert_true(vw_registry_is_fresh(f->r));
		rc = use_all(f);
	}
	if (rc < 0)
		fail_msg("%s at %zu: %d %s", what, at, rc, f->err.msg);
	if (noticed) {
		unlink(full(f, DB ".corrupt-1"));
		unlink(full(f, DB ".corrupt-1-journal"));
		unlink(full(f, DB ".corrupt-1-wal"));
		unlink(full(f, DB ".corrupt-1-shm"));
	}
	return noticed;
}

static void test_truncated(void **state)
{
	struct fixture *f = *state;
	size_t len;
	char *data = make_good(f, &len);

	assert_false(use_damaged(f, data, len, "truncated", len));
	for (size_t at = 0; at < len; at += at < 120 ? 7 : 1009)
		if (!use_damaged(f, data, at, "truncated", at))
			fail_msg("truncated at %zu of %zu: not noticed", at, len);
	free(data);
}

static void test_flipped(void **state)
{
	struct fixture *f = *state;
	unsigned int noticed = 0;
	uint32_t x = 2024;
	size_t len;
	char *data = make_good(f, &len);

	for (unsigned int i = 0; i < 400; i++) {
		size_t at = i;
		char old;

		x = x * 1664525 + 1013904223;
		if (i >= 108)
			at = (x >> 4) % len;
		old = data[at];
		data[at] = (char)(i % 3 == 0 ? ~old : old ^ (1 << (x >> 29)));
		noticed += use_damaged(f, data, len, "flipped", at);
		data[at] = old;
	}
	assert_true(noticed > 20);
	free(data);
}

/* Whole pages of noise, the first one too. */
static void test_noise(void **state)
{
	struct fixture *f = *state;
	char saved[4096];
	uint32_t x = 7;
	size_t len;
	char *data = make_good(f, &len);

	assert_int_equal(len % sizeof(saved), 0);
	for (size_t at = 0; at < len; at += sizeof(saved)) {
		memcpy(saved, data + at, sizeof(saved));
		for (size_t i = 0; i < sizeof(saved); i++)
			data[at + i] = (char)((x = x * 1664525 + 1013904223) >> 24);
		use_damaged(f, data, len, "noise", at);
		memcpy(data + at, saved, sizeof(saved));
	}
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_damage),
		T(test_numbers),
		T(test_side_files),
		T(test_bad_values),
		T(test_bad_values_read_only),
		T(test_trigger),
		T(test_truncated),
		T(test_flipped),
		T(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
