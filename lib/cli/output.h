/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output: where a program writes to, and what that place can show. */
#ifndef VW_OUTPUT_H
#define VW_OUTPUT_H

#include "options.h"

#include <stdio.h>

struct vw_output {
	FILE *out;
	bool color;
	bool utf8; /* box-drawing characters are fine */
	int verbosity;
};

/* Colours for auto: out is a terminal, TERM is not "dumb", NO_COLOR is not set. UTF-8: as the
 * locale says that setlocale(LC_CTYPE) has chosen. */
void vw_output_init(struct vw_output *output, FILE *out, const struct vw_options *options);

enum vw_style {
	VW_STYLE_PLAIN,
	VW_STYLE_BOLD,
	VW_STYLE_DIM,
	VW_STYLE_RED,
	VW_STYLE_GREEN,
	VW_STYLE_YELLOW
};

/* The escape sequence that begins a style ("" without colours), and the one that ends it. */
const char *vw_style_on(const struct vw_output *output, enum vw_style style);
const char *vw_style_off(const struct vw_output *output, enum vw_style style);

/* Flushes; 0 or -errno if anything could not be written (full disk, closed pipe). */
int vw_output_finish(const struct vw_output *output);

#endif
