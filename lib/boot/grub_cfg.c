/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grub_cfg: the Linux entries of a generated grub.cfg, and which of them is the default.
 *
 * The file is a script. It is gone through once, with the variables of grubenv; conditions that only GRUB could tell (is there such a
 * file, which platform is it) count as true. Entries are numbered as GRUB numbers them: menus nest, and a default is a number,
 * a title or an id, with ">" between a menu and what is in it (grub-core/normal/menu.c). */
#include "grub_cfg_priv.h"

#include "cleanup.h"
#include "grubenv.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <stdint.h>
#include <string.h>

static int no_memory(struct vw_error *err)
{
	return vw_error_set(err, ENOMEM, "out of memory");
}

static void walk_free(struct vw_grub_walk *walk)
{
	for (size_t i = 0; i < walk->n; i++) {
		free(walk->nodes[i].title);
		free(walk->nodes[i].id);
		free(walk->nodes[i].cmdline);
		free(walk->nodes[i].kernel);
	}
	free(walk->nodes);
	for (size_t i = 0; i < walk->n_files; i++)
		free(walk->files[i]);
	vw_grub_script_free(&walk->script);
}

/* --- blocks --- */

static int push(struct vw_grub_walk *walk, const struct vw_grub_block *block, struct vw_error *err)
{
	if (walk->depth == NESTING_MAX)
		return vw_error_set(
			err, EBADMSG, "line %u: nested too deeply", walk->script.command_line);
	walk->blocks[walk->depth++] = *block;
	return 0;
}

static int pop(struct vw_grub_walk *walk, bool is_brace, enum vw_grub_block_kind kind,
	struct vw_error *err)
{
	const struct vw_grub_block *top =
		walk->depth > walk->outer ? &walk->blocks[walk->depth - 1] : NULL;
	bool fits = top && (is_brace ? top->kind <= BLOCK_ENTRY : top->kind == kind);

	if (!fits)
		return vw_error_set(err, EBADMSG, "line %u: it closes what was never opened",
			is_brace ? walk->script.line : walk->script.command_line);
	walk->depth--;
	return 0;
}

/* Are commands carried out here? guess: entries also count where a condition cannot be told. */
static bool is_active(const struct vw_grub_walk *walk, bool guess)
{
	for (size_t i = 0; i < walk->depth; i++) {
		const struct vw_grub_block *block = &walk->blocks[i];

		if (block->kind == BLOCK_FUNCTION)
			return false;
		if (block->kind == BLOCK_IF && !block->active && !(guess && block->maybe))
			return false;
	}
	return true;
}

/* The menu, or the entry, around; VW_GRUB_TOP = none. */
static size_t around(const struct vw_grub_walk *walk, enum vw_grub_block_kind kind)
{
	for (size_t i = walk->depth; i-- > 0;)
		if (walk->blocks[i].kind == kind)
			return walk->blocks[i].node;
	return VW_GRUB_TOP;
}

/* --- conditions --- */

/* `[ … ]`: 1, 0, -1 = only GRUB could tell. */
static int condition(const struct vw_grub_script *script, size_t at)
{
	char **word = script->words + at;
	size_t n = script->n_words - at;

	if (script->unknown || n < 2 || strcmp(word[0], "[") != 0 || strcmp(word[n - 1], "]") != 0)
		return -1;
	n -= 2;
	word++;
	if (n == 0)
		return 0; /* an unquoted variable that is not set */
	if (n == 1)
		return word[0][0] != '\0';
	if (n == 2 && !strcmp(word[0], "-n"))
		return word[1][0] != '\0';
	if (n == 2 && !strcmp(word[0], "-z"))
		return word[1][0] == '\0';
	if (n == 3 && (!strcmp(word[1], "=") || !strcmp(word[1], "==")))
		return !strcmp(word[0], word[2]);
	if (n == 3 && !strcmp(word[1], "!="))
		return strcmp(word[0], word[2]) != 0;
	return -1;
}

static void branch(struct vw_grub_block *block, int true_here)
{
	block->active = !block->done && true_here != 0;
	block->done |= block->active;
	block->maybe |= true_here < 0;
}

/* --- commands --- */

static int set_variable(struct vw_grub_walk *walk, const char *word, struct vw_error *err)
{
	const char *equals = strchr(word, '=');

	if (!equals || equals == word || !is_active(walk, false) ||
		around(walk, BLOCK_ENTRY) != VW_GRUB_TOP)
		return 0;
	if (equals - word == strlen("default") && !strncmp(word, "default", strlen("default"))) {
		walk->default_line = walk->script.command_line;
		walk->default_file = walk->file;
	}
	return vw_grub_script_set(
		       &walk->script, word, (size_t)(equals - word), equals + 1, strlen(equals + 1))
		       ? no_memory(err)
		       : 0;
}

int vw_grub_add_node(struct vw_grub_walk *walk, size_t parent, const char *title, const char *id,
	unsigned int line, struct vw_error *err)
{
	struct vw_grub_node *node = walk->nodes;
	unsigned int number = 0;

	if (walk->n == NODES_MAX)
		return vw_error_set(err, EBADMSG, "line %u: more than %d entries",
			walk->script.command_line, NODES_MAX);
	for (size_t i = 0; i < walk->n; i++)
		number += walk->nodes[i].parent == parent;
	if ((walk->n & (walk->n - 1)) == 0)
		node = reallocarray(walk->nodes, walk->n ? 2 * walk->n : 1, sizeof(*node));
	if (!node)
		return no_memory(err);
	walk->nodes = node;
	node += walk->n++;
	*node = (struct vw_grub_node){ .parent = parent,
		.number = number,
		.line = line,
		.file = walk->file,
		.title = strdup(title),
		.id = id ? strdup(id) : NULL };
	return !node->title || (id && !node->id) ? no_memory(err) : 0;
}

/* menuentry TITLE [--class X] [--users X] [--hotkey X] [--source X] [--id X] [--unrestricted] */
static int read_entry(struct vw_grub_walk *walk, size_t at, struct vw_error *err)
{
	const struct vw_grub_script *script = &walk->script;
	const char *title = NULL, *id = NULL;

	for (size_t i = at + 1; i < script->n_words; i++) {
		const char *word = script->words[i];
		bool takes = !strcmp(word, "--class") || !strcmp(word, "--users") ||
			     !strcmp(word, "--hotkey") || !strcmp(word, "--source");

		if (!strcmp(word, "--id") && i + 1 < script->n_words)
			id = script->words[++i];
		else if (takes)
			i++;
		else if (word[0] != '-' && !title)
			title = word;
	}
	return vw_grub_add_node(
		walk, around(walk, BLOCK_MENU), title ? title : "", id, script->command_line, err);
}

/* A word as it gets into the kernel's command line (grub-core/lib/cmdline.c): quoted if there is a blank in it. */
void vw_grub_add_argument(struct vw_bytes *out, const char *word)
{
	const char *quote = strchr(word, ' ') ? "\"" : "";

	vw_bytes_addf(out, "%s%s", out->len ? " " : "", quote);
	for (; *word; word++) {
		if (strchr("\\\"'", *word))
			vw_bytes_add(out, "\\", 1);
		vw_bytes_add(out, word, 1);
	}
	vw_bytes_addf(out, "%s", quote);
}

/* linux FILE ARGUMENTS…; with Xen it is a module, after the hypervisor. */
static int read_linux(struct vw_grub_walk *walk, size_t at, struct vw_error *err)
{
	const struct vw_grub_script *script = &walk->script;
	size_t entry = around(walk, BLOCK_ENTRY), i = at + 1;
	vw_auto(vw_bytes_free) struct vw_bytes line = { 0 };
	const char *base;

	while (i < script->n_words && !strncmp(script->words[i], "--", 2))
		i++;
	if (entry == VW_GRUB_TOP || walk->nodes[entry].cmdline || i == script->n_words)
		return 0;
	base = strrchr(script->words[i], '/');
	base = base ? base + 1 : script->words[i];
	if (script->words[at][0] == 'm' && strncmp(base, "vmlinu", 6) != 0)
		return 0;
	walk->nodes[entry].kernel = strdup(script->words[i]);
	for (i++; i < script->n_words; i++)
		vw_grub_add_argument(&line, script->words[i]);
	walk->nodes[entry].cmdline = line.lost ? NULL : strdup(line.len ? line.data : "");
	walk->nodes[entry].line = script->command_line;
	return walk->nodes[entry].cmdline && walk->nodes[entry].kernel ? 0 : no_memory(err);
}

static bool is_linux(const char *word)
{
	static const char *const words[] = { "linux", "linux16", "linuxefi", "module", "module2" };

	for (size_t i = 0; i < VW_ARRAY_SIZE(words); i++)
		if (!strcmp(word, words[i]))
			return true;
	return false;
}

/* Commands that begin or end a block without a brace. 1 = it was one of them, whose words from *at on are a command, 0, -errno. */
static int read_keyword(struct vw_grub_walk *walk, size_t *at, struct vw_error *err)
{
	const char *word = walk->script.words[*at];
	struct vw_grub_block block = { .kind = BLOCK_IF, .line = walk->script.command_line };
	struct vw_grub_block *top =
		walk->depth > walk->outer ? &walk->blocks[walk->depth - 1] : NULL;
	bool elif = !strcmp(word, "elif"), otherwise = !strcmp(word, "else");

	(*at)++;
	if (!strcmp(word, "then") || !strcmp(word, "do"))
		return 1;
	if (!strcmp(word, "if")) {
		branch(&block, condition(&walk->script, *at));
		*at = walk->script.n_words;
		return push(walk, &block, err) ? -EBADMSG : 1;
	}
	if (elif || otherwise) {
		if (!top || top->kind != BLOCK_IF)
			return vw_error_set(err, EBADMSG, "line %u: %s without if",
				walk->script.command_line, word);
		branch(top, otherwise ? 1 : condition(&walk->script, *at));
		if (elif)
			*at = walk->script.n_words;
		return 1;
	}
	if (!strcmp(word, "for") || !strcmp(word, "while") || !strcmp(word, "until")) {
		block.kind = BLOCK_LOOP;
		*at = walk->script.n_words;
		return push(walk, &block, err) ? -EBADMSG : 1;
	}
	if (!strcmp(word, "fi") || !strcmp(word, "done"))
		return pop(walk, false, *word == 'f' ? BLOCK_IF : BLOCK_LOOP, err) ? -EBADMSG : 1;
	(*at)--;
	return 0;
}

/* What is in a menu is not carried out before somebody opens it: SUSE's sources a file for each snapshot there. */
static bool is_outside(const struct vw_grub_walk *walk)
{
	return around(walk, BLOCK_MENU) == VW_GRUB_TOP && around(walk, BLOCK_ENTRY) == VW_GRUB_TOP;
}

static int read_command(struct vw_grub_walk *walk, struct vw_error *err)
{
	struct vw_grub_script *script = &walk->script;
	const char *word;
	size_t at = 0;
	int rc = 1;

	while (rc == 1 && at < script->n_words)
		rc = read_keyword(walk, &at, err);
	if (rc < 0 || at >= script->n_words)
		return rc < 0 ? rc : 0;
	word = script->words[at];
	walk->opening =
		(struct vw_grub_block){ .kind = BLOCK_FUNCTION, .line = script->command_line };
	walk->opens = !strcmp(word, "function");
	if (!strcmp(word, "menuentry") || !strcmp(word, "submenu")) {
		walk->opens = true;
		if (!is_active(walk, true))
			return 0; /* its block is passed over as a function's is */
		walk->opening.kind = word[0] == 'm' ? BLOCK_ENTRY : BLOCK_MENU;
		walk->opening.node = walk->n;
		return read_entry(walk, at, err);
	}
	if (!strcmp(word, "set"))
		return at + 1 < script->n_words ? set_variable(walk, script->words[at + 1], err)
						: 0;
	if (!strcmp(word, "blscfg"))
		return is_active(walk, true) ? vw_grub_add_bls(walk, around(walk, BLOCK_MENU), err)
					     : 0;
	if (!strcmp(word, "source") || !strcmp(word, "."))
		return at + 1 < script->n_words && is_active(walk, false) && is_outside(walk)
			       ? vw_grub_source(walk, script->words[at + 1], err)
			       : 0;
	if (is_linux(word))
		return read_linux(walk, at, err);
	return set_variable(walk, word, err);
}

int vw_grub_read_script(struct vw_grub_walk *walk, struct vw_error *err)
{
	int rc;

	while ((rc = vw_grub_script_next(&walk->script, err)) == 1) {
		char end = walk->script.end;

		/* "menuentry 'x' {" may go over two lines. */
		if (walk->script.n_words) {
			walk->opens = false;
			rc = read_command(walk, err);
		}
		if (rc >= 0 && end == '{') {
			if (!walk->opens)
				walk->opening = (struct vw_grub_block){ .kind = BLOCK_FUNCTION };
			walk->opens = false;
			rc = push(walk, &walk->opening, err);
		} else if (rc >= 0 && end == '}') {
			rc = pop(walk, true, 0, err);
		}
		if (rc < 0)
			return rc;
	}
	if (rc == 0 && walk->depth > walk->outer)
		return vw_error_set(err, EBADMSG, "line %u: what begins here is never closed",
			walk->blocks[walk->depth - 1].line);
	return rc;
}

/* --- the default --- */

/* The part of a default in front of the next ">"; in a title that is written ">>". Moves *rest on. */
static void next_part(const char **rest, struct vw_bytes *part)
{
	part->len = 0;
	vw_bytes_add(part, "", 0);
	for (; **rest; (*rest)++) {
		if (**rest == '>' && *++(*rest) != '>')
			return;
		vw_bytes_add(part, *rest, 1);
	}
}

static bool is_meant(const struct vw_grub_node *node, const char *name)
{
	char *end;

	if ((node->id && !strcmp(node->id, name)) || !strcmp(node->title, name))
		return true;
	return isdigit((unsigned char)*name) && strtoul(name, &end, 10) == node->number && !*end;
}

/* Of a menu's entries the one that is meant, else the first (*found becomes false then); VW_GRUB_TOP = it has none. */
static size_t choose(const struct vw_grub_walk *walk, size_t menu, const char *name, bool *found)
{
	size_t first = VW_GRUB_TOP;

	for (size_t i = 0; i < walk->n; i++) {
		if (walk->nodes[i].parent != menu)
			continue;
		if (is_meant(&walk->nodes[i], name))
			return i;
		if (first == VW_GRUB_TOP)
			first = i;
	}
	*found &= first == VW_GRUB_TOP;
	return first;
}

static int explain(const struct vw_grub_walk *walk, size_t node, bool found, const char *value,
	struct vw_boot_entries *entries)
{
	const struct vw_grub_cfg *cfg = walk->cfg;
	const char *saved = vw_grub_script_get(&walk->script, "saved_entry", strlen("saved_entry"));
	const char *file = walk->nodes[node].file ? walk->nodes[node].file : cfg->path;
	const char *set_in = walk->default_file ? walk->default_file : cfg->path;
	bool bls = walk->nodes[node].is_bls;
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };
	vw_auto_free char *copy = NULL;
	unsigned int line = 0;

	if (!found)
		return vw_boot_entries_explain(entries, bls ? "bls-first" : "grub-first", file,
			walk->nodes[node].line, walk->nodes[node].title);
	if (!*saved || strcmp(saved, value) != 0) {
		vw_bytes_addf(&text, "default=%s", value);
		return vw_boot_entries_explain(entries, bls ? "bls-default" : "grub-default",
			set_in, walk->default_line, text.data);
	}
	vw_bytes_addf(&text, "saved_entry=%s", value);
	if (vw_grubenv_get(cfg->env, cfg->env_len, "saved_entry", &copy, &line))
		return -ENOMEM;
	return vw_boot_entries_explain(entries, bls ? "bls-saved-entry" : "grub-saved-entry",
		line && cfg->env_path ? cfg->env_path : set_in, line ? line : walk->default_line,
		text.data);
}

static int mark_default(struct vw_grub_walk *walk, struct vw_boot_entries *entries)
{
	const char *value = vw_grub_script_get(&walk->script, "default", strlen("default")), *rest;
	vw_auto(vw_bytes_free) struct vw_bytes part = { 0 };
	size_t node = VW_GRUB_TOP;
	bool found = true;

	/* Where only a command adds the entries, what grub2-set-default has saved counts. */
	if (!*value && walk->cfg->bls)
		value = vw_grub_script_get(&walk->script, "saved_entry", strlen("saved_entry"));
	rest = value;
	do {
		size_t next;

		next_part(&rest, &part);
		if (part.lost)
			return -ENOMEM;
		next = choose(walk, node, part.data, &found);
		if (next == VW_GRUB_TOP)
			break;
		node = next;
	} while (true);
	if (node == VW_GRUB_TOP)
		return 0;
	walk->nodes[node].is_default = true;
	return explain(walk, node, found, value, entries);
}

/* --- the environment --- */

/* What is set before the first line: where GRUB and its configuration are, and the environment block. */
static int read_env(struct vw_grub_walk *walk)
{
	static const char *const places[] = { "prefix", "config_directory" };
	const struct vw_grub_cfg *cfg = walk->cfg;
	struct vw_line line = { 0 };
	size_t equals;

	for (size_t i = 0; cfg->host && i < VW_ARRAY_SIZE(places); i++)
		if (vw_grub_script_set(&walk->script, places[i], strlen(places[i]), cfg->path,
			    (size_t)(strrchr(cfg->path, '/') - cfg->path)))
			return -ENOMEM;
	while (cfg->env && vw_grubenv_next(cfg->env, cfg->env_len, &line, &equals)) {
		if (cfg->lasting && vw_begins_with(cfg->env, line.begin, line.end, "next_entry="))
			continue;
		if (vw_grub_script_set(&walk->script, cfg->env + line.begin, equals - line.begin,
			    cfg->env + equals + 1, line.end - equals - 1))
			return -ENOMEM;
	}
	return 0;
}

int vw_grub_cfg_entries(
	const struct vw_grub_cfg *cfg, struct vw_boot_entries *entries, struct vw_error *err)
{
	vw_auto(walk_free) struct vw_grub_walk walk = { .cfg = cfg,
		.script = { .text = cfg->text, .len = cfg->len } };
	int rc;

	if (cfg->len && memchr(cfg->text, '\0', cfg->len))
		return vw_error_set(err, EBADMSG, "there is a NUL in it");
	rc = read_env(&walk) ? no_memory(err) : vw_grub_read_script(&walk, err);
	if (rc < 0)
		return rc;
	if (mark_default(&walk, entries))
		return no_memory(err);
	for (size_t i = 0; i < walk.n && rc == 0; i++) {
		const struct vw_grub_node *node = &walk.nodes[i];

		if (node->cmdline &&
			vw_boot_entries_add(entries,
				&(struct vw_boot_entry){ .title = node->title,
					.file = (char *)(node->file ? node->file : cfg->path),
					.line = node->line,
					.cmdline = node->cmdline,
					.kernel = node->kernel,
					.is_default = node->is_default }))
			rc = no_memory(err);
	}
	return rc;
}
