/* SPDX-License-Identifier: GPL-2.0-or-later */
/* commands: the one table of commands: synopsis, help and function; tests/cli/help.sh holds the man page against it. */
#include "command.h"

#include "text.h"

#include <errno.h>
#include <stdint.h>

int vw_seconds_option(const struct vw_options *options, unsigned int max, unsigned int *seconds,
	struct vw_error *err)
{
	const char *text = vw_options_value(options, VW_OWN_SECONDS);
	uint64_t given;
	char safe[64];

	if (!text)
		return 0;
	if (vw_text_u64(text, 10, max, &given) < 0 || !given)
		return vw_error_set(err, EINVAL, "--seconds is 1 to %u, not '%s'", max,
			vw_text_escape(safe, sizeof(safe), text));
	*seconds = (unsigned int)given;
	return 0;
}

const struct vw_command vw_commands[] = {
	{
		.name = "advise",
		.args = "[--seconds N]",
		.summary = "measure CPU load and packet rates: is SR-IOV worth it here?",
		.own_help = "  --seconds N  how long to measure (5)\n",
		.own = VW_OWN_SECONDS,
		.run = vw_advise_run,
	},
	{
		.name = "vfs",
		.args = "[--yes] [--seconds N] PF=COUNT...|--boot ADDRESS...",
		.summary = "give PFs another number of VFs now",
		.own_help = "  --yes        also on the PF that carries the default route\n"
			    "  --seconds N  how long the kernel may take for one answer (120)\n"
			    "  --boot       the numbers are those of vfs.conf, for the unit at boot\n",
		.own = VW_OWN_YES | VW_OWN_SECONDS | VW_OWN_BOOT,
		.min_args = 1,
		.max_args = SIZE_MAX,
		.run = vw_vfs_run,
	},
	{ 0 },
};
