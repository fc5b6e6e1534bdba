/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modprobe_conf: reading modprobe.d as libkmod does, and taking options out of it. */
#include "modprobe_priv.h"

#include "cleanup.h"
#include "dropins.h"
#include "glob.h"

#include <errno.h>
#include <string.h>

#define FILE_MAX    (4U << 20)
#define CMDLINE_MAX (64U << 10)

/* In order of precedence (modprobe.d(5)); /usr/lib is read since kmod 31, and is /lib on merged systems. */
static const char *const directories[] = {
	"/etc/modprobe.d",
	"/run/modprobe.d",
	"/usr/local/lib/modprobe.d",
	"/usr/lib/modprobe.d",
	"/lib/modprobe.d",
};

/* Of module-init-tools, which was before kmod. */
static const char *const old_files[] = {
	"/etc/modprobe.conf",
	"/etc/modprobe.conf.local",
	"/etc/modprobe.conf.dist",
};

/* "-" is "_" but inside [...]; false: a bracket without its partner, which libkmod refuses (libkmod-util.c:alias_normalize). */
static bool normalize(char *name)
{
	for (char *c = name; *c; c++) {
		if (*c == '-')
			*c = '_';
		else if (*c == ']')
			return false;
		else if (*c == '[' && !(c = strchr(c, ']')))
			return false;
	}
	return true;
}

void vw_modprobe_free_line(struct vw_modprobe_line *line)
{
	free(line->module);
	free(line->value);
	free(line->file);
}

void vw_modprobe_free(struct vw_modprobe_conf *conf)
{
	for (size_t i = 0; i < conf->n; i++)
		vw_modprobe_free_line(&conf->v[i]);
	free(conf->v);
	*conf = (struct vw_modprobe_conf){ 0 };
}

int vw_modprobe_keep(struct vw_modprobe_conf *conf, const struct vw_directive *directive)
{
	struct vw_modprobe_line *v = reallocarray(conf->v, conf->n + 1, sizeof(*v)), line;
	int rc;

	if (!v)
		return -ENOMEM;
	conf->v = v;
	line = (struct vw_modprobe_line){ .kind = directive->kind,
		.module = strdup(directive->module),
		.value = strdup(directive->value),
		.file = strdup(directive->file),
		.line = directive->line };
	if (line.module && line.value && line.file &&
		(directive->verbatim || normalize(line.module)) &&
		(line.kind != VW_MODPROBE_ALIAS || normalize(line.value))) {
		v[conf->n++] = line;
		return 0;
	}
	rc = line.module && line.value && line.file ? 0 : -ENOMEM;
	vw_modprobe_free_line(&line);
	return rc;
}

int vw_modprobe_add(struct vw_modprobe_conf *conf, enum vw_modprobe_kind kind, const char *module,
	size_t len, const char *file, unsigned int line)
{
	vw_auto_free char *name = strndup(module, len);

	if (!name)
		return -ENOMEM;
	return vw_modprobe_keep(conf,
		&(struct vw_directive){
			.kind = kind, .module = name, .value = "", .file = file, .line = line });
}

/* Takes the logical line that begins at text[*pos]: physical lines that end in a backslash run on; a backslash before anything
 * else is dropped, and so is a NUL and what follows it (libkmod-util.c:freadline_wrapped). */
static void next_line(const char *text, size_t len, size_t *pos, unsigned int *lines, char *buf)
{
	size_t n = 0;

	*lines = 1;
	while (*pos < len && text[*pos] != '\n') {
		if (text[*pos] == '\\' && ++*pos < len && text[*pos] == '\n') {
			++*lines;
			++*pos;
			continue;
		}
		if (*pos < len)
			buf[n++] = text[(*pos)++];
	}
	++*pos;
	buf[n] = '\0';
}

static const struct keyword {
	const char *word;
	enum vw_modprobe_kind kind;
	bool has_value;
} keywords[] = {
	{ "options", VW_MODPROBE_OPTIONS, true },
	{ "blacklist", VW_MODPROBE_BLACKLIST, false },
	{ "install", VW_MODPROBE_INSTALL, true },
	{ "alias", VW_MODPROBE_ALIAS, true },
	{ "allow_unsupported_modules", VW_MODPROBE_UNSUPPORTED, false },
};

/* Splits a logical line, which is changed. false: no directive that we know. */
static bool split_line(char *text, struct vw_directive *line)
{
	char *at, *word, *rest;

	if (text[0] == '#')
		return false;
	word = strtok_r(text, "\t ", &at);
	line->module = strtok_r(NULL, "\t ", &at);
	line->value = rest = strtok_r(NULL, "", &at);
	for (size_t i = 0; word && line->module && i < VW_ARRAY_SIZE(keywords); i++) {
		if (strcmp(keywords[i].word, word) != 0)
			continue;
		line->kind = keywords[i].kind;
		if (!keywords[i].has_value)
			line->value = "";
		else if (line->kind == VW_MODPROBE_ALIAS) /* one word */
			line->value = rest ? strtok_r(rest, "\t ", &at) : NULL;
		return line->value != NULL;
	}
	return false;
}

int vw_modprobe_parse(const char *text, size_t len, const char *file, struct vw_modprobe_conf *conf)
{
	vw_auto_free char *buf = malloc(len + 1);
	unsigned int number = 1, lines;
	int rc = buf ? 0 : -ENOMEM;

	for (size_t pos = 0; rc == 0 && pos < len; number += lines) {
		struct vw_directive line = { .file = file, .line = number };

		next_line(text, len, &pos, &lines, buf);
		if (split_line(buf, &line))
			rc = vw_modprobe_keep(conf, &line);
	}
	return rc;
}

static int read_file(const struct vw_host *host, const char *path, struct vw_modprobe_conf *conf,
	struct vw_error *err)
{
	vw_auto_free char *text = NULL;
	size_t len;
	struct stat st;
	int rc = vw_host_slurpf(host, FILE_MAX, &text, &len, "%s", path);

	/* modprobe opens it and waits for ever (kmod 30). */
	if (rc == -EINVAL && vw_host_statf(host, &st, "%s", path) == 0 && S_ISFIFO(st.st_mode))
		return vw_error_set(err, EINVAL, "%s is a FIFO: modprobe waits on it", path);
	/* A link to nowhere or to /dev/null hides a name, and a directory is none. What is too big may say anything. */
	if (rc != -EFBIG && vw_error_absent(rc))
		return 0;
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot read %s", path);
	rc = vw_modprobe_parse(text, len, path, conf);
	return rc < 0 ? vw_error_set(err, ENOMEM, "out of memory") : 0;
}

static int read_cmdline(
	const struct vw_host *host, struct vw_modprobe_conf *conf, struct vw_error *err)
{
	vw_auto_free char *text = NULL;
	size_t len;
	int rc = vw_host_slurpf(host, CMDLINE_MAX, &text, &len, "/proc/cmdline");

	if (rc < 0) /* a root that does not run, or a container that may not look */
		return rc == -ENOMEM ? vw_error_set(err, ENOMEM, "out of memory") : 0;
	rc = vw_modprobe_parse_cmdline(text, len, "/proc/cmdline", 0, conf);
	return rc < 0 ? vw_error_set(err, ENOMEM, "out of memory") : 0;
}

int vw_modprobe_read_files(
	const struct vw_host *host, bool old, struct vw_modprobe_conf *conf, struct vw_error *err)
{
	vw_auto(vw_dropins_free) struct vw_dropins list = { 0 };
	const char *which;
	int rc = vw_dropins_list(
		host, directories, VW_ARRAY_SIZE(directories), old ? "" : ".conf", &list, &which);

	*conf = (struct vw_modprobe_conf){ 0 };
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot read %s", which);
	for (size_t i = 0; old && i < VW_ARRAY_SIZE(old_files) && rc == 0; i++)
		rc = read_file(host, old_files[i], conf, err);
	for (size_t i = 0; i < list.n && rc == 0; i++)
		rc = read_file(host, list.paths[i], conf, err);
	if (rc < 0)
		vw_modprobe_free(conf);
	return rc;
}

int vw_modprobe_read(
	const struct vw_host *host, struct vw_modprobe_conf *conf, struct vw_error *err)
{
	int rc = vw_modprobe_read_files(host, false, conf, err);

	if (rc == 0)
		rc = read_cmdline(host, conf, err);
	if (rc < 0)
		vw_modprobe_free(conf);
	return rc;
}

const char *vw_modprobe_place(const struct vw_modprobe_line *line, char *buf, size_t size)
{
	if (line->line)
		snprintf(buf, size, "%s:%u", line->file, line->line);
	else
		snprintf(buf, size, "%s", line->file);
	return buf;
}

bool vw_module_is(const char *a, size_t len, const char *b)
{
	if (strlen(b) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((a[i] == '-' ? '_' : a[i]) != (b[i] == '-' ? '_' : b[i]))
			return false;
	return true;
}

const struct vw_modprobe_line *vw_modprobe_next(const struct vw_modprobe_conf *conf,
	enum vw_modprobe_kind kind, const char *module, size_t *i)
{
	while (*i < conf->n) {
		const struct vw_modprobe_line *line = &conf->v[(*i)++];

		if (line->kind == kind && vw_module_is(line->module, strlen(line->module), module))
			return line;
	}
	return NULL;
}

const struct vw_modprobe_line *vw_modprobe_match(const struct vw_modprobe_conf *conf,
	enum vw_modprobe_kind kind, const char *name, size_t *i)
{
	while (*i < conf->n) {
		const struct vw_modprobe_line *line = &conf->v[(*i)++];

		if (line->kind == kind && vw_glob_match(line->module, strlen(line->module), name))
			return line;
	}
	return NULL;
}

/* kernel: lib/cmdline.c:next_arg */
bool vw_modprobe_option(const char **at, struct vw_modprobe_option *option)
{
	const char *c = *at, *equals = NULL;
	bool quoted = false;

	c += strspn(c, " \t\n");
	*option = (struct vw_modprobe_option){ .name = c };
	if (!*c)
		return false;
	for (; *c && (quoted || !strchr(" \t\n", *c)); c++) {
		if (*c == '"')
			quoted = !quoted;
		else if (*c == '=' && !equals)
			equals = c;
	}
	option->name_len = (size_t)((equals ? equals : c) - option->name);
	if (equals) {
		option->value = equals + 1;
		option->value_len = (size_t)(c - equals) - 1;
		if (option->value_len &&
			*option->value == '"') { /* quotes around it are no part of it */
			option->value++;
			option->value_len -= option->value_len > 1 && c[-1] == '"' ? 2 : 1;
		}
	}
	*at = c;
	return true;
}

bool vw_modprobe_option_is(const struct vw_modprobe_option *option, const char *name)
{
	return vw_module_is(option->name, option->name_len, name);
}

#define COMMENT "# vfward: "

/* Writes an options line, without its end, without one option. false: nothing would be left. */
static bool add_without(struct vw_bytes *out, const char *text, const char *option)
{
	const char *at = text + strspn(text, " \t"), *from = text;
	struct vw_modprobe_option each;
	bool left = false;

	for (int word = 0; word < 2; word++) { /* "options" and the module */
		at += strcspn(at, " \t");
		at += strspn(at, " \t");
	}
	while (vw_modprobe_option(&at, &each)) {
		if (!vw_modprobe_option_is(&each, option)) {
			left = true;
			continue;
		}
		vw_bytes_add(out, from, (size_t)(each.name - from));
		from = at + strspn(at, " \t");
		if (!*from) { /* the last one takes the blanks before it along */
			while (out->len && strchr(" \t", out->data[out->len - 1]))
				out->data[--out->len] = '\0';
		}
	}
	vw_bytes_add(out, from, strlen(from));
	return left;
}

static bool line_has(const struct vw_directive *line, const char *module, const char *option)
{
	struct vw_modprobe_option each;

	if (line->kind != VW_MODPROBE_OPTIONS ||
		!vw_module_is(line->module, strlen(line->module), module))
		return false;
	for (const char *at = line->value; vw_modprobe_option(&at, &each);)
		if (vw_modprobe_option_is(&each, option))
			return true;
	return false;
}

/* text: the logical line; raw: as it stands in the file, in one or more physical lines, with its end. */
static void drop_from_line(
	struct vw_bytes *out, const char *text, const char *raw, size_t raw_len, const char *option)
{
	vw_auto(vw_bytes_free) struct vw_bytes rest = { 0 };
	bool left = add_without(&rest, text, option), wrapped = memchr(raw, '\\', raw_len);

	/* A backslash makes the comment run on over all physical lines. */
	if (!left || wrapped) {
		vw_bytes_add(out, COMMENT, sizeof(COMMENT) - 1);
		vw_bytes_add(out, raw, raw_len);
	}
	if (!left)
		return;
	if (wrapped) {
		size_t body = raw_len - (raw[raw_len - 1] == '\n');

		if (body == raw_len)
			vw_bytes_add(out, "\n", 1);
		/* at the end of the file a line may run on into nothing: not into ours */
		if (raw[body - 1] == '\\')
			vw_bytes_add(out, "\n", 1);
	}
	for (size_t i = 0; i < rest.len; i++)
		vw_bytes_add(out, rest.data[i] == '\\' ? "\\\\" : &rest.data[i],
			rest.data[i] == '\\' ? 2 : 1);
	if (raw[raw_len - 1] == '\n')
		vw_bytes_add(out, "\n", 1);
	out->lost |= rest.lost;
}

int vw_modprobe_drop_option(
	const char *text, size_t len, const char *module, const char *option, struct vw_bytes *out)
{
	vw_auto_free char *buf = malloc(len + 1), *copy = malloc(len + 1);
	bool changed = false;
	unsigned int lines;

	if (!buf || !copy)
		return -ENOMEM;
	for (size_t pos = 0, begin; begin = pos, pos < len;) {
		struct vw_directive line = { 0 };

		next_line(text, len, &pos, &lines, buf);
		if (pos > len)
			pos = len;
		strcpy(copy, buf);
		if (split_line(copy, &line) && line_has(&line, module, option)) {
			drop_from_line(out, buf, text + begin, pos - begin, option);
			changed = true;
		} else {
			vw_bytes_add(out, text + begin, pos - begin);
		}
	}
	return out->lost ? -ENOMEM : changed;
}
