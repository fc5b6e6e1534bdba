/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options: the global options that all operator's programs share, before or after the command. */
#ifndef VW_OPTIONS_H
#define VW_OPTIONS_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

/* Exit codes of all programs (3 is "undetermined" or "reboot needed", for those that know it). */
enum vw_exit { VW_EXIT_GOOD = 0, VW_EXIT_FAILED = 1, VW_EXIT_USAGE = 2, VW_EXIT_INTERNAL = 4 };

enum vw_color_when { VW_COLOR_AUTO, VW_COLOR_ALWAYS, VW_COLOR_NEVER };

struct vw_options {
	bool json, help, version;
	const char *root; /* NULL = the running machine */
	enum vw_color_when color;
	int verbosity;    /* -1 for -q, 0, or the number of -v */
	unsigned int own; /* flags of the program's own options that were given */
	struct vw_option_value {
		unsigned int flag;
		const char *text; /* points into argv */
	} * values;               /* of those that take one, in order */
	size_t n_values;
	const char **args; /* everything that is no option, in order; points into argv */
	size_t n_args;
};

/* An option that only one program, or some commands of it, take. */
struct vw_own_option {
	const char *name;  /* without the dashes; a single letter is a short option */
	unsigned int flag; /* one bit */
	bool has_value;    /* --name VALUE, -n VALUE; may be given several times */
};

#define VW_OWN_OPTIONS_MAX 24

/* own: ends with a NULL name; may be NULL. 0, -EINVAL with a message for the user, -ENOMEM. *options is the caller's to free. */
int vw_options_parse(struct vw_options *options, int argc, char **argv,
	const struct vw_own_option *own, struct vw_error *err);
void vw_options_free(struct vw_options *options);

/* The last value that was given for this flag, or NULL. */
const char *vw_options_value(const struct vw_options *options, unsigned int flag);

/* What --help says about the global options: lines that end with a newline. */
const char *vw_options_help(void);

#endif
