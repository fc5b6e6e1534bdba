/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grub_cfg_bls: the command blscfg of a grub.cfg, which puts boot loader entries into the menu.
 *
 * Their ids are the files' names without ".conf", the highest version of these comes first, and their options are words of GRUB's script:
 * $kernelopts and $tuned_params come from the environment block or from grub.cfg (grub-core/commands/blscfg.c of Fedora's GRUB). */
#include "grub_cfg_priv.h"

#include "cleanup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int no_memory(struct vw_error *err)
{
	return vw_error_set(err, ENOMEM, "out of memory");
}

static void words_free(struct vw_grub_script *script)
{
	script->vars = NULL; /* the walk's */
	script->n_vars = 0;
	vw_grub_script_free(script);
}

static int read_options(
	struct vw_grub_walk *walk, const char *options, char **cmdline, struct vw_error *err)
{
	vw_auto(words_free) struct vw_grub_script words = { .text = options,
		.len = strlen(options),
		.vars = walk->script.vars,
		.n_vars = walk->script.n_vars,
		.expanded = walk->script.expanded };
	vw_auto(vw_bytes_free) struct vw_bytes line = { 0 };
	int rc = vw_grub_script_next(&words, err);

	if (rc < 0)
		return rc;
	walk->script.expanded = words.expanded;
	for (size_t i = 0; i < words.n_words; i++)
		vw_grub_add_argument(&line, words.words[i]);
	*cmdline = line.lost ? NULL : strdup(line.len ? line.data : "");
	return *cmdline ? 0 : no_memory(err);
}

static int add_entry(struct vw_grub_walk *walk, size_t parent, const struct vw_bls_entry *entry,
	struct vw_error *err)
{
	int rc = vw_grub_add_node(
		walk, parent, entry->title ? entry->title : entry->id, entry->id, entry->line, err);
	struct vw_grub_node *node = &walk->nodes[walk->n - 1];

	if (rc < 0)
		return rc;
	node->file = entry->path;
	node->is_bls = true;
	node->kernel = strdup(entry->kernel);
	if (!node->kernel)
		return no_memory(err);
	rc = read_options(walk, entry->options ? entry->options : "", &node->cmdline, err);
	return rc < 0 ? vw_error_prefix(err, rc, "%s", entry->path) : 0;
}

int vw_grub_add_bls(struct vw_grub_walk *walk, size_t parent, struct vw_error *err)
{
	const struct vw_bls_entries *bls = walk->cfg->bls;
	const struct vw_bls_entry **sorted = NULL;
	int rc = 0;

	if (!bls || bls->n == 0)
		return 0;
	sorted = calloc(bls->n, sizeof(*sorted));
	if (!sorted)
		return no_memory(err);
	vw_bls_sort_grub(bls, sorted);
	for (size_t i = 0; i < bls->n && rc == 0; i++)
		rc = add_entry(walk, parent, sorted[i], err);
	free(sorted);
	return rc;
}
