/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfward: the operator's command: options, help, and one of the commands. */
#include "command.h"
#include "cleanup.h"
#include "text.h"

#include <locale.h>
#include <string.h>

static const struct vw_own_option own_options[] = {
	{ "uninstall", VW_OWN_UNINSTALL },
	{ 0 },
};

static const struct vw_command *find_command(const char *name)
{
	for (const struct vw_command *c = vw_commands; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static void print_synopsis(const struct vw_command *command)
{
	printf("  vfward [OPTION]... %s%s%s\n", command->name, *command->args ? " " : "",
		command->args);
}

static void print_help(const struct vw_command *only)
{
	puts("Usage:");
	for (const struct vw_command *c = vw_commands; c->name; c++)
		if (!only || c == only)
			print_synopsis(c);
	if (only) {
		printf("\n%s: %s.\n", only->name, only->summary);
	} else {
		puts("\nKeeps SR-IOV virtual functions (VFs) honest on libvirt "
		     "hosts.\n\nCommands:");
		for (const struct vw_command *c = vw_commands; c->name; c++)
			printf("  %-13s  %s\n", c->name, c->summary);
	}
	printf("\nOptions:\n%s", vw_options_help());
	for (const struct vw_command *c = vw_commands; c->name; c++) {
		if (!*c->own_help || (only && c != only))
			continue;
		if (!only)
			printf("\nOptions of %s:\n", c->name);
		fputs(c->own_help, stdout);
	}
	if (!only)
		puts("\nExit status: 0 good; 1 a check failed, refused, or the action failed;\n"
		     "2 usage or configuration error; 4 internal error. See vfward(8).");
}

static int usage_error(const char *message)
{
	fprintf(stderr, "vfward: %s\nTry 'vfward --help'.\n", message);
	return VW_EXIT_USAGE;
}

/* Picks the command; NULL with a message. */
static const struct vw_command *choose(const struct vw_options *options, struct vw_error *err)
{
	const struct vw_command *command;
	size_t given;
	char safe[128];

	if (options->n_args == 0) {
		vw_error_set(err, EINVAL, "a command is missing");
		return NULL;
	}
	vw_text_escape(safe, sizeof(safe), options->args[0]);
	command = find_command(options->args[0]);
	given = options->n_args - 1;
	if (!command) {
		vw_error_set(err, EINVAL, "there is no command '%s'", safe);
		return NULL;
	}
	if (options->help)
		return command;
	if (given < command->min_args) {
		vw_error_set(err, EINVAL, "%s needs %s", safe, command->args);
		return NULL;
	}
	if (given > command->max_args) {
		vw_error_set(err, EINVAL, "%s: too many arguments", safe);
		return NULL;
	}
	if (options->own & ~command->own) {
		vw_error_set(err, EINVAL, "%s takes no such option", safe);
		return NULL;
	}
	return command;
}

static int run_command(
	const struct vw_command *command, const struct vw_options *options, struct vw_error *err)
{
	struct vw_context context = { .options = options };
	int rc;

	vw_output_init(&context.output, stdout, options);
	if (vw_host_open(&context.host, options->root, err))
		return VW_EXIT_USAGE;
	rc = command->run(&context, options->args + 1, err);
	vw_host_close(&context.host);
	if (rc < 0) {
		if (!err->msg[0])
			vw_error_errno(err, -rc, "%s", command->name);
		rc = rc == -ENOMEM ? VW_EXIT_INTERNAL : VW_EXIT_FAILED;
	}
	return rc;
}

/* All that was written has to arrive, or the exit status must say so. */
static int finish(const struct vw_options *options, int rc)
{
	struct vw_output output;
	int failed;

	vw_output_init(&output, stdout, options);
	failed = vw_output_finish(&output);
	if (!failed)
		return rc;
	fprintf(stderr, "vfward: cannot write: %s\n", strerror(-failed));
	return VW_EXIT_INTERNAL;
}

int main(int argc, char **argv)
{
	vw_auto(vw_options_free) struct vw_options options = { 0 };
	const struct vw_command *command = NULL;
	struct vw_error err = { 0 };
	int rc, code;

	setlocale(LC_CTYPE, "");
	if (vw_options_parse(&options, argc, argv, own_options, &err))
		return usage_error(err.msg);
	if (options.version) {
		puts("vfward " VFWARD_VERSION);
		return finish(&options, 0);
	}
	if (options.n_args || !options.help)
		command = choose(&options, &err);
	if (!command && err.msg[0])
		return usage_error(err.msg);
	if (options.help) {
		print_help(command);
		return finish(&options, 0);
	}
	rc = run_command(command, &options, &err);
	code = finish(&options, rc);
	if (rc != 0 && err.msg[0])
		fprintf(stderr, "vfward: %s\n", err.msg);
	return code;
}
