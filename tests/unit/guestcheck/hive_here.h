/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hive_here: registry hives for unit tests: made from a few lines, and read with hivex in this process. */
#ifndef VW_TEST_HIVE_HERE_H
#define VW_TEST_HIVE_HERE_H

#include "../tree.h"

#include "hive.h"

/* Reads hives of a tree; data is a struct hive_here. */
struct hive_here {
	struct tree *tree;
	void *hive; /* the open one */
};
extern const struct vw_hive_source hive_here_source;

/* Makes a hive at path from lines like these; a key or value that is named again is changed:
 *
 *   [Select]
 *   Current=dword:1
 *   [Setup\Names]
 *   =sz:the default value
 *   Many=multi:one|two|three
 *   Blob=hex:01 ff 00 00
 *   Odd=hex(1):41 00 42
 *
 * further: NULL, or more such lines. Whatever fails fails the test. */
void hive_write(struct tree *tree, const char *path, const char *lines, const char *further);

/* Makes the hive's two sequence numbers differ, as in one that was not written to its end. */
void hive_unfinished(struct tree *tree, const char *path);

#endif
