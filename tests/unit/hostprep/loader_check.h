/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loader_check: a root, and what a boot loader plans for it. */
#ifndef VW_TEST_LOADER_CHECK_H
#define VW_TEST_LOADER_CHECK_H

#include "tree.h"

#include "boot_edit.h"
#include "cleanup.h"

#include <string.h>

static const struct vw_boot_args want_both = { .intel_iommu = true, .passthrough = true };
static const struct vw_boot_args want_intel = { .intel_iommu = true };

struct scene {
	struct tree tree;
	struct vw_plan plan;
	struct vw_findings findings;
};

static inline void scene_new(struct scene *scene)
{
	memset(scene, 0, sizeof(*scene));
	tree_new(&scene->tree);
}

static inline void scene_forget(struct scene *scene)
{
	vw_plan_free(&scene->plan);
	vw_findings_free(&scene->findings);
	memset(&scene->findings, 0, sizeof(scene->findings));
}

static inline void scene_free(struct scene *scene)
{
	scene_forget(scene);
	tree_free(&scene->tree);
}

/* 1 or 0; *evidence may be NULL. */
static inline int detected(
	struct scene *scene, const struct vw_loader *loader, const char *evidence)
{
	struct vw_error err = { "" };
	char text[512] = "";
	int rc = loader->detect(&scene->tree.host, text, sizeof(text), &err);

	if (rc < 0)
		fail_msg("%s: %s", loader->name, err.msg);
	assert_true((rc == 1) == (text[0] != '\0'));
	if (evidence && !strstr(text, evidence))
		fail_msg("'%s' does not say '%s'", text, evidence);
	return rc;
}

/* Plans anew; fails if that fails. */
static inline void make_plan(
	struct scene *scene, const struct vw_loader *loader, const struct vw_boot_args *want)
{
	struct vw_error err = { "" };

	scene_forget(scene);
	if (loader->plan(&scene->tree.host, want, &scene->plan, &scene->findings, &err) != 0)
		fail_msg("%s: %s", loader->name, err.msg);
	assert_false(scene->plan.lost || scene->findings.lost);
}

/* What the steps that are files make goes into the root. */
static inline void carry_out(struct scene *scene)
{
	for (size_t i = 0; i < scene->plan.n; i++) {
		struct vw_step *step = &scene->plan.steps[i];

		if (step->kind == VW_STEP_FILE)
			tree_bytes(&scene->tree, step->path, step->after.data, step->after.len);
	}
}

static inline const struct vw_step *step_for(const struct scene *scene, const char *path)
{
	for (size_t i = 0; i < scene->plan.n; i++)
		if (scene->plan.steps[i].path && !strcmp(scene->plan.steps[i].path, path))
			return &scene->plan.steps[i];
	return NULL;
}

/* The plan makes this text of the file; NULL: it leaves it alone. */
static inline void check_step(const struct scene *scene, const char *path, const char *text)
{
	const struct vw_step *step = step_for(scene, path);

	if (!text) {
		assert_null(step);
		return;
	}
	if (!step)
		fail_msg("%s is left alone", path);
	assert_int_equal(step->kind, VW_STEP_FILE);
	assert_string_equal(step->after.data, text);
	/* Undo has to know how to look for our tokens in it. */
	assert_true(step->is_ours ? !step->existed : step->format != NULL);
}

/* There is one finding, this one. NULL: there is none. */
static inline void check_finding(
	const struct scene *scene, const char *id, enum vw_severity severity, const char *words)
{
	const struct vw_finding *finding = scene->findings.v;

	assert_int_equal(scene->findings.n, id ? 1 : 0);
	if (!id)
		return;
	assert_string_equal(finding->id, id);
	assert_int_equal(finding->severity, severity);
	assert_non_null(finding->remedy);
	if (!strstr(finding->message, words) && !strstr(finding->remedy, words))
		fail_msg("'%s' (%s) does not say '%s'", finding->message, finding->remedy, words);
}

/* What would boot: "TITLE: COMMAND LINE" and a "*" in front of the default one. */
static inline void check_entries(
	struct scene *scene, const struct vw_loader *loader, const char *expected)
{
	vw_auto(vw_boot_entries_free) struct vw_boot_entries entries = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };

	assert_int_equal(loader->entries(&scene->tree.host, &entries, NULL), 0);
	vw_bytes_addf(&text, "%s", "");
	for (size_t i = 0; i < entries.n; i++) {
		vw_bytes_addf(&text, "%s%s: %s\n", entries.v[i].is_default ? "*" : "",
			entries.v[i].title, entries.v[i].cmdline);
		assert_true(entries.v[i].file[0] == '/' && entries.v[i].line > 0);
	}
	assert_string_equal(text.data, expected);
}

#endif
