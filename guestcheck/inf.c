/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inf: Windows INF files: sections by name, strings for %tokens%, and what [Version] says.
 *
 * Sections and strings are found in sorted arrays: a hash table's speed would be in the hands of whoever wrote the file. */
#include "inf_priv.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int by_section(const void *a, const void *b)
{
	const struct vw_inf_section *x = a, *y = b;
	int order = strcasecmp(x->name, y->name);

	return order ? order : (x->order > y->order) - (x->order < y->order);
}

/* "If more than one section in an INF file has the same name, the system merges their entries." */
static void merge_sections(struct vw_inf *inf)
{
	size_t n = 0;

	if (inf->n_sections)
		qsort(inf->sections, inf->n_sections, sizeof(*inf->sections), by_section);
	for (size_t i = 0; i < inf->n_sections; i++) {
		struct vw_inf_section *to = &inf->sections[n - !!n], *from = &inf->sections[i];

		if (!n || strcasecmp(to->name, from->name)) {
			inf->sections[n++] = *from;
		} else if (from->head != VW_INF_NONE) {
			if (to->tail == VW_INF_NONE)
				to->head = from->head;
			else
				inf->lines[to->tail].next = from->head;
			to->tail = from->tail;
		}
	}
	inf->n_sections = n;
}

static int by_string(const void *a, const void *b)
{
	const struct vw_inf_string *x = a, *y = b;
	int order = strcasecmp(x->name, y->name);

	return order ? order : (x->order > y->order) - (x->order < y->order);
}

static size_t add_strings(struct vw_inf *inf, const struct vw_inf_section *section, size_t n)
{
	for (uint32_t i = section->head; i != VW_INF_NONE; i = inf->lines[i].next) {
		const struct vw_inf_line *line = &inf->lines[i];

		if (line->key && line->n)
			inf->strings[n] = (struct vw_inf_string){ line->key,
				inf->fields[line->first], (uint32_t)n },
			n++;
	}
	return n;
}

/* Windows takes the section of its language if there is one, else [Strings]. What decides anything must not be translated, so [Strings]
 * is as good; another one (the lowest language first) is for a token that it does not have. The first of a name counts. */
static int collect_strings(struct vw_inf *inf)
{
	const struct vw_inf_section *common = vw_inf_section(inf, "Strings");
	size_t n = 0, kept = 0;

	inf->strings = calloc(inf->n_lines + 1, sizeof(*inf->strings));
	if (!inf->strings)
		return -ENOMEM;
	if (common)
		n = add_strings(inf, common, n);
	for (size_t i = 0; i < inf->n_sections; i++)
		if (strncasecmp(inf->sections[i].name, "Strings.", strlen("Strings.")) == 0)
			n = add_strings(inf, &inf->sections[i], n);
	if (n)
		qsort(inf->strings, n, sizeof(*inf->strings), by_string);
	for (size_t i = 0; i < n; i++)
		if (!kept || strcasecmp(inf->strings[kept - 1].name, inf->strings[i].name))
			inf->strings[kept++] = inf->strings[i];
	inf->n_strings = kept;
	return 0;
}

int vw_inf_sort(struct vw_inf *inf)
{
	merge_sections(inf);
	return collect_strings(inf);
}

static int section_named(const void *name, const void *section)
{
	return strcasecmp(name, ((const struct vw_inf_section *)section)->name);
}

struct vw_inf_section *vw_inf_section(const struct vw_inf *inf, const char *name)
{
	if (!inf->n_sections)
		return NULL;
	return bsearch(name, inf->sections, inf->n_sections, sizeof(*inf->sections), section_named);
}

const struct vw_inf_line *vw_inf_find(
	const struct vw_inf *inf, const struct vw_inf_section *section, const char *key)
{
	if (!section)
		return NULL;
	for (uint32_t i = section->head; i != VW_INF_NONE; i = inf->lines[i].next)
		if (inf->lines[i].key && strcasecmp(inf->lines[i].key, key) == 0)
			return &inf->lines[i];
	return NULL;
}

const char *vw_inf_field(const struct vw_inf *inf, const struct vw_inf_line *line, uint32_t i)
{
	return line && i < line->n ? inf->fields[line->first + i] : "";
}

struct token {
	const char *name;
	size_t len;
};

static int string_named(const void *token, const void *string)
{
	const struct token *want = token;
	const char *name = ((const struct vw_inf_string *)string)->name;
	int order = strncasecmp(want->name, name, want->len);

	return order ? order : name[want->len] ? -1 : 0;
}

static const char *lookup(const struct vw_inf *inf, const char *name, size_t len)
{
	const struct token token = { name, len };
	const struct vw_inf_string *found = inf->n_strings && len
						    ? bsearch(&token, inf->strings, inf->n_strings,
							      sizeof(*inf->strings), string_named)
						    : NULL;

	return found ? found->value : NULL;
}

/* One piece of *text: plain text, "%%", or a token. *piece is what it stands for; returns its length, at most max. */
static size_t expand_piece(
	const struct vw_inf *inf, const char **text, size_t max, const char **piece)
{
	const char *from = *text, *close, *value;
	size_t len;

	*piece = from;
	if (*from != '%') {
		close = memchr(from, '%', strnlen(from, max));
		len = close ? (size_t)(close - from) : strnlen(from, max);
		*text += len;
		return len;
	}
	if (from[1] == '%') {
		*text += 2;
		return 1;
	}
	/* A name that is longer than this is none. */
	close = memchr(from + 1, '%', strnlen(from + 1, VW_INF_NAME_SIZE));
	len = close ? (size_t)(close + 1 - from) : strnlen(from, VW_INF_NAME_SIZE);
	*text += len;
	value = close ? lookup(inf, from + 1, len - 2) : NULL;
	if (!value)
		return len < max ? len : max;
	*piece = value;
	return strnlen(value, max);
}

/* A string's value is put in as it is: tokens inside of it are not looked at again. What is no string (%12%, a directory's number) stays.
 * Never looks much further than size, whatever the length of the text and of the strings: many uses of a long one cost little. */
const char *vw_inf_expand(const struct vw_inf *inf, const char *text, char *buf, size_t size)
{
	size_t used = 0, n = strnlen(text, size);

	if (n < size && !memchr(text, '%', n))
		return text;
	while (*text && used + 1 < size) {
		const char *piece;
		size_t len = expand_piece(inf, &text, size - 1 - used, &piece);

		memcpy(buf + used, piece, len);
		used += len;
	}
	buf[used] = '\0';
	return buf;
}

const char *vw_inf_keep(struct vw_inf *inf, const char *text, int *err)
{
	char buf[VW_INF_STRING_SIZE], *copy;
	const char *expanded = vw_inf_expand(inf, text, buf, sizeof(buf));
	char **owned;

	if (!expanded[0])
		return NULL;
	if (expanded != buf)
		return expanded;
	owned = reallocarray(inf->owned, inf->n_owned + 1, sizeof(*owned));
	if (owned)
		inf->owned = owned;
	copy = owned ? strdup(buf) : NULL;
	if (!copy) {
		*err = -ENOMEM;
		return NULL;
	}
	inf->owned[inf->n_owned++] = copy;
	return copy;
}

bool vw_inf_number(const char *text, unsigned int *value)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const char *digits = hex ? text + 2 : text;
	uint64_t v = 0;

	if (!*digits)
		return false;
	for (; *digits; digits++) {
		unsigned int c = (unsigned char)*digits;

		if (c >= '0' && c <= '9')
			c -= '0';
		else if (hex && (c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			c = (c | 0x20) - 'a' + 10;
		else
			return false;
		v = v * (hex ? 16 : 10) + c;
		if (v > UINT_MAX)
			return false;
	}
	*value = (unsigned int)v;
	return true;
}

/* [Version]: what makes a text an INF file of Windows, and what it says of itself. */
static int read_version(struct vw_inf *inf, struct vw_error *err)
{
	const struct vw_inf_section *section = vw_inf_section(inf, "Version");
	const struct vw_inf_line *line = vw_inf_find(inf, section, "Signature");
	char buf[64];
	const char *signature = vw_inf_expand(inf, vw_inf_field(inf, line, 0), buf, sizeof(buf));
	int rc = 0;

	if (strcasecmp(signature, "$Windows NT$") && strcasecmp(signature, "$Chicago$"))
		return vw_error_set(err, EBADMSG,
			"no [Version] section with the signature of Windows: no INF file");
	line = vw_inf_find(inf, section, "ClassGuid");
	inf->class_guid = vw_inf_keep(inf, vw_inf_field(inf, line, 0), &rc);
	line = vw_inf_find(inf, section, "Provider");
	inf->provider = vw_inf_keep(inf, vw_inf_field(inf, line, 0), &rc);
	line = vw_inf_find(inf, section, "DriverVer");
	inf->date = vw_inf_keep(inf, vw_inf_field(inf, line, 0), &rc);
	inf->version = vw_inf_keep(inf, vw_inf_field(inf, line, 1), &rc);
	return rc ? vw_error_set(err, -rc, "out of memory") : 0;
}

/* Every decoration of [Manufacturer] is a section to look for, in each search. */
static int check_makers(const struct vw_inf *inf, struct vw_error *err)
{
	const struct vw_inf_section *section = vw_inf_section(inf, "Manufacturer");
	size_t n = 0;

	for (uint32_t i = section ? section->head : VW_INF_NONE; i != VW_INF_NONE;
		i = inf->lines[i].next)
		n += inf->lines[i].n;
	if (n > VW_INF_MODELS_MAX)
		return vw_error_set(err, EFBIG, "[Manufacturer] names more than %u sections",
			VW_INF_MODELS_MAX);
	return 0;
}

int vw_inf_parse(const void *data, size_t len, struct vw_inf **out, struct vw_error *err)
{
	struct vw_inf *inf;
	size_t n;
	int rc;

	*out = NULL;
	if (len > VW_INF_MAX)
		return vw_error_set(err, EFBIG, "larger than %u bytes", VW_INF_MAX);
	inf = calloc(1, sizeof(*inf));
	if (!inf)
		return vw_error_set(err, ENOMEM, "out of memory");
	rc = vw_inf_text(data, len, &inf->text, &n, err);
	if (rc == 0)
		rc = vw_inf_cut(inf, err);
	if (rc == 0 && vw_inf_sort(inf))
		rc = vw_error_set(err, ENOMEM, "out of memory");
	if (rc == 0)
		rc = read_version(inf, err);
	if (rc == 0)
		rc = check_makers(inf, err);
	if (rc) {
		vw_inf_free(inf);
		return rc;
	}
	*out = inf;
	return 0;
}

void vw_inf_free(struct vw_inf *inf)
{
	if (!inf)
		return;
	for (size_t i = 0; i < inf->n_owned; i++)
		free(inf->owned[i]);
	free(inf->owned);
	free(inf->strings);
	free(inf->sections);
	free(inf->fields);
	free(inf->lines);
	free(inf->text);
	free(inf);
}

const char *vw_inf_class_guid(const struct vw_inf *inf)
{
	return inf->class_guid;
}

const char *vw_inf_provider(const struct vw_inf *inf)
{
	return inf->provider;
}

const char *vw_inf_driver_version(const struct vw_inf *inf)
{
	return inf->version;
}

const char *vw_inf_driver_date(const struct vw_inf *inf)
{
	return inf->date;
}
