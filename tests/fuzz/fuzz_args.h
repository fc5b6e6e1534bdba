/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_args: what must hold of any bytes in a file with kernel command lines, whatever its format. */
#ifndef VW_FUZZ_ARGS_H
#define VW_FUZZ_ARGS_H

#include "fuzz.h"

#include "args_file.h"

#include <errno.h>

static const struct vw_boot_args fuzz_wants[] = {
	{ .intel_iommu = true, .passthrough = true },
	{ .intel_iommu = false },
};

/* In order, inside of the text, not one into the other. */
static inline void fuzz_check_places(const struct vw_places *places, size_t len)
{
	size_t end = 0;

	for (size_t i = 0; i < places->n; i++) {
		const struct vw_place *place = &places->v[i];

		MUST(place->begin >= end && place->begin <= len);
		MUST(place->len <= len - place->begin && place->line > 0);
		MUST(memchr(place->label, '\0', sizeof(place->label)));
		end = place->begin + place->len;
	}
}

/* Outside of the places every byte is as it was; each of them says what is wanted. */
static inline void fuzz_check_edited(const struct vw_args_format *format,
	const struct vw_bytes *before, const struct vw_bytes *after,
	const struct vw_boot_args *want)
{
	struct vw_places a = { 0 }, b = { 0 };
	size_t i = 0, k = 0;

	MUST(format->find(before->data, before->len, &a, NULL) == 0);
	MUST(format->find(after->data, after->len, &b, NULL) == 0);
	fuzz_check_places(&b, after->len);
	MUST(a.n == b.n);
	for (size_t n = 0; n < a.n; n++) {
		const struct vw_place *x = &a.v[n], *y = &b.v[n];
		/* A bare word that has become two got quotes. */
		size_t quote = x->quoting == VW_QUOTE_BARE && y->quoting != VW_QUOTE_BARE;

		MUST(x->begin - i + quote == y->begin - k);
		MUST(memcmp(before->data + i, after->data + k, x->begin - i) == 0);
		MUST(x->clean_only == y->clean_only && strcmp(x->label, y->label) == 0);
		if (!y->clean_only)
			MUST(vw_cmdline_says(after->data + y->begin, y->len, want));
		i = x->begin + x->len;
		k = y->begin + y->len + quote;
	}
	if (!format->finish) {
		MUST(before->len - i == after->len - k);
		MUST(memcmp(before->data + i, after->data + k, before->len - i) == 0);
	}
	vw_places_free(&a);
	vw_places_free(&b);
}

static inline void fuzz_args(const struct vw_args_format *format, const uint8_t *data, size_t size)
{
	struct vw_bytes before = { 0 };
	struct vw_places places = { 0 };
	struct vw_error err = { "" };
	int rc;

	vw_bytes_add(&before, data, size);
	rc = format->find(before.data, before.len, &places, &err);
	MUST(rc == 0 || (rc == -EBADMSG && err.msg[0]));
	fuzz_check_printable(err.msg);
	if (rc == 0)
		fuzz_check_places(&places, before.len);
	vw_places_free(&places);
	for (size_t i = 0; i < sizeof(fuzz_wants) / sizeof(fuzz_wants[0]); i++) {
		struct vw_bytes after = { 0 }, again = { 0 }, back = { 0 };

		rc = vw_args_file_edit(
			format, before.data, before.len, &fuzz_wants[i], &after, &err);
		MUST(rc == 0 || rc == 1 || rc == -EBADMSG || rc == -E2BIG);
		fuzz_check_printable(err.msg);
		if (rc == 1) {
			fuzz_check_edited(format, &before, &after, &fuzz_wants[i]);
			MUST(vw_args_file_edit(format, after.data, after.len, &fuzz_wants[i],
				     &again, &err) == 0);
			MUST(vw_args_file_undo(format, &before, &after, &after, &back, &err) == 1);
			MUST(vw_bytes_equal(&before, &back));
		}
		vw_bytes_free(&after);
		vw_bytes_free(&again);
		vw_bytes_free(&back);
	}
	vw_bytes_free(&before);
}

#endif
