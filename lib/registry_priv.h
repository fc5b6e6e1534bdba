/* SPDX-License-Identifier: GPL-2.0-or-later */
/* registry_priv: what the parts of the registry share: the open file, transactions, and one prepared statement at a time. */
#ifndef VW_REGISTRY_PRIV_H
#define VW_REGISTRY_PRIV_H

#include "cleanup.h"
#include "registry.h"

#include <sqlite3.h>

#define VW_REGISTRY_DIR  "/run/vfward"
#define VW_REGISTRY_FILE "registry.db"
/* For messages and vw_registry_set_aside(): the name as the root's own programs see it. */
#define VW_REGISTRY_PATH VW_REGISTRY_DIR "/" VW_REGISTRY_FILE
#define VW_REGISTRY_PAST 32 /* past claims remembered for each VF */

/* Compiling an SQL statement takes longer than running it. */
struct vw_statement {
	const char *sql;
	sqlite3_stmt *stmt;
	bool in_use;
};

struct vw_registry {
	const struct vw_host
		*host; /* for its deadline, which may be moved while the registry is open */
	sqlite3 *db;
	struct vw_statement
		statements[16]; /* compiled; where there are more, the others are not kept */
	int dir_fd;             /* VW_REGISTRY_DIR */
	bool read_only;
	bool opening; /* the file is still being judged: whoever opens decides about setting it aside */
	bool fresh;
	char aside[64]; /* "" = nothing was set aside */
};

/* registry_file.c: the lock around creating and setting aside; a descriptor to close, or -errno. */
int vw_registry_lock(struct vw_registry *registry, struct vw_error *err);
/* Moves the registry and SQLite's files beside it out of the way; what is not there is no error. Needs the lock. */
int vw_registry_move_aside(struct vw_registry *registry, struct vw_error *err);
/* Opens VW_REGISTRY_DIR, making it 0700 unless read_only. */
int vw_registry_open_dir(struct vw_registry *registry, struct vw_error *err);
/* The name of a file in VW_REGISTRY_DIR without a symlink in it, for SQLite; caller frees *path. */
int vw_registry_real_path(
	const struct vw_registry *registry, const char *file, char **path, struct vw_error *err);

/* registry_sql.c: turns an SQLite result code into -errno and a message. A corrupt file is set aside, unless it is being opened. */
int vw_registry_fail(struct vw_registry *registry, int code, struct vw_error *err);
/* Content that SQLite finds sound and that vfward never wrote. */
int vw_registry_corrupt(struct vw_registry *registry, const char *why, struct vw_error *err);
/* sqlite3_open_v2 with all that vfward wants of a connection. registry->db is set even when it fails. */
int vw_registry_connect(
	struct vw_registry *registry, const char *file, int flags, struct vw_error *err);
void vw_registry_disconnect(struct vw_registry *registry);

/* One write transaction: begin takes the write lock inside the deadline; end commits where rc ≥ 0, else rolls back, and
 * returns rc or what the commit failed with. Every begin that returned 0 needs an end. */
int vw_registry_begin(struct vw_registry *registry, struct vw_error *err);
int vw_registry_end(struct vw_registry *registry, int rc, struct vw_error *err);

/*
 * A prepared statement with its next parameter and its next column. Errors of prepare and bind wait until the step, so that binding
 * reads like a list. Strings are bound by pointer: they must live until the step. sql is kept by pointer, too: a literal.
 */
struct vw_query {
	struct vw_registry *registry;
	struct vw_error *err;
	sqlite3_stmt *stmt;
	struct vw_statement *kept; /* NULL: stmt is this query's own */
	int code;                  /* SQLite's first complaint */
	int param, column;
	bool bad; /* a column held what vfward never writes */
};

void vw_query_open(
	struct vw_query *q, struct vw_registry *registry, const char *sql, struct vw_error *err);
void vw_query_close(struct vw_query *q);
#define vw_auto_query vw_auto(vw_query_close)

void vw_query_int(struct vw_query *q, int64_t value);
void vw_query_text(struct vw_query *q, const char *text, size_t max);
void vw_query_copy(struct vw_query *q, const char *text); /* which need not live on */
void vw_query_mac(struct vw_query *q, const struct vw_mac *mac);
void vw_query_process(struct vw_query *q, const struct vw_process *process);

/* 1 = a row, 0 = no more, -errno. */
int vw_query_step(struct vw_query *q);
/* Steps once and makes the statement ready for new parameters: the number of rows changed, or -errno. */
int vw_query_run(struct vw_query *q);

/* The next column of the row; a value out of bounds marks the query as bad. */
int64_t vw_query_get_int(struct vw_query *q, int64_t min, int64_t max);
void vw_query_get_text(struct vw_query *q, char *buf, size_t size);
void vw_query_get_mac(struct vw_query *q, struct vw_mac *mac);
void vw_query_get_process(struct vw_query *q, struct vw_process *process);
/* uuid, name, state, daemon_pid, daemon_start, since. */
void vw_query_get_owner(struct vw_query *q, struct vw_claim_owner *owner);
/* registry_baseline.c: what a reset restores, in one column. */
void vw_query_baseline(struct vw_query *q, const struct vw_vf_attr *baseline);
void vw_query_get_baseline(struct vw_query *q, struct vw_vf_attr *baseline);
/* 0, or -EBADMSG after a bad column. */
int vw_query_row_ok(struct vw_query *q);

/* Runs the query to its end; decode fills one zeroed element of this size from each row. *rows is the caller's to free. */
int vw_query_all(struct vw_query *q, size_t size, void (*decode)(struct vw_query *q, void *row),
	void **rows, size_t *n);

/* registry_vf.c, registry_mac.c: a row with all its columns, in the order of the schema. */
void vw_registry_decode_vf(struct vw_query *q, void *row);
void vw_registry_decode_mac(struct vw_query *q, void *row);

/* A VF's address as one number that sorts like the address; -EINVAL for a slot or function that PCI does not have. */
int vw_registry_key(const struct vw_pci *vf, int64_t *key, struct vw_error *err);
/* Copies the VF's claim, if it is uuid's, to the past ones, and forgets the oldest of these. */
int vw_registry_remember(
	struct vw_registry *registry, int64_t key, const char *uuid, struct vw_error *err);

/* As vw_registry_find_vf, inside a transaction that is about to claim the VF: a void reservation is deleted. */
int vw_registry_find_to_claim(struct vw_registry *registry, const struct vw_pci *vf,
	struct vw_vf_claim *claim, struct vw_error *err);
/* Writes the claim of a VF that has none. owner.since 0 = now. 1 or -errno. */
int vw_registry_put_vf(struct vw_registry *registry, const struct vw_vf_claim *claim, int64_t key,
	int64_t now, struct vw_error *err);

/* -EINVAL unless it is 1 to 36 bytes. size: of the array, so that a missing NUL is noticed. */
int vw_registry_check_uuid(const char *uuid, size_t size, struct vw_error *err);
/* What every step of a worker starts with: a VF's key, somebody's claim, and a process. 0 or -EINVAL. */
int vw_registry_check_step(const struct vw_pci *vf, const char *uuid, const struct vw_process *me,
	int64_t *key, struct vw_error *err);
int64_t vw_registry_now(void); /* CLOCK_BOOTTIME, seconds */

#endif
