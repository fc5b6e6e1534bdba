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

int vw_grub2_mkconfig(const struct vw_host *host, char *path, size_t size, struct vw_error *err)
{
	static const char *const dirs[] = { "/usr/sbin", "/sbin", "/usr/bin", "/bin",
		"/usr/local/sbin" };
	static const char *const names[] = { "grub-mkconfig", "grub2-mkconfig" };

	for (size_t d = 0; d < VW_ARRAY_SIZE(dirs); d++)
		for (size_t i = 0; i < VW_ARRAY_SIZE(names); i++) {
			int there;

			snprintf(path, size, "%s/%s", dirs[d], names[i]);
			there = vw_host_lookf(host, "%s", path);
			if (there == 1)
				return 1;
			if (there < 0)
				return vw_error_errno(err, -there, "cannot look for %s", path);
		}
	path[0] = '\0';
	return 0;
}

struct file {
	char *path;
	struct vw_bytes text; /* as it will be */
	bool existed, changed;
	struct vw_bytes why; /* what was done to it, for people */
};

/* The files, in the order in which they are read. */
struct conf {
	const struct vw_boot_edit *edit;
	bool dropins;
	struct file *files;
	size_t n;
	struct file *own; /* where a line of our own goes */
};

static void conf_free(struct conf *conf)
{
	for (size_t i = 0; i < conf->n; i++) {
		free(conf->files[i].path);
		vw_bytes_free(&conf->files[i].text);
		vw_bytes_free(&conf->files[i].why);
	}
	free(conf->files);
}

static int no_memory(const struct conf *conf)
{
	return vw_error_set(conf->edit->err, ENOMEM, "out of memory");
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int read_file(struct conf *conf, const char *path)
{
	struct file *file = &conf->files[conf->n];
	int rc = vw_plan_read(
		conf->edit->plan, conf->edit->host, path, &file->text, conf->edit->err);

	conf->n++;
	file->existed = rc == 1;
	file->path = strdup(path);
	if (rc >= 0 && !file->path)
		return no_memory(conf);
	if (rc >= 0 && !strcmp(path, conf->dropins ? OWN : MAIN))
		conf->own = file;
	return rc < 0 ? rc : 0;
}

/* Debian's grub-mkconfig reads drop-ins, GNU's does not: it is a script, and says so. 1, 0, -errno. */
static int reads_dropins(const struct vw_boot_edit *edit)
{
	vw_auto_free char *script = NULL;
	char path[64];
	size_t len;
	int rc = vw_grub2_mkconfig(edit->host, path, sizeof(path), edit->err);

	if (rc <= 0)
		return rc;
	rc = vw_host_slurpf(edit->host, 1 << 20, &script, &len, "%s", path);
	if (rc < 0)
		return vw_error_errno(edit->err, -rc, "cannot read %s", path);
	return memmem(script, len, "default/grub.d/", strlen("default/grub.d/")) != NULL;
}

static bool is_dropin(const char *name)
{
	size_t len = strlen(name);

	return name[0] != '.' && len > 4 && !strcmp(name + len - 4, ".cfg");
}

static int read_files(struct conf *conf)
{
	const char *own = strrchr(OWN, '/') + 1;
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	bool own_read = false;
	char path[512];
	int rc = reads_dropins(conf->edit);

	if (rc < 0)
		return rc;
	conf->dropins = rc;
	rc = rc ? vw_host_listf(conf->edit->host, &names, DROPINS) : 0;
	if (rc < 0 && !vw_error_absent(rc))
		return vw_error_errno(conf->edit->err, -rc, "cannot read " DROPINS);
	conf->files = calloc(names.n + 2, sizeof(*conf->files));
	if (!conf->files)
		return no_memory(conf);
	/* As a shell's * puts them. */
	if (names.n)
		qsort(names.v, names.n, sizeof(*names.v), compare_names);
	rc = read_file(conf, MAIN);
	for (size_t i = 0; i < names.n && rc == 0; i++) {
		if (!own_read && strcmp(own, names.v[i]) <= 0) {
			own_read = true;
			rc = read_file(conf, OWN);
		}
		snprintf(path, sizeof(path), DROPINS "/%s", names.v[i]);
		if (rc == 0 && is_dropin(names.v[i]) && strcmp(path, OWN) != 0)
			rc = read_file(conf, path);
	}
	return rc == 0 && conf->dropins && !own_read ? read_file(conf, OWN) : rc;
}

/* --- evaluating --- */

static int evaluate(const struct conf *conf, struct vw_shell_env *env)
{
	for (size_t i = 0; i < conf->n; i++) {
		const struct file *file = &conf->files[i];
		vw_auto(vw_shell_free) struct vw_shell shell = { 0 };
		int rc = 0;

		if (file->text.len)
			rc = vw_shell_parse(
				file->text.data, file->text.len, &shell, conf->edit->err);
		if (rc < 0)
			return vw_error_prefix(conf->edit->err, rc, "%s", file->path);
		if (vw_shell_eval(env, file->text.data, &shell, file->path))
			return no_memory(conf);
	}
	return 0;
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
static void tell_why(struct file *file, const struct vw_boot_args *clean)
{
	vw_auto(vw_places_free) struct vw_places places = { 0 };

	if (file->text.len)
		vw_format_grub_default.find(file->text.data, file->text.len, &places, NULL);
	for (size_t i = 0; i < places.n; i++) {
		const struct vw_place *place = &places.v[i];
		vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
		vw_auto(vw_token_changes_free) struct vw_token_changes changes = { 0 };

		vw_cmdline_edit(file->text.data + place->begin, place->len, place->quoting, clean,
			&out, &changes, NULL);
		for (size_t k = 0; k < changes.n; k++)
			vw_bytes_addf(&file->why, "%s%s (line %u)",
				file->why.len ? ", " : "takes out ", changes.v[k].old, place->line);
	}
}

/* Takes the file's new text from `after`. */
static void take(struct file *file, struct vw_bytes *after)
{
	vw_bytes_free(&file->text);
	file->text = *after;
	*after = (struct vw_bytes){ 0 };
	file->changed = true;
}

/* Takes out what is against it, and adds where `want` says so. 1 = changed, 0; a file that cannot be understood is a FAIL. */
static int edit_file(const struct conf *conf, struct file *file, const struct vw_boot_args *want)
{
	struct vw_error *err = conf->edit->err;
	vw_auto(vw_bytes_free) struct vw_bytes after = { 0 };
	int rc;

	if (want->add_nothing)
		tell_why(file, want);
	rc = vw_args_file_edit(&vw_format_grub_default, file->text.data ? file->text.data : "",
		file->text.len, want, &after, err);
	if (rc == 1)
		take(file, &after);
	if (rc == -EBADMSG || rc == -E2BIG) {
		vw_finding_add(conf->edit->findings, VW_FAIL, "loader-file", file->path,
			rc == -E2BIG ? "take arguments out that are no longer needed"
				     : "correct the file, or move it away",
			"%s: %s", file->path, err->msg);
		err->msg[0] = '\0';
		rc = 0;
	}
	return rc;
}

/* What is wanted: in the one place that takes it, else in a line of our own. */
static int add_wanted(const struct conf *conf)
{
	struct file *file = conf->own;
	int rc = 0;

	if (!conf->dropins || file->existed)
		rc = edit_file(conf, file, conf->edit->want);
	else
		vw_bytes_addf(&file->text, "# Written by vfward-hostprep; `vfward-hostprep undo` "
					   "takes it away.\n");
	if (rc == 0) {
		rc = vw_grub_default_append(&file->text, conf->edit->want, conf->edit->err);
		file->changed |= rc == 1;
	}
	vw_bytes_addf(&file->why, "%sthe kernel arguments", file->why.len ? "; " : "");
	return rc < 0 ? rc : 0;
}

static bool failed(const struct vw_findings *findings, size_t from)
{
	for (; from < findings->n; from++)
		if (findings->v[from].severity == VW_FAIL)
			return true;
	return findings->lost;
}

static int add_steps(const struct conf *conf)
{
	const struct vw_boot_edit *edit = conf->edit;
	int any = 0, rc;

	for (size_t i = 0; i < conf->n; i++) {
		const struct file *file = &conf->files[i];
		struct vw_step *step = NULL;

		if (!file->changed)
			continue;
		if (file->text.lost || file->why.lost)
			return no_memory(conf);
		rc = vw_plan_file(edit->plan, edit->host, file->path, &file->text, file->why.data,
			&step, edit->err);
		if (rc < 0)
			return rc;
		if (step) {
			step->format = &vw_format_grub_default;
			step->is_ours = !file->existed;
		}
		any |= rc;
	}
	return any;
}

int vw_grub2_conf_edit(const struct vw_boot_edit *edit)
{
	vw_auto(conf_free) struct conf conf = { .edit = edit };
	vw_auto(vw_shell_env_free) struct vw_shell_env env = { 0 };
	struct vw_boot_args clean = *edit->want;
	size_t before = edit->findings->n;
	bool any = false;
	char path[64];
	int rc = read_files(&conf);

	clean.add_nothing = true;
	for (size_t i = 0; i < conf.n && rc >= 0; i++)
		rc = edit_file(&conf, &conf.files[i], &clean);
	if (rc < 0 || failed(edit->findings, before))
		return rc < 0 ? rc : 0;
	rc = evaluate(&conf, &env);
	if (rc == 0 && !says(&env, edit->want))
		rc = add_wanted(&conf);
	if (rc == 0)
		rc = check(&conf);
	for (size_t i = 0; i < conf.n; i++)
		any |= conf.files[i].changed;
	if (rc == 0 && any) {
		rc = vw_grub2_mkconfig(edit->host, path, sizeof(path), edit->err);
		any = rc != 0;
		rc = rc < 0 ? rc : 0;
		if (!any)
			vw_finding_add(edit->findings, VW_FAIL, "loader-generator", MAIN,
				VW_GRUB2_INSTALL,
				"grub-mkconfig, which reads " MAIN ", is not installed");
	}
	if (rc < 0 || failed(edit->findings, before))
		return rc < 0 ? rc : 0;
	return add_steps(&conf);
}

int vw_grub2_conf_keep(const struct vw_boot_edit *edit)
{
	char path[64];
	int rc = vw_grub2_mkconfig(edit->host, path, sizeof(path), edit->err);

	return rc == 1 ? vw_grub2_conf_edit(edit) : rc;
}
