/* SPDX-License-Identifier: GPL-2.0-or-later */
/* registry_sql: the registry's connection to SQLite: errors, transactions, statements. */
#include "registry_priv.h"

#include "text.h"

#include <string.h>
#include <time.h>

int64_t vw_registry_now(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec;
}

/* Does the name no longer lead to the file that is open? */
static bool has_moved(struct vw_registry *registry)
{
	int moved = 0;

	sqlite3_file_control(registry->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
	return moved;
}

int vw_registry_corrupt(struct vw_registry *registry, const char *why, struct vw_error *err)
{
	vw_auto_close int lock = -1;
	int rc;

	if (registry->opening || registry->read_only)
		return vw_error_set(
			err, EBADMSG, "the registry %s is corrupt: %s", VW_REGISTRY_PATH, why);
	if (!sqlite3_get_autocommit(registry->db))
		sqlite3_exec(registry->db, "ROLLBACK", NULL, NULL, NULL);
	lock = vw_registry_lock(registry, err);
	if (lock < 0)
		return lock;
	/* Only the file that we found corrupt goes: another process may have put a good one in its place. */
	rc = has_moved(registry) ? 0 : vw_registry_move_aside(registry, err);
	if (rc < 0)
		return rc;
	return vw_error_set(err, EBADMSG,
		"the registry is corrupt (%s) and was set aside as %s; the next run begins a new "
		"one",
		why, registry->aside[0] ? registry->aside : "registry.db.corrupt-*");
}

static int fail_moved(struct vw_error *err)
{
	return vw_error_set(err, ESTALE,
		"the registry %s was removed or replaced while it was open", VW_REGISTRY_PATH);
}

/* SQLite also says "malformed" when the kernel failed to read a page (SQLITE_IOERR_CORRUPTFS, os_unix.c), and claims of domains that are
 * being started could not be rebuilt. So a file is set aside only if a second look, all over it, finds the damage too. Whoever opens
 * the registry looks twice anyway. */
static bool is_sound(struct vw_registry *registry)
{
	struct vw_registry again = { .host = registry->host,
		.dir_fd = registry->dir_fd,
		.read_only = true,
		.opening = true };
	sqlite3_stmt *stmt = NULL;
	bool sound = false;

	if (registry->opening || registry->read_only)
		return false;
	if (!sqlite3_get_autocommit(registry->db))
		sqlite3_exec(registry->db, "ROLLBACK", NULL, NULL, NULL);
	if (vw_registry_connect(&again, VW_REGISTRY_FILE, SQLITE_OPEN_READWRITE, NULL) == 0 &&
		sqlite3_prepare_v2(again.db, "PRAGMA integrity_check(1)", -1, &stmt, NULL) ==
			SQLITE_OK &&
		sqlite3_step(stmt) == SQLITE_ROW)
		sound = strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") == 0;
	sqlite3_finalize(stmt);
	sqlite3_close(again.db);
	return sound;
}

static int fail_system(
	struct vw_registry *registry, int code, const char *why, struct vw_error *err)
{
	int system = sqlite3_system_errno(registry->db);

	if (code == SQLITE_IOERR_NOMEM)
		return vw_error_set(err, ENOMEM, "out of memory");
	/* The journal goes by its name alone: a writer that still has the former file deletes that of the new one, too. */
	if (code == SQLITE_IOERR_DELETE_NOENT || (!registry->opening && has_moved(registry)))
		return fail_moved(err);
	/* -ENOENT means "no registry" to who opens, and "no such claim" to everybody else. */
	if (system <= 0 || (system == ENOENT && !registry->opening))
		return vw_error_set(
			err, EIO, "cannot use the registry %s: %s", VW_REGISTRY_PATH, why);
	return vw_error_errno(err, system, "cannot use the registry %s: %s", VW_REGISTRY_PATH, why);
}

int vw_registry_fail(struct vw_registry *registry, int code, struct vw_error *err)
{
	/* SQLite keeps its message in the connection; rolling back or setting aside would replace it. */
	char why[256];

	snprintf(why, sizeof(why), "%s",
		registry->db ? sqlite3_errmsg(registry->db) : sqlite3_errstr(code));
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_INTERRUPT:
		return vw_error_set(err, ETIMEDOUT,
			"the registry %s is in use by other processes and the time is up",
			VW_REGISTRY_PATH);
	case SQLITE_CORRUPT:
		if (is_sound(registry))
			return vw_error_set(err, ESTALE,
				"the registry %s could not be read for a moment: %s",
				VW_REGISTRY_PATH, why);
		return vw_registry_corrupt(registry, why, err);
	case SQLITE_NOTADB:
	case SQLITE_CONSTRAINT: /* every value was checked before: an index and its table disagree */
		return vw_registry_corrupt(registry, why, err);
	case SQLITE_NOMEM:
		return vw_error_set(err, ENOMEM, "out of memory");
	case SQLITE_FULL:
		return vw_error_errno(
			err, ENOSPC, "cannot write the registry %s", VW_REGISTRY_PATH);
	case SQLITE_READONLY:
		if (code == SQLITE_READONLY_DBMOVED)
			return fail_moved(err);
		return vw_error_set(
			err, EROFS, "cannot write the registry %s: %s", VW_REGISTRY_PATH, why);
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return fail_system(registry, code, why, err);
	default:
		return vw_error_set(
			err, EIO, "cannot use the registry %s: %s", VW_REGISTRY_PATH, why);
	}
}

/* Another process has a lock: sleep a little and say 1, "try again", until the deadline. The pauses differ from process to process, so that
 * many starts at once do not knock in step. */
static int wait_for_lock(void *data, int tries)
{
	const struct vw_registry *registry = data;
	unsigned int pause = tries < 8 ? 1 : 5;

	return vw_deadline_sleep(&registry->host->deadline, pause + (unsigned int)getpid() % 5);
}

/* Bounds a statement that runs long, as one over a file whose pages were bent into a maze may. */
static int stop_when_late(void *data)
{
	const struct vw_registry *registry = data;

	return vw_deadline_left(&registry->host->deadline) == 0;
}

/* A run of the hook opens the registry once and asks a dozen questions. Counting every allocation under a lock and making
 * room for twenty pages ahead (sqlite.org/c3ref/c_config_covering_index_scan.html) cost it more than they can
 * save. Too late, and without effect, where SQLite is in use already. */
static void configure_engine(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
}

int vw_registry_connect(
	struct vw_registry *registry, const char *file, int flags, struct vw_error *err)
{
	/* synchronous: /run is a tmpfs. A killed process leaves its writes with the kernel, in order, so the journal can be trusted;
	 * after a power cut there is no file at all.
	 * temp_store: no file of ours anywhere else. cell_size_check: find a bad page before using it. */
	static const char settings[] = "PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; "
				       "PRAGMA cell_size_check = ON";
	vw_auto_free char *path = NULL;
	int rc = vw_registry_real_path(registry, file, &path, err);

	if (rc < 0)
		return rc;
	configure_engine();
	rc = sqlite3_open_v2(
		path, &registry->db, flags | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc != SQLITE_OK)
		return vw_registry_fail(registry, rc, err);
	sqlite3_extended_result_codes(registry->db, 1);
	sqlite3_busy_handler(registry->db, wait_for_lock, registry);
	sqlite3_progress_handler(registry->db, 10000, stop_when_late, registry);
	/* vfward's schema has no trigger and no view: one that is there is not to be run as root. */
	sqlite3_db_config(registry->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(registry->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(registry->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(registry->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	rc = sqlite3_exec(registry->db, settings, NULL, NULL, NULL);
	if (rc == SQLITE_OK && registry->read_only)
		rc = sqlite3_exec(registry->db, "PRAGMA query_only = ON", NULL, NULL, NULL);
	if ((rc & 0xff) == SQLITE_ERROR) /* "unsupported file format": the pragmas are good */
		rc = SQLITE_CORRUPT;
	return rc == SQLITE_OK ? 0 : vw_registry_fail(registry, rc, err);
}

void vw_registry_disconnect(struct vw_registry *registry)
{
	for (size_t i = 0; i < VW_ARRAY_SIZE(registry->statements); i++)
		sqlite3_finalize(registry->statements[i].stmt);
	memset(registry->statements, 0, sizeof(registry->statements));
	sqlite3_close(registry->db);
	registry->db = NULL;
}

/* What is written into a file without a name is lost, and what is read from it is a memory: another process has long begun a new registry. */
static int check_in_place(struct vw_registry *registry, struct vw_error *err)
{
	return has_moved(registry) ? fail_moved(err) : 0;
}

int vw_registry_begin(struct vw_registry *registry, struct vw_error *err)
{
	int rc;

	if (registry->read_only)
		return vw_error_set(
			err, EROFS, "the registry %s was opened to be read only", VW_REGISTRY_PATH);
	/* IMMEDIATE: two readers that both want to write next could only wait for each other. */
	rc = sqlite3_exec(registry->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return vw_registry_fail(registry, rc, err);
	rc = check_in_place(registry, err);
	return rc < 0 ? vw_registry_end(registry, rc, NULL) : 0;
}

int vw_registry_end(struct vw_registry *registry, int rc, struct vw_error *err)
{
	int code;

	if (rc >= 0) {
		code = sqlite3_exec(registry->db, "COMMIT", NULL, NULL, NULL);
		if (code == SQLITE_OK) {
			int moved = check_in_place(registry, err);

			return moved < 0 ? moved : rc;
		}
		rc = vw_registry_fail(registry, code, err);
	}
	/* SQLite has rolled back by itself after some errors (disk full, I/O). */
	if (!sqlite3_get_autocommit(registry->db))
		sqlite3_exec(registry->db, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}

/* The place where a statement is kept, or may be, while no other query uses it; NULL = there is none. */
static struct vw_statement *find_statement(struct vw_registry *registry, const char *sql)
{
	for (size_t i = 0; i < VW_ARRAY_SIZE(registry->statements); i++) {
		struct vw_statement *kept = &registry->statements[i];

		if (!kept->sql || (kept->sql == sql && !kept->in_use))
			return kept;
	}
	return NULL;
}

void vw_query_open(
	struct vw_query *q, struct vw_registry *registry, const char *sql, struct vw_error *err)
{
	*q = (struct vw_query){ .registry = registry, .err = err };
	/* inside a transaction begin has looked */
	if (sqlite3_get_autocommit(registry->db) && has_moved(registry)) {
		q->code = SQLITE_READONLY_DBMOVED;
		return;
	}
	q->kept = find_statement(registry, sql);
	if (q->kept)
		q->stmt = q->kept->stmt;
	if (!q->stmt)
		q->code = sqlite3_prepare_v2(registry->db, sql, -1, &q->stmt, NULL);
	if (q->code != SQLITE_OK)
		q->kept = NULL;
	if (q->kept)
		*q->kept = (struct vw_statement){ .sql = sql, .stmt = q->stmt, .in_use = true };
}

void vw_query_close(struct vw_query *q)
{
	if (q->kept) {
		/* Ends its read lock, too. What it failed with was reported by the step. */
		sqlite3_reset(q->stmt);
		sqlite3_clear_bindings(q->stmt);
		q->kept->in_use = false;
	} else {
		sqlite3_finalize(q->stmt);
	}
	q->kept = NULL;
	q->stmt = NULL;
}

void vw_query_int(struct vw_query *q, int64_t value)
{
	if (q->code == SQLITE_OK)
		q->code = sqlite3_bind_int64(q->stmt, ++q->param, value);
}

void vw_query_text(struct vw_query *q, const char *text, size_t max)
{
	/* Bound by length and compared as bytes: SQLite does not care whether it is UTF-8. */
	if (q->code == SQLITE_OK)
		q->code = sqlite3_bind_text(
			q->stmt, ++q->param, text, (int)strnlen(text, max), SQLITE_STATIC);
}

void vw_query_copy(struct vw_query *q, const char *text)
{
	if (q->code == SQLITE_OK)
		q->code = sqlite3_bind_text(q->stmt, ++q->param, text, -1, SQLITE_TRANSIENT);
}

void vw_query_mac(struct vw_query *q, const struct vw_mac *mac)
{
	char text[VW_MAC_STR];

	vw_query_copy(q, vw_mac_format(mac, text));
}

void vw_query_process(struct vw_query *q, const struct vw_process *process)
{
	vw_query_int(q, process->pid);
	vw_query_int(q, (int64_t)process->start);
}

int vw_query_step(struct vw_query *q)
{
	int code = q->code;

	q->column = 0;
	if (code == SQLITE_OK)
		code = sqlite3_step(q->stmt);
	if (code == SQLITE_ROW)
		return 1;
	if (code == SQLITE_DONE)
		return 0;
	/* The statements are fixed: if one is wrong, it is the schema that is not ours. Seen by the step where another process
	 * changed it after the prepare. */
	if ((code & 0xff) == SQLITE_ERROR) {
		char why[256];

		snprintf(why, sizeof(why), "%s", sqlite3_errmsg(q->registry->db));
		return vw_registry_corrupt(q->registry, why, q->err);
	}
	return vw_registry_fail(q->registry, code, q->err);
}

int vw_query_run(struct vw_query *q)
{
	int rc = vw_query_step(q);

	if (rc < 0)
		return rc;
	sqlite3_reset(q->stmt);
	q->param = 0;
	return sqlite3_changes(q->registry->db);
}

int64_t vw_query_get_int(struct vw_query *q, int64_t min, int64_t max)
{
	int64_t value = sqlite3_column_int64(q->stmt, q->column);

	if (sqlite3_column_type(q->stmt, q->column++) != SQLITE_INTEGER || value < min ||
		value > max) {
		q->bad = true;
		return min;
	}
	return value;
}

void vw_query_get_text(struct vw_query *q, char *buf, size_t size)
{
	const unsigned char *text = sqlite3_column_text(q->stmt, q->column);
	size_t len = (size_t)sqlite3_column_bytes(q->stmt, q->column);

	if (sqlite3_column_type(q->stmt, q->column++) != SQLITE_TEXT || !text || len >= size ||
		memchr(text, '\0', len)) {
		q->bad = true;
		buf[0] = '\0';
		return;
	}
	memcpy(buf, text, len);
	buf[len] = '\0';
}

void vw_query_get_mac(struct vw_query *q, struct vw_mac *mac)
{
	char text[VW_MAC_STR];

	vw_query_get_text(q, text, sizeof(text));
	if (vw_mac_parse(text, mac) < 0)
		q->bad = true;
}

void vw_query_get_process(struct vw_query *q, struct vw_process *process)
{
	process->pid = (pid_t)vw_query_get_int(q, 0, INT32_MAX);
	process->start = (uint64_t)vw_query_get_int(q, INT64_MIN, INT64_MAX);
}

void vw_query_get_owner(struct vw_query *q, struct vw_claim_owner *owner)
{
	vw_query_get_text(q, owner->uuid, sizeof(owner->uuid));
	vw_query_get_text(q, owner->name, sizeof(owner->name));
	owner->state =
		(enum vw_claim_state)vw_query_get_int(q, VW_CLAIM_PREPARED, VW_CLAIM_QUARANTINED);
	vw_query_get_process(q, &owner->daemon);
	owner->since = vw_query_get_int(q, INT64_MIN, INT64_MAX);
	if (owner->uuid[0] == '\0')
		q->bad = true;
}

int vw_query_row_ok(struct vw_query *q)
{
	if (!q->bad)
		return 0;
	/* A read lock of our own must not stand in the way of setting the file aside. */
	sqlite3_reset(q->stmt);
	return vw_registry_corrupt(q->registry, "a claim holds impossible values", q->err);
}

int vw_query_all(struct vw_query *q, size_t size, void (*decode)(struct vw_query *q, void *row),
	void **rows, size_t *n)
{
	vw_auto_free char *list = NULL;
	size_t used = 0, room = 0;
	int rc;

	*rows = NULL;
	*n = 0;
	while ((rc = vw_query_step(q)) == 1) {
		if (used == room) {
			char *bigger = reallocarray(list, room ? room * 2 : 8, size);

			if (!bigger)
				return vw_error_set(q->err, ENOMEM, "out of memory");
			list = bigger;
			room = room ? room * 2 : 8;
		}
		memset(list + used * size, 0, size);
		decode(q, list + used * size);
		if (q->bad)
			return vw_query_row_ok(q);
		used++;
	}
	if (rc < 0)
		return rc;
	if (used) {
		*rows = list;
		*n = used;
		list = NULL;
	}
	return 0;
}

int vw_registry_check_uuid(const char *uuid, size_t size, struct vw_error *err)
{
	size_t len = strnlen(uuid, size);

	if (len == 0 || len >= VW_UUID_STR)
		return vw_error_set(err, EINVAL, "a claim needs the UUID of its domain");
	return 0;
}
