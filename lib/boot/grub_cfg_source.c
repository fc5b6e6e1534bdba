/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grub_cfg_source: the command source of a grub.cfg: what the admin has written into custom.cfg may set another default. */
#include "grub_cfg_priv.h"

#include "boot_file.h"
#include "cleanup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Lends the walk another text. */
static int read_text(struct vw_grub_walk *walk, const char *path, const struct vw_bytes *text,
	struct vw_error *err)
{
	struct vw_grub_script *script = &walk->script, before = *script;
	const char *file = walk->file;
	size_t outer = walk->outer;
	int rc;

	script->text = text->data;
	script->len = text->len;
	script->at = 0;
	script->line = 0;
	walk->file = path;
	walk->outer = walk->depth;
	rc = vw_grub_read_script(walk, err);
	script->text = before.text;
	script->len = before.len;
	script->at = before.at;
	script->line = before.line;
	script->end = before.end;
	walk->file = file;
	walk->outer = outer;
	return rc < 0 ? vw_error_prefix(err, rc, "%s", path) : 0;
}

int vw_grub_source(struct vw_grub_walk *walk, const char *name, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };
	char path[1024], *copy;
	int rc;

	if (!walk->cfg->host)
		return 0;
	rc = vw_boot_find(walk->cfg->host, "/boot", name, path, sizeof(path));
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot look for %s", name);
	if (rc == 1)
		rc = vw_boot_read(walk->cfg->host, path, &text, err);
	if (rc <= 0 || text.len == 0)
		return rc < 0 ? rc : 0;
	if (walk->n_files == SOURCES_MAX || memchr(text.data, '\0', text.len))
		return vw_error_set(err, EBADMSG,
			walk->n_files == SOURCES_MAX ? "line %u: it sources too many files"
						     : "line %u: a NUL in what it sources",
			walk->script.command_line);
	copy = strdup(path);
	if (!copy)
		return vw_error_set(err, ENOMEM, "out of memory");
	walk->files[walk->n_files++] = copy;
	return read_text(walk, copy, &text, err);
}
