/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shell_eval: what the variables of a shell file come to, without a shell. */
#include "shell_vars.h"

#include "cleanup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct vw_shell_var *vw_shell_get(
	const struct vw_shell_env *env, const char *name, size_t len)
{
	for (size_t i = 0; i < env->n; i++)
		if (strlen(env->v[i].name) == len && !memcmp(env->v[i].name, name, len))
			return &env->v[i];
	return NULL;
}

/* Adds a variable's value; false: unknown. What grub-mkconfig itself exports, and the environment, nobody can tell; a GRUB_
 * variable that no file has set so far is empty. */
static bool add_variable(
	const struct vw_shell_env *env, const char *name, size_t len, struct vw_bytes *out)
{
	const struct vw_shell_var *var = vw_shell_get(env, name, len);

	if (!var)
		return !env->doubt && len > 5 && !memcmp(name, "GRUB_", 5);
	vw_bytes_add(out, var->value.data, var->value.len);
	return !var->unknown;
}

static bool expand(const struct vw_shell_env *env, const char *text, size_t len, bool in_quotes,
	struct vw_bytes *out);

/* ${NAME}, and ${NAME:-WORD}, ${NAME:+WORD} as far as WORD holds no quotes. text begins behind the brace. */
static bool expand_brace(
	const struct vw_shell_env *env, const char *text, size_t len, struct vw_bytes *out)
{
	size_t n = vw_shell_name(text, len);
	vw_auto(vw_bytes_free) struct vw_bytes value = { 0 };
	bool known = n > 0 && add_variable(env, text, n, &value);

	if (known && n < len) {
		if (len - n < 2 || text[n] != ':' || !strchr("-+", text[n + 1]) ||
			memchr(text + n, '"', len - n) || memchr(text + n, '\'', len - n))
			return false;
		if ((text[n + 1] == '+') == (value.len > 0))
			return expand(env, text + n + 2, len - n - 2, true, out);
		if (text[n + 1] == '+')
			return true;
	}
	vw_bytes_add(out, value.data, value.len);
	out->lost |= value.lost;
	return known;
}

static bool expand_dollar(const struct vw_shell_env *env, const char *text, size_t len, size_t *i,
	struct vw_bytes *out)
{
	size_t end = vw_shell_skip(text, len, *i), n;

	if (end == VW_SHELL_OPEN) {
		*i = len;
		return false;
	}
	if (end > *i) {
		n = *i + 2;
		*i = end;
		return text[n - 1] == '{' && expand_brace(env, text + n, end - 1 - n, out);
	}
	n = vw_shell_name(text + *i + 1, len - *i - 1);
	if (n == 0) {
		/* A dollar that begins nothing stands for itself; $1, $?, $'…' cannot be told. */
		vw_bytes_add(out, "$", 1);
		(*i)++;
		return *i == len || strchr(" \t\n/,.:=\"", text[*i]);
	}
	end = *i + 1;
	*i = end + n;
	return add_variable(env, text + end, n, out);
}

/* Adds what a word comes to; false: only what is known of it. */
static bool expand(const struct vw_shell_env *env, const char *text, size_t len, bool in_quotes,
	struct vw_bytes *out)
{
	bool known = true;
	size_t end;

	for (size_t i = 0; i < len;) {
		if (text[i] == '$') {
			known &= expand_dollar(env, text, len, &i, out);
		} else if (text[i] == '\\' && i + 1 < len) {
			if (in_quotes && !strchr("$`\"\\\n", text[i + 1]))
				vw_bytes_add(out, "\\", 1);
			if (text[i + 1] != '\n')
				vw_bytes_add(out, text + i + 1, 1);
			i += 2;
		} else if (text[i] == '`' || (!in_quotes && strchr("\"'", text[i]))) {
			end = vw_shell_skip(text, len, i);
			if (end == VW_SHELL_OPEN)
				return false;
			if (text[i] == '\'')
				vw_bytes_add(out, text + i + 1, end - i - 2);
			else if (text[i] == '"')
				known &= expand(env, text + i + 1, end - i - 2, true, out);
			else
				known = false;
			i = end;
		} else {
			known &= in_quotes || text[i] != '~';
			vw_bytes_add(out, text + i++, 1);
		}
	}
	return known;
}

static struct vw_shell_var *set_variable(struct vw_shell_env *env, const char *name)
{
	struct vw_shell_var *var = (struct vw_shell_var *)vw_shell_get(env, name, strlen(name));

	if (var)
		return var;
	/* Room for powers of two. */
	if ((env->n & (env->n - 1)) == 0) {
		var = reallocarray(env->v, env->n ? 2 * env->n : 1, sizeof(*var));
		if (!var)
			return NULL;
		env->v = var;
	}
	var = &env->v[env->n++];
	*var = (struct vw_shell_var){ 0 };
	memcpy(var->name, name, strlen(name) + 1);
	return var;
}

/* A command may have set anything. */
static void doubt_all(struct vw_shell_env *env, const char *file, unsigned int line)
{
	env->doubt = true;
	for (size_t i = 0; i < env->n; i++) {
		env->v[i].unknown = true;
		env->v[i].file = file;
		env->v[i].line = line;
	}
}

static int assign(struct vw_shell_env *env, const char *text, const struct vw_shell_assign *from,
	const char *file)
{
	struct vw_bytes value = { 0 };
	struct vw_shell_var *var = set_variable(env, from->name);
	bool known = from->sure;

	if (from->append)
		known &= add_variable(env, from->name, strlen(from->name), &value);
	known &= expand(env, text + from->begin, from->end - from->begin, false, &value);
	if (!var || value.lost) {
		vw_bytes_free(&value);
		return -ENOMEM;
	}
	vw_bytes_free(&var->value);
	var->value = value;
	/* NAME="$NAME …" is not to blame for what was unknown already. */
	if (known || !var->unknown || !from->sure || !from->plain) {
		var->file = file;
		var->line = from->line;
	}
	var->unknown = !known;
	return 0;
}

int vw_shell_eval(
	struct vw_shell_env *env, const char *text, const struct vw_shell *shell, const char *file)
{
	bool doubted = shell->doubt == 0;

	for (size_t i = 0; i < shell->n; i++) {
		if (!doubted && shell->v[i].begin > shell->doubt_at) {
			doubt_all(env, file, shell->doubt);
			doubted = true;
		}
		if (shell->v[i].name[0] && assign(env, text, &shell->v[i], file))
			return -ENOMEM;
	}
	if (!doubted)
		doubt_all(env, file, shell->doubt);
	return 0;
}

void vw_shell_env_free(struct vw_shell_env *env)
{
	for (size_t i = 0; i < env->n; i++)
		vw_bytes_free(&env->v[i].value);
	free(env->v);
	*env = (struct vw_shell_env){ 0 };
}
