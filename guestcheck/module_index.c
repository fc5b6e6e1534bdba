/* SPDX-License-Identifier: GPL-2.0-or-later */
/* module_index: depmod's texts, line by line. */
#include "module_index.h"

#include "cleanup.h"
#include "glob.h"
#include "lines.h"
#include "modprobe_conf.h"

#include <string.h>

/* The longest real ones have 1.5 MB (modules.alias) and 1 MB (modules.dep). */
#define INDEX_MAX (16U << 20)

static int read_text(
	const struct vw_host *files, const char *dir, const char *name, struct vw_index_file *file)
{
	int rc = vw_host_slurpf(files, INDEX_MAX, &file->text, &file->len, "%s/%s", dir, name);

	file->there = rc == 0;
	if (rc == -EFBIG || !vw_error_absent(rc)) /* too big is not proven to hold nothing */
		return rc;
	file->text = strdup("");
	return file->text ? 0 : -ENOMEM;
}

int vw_module_index_read(const struct vw_host *files, const char *dir,
	struct vw_module_index *index, struct vw_error *err)
{
	const struct {
		const char *name;
		struct vw_index_file *file;
	} texts[] = {
		{ "modules.alias", &index->alias },
		{ "modules.dep", &index->dep },
		{ "modules.builtin", &index->builtin },
		{ "modules.builtin.modinfo", &index->builtin_modinfo },
	};
	int rc;

	*index = (struct vw_module_index){ 0 };
	for (size_t i = 0; i < VW_ARRAY_SIZE(texts); i++) {
		rc = read_text(files, dir, texts[i].name, texts[i].file);
		if (rc < 0) {
			vw_module_index_free(index);
			return vw_error_errno(err, -rc, "cannot read %s/%s", dir, texts[i].name);
		}
	}
	index->alias_bin = vw_host_existsf(files, "%s/modules.alias.bin", dir);
	index->dep_bin = vw_host_existsf(files, "%s/modules.dep.bin", dir);
	return 0;
}

void vw_module_index_free(struct vw_module_index *index)
{
	free(index->alias.text);
	free(index->dep.text);
	free(index->builtin.text);
	free(index->builtin_modinfo.text);
	*index = (struct vw_module_index){ 0 };
}

static int add_module(struct vw_names *modules, const char *name, size_t len)
{
	vw_auto_free char *copy = NULL;

	len = strnlen(name, len);
	if (!len || modules->n >= VW_INDEX_MATCHES)
		return 0;
	for (size_t i = 0; i < modules->n; i++)
		if (vw_module_is(name, len, modules->v[i]))
			return 0;
	copy = strndup(name, len);
	if (!copy)
		return -ENOMEM;
	for (char *c = copy; *c; c++)
		if (*c == '-')
			*c = '_';
	return vw_names_add(modules, copy);
}

static const char alias_word[] = "alias ";

int vw_modules_alias_match(
	const char *text, size_t len, const char *modalias, struct vw_names *modules)
{
	int rc = 0;

	for (struct vw_line line = { 0 }; rc == 0 && vw_line_next(text, len, &line);) {
		size_t begin = line.begin + sizeof(alias_word) - 1, blank, name;

		if (!vw_begins_with(text, line.begin, line.end, alias_word))
			continue;
		for (blank = begin; blank < line.end && text[blank] != ' ';)
			blank++;
		name = vw_skip_blanks(text, blank, line.end);
		if (vw_glob_match(text + begin, blank - begin, modalias))
			rc = add_module(
				modules, text + name, vw_trim_blanks(text, name, line.end) - name);
	}
	return rc;
}

bool vw_modules_alias_any(const char *text, size_t len)
{
	for (struct vw_line line = { 0 }; vw_line_next(text, len, &line);)
		if (vw_begins_with(text, line.begin, line.end, alias_word))
			return true;
	return false;
}

int vw_modules_builtin_match(
	const char *data, size_t len, const char *modalias, struct vw_names *modules)
{
	static const char key[] = "alias=";
	int rc = 0;

	for (size_t at = 0, n; rc == 0 && at < len; at += n + 1) {
		const char *dot;
		size_t name, pattern;

		n = strnlen(data + at, len - at);
		dot = memchr(data + at, '.', n);
		if (!dot)
			continue;
		name = (size_t)(dot - (data + at));
		pattern = name + 1 + sizeof(key) - 1;
		if (vw_begins_with(data, at + name + 1, at + n, key) &&
			vw_glob_match(data + at + pattern, n - pattern, modalias))
			rc = add_module(modules, data + at, name);
	}
	return rc;
}

size_t vw_module_path_name(const char *path, size_t len, const char **name)
{
	const char *slash = memrchr(path, '/', len), *dot;

	*name = slash ? slash + 1 : path;
	len -= (size_t)(*name - path);
	dot = memchr(*name, '.', len);
	return dot ? (size_t)(dot - *name) : len;
}

bool vw_modules_find(
	const char *text, size_t len, const char *module, struct vw_module_place *place)
{
	for (struct vw_line line = { 0 }; vw_line_next(text, len, &line);) {
		const char *begin = text + line.begin, *colon, *name;
		size_t n = line.end - line.begin, path, name_len;

		colon = memchr(begin, ':', n);
		path = colon ? (size_t)(colon - begin) : n;
		name_len = vw_module_path_name(begin, path, &name);
		if (!vw_module_is(name, name_len, module))
			continue;
		*place = (struct vw_module_place){ .path = begin,
			.path_len = path,
			.needs = colon ? colon + 1 : begin + n,
			.needs_len = colon ? n - path - 1 : 0 };
		return true;
	}
	return false;
}

bool vw_modules_need(struct vw_module_place *place, const char **path, size_t *len)
{
	size_t begin = vw_skip_blanks(place->needs, 0, place->needs_len), end = begin;

	while (end < place->needs_len && place->needs[end] != ' ' && place->needs[end] != '\t')
		end++;
	*path = place->needs + begin;
	*len = end - begin;
	place->needs += end;
	place->needs_len -= end;
	return *len > 0;
}
