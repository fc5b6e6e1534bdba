/* SPDX-License-Identifier: GPL-2.0-or-later */
/* roots_scene: a look at the volumes of a played machine, and what came of it: which systems were visited, and what was said. */
#ifndef VW_ROOTS_SCENE_H
#define VW_ROOTS_SCENE_H

#include "fake_guestfs.h"

#include "roots_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct vw_findings findings;
static char visited[2048];
static int visit_rc;
static bool visit_exhausts; /* the limits of what is read */

static int on_visit(
	void *data, const struct vw_guest *guest, enum vw_system_type type, struct vw_error *err)
{
	size_t len = strlen(visited);
	struct vw_roots *roots = data;

	roots->source.exhausted |= visit_exhausts;
	snprintf(visited + len, sizeof(visited) - len, "%s%s %s [%s]%s%s%s", len ? "; " : "",
		type == VW_SYSTEM_LINUX     ? "linux"
		: type == VW_SYSTEM_WINDOWS ? "windows"
					    : "other",
		guest->root, fake_mounted(), guest->esp ? " esp" : "",
		guest->hibernated ? " hibernated" : "", guest->dirty ? " dirty" : "");
	return visit_rc ? vw_error_set(err, -visit_rc, "told to") : 0;
}

static int begin(void **state)
{
	(void)state;
	visited[0] = '\0';
	visit_rc = 0;
	visit_exhausts = false;
	return 0;
}

static int end(void **state)
{
	(void)state;
	fake_end();
	vw_findings_free(&findings);
	return 0;
}

static int look_with(const char *device, const char *secret)
{
	struct vw_key key = { .device = (char *)device, .secret = (char *)secret };
	struct vw_keys keys = { .v = &key, .n = device ? 1 : 0 };
	struct vw_roots roots = { .g = (guestfs_h *)&fake,
		.image = "disk",
		.keys = &keys,
		.findings = &findings,
		.visit = on_visit };
	struct vw_error err = { "" };
	int rc;

	roots.data = &roots;
	rc = vw_roots_visit(&roots, &err);
	assert_int_equal(rc < 0, err.msg[0] != '\0');
	assert_true(rc < 0 || !fake.n_mounts);
	return rc;
}

static void expect(const char *what)
{
	assert_int_equal(look_with(NULL, NULL), 0);
	assert_string_equal(visited, what);
}

/* "FAIL id" of all findings, in their order. */
static void said(const char *what)
{
	char text[1024] = "";

	for (size_t i = 0; i < findings.n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s %s", i ? ", " : "",
			vw_severity_name(findings.v[i].severity), findings.v[i].id);
	assert_string_equal(text, what);
}

static void says(size_t finding, const char *words)
{
	assert_true(finding < findings.n);
	if (!strstr(findings.v[finding].message, words))
		fail_msg("\"%s\" does not say \"%s\"", findings.v[finding].message, words);
}

/* A root in this directory of the tree, with these lines as its fstab. */
static void linux_in(const char *dir, const char *fstab)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/etc/os-release", dir);
	tree_file(&fake.tree, path, "ID=test\n");
	snprintf(path, sizeof(path), "%s/usr/bin", dir);
	tree_dir(&fake.tree, path);
	snprintf(path, sizeof(path), "%s/etc/fstab", dir);
	if (fstab)
		tree_file(&fake.tree, path, fstab);
}

/* A disk with one partition. */
static const struct fake_device plain[] = {
	FAKE(FAKE_DISK, "/dev/sda", NULL, NULL),
	FAKE(FAKE_PART, "/dev/sda1", "TYPE=ext4 UUID=11", "/a"),
	{ 0 },
};

#endif
