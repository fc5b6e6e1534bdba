/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keys: reading --key SELECTOR. */
#include "keys.h"

#include "cleanup.h"

#include <fcntl.h>
#include <string.h>

static int read_file(const char *name, char *buf, size_t size, size_t *len, struct vw_error *err)
{
	vw_auto_close int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t n = 0;

	if (fd < 0)
		return vw_error_errno(err, errno, "cannot read the key file %s", name);
	for (*len = 0; *len < size; *len += (size_t)n) {
		n = read(fd, buf + *len, size - *len);
		if (n < 0)
			return vw_error_errno(err, errno, "cannot read the key file %s", name);
		if (n == 0)
			return 0;
	}
	return vw_error_set(err, EFBIG, "the key file %s is too large", name);
}

static int secret_of_file(const char *name, char **secret, struct vw_error *err)
{
	char buf[VW_KEY_FILE_MAX];
	size_t len = 0;
	int rc = read_file(name, buf, sizeof(buf), &len, err);

	if (rc == 0) {
		const char *newline = memchr(buf, '\n', len);

		/* its first line, as the virt tools have it; libguestfs takes keys as strings */
		if (newline)
			len = (size_t)(newline - buf);
		if (memchr(buf, '\0', len))
			rc = vw_error_set(err, EINVAL, "the key file %s has a NUL in it", name);
		else if (!(*secret = strndup(buf, len)))
			rc = vw_error_set(err, ENOMEM, "out of memory");
	}
	explicit_bzero(buf, sizeof(buf));
	return rc;
}

static int parse_one(const char *selector, struct vw_key *key, struct vw_error *err)
{
	const char *colon = strchr(selector, ':');

	if (!colon || colon == selector)
		return vw_error_set(
			err, EINVAL, "a key selector is DEVICE:key:STRING or DEVICE:file:NAME");
	key->device = strndup(selector, (size_t)(colon - selector));
	if (!key->device)
		return vw_error_set(err, ENOMEM, "out of memory");
	if (!strncmp(colon, ":file:", 6))
		return secret_of_file(colon + 6, &key->secret, err);
	if (strncmp(colon, ":key:", 5) != 0)
		return vw_error_set(err, EINVAL,
			"the key selector for %s is neither key: nor file:", key->device);
	key->secret = strdup(colon + 5);
	return key->secret ? 0 : vw_error_set(err, ENOMEM, "out of memory");
}

int vw_keys_parse(const char *const *selectors, struct vw_keys *keys, struct vw_error *err)
{
	size_t n = 0;
	int rc = 0;

	*keys = (struct vw_keys){ 0 };
	while (selectors && selectors[n])
		n++;
	if (!n)
		return 0;
	keys->v = calloc(n, sizeof(*keys->v));
	if (!keys->v)
		return vw_error_set(err, ENOMEM, "out of memory");
	for (keys->n = 0; rc == 0 && keys->n < n; keys->n++)
		rc = parse_one(selectors[keys->n], &keys->v[keys->n], err);
	if (rc < 0)
		vw_keys_free(keys);
	return rc;
}

void vw_keys_free(struct vw_keys *keys)
{
	for (size_t i = 0; i < keys->n; i++) {
		if (keys->v[i].secret)
			explicit_bzero(keys->v[i].secret, strlen(keys->v[i].secret));
		free(keys->v[i].secret);
		free(keys->v[i].device);
	}
	free(keys->v);
	*keys = (struct vw_keys){ 0 };
}

bool vw_key_fits(const struct vw_key *key, const char *device, const char *uuid)
{
	return !strcmp(key->device, "all") || !strcmp(key->device, device) ||
	       (uuid[0] && !strcasecmp(key->device, uuid));
}
