/* SPDX-License-Identifier: GPL-2.0-or-later */
/* format_grub_legacy: grub.conf and menu.lst, and how long their lines may get. */
#include "args_file.h"

#include "cleanup.h"
#include "grub_legacy.h"
#include "lines.h"

#include <errno.h>

/* GRUB cuts longer lines off (NEW_HEAPSIZE in stage2/shared.h). */
#define LINE_MAX_LEN 1500

static int finish(struct vw_bytes *text, struct vw_error *err)
{
	vw_auto(vw_places_free) struct vw_places places = { 0 };
	struct vw_line line = { 0 };
	int rc = vw_grub_legacy_places(text->data, text->len, &places, err);

	for (size_t i = 0; rc == 0 && i < places.n; i++) {
		const struct vw_place *place = &places.v[i];

		while (line.number < place->line)
			vw_line_next(text->data, text->len, &line);
		if (line.end - line.begin >= LINE_MAX_LEN)
			rc = vw_error_set(err, E2BIG,
				"line %u would have %zu bytes, of which GRUB reads %d", line.number,
				line.end - line.begin, LINE_MAX_LEN - 1);
	}
	return rc;
}

const struct vw_args_format vw_format_grub_legacy = {
	.name = "grub-legacy", .find = vw_grub_legacy_places, .finish = finish
};
