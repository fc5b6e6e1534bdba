/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loader_ostree: rpm-ostree (Fedora CoreOS, Silverblue, RHCOS). The boot entries belong to its deployments and are never edited: `rpm-ostree
 * kargs` makes a new deployment with other arguments, which a reboot puts into force.
 *
 * --append-if-missing does nothing where the key has another value, so what is in the way is deleted by name. The tokens come from the
 * newest deployment's entry; a deployment that is only staged has no entry yet, but its arguments stand in /run/ostree/staged-deployment. */
#include "bls_entries.h"
#include "boot_edit.h"
#include "cleanup.h"

#include <ctype.h>
#include <string.h>

#define ENTRIES "/boot/loader/entries"
#define STAGED  "/run/ostree/staged-deployment"
#define PROGRAM "/usr/bin/rpm-ostree"

static int detect(const struct vw_host *host, char *evidence, size_t size, struct vw_error *err)
{
	static const char *const signs[] = { "/run/ostree-booted", "/sysroot/ostree/repo",
		"/ostree/repo" };

	(void)err;
	if (vw_host_lookf(host, PROGRAM) != 1)
		return 0;
	for (size_t i = 0; i < VW_ARRAY_SIZE(signs); i++)
		if (vw_host_lookf(host, "%s", signs[i]) == 1) {
			snprintf(evidence, size, "%s exists", signs[i]);
			return 1;
		}
	return 0;
}

/* ostree names its entries ostree-N-OS.conf, the newest deployment with the highest N. */
static const struct vw_bls_entry *newest(const struct vw_bls_entries *files)
{
	const struct vw_bls_entry *found = NULL;

	for (size_t i = 0; i < files->n; i++)
		if (!strncmp(files->v[i].id, "ostree-", strlen("ostree-")) &&
			(!found || strverscmp(files->v[i].id, found->id) > 0))
			found = &files->v[i];
	return found;
}

static int entries(
	const struct vw_host *host, struct vw_boot_entries *entries, struct vw_error *err)
{
	vw_auto(vw_bls_entries_free) struct vw_bls_entries files = { 0 };
	int rc = vw_bls_entries_read(host, ENTRIES, &files, err);

	return rc < 0 ? rc : vw_bls_entries_offer(&files, newest(&files), entries, err);
}

/* Is this string one of those in a serialized deployment (GVariant: each ends with a NUL)? */
static bool has_string(const char *data, size_t len, const char *string)
{
	size_t n = strlen(string) + 1;

	for (const char *p = data; p && (size_t)(p - data) + n <= len; p++) {
		p = memmem(p, len - (size_t)(p - data), string, n);
		if (!p)
			return false;
		if (p == data || !isgraph((unsigned char)p[-1]))
			return true;
	}
	return false;
}

/* Does the deployment that the next boot takes have all of it already? */
static bool is_staged(const struct vw_host *host, const struct vw_token_changes *changes)
{
	vw_auto_free char *data = NULL;
	size_t len;

	if (vw_host_slurpf(host, 1U << 20, &data, &len, STAGED) < 0)
		return false;
	for (size_t i = 0; i < changes->n; i++) {
		const struct vw_token_change *change = &changes->v[i];

		if ((change->new && !has_string(data, len, change->new)) ||
			(change->old && has_string(data, len, change->old)))
			return false;
	}
	return true;
}

/* argv for the changes, or for taking them back; the caller frees the strings, not argv[0] and argv[1]. */
static void make_argv(
	struct vw_plan *plan, char **argv, const struct vw_token_changes *changes, bool undo)
{
	size_t n = 0;

	argv[n++] = (char *)PROGRAM;
	argv[n++] = (char *)"kargs";
	for (size_t i = 0; i < changes->n; i++) {
		const char *out = undo ? changes->v[i].new : changes->v[i].old;
		const char *in = undo ? changes->v[i].old : changes->v[i].new;

		if (in && asprintf(&argv[n++], "--append-if-missing=%s", in) < 0)
			plan->lost = true;
		if (out && asprintf(&argv[n++], "--delete-if-present=%s", out) < 0)
			plan->lost = true;
	}
	argv[n] = NULL;
}

static void free_argv(char **argv)
{
	for (size_t i = 2; argv && argv[i]; i++)
		free(argv[i]);
	free(argv);
}

static int plan_kargs(const struct vw_boot_edit *edit, const struct vw_token_changes *changes)
{
	char **argv = calloc(2 * changes->n + 3, sizeof(*argv));
	char **back = calloc(2 * changes->n + 3, sizeof(*back));
	struct vw_step *step = NULL;

	if (argv && back) {
		make_argv(edit->plan, argv, changes, false);
		make_argv(edit->plan, back, changes, true);
	} else {
		edit->plan->lost = true;
	}
	if (!edit->plan->lost)
		step = vw_plan_run(edit->plan, (const char *const *)argv, NULL,
			"makes a deployment with these kernel arguments");
	vw_plan_undo_with(edit->plan, step, (const char *const *)back);
	free_argv(argv);
	free_argv(back);
	return edit->plan->lost ? vw_error_set(edit->err, ENOMEM, "out of memory") : 0;
}

static int plan(const struct vw_host *host, const struct vw_boot_args *want, struct vw_plan *plan,
	struct vw_findings *findings, struct vw_error *err)
{
	const struct vw_boot_edit edit = { host, want, plan, findings, err };
	vw_auto(vw_bls_entries_free) struct vw_bls_entries files = { 0 };
	vw_auto(vw_token_changes_free) struct vw_token_changes changes = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes after = { 0 };
	const struct vw_bls_entry *entry;
	char remedy[256];
	int rc = vw_bls_entries_read(host, ENTRIES, &files, err);

	if (rc < 0)
		return rc;
	entry = newest(&files);
	if (!entry || !entry->options) {
		snprintf(remedy, sizeof(remedy), "rpm-ostree kargs%s%s%s; then reboot",
			want->intel_iommu ? " --append-if-missing=intel_iommu=on" : "",
			want->passthrough ? " --append-if-missing=iommu=pt" : "",
			want->pci_realloc ? " --append-if-missing=pci=realloc" : "");
		vw_finding_add(findings, VW_FAIL, "loader-manual", "rpm-ostree", remedy,
			"the deployment's boot entry cannot be found in " ENTRIES);
		return 0;
	}
	rc = vw_cmdline_edit(entry->options, strlen(entry->options), VW_QUOTE_PLAIN, want, &after,
		&changes, err);
	if (rc == 1 && !is_staged(host, &changes))
		rc = plan_kargs(&edit, &changes);
	return rc < 0 ? rc : 0;
}

const struct vw_loader vw_loader_ostree = {
	.name = "rpm-ostree",
	.title = "rpm-ostree",
	.manages = true,
	.detect = detect,
	.entries = entries,
	.plan = plan,
};
