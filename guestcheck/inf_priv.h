/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inf_priv: an INF file in memory, between the files that read it and those that look things up in it. */
#ifndef VW_INF_PRIV_H
#define VW_INF_PRIV_H

#include "inf.h"

/* Real files stay far below these: the largest INFs of Windows have some ten thousand lines. */
#define VW_INF_LINES_MAX    (1U << 18)
#define VW_INF_FIELDS_MAX   (1U << 20)
#define VW_INF_SECTIONS_MAX (1U << 16)
#define VW_INF_MODELS_MAX   4096U

/* "General Syntax Rules for INF Files": a section's name has at most 255 characters, a string 4095; here in UTF-8. */
#define VW_INF_NAME_SIZE   1024
#define VW_INF_STRING_SIZE (3 * 4096)

#define VW_INF_NONE UINT32_MAX

/* Texts of these point into vw_inf.text: quotes are gone, tokens are not yet replaced. */
struct vw_inf_line {
	const char *key; /* NULL: no "=" in the line */
	uint32_t first;  /* of vw_inf.fields */
	uint32_t n;
	uint32_t next; /* line of the same section, or VW_INF_NONE */
};

struct vw_inf_section {
	const char *name;
	uint32_t order;      /* in the file */
	uint32_t head, tail; /* lines, or VW_INF_NONE */
	uint32_t visited;    /* by which search (vw_inf.search) */
};

struct vw_inf_string {
	const char *name, *value;
	uint32_t order; /* [Strings] before [Strings.LANGID], these by their names */
};

struct vw_inf {
	char *text;
	struct vw_inf_line *lines;
	const char **fields;
	struct vw_inf_section *sections; /* sorted by name, each name once */
	struct vw_inf_string *strings;   /* sorted by name, each name once */
	size_t n_lines, n_fields, n_sections, n_strings;
	uint32_t search;
	char **owned; /* texts that were handed out */
	size_t n_owned;
	const char *class_guid, *provider, *version, *date;
};

/* A copy of the file as UTF-8 (or whatever 8-bit text it is) up to its end or a Ctrl-Z; the caller's to free. -EBADMSG for a NUL inside. */
int vw_inf_text(const void *data, size_t len, char **text, size_t *n, struct vw_error *err);

/* Cuts inf->text into lines, fields and sections. */
int vw_inf_cut(struct vw_inf *inf, struct vw_error *err);
/* Sorts sections and strings, and merges those of one name. */
int vw_inf_sort(struct vw_inf *inf);

struct vw_inf_section *vw_inf_section(const struct vw_inf *inf, const char *name);
/* The section's first line of this key, without case; NULL section = none. */
const struct vw_inf_line *vw_inf_find(
	const struct vw_inf *inf, const struct vw_inf_section *section, const char *key);
/* Field i of a line without its tokens replaced; "" where there is none. */
const char *vw_inf_field(const struct vw_inf *inf, const struct vw_inf_line *line, uint32_t i);

/* Puts strings in for %tokens%, into buf (size > 0, cut to it). Returns text itself where it fits and has none, else buf. */
const char *vw_inf_expand(const struct vw_inf *inf, const char *text, char *buf, size_t size);
/* As above, owned by inf; NULL for "" (*err stays) or without memory (*err = -ENOMEM). */
const char *vw_inf_keep(struct vw_inf *inf, const char *text, int *err);

/* A decoration of [Manufacturer]: NT[arch][.[major][.[minor][.[product][.[suite][.build]]]]]. */
struct vw_inf_decoration {
	char arch[8];      /* "" = not said */
	bool has[5];       /* major, minor, product, suite, build */
	unsigned int v[5]; /* 0 where it is not said */
};
bool vw_inf_decoration_parse(const char *text, struct vw_inf_decoration *decoration);
bool vw_inf_decoration_fits(
	const struct vw_inf_decoration *decoration, const struct vw_inf_target *target);
/* Of two that fit: is a closer than b? */
bool vw_inf_decoration_closer(const struct vw_inf_decoration *a, const struct vw_inf_decoration *b);

/* Decimal or 0x…, at most UINT_MAX, the whole text. */
bool vw_inf_number(const char *text, unsigned int *value);

#endif
