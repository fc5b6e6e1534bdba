/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grub2_conf: what grub-mkconfig reads.
 *
 * Theory of operation: grub-mkconfig sources /etc/default/grub, and on Debian and its kin /etc/default/grub.d/NAME.cfg after it, in the
 * order of the names. Normal entries get "$GRUB_CMDLINE_LINUX $GRUB_CMDLINE_LINUX_DEFAULT", recovery entries the former alone; so what
 * is wanted goes into the former. A token that is against it is taken out where it stands, because nothing that comes later can
 * revoke iommu=off. What is added goes into a drop-in of our own that comes last (a cloud image's drop-in overrides what stands in
 * /etc/default/grub), or else into the one assignment of the variable, or, where that is not one plain assignment, into a line of our
 * own at the end. Then the files are evaluated as a whole. */
#include "grub2_conf.h"

#include "cleanup.h"
#include "format_grub_default.h"
#include "shell_vars.h"

#include <string.h>

#define MAIN    "/etc/default/grub"
#define DROPINS "/etc/default/grub.d"
#define OWN     DROPINS "/zz-vfward.cfg"

const char *const vw_grub2_mkconfig[] = { "grub-mkconfig", "grub2-mkconfig", NULL };

int vw_grub2_program(const struct vw_host *host, const char *const *names, char *path, size_t size)
{
	static const char *const dirs[] = { "/usr/sbin", "/sbin", "/usr/bin", "/bin",
		"/usr/local/sbin" };

	for (size_t d = 0; d < VW_ARRAY_SIZE(dirs); d++)
		for (size_t i = 0; names[i]; i++) {
			snprintf(path, size, "%s/%s", dirs[d], names[i]);
			if (vw_host_lookf(host, "%s", path) == 1)
				return 1;
		}
	path[0] = '\0';
	return 0;
}

/* The files, in the order in which they are read. */
struct conf {
	const struct vw_boot_edit *edit;
	bool dropins;
	struct vw_bytes *paths; /* ends with an empty one */
	size_t n;
};

static void conf_free(struct conf *conf)
{
	for (size_t i = 0; i < conf->n; i++)
		vw_bytes_free(&conf->paths[i]);
	free(conf->paths);
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(((const struct vw_bytes *)a)->data, ((const struct vw_bytes *)b)->data);
}

/* Debian's grub-mkconfig reads drop-ins, GNU's does not: it is a script, and says so. */
static bool reads_dropins(const struct vw_host *host)
{
	vw_auto_free char *script = NULL;
	char path[64];
	size_t len;

	return vw_grub2_program(host, vw_grub2_mkconfig, path, sizeof(path)) &&
	       vw_host_slurpf(host, 1 << 20, &script, &len, "%s", path) == 0 &&
	       memmem(script, len, "default/grub.d/", strlen("default/grub.d/"));
}

static int find_files(struct conf *conf)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	bool lost = false;

	conf->dropins = reads_dropins(conf->edit->host);
	if (conf->dropins)
		vw_host_listf(conf->edit->host, &names, DROPINS);
	conf->paths = calloc(names.n + 2, sizeof(*conf->paths));
	if (!conf->paths)
		return vw_error_set(conf->edit->err, ENOMEM, "out of memory");
	vw_bytes_addf(&conf->paths[conf->n++], MAIN);
	for (size_t i = 0; i < names.n; i++) {
		size_t len = strlen(names.v[i]);

		if (names.v[i][0] != '.' && len > 4 && !strcmp(names.v[i] + len - 4, ".cfg") &&
			strcmp(names.v[i], strrchr(OWN, '/') + 1) != 0)
			vw_bytes_addf(&conf->paths[conf->n++], DROPINS "/%s", names.v[i]);
	}
	if (conf->dropins)
		vw_bytes_addf(&conf->paths[conf->n++], OWN);
	for (size_t i = 0; i < conf->n; i++)
		lost |= conf->paths[i].lost;
	if (lost)
		return vw_error_set(conf->edit->err, ENOMEM, "out of memory");
	qsort(conf->paths + 1, conf->n - 1, sizeof(*conf->paths), compare_paths);
	return 0;
}

/* --- evaluating --- */

/* Reads all files as they are after the steps so far. */
static int evaluate(const struct conf *conf, struct vw_shell_env *env)
{
	struct vw_error *err = conf->edit->err;
	int rc = 0;

	for (size_t i = 0; i < conf->n && rc >= 0; i++) {
		vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };
		vw_auto(vw_shell_free) struct vw_shell shell = { 0 };

		rc = vw_plan_read(
			conf->edit->plan, conf->edit->host, conf->paths[i].data, &text, err);
		if (rc <= 0 || text.len == 0)
			continue;
		rc = vw_shell_parse(text.data, text.len, &shell, err);
		if (rc == 0 && vw_shell_eval(env, text.data, &shell, conf->paths[i].data))
			rc = vw_error_set(err, ENOMEM, "out of memory");
	}
	return rc < 0 ? rc : 0;
}

static void add_value(const struct vw_shell_env *env, const char *name, struct vw_bytes *out)
{
	const struct vw_shell_var *var = vw_shell_get(env, name, strlen(name));

	if (var)
		vw_bytes_add(out, var->value.data, var->value.len);
	vw_bytes_add(out, " ", 1);
}

/* Do normal and recovery entries get what is wanted, as far as can be told? */
static bool says(const struct vw_shell_env *env, const struct vw_boot_args *want)
{
	vw_auto(vw_bytes_free) struct vw_bytes line = { 0 }, recovery = { 0 };

	add_value(env, "GRUB_CMDLINE_LINUX", &line);
	add_value(env, "GRUB_DISABLE_RECOVERY", &recovery);
	if (!recovery.lost && !line.lost && vw_cmdline_says(line.data, line.len, want))
		return true;
	add_value(env, "GRUB_CMDLINE_LINUX_DEFAULT", &line);
	return !recovery.lost && !line.lost && !strcmp(recovery.data, "true ") &&
	       vw_cmdline_says(line.data, line.len, want);
}

static int check(const struct conf *conf)
{
	static const char variable[] = "GRUB_CMDLINE_LINUX";
	vw_auto(vw_shell_env_free) struct vw_shell_env env = { 0 };
	struct vw_boot_args clean = *conf->edit->want;
	int rc = evaluate(conf, &env);

	clean.add_nothing = true;
	if (rc == 0 && !says(&env, conf->edit->want)) {
		const struct vw_shell_var *var = vw_shell_get(&env, variable, strlen(variable));

		vw_finding_add(conf->edit->findings, VW_FAIL, "loader-overridden",
			var && var->file ? var->file : MAIN, "take the assignment out",
			"%s:%u sets %s after vfward's own line",
			var && var->file ? var->file : MAIN, var ? var->line : 0, variable);
	}
	for (size_t i = 0; i < env.n && rc == 0; i++) {
		const struct vw_shell_var *var = &env.v[i];

		if (strncmp(var->name, variable, strlen(variable)) != 0)
			continue;
		if (!vw_cmdline_says(
			    var->value.data ? var->value.data : "", var->value.len, &clean))
			vw_finding_add(conf->edit->findings, VW_FAIL, "loader-overridden",
				var->file, "correct the file",
				"%s:%u: %s is against it, and cannot be edited", var->file,
				var->line, var->name);
		else if (var->unknown)
			vw_finding_add(conf->edit->findings, VW_WARN, "loader-unseen", var->file,
				NULL,
				"%s:%u: only a shell could tell what %s comes to; the entries that "
				"are made of it will be looked at",
				var->file, var->line, var->name);
	}
	return rc;
}

/* --- changing --- */

/* "takes out intel_iommu=off (line 6)" */
static void tell_why(const struct conf *conf, const char *path, struct vw_bytes *why)
{
	struct vw_boot_args clean = *conf->edit->want;
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };
	vw_auto(vw_places_free) struct vw_places places = { 0 };

	clean.add_nothing = true;
	if (vw_plan_read(conf->edit->plan, conf->edit->host, path, &text, NULL) == 1 && text.len)
		vw_format_grub_default.find(text.data, text.len, &places, NULL);
	for (size_t i = 0; i < places.n; i++) {
		vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
		vw_auto(vw_token_changes_free) struct vw_token_changes changes = { 0 };

		vw_cmdline_edit(text.data + places.v[i].begin, places.v[i].len, places.v[i].quoting,
			&clean, &out, &changes, NULL);
		for (size_t k = 0; k < changes.n; k++)
			vw_bytes_addf(why, "%s%s (line %u)", why->len ? ", " : "takes out ",
				changes.v[k].old, places.v[i].line);
	}
	if (!why->len)
		vw_bytes_addf(why, "the kernel arguments");
}

/* Edits one file: takes out what is against, and adds where `want` says so. */
static int edit_file(const struct conf *conf, const char *path, const struct vw_boot_args *want)
{
	struct vw_boot_edit edit = *conf->edit;
	vw_auto(vw_bytes_free) struct vw_bytes why = { 0 };

	edit.want = want;
	tell_why(conf, path, &why);
	return vw_boot_edit_file(
		&edit, path, &vw_format_grub_default, why.data ? why.data : "the kernel arguments");
}

/* A line of our own: in the drop-in, or at the end of the file. */
static int add_line(const struct conf *conf)
{
	const struct vw_boot_edit *edit = conf->edit;
	const char *path = conf->dropins ? OWN : MAIN;
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };
	struct vw_step *step = NULL;
	int rc = vw_plan_read(edit->plan, edit->host, path, &text, edit->err), there = rc;

	if (rc == 1 && conf->dropins)
		return edit_file(conf, path, edit->want);
	if (rc == 0 && conf->dropins)
		vw_bytes_addf(&text, "# Written by vfward-hostprep; `vfward-hostprep undo` takes "
				     "it away.\n");
	if (rc >= 0)
		rc = vw_grub_default_append(&text, edit->want, edit->err);
	if (rc <= 0)
		return rc;
	rc = vw_plan_file(
		edit->plan, edit->host, path, &text, "the kernel arguments", &step, edit->err);
	if (step) {
		step->format = &vw_format_grub_default;
		step->is_ours = !there;
	}
	return rc;
}

static bool failed(const struct vw_findings *findings, size_t from)
{
	for (; from < findings->n; from++)
		if (findings->v[from].severity == VW_FAIL)
			return true;
	return findings->lost;
}

int vw_grub2_conf_edit(const struct vw_boot_edit *edit)
{
	vw_auto(conf_free) struct conf conf = { .edit = edit };
	vw_auto(vw_shell_env_free) struct vw_shell_env env = { 0 };
	struct vw_boot_args clean = *edit->want;
	size_t before = edit->findings->n;
	int rc = find_files(&conf), any = 0;

	clean.add_nothing = true;
	for (size_t i = 0; i < conf.n && rc >= 0; i++) {
		rc = edit_file(&conf, conf.paths[i].data, &clean);
		any |= rc > 0;
	}
	if (rc < 0 || failed(edit->findings, before))
		return rc < 0 ? rc : 0;
	rc = evaluate(&conf, &env);
	if (rc == 0 && !says(&env, edit->want)) {
		rc = conf.dropins ? 0 : edit_file(&conf, MAIN, edit->want);
		if (rc == 0)
			rc = add_line(&conf);
		any |= rc > 0;
	}
	if (rc >= 0 && !failed(edit->findings, before))
		rc = check(&conf);
	return rc < 0 ? rc : any;
}
