/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scene: for the tests of apply and undo: a plan on a tree, or on the real root with only this process's own /var/lib and /boot. */
#ifndef VW_TEST_SCENE_H
#define VW_TEST_SCENE_H

#include "files.h"

#include "journal.h"

#include <sched.h>
#include <sys/mount.h>

struct scene {
	struct vw_host *host;
	struct vw_host real;
	struct vw_request request;
	struct vw_plan plan;
	struct vw_findings findings;
	struct vw_journals journals;
	int lock;
};

static bool in_namespace;

/* As root: mounts of our own, so that what is done to "/" touches nothing that lasts. */
static inline int enter_namespace(void **state)
{
	(void)state;
	in_namespace = unshare(CLONE_NEWNS) == 0 &&
		       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		       mount("none", "/var/lib", "tmpfs", 0, NULL) == 0 &&
		       mount("none", "/boot", "tmpfs", 0, NULL) == 0;
	return 0;
}

static inline void lock_scene(struct scene *s)
{
	struct vw_error err;

	s->lock = vw_journal_lock(s->host, true, &err);
	assert_true(s->lock >= 0);
}

static inline void scene_begin(struct scene *s, struct tree *tree)
{
	s->host = &tree->host;
	lock_scene(s);
}

/* Paths of its steps are those of outer(). Skips the test for anybody but root. */
static inline void scene_begin_real(struct scene *s, struct tree *tree)
{
	struct vw_error err;

	(void)tree;
	if (!in_namespace)
		skip();
	assert_int_equal(vw_host_open(&s->real, NULL, &err), 0);
	s->host = &s->real;
	lock_scene(s);
}

static inline void scene_end(struct scene *s)
{
	if (!s->host)
		return;
	vw_plan_free(&s->plan);
	vw_findings_free(&s->findings);
	vw_journals_free(&s->journals);
	if (s->lock >= 0)
		close(s->lock);
	if (s->host == &s->real)
		vw_host_close(&s->real);
	*s = (struct scene){ 0 };
}

static inline struct vw_step *add_file(struct scene *s, const char *path, const char *after)
{
	struct vw_bytes text = bytes(after);
	struct vw_step *step = NULL;
	struct vw_error err;

	assert_int_equal(vw_plan_file(&s->plan, s->host, path, &text, "why", &step, &err), 1);
	return step;
}

static inline struct vw_step *add_program(struct scene *s, const char *program, const char *path)
{
	const char *const argv[] = { program, "arg", NULL };

	return vw_plan_run(&s->plan, argv, path, "why");
}

/* An executable in the tree, which it knows as $R. */
static inline void script(struct tree *tree, const char *path, const char *body)
{
	vw_auto_free char *text = NULL;

	assert_true(asprintf(&text, "#!/bin/sh\nR=%s\n%s\n", tree->root, body) > 0);
	tree_file(tree, path, text);
	assert_int_equal(chmod(outer(tree, path), 0755), 0);
}

static inline void read_journals(struct scene *s)
{
	struct vw_error err;

	vw_journals_free(&s->journals);
	assert_int_equal(vw_journals_read(s->host, &s->journals, &err), 0);
}

/* The finding of this id, or NULL. */
static inline const struct vw_finding *find(const struct scene *s, const char *id)
{
	for (size_t i = 0; i < s->findings.n; i++)
		if (!strcmp(s->findings.v[i].id, id))
			return &s->findings.v[i];
	return NULL;
}

#endif
