/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journal_read: what was applied here. */
#include "journal_priv.h"

#include "cleanup.h"

#include <json-c/json.h>
#include <string.h>

#define TEXT_MAX    (16U << 20)
#define CONTENT_MAX (64U << 20)

static void free_journal(struct vw_journal *journal)
{
	vw_plan_free(&journal->plan);
	for (size_t i = 0; i < journal->request.n_pfs; i++)
		free(journal->request.pfs[i].given);
	free(journal->request.pfs);
	vw_names_free(&journal->directories);
	json_object_put(journal->text);
}

void vw_journals_free(struct vw_journals *journals)
{
	for (size_t i = 0; i < journals->n; i++)
		free_journal(&journals->v[i]);
	free(journals->v);
	*journals = (struct vw_journals){ 0 };
}

static int read_file(const struct vw_host *host, const char *path, size_t max,
	struct vw_bytes *bytes, struct vw_error *err)
{
	vw_auto_free char *data = NULL;
	size_t len;
	int rc = vw_host_slurpf(host, max, &data, &len, "%s", path);

	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot read %s", path);
	vw_bytes_add(bytes, data, len);
	return bytes->lost ? vw_error_set(err, ENOMEM, "out of memory") : 0;
}

/* size: as plan.json says; -1 = there is none. */
static int read_content(const struct vw_host *host, const struct vw_journal *journal, size_t step,
	const char *when, int64_t size, struct vw_bytes *bytes, struct vw_error *err)
{
	char path[PATH_MAX];
	int rc;

	if (size < 0)
		return 0;
	vw_journal_content_path(path, journal->number, step, when);
	rc = read_file(host, path, CONTENT_MAX, bytes, err);
	if (rc == 0 && bytes->len != (size_t)size)
		rc = vw_error_set(err, EBADMSG, "%s is damaged: %zu bytes instead of %lld", path,
			bytes->len, (long long)size);
	return rc;
}

static int read_journal(
	const struct vw_host *host, struct vw_journal *journal, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };
	vw_auto_free int64_t *sizes = NULL;
	char path[PATH_MAX];
	int rc;

	vw_journal_path(path, journal->number, VW_JOURNAL_PLAN);
	rc = read_file(host, path, TEXT_MAX, &text, err);
	if (rc < 0)
		return rc;
	rc = vw_journal_parse(&text, journal, &sizes, err);
	if (rc < 0)
		return vw_error_prefix(err, rc, "%s is damaged", path);
	for (size_t i = 0; rc == 0 && i < journal->plan.n; i++) {
		struct vw_step *step = &journal->plan.steps[i];

		rc = read_content(host, journal, i, "before", sizes[2 * i], &step->before, err);
		if (rc == 0)
			rc = read_content(
				host, journal, i, "after", sizes[2 * i + 1], &step->after, err);
	}
	return rc;
}

/* names come in the order of their numbers (strverscmp). */
static int read_all(const struct vw_host *host, const struct vw_names *names,
	struct vw_journals *journals, struct vw_error *err)
{
	int rc = 0;

	journals->v = calloc(names->n + 1, sizeof(*journals->v));
	if (!journals->v)
		return vw_error_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; rc >= 0 && i < names->n; i++) {
		struct vw_journal *journal = &journals->v[journals->n];

		if (!vw_journal_number(names->v[i], &journal->number))
			continue;
		rc = vw_journal_complete(host, journal->number, err);
		if (rc == 1) {
			journals->n++;
			rc = read_journal(host, journal, err);
		}
	}
	return rc < 0 ? rc : 0;
}

int vw_journals_read(const struct vw_host *host, struct vw_journals *journals, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	int rc = vw_host_listf(host, &names, VW_JOURNAL_DIR);

	*journals = (struct vw_journals){ 0 };
	if (rc == -ENOENT)
		return 0;
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot read %s", VW_JOURNAL_DIR);
	rc = read_all(host, &names, journals, err);
	if (rc < 0)
		vw_journals_free(journals);
	return rc;
}
