/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grub_script: the words and commands of GRUB's script language (GRUB manual, "Writing full configuration files directly"). */
#include "grub_script.h"

#include "cleanup.h"
#include "shell_vars.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A generated file has some fifty variables, and what they come to is shorter than the file; one that was made to hurt doubles a variable
 * in every line. */
#define VARS_MAX     512
#define EXPANDED_MAX (4U << 20)

/* --- variables --- */

static struct vw_grub_var *find(const struct vw_grub_script *script, const char *name, size_t len)
{
	for (size_t i = 0; i < script->n_vars; i++)
		if (strlen(script->vars[i].name) == len && !memcmp(script->vars[i].name, name, len))
			return &script->vars[i];
	return NULL;
}

const char *vw_grub_script_get(const struct vw_grub_script *script, const char *name, size_t len)
{
	const struct vw_grub_var *var = find(script, name, len);

	if (var)
		return var->value;
	/* What generated files ask for, GRUB has since 2.00. */
	return len > 8 && !memcmp(name, "feature_", 8) ? "y" : "";
}

int vw_grub_script_set(struct vw_grub_script *script, const char *name, size_t len,
	const char *value, size_t value_len)
{
	struct vw_grub_var *var = find(script, name, len);
	char *copy;

	if (!var && script->n_vars == VARS_MAX)
		return 0;
	copy = strndup(value, value_len);

	if (!var && copy) {
		/* Room for powers of two. */
		if ((script->n_vars & (script->n_vars - 1)) == 0) {
			var = reallocarray(script->vars, script->n_vars ? 2 * script->n_vars : 1,
				sizeof(*var));
			script->vars = var ? var : script->vars;
		} else {
			var = script->vars;
		}
		if (var) {
			var = &script->vars[script->n_vars];
			*var = (struct vw_grub_var){ .name = strndup(name, len) };
			var = var->name ? var : NULL;
		}
		script->n_vars += var != NULL;
	}
	if (!var || !copy) {
		free(copy);
		return -ENOMEM;
	}
	free(var->value);
	var->value = copy;
	return 0;
}

/* --- words --- */

static int add_word(struct vw_grub_script *script, struct vw_bytes *word, bool *any)
{
	char **more = script->words;

	if (script->n_words == script->room) {
		script->room = script->room ? 2 * script->room : 32;
		more = reallocarray(script->words, script->room, sizeof(*more));
		if (!more)
			return -ENOMEM;
		script->words = more;
	}
	if (!word->data)
		vw_bytes_add(word, "", 0);
	if (word->lost)
		return -ENOMEM;
	script->words[script->n_words++] = word->data;
	*word = (struct vw_bytes){ 0 };
	*any = false;
	return 0;
}

/* An unquoted variable is cut into words at its blanks. */
static int add_split(
	struct vw_grub_script *script, const char *value, struct vw_bytes *word, bool *any)
{
	for (; *value; value++) {
		if (*value != ' ' && *value != '\t') {
			vw_bytes_add(word, value, 1);
			*any = true;
		} else if (*any && add_word(script, word, any)) {
			return -ENOMEM;
		}
	}
	return 0;
}

/* $NAME, ${NAME} or $1 and the like at script->at. */
static int read_variable(
	struct vw_grub_script *script, bool in_quotes, struct vw_bytes *word, bool *any)
{
	const char *text = script->text;
	size_t begin = script->at + 1, n, len = script->len;
	bool brace = begin < len && text[begin] == '{';
	const char *value;

	begin += brace;
	n = vw_shell_name(text + begin, len - begin);
	if (n == 0 && begin < len && strchr("0123456789?@#*", text[begin]))
		n = 1;
	if (n == 0 || (brace && (begin + n >= len || text[begin + n] != '}'))) {
		vw_bytes_add(word, "$", 1);
		*any = true;
		script->at++;
		return 0;
	}
	script->at = begin + n + brace;
	script->unknown |= n > 5 && !memcmp(text + begin, "grub_", 5);
	value = vw_grub_script_get(script, text + begin, n);
	script->expanded += strlen(value);
	if (script->expanded > EXPANDED_MAX)
		return -E2BIG;
	if (!in_quotes)
		return add_split(script, value, word, any);
	vw_bytes_add(word, value, strlen(value));
	return 0;
}

/* Behind an opening quote. 0, -EBADMSG or -E2BIG without a message, -ENOMEM. */
static int read_quoted(struct vw_grub_script *script, char quote, struct vw_bytes *word, bool *any)
{
	while (script->at < script->len && script->text[script->at] != quote) {
		char c = script->text[script->at];

		if (quote == '"' && c == '$') {
			int rc = read_variable(script, true, word, any);

			if (rc < 0)
				return rc;
			continue;
		}
		if (quote == '"' && c == '\\' && script->at + 1 < script->len &&
			strchr("$\"\\\n", script->text[script->at + 1])) {
			c = script->text[++script->at];
			script->line += c == '\n';
			script->at++;
			if (c != '\n')
				vw_bytes_add(word, &c, 1);
			continue;
		}
		script->line += c == '\n';
		vw_bytes_add(word, &c, 1);
		script->at++;
	}
	*any = true;
	return script->at++ < script->len ? 0 : -EBADMSG;
}

/* One character of a word, or a quoted part. 1 = the word is at its end. */
static int read_part(struct vw_grub_script *script, struct vw_bytes *word, bool *any)
{
	char c = script->text[script->at];

	if (c && strchr(" \t\r\n;{}|&<>", c))
		return 1;
	if (c == '$')
		return read_variable(script, false, word, any);
	script->at++;
	if (c == '\'' || c == '"')
		return read_quoted(script, c, word, any);
	if (c == '\\' && script->at < script->len) {
		c = script->text[script->at++];
		script->line += c == '\n';
		if (c == '\n')
			return 0;
	}
	vw_bytes_add(word, &c, 1);
	*any = true;
	return 0;
}

static int read_word(struct vw_grub_script *script, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes word = { 0 };
	unsigned int line = script->line;
	bool any = false;
	int rc = 0;

	while (rc == 0 && script->at < script->len)
		rc = read_part(script, &word, &any);
	if (rc == -EBADMSG)
		return vw_error_set(
			err, EBADMSG, "line %u: a quote that begins here is never closed", line);
	if (rc == -E2BIG)
		return vw_error_set(err, EBADMSG, "line %u: its variables come to too much", line);
	if (rc >= 0 && any)
		rc = add_word(script, &word, &any);
	return rc < 0 ? vw_error_set(err, ENOMEM, "out of memory") : 0;
}

static void forget_command(struct vw_grub_script *script)
{
	for (size_t i = 0; i < script->n_words; i++)
		free(script->words[i]);
	script->n_words = 0;
}

int vw_grub_script_next(struct vw_grub_script *script, struct vw_error *err)
{
	int rc = 0;

	forget_command(script);
	script->line += script->line == 0;
	script->command_line = 0;
	script->unknown = false;
	script->end = 0;
	if (script->at >= script->len)
		return 0;
	while (rc == 0 && script->at < script->len && !script->end) {
		char c = script->text[script->at];

		if (c == '#') {
			while (script->at < script->len && script->text[script->at] != '\n')
				script->at++;
		} else if (c && strchr(" \t\r|&<>", c)) {
			script->at++;
		} else if (c && strchr("\n;{}", c)) {
			script->end = c;
			script->at++;
		} else {
			if (!script->command_line)
				script->command_line = script->line;
			rc = read_word(script, err);
		}
	}
	script->line += script->end == '\n';
	return rc < 0 ? rc : 1;
}

void vw_grub_script_free(struct vw_grub_script *script)
{
	forget_command(script);
	free(script->words);
	for (size_t i = 0; i < script->n_vars; i++) {
		free(script->vars[i].name);
		free(script->vars[i].value);
	}
	free(script->vars);
}
