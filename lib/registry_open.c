/* SPDX-License-Identifier: GPL-2.0-or-later */
/* registry_open: opening, judging and creating the registry. */

/*
 * Theory of operation. Opening a good registry reads the version from its header, so a start pays next to
 * nothing; whether every page is sound is found out by use (vw_registry_corrupt()). A new registry is made under another name, whole and with its
 * schema, and then renamed: nobody ever sees one that is half made, and so an empty file is no beginning but a loss, and is set
 * aside like any other damage. A creator that was killed leaves registry.db.new behind, which the next one removes.
 *
 * Freshness is the sign of the schema's version: whoever creates the registry and dies before the running domains have been put in
 * leaves it negative, and so fresh, for the next one.
 *
 * A read-only handle is a connection that may write in SQL's eyes, with query_only set: so it can roll back the journal of a killed
 * writer, without which nothing consistent could be read until the next write. Where the file or the directory is not ours to
 * write, SQLite falls back to true read-only by itself.
 */
#include "registry_priv.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define SCHEMA_VERSION 1
#define NEW_FILE       VW_REGISTRY_FILE ".new"

/* Each start parses this text, so it says no more than is needed: what a column may hold is checked when it is read. Rows are read and
 * written whole, in the order of these columns. Text is stored as the bytes that came; vf.address is vw_registry_key(). mac's key starts with
 * the MAC, so it is the index that a look-up by MAC needs. */
#define OWNER "uuid, name, state, daemon_pid, daemon_start, since"
static const char schema[] =
	"BEGIN;"
	"CREATE TABLE vf(" OWNER ", address INTEGER PRIMARY KEY, use, mac, worker_pid,"
	" worker_start, residue, baseline);"
	"CREATE INDEX vf_uuid ON vf(uuid);"
	"CREATE TABLE mac(" OWNER ", scope, mac, on_vf, device,"
	" PRIMARY KEY(mac, scope, uuid, on_vf)) WITHOUT ROWID;"
	"CREATE INDEX mac_uuid ON mac(uuid);"
	"CREATE TABLE past(id INTEGER PRIMARY KEY, address, mac, uuid, name, released);"
	"CREATE INDEX past_address ON past(address);"
	"PRAGMA user_version = -1;"
	"COMMIT";
_Static_assert(SCHEMA_VERSION == 1, "the schema's last pragma and rebuilt() write SCHEMA_VERSION");

static int read_version(struct vw_registry *registry, int64_t *version, struct vw_error *err)
{
	vw_auto_query struct vw_query q;
	int rc;

	vw_query_open(&q, registry, "PRAGMA user_version", err);
	rc = vw_query_step(&q);
	if (rc < 0)
		return rc;
	*version = vw_query_get_int(&q, INT32_MIN, INT32_MAX);
	return vw_query_row_ok(&q);
}

/* A connection is there: is it our schema, and may we write? */
static int judge_content(struct vw_registry *registry, struct vw_error *err)
{
	int64_t version;
	char why[64];
	int rc = read_version(registry, &version, err);

	if (rc < 0)
		return rc;
	if (version != SCHEMA_VERSION && version != -SCHEMA_VERSION) {
		snprintf(why, sizeof(why), "schema version %lld is not known", (long long)version);
		return vw_registry_corrupt(registry, why, err);
	}
	registry->fresh = version < 0;
	if (registry->read_only || sqlite3_db_readonly(registry->db, "main") != 1)
		return 0;
	/* SQLite also takes a file for read-only whose header asks for a newer SQLite to write it. */
	if (faccessat(registry->dir_fd, VW_REGISTRY_FILE, W_OK, AT_EACCESS) == 0)
		return vw_registry_corrupt(registry, "its format is not known", err);
	return vw_error_errno(err, errno, "cannot write the registry %s", VW_REGISTRY_PATH);
}

static int open_file(struct vw_registry *registry, struct vw_error *err)
{
	struct stat st;
	int rc;

	/* SQLite would open a FIFO or device, and take an empty file for a database without tables. */
	if (fstatat(registry->dir_fd, VW_REGISTRY_FILE, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return vw_error_errno(err, errno, "cannot open the registry %s", VW_REGISTRY_PATH);
	if (!S_ISREG(st.st_mode))
		return vw_registry_corrupt(registry, "it is not a file", err);
	if (st.st_size == 0)
		return vw_registry_corrupt(registry, "it is empty", err);
	if (!registry->read_only && (st.st_mode & 07777) != 0600 &&
		fchmodat(registry->dir_fd, VW_REGISTRY_FILE, 0600, 0) < 0)
		return vw_error_errno(
			err, errno, "cannot set the mode of the registry %s", VW_REGISTRY_PATH);
	rc = vw_registry_connect(registry, VW_REGISTRY_FILE, SQLITE_OPEN_READWRITE, err);
	return rc < 0 ? rc : judge_content(registry, err);
}

/* Opens what is there. -ENOENT: nothing; -EBADMSG: nothing that we could use. No connection is left after a failure. */
static int open_existing(struct vw_registry *registry, struct vw_error *err)
{
	int rc;

	registry->opening = true;
	rc = open_file(registry, err);
	registry->opening = false;
	if (rc < 0)
		vw_registry_disconnect(registry);
	return rc;
}

/* Makes a whole registry under the name NEW_FILE. */
static int build_new(struct vw_registry *registry, struct vw_error *err)
{
	int fd, rc;

	/* What a killed creator left; it never was the registry. */
	unlinkat(registry->dir_fd, NEW_FILE, 0);
	unlinkat(registry->dir_fd, NEW_FILE "-journal", 0);
	fd = openat(registry->dir_fd, NEW_FILE, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		0600);
	rc = fd < 0 || fchmod(fd, 0600) < 0 ? -errno : 0; /* whatever the umask */
	if (fd >= 0)
		close(fd);
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot create %s/%s", VW_REGISTRY_DIR, NEW_FILE);
	rc = vw_registry_connect(registry, NEW_FILE, SQLITE_OPEN_READWRITE, err);
	if (rc == 0)
		rc = sqlite3_exec(registry->db, schema, NULL, NULL, NULL);
	if (rc > 0)
		rc = vw_registry_fail(registry, rc, err);
	vw_registry_disconnect(registry);
	if (rc < 0)
		unlinkat(registry->dir_fd, NEW_FILE, 0);
	return rc;
}

/* There is no registry, or none to be used: puts a new one there. */
static int begin_new(struct vw_registry *registry, struct vw_error *err)
{
	vw_auto_close int lock = vw_registry_lock(registry, err);
	int rc;

	if (lock < 0)
		return lock;
	rc = open_existing(registry, err);
	if (rc != -ENOENT && rc != -EBADMSG)
		return rc; /* somebody was faster, or it cannot be told */
	rc = vw_registry_move_aside(registry, err);
	if (rc < 0)
		return rc;
	registry->opening = true;
	rc = build_new(registry, err);
	registry->opening = false;
	if (rc < 0)
		return rc;
	if (renameat(registry->dir_fd, NEW_FILE, registry->dir_fd, VW_REGISTRY_FILE) < 0)
		return vw_error_errno(
			err, errno, "cannot create the registry %s", VW_REGISTRY_PATH);
	return open_existing(registry, err);
}

int vw_registry_open(const struct vw_host *host, bool read_only, struct vw_registry **registry,
	struct vw_error *err)
{
	struct vw_registry *new = calloc(1, sizeof(*new));
	int rc;

	*registry = NULL;
	if (!new)
		return vw_error_set(err, ENOMEM, "out of memory");
	new->host = host;
	new->dir_fd = -1;
	new->read_only = read_only;
	rc = vw_registry_open_dir(new, err);
	if (rc == 0) {
		rc = open_existing(new, err);
		if (!read_only && (rc == -ENOENT || rc == -EBADMSG))
			rc = begin_new(new, err);
	}
	if (rc == 0)
		*registry = new;
	else
		vw_registry_close(new);
	return rc;
}

void vw_registry_close(struct vw_registry *registry)
{
	if (!registry)
		return;
	vw_registry_disconnect(registry);
	if (registry->dir_fd >= 0)
		close(registry->dir_fd);
	free(registry);
}

bool vw_registry_is_fresh(const struct vw_registry *registry)
{
	return registry->fresh;
}

const char *vw_registry_set_aside(const struct vw_registry *registry)
{
	return registry->aside[0] ? registry->aside : NULL;
}

static int rebuilt(struct vw_registry *registry, struct vw_error *err)
{
	vw_auto_query struct vw_query q;

	vw_query_open(&q, registry, "PRAGMA user_version = 1", err);
	return vw_query_run(&q);
}

int vw_registry_rebuilt(struct vw_registry *registry, struct vw_error *err)
{
	int rc = vw_registry_begin(registry, err);

	if (rc == 0)
		rc = vw_registry_end(registry, rebuilt(registry, err), err);
	if (rc < 0)
		return rc;
	registry->fresh = false;
	return 0;
}
