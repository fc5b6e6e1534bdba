/* SPDX-License-Identifier: GPL-2.0-or-later */
/* disabled: blacklist, install and alias lines, module_blacklist=, and who does not care. */
#include "disabled.h"

#include "cleanup.h"
#include "lines.h"
#include "module_index.h"

#include <string.h>

#define LIST_MAX (1U << 20)

static bool any_exists(const struct vw_host *files, const char *const *paths, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (vw_host_existsf(files, "%s", paths[i]))
			return true;
	return false;
}

static enum vw_module_tools find_tools(const struct vw_host *files)
{
	static const char *const kmod[] = { "/bin/kmod", "/usr/bin/kmod", "/sbin/kmod",
		"/usr/sbin/kmod" };
	static const char *const modprobe[] = { "/sbin/modprobe", "/usr/sbin/modprobe" };

	if (any_exists(files, kmod, VW_ARRAY_SIZE(kmod)))
		return VW_TOOLS_KMOD;
	return any_exists(files, modprobe, VW_ARRAY_SIZE(modprobe)) ? VW_TOOLS_OLD : VW_TOOLS_KMOD;
}

/* /etc/modules is read by a script that runs modprobe, to which a blacklist is nothing, only where System V's init is at work. systemd's
 * modules-load and OpenRC's modules obey blacklists (systemd: KMOD_PROBE_APPLY_BLACKLIST; OpenRC: modprobe --use-blacklist). */
static int read_by_name(
	const struct vw_host *files, struct vw_modprobe_conf *conf, struct vw_error *err)
{
	static const char path[] = "/etc/modules";
	static const char *const others[] = { "/lib/systemd/systemd", "/usr/lib/systemd/systemd",
		"/sbin/openrc", "/usr/sbin/openrc", "/sbin/openrc-run", "/usr/bin/openrc-run" };
	vw_auto_free char *text = NULL;
	size_t len;
	int rc;

	if (any_exists(files, others, VW_ARRAY_SIZE(others)))
		return 0;
	rc = vw_host_slurpf(files, LIST_MAX, &text, &len, "%s", path);
	if (rc != -EFBIG && vw_error_absent(rc))
		return 0;
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot read %s", path);
	for (struct vw_line line = { 0 }; rc == 0 && vw_line_next(text, len, &line);) {
		size_t begin = vw_skip_blanks(text, line.begin, line.end), end = begin;

		while (end < line.end && text[end] != ' ' && text[end] != '\t')
			end++;
		if (end > begin && text[begin] != '#')
			rc = vw_modprobe_add(conf, VW_MODPROBE_BLACKLIST, text + begin, end - begin,
				path, line.number);
	}
	return rc < 0 ? vw_error_set(err, ENOMEM, "out of memory") : 0;
}

int vw_load_rules_read(const struct vw_host *files, const char *cmdline, const char *cmdline_file,
	unsigned int cmdline_line, struct vw_load_rules *rules, struct vw_error *err)
{
	int rc;

	*rules = (struct vw_load_rules){ .tools = find_tools(files) };
	rc = vw_modprobe_read_files(files, rules->tools == VW_TOOLS_OLD, &rules->files, err);
	if (rc == 0)
		rc = read_by_name(files, &rules->by_name, err);
	if (rc == 0 && cmdline &&
		vw_modprobe_parse_cmdline(cmdline, strlen(cmdline),
			cmdline_file ? cmdline_file : "the kernel's command line", cmdline_line,
			&rules->cmdline) < 0)
		rc = vw_error_set(err, ENOMEM, "out of memory");
	if (rc < 0)
		vw_load_rules_free(rules);
	return rc;
}

void vw_load_rules_free(struct vw_load_rules *rules)
{
	vw_modprobe_free(&rules->files);
	vw_modprobe_free(&rules->cmdline);
	vw_modprobe_free(&rules->by_name);
}

int vw_load_rules_alias(const struct vw_load_rules *rules, const char *modalias,
	struct vw_names *modules, const struct vw_modprobe_line **line)
{
	const struct vw_modprobe_line *each;
	int rc = 0;

	*line = NULL;
	for (size_t i = 0; rc == 0 && (each = vw_modprobe_match(
					       &rules->files, VW_MODPROBE_ALIAS, modalias, &i));) {
		if (!*line)
			*line = each;
		rc = vw_names_add(modules, each->value);
	}
	return rc;
}

static const struct vw_modprobe_line *first(
	const struct vw_modprobe_conf *conf, enum vw_modprobe_kind kind, const char *module)
{
	size_t i = 0;

	return vw_modprobe_next(conf, kind, module, &i);
}

/* The kernel compares the bytes, and its names of modules have no "-" (kernel/module/main.c:blacklisted). */
static const struct vw_modprobe_line *forbidden(
	const struct vw_load_rules *rules, const char *module)
{
	const struct vw_modprobe_line *line;

	for (size_t i = 0;
		(line = vw_modprobe_next(&rules->cmdline, VW_MODPROBE_FORBID, module, &i));)
		if (!strchr(line->module, '-'))
			return line;
	return NULL;
}

/* Does the command seem to load the module: a loader, and behind it the module's name or file? What follows a "#" is a comment of the shell's. */
static bool loads(const char *command, const char *module)
{
	static const char ends[] = " \t;|&()\"'`";
	bool loader = false;

	for (const char *word = command + strspn(command, ends); *word && *word != '#';) {
		size_t len = strcspn(word, ends), n;
		const char *name;

		n = vw_module_path_name(word, len, &name);
		if (loader && vw_module_is(name, n, module))
			return true;
		loader |= vw_module_is(name, n, "modprobe") || vw_module_is(name, n, "insmod");
		word += len;
		word += strspn(word, ends);
	}
	return false;
}

struct vw_hindrance vw_load_rules_hindrance(const struct vw_load_rules *rules, const char *module,
	bool needed, bool is_default, const struct vw_modprobe_line **by_name)
{
	struct vw_hindrance found = { 0 }, maybe = { 0 };
	size_t i = 0;

	if (by_name)
		*by_name = NULL;
	found.line = is_default ? forbidden(rules, module) : NULL;
	found.argument = found.line;
	if (found.line)
		return found;
	found.line = vw_modprobe_match(&rules->files, VW_MODPROBE_INSTALL, module, &i);
	if (found.line) {
		found.may_load = loads(found.line->value, module);
		if (!found.may_load)
			return found;
		maybe = found;
	}
	if (needed)
		return maybe;
	found = (struct vw_hindrance){ .line = first(
					       &rules->files, VW_MODPROBE_BLACKLIST, module) };
	if (!found.line && is_default) {
		found.line = first(&rules->cmdline, VW_MODPROBE_BLACKLIST, module);
		found.argument = found.line;
	}
	if (found.line && by_name) {
		*by_name = first(&rules->by_name, VW_MODPROBE_BLACKLIST, module);
		if (*by_name)
			return maybe;
	}
	return found.line ? found : maybe;
}

const struct vw_modprobe_line *vw_load_rules_initcall(
	const struct vw_load_rules *rules, const char *module)
{
	/* ixgbevf: ixgbevf_init_module; mlx5_core: mlx5_init; bnxt_en: bnxt_init */
	size_t len = strcspn(module, "_");

	for (size_t i = 0; i < rules->cmdline.n; i++) {
		const struct vw_modprobe_line *line = &rules->cmdline.v[i];

		if (line->kind == VW_MODPROBE_INITCALL && strncmp(line->module, module, len) == 0 &&
			line->module[len] == '_')
			return line;
	}
	return NULL;
}

/* Is a boolean parameter given, and not as "no"? (lib/kstrtox.c:kstrtobool) */
static bool is_enabled(const struct vw_modprobe_line *line, const char *name)
{
	struct vw_modprobe_option option;

	for (const char *at = line->value; vw_modprobe_option(&at, &option);)
		if (vw_modprobe_option_is(&option, name))
			return !option.value || strchr("yYtT1", option.value[0]) ||
			       strncasecmp(option.value, "on", 2) == 0;
	return false;
}

const struct vw_modprobe_line *vw_load_rules_signatures(const struct vw_load_rules *rules)
{
	const struct vw_modprobe_line *line;

	for (size_t i = 0;
		(line = vw_modprobe_next(&rules->cmdline, VW_MODPROBE_OPTIONS, "module", &i));)
		if (is_enabled(line, "sig_enforce"))
			return line;
	line = first(&rules->cmdline, VW_MODPROBE_LOCKDOWN, "integrity");
	return line ? line : first(&rules->cmdline, VW_MODPROBE_LOCKDOWN, "confidentiality");
}

const struct vw_modprobe_line *vw_load_rules_no_msi(const struct vw_load_rules *rules)
{
	return first(&rules->cmdline, VW_MODPROBE_PCI, "nomsi");
}

const struct vw_modprobe_line *vw_load_rules_unsupported(const struct vw_load_rules *rules)
{
	const struct vw_modprobe_line *last = NULL;

	for (size_t i = 0; i < rules->files.n; i++)
		if (rules->files.v[i].kind == VW_MODPROBE_UNSUPPORTED)
			last = &rules->files.v[i];
	return last && (!strcmp(last->module, "0") || !strcmp(last->module, "no")) ? last : NULL;
}

const struct vw_modprobe_line *vw_load_rules_initramfs(
	const struct vw_load_rules *rules, const char *module)
{
	return first(&rules->cmdline, VW_MODPROBE_RD_BLACKLIST, module);
}
