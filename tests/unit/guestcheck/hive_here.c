/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hive_here: registry hives for unit tests. hivex changes hives and makes none, so a new one starts as the smallest that it takes: a root key
 * and its security descriptor. */
#include "hive_here.h"

#include "cleanup.h"

#include <hivex.h>
#include <string.h>

static void put(unsigned char *at, uint32_t value)
{
	for (size_t i = 0; i < 4; i++)
		at[i] = (unsigned char)(value >> 8 * i);
}

static uint32_t get(const unsigned char *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

/* The sum that the header carries of its first 508 bytes. */
static void sum_header(unsigned char *header)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < 508; i += 4)
		sum ^= get(header + i);
	put(header + 508, sum);
}

enum { HEADER = 4096, PAGE = 4096, KEY = 0x20, SECURITY = 0x80, FREE = 0xb0 };

static void make_empty(unsigned char *file)
{
	unsigned char *page = file + HEADER;
	static const uint32_t none[] = { 32, 36, 44, 52 }; /* lists of a key without any */

	memcpy(file, "regf", 4);
	put(file + 4, 1);
	put(file + 8, 1);
	put(file + 20, 1); /* version 1.3 */
	put(file + 24, 3);
	put(file + 32, 1);
	put(file + 36, KEY);
	put(file + 40, PAGE);
	put(file + 44, 1);
	sum_header(file);

	memcpy(page, "hbin", 4);
	put(page + 8, PAGE);
	put(page + KEY, -(uint32_t)(SECURITY - KEY));
	memcpy(page + KEY + 4, "nk\x2c\0", 4);
	for (size_t i = 0; i < VW_ARRAY_SIZE(none); i++)
		put(page + KEY + none[i], UINT32_MAX);
	put(page + KEY + 48, SECURITY);
	put(page + KEY + 76, 4);
	memcpy(page + KEY + 80, "root", 4);
	put(page + SECURITY, -(uint32_t)(FREE - SECURITY));
	memcpy(page + SECURITY + 4, "sk", 2);
	put(page + SECURITY + 8, SECURITY);
	put(page + SECURITY + 12, SECURITY);
	put(page + SECURITY + 16, 1);
	put(page + SECURITY + 20, 20);
	put(page + SECURITY + 24, 0x80000001);
	put(page + FREE, PAGE - FREE);
}

static hive_node_h make_key(hive_h *hive, const char *line)
{
	hive_node_h node = hivex_root(hive);
	const char *end = strrchr(line, ']');
	vw_auto_free char *path = NULL;
	char *save = NULL;

	assert_non_null(end);
	path = strndup(line, (size_t)(end - line));
	for (char *name = strtok_r(path, "\\", &save); name; name = strtok_r(NULL, "\\", &save)) {
		hive_node_h child = hivex_node_get_child(hive, node, name);

		node = child ? child : hivex_node_add_child(hive, node, name);
		if (!node)
			fail_msg("hive: cannot make the key %s: %s", name, strerror(errno));
	}
	return node;
}

/* As UTF-16LE, a NUL behind it; "|" becomes a NUL too. */
static size_t wide(const char *text, char *out)
{
	size_t len = 0;

	for (; *text; text++) {
		out[len++] = *text == '|' ? '\0' : *text;
		out[len++] = '\0';
	}
	out[len++] = '\0';
	out[len++] = '\0';
	return len;
}

static size_t unhex(const char *text, char *out)
{
	size_t len = 0;
	char *end;

	while (*text) {
		out[len++] = (char)strtoul(text, &end, 16);
		assert_true(end > text);
		text = end + strspn(end, " ");
	}
	return len;
}

static void make_value(hive_h *hive, hive_node_h node, const char *line)
{
	vw_auto_free char *key = strndup(line, strcspn(line, "="));
	vw_auto_free char *bytes = malloc(2 * strlen(line) + 8);
	const char *value = line + strlen(key) + 1;
	hive_set_value set = { .key = key, .value = bytes };

	if (strncmp(value, "sz:", 3) == 0) {
		set.t = hive_t_REG_SZ;
		set.len = wide(value + 3, bytes);
	} else if (strncmp(value, "multi:", 6) == 0) {
		set.t = hive_t_REG_MULTI_SZ;
		set.len = wide(value + 6, bytes);
		bytes[set.len++] = '\0';
		bytes[set.len++] = '\0';
	} else if (strncmp(value, "dword:", 6) == 0) {
		set.t = hive_t_REG_DWORD;
		set.len = 4;
		put((unsigned char *)bytes, (uint32_t)strtoul(value + 6, NULL, 0));
	} else if (strncmp(value, "hex:", 4) == 0) {
		set.t = hive_t_REG_BINARY;
		set.len = unhex(value + 4, bytes);
	} else if (strncmp(value, "hex(", 4) == 0) {
		char *end;

		set.t = (hive_type)strtoul(value + 4, &end, 16);
		set.len = unhex(end + 2, bytes);
	} else {
		fail_msg("hive: no value: %s", line);
	}
	if (hivex_node_set_value(hive, node, &set, 0) < 0)
		fail_msg("hive: cannot set %s: %s", line, strerror(errno));
}

static void apply(hive_h *hive, const char *lines)
{
	vw_auto_free char *copy = strdup(lines);
	hive_node_h node = hivex_root(hive);
	char *save = NULL;

	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (*line == '[')
			node = make_key(hive, line + 1);
		else
			make_value(hive, node, line);
	}
}

void hive_write(struct tree *tree, const char *path, const char *lines, const char *further)
{
	unsigned char file[HEADER + PAGE] = { 0 };
	vw_auto_free char *name = vw_host_pathf(&tree->host, "%s", path);
	hive_h *hive;

	make_empty(file);
	tree_bytes(tree, path, file, sizeof(file));
	hive = hivex_open(name, HIVEX_OPEN_WRITE);
	if (!hive)
		fail_msg("hive: %s: %s", path, strerror(errno));
	apply(hive, lines);
	if (further)
		apply(hive, further);
	if (hivex_commit(hive, NULL, 0) < 0)
		fail_msg("hive: commit %s: %s", path, strerror(errno));
	hivex_close(hive);
}

void hive_unfinished(struct tree *tree, const char *path)
{
	vw_auto_free char *data = NULL;
	size_t len;

	assert_int_equal(vw_host_slurpf(&tree->host, 64U << 20, &data, &len, "%s", path), 0);
	put((unsigned char *)data + 4, get((unsigned char *)data + 8) + 1);
	sum_header((unsigned char *)data);
	tree_bytes(tree, path, data, len);
}

static int here_open(void *data, const char *path, struct vw_error *err)
{
	struct hive_here *here = data;
	vw_auto_free char *name = vw_host_pathf(&here->tree->host, "%s", path);

	assert_null(here->hive); /* one at a time */
	here->hive = hivex_open(name, HIVEX_OPEN_UNSAFE);
	return here->hive ? 0 : vw_error_errno(err, errno, "cannot open %s", path);
}

static void here_close(void *data)
{
	struct hive_here *here = data;

	assert_non_null(here->hive);
	hivex_close(here->hive);
	here->hive = NULL;
}

static int here_root(void *data, int64_t *node)
{
	struct hive_here *here = data;

	*node = (int64_t)hivex_root(here->hive);
	return *node ? 0 : -EIO;
}

static int here_child(void *data, int64_t node, const char *name, int64_t *child)
{
	struct hive_here *here = data;

	errno = 0;
	*child = (int64_t)hivex_node_get_child(here->hive, (hive_node_h)node, name);
	return *child ? 0 : errno ? -errno : -ENOENT;
}

static int here_children(
	void *data, int64_t node, size_t max, struct vw_names *names, int64_t **nodes)
{
	struct hive_here *here = data;
	vw_auto_free hive_node_h *found = hivex_node_children(here->hive, (hive_node_h)node);
	size_t n = 0;

	*names = (struct vw_names){ 0 };
	*nodes = NULL;
	if (!found)
		return -errno;
	while (found[n])
		n++;
	if (n > max)
		return -E2BIG;
	*nodes = calloc(n + 1, sizeof(**nodes));
	for (size_t i = 0; i < n; i++) {
		vw_auto_free char *name = hivex_node_name(here->hive, found[i]);

		(*nodes)[i] = (int64_t)found[i];
		if (!name)
			return -EIO;
		assert_int_equal(vw_names_add(names, name), 0);
	}
	return 0;
}

static int here_values(void *data, int64_t node, size_t max, struct vw_names *names)
{
	struct hive_here *here = data;
	vw_auto_free hive_value_h *found = hivex_node_values(here->hive, (hive_node_h)node);
	size_t n = 0;

	*names = (struct vw_names){ 0 };
	if (!found)
		return -errno;
	while (found[n])
		n++;
	if (n > max)
		return -E2BIG;
	for (size_t i = 0; i < n; i++) {
		vw_auto_free char *key = hivex_value_key(here->hive, found[i]);

		if (!key)
			return -EIO;
		assert_int_equal(vw_names_add(names, key), 0);
	}
	return 0;
}

static int here_value(void *data, int64_t node, const char *key, size_t max, uint32_t *type,
	char **bytes, size_t *len)
{
	struct hive_here *here = data;
	vw_auto_free char *found = NULL;
	hive_value_h value;
	hive_type t;

	errno = 0;
	value = hivex_node_get_value(here->hive, (hive_node_h)node, key);
	if (!value)
		return errno ? -errno : -ENOENT;
	if (hivex_value_type(here->hive, value, &t, len) < 0)
		return -errno;
	if (*len > max)
		return -EFBIG;
	*type = (uint32_t)t;
	found = hivex_value_value(here->hive, value, &t, len);
	if (!found)
		return -errno;
	*bytes = calloc(1, *len + 1);
	memcpy(*bytes, found, *len);
	return 0;
}

const struct vw_hive_source hive_here_source = {
	.open = here_open,
	.close = here_close,
	.root = here_root,
	.child = here_child,
	.children = here_children,
	.values = here_values,
	.value = here_value,
};
