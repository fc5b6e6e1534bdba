/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmdline_undo: taking back what was done to a command line, also from one that others have changed since.
 *
 * Theory of operation: three lines, before, after and now, are laid side by side by their longest common run of tokens. Before against
 * after tells what was done; after against now tells where that stands today. Only parameters that are ours to change are looked
 * at. */
#include "cmdline_priv.h"

#include "cleanup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NONE SIZE_MAX
#define TOKENS_MAX                                                                                 \
	VW_CMDLINE_MAX /* of a line twice as long as a kernel takes; a longer one is none */

/* partner[i]: which token of b is the i-th of a, or NONE. */
static int align(const struct vw_words *a, const struct vw_words *b, size_t *partner)
{
	vw_auto_free uint16_t *run = calloc((a->n + 1) * (b->n + 1), sizeof(*run));
	size_t width = b->n + 1, i, j;

	if (!run)
		return -ENOMEM;
	for (i = a->n; i-- > 0;)
		for (j = b->n; j-- > 0;) {
			uint16_t *here = &run[i * width + j];
			uint16_t down = here[width], right = here[1];

			if (vw_token_equal(a, &a->tokens[i], b, &b->tokens[j]))
				*here = (uint16_t)(here[width + 1] + 1);
			else
				*here = down > right ? down : right;
		}
	for (i = 0; i < a->n; i++)
		partner[i] = NONE;
	for (i = j = 0; i < a->n && j < b->n;) {
		if (vw_token_equal(a, &a->tokens[i], b, &b->tokens[j]))
			partner[i++] = j++;
		else if (run[(i + 1) * width + j] >= run[i * width + j + 1])
			i++;
		else
			j++;
	}
	return 0;
}

struct undo {
	struct vw_words before, after, now;
	size_t *became; /* token of before → of after: the same, or changed; NONE = taken out */
	size_t *was;    /* token of after → of before; NONE = added */
	size_t *at;     /* token of after → of now; NONE = no longer there */
	bool *taken;    /* token of now: it is accounted for */
	struct vw_piece *pieces; /* of now */
	bool changed;
};

static void undo_free(struct undo *undo)
{
	vw_pieces_free(undo->pieces, &undo->now);
	free(undo->became);
	free(undo->was);
	free(undo->at);
	free(undo->taken);
	vw_words_free(&undo->before);
	vw_words_free(&undo->after);
	vw_words_free(&undo->now);
}

static int undo_prepare(struct undo *undo)
{
	size_t b = undo->before.n, a = undo->after.n, n = undo->now.n;

	undo->became = calloc(b + 1, sizeof(*undo->became));
	undo->was = calloc(a + 1, sizeof(*undo->was));
	undo->at = calloc(a + 1, sizeof(*undo->at));
	undo->taken = calloc(n + 1, sizeof(*undo->taken));
	undo->pieces = vw_pieces_new(&undo->now);
	if (!undo->became || !undo->was || !undo->at || !undo->taken || !undo->pieces)
		return -ENOMEM;
	if (align(&undo->before, &undo->after, undo->became) ||
		align(&undo->after, &undo->now, undo->at))
		return -ENOMEM;
	for (size_t i = 0; i < a; i++)
		undo->was[i] = NONE;
	for (size_t i = 0; i < b; i++)
		if (undo->became[i] != NONE)
			undo->was[undo->became[i]] = i;
	for (size_t i = 0; i < a; i++)
		if (undo->at[i] != NONE)
			undo->taken[undo->at[i]] = true;
	return 0;
}

/* Between the tokens that stayed, one of before that went and one of after that came with the same key are one that was changed. */
static void pair_changed(struct undo *undo)
{
	size_t from = 0, i = 0;

	for (; i < undo->before.n; i++) {
		const struct vw_token *old = &undo->before.tokens[i];

		if (undo->became[i] != NONE) {
			from = undo->became[i] + 1;
			continue;
		}
		for (size_t j = from; j < undo->after.n && undo->was[j] == NONE; j++)
			if (undo->after.tokens[j].key == old->key && old->key != VW_KEY_NONE) {
				undo->became[i] = j;
				undo->was[j] = i;
				from = j + 1;
				break;
			}
	}
}

/* A token of now that is this one, and not accounted for. */
static size_t find_token(
	const struct undo *undo, const struct vw_words *line, const struct vw_token *token)
{
	for (size_t t = 0; t < undo->now.n; t++)
		if (!undo->taken[t] &&
			vw_token_equal(line, token, &undo->now, &undo->now.tokens[t]))
			return t;
	return NONE;
}

/* [begin, end) of a token's line, so that it may stand where the line of now stands. */
static void add_text(struct undo *undo, struct vw_bytes *out, const struct vw_words *line,
	size_t begin, size_t end)
{
	enum vw_quoting quoting = undo->now.from->quoting;

	if (line->from->quoting == quoting) {
		vw_words_add(out, line, begin, end);
		return;
	}
	for (size_t i = begin; i < end; i++) {
		if (quoting == VW_QUOTE_DOUBLE && strchr("\\$`\"", line->text[i]))
			vw_bytes_add(out, "\\", 1);
		vw_bytes_add(out, line->text + i, 1);
	}
}

/* Can the token be written where the line of now stands? Values of our keys hold no quotes, but for those who ask for trouble. */
static bool can_write(
	const struct undo *undo, const struct vw_words *line, const struct vw_token *token)
{
	const struct vw_cmdline_text *now = undo->now.from;
	const char *text = line->text + token->begin;
	size_t len = token->end - token->begin;

	if (now->quoting == VW_QUOTE_SINGLE)
		return !memchr(text, '\'', len);
	return now->quoting != VW_QUOTE_BARE ||
	       (!memchr(text, '"', len) && !memchr(text, '\'', len) && !memchr(text, '\\', len));
}

/* Is this element of the token in the other one? */
static bool has_element(
	const struct vw_words *line, const struct vw_token *token, const char *element, size_t len)
{
	size_t i = token->value, end;

	for (; vw_token_element(line, token, &i, &end); i = end + 1)
		if (end - i == len && !memcmp(line->text + i, element, len))
			return true;
	return false;
}

static void add_element(struct undo *undo, struct vw_bytes *list, const struct vw_words *line,
	size_t begin, size_t end)
{
	if (list->len)
		vw_bytes_add(list, ",", 1);
	add_text(undo, list, line, begin, end);
}

/* Somebody has changed our token since: the elements that we put in go, and those that we took out come back in front. */
static void undo_elements(struct undo *undo, const struct vw_token *new, const struct vw_token *old)
{
	const struct vw_words *now = &undo->now;
	vw_auto(vw_bytes_free) struct vw_bytes back = { 0 }, rest = { 0 };
	const struct vw_token *token;
	struct vw_piece *piece;
	bool found = false;
	size_t t = 0, i, end;

	while (t < now->n && (undo->taken[t] || now->tokens[t].key != new->key))
		t++;
	if (t == now->n)
		return;
	token = &now->tokens[t];
	piece = &undo->pieces[t];
	for (i = token->value; vw_token_element(now, token, &i, &end); i = end + 1) {
		const char *text = now->text + i;

		if (has_element(&undo->after, new, text, end - i) &&
			!(old && has_element(&undo->before, old, text, end - i)))
			found = true;
		else
			add_element(undo, &rest, now, i, end);
	}
	if (!found)
		return;
	undo->taken[t] = piece->changed = undo->changed = true;
	for (i = old ? old->value : 0; old && vw_token_element(&undo->before, old, &i, &end);
		i = end + 1)
		if (!has_element(&undo->after, new, undo->before.text + i, end - i) &&
			!has_element(now, token, undo->before.text + i, end - i))
			add_element(undo, &back, &undo->before, i, end);
	if (!back.len && !rest.len)
		return;
	vw_words_add(&piece->text, now, token->begin, token->value);
	vw_bytes_add(&piece->text, back.data, back.len);
	vw_bytes_add(&piece->text, ",", back.len && rest.len);
	vw_bytes_add(&piece->text, rest.data, rest.len);
	vw_words_add(&piece->text, now, token->value_end, token->end);
	piece->text.lost |= back.lost || rest.lost;
}

/* What we added goes, what we changed becomes what it was. */
static void undo_after(struct undo *undo)
{
	for (size_t j = 0; j < undo->after.n; j++) {
		const struct vw_token *new = &undo->after.tokens[j], *old = NULL;
		size_t t = undo->at[j];

		if (undo->was[j] != NONE)
			old = &undo->before.tokens[undo->was[j]];
		if (new->key == VW_KEY_NONE ||
			(old && vw_token_equal(&undo->before, old, &undo->after, new)))
			continue;
		if (t == NONE)
			t = find_token(undo, &undo->after, new);
		if (t == NONE) {
			undo_elements(undo, new, old);
			continue;
		}
		undo->taken[t] = undo->changed = undo->pieces[t].changed = true;
		if (old && can_write(undo, &undo->before, old))
			add_text(undo, &undo->pieces[t].text, &undo->before, old->begin, old->end);
	}
}

/* What we took out comes back, behind the token that it stood behind. */
static void undo_before(struct undo *undo)
{
	const struct vw_words *before = &undo->before;
	size_t place = 0; /* the token of now that it comes in front of */

	for (size_t i = 0; i < before->n; i++) {
		const struct vw_token *old = &before->tokens[i];
		size_t t;

		if (undo->became[i] != NONE) {
			t = undo->at[undo->became[i]];
			place = t == NONE ? place : t + 1;
			continue;
		}
		t = old->key == VW_KEY_NONE ? NONE : find_token(undo, before, old);
		if (t != NONE)
			undo->taken[t] = true;
		if (t != NONE || old->key == VW_KEY_NONE || !can_write(undo, before, old))
			continue;
		if (place > vw_words_room(&undo->now))
			place = vw_words_room(&undo->now);
		if (i == 0)
			vw_bytes_add(&undo->pieces[place].front, " ", 1);
		add_text(undo, &undo->pieces[place].front, before,
			i ? before->tokens[i - 1].end : old->begin, old->end);
		undo->changed = true;
	}
}

static bool is_same(const struct vw_cmdline_text *a, const struct vw_cmdline_text *b)
{
	return a->quoting == b->quoting && a->len == b->len &&
	       (!a->len || !memcmp(a->text, b->text, a->len));
}

int vw_cmdline_undo(const struct vw_cmdline_text *before, const struct vw_cmdline_text *after,
	const struct vw_cmdline_text *now, struct vw_bytes *out, struct vw_error *err)
{
	vw_auto(undo_free) struct undo undo = { 0 };

	if (is_same(before, after))
		return 0;
	out->len = 0;
	if (is_same(after, now)) {
		vw_bytes_add(out, before->text, before->len);
		return out->lost ? vw_error_set(err, ENOMEM, "out of memory") : 1;
	}
	if (vw_words_parse(before, &undo.before) || vw_words_parse(after, &undo.after) ||
		vw_words_parse(now, &undo.now))
		return vw_error_set(err, ENOMEM, "out of memory");
	if (undo.before.n > TOKENS_MAX || undo.after.n > TOKENS_MAX || undo.now.n > TOKENS_MAX)
		return vw_error_set(
			err, E2BIG, "the command line has more words than a kernel takes");
	if (undo_prepare(&undo))
		return vw_error_set(err, ENOMEM, "out of memory");
	pair_changed(&undo);
	undo_after(&undo);
	undo_before(&undo);
	if (undo.changed)
		vw_words_write(&undo.now, undo.pieces, out);
	return out->lost ? vw_error_set(err, ENOMEM, "out of memory") : undo.changed;
}

size_t vw_cmdline_likeness(const struct vw_cmdline_text *a, const struct vw_cmdline_text *b)
{
	vw_auto(vw_words_free) struct vw_words x = { 0 }, y = { 0 };
	size_t like = 0;

	if (vw_words_parse(a, &x) || vw_words_parse(b, &y))
		return 0;
	for (size_t i = 0; i < x.n && i < TOKENS_MAX; i++)
		for (size_t j = 0; j < y.n && j < TOKENS_MAX; j++)
			if (vw_token_equal(&x, &x.tokens[i], &y, &y.tokens[j])) {
				like++;
				break;
			}
	return like;
}
