/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output: what a terminal can show, and whether all of it arrived. */
#include "output.h"

#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool wants_color(FILE *out)
{
	const char *term = getenv("TERM"), *none = getenv("NO_COLOR");

	if (none && *none) /* no-color.org: set and not empty */
		return false;
	return term && strcmp(term, "dumb") != 0 && isatty(fileno(out));
}

void vw_output_init(struct vw_output *output, FILE *out, const struct vw_options *options)
{
	output->out = out;
	output->verbosity = options->verbosity;
	output->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	output->color = options->color == VW_COLOR_ALWAYS ||
			(options->color == VW_COLOR_AUTO && wants_color(out));
}

const char *vw_style_on(const struct vw_output *output, enum vw_style style)
{
	static const char *const on[] = {
		[VW_STYLE_PLAIN] = "",
		[VW_STYLE_BOLD] = "\033[1m",
		[VW_STYLE_DIM] = "\033[2m",
		[VW_STYLE_RED] = "\033[31m",
		[VW_STYLE_GREEN] = "\033[32m",
		[VW_STYLE_YELLOW] = "\033[33m",
	};

	return output->color ? on[style] : "";
}

const char *vw_style_off(const struct vw_output *output, enum vw_style style)
{
	return output->color && style != VW_STYLE_PLAIN ? "\033[0m" : "";
}

int vw_output_finish(const struct vw_output *output)
{
	bool failed = ferror(output->out);

	errno = 0;
	if (fflush(output->out) || failed)
		return errno ? -errno : -EIO;
	return 0;
}
