/* SPDX-License-Identifier: GPL-2.0-or-later */
/* places: where kernel command lines stand in a boot loader's file. */
#ifndef VW_PLACES_H
#define VW_PLACES_H

#include "error.h"
#include "quoting.h"

#include <stdbool.h>
#include <stddef.h>

/* One command line (or part of one) in a file. */
struct vw_place {
	size_t begin, len; /* in the text; quotes around it are not part of it */
	enum vw_quoting quoting;
	unsigned int line; /* from 1 */
	char label
		[64]; /* what it belongs to: the entry's title, the variable's name; not escaped */
	/* Nothing is added here, because what is wanted comes from another place (the first part of a command line in several parts,
	 * $kernelopts); what stands in the way is taken out all the same. */
	bool clean_only;
	/* A line that is vfward's own: undo takes it out whole, [line_begin, line_end). 0, 0 = it is not. */
	size_t line_begin, line_end;
};
struct vw_places {
	struct vw_place *v;
	size_t n;
};
void vw_places_free(struct vw_places *places);
/* Appends a copy; -ENOMEM. */
int vw_places_add(struct vw_places *places, const struct vw_place *place);

/* The label of a place: [begin, end) of the text, cut if need be. */
void vw_place_label(struct vw_place *place, const char *text, size_t begin, size_t end);

#endif
