/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hive: a Windows registry hive, whoever parses it: the appliance in real life, so that its parser never sees our process. */
#ifndef VW_HIVE_H
#define VW_HIVE_H

#include "error.h"
#include "host.h"

#include <stdint.h>

/* One hive is open at a time. Nodes are numbers > 0, and die with the hive. Names compare without case. 0 or -errno; -ENOENT: there is none. */
struct vw_hive_source {
	int (*open)(void *data, const char *path, struct vw_error *err);
	void (*close)(void *data);
	int (*root)(void *data, int64_t *node);
	int (*child)(void *data, int64_t node, const char *name, int64_t *child);
	/* Names of all children (vw_names_add), and their nodes in the same order (caller frees); at most max of either, else -E2BIG. */
	int (*children)(
		void *data, int64_t node, size_t max, struct vw_names *names, int64_t **nodes);
	/* Names of all values (vw_names_add), at most max; the default value's is "". */
	int (*values)(void *data, int64_t node, size_t max, struct vw_names *names);
	/* Bytes of a value as they stand in the hive (caller frees, a NUL behind them), and their type (REG_SZ = 1, …); -EFBIG above max. */
	int (*value)(void *data, int64_t node, const char *key, size_t max, uint32_t *type,
		char **bytes, size_t *len);
};

#endif
