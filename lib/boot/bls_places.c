/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bls_places: where the options stand in boot loader entries, loader/entries/NAME.conf.
 *
 * "KEY VALUE" lines, "#" begins a comment (UAPI.1 Boot Loader Specification). Of several options lines systemd-boot makes one
 * command line, GRUB's blscfg takes the first alone: what is wanted goes there. */
#include "bls_entries.h"
#include "cleanup.h"
#include "lines.h"

#include <string.h>

bool vw_bls_shared(const char *options, size_t len)
{
	static const char *const forms[] = { "$kernelopts", "${kernelopts}" };

	for (size_t i = 0; i < VW_ARRAY_SIZE(forms); i++) {
		const char *found = memmem(options, len, forms[i], strlen(forms[i]));
		size_t behind;

		if (!found)
			continue;
		behind = (size_t)(found - options) + strlen(forms[i]);
		if (behind == len || strchr(" \t\"", options[behind]))
			return true;
	}
	return false;
}

/* systemd-boot takes off quotes that are around the whole value: [begin, end) without them. Else the value stands there with its blanks, so that it
 * is the same place when nothing is left of it. */
static void inside_quotes(const char *text, size_t *begin, size_t *end)
{
	size_t first = vw_skip_blanks(text, *begin, *end), last = vw_trim_blanks(text, first, *end);

	if (last - first >= 2 && text[first] == '"' && text[last - 1] == '"') {
		*begin = first + 1;
		*end = last - 1;
	}
}

/* An entry without a "linux" key starts an EFI program (a shell, memtest), whose options are its own. */
static bool boots_linux(const char *text, size_t len)
{
	struct vw_line line = { 0 };

	while (vw_line_next(text, len, &line)) {
		size_t begin = vw_skip_blanks(text, line.begin, line.end);

		if (vw_begins_with(text, begin, line.end, "linux ") ||
			vw_begins_with(text, begin, line.end, "linux\t"))
			return true;
	}
	return false;
}

int vw_bls_places(const char *text, size_t len, struct vw_places *places, struct vw_error *err)
{
	struct vw_line line = { 0 };
	int rc = 0;

	(void)err;
	if (!boots_linux(text, len))
		return 0;
	while (rc == 0 && vw_line_next(text, len, &line)) {
		size_t begin = vw_skip_blanks(text, line.begin, line.end), end, value;
		struct vw_place place = { .label = "options" };

		if (!vw_begins_with(text, begin, line.end, "options"))
			continue;
		begin += strlen("options");
		/* Another key, or a bare word without room for a value. */
		if (vw_skip_blanks(text, begin, line.end) == begin)
			continue;
		value = begin + 1;
		end = line.end;
		inside_quotes(text, &value, &end);
		place.begin = value;
		place.len = end - value;
		place.line = line.number;
		place.clean_only = places->n > 0 || vw_bls_shared(text + value, end - value);
		rc = vw_places_add(places, &place);
	}
	return rc;
}
