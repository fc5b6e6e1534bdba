/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hives through the appliance's calls, which are played here: by hivex in this process, as libguestfs's daemon plays them. Both readers of hives,
 * this and the one of the unit tests, have to say the same, or the tests of everything else would prove nothing. */
#include "hive_here.h"

#include "cleanup.h"
#include "hive_guestfs.h"

#include <errno.h>
#include <hivex.h>
#include <string.h>
#include <sys/stat.h>

/* What stands for a guestfs_h. */
struct daemon {
	struct tree *tree;
	hive_h *hive;
	unsigned int calls, fail_at; /* this call fails, with code; 0 = none */
	int code;
	mode_t mode;
	int64_t size;
	int error;
};

static bool fails(struct daemon *d)
{
	d->error = ++d->calls == d->fail_at ? d->code : 0;
	return d->calls == d->fail_at;
}

static bool failed_here(struct daemon *d)
{
	d->error = errno;
	return errno != 0;
}

#define DAEMON ((struct daemon *)(void *)g)

int guestfs_last_errno(guestfs_h *g)
{
	return DAEMON->error;
}

const char *guestfs_last_error(guestfs_h *g)
{
	return strerror(DAEMON->error);
}

struct guestfs_statns *guestfs_statns(guestfs_h *g, const char *path)
{
	struct guestfs_statns *st = calloc(1, sizeof(*st));

	(void)path;
	if (fails(DAEMON)) {
		free(st);
		return NULL;
	}
	st->st_mode = DAEMON->mode;
	st->st_size = DAEMON->size;
	return st;
}

void guestfs_free_statns(struct guestfs_statns *st)
{
	free(st);
}

int guestfs_hivex_open(guestfs_h *g, const char *filename, ...)
{
	vw_auto_free char *path = vw_host_pathf(&DAEMON->tree->host, "%s", filename);

	assert_null(DAEMON->hive);
	if (fails(DAEMON))
		return -1;
	DAEMON->hive = hivex_open(path, HIVEX_OPEN_UNSAFE);
	DAEMON->error = errno;
	return DAEMON->hive ? 0 : -1;
}

int guestfs_hivex_close(guestfs_h *g)
{
	assert_non_null(DAEMON->hive);
	hivex_close(DAEMON->hive);
	DAEMON->hive = NULL;
	return 0;
}

int64_t guestfs_hivex_root(guestfs_h *g)
{
	return fails(DAEMON) ? -1 : (int64_t)hivex_root(DAEMON->hive);
}

int64_t guestfs_hivex_node_get_child(guestfs_h *g, int64_t node, const char *name)
{
	hive_node_h child;

	if (fails(DAEMON))
		return -1;
	errno = 0;
	child = hivex_node_get_child(DAEMON->hive, (hive_node_h)node, name);
	return child == 0 && failed_here(DAEMON) ? -1 : (int64_t)child;
}

struct guestfs_hivex_node_list *guestfs_hivex_node_children(guestfs_h *g, int64_t node)
{
	struct guestfs_hivex_node_list *list;
	vw_auto_free hive_node_h *found = NULL;

	if (fails(DAEMON))
		return NULL;
	found = hivex_node_children(DAEMON->hive, (hive_node_h)node);
	assert_non_null(found);
	list = calloc(1, sizeof(*list));
	while (found[list->len])
		list->len++;
	list->val = calloc(list->len + 1, sizeof(*list->val));
	for (uint32_t i = 0; i < list->len; i++)
		list->val[i].hivex_node_h = (int64_t)found[i];
	return list;
}

void guestfs_free_hivex_node_list(struct guestfs_hivex_node_list *list)
{
	free(list->val);
	free(list);
}

char *guestfs_hivex_node_name(guestfs_h *g, int64_t node)
{
	return fails(DAEMON) ? NULL : hivex_node_name(DAEMON->hive, (hive_node_h)node);
}

struct guestfs_hivex_value_list *guestfs_hivex_node_values(guestfs_h *g, int64_t node)
{
	struct guestfs_hivex_value_list *list;
	vw_auto_free hive_value_h *found = NULL;

	if (fails(DAEMON))
		return NULL;
	found = hivex_node_values(DAEMON->hive, (hive_node_h)node);
	assert_non_null(found);
	list = calloc(1, sizeof(*list));
	while (found[list->len])
		list->len++;
	list->val = calloc(list->len + 1, sizeof(*list->val));
	for (uint32_t i = 0; i < list->len; i++)
		list->val[i].hivex_value_h = (int64_t)found[i];
	return list;
}

void guestfs_free_hivex_value_list(struct guestfs_hivex_value_list *list)
{
	free(list->val);
	free(list);
}

char *guestfs_hivex_value_key(guestfs_h *g, int64_t value)
{
	return fails(DAEMON) ? NULL : hivex_value_key(DAEMON->hive, (hive_value_h)value);
}

int64_t guestfs_hivex_node_get_value(guestfs_h *g, int64_t node, const char *key)
{
	hive_value_h value;

	if (fails(DAEMON))
		return -1;
	errno = 0;
	value = hivex_node_get_value(DAEMON->hive, (hive_node_h)node, key);
	return value == 0 && failed_here(DAEMON) ? -1 : (int64_t)value;
}

int64_t guestfs_hivex_value_type(guestfs_h *g, int64_t value)
{
	hive_type type;
	size_t len;

	if (fails(DAEMON) || hivex_value_type(DAEMON->hive, (hive_value_h)value, &type, &len) < 0)
		return -1;
	return type;
}

char *guestfs_hivex_value_value(guestfs_h *g, int64_t value, size_t *size)
{
	hive_type type;

	return fails(DAEMON) ? NULL
			     : hivex_value_value(DAEMON->hive, (hive_value_h)value, &type, size);
}

/* --- what is read --- */

#define HIVE "/hive"

struct scene {
	struct tree tree;
	struct daemon daemon;
	struct vw_hive_guestfs guestfs;
	struct hive_here here;
};

static void start(struct scene *s)
{
	*s = (struct scene){ 0 };
	tree_new(&s->tree);
	hive_write(&s->tree, HIVE,
		"[One\\Two]\n=sz:default\nNumber=dword:7\nMany=multi:a|b\nBlob=hex:01 ff 00\n"
		"[One\\Three]\n[One\\Four]\n[Empty]\n",
		NULL);
	tree_file(&s->tree, "/broken", "no hive");
	s->daemon = (struct daemon){ .tree = &s->tree, .mode = S_IFREG | 0644, .size = 8192 };
	s->guestfs.g = (guestfs_h *)(void *)&s->daemon;
	s->here.tree = &s->tree;
}

static void end(struct scene *s)
{
	vw_hive_guestfs.close(&s->guestfs);
	assert_null(s->daemon.hive);
	tree_free(&s->tree);
}

static bool listed(const struct vw_names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->v[i], name) == 0)
			return true;
	return false;
}

/* A reader of the hive, open. */
static void contract(const struct vw_hive_source *source, void *data)
{
	vw_auto_free int64_t *nodes = NULL;
	vw_auto_free char *bytes = NULL, *more = NULL;
	struct vw_names names = { 0 }, keys = { 0 };
	int64_t root, one, two, none;
	uint32_t type;
	size_t len;

	assert_int_equal(source->root(data, &root), 0);
	assert_true(root > 0);
	assert_int_equal(source->child(data, root, "one", &one), 0);
	assert_int_equal(source->child(data, one, "TWO", &two), 0);
	assert_int_equal(source->child(data, one, "Two\\x", &none), -ENOENT);
	assert_int_equal(source->child(data, root, "Two", &none), -ENOENT);

	assert_int_equal(source->children(data, one, 2, &names, &nodes), -E2BIG);
	vw_names_free(&names);
	assert_null(nodes);
	assert_int_equal(source->children(data, one, 3, &names, &nodes), 0);
	assert_int_equal(names.n, 3);
	for (size_t i = 0; i < names.n; i++) {
		int64_t child;

		assert_int_equal(source->child(data, one, names.v[i], &child), 0);
		assert_int_equal(child, nodes[i]);
	}

	assert_int_equal(source->values(data, two, 3, &keys), -E2BIG);
	vw_names_free(&keys);
	assert_int_equal(source->values(data, two, 4, &keys), 0);
	assert_int_equal(keys.n, 4);
	assert_true(listed(&keys, "") && listed(&keys, "Blob"));

	assert_int_equal(source->value(data, two, "BLOB", 3, &type, &bytes, &len), 0);
	assert_int_equal(type, 3);
	assert_int_equal(len, 3);
	assert_memory_equal(bytes, "\x01\xff\0", 4); /* the NUL behind them */
	assert_int_equal(source->value(data, two, "", 64, &type, &more, &len), 0);
	assert_int_equal(type, 1);
	assert_int_equal(len, 16);
	free(more);
	more = NULL;
	assert_int_equal(source->value(data, two, "Blob", 2, &type, &more, &len), -EFBIG);
	assert_null(more);
	assert_int_equal(source->value(data, two, "None", 3, &type, &more, &len), -ENOENT);
	assert_int_equal(source->value(data, one, "", 3, &type, &more, &len), -ENOENT);
	vw_names_free(&names);
	vw_names_free(&keys);
}

static void same(void **state)
{
	struct vw_error err = { "" };
	struct scene s;

	(void)state;
	start(&s);
	assert_int_equal(hive_here_source.open(&s.here, HIVE, &err), 0);
	contract(&hive_here_source, &s.here);
	hive_here_source.close(&s.here);

	assert_int_equal(vw_hive_guestfs.open(&s.guestfs, HIVE, &err), 0);
	contract(&vw_hive_guestfs, &s.guestfs);
	/* the next one closes it; what is not open is not closed */
	assert_int_equal(vw_hive_guestfs.open(&s.guestfs, HIVE, &err), 0);
	vw_hive_guestfs.close(&s.guestfs);
	vw_hive_guestfs.close(&s.guestfs);
	end(&s);
}

static void opening(void **state)
{
	struct vw_error err = { "" };
	struct scene s;

	(void)state;
	start(&s);
	assert_true(vw_hive_guestfs.open(&s.guestfs, "/broken", &err) < 0);
	assert_non_null(strstr(err.msg, "cannot read the hive /broken"));
	assert_false(s.guestfs.is_open);
	s.daemon.mode = S_IFIFO | 0644;
	assert_int_equal(vw_hive_guestfs.open(&s.guestfs, HIVE, &err), -EINVAL);
	s.daemon.mode = S_IFREG | 0644;
	s.daemon.size = VW_HIVE_BYTES_MAX + 1;
	assert_int_equal(vw_hive_guestfs.open(&s.guestfs, HIVE, &err), -E2BIG);
	s.daemon.size = VW_HIVE_BYTES_MAX;
	assert_int_equal(vw_hive_guestfs.open(&s.guestfs, HIVE, &err), 0);
	end(&s);
}

/* Every kind of call once; the first error. */
static int use(struct scene *s)
{
	vw_auto_free int64_t *nodes = NULL;
	vw_auto_free char *bytes = NULL;
	struct vw_names names = { 0 };
	struct vw_error err = { "" };
	int64_t root, one, two;
	uint32_t type;
	size_t len;
	int rc = vw_hive_guestfs.open(&s->guestfs, HIVE, &err);

	if (rc == 0)
		rc = vw_hive_guestfs.root(&s->guestfs, &root);
	if (rc == 0)
		rc = vw_hive_guestfs.child(&s->guestfs, root, "One", &one);
	if (rc == 0)
		rc = vw_hive_guestfs.child(&s->guestfs, one, "Two", &two);
	if (rc == 0)
		rc = vw_hive_guestfs.children(&s->guestfs, one, 10, &names, &nodes);
	if (rc == 0)
		rc = vw_hive_guestfs.values(&s->guestfs, two, 10, &names);
	if (rc == 0)
		rc = vw_hive_guestfs.value(&s->guestfs, two, "Blob", 10, &type, &bytes, &len);
	vw_names_free(&names);
	return rc;
}

/* A call that fails is never "there is none", whatever its errno: only the file itself may be absent. */
static void failing(void **state)
{
	static const int codes[] = { EIO, ENOENT, ENOTDIR, ENOMEM, 0 };
	struct scene s;

	(void)state;
	start(&s);
	for (size_t i = 0; i < VW_ARRAY_SIZE(codes); i++) {
		unsigned int at = 0;
		int rc;

		do {
			s.daemon.calls = 0;
			s.daemon.fail_at = ++at;
			s.daemon.code = codes[i];
			rc = use(&s);
			if (at > s.daemon.calls)
				assert_int_equal(rc, 0);
			else if (at == 1)
				assert_int_equal(rc, codes[i] ? -codes[i] : -EIO);
			else
				assert_int_equal(rc, codes[i] == ENOMEM ? -ENOMEM : -EIO);
		} while (rc < 0);
		assert_true(at > 15);
	}
	end(&s);
}

/* Nobody asks without end. */
static void exhausted(void **state)
{
	struct scene s;
	unsigned int used, left = 0;
	int rc;

	(void)state;
	start(&s);
	assert_int_equal(use(&s), 0);
	used = s.guestfs.calls;
	assert_false(s.guestfs.exhausted);
	do {
		s.guestfs.calls = VW_HIVE_CALLS_MAX - left;
		s.guestfs.exhausted = false;
		rc = use(&s);
		assert_int_equal(rc, left < used ? -E2BIG : 0);
		assert_int_equal(s.guestfs.exhausted, rc < 0);
	} while (left++ < used);
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same),
		cmocka_unit_test(opening),
		cmocka_unit_test(failing),
		cmocka_unit_test(exhausted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
