/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of shell_vars.c and shell_eval.c: by hand, and against the shells themselves. */
#include "tree.h"

#include "cleanup.h"
#include "shell_vars.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define ROUNDS 400

static void evaluate(const char *text, struct vw_shell_env *env)
{
	vw_auto(vw_shell_free) struct vw_shell shell = { 0 };
	struct vw_error err = { "" };

	*env = (struct vw_shell_env){ 0 };
	if (vw_shell_parse(text, strlen(text), &shell, &err))
		fail_msg("'%s': %s", text, err.msg);
	assert_int_equal(vw_shell_eval(env, text, &shell, "file"), 0);
}

/* value NULL: unknown */
static void check(const char *text, const char *value)
{
	vw_auto(vw_shell_env_free) struct vw_shell_env env = { 0 };
	const struct vw_shell_var *var;

	evaluate(text, &env);
	var = vw_shell_get(&env, "X", 1);
	if (!var)
		fail_msg("'%s' sets nothing", text);
	if (var->unknown != (value == NULL))
		fail_msg("'%s' is %sknown", text, var->unknown ? "un" : "");
	if (value && strcmp(var->value.data ? var->value.data : "", value) != 0)
		fail_msg("'%s' comes to '%s'", text, var->value.data);
}

static void test_values(void **ctx)
{
	static const struct {
		const char *text, *value;
	} cases[] = {
		{ "X=", "" },
		{ "X=a", "a" },
		{ "\n# X=b\n  X=a # X=c\n", "a" },
		{ "X=\"a b\" Y=c", "a b" },
		{ "X='a $Y \"b'", "a $Y \"b" },
		{ "X=a\"b c\"'d e'f", "ab cd ef" },
		{ "X=\"a\\\"b \\$c \\x \\\\\"", "a\"b $c \\x \\" },
		{ "X=a\\ b", "a b" },
		{ "X=\"a \\\n b\"", "a  b" },
		{ "X=a\nX=b", "b" },
		{ "X=a\nX+=b", "ab" },
		{ "export X=a Y=b", "a" },
		{ "readonly Y=b X=a\n", "a" },
		{ "Y=b; X=\"$Y ${Y}c\"", "b bc" },
		{ "X=a; X=\"$X b\"", "a b" },
		{ "X=\"$GRUB_NOT_SET b\"", " b" },
		{ "GRUB_A=a; X=\"${GRUB_A:+$GRUB_A }b\"", "a b" },
		{ "X=\"${GRUB_A:+$GRUB_A }\\$tuned\"", "$tuned" },
		{ "X=\"${GRUB_A:-b}\"", "b" },
		{ "GRUB_A=a; X=\"${GRUB_A:-b}\"", "a" },
		{ "X=\"100$ x\"", "100$ x" },
		{ "X=a\r\n", "a" },
		{ "if [ -e /x ]; then Y=b; fi; X=a", "a" },
		{ "Y=b true; X=a", "a" },
		{ "X=a; [ -e /x ] && Y=b", "a" },
		{ "case $Y in a) Y=b;; *) Y=c;; esac\nX=a", "a" },
		{ "f() { X=b; }\nX=a", "a" },
		{ "source /x\nX=a", "a" },
		{ "Y=`a; b \"c\"` X=a", "a" },
		{ "Y=$( (. /x; echo ${A:-b}) 2>/dev/null || echo c)\nX=a", "a" },
		/* unknown */
		{ "X=$(x)", NULL },
		{ "X=\"a `x` b\"", NULL },
		{ "X=$HOME", NULL },
		{ "X=~/a", NULL },
		{ "X=\"$1\"", NULL },
		{ "X=${Y%%a}", NULL },
		{ "X=$'a'", NULL },
		{ "export GRUB_A=a X=\"$GRUB_A\"", NULL },
		{ "export X=$GRUB_A", NULL },
		{ "X=a; X=\"$X $(b)\"; X=\"$X c\"", NULL },
		{ "if [ -e /x ]; then X=a; fi", NULL },
		{ "X=a; [ -e /x ] && X=b", NULL },
		{ "a | X=b", NULL },
		{ "X=a; f() { X=b; }", NULL },
		{ "X=a env\n", NULL },
		{ "X=a true\n", NULL },
		{ "X=a\n. /x", NULL },
		{ "X=a\nunset X", NULL },
		{ "X=a\neval y", NULL },
		{ ". /x\nX=\"$GRUB_NOT_SET b\"", NULL },
		{ "case $Y in a) X=b;; esac", NULL },
		{ "(X=a)", NULL },
		{ "X=(a b)", NULL },
	};

	(void)ctx;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++)
		check(cases[i].text, cases[i].value);
}

/* What is unknown is blamed on the line that made it so; what is known of it stays. */
static void test_blame(void **ctx)
{
	vw_auto(vw_shell_env_free) struct vw_shell_env env = { 0 };
	const struct vw_shell_var *var;

	(void)ctx;
	evaluate("X=a\nX=\"$X $(b)\"\nX=\"$X c\"\n", &env);
	var = vw_shell_get(&env, "X", 1);
	assert_true(var && var->unknown && var->line == 2);
	assert_string_equal(var->file, "file");
	assert_string_equal(var->value.data, "a  c");
}

static void test_places(void **ctx)
{
	static const struct {
		const char *text;
		bool plain;
		enum vw_quoting quoting;
		const char *inner;
	} cases[] = {
		{ "X=\"a b\"", true, VW_QUOTE_DOUBLE, "a b" },
		{ "X=\"\"\n", true, VW_QUOTE_DOUBLE, "" },
		{ "X='a b' # c", true, VW_QUOTE_SINGLE, "a b" },
		{ "X=a-b.c/d", true, VW_QUOTE_BARE, "a-b.c/d" },
		{ "X=\n", true, VW_QUOTE_BARE, "" },
		{ "X=;Y=b", true, VW_QUOTE_BARE, "" },
		{ "X=a\r\n", true, VW_QUOTE_BARE, "a" },
		{ "X=\"a $Y ${Y}\"", true, VW_QUOTE_DOUBLE, "a $Y ${Y}" },
		{ "X=\"a \\\" \\`b\"", true, VW_QUOTE_DOUBLE, "a \\\" \\`b" },
		{ "X=$Y", true, VW_QUOTE_BARE, "$Y" },
		{ "X=\"a\"b", false, 0, NULL },
		{ "X=\"a\"\"b\"", false, 0, NULL },
		{ "X=a\\ b", false, 0, NULL },
		{ "X=\"$(a)\"", false, 0, NULL },
		{ "X=\"`a`\"", false, 0, NULL },
		{ "X=\"${Y:-a}\"", false, 0, NULL },
		{ "X=~", false, 0, NULL },
		{ "X=(a)", false, 0, NULL },
	};

	(void)ctx;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		const char *text = cases[i].text;
		vw_auto(vw_shell_free) struct vw_shell shell = { 0 };

		assert_int_equal(vw_shell_parse(text, strlen(text), &shell, NULL), 0);
		assert_true(shell.n >= 1);
		assert_string_equal(shell.v[0].name, "X");
		if (shell.v[0].plain != cases[i].plain)
			fail_msg("'%s' is %splain", text, cases[i].plain ? "not " : "");
		if (!cases[i].plain)
			continue;
		assert_int_equal(shell.v[0].quoting, cases[i].quoting);
		assert_int_equal(shell.v[0].inner_len, strlen(cases[i].inner));
		assert_memory_equal(text + shell.v[0].inner, cases[i].inner, shell.v[0].inner_len);
	}
}

static void test_refused(void **ctx)
{
	static const struct {
		const char *text, *line;
	} cases[] = {
		{ "X=a\nX=\"b\nY=c\n", "line 2: " },
		{ "X='b\n", "line 1: " },
		{ "\n\nX=$(a\n", "line 3: " },
		{ "X=`a\n", "line 1: " },
		{ "if a; then\nX=b\n", "line 3: " },
		{ "X=b\nfi\n", "line 2: " },
		{ "cat <<E\nX=b\nE\n", "line 1: " },
		{ "(X=b\n", "line 2: " },
	};
	char deep[400] = "X=";

	(void)ctx;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_shell shell;
		struct vw_error err = { "" };

		if (vw_shell_parse(cases[i].text, strlen(cases[i].text), &shell, &err) != -EBADMSG)
			fail_msg("'%s' is accepted", cases[i].text);
		if (strncmp(err.msg, cases[i].line, strlen(cases[i].line)) != 0)
			fail_msg("'%s': %s", cases[i].text, err.msg);
	}
	for (int i = 0; i < 60; i++)
		strcat(deep, "${a:-");
	for (int i = 0; i < 60; i++)
		strcat(deep, "}");
	assert_int_equal(
		vw_shell_parse(deep, strlen(deep), &(struct vw_shell){ 0 }, NULL), -EBADMSG);
}

/* --- against the shells --- */

static uint64_t dice = 7;

static unsigned int roll(unsigned int sides)
{
	dice = dice * 6364136223846793005U + 1442695040888963407U;
	return (unsigned int)(dice >> 33) % sides;
}

/* One random file of assignments to GRUB_A, GRUB_B and GRUB_C. */
static void roll_file(struct vw_bytes *text)
{
	static const char *const parts[] = { "a", "quiet", "-x=1,2", "\"b c\"", "'d \"e'",
		"\"f \\\"g\\\" \\$h\"", "\\ ", "$GRUB_A", "${GRUB_B}", "\"$GRUB_C i\"",
		"\"${GRUB_A:+$GRUB_B }j\"", "\"${GRUB_C:-k l}\"", "\"m \\\n n\"", "'$GRUB_A'",
		"\"\"", "o\\\"p", "\"it's\"", "\"q\\\\\"" };
	static const char *const ends[] = { "\n", " # c\n", "; ", "\n\n", " \\\n", "\n  " };
	static const char *const others[] = { "# GRUB_A=no\n", "true\n", "if false; then :; fi\n",
		"export GRUB_D=1 ", ": \"x ; GRUB_A=no\"\n", "[ a = a ] || true\n",
		"case x in y) ;; esac\n" };

	for (unsigned int lines = 1 + roll(6); lines > 0; lines--) {
		/* Behind a continuation only a further assignment belongs. */
		if (roll(4) == 0 && !(text->len > 1 && text->data[text->len - 2] == '\\'))
			vw_bytes_addf(text, "%s", others[roll(VW_ARRAY_SIZE(others))]);
		vw_bytes_addf(text, "GRUB_%c=", 'A' + (char)roll(3));
		for (unsigned int n = roll(4); n > 0; n--)
			vw_bytes_addf(text, "%s", parts[roll(VW_ARRAY_SIZE(parts))]);
		vw_bytes_addf(text, "%s", ends[roll(VW_ARRAY_SIZE(ends))]);
	}
	vw_bytes_addf(text, "\n");
}

/* What this shell makes of ROUNDS files: "A|B|C" and a NUL for each. */
static char *ask_shell(const struct tree *tree, const char *shell)
{
	char command[1024];
	size_t room = 1 << 20, len;
	char *answer = calloc(1, room);
	FILE *pipe;

	snprintf(command, sizeof(command),
		"%s -c 'i=0; while [ $i -lt %d ]; do (. %s/f$i >/dev/null 2>&1; "
		"printf \"%%s|%%s|%%s\\0\" \"$GRUB_A\" \"$GRUB_B\" \"$GRUB_C\"); "
		"i=$((i+1)); done' 2>&1",
		shell, ROUNDS, tree->root);
	pipe = popen(command, "r");
	assert_true(pipe && answer);
	len = fread(answer, 1, room - 1, pipe);
	assert_true(len < room - 1);
	assert_int_equal(pclose(pipe), 0);
	return answer;
}

static void test_shells(void **ctx)
{
	static const char *const shells[] = { "dash", "bash --posix", "bash" };
	static struct vw_bytes texts[ROUNDS];
	struct tree tree;
	size_t asked = 0, known = 0;

	(void)ctx;
	tree_new(&tree);
	for (int i = 0; i < ROUNDS; i++) {
		char name[32];

		roll_file(&texts[i]);
		snprintf(name, sizeof(name), "/f%d", i);
		tree_bytes(&tree, name, texts[i].data, texts[i].len);
	}
	for (size_t s = 0; s < VW_ARRAY_SIZE(shells); s++) {
		char probe[64];
		vw_auto_free char *answers = NULL;
		const char *answer;

		snprintf(probe, sizeof(probe), "%s -c : 2>/dev/null", shells[s]);
		if (system(probe) != 0)
			continue;
		asked++;
		answer = answers = ask_shell(&tree, shells[s]);
		for (int i = 0; i < ROUNDS; i++, answer += strlen(answer) + 1) {
			vw_auto(vw_shell_env_free) struct vw_shell_env env = { 0 };
			vw_auto(vw_bytes_free) struct vw_bytes ours = { 0 };
			bool unknown = false;

			evaluate(texts[i].data, &env);
			for (char name[] = "GRUB_A"; name[5] <= 'C'; name[5]++) {
				const struct vw_shell_var *var = vw_shell_get(&env, name, 6);

				unknown |= var && var->unknown;
				vw_bytes_addf(&ours, "%s%s",
					var && var->value.data ? var->value.data : "",
					name[5] < 'C' ? "|" : "");
			}
			known += !unknown;
			if (!unknown && strcmp(ours.data, answer) != 0)
				fail_msg("%s:\n%s\nours:  %s\nshell: %s", shells[s], texts[i].data,
					ours.data, answer);
		}
	}
	for (int i = 0; i < ROUNDS; i++)
		vw_bytes_free(&texts[i]);
	tree_free(&tree);
	if (!asked)
		skip();
	assert_true(known > asked * ROUNDS / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_blame),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_shells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
