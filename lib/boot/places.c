/* SPDX-License-Identifier: GPL-2.0-or-later */
/* places: where kernel command lines stand in a boot loader's file. */
#include "places.h"

#include "text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void vw_places_free(struct vw_places *places)
{
	free(places->v);
	*places = (struct vw_places){ 0 };
}

int vw_places_add(struct vw_places *places, const struct vw_place *place)
{
	struct vw_place *more = places->v;

	/* Room for powers of two. */
	if ((places->n & (places->n - 1)) == 0)
		more = reallocarray(places->v, places->n ? 2 * places->n : 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	places->v = more;
	places->v[places->n++] = *place;
	return 0;
}

void vw_place_label(struct vw_place *place, const char *text, size_t begin, size_t end)
{
	size_t len = vw_text_cut(text + begin, end - begin, sizeof(place->label) - 1);

	memcpy(place->label, text + begin, len);
	place->label[len] = '\0';
}
