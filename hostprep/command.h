/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command: the commands of vfward-hostprep. */
#ifndef VW_HOSTPREP_COMMAND_H
#define VW_HOSTPREP_COMMAND_H

#include "program.h"

/* Reboot needed: `apply` and `verify` with --exit-code. */
#define VW_EXIT_REBOOT 3

/* The own options, by command. */
#define VW_OWN_PF              (1U << 0)
#define VW_OWN_PASSTHROUGH     (1U << 1)
#define VW_OWN_UNSUPPORTED_SFP (1U << 2)
#define VW_OWN_BLACKLIST       (1U << 3)
#define VW_OWN_METHOD          (1U << 4)
#define VW_OWN_BOOTLOADER      (1U << 5)
#define VW_OWN_YES             (1U << 6)
#define VW_OWN_EXIT_CODE       (1U << 7)
#define VW_OWN_BOOT            (1U << 8)
#define VW_OWN_WATCH           (1U << 9)
#define VW_OWN_UNDO            (1U << 10)
#define VW_OWN_SECONDS         (1U << 11)

/* What plan and apply take. */
#define VW_OWN_PLAN                                                                                \
	(VW_OWN_PF | VW_OWN_PASSTHROUGH | VW_OWN_UNSUPPORTED_SFP | VW_OWN_BLACKLIST |              \
		VW_OWN_METHOD | VW_OWN_BOOTLOADER)

/* Ends with a NULL name. */
extern const struct vw_command vw_commands[];

/* --seconds N, 1 to max; *seconds stays without it. 0 or -EINVAL with a message. */
int vw_seconds_option(const struct vw_options *options, unsigned int max, unsigned int *seconds,
	struct vw_error *err);

int vw_check_run(struct vw_context *context, const char **args, struct vw_error *err);
int vw_plan_command_run(struct vw_context *context, const char **args, struct vw_error *err);
int vw_apply_run(struct vw_context *context, const char **args, struct vw_error *err);
int vw_verify_run(struct vw_context *context, const char **args, struct vw_error *err);
int vw_undo_run(struct vw_context *context, const char **args, struct vw_error *err);
int vw_vfs_run(struct vw_context *context, const char **args, struct vw_error *err);
int vw_tune_run(struct vw_context *context, const char **args, struct vw_error *err);
int vw_advise_run(struct vw_context *context, const char **args, struct vw_error *err);

#endif
