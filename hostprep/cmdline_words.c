/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmdline_words: a command line taken apart and put together again.
 *
 * The text is decoded to what the kernel gets, with a map back to where each byte stands, and cut into tokens as the kernel does it
 * (lib/cmdline.c:next_arg). */
#include "cmdline_priv.h"

#include "cleanup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The kernel's isspace(), in which the no-break space of Latin-1 is one (lib/ctype.c). */
static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == (char)0xa0;
}

static int decode(const struct vw_cmdline_text *from, struct vw_words *line)
{
	line->from = from;
	line->text = malloc(from->len + 1);
	line->at = calloc(from->len + 1, sizeof(*line->at));
	if (!line->text || !line->at)
		return -ENOMEM;
	for (size_t i = 0; i < from->len; i++) {
		size_t begin = i;

		if (from->quoting == VW_QUOTE_DOUBLE && from->text[i] == '\\' &&
			i + 1 < from->len && memchr("$`\"\\\n", from->text[i + 1], 5)) {
			i++;
			if (from->text[i] == '\n')
				continue;
		}
		line->at[line->len] = begin;
		line->text[line->len++] = from->text[i];
	}
	line->at[line->len] = from->len;
	line->text[line->len] = '\0';
	return 0;
}

static const struct {
	const char *name;
	enum vw_key key;
} keys[] = {
	{ "intel_iommu", VW_KEY_INTEL },
	{ "iommu", VW_KEY_IOMMU },
	{ "iommu.passthrough", VW_KEY_PASSTHROUGH },
	{ "amd_iommu", VW_KEY_AMD },
	{ "intremap", VW_KEY_INTREMAP },
	{ "nointremap", VW_KEY_NOINTREMAP },
	{ "pci", VW_KEY_PCI },
};

/* "-" and "_" are alike in the names of parameters (kernel/params.c:parameq). */
static enum vw_key find_key(const char *name, size_t len)
{
	for (size_t k = 0; k < VW_ARRAY_SIZE(keys); k++) {
		size_t i = 0;

		while (i < len && (name[i] == '-' ? '_' : name[i]) == keys[k].name[i])
			i++;
		if (i == len && !keys[k].name[i])
			return keys[k].key;
	}
	return VW_KEY_NONE;
}

/* As next_arg: the first "=" that is not the first byte ends the name; quotes go from around the whole, and from around the value. */
static struct vw_token next_token(const struct vw_words *line, size_t begin)
{
	const char *text = line->text;
	bool quoted = text[begin] == '"', in_quote = quoted;
	size_t name = begin + quoted, equals = 0, i;
	struct vw_token token = { .begin = begin };

	for (i = name; i < line->len && (in_quote || !is_blank(text[i])); i++) {
		if (text[i] == '=' && i > name && !equals)
			equals = i;
		if (text[i] == '"')
			in_quote = !in_quote;
	}
	token.end = i;
	token.open = in_quote;
	token.value_end = i;
	if (equals) {
		token.has_value = true;
		token.value = equals + 1;
		if (token.value < i && text[token.value] == '"') {
			token.value++;
			if (token.value <= i - 1 && text[i - 1] == '"') {
				token.value_end = i - 1;
				quoted = false;
			}
		}
	}
	if (quoted && token.value_end > name && text[i - 1] == '"' && token.value < i)
		token.value_end = i - 1;
	token.key = find_key(text + name, (equals ? equals : token.value_end) - name);
	return token;
}

static bool is_end(const struct vw_words *line, const struct vw_token *token)
{
	size_t quote = line->text[token->begin] == '"';

	return !token->has_value && token->value_end - token->begin - quote == 2 &&
	       !memcmp(line->text + token->begin + quote, "--", 2);
}

int vw_words_parse(const struct vw_cmdline_text *from, struct vw_words *line)
{
	size_t i = 0, room = 0;

	*line = (struct vw_words){ 0 };
	if (decode(from, line))
		return -ENOMEM;
	for (;;) {
		while (i < line->len && is_blank(line->text[i]))
			i++;
		if (!line->n)
			line->lead = i;
		if (line->n == room) {
			struct vw_token *more;

			room = room ? 2 * room : 32;
			more = reallocarray(line->tokens, room, sizeof(*more));
			if (!more)
				return -ENOMEM;
			line->tokens = more;
		}
		if (i == line->len)
			return 0;
		line->tokens[line->n] = next_token(line, i);
		if (is_end(line, &line->tokens[line->n]))
			return 0;
		i = line->tokens[line->n++].end;
	}
}

void vw_words_free(struct vw_words *line)
{
	free(line->text);
	free(line->at);
	free(line->tokens);
}

bool vw_token_element(
	const struct vw_words *line, const struct vw_token *token, size_t *next, size_t *end)
{
	if (!token->has_value || *next > token->value_end)
		return false;
	*end = *next;
	while (*end < token->value_end &&
		(line->text[*end] != ',' || token->key == VW_KEY_PASSTHROUGH))
		(*end)++;
	return true;
}

bool vw_token_equal(const struct vw_words *a, const struct vw_token *x, const struct vw_words *b,
	const struct vw_token *y)
{
	size_t len = x->end - x->begin;

	return len == y->end - y->begin && !memcmp(a->text + x->begin, b->text + y->begin, len);
}

void vw_words_add(struct vw_bytes *out, const struct vw_words *line, size_t begin, size_t end)
{
	vw_bytes_add(out, line->from->text + line->at[begin], line->at[end] - line->at[begin]);
}

/* A token that goes takes the blanks in front of it along, the first one those behind it. */
void vw_words_write(
	const struct vw_words *line, const struct vw_piece *pieces, struct vw_bytes *out)
{
	size_t tail = line->n ? line->tokens[line->n - 1].end : line->lead, skip;
	bool any = false;

	vw_words_add(out, line, 0, line->lead);
	for (size_t t = 0; t <= line->n; t++) {
		const struct vw_piece *piece = &pieces[t];
		const struct vw_token *token = &line->tokens[t];

		for (skip = 0;
			!any && skip < piece->front.len && is_blank(piece->front.data[skip]);)
			skip++;
		if (piece->front.len)
			vw_bytes_add(out, piece->front.data + skip, piece->front.len - skip);
		any |= piece->front.len > 0;
		out->lost |= piece->front.lost || piece->text.lost;
		if (t == line->n || (piece->changed && !piece->text.len))
			continue;
		if (any && t)
			vw_words_add(out, line, line->tokens[t - 1].end, token->begin);
		else if (any)
			vw_bytes_add(out, " ", 1);
		if (piece->changed)
			vw_bytes_add(out, piece->text.data, piece->text.len);
		else
			vw_words_add(out, line, token->begin, token->end);
		any = true;
	}
	if (any && !line->n && tail < line->len)
		vw_bytes_add(out, " ", 1);
	while (!any && tail < line->len && is_blank(line->text[tail]))
		tail++;
	vw_words_add(out, line, tail, line->len);
}

struct vw_piece *vw_pieces_new(const struct vw_words *line)
{
	return calloc(line->n + 1, sizeof(struct vw_piece));
}

void vw_pieces_free(struct vw_piece *pieces, const struct vw_words *line)
{
	for (size_t t = 0; pieces && t <= line->n; t++) {
		vw_bytes_free(&pieces[t].front);
		vw_bytes_free(&pieces[t].text);
	}
	free(pieces);
}

size_t vw_words_room(const struct vw_words *line)
{
	return line->n && line->tokens[line->n - 1].open ? line->n - 1 : line->n;
}
