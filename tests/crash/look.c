/* SPDX-License-Identifier: GPL-2.0-or-later */
/* look: what the registry and the VFs of a machine say after a run, read without the hook's own code where that decides. */
#include "world.h"

#include "host.h"
#include "vf_link.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Claims as lines of text, in an order of their own. */
#define ALL_SQL                                                                                    \
	"SELECT 'vf ' || name || ' ' || (address & 7) || ' state ' || state || ' mac ' || mac"     \
	" || ' was ' || baseline || ' worker ' || (worker_pid <> 0) || ' daemon '"                 \
	" || (daemon_pid <> 0) || ' '"                                                             \
	" || residue AS line FROM vf"                                                              \
	" UNION ALL SELECT 'mac ' || name || ' ' || mac || ' state ' || state || ' daemon '"       \
	" || (daemon_pid <> 0) || ' vf ' || on_vf FROM mac ORDER BY line"
#define OTHERS_SQL                                                                                 \
	"SELECT 'vf ' || quote(uuid) || name || ' ' || address || ' ' || state || ' ' || since"    \
	" || ' ' || daemon_pid || ' ' || daemon_start || ' ' || worker_pid || ' ' || mac || ' '"   \
	" || use || ' ' || baseline || ' ' || residue AS line FROM vf"                             \
	" WHERE name IN ('owner', 'starter')"                                                      \
	" UNION ALL SELECT 'mac ' || quote(uuid) || name || ' ' || mac || ' ' || state || ' '"     \
	" || since || ' ' || daemon_pid || ' ' || scope || ' ' || on_vf || ' ' || device FROM mac" \
	" WHERE name IN ('owner', 'starter') ORDER BY line"
#define TWICE_SQL                                                                                  \
	"SELECT mac || ' has ' || count(DISTINCT uuid) || ' owners' FROM mac GROUP BY mac"         \
	" HAVING count(DISTINCT uuid) > 1"

/* All rows of a query of one column, a line each. */
static bool rows(sqlite3 *db, const char *sql, char *buf, size_t size)
{
	sqlite3_stmt *stmt = NULL;
	size_t used = 0;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	buf[0] = '\0';
	while (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		used += (size_t)snprintf(buf + used, size - used, "%s\n",
			(const char *)sqlite3_column_text(stmt, 0));
		rc = used < size ? SQLITE_OK : SQLITE_FULL;
	}
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE;
}

static void look_into_registry(sqlite3 *db, struct seen *seen)
{
	char sound[256], fresh[16];

	if (!rows(db, "PRAGMA integrity_check", sound, sizeof(sound)) || strcmp(sound, "ok\n") != 0)
		snprintf(seen->trouble, sizeof(seen->trouble), "the registry is not sound: %s%s",
			sound, sqlite3_errmsg(db));
	else if (!rows(db, ALL_SQL, seen->all, sizeof(seen->all)) ||
		 !rows(db, OTHERS_SQL, seen->others, sizeof(seen->others)) ||
		 !rows(db, TWICE_SQL, seen->twice, sizeof(seen->twice)) ||
		 !rows(db, "PRAGMA user_version", fresh, sizeof(fresh)))
		snprintf(seen->trouble, sizeof(seen->trouble), "the registry cannot be read: %s",
			sqlite3_errmsg(db));
	else
		seen->fresh = fresh[0] == '-';
}

static void look_at_vfs(const char *root, struct seen *seen)
{
	struct vw_error err = { "" };
	struct vw_links links = { 0 };
	struct vw_host host;

	if (vw_host_open(&host, root, &err) || vw_links_get(&host, &links, &err)) {
		snprintf(seen->trouble, sizeof(seen->trouble), "the VFs cannot be read: %s",
			err.msg);
		return;
	}
	const struct vw_link *pf = vw_links_by_name(&links, "eth0");
	for (unsigned int i = 0; i < 3; i++) {
		const struct vw_vf_attr *vf = pf ? vw_link_vf(pf, i) : NULL;
		char mac[VW_MAC_STR];

		if (vf)
			snprintf(seen->vf[i], sizeof(seen->vf[i]),
				"mac %s vlan %u qos %u spoofchk %d trust %d rate %u-%u",
				vw_mac_format(&vf->mac, mac), vf->vlan, vf->qos, vf->spoofchk,
				vf->trust, vf->min_rate, vf->max_rate);
	}
	vw_links_free(&links);
	vw_host_close(&host);
}

void world_look(struct world *world, enum machine_id machine, struct seen *seen)
{
	const char *root = world->root[machine];
	sqlite3 *db = NULL;
	char path[400];

	memset(seen, 0, sizeof(*seen));
	snprintf(path, sizeof(path), "%s/run/vfward/registry.db.corrupt-1", root);
	if (access(path, F_OK) == 0)
		snprintf(seen->trouble, sizeof(seen->trouble), "a good registry was set aside");
	*strstr(path, ".corrupt-1") = '\0';
	if (access(path, F_OK) == 0) {
		seen->registry = true;
		if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
			look_into_registry(db, seen);
		else
			snprintf(seen->trouble, sizeof(seen->trouble), "the registry: %s",
				sqlite3_errmsg(db));
		sqlite3_close(db);
	}
	look_at_vfs(root, seen);
}

void world_age(struct world *world, enum machine_id machine)
{
	sqlite3 *db = NULL;
	char path[400];

	snprintf(path, sizeof(path), "%s/run/vfward/registry.db", world->root[machine]);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
		sqlite3_exec(db,
			"UPDATE vf SET since = since - 601 WHERE daemon_pid = 0 AND name <> "
			"'starter';"
			"UPDATE mac SET since = since - 601 WHERE daemon_pid = 0 AND name <> "
			"'starter';",
			NULL, NULL, NULL) != SQLITE_OK)
		abort();
	sqlite3_close(db);
}

bool claims_without_daemon(const struct seen *seen, enum guest_id guest)
{
	char begin[64];

	snprintf(begin, sizeof(begin), "vf %s ", guest_name(guest));
	for (const char *line = seen->all; *line; line = strchr(line, '\n') + 1) {
		const char *state = strstr(line, " state "), *daemon = strstr(line, " daemon 0");

		if (!strncmp(line, begin, strlen(begin)) && state && strchr("02", state[7]) &&
			daemon && daemon < strchr(line, '\n'))
			return true;
	}
	return false;
}

/* Lines of seen->all that begin like this; *state: that they all have this state, if it is given. */
static unsigned int count(const struct seen *seen, const char *begin, const char *state)
{
	unsigned int n = 0;

	for (const char *line = seen->all; *line; line = strchr(line, '\n') + 1) {
		const char *is = strstr(line, " state ");

		if (strncmp(line, begin, strlen(begin)) == 0 &&
			(!state || (is && strchr(state, is[7]))))
			n++;
	}
	return n;
}

bool claims_vf(const struct seen *seen, enum guest_id guest)
{
	char begin[64];

	snprintf(begin, sizeof(begin), "vf %s ", guest_name(guest));
	return count(seen, begin, NULL) > 0;
}

bool claims_any(const struct seen *seen, enum guest_id guest)
{
	char begin[64];

	snprintf(begin, sizeof(begin), "mac %s ", guest_name(guest));
	return claims_vf(seen, guest) || count(seen, begin, NULL) > 0;
}

/* Two, of which one is the VF's. */
static bool has_macs(const struct seen *seen, enum guest_id guest, const char *states)
{
	unsigned int on_vf = 0;
	char begin[64];

	snprintf(begin, sizeof(begin), "mac %s ", guest_name(guest));
	for (const char *line = seen->all; *line; line = strchr(line, '\n') + 1)
		on_vf += !strncmp(line, begin, strlen(begin)) &&
			 !strncmp(strchr(line, '\n') - 5, " vf 1", 5);
	return count(seen, begin, states) == 2 && on_vf == 1;
}

bool claims_complete(const struct seen *seen, enum guest_id guest, const char *states)
{
	char vf[64];

	snprintf(vf, sizeof(vf), "vf %s ", guest_name(guest));
	return count(seen, vf, NULL) == 1 && count(seen, vf, states) == 1 &&
	       has_macs(seen, guest, states);
}

bool claims_macs(const struct seen *seen, enum guest_id guest, const char *states)
{
	return !claims_vf(seen, guest) && has_macs(seen, guest, states);
}
