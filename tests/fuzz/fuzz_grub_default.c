/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_grub_default: any bytes as /etc/default/grub. */
#include "fuzz_args.h"

#include "shell_vars.h"

/* Nothing but what it was asked for: values within the text, in order. */
static void check_shell(const char *text, size_t len)
{
	struct vw_shell shell;
	struct vw_shell_env env = { 0 };
	size_t end = 0;

	if (vw_shell_parse(text, len, &shell, NULL))
		return;
	for (size_t i = 0; i < shell.n; i++) {
		const struct vw_shell_assign *assign = &shell.v[i];

		MUST(assign->begin >= end && assign->begin <= assign->end && assign->end <= len);
		end = assign->end;
		MUST(!assign->plain || (assign->inner >= assign->begin &&
					       assign->inner + assign->inner_len <= assign->end));
	}
	MUST(vw_shell_eval(&env, text, &shell, "file") == 0);
	for (size_t i = 0; i < env.n; i++)
		MUST(env.v[i].name[0] && (!shell.n || env.v[i].line > 0));
	vw_shell_env_free(&env);
	vw_shell_free(&shell);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_args(&vw_format_grub_default, data, size);
	check_shell((const char *)data, size);
	return 0;
}
