/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz: what every fuzz target needs: the entry point, an assertion that is never compiled out, and what must hold of any text.
 *
 * A target is one file fuzz_NAME.c. libFuzzer hands it a heap block that ends where the input ends; so does replay.c, so that
 * AddressSanitizer sees every look behind it. */
#ifndef VW_FUZZ_H
#define VW_FUZZ_H

#include "finding.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: must hold: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* How many bytes follow the first byte of a UTF-8 character; -1: it is none. */
static inline int fuzz_utf8_rest(unsigned char c)
{
	return c < 0x80 ? 0 : c < 0xc2 ? -1 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : c < 0xf5 ? 3 : -1;
}

/* A one-line text that may go to a terminal: UTF-8 without control characters and without what reorders a line. */
static inline void fuzz_check_printable(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;

	while (*c) {
		int rest = fuzz_utf8_rest(*c);

		MUST(rest >= 0 && *c >= 0x20 && *c != 0x7f);
		MUST(c[0] != 0xc2 || c[1] >= 0xa0); /* the C1 controls */
		/* U+202A to U+202E, and U+2066 to U+2069 */
		MUST(c[0] != 0xe2 || c[1] != 0x80 || c[2] < 0xaa || c[2] > 0xae);
		MUST(c[0] != 0xe2 || c[1] != 0x81 || c[2] < 0xa6 || c[2] > 0xa9);
		for (c++; rest > 0; rest--, c++)
			MUST((*c & 0xc0) == 0x80);
	}
}

/* Inputs of two parts have a line "%%" between them; without one the second part is empty. Returns the length of the first. */
static inline size_t fuzz_split(
	const uint8_t *data, size_t size, const uint8_t **second, size_t *second_size)
{
	const uint8_t *line = memmem(data, size, "\n%%\n", 4);

	*second = line ? line + 4 : data + size;
	*second_size = size - (size_t)(*second - data);
	return line ? (size_t)(line - data) + 1 : size;
}

/* Every finding may be shown, and is of bounded size. */
static inline void fuzz_check_findings(const struct vw_findings *findings)
{
	MUST(!findings->lost);
	for (size_t i = 0; i < findings->n; i++) {
		const struct vw_finding *finding = &findings->v[i];

		MUST(finding->id && finding->id[0]);
		MUST(strlen(finding->subject) <= VW_FINDING_TEXT_MAX);
		MUST(strlen(finding->message) <= VW_FINDING_TEXT_MAX);
		fuzz_check_printable(finding->subject);
		fuzz_check_printable(finding->message);
		if (finding->remedy)
			fuzz_check_printable(finding->remedy);
	}
}

#endif
