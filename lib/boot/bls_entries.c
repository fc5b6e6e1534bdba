/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bls_entries: reading boot loader entries. */
#include "bls_entries.h"

#include "bytes.h"
#include "cleanup.h"
#include "lines.h"
#include "version.h"

#include <string.h>

#define ENTRY_MAX 65536
/* Each is a file to be read; a machine has one for each kernel. */
#define ENTRIES_MAX 1024

static void free_entry(struct vw_bls_entry *entry)
{
	free(entry->path);
	free(entry->id);
	free(entry->title);
	free(entry->version);
	free(entry->sort_key);
	free(entry->kernel);
	free(entry->options);
}

void vw_bls_entries_free(struct vw_bls_entries *entries)
{
	for (size_t i = 0; i < entries->n; i++)
		free_entry(&entries->v[i]);
	free(entries->v);
	*entries = (struct vw_bls_entries){ 0 };
}

int vw_bls_entries_offer(const struct vw_bls_entries *files, const struct vw_bls_entry *chosen,
	struct vw_boot_entries *entries, struct vw_error *err)
{
	int rc = 0;

	for (size_t i = 0; i < files->n && rc == 0; i++) {
		const struct vw_bls_entry *entry = &files->v[i];

		rc = vw_boot_entries_add(
			entries, &(struct vw_boot_entry){
					 .title = entry->title ? entry->title : entry->id,
					 .file = entry->path,
					 .line = entry->line,
					 .kernel = entry->kernel,
					 .cmdline = entry->options ? entry->options : (char *)"",
					 .is_default = entry == chosen,
				 });
	}
	return rc < 0 ? vw_error_set(err, ENOMEM, "out of memory") : 0;
}

/* A counter of boot attempts, "+LEFT" or "+LEFT-DONE", is no part of the id. */
static size_t id_length(const char *name, size_t len)
{
	size_t plus = len;

	while (plus > 0 && strchr("0123456789-", name[plus - 1]))
		plus--;
	return plus > 1 && plus < len && name[plus - 1] == '+' ? plus - 1 : len;
}

/* The value of `key` in this line, NULL if it is another key's. */
static char *value_of(const char *text, const struct vw_line *line, const char *key)
{
	size_t begin = vw_skip_blanks(text, line->begin, line->end), value;

	if (!vw_begins_with(text, begin, line->end, key))
		return NULL;
	begin += strlen(key);
	value = vw_skip_blanks(text, begin, line->end);
	if (value == begin)
		return NULL;
	return strndup(text + value, vw_trim_blanks(text, value, line->end) - value);
}

static void keep_first(char **where, char *value)
{
	if (*where)
		free(value);
	else
		*where = value;
}

/* The options as the format finds them. */
static int read_options(
	const char *text, size_t len, struct vw_bls_entry *entry, struct vw_error *err)
{
	vw_auto(vw_places_free) struct vw_places places = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes options = { 0 };
	int rc = vw_bls_places(text, len, &places, err);

	for (size_t i = 0; rc == 0 && i < places.n; i++)
		vw_bytes_addf(&options, "%s%.*s", i ? " " : "", (int)places.v[i].len,
			text + places.v[i].begin);
	if (rc < 0 || places.n == 0)
		return rc == -ENOMEM ? vw_error_set(err, ENOMEM, "out of memory") : rc;
	entry->line = places.v[0].line;
	entry->options = options.lost ? NULL : strdup(options.data);
	return entry->options ? 0 : vw_error_set(err, ENOMEM, "out of memory");
}

/* 1 = it boots Linux, 0 = it does not. */
static int read_entry(
	const char *text, size_t len, struct vw_bls_entry *entry, struct vw_error *err)
{
	struct vw_line line = { 0 };
	int rc;

	while (vw_line_next(text, len, &line)) {
		keep_first(&entry->kernel, value_of(text, &line, "linux"));
		keep_first(&entry->sort_key, value_of(text, &line, "sort-key"));
		keep_first(&entry->title, value_of(text, &line, "title"));
		keep_first(&entry->version, value_of(text, &line, "version"));
	}
	rc = entry->kernel ? read_options(text, len, entry, err) : 0;
	return rc < 0 ? rc : entry->kernel != NULL;
}

static int add_file(const struct vw_host *host, const char *dir, const char *name,
	struct vw_bls_entries *entries, struct vw_error *err)
{
	size_t len = strlen(name), text_len, id_len;
	vw_auto_free char *text = NULL;
	struct vw_bls_entry entry = { 0 }, *v;
	int rc;

	if (len <= strlen(".conf") || strcmp(name + len - strlen(".conf"), ".conf") != 0)
		return 0;
	rc = vw_host_slurpf(host, ENTRY_MAX, &text, &text_len, "%s/%s", dir, name);
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot read %s/%s", dir, name);
	rc = read_entry(text, text_len, &entry, err);
	if (rc < 0)
		vw_error_prefix(err, rc, "%s/%s", dir, name);
	if (rc == 1) {
		v = reallocarray(entries->v, entries->n + 1, sizeof(*v));
		if (asprintf(&entry.path, "%s/%s", dir, name) < 0)
			entry.path = NULL;
		id_len = id_length(name, len - strlen(".conf"));
		entry.id = strndup(name, id_len);
		entry.failed = !strncmp(name + id_len, "+0", 2);
		if (v)
			entries->v = v;
		if (v && entry.path && entry.id) {
			v[entries->n++] = entry;
			return 0;
		}
		rc = vw_error_set(err, ENOMEM, "out of memory");
	}
	free_entry(&entry);
	return rc;
}

int vw_bls_entries_read(const struct vw_host *host, const char *dir, struct vw_bls_entries *entries,
	struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	int rc = vw_host_listf(host, &names, "%s", dir);

	if (vw_error_absent(rc) || rc == -ENOTDIR)
		return 0;
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot read %s", dir);
	for (size_t i = 0; i < names.n; i++) {
		if (entries->n == ENTRIES_MAX)
			return vw_error_set(
				err, E2BIG, "%s has more than %d entries", dir, ENTRIES_MAX);
		rc = add_file(host, dir, names.v[i], entries, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static bool is_newer(const struct vw_bls_entry *a, const struct vw_bls_entry *b)
{
	bool rescue_a = strstr(a->id, "rescue"), rescue_b = strstr(b->id, "rescue");
	int order = a->sort_key && b->sort_key ? strcmp(a->sort_key, b->sort_key) : 0;

	if (a->failed != b->failed)
		return b->failed;
	if (rescue_a != rescue_b)
		return rescue_b;
	if (!a->sort_key != !b->sort_key)
		return a->sort_key;
	if (order)
		return order < 0;
	return vw_version_compare(
		       a->version ? a->version : a->id, b->version ? b->version : b->id) > 0;
}

const struct vw_bls_entry *vw_bls_newest(const struct vw_bls_entries *entries)
{
	const struct vw_bls_entry *newest = NULL;

	for (size_t i = 0; i < entries->n; i++)
		if (!newest || is_newer(&entries->v[i], newest))
			newest = &entries->v[i];
	return newest;
}

static int compare_ids(const void *a, const void *b)
{
	const struct vw_bls_entry *const *x = a, *const *y = b;

	return vw_version_compare((*y)->id, (*x)->id);
}

void vw_bls_sort_grub(const struct vw_bls_entries *entries, const struct vw_bls_entry **sorted)
{
	for (size_t i = 0; i < entries->n; i++)
		sorted[i] = &entries->v[i];
	qsort(sorted, entries->n, sizeof(*sorted), compare_ids);
}
