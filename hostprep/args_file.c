/* SPDX-License-Identifier: GPL-2.0-or-later */
/* args_file: changing the kernel command lines that stand in a file, and taking that back. */
#include "args_file.h"

#include "cleanup.h"
#include "text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A file with more command lines is none that a boot loader would read. */
#define PLACES_MAX 4096

/* Two lines of one label are more likely the same than two with one more token in common. */
#define SAME_LABEL 2

/* A file taken apart: its text and the places in it. */
struct args_text {
	const char *data;
	size_t len;
	struct vw_places places;
};

static void args_text_free(struct args_text *text)
{
	vw_places_free(&text->places);
}

static int find_places(const struct vw_args_format *format, const char *data, size_t len,
	struct args_text *text, struct vw_error *err)
{
	*text = (struct args_text){ .data = data ? data : "", .len = len };
	if (memchr(text->data, '\0', len))
		return vw_error_set(err, EBADMSG, "there is a NUL in it");
	int rc = format->find(text->data, len, &text->places, err);

	if (rc == -ENOMEM)
		return vw_error_set(err, ENOMEM, "out of memory");
	if (rc == 0 && text->places.n > PLACES_MAX)
		return vw_error_set(err, EBADMSG, "it has more than %d command lines", PLACES_MAX);
	return rc;
}

static struct vw_cmdline_text place_text(const struct args_text *text, const struct vw_place *place)
{
	return (struct vw_cmdline_text){ text->data + place->begin, place->len, place->quoting };
}

/* Puts a command line where one stood. A bare word that gets a second one needs quotes; where we have set them for `bare`,
 * they go again. Moves *done, up to where the old text is copied, on. */
static void replace(const struct args_text *text, const struct vw_place *place,
	const struct vw_bytes *line, bool bare, size_t *done, struct vw_bytes *out)
{
	bool quote =
		place->quoting == VW_QUOTE_BARE && line->len && strpbrk(line->data, " \t\n\v\f\r");
	size_t outside = bare && place->quoting == VW_QUOTE_DOUBLE ? 1 : 0;

	vw_bytes_add(out, text->data + *done, place->begin - outside - *done);
	vw_bytes_add(out, "\"", quote);
	vw_bytes_add(out, line->data, line->len);
	vw_bytes_add(out, "\"", quote);
	*done = place->begin + place->len + outside;
}

static int finish(const struct vw_args_format *format, const struct args_text *text, size_t done,
	struct vw_bytes *out, struct vw_error *err)
{
	int rc;

	vw_bytes_add(out, text->data + done, text->len - done);
	if (out->lost)
		return vw_error_set(err, ENOMEM, "out of memory");
	rc = format->finish ? format->finish(out, err) : 0;
	return rc ? rc : 1;
}

int vw_args_file_edit(const struct vw_args_format *format, const char *data, size_t len,
	const struct vw_boot_args *want, struct vw_bytes *after, struct vw_error *err)
{
	struct vw_boot_args less = *want;
	vw_auto(args_text_free) struct args_text text = { 0 };
	size_t done = 0;
	int rc = find_places(format, data, len, &text, err), any = 0;

	less.add_nothing = true;
	after->len = 0;
	for (size_t i = 0; i < text.places.n && rc >= 0; i++) {
		const struct vw_place *place = &text.places.v[i];
		vw_auto(vw_bytes_free) struct vw_bytes line = { 0 };

		rc = vw_cmdline_edit(text.data + place->begin, place->len, place->quoting,
			place->clean_only ? &less : want, &line, NULL, err);
		if (rc < 0)
			return vw_error_prefix(err, rc, "line %u", place->line);
		if (rc)
			replace(&text, place, &line, false, &done, after);
		any |= rc;
	}
	return rc < 0 ? rc : any ? finish(format, &text, done, after, err) : 0;
}

/* --- undo --- */

struct undo {
	struct args_text before, after, now;
	bool *taken; /* of after: some place of now is what became of it */
};

static void undo_free(struct undo *undo)
{
	args_text_free(&undo->before);
	args_text_free(&undo->after);
	args_text_free(&undo->now);
	free(undo->taken);
}

static bool is_own_line(const struct vw_place *place)
{
	return place->line_end > place->line_begin;
}

/* The place of before that the i-th one of after was made of: they stand in the same order; only own lines are new. */
static const struct vw_place *find_before(const struct undo *undo, size_t i)
{
	size_t n_own_before = 0, n_own_after = 0, nth = 0;

	for (size_t k = 0; k < undo->after.places.n; k++)
		n_own_after += is_own_line(&undo->after.places.v[k]);
	for (size_t k = 0; k < undo->before.places.n; k++)
		n_own_before += is_own_line(&undo->before.places.v[k]);
	if (n_own_before == n_own_after)
		return i < undo->before.places.n ? &undo->before.places.v[i] : NULL;
	if (is_own_line(&undo->after.places.v[i]))
		return NULL;
	for (size_t k = 0; k < i; k++)
		nth += !is_own_line(&undo->after.places.v[k]);
	for (size_t k = 0; k < undo->before.places.n; k++)
		if (!is_own_line(&undo->before.places.v[k]) && nth-- == 0)
			return &undo->before.places.v[k];
	return NULL;
}

/* Which place of after is this one, or a copy of; -1 = it has nothing in common with any. */
static long find_after(const struct undo *undo, const struct vw_place *place)
{
	struct vw_cmdline_text now = place_text(&undo->now, place);
	size_t best_score = 1; /* more than that no one has yet must speak for it */
	long best = -1;

	for (size_t i = 0; i < undo->after.places.n; i++) {
		const struct vw_place *other = &undo->after.places.v[i];
		struct vw_cmdline_text after = place_text(&undo->after, other);
		bool same_text =
			now.len && after.len == now.len && !memcmp(after.text, now.text, now.len);
		size_t score = same_text ? VW_CMDLINE_MAX : vw_cmdline_likeness(&after, &now);

		/* Of equals the first that nothing has come of. */
		score = 2 * (score + SAME_LABEL * !strcmp(other->label, place->label)) +
			!undo->taken[i];
		if (score > best_score) {
			best = (long)i;
			best_score = score;
		}
	}
	return best;
}

/* Adds what a place of now becomes. 1 = it changes, 0, -errno. */
static int undo_place(struct undo *undo, const struct vw_place *place, size_t *done,
	struct vw_bytes *out, struct vw_error *err)
{
	long i = find_after(undo, place);
	const struct vw_place *before;
	struct vw_cmdline_text was, made, now = place_text(&undo->now, place);
	vw_auto(vw_bytes_free) struct vw_bytes line = { 0 };
	bool bare;
	int rc;

	if (i < 0)
		return 0;
	before = find_before(undo, (size_t)i);
	undo->taken[i] = true;
	made = place_text(&undo->after, &undo->after.places.v[i]);
	if (!before && is_own_line(place)) {
		vw_bytes_add(out, undo->now.data + *done, place->line_begin - *done);
		*done = place->line_end;
		return 1;
	}
	if (!before)
		return 0;
	was = place_text(&undo->before, before);
	bare = was.quoting == VW_QUOTE_BARE && made.quoting == VW_QUOTE_DOUBLE &&
	       now.quoting == made.quoting && now.len == made.len &&
	       !memcmp(now.text, made.text, now.len);
	/* Inside quotes a bare word reads the same. */
	if (was.quoting == VW_QUOTE_BARE)
		was.quoting = made.quoting;
	rc = vw_cmdline_undo(&was, &made, &now, &line, err);
	if (rc < 0)
		return vw_error_prefix(err, rc, "line %u", place->line);
	if (rc)
		replace(&undo->now, place, &line, bare, done, out);
	return rc;
}

int vw_args_file_undo(const struct vw_args_format *format, const struct vw_bytes *before,
	const struct vw_bytes *after, const struct vw_bytes *now, struct vw_bytes *out,
	struct vw_error *err)
{
	vw_auto(undo_free) struct undo undo = { 0 };
	size_t done = 0;
	int rc, any = 0;

	out->len = 0;
	if (vw_bytes_equal(before, after))
		return 0;
	if (vw_bytes_equal(now, after)) {
		vw_bytes_add(out, before->data, before->len);
		return out->lost ? vw_error_set(err, ENOMEM, "out of memory") : 1;
	}
	rc = find_places(format, before->data, before->len, &undo.before, err);
	if (rc == 0)
		rc = find_places(format, after->data, after->len, &undo.after, err);
	if (rc == 0)
		rc = find_places(format, now->data, now->len, &undo.now, err);
	undo.taken = calloc(undo.after.places.n + 1, sizeof(*undo.taken));
	if (rc == 0 && !undo.taken)
		rc = vw_error_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < undo.now.places.n && rc >= 0; i++) {
		rc = undo_place(&undo, &undo.now.places.v[i], &done, out, err);
		any |= rc > 0;
	}
	return rc < 0 ? rc : any ? finish(format, &undo.now, done, out, err) : 0;
}
