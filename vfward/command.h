/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command: what every command of vfward gets, and the table of all of them. */
#ifndef VW_COMMAND_H
#define VW_COMMAND_H

#include "config.h"
#include "error.h"
#include "finding.h"
#include "host.h"
#include "options.h"
#include "output.h"

struct vw_context {
	struct vw_host host;
	const struct vw_options *options;
	struct vw_output output;
};

/* The own options, by command. */
#define VW_OWN_UNINSTALL (1U << 0)

struct vw_command {
	const char *name;
	const char *args;     /* as the synopsis shows them; "" = none */
	const char *summary;  /* one line */
	const char *own_help; /* lines about its own options; "" = none */
	unsigned int own;     /* VW_OWN_* that it takes */
	size_t min_args, max_args;
	/* Returns an exit code ≥ 0, or -errno. A message in err is shown if that is not 0. */
	int (*run)(struct vw_context *context, const char **args, struct vw_error *err);
};

/* Ends with a NULL name. */
extern const struct vw_command vw_commands[];

/* args: as many as given, behind them NULL. */
int vw_list_run(struct vw_context *context, const char **args, struct vw_error *err);
int vw_check_domain_run(struct vw_context *context, const char **args, struct vw_error *err);
int vw_check_config_run(struct vw_context *context, const char **args, struct vw_error *err);
int vw_install_hook_run(struct vw_context *context, const char **args, struct vw_error *err);
int vw_record_run(struct vw_context *context, const char **args, struct vw_error *err);
int vw_reset_run(struct vw_context *context, const char **args, struct vw_error *err);

/* Shows findings only: as text, or as {"schema":1,"findings":[…]}. 0 or -ENOMEM. */
int vw_show_findings(struct vw_context *context, const struct vw_findings *findings);

/* The configuration, its mistakes as WARN findings (check-config is who makes them a FAIL). 0 or -errno. */
int vw_load_config(struct vw_context *context, struct vw_config *config,
	struct vw_findings *findings, struct vw_error *err);

#endif
