/* SPDX-License-Identifier: GPL-2.0-or-later */
/* extlinux: labels of extlinux.conf, syslinux.cfg and isolinux.cfg, and the default one.
 *
 * "KEYWORD VALUE" lines, keywords in any case (doc/syslinux.txt and doc/menu.txt of Syslinux; U-Boot's doc/README.pxe). DEFAULT names a label,
 * or the menu's program; in a menu MENU DEFAULT goes before it. ONTIMEOUT is what a TIMEOUT ends with, in place of either. An APPEND in front of
 * all labels is for those without one; arguments may also stand behind KERNEL's image and DEFAULT's label. */
#include "extlinux.h"

#include "bytes.h"
#include "cleanup.h"
#include "lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX   (256U << 10)
#define FILES_MAX  16
#define LABELS_MAX 1024
#define DEPTH_MAX  4 /* of files that include files */

const char *const vw_extlinux_paths[] = { "/boot/extlinux/extlinux.conf", "/boot/extlinux.conf",
	"/extlinux/extlinux.conf", "/boot/syslinux/syslinux.cfg", "/boot/syslinux/extlinux.conf",
	"/syslinux/syslinux.cfg", "/boot/efi/EFI/syslinux/syslinux.cfg", "/isolinux/isolinux.cfg",
	"/boot/isolinux/isolinux.cfg", NULL };

struct label {
	char *name, *title, *kernel, *args, *append;
	const char *file; /* of parser.files */
	unsigned int line;
};

/* DEFAULT or ONTIMEOUT: a label, and maybe arguments. */
struct choice {
	char *text;
	const char *file;
	unsigned int line;
};

struct parser {
	const struct vw_host *host;
	struct vw_error *err;
	char *files[FILES_MAX]; /* those that were read */
	size_t n_files;
	struct label *labels;
	size_t n;
	char *append; /* in front of all labels */
	struct choice by_default, on_timeout;
	bool has_timeout;
	size_t menu_default; /* a label; SIZE_MAX = none */
	const char *menu_file;
	unsigned int menu_line;
};

static int no_memory(struct vw_error *err)
{
	return vw_error_set(err, ENOMEM, "out of memory");
}

static void parser_free(struct parser *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->labels[i].name);
		free(p->labels[i].title);
		free(p->labels[i].kernel);
		free(p->labels[i].args);
		free(p->labels[i].append);
	}
	free(p->labels);
	for (size_t i = 0; i < p->n_files; i++)
		free(p->files[i]);
	free(p->append);
	free(p->by_default.text);
	free(p->on_timeout.text);
}

/* Takes a copy of [begin, end) in place of what was there. */
static int take(struct parser *p, char **field, const char *text, size_t begin, size_t end)
{
	char *copy = strndup(text + begin, end - begin);

	if (!copy)
		return no_memory(p->err);
	free(*field);
	*field = copy;
	return 0;
}

static int add_label(struct parser *p, const char *file, unsigned int line, const char *text,
	size_t begin, size_t end)
{
	if (p->n == LABELS_MAX)
		return vw_error_set(p->err, EBADMSG, "%s: line %u: more than %d labels", file, line,
			LABELS_MAX);
	if (!p->labels)
		p->labels = calloc(LABELS_MAX, sizeof(*p->labels));
	if (!p->labels)
		return no_memory(p->err);
	p->labels[p->n] = (struct label){ .file = file, .line = line };
	return take(p, &p->labels[p->n++].name, text, begin, end);
}

/* The keyword at *begin, if it is this one; *begin moves on to its value. */
static bool is_keyword(const char *text, size_t *begin, size_t end, const char *keyword)
{
	size_t len = strlen(keyword), behind = *begin + len;

	if (behind > end || strncasecmp(text + *begin, keyword, len) != 0 ||
		(behind < end && text[behind] != ' ' && text[behind] != '\t'))
		return false;
	*begin = vw_skip_blanks(text, behind, end);
	return true;
}

/* An image's whole path. What is relative lies beside the first file. */
static int take_kernel(
	struct parser *p, struct label *label, const char *text, size_t begin, size_t end)
{
	const char *path = p->files[0];
	size_t len = 0;

	while (begin + len < end && text[begin + len] != ' ' && text[begin + len] != '\t')
		len++;
	free(label->kernel);
	label->kernel = NULL;
	if (asprintf(&label->kernel, "%.*s%.*s",
		    text[begin] == '/' ? 0 : (int)(strrchr(path, '/') + 1 - path), path, (int)len,
		    text + begin) < 0)
		label->kernel = NULL;
	if (!label->kernel)
		return no_memory(p->err);
	return take(p, &label->args, text, vw_skip_blanks(text, begin + len, end), end);
}

static int read_file(struct parser *p, const char *path, unsigned int depth);

static int include(struct parser *p, const char *name, size_t len, unsigned int depth)
{
	const char *first = p->files[0];
	vw_auto_free char *path = NULL;

	if (asprintf(&path, "%.*s%.*s", *name == '/' ? 0 : (int)(strrchr(first, '/') + 1 - first),
		    first, (int)len, name) < 0)
		path = NULL;
	return path ? read_file(p, path, depth + 1) : no_memory(p->err);
}

static int read_menu(struct parser *p, const char *file, unsigned int line, const char *text,
	size_t begin, size_t end, unsigned int depth)
{
	struct label *label = p->n ? &p->labels[p->n - 1] : NULL;

	if (is_keyword(text, &begin, end, "include"))
		return include(p, text + begin, strcspn(text + begin, " \t\r\n"), depth);
	if (label && is_keyword(text, &begin, end, "label"))
		return take(p, &label->title, text, begin, end);
	if (label && is_keyword(text, &begin, end, "default")) {
		p->menu_default = p->n - 1;
		p->menu_file = file;
		p->menu_line = line;
	}
	return 0;
}

static int take_choice(struct parser *p, struct choice *choice, const char *file, unsigned int line,
	const char *text, size_t begin, size_t end)
{
	choice->file = file;
	choice->line = line;
	return take(p, &choice->text, text, begin, end);
}

static int read_line(struct parser *p, const char *file, unsigned int line, const char *text,
	size_t begin, size_t end, unsigned int depth)
{
	struct label *label = p->n ? &p->labels[p->n - 1] : NULL;

	if (is_keyword(text, &begin, end, "label"))
		return add_label(p, file, line, text, begin, end);
	if (is_keyword(text, &begin, end, "menu"))
		return read_menu(p, file, line, text, begin, end, depth);
	if (is_keyword(text, &begin, end, "include"))
		return include(p, text + begin, strcspn(text + begin, " \t\r\n"), depth);
	if (is_keyword(text, &begin, end, "default"))
		return take_choice(p, &p->by_default, file, line, text, begin, end);
	if (is_keyword(text, &begin, end, "ontimeout"))
		return take_choice(p, &p->on_timeout, file, line, text, begin, end);
	if (is_keyword(text, &begin, end, "timeout"))
		p->has_timeout = begin < end && text[begin] != '0';
	if (is_keyword(text, &begin, end, "append")) {
		if (label)
			label->line = line;
		return take(p, label ? &label->append : &p->append, text, begin, end);
	}
	if (label &&
		(is_keyword(text, &begin, end, "linux") || is_keyword(text, &begin, end, "kernel")))
		return take_kernel(p, label, text, begin, end);
	return 0;
}

static int read_file(struct parser *p, const char *path, unsigned int depth)
{
	vw_auto_free char *text = NULL;
	struct vw_line line = { 0 };
	size_t len;
	int rc;

	if (depth > DEPTH_MAX || p->n_files == FILES_MAX)
		return vw_error_set(p->err, EBADMSG, "%s: includes too much", p->files[0]);
	rc = vw_host_slurpf(p->host, FILE_MAX, &text, &len, "%s", path);
	/* A file that is to be included may be missing (Debian's do). */
	if (rc == -ENOENT || rc == -ENOTDIR)
		return 0;
	if (rc < 0)
		return vw_error_errno(p->err, -rc, "cannot read %s", path);
	p->files[p->n_files] = strdup(path);
	if (!p->files[p->n_files])
		return no_memory(p->err);
	path = p->files[p->n_files++];
	while (rc == 0 && vw_line_next(text, len, &line)) {
		size_t begin = vw_skip_blanks(text, line.begin, line.end);

		rc = read_line(p, path, line.number, text, begin,
			vw_trim_blanks(text, begin, line.end), depth);
	}
	return rc;
}

/* The label that a choice names, U-Boot's with blanks in it; SIZE_MAX: none. *args: what stands behind it. */
static size_t find_label(const struct parser *p, const struct choice *choice, const char **args)
{
	const char *text = choice->text ? choice->text : "";
	const size_t lengths[] = { strlen(text), strcspn(text, " \t") };

	for (size_t l = 0; *text && l < VW_ARRAY_SIZE(lengths); l++)
		for (size_t i = 0; i < p->n; i++)
			if (strlen(p->labels[i].name) == lengths[l] &&
				!strncmp(p->labels[i].name, text, lengths[l])) {
				*args = text + lengths[l];
				return i;
			}
	return SIZE_MAX;
}

/* The default label, what says so, and its further arguments; SIZE_MAX: there are no labels. */
static size_t choose(
	const struct parser *p, struct vw_boot_entries *entries, const char **args, int *rc)
{
	vw_auto(vw_bytes_free) struct vw_bytes value = { 0 };
	struct choice why = p->on_timeout;
	const char *word = "ONTIMEOUT";
	size_t found = SIZE_MAX;

	if (p->n == 0)
		return SIZE_MAX;
	if (p->has_timeout)
		found = find_label(p, &p->on_timeout, args);
	if (found == SIZE_MAX) {
		word = "DEFAULT";
		found = p->menu_default;
		why = (struct choice){ .file = p->menu_file, .line = p->menu_line };
	}
	if (found == SIZE_MAX) {
		found = find_label(p, &p->by_default, args);
		why = p->by_default;
	}
	if (found == SIZE_MAX) {
		word = "LABEL";
		why = (struct choice){ .file = p->labels[0].file, .line = p->labels[0].line };
	}
	vw_bytes_addf(&value, "%s %s", word, p->labels[found == SIZE_MAX ? 0 : found].name);
	*rc = value.lost ? -ENOMEM
			 : vw_boot_entries_explain(entries,
				   found == SIZE_MAX ? "extlinux-first" : "extlinux-default",
				   why.file, why.line, value.data);
	return found == SIZE_MAX ? 0 : found;
}

/* .c32 is a program of Syslinux, .0 and .bin others' boot loaders. */
static bool is_linux(const struct label *label)
{
	const char *dot = label->kernel ? strrchr(label->kernel, '.') : NULL;

	return label->kernel && !(dot && (!strcasecmp(dot, ".c32") || !strcasecmp(dot, ".bin") ||
						 !strcasecmp(dot, ".0")));
}

static int add_entry(struct vw_boot_entries *entries, const struct parser *p,
	const struct label *label, bool is_default, const char *args)
{
	const char *append = label->append ? label->append : p->append;
	vw_auto(vw_bytes_free) struct vw_bytes line = { 0 };

	append = append && strcmp(append, "-") != 0 ? append : "";
	vw_bytes_addf(&line, "%s%s%s%s", label->args, *label->args && *append ? " " : "", append,
		is_default ? args : "");
	if (line.lost)
		return -ENOMEM;
	return vw_boot_entries_add(entries,
		&(struct vw_boot_entry){ .title = label->title ? label->title : label->name,
			.file = (char *)label->file,
			.line = label->line,
			.kernel = label->kernel,
			.cmdline = line.data + strspn(line.data, " \t"),
			.is_default = is_default });
}

int vw_extlinux_read(const struct vw_host *files, const char *path, struct vw_boot_entries *entries,
	struct vw_error *err)
{
	vw_auto(parser_free) struct parser p = {
		.host = files, .err = err, .menu_default = SIZE_MAX
	};
	const char *args = "";
	size_t chosen;
	int rc = read_file(&p, path, 0);

	if (rc < 0)
		return rc;
	chosen = choose(&p, entries, &args, &rc);
	for (size_t i = 0; i < p.n && rc == 0; i++)
		if (is_linux(&p.labels[i]))
			rc = add_entry(entries, &p, &p.labels[i], i == chosen, args);
	return rc == -ENOMEM ? no_memory(err) : rc;
}
