/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modprobe_cmdline: what the kernel's command line says of modules. */
#include "modprobe_priv.h"

#include "cleanup.h"

#include <errno.h>
#include <string.h>

/* The next token of a kernel command line, quotes taken off as the kernel does (lib/cmdline.c:next_arg). */
static bool next_token(const char *text, size_t len, size_t *pos, char *buf)
{
	bool quoted = false;
	size_t n = 0;

	while (*pos < len && (text[*pos] == ' ' || text[*pos] == '\t' || text[*pos] == '\n'))
		++*pos;
	if (*pos >= len)
		return false;
	for (; *pos < len; ++*pos) {
		char c = text[*pos];

		if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == ' ' || c == '\t' || c == '\n'))
			break;
		else
			buf[n++] = c;
	}
	buf[n] = '\0';
	return true;
}

/* Lists of names that arguments take. */
static const struct list_argument {
	const char *key;
	enum vw_modprobe_kind kind;
	bool kernel; /* it reads them itself: its key may have "-" for "_" (kernel/params.c:parameq), names may not */
	bool last; /* a second one takes the place of the first (kernel/module/main.c: a charp) */
} list_arguments[] = {
	{ "modprobe.blacklist", VW_MODPROBE_BLACKLIST, false, false },
	{ "module_blacklist", VW_MODPROBE_FORBID, true, true },
	{ "rd.driver.blacklist", VW_MODPROBE_RD_BLACKLIST, false, false },
	{ "initcall_blacklist", VW_MODPROBE_INITCALL, true, false },
	{ "lockdown", VW_MODPROBE_LOCKDOWN, true, true },
	{ "pci", VW_MODPROBE_PCI, true, false },
};

static const struct list_argument *find_list(const char *key, size_t len)
{
	for (size_t i = 0; i < VW_ARRAY_SIZE(list_arguments); i++) {
		const struct list_argument *argument = &list_arguments[i];

		if (argument->kernel ? vw_module_is(key, len, argument->key)
				     : strlen(argument->key) == len &&
					       memcmp(argument->key, key, len) == 0)
			return argument;
	}
	return NULL;
}

static void drop_kind(struct vw_modprobe_conf *conf, enum vw_modprobe_kind kind)
{
	size_t kept = 0;

	for (size_t i = 0; i < conf->n; i++) {
		if (conf->v[i].kind == kind)
			vw_modprobe_free_line(&conf->v[i]);
		else
			conf->v[kept++] = conf->v[i];
	}
	conf->n = kept;
}

static int add_list(struct vw_modprobe_conf *conf, const struct list_argument *argument,
	char *names, struct vw_directive *line)
{
	char *at = NULL;
	int rc = 0;

	if (argument->last)
		drop_kind(conf, argument->kind);
	line->kind = argument->kind;
	line->verbatim = argument->kernel;
	for (char *name = strtok_r(names, ",", &at); name && rc == 0;
		name = strtok_r(NULL, ",", &at)) {
		line->module = name;
		rc = vw_modprobe_keep(conf, line);
	}
	return rc;
}

static int add_token(
	struct vw_modprobe_conf *conf, char *token, const char *file, unsigned int number)
{
	struct vw_directive line = { .file = file, .line = number, .value = "" };
	char *value = strchr(token, '='), *dot = strchr(token, '.');
	const struct list_argument *list = value ? find_list(token, (size_t)(value - token)) : NULL;

	if (list)
		return add_list(conf, list, value + 1, &line);
	if (!dot || (value && dot > value))
		return 0;
	*dot = '\0';
	line.kind = VW_MODPROBE_OPTIONS;
	line.module = token;
	line.value = dot + 1;
	return *token && dot[1] ? vw_modprobe_keep(conf, &line) : 0;
}

int vw_modprobe_parse_cmdline(const char *text, size_t len, const char *file, unsigned int line,
	struct vw_modprobe_conf *conf)
{
	vw_auto_free char *buf = malloc(len + 1);
	int rc = buf ? 0 : -ENOMEM;

	for (size_t pos = 0; rc == 0 && next_token(text, len, &pos, buf);) {
		if (strcmp(buf, "--") == 0)
			break; /* the rest is init's */
		rc = add_token(conf, buf, file, line);
	}
	return rc;
}
