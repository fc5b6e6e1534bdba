/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmdline: reading and editing the kernel's command line.
 *
 * Theory of operation: each element of the values that are ours is FOR what is wanted, AGAINST it, or no matter. Editing drops what is AGAINST and adds what is missing; so whether a line says what is wanted does not hang on
 * the order of its tokens, nor on that of the variables that a boot loader puts it together from. */
#include "cmdline_priv.h"

#include "cleanup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum effect { NO_MATTER, FOR, AGAINST };

/* What can be wanted. */
static const struct {
	const char *name;
	enum vw_key key;
	const char *element; /* what says that it is wanted */
	bool first;          /* where in the list that goes */
} keys[] = {
	{ "intel_iommu", VW_KEY_INTEL, "on", true },
	{ "iommu", VW_KEY_IOMMU, "pt", true },
	{ "pci", VW_KEY_PCI, "realloc", false },
};

/* The kernel looks at how an element begins, and not at its end. */
static bool begins(const char *element, size_t len, const char *word)
{
	return len >= strlen(word) && !memcmp(element, word, strlen(word));
}

/* lib/kstrtox.c:kstrtobool: -1 = it is none */
static int read_bool(const char *element, size_t len)
{
	if (len && memchr("yY1tT", element[0], 5))
		return 1;
	if (len && memchr("nN0fF", element[0], 5))
		return 0;
	if (len < 2 || (element[0] != 'o' && element[0] != 'O'))
		return -1;
	return memchr("nN", element[1], 2) ? 1 : memchr("fF", element[1], 2) ? 0 : -1;
}

static void read_iommu(const char *element, size_t len, struct vw_cmdline_state *state)
{
	if (begins(element, len, "off"))
		state->iommu_off = true;
	else if (begins(element, len, "soft"))
		state->soft = true;
	else if (begins(element, len, "pt"))
		state->passthrough = true;
	else if (begins(element, len, "nopt"))
		state->passthrough = false;
}

static void read_pci(const char *element, size_t len, struct vw_cmdline_state *state)
{
	if (begins(element, len, "noari"))
		state->pci_noari = true;
	else if (begins(element, len, "realloc=off"))
		state->pci_realloc = false;
	else if (begins(element, len, "realloc=on") ||
		 (begins(element, len, "realloc") && (len == 7 || element[7] != '=')))
		state->pci_realloc = true;
}

static void read_element(
	enum vw_key key, const char *element, size_t len, struct vw_cmdline_state *state)
{
	switch (key) {
	case VW_KEY_INTEL:
		if (begins(element, len, "on"))
			state->intel_iommu = 1;
		else if (begins(element, len, "off"))
			state->intel_iommu = 0;
		break;
	case VW_KEY_IOMMU:
		read_iommu(element, len, state);
		break;
	case VW_KEY_PASSTHROUGH:
		if (read_bool(element, len) >= 0)
			state->passthrough = read_bool(element, len);
		break;
	case VW_KEY_AMD:
		if (begins(element, len, "off"))
			state->amd_off = true;
		break;
	case VW_KEY_INTREMAP:
		if (begins(element, len, "on"))
			state->no_intremap = false;
		else if (begins(element, len, "off"))
			state->no_intremap = true;
		break;
	case VW_KEY_PCI:
		read_pci(element, len, state);
		break;
	case VW_KEY_NOINTREMAP:
	case VW_KEY_NONE:
		break;
	}
}

void vw_cmdline_read(const char *text, size_t len, struct vw_cmdline_state *state)
{
	struct vw_cmdline_text from = { text, len, VW_QUOTE_PLAIN };
	vw_auto(vw_words_free) struct vw_words line;

	*state = (struct vw_cmdline_state){ .intel_iommu = -1 };
	if (vw_words_parse(&from, &line))
		return;
	for (size_t t = 0; t < line.n; t++) {
		const struct vw_token *token = &line.tokens[t];
		size_t i = token->value, end;

		if (token->key == VW_KEY_NOINTREMAP)
			state->no_intremap = true;
		for (; vw_token_element(&line, token, &i, &end); i = end + 1)
			read_element(token->key, line.text + i, end - i, state);
	}
}

/* What one element by itself does: it is read into a line that says the contrary of what it could say. */
static enum effect judge(
	enum vw_key key, const char *element, size_t len, const struct vw_boot_args *want)
{
	struct vw_cmdline_state low = { .intel_iommu = -1 },
				high = { .passthrough = true, .pci_realloc = true };

	read_element(key, element, len, &low);
	read_element(key, element, len, &high);
	if (low.intel_iommu == 0 || low.iommu_off || low.soft || low.amd_off || low.no_intremap)
		return AGAINST;
	if ((want->passthrough && !high.passthrough) || (want->pci_realloc && !high.pci_realloc))
		return AGAINST;
	return low.intel_iommu == 1 || low.passthrough || low.pci_realloc ? FOR : NO_MATTER;
}

/* --- editing --- */

struct edit {
	struct vw_words line;
	const struct vw_boot_args *want;
	struct vw_piece *pieces;
	struct vw_bytes *added; /* the new tokens, with a blank in front of each */
};

static void edit_free(struct edit *edit)
{
	vw_pieces_free(edit->pieces, &edit->line);
	vw_words_free(&edit->line);
}

/* The token without what is AGAINST, and with `element` put in; nothing in *out: nothing is left of it. */
static bool rewrite(const struct edit *edit, const struct vw_token *token, const char *element,
	bool first, struct vw_bytes *out)
{
	const struct vw_words *line = &edit->line;
	vw_auto(vw_bytes_free) struct vw_bytes list = { 0 };
	bool changed = element != NULL, any = element != NULL;
	size_t count = 0, i = token->value, end;

	if (element && first)
		vw_bytes_addf(&list, "%s%s", element, token->value < token->value_end ? "," : "");
	for (; vw_token_element(line, token, &i, &end); i = end + 1) {
		if (judge(token->key, line->text + i, end - i, edit->want) == AGAINST) {
			changed = true;
			continue;
		}
		any |= end > i;
		if (count++)
			vw_bytes_add(&list, ",", 1);
		vw_words_add(&list, line, i, end);
	}
	if (element && first && !count && list.len > strlen(element))
		list.len--; /* the comma: nothing else is left */
	if (element && !first)
		vw_bytes_addf(&list, "%s%s", list.len ? "," : "", element);
	if (changed && any) {
		vw_words_add(out, line, token->begin, token->value);
		vw_bytes_add(out, list.data, list.len);
		vw_words_add(out, line, token->value_end, token->end);
	}
	out->lost |= list.lost;
	return changed;
}

static bool is_wanted(enum vw_key key, const struct vw_boot_args *want)
{
	if (want->add_nothing)
		return false;
	return (key == VW_KEY_INTEL && want->intel_iommu) ||
	       (key == VW_KEY_IOMMU && want->passthrough) ||
	       (key == VW_KEY_PCI && want->pci_realloc);
}

/* Is there a token that asks for what this key is wanted for? */
static bool is_said(const struct edit *edit, enum vw_key key)
{
	for (size_t t = 0; t < edit->line.n; t++) {
		const struct vw_token *token = &edit->line.tokens[t];
		size_t i = token->value, end;

		if (token->key != key && (key != VW_KEY_IOMMU || token->key != VW_KEY_PASSTHROUGH))
			continue;
		for (; vw_token_element(&edit->line, token, &i, &end); i = end + 1)
			if (judge(token->key, edit->line.text + i, end - i, edit->want) == FOR)
				return true;
	}
	return false;
}

static void edit_tokens(struct edit *edit)
{
	for (size_t t = 0; t < edit->line.n; t++) {
		const struct vw_token *token = &edit->line.tokens[t];

		if (token->key == VW_KEY_NOINTREMAP)
			edit->pieces[t].changed = true;
		else if (token->key != VW_KEY_NONE)
			edit->pieces[t].changed =
				rewrite(edit, token, NULL, false, &edit->pieces[t].text);
	}
	for (size_t k = 0; k < VW_ARRAY_SIZE(keys); k++) {
		size_t home = edit->line.n; /* the last token that takes it */

		if (!is_wanted(keys[k].key, edit->want) || is_said(edit, keys[k].key))
			continue;
		while (home > 0 && (edit->line.tokens[home - 1].key != keys[k].key ||
					   !edit->line.tokens[home - 1].has_value))
			home--;
		if (home == 0) {
			vw_bytes_addf(edit->added, " %s=%s", keys[k].name, keys[k].element);
			continue;
		}
		vw_bytes_free(&edit->pieces[home - 1].text);
		edit->pieces[home - 1].changed = rewrite(edit, &edit->line.tokens[home - 1],
			keys[k].element, keys[k].first, &edit->pieces[home - 1].text);
	}
}

static bool add_change(struct vw_token_changes *changes, const char *old, const char *new)
{
	struct vw_token_change *change = &changes->v[changes->n++];

	change->old = old ? strdup(old) : NULL;
	change->new = new ? strdup(new) : NULL;
	return (!old || change->old) && (!new || change->new);
}

static int report_changes(
	const struct edit *edit, struct vw_token_changes *changes, struct vw_error *err)
{
	char *save = NULL, *word = edit->added->data;
	bool ok;

	/* No more than there are tokens, and one of each key that can be wanted. */
	changes->v = calloc(edit->line.n + VW_ARRAY_SIZE(keys), sizeof(*changes->v));
	ok = changes->v != NULL;
	for (size_t t = 0; t < edit->line.n && ok; t++) {
		const struct vw_token *token = &edit->line.tokens[t];
		vw_auto(vw_bytes_free) struct vw_bytes old = { 0 };

		vw_words_add(&old, &edit->line, token->begin, token->end);
		if (edit->pieces[t].changed)
			ok = old.data && add_change(changes, old.data, edit->pieces[t].text.data);
	}
	if (word)
		word = strtok_r(word, " ", &save);
	for (; word && ok; word = strtok_r(NULL, " ", &save))
		ok = add_change(changes, NULL, word);
	return ok ? 0 : vw_error_set(err, ENOMEM, "out of memory");
}

void vw_token_changes_free(struct vw_token_changes *changes)
{
	for (size_t i = 0; i < changes->n; i++) {
		free(changes->v[i].old);
		free(changes->v[i].new);
	}
	free(changes->v);
	*changes = (struct vw_token_changes){ 0 };
}

/* A line may be too long already; it must not become so by us. */
static int check_length(const struct edit *edit, const struct vw_bytes *out, struct vw_error *err)
{
	struct vw_cmdline_text from = { out->data, out->len, edit->line.from->quoting };
	vw_auto(vw_words_free) struct vw_words line;

	if (out->lost || vw_words_parse(&from, &line))
		return vw_error_set(err, ENOMEM, "out of memory");
	if (line.len >= VW_CMDLINE_MAX && line.len > edit->line.len)
		return vw_error_set(err, E2BIG,
			"the command line would have %zu characters; a kernel takes %d", line.len,
			VW_CMDLINE_MAX - 1);
	return 0;
}

int vw_cmdline_edit(const char *text, size_t len, enum vw_quoting quoting,
	const struct vw_boot_args *want, struct vw_bytes *out, struct vw_token_changes *changes,
	struct vw_error *err)
{
	struct vw_cmdline_text from = { text, len, quoting };
	vw_auto(edit_free) struct edit edit = { .want = want };
	bool changed;
	int rc;

	if (changes)
		*changes = (struct vw_token_changes){ 0 };
	if (vw_words_parse(&from, &edit.line))
		return vw_error_set(err, ENOMEM, "out of memory");
	edit.pieces = vw_pieces_new(&edit.line);
	if (!edit.pieces)
		return vw_error_set(err, ENOMEM, "out of memory");
	edit.added = &edit.pieces[vw_words_room(&edit.line)].front;
	edit_tokens(&edit);
	changed = edit.added->len || edit.added->lost;
	for (size_t t = 0; t < edit.line.n; t++)
		changed |= edit.pieces[t].changed;
	if (!changed)
		return 0;
	out->len = 0;
	vw_words_write(&edit.line, edit.pieces, out);
	rc = check_length(&edit, out, err);
	if (rc == 0 && changes)
		rc = report_changes(&edit, changes, err);
	if (rc == 0)
		return 1;
	if (changes)
		vw_token_changes_free(changes);
	vw_bytes_free(out);
	return rc;
}

bool vw_cmdline_says(const char *text, size_t len, const struct vw_boot_args *want)
{
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };

	return vw_cmdline_edit(text, len, VW_QUOTE_PLAIN, want, &out, NULL, NULL) == 0;
}

void vw_cmdline_culprits(const char *text, size_t len, char *buf, size_t size)
{
	static const struct vw_boot_args nothing;
	vw_auto(vw_token_changes_free) struct vw_token_changes changes = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
	size_t used = 0;

	buf[0] = '\0';
	vw_cmdline_edit(text, len, VW_QUOTE_PLAIN, &nothing, &out, &changes, NULL);
	for (size_t i = 0; i < changes.n; i++) {
		const char *blank = used ? " " : "";

		if (used + strlen(blank) + strlen(changes.v[i].old) < size)
			used += (size_t)snprintf(
				buf + used, size - used, "%s%s", blank, changes.v[i].old);
	}
}
