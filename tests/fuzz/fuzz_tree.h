/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_tree: a recorded machine for targets that read files; it is made at the first input and goes with the process. */
#ifndef VW_FUZZ_TREE_H
#define VW_FUZZ_TREE_H

#include "tree.h"

#include "fuzz.h"

static struct tree fuzz_tree_made;

static inline void fuzz_tree_remove(void)
{
	tree_free(&fuzz_tree_made);
}

static inline struct tree *fuzz_tree(void)
{
	if (!fuzz_tree_made.root[0]) {
		tree_new(&fuzz_tree_made);
		atexit(fuzz_tree_remove);
	}
	return &fuzz_tree_made;
}

#endif
