/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options: getopt_long for the global options; what is no option is collected in order. */
#include "options.h"

#include "cleanup.h"
#include "text.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum {
	OPT_JSON = 256,
	OPT_ROOT,
	OPT_COLOR,
	OPT_OWN, /* + index in the program's own options */
};

static const struct option global_options[] = {
	{ "json", no_argument, NULL, OPT_JSON },
	{ "root", required_argument, NULL, OPT_ROOT },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "quiet", no_argument, NULL, 'q' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
};

#define N_GLOBAL VW_ARRAY_SIZE(global_options)

static int parse_color(struct vw_options *options, const char *text, struct vw_error *err)
{
	static const char *const names[] = { "auto", "always", "never" };
	char safe[128];

	for (size_t i = 0; i < VW_ARRAY_SIZE(names); i++) {
		if (strcmp(text, names[i]) == 0) {
			options->color = (enum vw_color_when)i;
			return 0;
		}
	}
	return vw_error_set(err, EINVAL, "--color is auto, always or never, not '%s'",
		vw_text_escape(safe, sizeof(safe), text));
}

static int unknown_option(int what, const char *word, struct vw_error *err)
{
	char safe[128];

	if (what == ':')
		return vw_error_set(err, EINVAL, "option %s needs an argument",
			vw_text_escape(safe, sizeof(safe), word));
	if (optopt && strncmp(word, "--", 2) == 0) /* known, but given an argument */
		return vw_error_set(err, EINVAL, "option %s takes no argument",
			vw_text_escape(safe, sizeof(safe), word));
	if (optopt)
		return vw_error_set(err, EINVAL, "unknown option -%s",
			vw_text_escape_n(safe, sizeof(safe), &(char){ (char)optopt }, 1));
	return vw_error_set(
		err, EINVAL, "unknown option %s", vw_text_escape(safe, sizeof(safe), word));
}

static bool is_letter(const struct vw_own_option *own)
{
	return own->name[1] == '\0';
}

/* Which one of the program's own options getopt_long means; NULL = none. */
static const struct vw_own_option *find_own(const struct vw_own_option *own, int what)
{
	if (what >= OPT_OWN)
		return own + (what - OPT_OWN);
	for (; own && own->name; own++)
		if (is_letter(own) && own->name[0] == what)
			return own;
	return NULL;
}

/* One answer of getopt_long. word: the argument of the command line that it came from. */
static int take_option(struct vw_options *options, int what, const char *word,
	const struct vw_own_option *own, struct vw_error *err)
{
	switch (what) {
	case 1:
		options->args[options->n_args++] = optarg;
		return 0;
	case OPT_JSON:
		options->json = true;
		return 0;
	case OPT_ROOT:
		if (!*optarg)
			return vw_error_set(err, EINVAL, "--root needs a directory");
		options->root = optarg;
		return 0;
	case OPT_COLOR:
		return parse_color(options, optarg, err);
	case 'q':
		options->verbosity = -1;
		return 0;
	case 'v':
		options->verbosity = options->verbosity < 0 ? 1 : options->verbosity + 1;
		return 0;
	case 'h':
		options->help = true;
		return 0;
	case 'V':
		options->version = true;
		return 0;
	default:
		own = find_own(own, what);
		if (!own)
			return unknown_option(what, word, err);
		options->own |= own->flag;
		if (own->has_value)
			options->values[options->n_values++] =
				(struct vw_option_value){ own->flag, optarg };
		return 0;
	}
}

/* letters: room for two more bytes an option. all: zeroed, room for VW_OWN_OPTIONS_MAX. */
static void add_own(const struct vw_own_option *own, char *letters, struct option *all)
{
	char *end = letters + strlen(letters);

	for (int i = 0; own && own[i].name && i < VW_OWN_OPTIONS_MAX; i++) {
		if (is_letter(&own[i])) {
			*end++ = own[i].name[0];
			if (own[i].has_value)
				*end++ = ':';
			continue;
		}
		*all++ = (struct option){ own[i].name,
			own[i].has_value ? required_argument : no_argument, NULL, OPT_OWN + i };
	}
	*end = '\0';
}

int vw_options_parse(struct vw_options *options, int argc, char **argv,
	const struct vw_own_option *own, struct vw_error *err)
{
	struct option all[N_GLOBAL + VW_OWN_OPTIONS_MAX + 1] = { 0 };
	/* "-": arguments come in order as option 1, whatever POSIXLY_CORRECT says */
	char letters[sizeof("-:qvhV") + 2 * VW_OWN_OPTIONS_MAX] = "-:qvhV";
	int what, rc = 0;

	memset(options, 0, sizeof(*options));
	options->args = calloc((size_t)argc + 1, sizeof(*options->args));
	options->values = calloc((size_t)argc + 1, sizeof(*options->values));
	if (!options->args || !options->values)
		return vw_error_set(err, ENOMEM, "out of memory");
	memcpy(all, global_options, sizeof(global_options));
	add_own(own, letters, all + N_GLOBAL);

	optind = 0; /* glibc: begin anew, so that tests can call this twice */
	opterr = 0;
	while (rc == 0) {
		int before = optind > 0 ? optind : 1;

		optopt = 0;
		what = getopt_long(argc, argv, letters, all, NULL);
		if (what == -1)
			break;
		rc = take_option(options, what, before < argc ? argv[before] : "", own, err);
	}
	for (int i = optind; rc == 0 && i < argc; i++) /* behind "--" */
		options->args[options->n_args++] = argv[i];
	return rc;
}

void vw_options_free(struct vw_options *options)
{
	free(options->args);
	free(options->values);
	options->args = NULL;
	options->values = NULL;
	options->n_args = options->n_values = 0;
}

const char *vw_options_value(const struct vw_options *options, unsigned int flag)
{
	for (size_t i = options->n_values; i-- > 0;)
		if (options->values[i].flag == flag)
			return options->values[i].text;
	return NULL;
}

const char *vw_options_help(void)
{
	return "  --json         write JSON (\"schema\": 1) instead of text\n"
	       "  --root DIR     look at a recorded machine or an image below DIR\n"
	       "  --color WHEN   auto (default), always or never\n"
	       "  -q, --quiet    leave out what is good\n"
	       "  -v, --verbose  say more\n"
	       "  -h, --help     show this help, or that of a command\n"
	       "  -V, --version  show the version\n";
}
