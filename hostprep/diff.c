/* SPDX-License-Identifier: GPL-2.0-or-later */
/* diff: what changes in a file, as `diff -u` shows it. */

/*
 * Theory of operation. What is equal at both ends is cut off first; between them, the longest common subsequence of lines (the table
 * of its lengths, line by line) says which lines stay. A table that would be too large is not made: then all lines in between go
 * and come. Files that are edited here have a few hundred lines and a few changes.
 */
#include "diff.h"

#include "cleanup.h"

#include <stdint.h>
#include <string.h>

#define CONTEXT   3
#define CELLS_MAX (16U << 20)

struct line {
	const char *text;
	size_t len; /* with its newline */
};
struct lines {
	struct line *v;
	size_t n;
};

/* The lines of both texts, one after the other: ' ' in both, '-' only before, '+' only after. */
struct script {
	struct edit {
		char what;
		struct line line;
	} * v;
	size_t n;
};

static void free_lines(struct lines *lines)
{
	free(lines->v);
}

static void free_script(struct script *script)
{
	free(script->v);
}

static bool split(const struct vw_bytes *text, struct lines *lines)
{
	const char *p = text->data, *end = p + text->len;
	size_t n = 0;

	for (const char *q = p; q < end; q++)
		n += *q == '\n';
	lines->v = calloc(n + 1, sizeof(*lines->v));
	while (lines->v && p < end) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		const char *next = newline ? newline + 1 : end;

		lines->v[lines->n++] = (struct line){ p, (size_t)(next - p) };
		p = next;
	}
	return lines->v;
}

static bool equal(const struct line *a, const struct line *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static void put(struct script *script, char what, struct line line)
{
	script->v[script->n++] = (struct edit){ what, line };
}

/* The n lines a and m lines b: lengths[i * (m + 1) + j] is that of the longest common subsequence of a[i..] and b[j..]. */
static uint32_t *common_lengths(const struct line *a, size_t n, const struct line *b, size_t m)
{
	uint32_t *lengths;

	if (n >= CELLS_MAX / (m + 1))
		return NULL;
	lengths = calloc((n + 1) * (m + 1), sizeof(*lengths));
	for (size_t i = n; lengths && i-- > 0;)
		for (size_t j = m; j-- > 0;) {
			uint32_t *here = &lengths[i * (m + 1) + j];
			uint32_t down = here[m + 1], right = here[1];

			if (equal(&a[i], &b[j]))
				*here = here[m + 2] + 1;
			else
				*here = down >= right ? down : right;
		}
	return lengths;
}

/* The middle, where the two begin and end differently. */
static void compare(
	const struct line *a, size_t n, const struct line *b, size_t m, struct script *script)
{
	vw_auto_free uint32_t *lengths = common_lengths(a, n, b, m);
	size_t i = 0, j = 0;

	while (lengths && i < n && j < m) {
		const uint32_t *here = &lengths[i * (m + 1) + j];

		if (equal(&a[i], &b[j])) {
			put(script, ' ', a[i++]);
			j++;
		} else if (here[m + 1] >= here[1]) {
			put(script, '-', a[i++]);
		} else {
			put(script, '+', b[j++]);
		}
	}
	while (i < n)
		put(script, '-', a[i++]);
	while (j < m)
		put(script, '+', b[j++]);
}

static bool make_script(const struct lines *a, const struct lines *b, struct script *script)
{
	size_t head = 0, tail = 0, least = a->n < b->n ? a->n : b->n;

	while (head < least && equal(&a->v[head], &b->v[head]))
		head++;
	while (tail < least - head && equal(&a->v[a->n - 1 - tail], &b->v[b->n - 1 - tail]))
		tail++;
	script->v = calloc(a->n + b->n + 1, sizeof(*script->v));
	if (!script->v)
		return false;
	for (size_t i = 0; i < head; i++)
		put(script, ' ', a->v[i]);
	compare(a->v + head, a->n - head - tail, b->v + head, b->n - head - tail, script);
	for (size_t i = 0; i < tail; i++)
		put(script, ' ', a->v[a->n - tail + i]);
	return true;
}

/* "START,COUNT" as diff writes it: the count is left out where it is 1, an empty range begins at the line in front of it. */
static void write_range(struct vw_bytes *out, char sign, size_t before, size_t count)
{
	if (count == 1)
		vw_bytes_addf(out, " %c%zu", sign, before + 1);
	else
		vw_bytes_addf(out, " %c%zu,%zu", sign, count ? before + 1 : before, count);
}

static void write_line(struct vw_bytes *out, const struct edit *edit)
{
	vw_bytes_add(out, &edit->what, 1);
	vw_bytes_add(out, edit->line.text, edit->line.len);
	if (edit->line.text[edit->line.len - 1] != '\n')
		vw_bytes_addf(out, "\n\\ No newline at end of file\n");
}

/* Where the hunk ends that has its first change at `first`: changes with at most twice the context between them are one hunk. */
static size_t hunk_end(const struct script *script, size_t first)
{
	size_t end = first;

	for (size_t i = first; i < script->n && i <= end + 2 * CONTEXT; i++)
		if (script->v[i].what != ' ')
			end = i + 1;
	return end + CONTEXT < script->n ? end + CONTEXT : script->n;
}

static void write_hunks(struct vw_bytes *out, const struct script *script)
{
	size_t a = 0, b = 0; /* lines in front of i */

	for (size_t i = 0, first = 0; i < script->n;) {
		size_t end, begin, n_a = 0, n_b = 0;

		while (first < script->n && script->v[first].what == ' ')
			first++;
		if (first == script->n)
			return;
		begin = first - i > CONTEXT ? first - CONTEXT : i;
		a += begin - i;
		b += begin - i;
		end = hunk_end(script, first);
		for (size_t k = begin; k < end; k++) {
			n_a += script->v[k].what != '+';
			n_b += script->v[k].what != '-';
		}
		vw_bytes_addf(out, "@@");
		write_range(out, '-', a, n_a);
		write_range(out, '+', b, n_b);
		vw_bytes_addf(out, " @@\n");
		for (size_t k = begin; k < end; k++)
			write_line(out, &script->v[k]);
		a += n_a;
		b += n_b;
		i = first = end;
	}
}

static bool is_binary(const struct vw_bytes *text)
{
	return text->len && memchr(text->data, '\0', text->len);
}

void vw_diff(struct vw_bytes *out, const char *path, const struct vw_bytes *before,
	const struct vw_bytes *after)
{
	static const struct vw_bytes nothing = { .data = (char *)"" };
	vw_auto(free_lines) struct lines a = { 0 }, b = { 0 };
	vw_auto(free_script) struct script script = { 0 };
	const struct vw_bytes *from = before && before->len ? before : &nothing;
	const struct vw_bytes *to = after->len ? after : &nothing;

	if (before && vw_bytes_equal(from, to))
		return;
	if (is_binary(from) || is_binary(to)) {
		vw_bytes_addf(out, "Binary files %s%s and b%s differ\n", before ? "a" : "",
			before ? path : "/dev/null", path);
		return;
	}
	vw_bytes_addf(
		out, "--- %s%s\n+++ b%s\n", before ? "a" : "", before ? path : "/dev/null", path);
	if (!split(from, &a) || !split(to, &b) || !make_script(&a, &b, &script))
		out->lost = true;
	else
		write_hunks(out, &script);
}
