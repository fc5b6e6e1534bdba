/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_version: any three versions have an order: the same from both sides, and from one to the next. */
#include "fuzz.h"

#include "version.h"

static int sign(int order)
{
	return (order > 0) - (order < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[256] = "", *v[3];

	memcpy(text, data, size < 250 ? size : 250);
	v[0] = text;
	for (int i = 1; i < 3; i++) {
		v[i] = v[i - 1] + strcspn(v[i - 1], "\n");
		if (*v[i])
			*v[i]++ = '\0';
	}
	for (int a = 0; a < 3; a++)
		for (int b = 0; b < 3; b++) {
			int order = vw_version_compare(v[a], v[b]);

			MUST(sign(order) == -sign(vw_version_compare(v[b], v[a])));
			MUST((order == 0) == !strcmp(v[a], v[b]));
			for (int c = 0; c < 3; c++)
				if (order <= 0 && vw_version_compare(v[b], v[c]) <= 0)
					MUST(vw_version_compare(v[a], v[c]) <= 0);
		}
	return 0;
}
