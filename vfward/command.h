/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command: the commands of vfward. */
#ifndef VW_COMMAND_H
#define VW_COMMAND_H

#include "program.h"

/* The own options, by command. */
#define VW_OWN_UNINSTALL (1U << 0)
#define VW_OWN_COUNT     (1U << 1)
#define VW_OWN_NETWORK   (1U << 2)

/* Ends with a NULL name. */
extern const struct vw_command vw_commands[];

/* args: as many as given, behind them NULL. */
int vw_list_run(struct vw_context *context, const char **args, struct vw_error *err);
int vw_check_domain_run(struct vw_context *context, const char **args, struct vw_error *err);
int vw_check_config_run(struct vw_context *context, const char **args, struct vw_error *err);
int vw_install_hook_run(struct vw_context *context, const char **args, struct vw_error *err);
int vw_record_run(struct vw_context *context, const char **args, struct vw_error *err);
int vw_xml_run(struct vw_context *context, const char **args, struct vw_error *err);
int vw_reset_run(struct vw_context *context, const char **args, struct vw_error *err);

#endif
