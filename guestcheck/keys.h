/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keys: --key SELECTOR: which encrypted device is opened with which key. */
#ifndef VW_KEYS_H
#define VW_KEYS_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

#define VW_KEY_FILE_MAX 65536

struct vw_key {
	char *device; /* "/dev/sda2", a UUID of the encrypted device, or "all" */
	char *secret;
};
struct vw_keys {
	struct vw_key *v;
	size_t n;
};

/* Reads the selectors, NULL-terminated: DEVICE:key:STRING or DEVICE:file:NAME, as the virt tools take them; of a file the first line is the
 * key. 0; -EINVAL with a message (that has no secret in it), -ENOMEM, or what reading the file gave. */
int vw_keys_parse(const char *const *selectors, struct vw_keys *keys, struct vw_error *err);
/* Wipes the secrets. */
void vw_keys_free(struct vw_keys *keys);

/* Is this key for that device? uuid may be "". */
bool vw_key_fits(const struct vw_key *key, const char *device, const char *uuid);

#endif
