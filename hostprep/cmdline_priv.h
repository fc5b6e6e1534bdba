/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmdline_priv: a command line taken apart, for cmdline.c and cmdline_undo.c. */
#ifndef VW_CMDLINE_PRIV_H
#define VW_CMDLINE_PRIV_H

#include "cmdline.h"

/* The parameters that are ours to change. */
enum vw_key {
	VW_KEY_NONE,
	VW_KEY_INTEL,       /* intel_iommu= */
	VW_KEY_IOMMU,       /* iommu= */
	VW_KEY_PASSTHROUGH, /* iommu.passthrough= */
	VW_KEY_AMD,         /* amd_iommu= */
	VW_KEY_INTREMAP,    /* intremap= */
	VW_KEY_NOINTREMAP,  /* nointremap */
	VW_KEY_PCI,         /* pci= */
};

/* Offsets are into vw_words.text. */
struct vw_token {
	size_t begin, end;
	enum vw_key key;
	bool has_value;
	size_t value, value_end; /* without the quotes that the kernel takes off */
	bool open;               /* its quote is never closed: takes in whatever is put behind it */
};

struct vw_words {
	const struct vw_cmdline_text *from;
	char *text; /* as the kernel gets it */
	size_t *at; /* for each byte of it, and its end: where that stands in from->text */
	size_t len;
	size_t lead;             /* the blanks that it begins with */
	struct vw_token *tokens; /* up to "--" */
	size_t n;
};

/* 0 or -ENOMEM. */
int vw_words_parse(const struct vw_cmdline_text *from, struct vw_words *line);
void vw_words_free(struct vw_words *line);

/* One element of a token's value: the values of most keys are lists. Begins at *next, which moves on; false: there are no more. */
bool vw_token_element(
	const struct vw_words *line, const struct vw_token *token, size_t *next, size_t *end);

bool vw_token_equal(const struct vw_words *a, const struct vw_token *x, const struct vw_words *b,
	const struct vw_token *y);

/* The bytes [begin, end) of line->text as they stand in the file. */
void vw_words_add(struct vw_bytes *out, const struct vw_words *line, size_t begin, size_t end);

/* What becomes of a token. A line has one more of them than tokens: what is put behind the last one. */
struct vw_piece {
	struct vw_bytes front; /* what is put in front of it, with a blank in front of that */
	struct vw_bytes text;  /* what it becomes; nothing = it is taken out */
	bool changed;
};
struct vw_piece *vw_pieces_new(const struct vw_words *line); /* NULL = out of memory */
void vw_pieces_free(struct vw_piece *pieces, const struct vw_words *line);
/* The last place where something can be put in: in front of "--", and of a quote that is never closed. */
size_t vw_words_room(const struct vw_words *line);
void vw_words_write(
	const struct vw_words *line, const struct vw_piece *pieces, struct vw_bytes *out);

#endif
