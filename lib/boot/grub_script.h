/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grub_script: GRUB's script language, read command by command, with the variables that are known put in. */
#ifndef VW_GRUB_SCRIPT_H
#define VW_GRUB_SCRIPT_H

#include "bytes.h"
#include "error.h"

struct vw_grub_var {
	char *name, *value;
};

struct vw_grub_script {
	const char *text;
	size_t len, at;
	unsigned int line;
	struct vw_grub_var *vars;
	size_t n_vars;
	size_t expanded; /* bytes that came out of variables so far */
	/* the command that was read last */
	char **words; /* after expansion; an unquoted variable may have become several */
	size_t n_words, room;
	unsigned int command_line; /* where it begins */
	char end;                  /* what ended it: '\n', ';', '{', '}', 0 = the end of the text */
	bool unknown;              /* in it stands a variable that only GRUB knows */
};

/* 1 = a command was read (it may have no words), 0 = the text is at its end, -EBADMSG with a message that names the line, -ENOMEM. */
int vw_grub_script_next(struct vw_grub_script *script, struct vw_error *err);
/* "" = not set. */
const char *vw_grub_script_get(const struct vw_grub_script *script, const char *name, size_t len);
/* 0 (also when there are too many variables already) or -ENOMEM. */
int vw_grub_script_set(struct vw_grub_script *script, const char *name, size_t len,
	const char *value, size_t value_len);
void vw_grub_script_free(struct vw_grub_script *script);

#endif
