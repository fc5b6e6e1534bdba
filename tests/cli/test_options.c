/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_options: the global options in every place and spelling, and what is none. */
#include "cmocka_first.h"

#include "options.h"

#include <string.h>

static const struct vw_own_option own[] = { { "first", 1, false }, { "second", 2, false },
	{ "pf", 4, true }, { "a", 8, true }, { "b", 16, false }, { 0 } };

/* Splits at blanks; "''" is an empty argument. */
static int parse(const char *line, struct vw_options *options, struct vw_error *err)
{
	static char text[256], program[] = "test";
	char *argv[32] = { program }, *save = NULL;
	int argc = 1;

	snprintf(text, sizeof(text), "%s", line);
	for (char *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[argc++] = strcmp(word, "''") ? word : word + 2;
	return vw_options_parse(options, argc, argv, own, err);
}

static void test_values(void **state)
{
	struct vw_options options;
	struct vw_error err = { 0 };

	(void)state;
	assert_int_equal(parse("--pf a=1 plan --first --pf=b=2", &options, &err), 0);
	assert_int_equal(options.own, 5);
	assert_int_equal(options.n_values, 2);
	assert_string_equal(options.values[0].text, "a=1");
	assert_int_equal(options.values[1].flag, 4);
	assert_string_equal(vw_options_value(&options, 4), "b=2");
	assert_null(vw_options_value(&options, 1));
	assert_int_equal(options.n_args, 1);
	vw_options_free(&options);
	/* short ones of the program's own */
	assert_int_equal(parse("-a one -vb -atwo three", &options, &err), 0);
	assert_int_equal(options.own, 8 | 16);
	assert_int_equal(options.verbosity, 1);
	assert_int_equal(options.n_values, 2);
	assert_string_equal(options.values[0].text, "one");
	assert_string_equal(vw_options_value(&options, 8), "two");
	assert_int_equal(options.n_args, 1);
	vw_options_free(&options);
	assert_int_equal(parse("--pf", &options, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "--pf needs an argument"));
	vw_options_free(&options);
}

static void test_good(void **state)
{
	static const struct {
		const char *line;
		bool json;
		const char *root;
		enum vw_color_when color;
		int verbosity;
		unsigned int flags;
		const char *args; /* joined by commas */
	} cases[] = {
		{ "", false, NULL, VW_COLOR_AUTO, 0, 0, "" },
		{ "list", false, NULL, VW_COLOR_AUTO, 0, 0, "list" },
		{ "--json list eth0", true, NULL, VW_COLOR_AUTO, 0, 0, "list,eth0" },
		{ "list eth0 --json", true, NULL, VW_COLOR_AUTO, 0, 0, "list,eth0" },
		{ "list --root /x -q -", false, "/x", VW_COLOR_AUTO, -1, 0, "list,-" },
		{ "--root=/x --color=never -vv", false, "/x", VW_COLOR_NEVER, 2, 0, "" },
		{ "--color always -q -v", false, NULL, VW_COLOR_ALWAYS, 1, 0, "" },
		{ "a --second -- --json -v", false, NULL, VW_COLOR_AUTO, 0, 2, "a,--json,-v" },
		{ "--first --second --quiet", false, NULL, VW_COLOR_AUTO, -1, 3, "" },
		{ "a '' b", false, NULL, VW_COLOR_AUTO, 0, 0, "a,,b" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vw_options options;
		struct vw_error err = { 0 };
		char args[128] = "";

		assert_int_equal(parse(cases[i].line, &options, &err), 0);
		assert_int_equal(options.json, cases[i].json);
		assert_int_equal(options.color, cases[i].color);
		assert_int_equal(options.verbosity, cases[i].verbosity);
		assert_int_equal(options.own, cases[i].flags);
		assert_int_equal(!options.root, !cases[i].root);
		if (options.root)
			assert_string_equal(options.root, cases[i].root);
		for (size_t a = 0; a < options.n_args; a++) {
			strcat(args, a ? "," : "");
			strcat(args, options.args[a]);
		}
		assert_string_equal(args, cases[i].args);
		assert_null(options.args[options.n_args]);
		vw_options_free(&options);
	}
}

static void test_bad(void **state)
{
	static const struct {
		const char *line, *says;
	} cases[] = {
		{ "--nosuch", "unknown option --nosuch" },
		{ "-x", "unknown option -x" },
		{ "-qx", "unknown option -x" },
		{ "--root", "--root needs an argument" },
		{ "--root=", "--root needs a directory" },
		{ "--color", "--color needs an argument" },
		{ "--color=blue", "not 'blue'" },
		{ "-a", "-a needs an argument" },
		{ "--a x", "unknown option --a" },
		{ "-c", "unknown option -c" },
		{ "--json=1", "--json=1 takes no argument" },
		{ "--quiet=1", "--quiet=1 takes no argument" },
		{ "--first=1", "--first=1 takes no argument" },
		{ "--no\033such", "--no\\x1bsuch" },
		{ "a b -\001", "-\\x01" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vw_options options;
		struct vw_error err = { 0 };

		assert_int_equal(parse(cases[i].line, &options, &err), -EINVAL);
		if (!strstr(err.msg, cases[i].says))
			fail_msg("%s: \"%s\" does not say \"%s\"", cases[i].line, err.msg,
				cases[i].says);
		vw_options_free(&options);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
