/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shell_vars: the assignments in a file that a shell will read (/etc/default/grub), where they stand, and what they come to.
 *
 * No shell is run, and what only a shell could know (command substitutions, conditions) is said to be unknown. */
#ifndef VW_SHELL_VARS_H
#define VW_SHELL_VARS_H

#include "bytes.h"
#include "error.h"
#include "quoting.h"

#include <stdint.h>

struct vw_shell_assign {
	char name[64]; /* "" = longer than that */
	unsigned int line;
	bool append;       /* NAME+=… */
	bool sure;         /* not inside of if, case, a function, behind && … */
	size_t begin, end; /* the value as it is written, in the text */
	/* One quoted string or one bare word, with no more in it than $NAME: what stands in the quotes. */
	bool plain;
	enum vw_quoting quoting;
	size_t inner, inner_len;
};
struct vw_shell {
	struct vw_shell_assign *v;
	size_t n;
	/* The last command that may set anything (source, eval, …): its line, 0 = there is none; and where it stands. */
	unsigned int doubt;
	size_t doubt_at;
};
/* 0; -EBADMSG with a message that names the line: no shell would read it (or nobody could); -ENOMEM. */
int vw_shell_parse(const char *text, size_t len, struct vw_shell *shell, struct vw_error *err);
void vw_shell_free(struct vw_shell *shell);

struct vw_shell_var {
	char name[64];
	struct vw_bytes value;
	bool unknown;     /* only a shell could tell all of it: value is what is known */
	const char *file; /* where that is decided; the caller's */
	unsigned int line;
};
struct vw_shell_env {
	struct vw_shell_var *v;
	size_t n;
	bool doubt; /* what no file sets may be set all the same */
};
/* What the variables are after this file, too. 0 or -ENOMEM. */
int vw_shell_eval(
	struct vw_shell_env *env, const char *text, const struct vw_shell *shell, const char *file);
/* NULL: nobody sets it. */
const struct vw_shell_var *vw_shell_get(
	const struct vw_shell_env *env, const char *name, size_t len);
void vw_shell_env_free(struct vw_shell_env *env);

/* The end of the quoted part that begins at text[i]: '…', "…", `…`, $(…), ${…}; i itself: none begins there;
 * VW_SHELL_OPEN: it is never closed. */
#define VW_SHELL_OPEN SIZE_MAX
size_t vw_shell_skip(const char *text, size_t len, size_t i);
/* How many bytes of text[0..len) are a variable's name. */
size_t vw_shell_name(const char *text, size_t len);

#endif
