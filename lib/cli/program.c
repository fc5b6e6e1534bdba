/* SPDX-License-Identifier: GPL-2.0-or-later */
/* program: options, help, and the choice of one command. */
#include "program.h"

#include "cleanup.h"
#include "text.h"

#include <locale.h>
#include <string.h>

static const struct vw_command *find_command(const struct vw_program *program, const char *name)
{
	for (const struct vw_command *c = program->commands; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static bool has_commands(const struct vw_program *program)
{
	return *program->commands->name;
}

/* A line for each line of command->args. */
static void print_synopsis(const struct vw_program *program, const struct vw_command *command)
{
	const char *args = command->args;
	size_t len;

	do {
		len = strcspn(args, "\n");
		printf("  %s [OPTION]...%s%s%s%.*s\n", program->name, *command->name ? " " : "",
			command->name, len ? " " : "", (int)len, args);
		args += len;
	} while (*args++);
}

static void print_commands(const struct vw_program *program)
{
	puts("\nCommands:");
	for (const struct vw_command *c = program->commands; c->name; c++)
		printf("  %-13s  %s\n", c->name, c->summary);
}

static void print_help(const struct vw_program *program, const struct vw_command *only)
{
	puts("Usage:");
	for (const struct vw_command *c = program->commands; c->name; c++)
		if (!only || c == only)
			print_synopsis(program, c);
	if (only) {
		printf("\n%s: %s.\n", only->name, only->summary);
	} else {
		printf("\n%s\n", program->about);
		if (has_commands(program))
			print_commands(program);
	}
	printf("\nOptions:\n%s", vw_options_help());
	for (const struct vw_command *c = program->commands; c->name; c++) {
		if (!*c->own_help || (only && c != only))
			continue;
		if (!only && has_commands(program))
			printf("\nOptions of %s:\n", c->name);
		fputs(c->own_help, stdout);
	}
	if (!only)
		printf("\n%s See %s(8).\n", program->exit_help, program->name);
}

static int usage_error(const struct vw_program *program, const char *message)
{
	fprintf(stderr, "%s: %s\nTry '%s --help'.\n", program->name, message, program->name);
	return VW_EXIT_USAGE;
}

/* Picks the command; NULL with a message. */
static const struct vw_command *choose(
	const struct vw_program *program, const struct vw_options *options, struct vw_error *err)
{
	const struct vw_command *command;
	size_t given;
	char safe[128];

	if (!has_commands(program))
		return program->commands;
	if (options->n_args == 0) {
		vw_error_set(err, EINVAL, "a command is missing");
		return NULL;
	}
	vw_text_escape(safe, sizeof(safe), options->args[0]);
	command = find_command(program, options->args[0]);
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
	rc = command->run(&context, options->args + (*command->name ? 1 : 0), err);
	vw_host_close(&context.host);
	if (rc < 0) {
		if (!err->msg[0])
			vw_error_set(err, -rc, "%s%s%s", command->name, *command->name ? ": " : "",
				strerror(-rc));
		rc = rc == -ENOMEM ? VW_EXIT_INTERNAL : VW_EXIT_FAILED;
	}
	return rc;
}

/* All that was written has to arrive, or the exit status must say so. */
static int finish(const struct vw_program *program, const struct vw_options *options, int rc)
{
	struct vw_output output;
	int failed;

	vw_output_init(&output, stdout, options);
	failed = vw_output_finish(&output);
	if (!failed)
		return rc;
	fprintf(stderr, "%s: cannot write: %s\n", program->name, strerror(-failed));
	return VW_EXIT_INTERNAL;
}

int vw_program_main(const struct vw_program *program, int argc, char **argv)
{
	vw_auto(vw_options_free) struct vw_options options = { 0 };
	const struct vw_command *command = NULL;
	struct vw_error err = { 0 };
	int rc, code;

	setlocale(LC_CTYPE, "");
	if (vw_options_parse(&options, argc, argv, program->options, &err))
		return usage_error(program, err.msg);
	if (options.version) {
		printf("%s " VFWARD_VERSION "\n", program->name);
		return finish(program, &options, 0);
	}
	if (has_commands(program) ? options.n_args || !options.help : !options.help)
		command = choose(program, &options, &err);
	if (!command && err.msg[0])
		return usage_error(program, err.msg);
	if (options.help) {
		print_help(program, command);
		return finish(program, &options, 0);
	}
	rc = run_command(command, &options, &err);
	code = finish(program, &options, rc);
	if (rc != 0 && err.msg[0])
		fprintf(stderr, "%s: %s\n", program->name, err.msg);
	return code;
}
