/* SPDX-License-Identifier: GPL-2.0-or-later */
/* program: what the operator's programs have in common: a table of commands, their options and help. */
#ifndef VW_PROGRAM_H
#define VW_PROGRAM_H

#include "config.h"
#include "error.h"
#include "finding.h"
#include "host.h"
#include "options.h"
#include "output.h"

/* What every command gets. */
struct vw_context {
	struct vw_host host;
	const struct vw_options *options;
	struct vw_output output;
};

struct vw_command {
	const char *name;     /* "" = the program has no commands, and does this */
	const char *args;     /* as the synopsis shows them, a line for each form; "" = none */
	const char *summary;  /* one line */
	const char *own_help; /* lines about its own options; "" = none */
	unsigned int own;     /* flags of the program's own options that it takes */
	size_t min_args, max_args;
	/* Returns an exit code ≥ 0, or -errno. A message in err is shown if that is not 0. */
	int (*run)(struct vw_context *context, const char **args, struct vw_error *err);
};

struct vw_program {
	const char *name;
	const char *about;                   /* one sentence */
	const char *exit_help;               /* what its exit statuses mean */
	const struct vw_own_option *options; /* ends with a NULL name */
	const struct vw_command *
		commands; /* likewise; one without a name: run() looks after arguments and options itself */
};

/* The whole of main(). */
int vw_program_main(const struct vw_program *program, int argc, char **argv);

/* Shows findings only: as text, or as {"schema":1,"findings":[…]}. 0 or -ENOMEM. */
int vw_show_findings(struct vw_context *context, const struct vw_findings *findings);

/* The configuration, its mistakes as WARN findings (check-config is who makes them a FAIL). 0 or -errno. */
int vw_load_config(struct vw_context *context, struct vw_config *config,
	struct vw_findings *findings, struct vw_error *err);

#endif
