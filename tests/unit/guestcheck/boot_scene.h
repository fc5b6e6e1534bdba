/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot_scene: a guest with kernels and boot loaders, and which kernel is said to boot. */
#ifndef VW_TEST_BOOT_SCENE_H
#define VW_TEST_BOOT_SCENE_H

#include "tree.h"

#include "cleanup.h"
#include "kernels.h"

#include <string.h>

struct scene {
	struct tree tree;
	struct vw_guest_kernels kernels;
	struct vw_default_kernel found;
	struct vw_findings findings;
};

static inline void scene_new(struct scene *scene)
{
	memset(scene, 0, sizeof(*scene));
	tree_new(&scene->tree);
}

static inline void scene_forget(struct scene *scene)
{
	vw_guest_kernels_free(&scene->kernels);
	vw_default_kernel_free(&scene->found);
	vw_findings_free(&scene->findings);
	memset(&scene->findings, 0, sizeof(scene->findings));
}

static inline void scene_free(struct scene *scene)
{
	scene_forget(scene);
	tree_free(&scene->tree);
}

/* A kernel with its modules, and its image in /boot. */
static inline void put_kernel(struct scene *scene, const char *release)
{
	char path[128];

	snprintf(path, sizeof(path), "/lib/modules/%s/kernel", release);
	tree_dir(&scene->tree, path);
	snprintf(path, sizeof(path), "/boot/vmlinuz-%s", release);
	tree_file(&scene->tree, path, "");
}

static inline void put_grubenv(struct scene *scene, const char *path, const char *lines)
{
	char block[1025];
	int len = snprintf(block, sizeof(block), "# GRUB Environment Block\n%s", lines);

	memset(block + len, '#', sizeof(block) - (size_t)len);
	tree_bytes(&scene->tree, path, block, 1024);
}

/* Looks anew. What must hold of any guest is checked here. */
static inline void look(struct scene *scene)
{
	struct vw_error err = { "" };

	scene_forget(scene);
	if (vw_guest_kernels_list(&scene->tree.host, &scene->kernels, &err) != 0)
		fail_msg("%s", err.msg);
	assert_int_equal(vw_default_kernel_find(&scene->tree.host, &scene->kernels, &scene->found,
				 &scene->findings, &err),
		0);
	assert_true(scene->found.index < scene->kernels.n || scene->found.index == SIZE_MAX);
	assert_true(!scene->found.rule == !scene->found.evidence);
	assert_true(scene->found.rule || scene->found.index == SIZE_MAX);
	assert_true(!scene->found.other || scene->found.index == SIZE_MAX);
	assert_true(!scene->found.cmdline == !scene->found.cmdline_file);
	assert_true(scene->found.rule || scene->kernels.n == 0);
	/* what is not known has a reason */
	assert_true(scene->found.index != SIZE_MAX || !scene->found.rule || scene->findings.n > 0);
}

/* This kernel boots (NULL: it is not known), by this rule, on this evidence (a part of it). */
static inline void check_default(
	struct scene *scene, const char *release, const char *rule, const char *evidence)
{
	const char *found, *said;

	look(scene);
	said = scene->found.evidence ? scene->found.evidence : "";
	found = scene->found.index == SIZE_MAX ? "none"
					       : scene->kernels.v[scene->found.index].release;
	release = release ? release : "none";
	if (!scene->found.rule || strcmp(scene->found.rule, rule) != 0)
		fail_msg("%s, not %s: %s", scene->found.rule ? scene->found.rule : "none", rule,
			said);
	if (strcmp(release, found) != 0)
		fail_msg("%s, not %s: %s", found, release, said);
	if (!strstr(said, evidence))
		fail_msg("'%s' does not say '%s'", said, evidence);
}

static inline void check_confidence(const struct scene *scene, enum vw_confidence confidence)
{
	assert_string_equal(
		vw_confidence_name(scene->found.confidence), vw_confidence_name(confidence));
}

/* There is one finding, this WARN. NULL: there is none. */
static inline void check_finding(const struct scene *scene, const char *id, const char *words)
{
	const struct vw_finding *finding = scene->findings.v;

	if (scene->findings.n != (id ? 1 : 0))
		fail_msg("%zu findings: %s", scene->findings.n,
			scene->findings.n ? finding->message : "");
	if (!id)
		return;
	assert_string_equal(finding->id, id);
	assert_int_equal(finding->severity, VW_WARN);
	if (!strstr(finding->message, words))
		fail_msg("'%s' does not say '%s'", finding->message, words);
}

static inline void check_cmdline(
	const struct scene *scene, const char *cmdline, const char *file, unsigned int line)
{
	assert_non_null(scene->found.cmdline);
	assert_string_equal(scene->found.cmdline, cmdline);
	assert_string_equal(scene->found.cmdline_file, file);
	assert_int_equal(scene->found.cmdline_line, line);
}

#endif
