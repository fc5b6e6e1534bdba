/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hive_guestfs: reading registry hives through the appliance's hivex. */
#include "hive_guestfs.h"

#include "appliance.h"
#include "cleanup.h"

#include <errno.h>
#include <string.h>

static int take_call(struct vw_hive_guestfs *hive)
{
	if (hive->calls >= VW_HIVE_CALLS_MAX) {
		hive->exhausted = true;
		return -E2BIG;
	}
	hive->calls++;
	return 0;
}

/* An error inside of a hive is never "there is none": hivex says that otherwise (a node or value 0). */
static int failed(struct vw_hive_guestfs *hive)
{
	int rc = vw_appliance_errno(hive->g);

	return vw_error_absent(rc) ? -EIO : rc;
}

static void close_hive(void *data)
{
	struct vw_hive_guestfs *hive = data;

	if (hive->is_open)
		guestfs_hivex_close(hive->g);
	hive->is_open = false;
}

static int open_hive(void *data, const char *path, struct vw_error *err)
{
	struct vw_hive_guestfs *hive = data;
	struct guestfs_statns *st;
	int64_t size;
	bool regular;
	int rc = take_call(hive);

	close_hive(hive);
	if (rc < 0)
		return vw_error_set(err, -rc, "too much of the registry was asked for");
	st = guestfs_statns(hive->g, path);
	if (!st)
		return vw_error_errno(err, -vw_appliance_errno(hive->g), "cannot look at %s", path);
	size = st->st_size;
	regular = S_ISREG((mode_t)st->st_mode);
	guestfs_free_statns(st);
	if (!regular)
		return vw_error_set(err, EINVAL, "%s is no file", path);
	if (size > VW_HIVE_BYTES_MAX)
		return vw_error_set(err, E2BIG, "%s is too large for a hive", path);
	/* UNSAFE goes on where parts of the hive are damaged (hivex(3)); the guest may have been cut off. */
	if (guestfs_hivex_open(hive->g, path, GUESTFS_HIVEX_OPEN_UNSAFE, 1, -1) < 0)
		return vw_error_set(err, -failed(hive), "cannot read the hive %s: %s", path,
			vw_appliance_reason(hive->g));
	hive->is_open = true;
	return 0;
}

static int root_node(void *data, int64_t *node)
{
	struct vw_hive_guestfs *hive = data;
	int rc = take_call(hive);

	if (rc < 0)
		return rc;
	*node = guestfs_hivex_root(hive->g);
	return *node > 0 ? 0 : failed(hive);
}

static int child_node(void *data, int64_t node, const char *name, int64_t *child)
{
	struct vw_hive_guestfs *hive = data;
	int64_t found;
	int rc = take_call(hive);

	if (rc < 0)
		return rc;
	found = guestfs_hivex_node_get_child(hive->g, node, name);
	if (found <= 0)
		return found == 0 ? -ENOENT : failed(hive);
	*child = found;
	return 0;
}

/* Adds a name that the daemon gave, and frees it. */
static int add_name(struct vw_hive_guestfs *hive, struct vw_names *names, char *name)
{
	int rc = name ? vw_names_add(names, name) : failed(hive);

	free(name);
	return rc;
}

static int children(void *data, int64_t node, size_t max, struct vw_names *names, int64_t **nodes)
{
	struct vw_hive_guestfs *hive = data;
	struct guestfs_hivex_node_list *list;
	int rc = take_call(hive);

	*nodes = NULL;
	if (rc < 0)
		return rc;
	list = guestfs_hivex_node_children(hive->g, node);
	if (!list)
		return failed(hive);
	if (list->len > max)
		rc = -E2BIG;
	else if (!(*nodes = calloc((size_t)list->len + 1, sizeof(**nodes))))
		rc = -ENOMEM;
	for (uint32_t i = 0; rc == 0 && i < list->len; i++) {
		(*nodes)[i] = list->val[i].hivex_node_h;
		rc = take_call(hive);
		if (rc == 0)
			rc = add_name(hive, names, guestfs_hivex_node_name(hive->g, (*nodes)[i]));
	}
	guestfs_free_hivex_node_list(list);
	if (rc < 0) {
		free(*nodes);
		*nodes = NULL;
	}
	return rc;
}

static int values(void *data, int64_t node, size_t max, struct vw_names *names)
{
	struct vw_hive_guestfs *hive = data;
	struct guestfs_hivex_value_list *list;
	int rc = take_call(hive);

	if (rc < 0)
		return rc;
	list = guestfs_hivex_node_values(hive->g, node);
	if (!list)
		return failed(hive);
	if (list->len > max)
		rc = -E2BIG;
	for (uint32_t i = 0; rc == 0 && i < list->len; i++) {
		rc = take_call(hive);
		if (rc == 0)
			rc = add_name(hive, names,
				guestfs_hivex_value_key(hive->g, list->val[i].hivex_value_h));
	}
	guestfs_free_hivex_value_list(list);
	return rc;
}

static int value(void *data, int64_t node, const char *key, size_t max, uint32_t *type,
	char **bytes, size_t *len)
{
	struct vw_hive_guestfs *hive = data;
	vw_auto_free char *raw = NULL;
	int64_t handle, kind;
	int rc = take_call(hive);

	*bytes = NULL;
	if (rc < 0)
		return rc;
	handle = guestfs_hivex_node_get_value(hive->g, node, key);
	if (handle <= 0)
		return handle == 0 ? -ENOENT : failed(hive);
	kind = guestfs_hivex_value_type(hive->g, handle);
	if (kind < 0)
		return failed(hive);
	raw = guestfs_hivex_value_value(hive->g, handle, len);
	if (!raw)
		return failed(hive);
	if (*len > max)
		return -EFBIG;
	*bytes = malloc(*len + 1);
	if (!*bytes)
		return -ENOMEM;
	memcpy(*bytes, raw, *len);
	(*bytes)[*len] = '\0';
	*type = (uint32_t)kind;
	return 0;
}

const struct vw_hive_source vw_hive_guestfs = {
	.open = open_hive,
	.close = close_hive,
	.root = root_node,
	.child = child_node,
	.children = children,
	.values = values,
	.value = value,
};
