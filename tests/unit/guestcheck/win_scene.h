/* SPDX-License-Identifier: GPL-2.0-or-later */
/* win_scene: a Windows volume for unit tests: its files, its hives, and what is asked of it. */
#ifndef VW_TEST_WIN_SCENE_H
#define VW_TEST_WIN_SCENE_H

#include "hive_here.h"

#include "windows.h"

enum { SCENE_X86 = 0x14c, SCENE_AMD64 = 0x8664 };

#define SCENE_CONFIG  "/Windows/System32/config"
#define SCENE_DRIVERS "/Windows/System32/drivers"
#define SCENE_STORE   "/Windows/System32/DriverStore/FileRepository"

struct scene {
	struct tree tree;
	struct hive_here here;
	struct vw_guest guest;
	struct vw_system system; /* of the last scene_ask */
};
/* An amd64 Windows with cmd.exe and empty INF and driver store directories, and no hives yet. */
void scene_new(struct scene *scene);
void scene_free(struct scene *scene);

/* SOFTWARE as a release has it; further lines (NULL = none) continue its key CurrentVersion. */
void scene_release(struct scene *scene, const char *version, const char *build, bool server,
	const char *further);
/* Any hive; further lines may be NULL. */
void scene_hive(struct scene *scene, const char *name, const char *lines, const char *further);
/* A PE file with a version resource ("1.2.3.4"; NULL = without one). */
void scene_binary(struct scene *scene, const char *path, int machine, const char *version);

/* Examines it for one device; the answer lives until the next question. */
const struct vw_check *scene_ask(struct scene *scene, const struct vw_vf_device *device);
/* Is there a finding with this id? */
bool scene_found(const struct scene *scene, const char *id);
/* Is this text in a sentence of the evidence? */
bool scene_says(const struct vw_check *check, const char *text);

/* 8086:10ed and 8086:1520. */
extern const struct vw_vf_device scene_82599, scene_i350;

/* SYSTEM as every release has it, and as it is where vxn was installed. */
extern const char scene_system[], scene_service[];
/* What a staged package oem7.inf, vxn65x64.inf 2.1.175.0 of 2019-08-02 for 82599, leaves in a hive with a DriverDatabase. */
extern const char scene_database[];
/* An INF of that package: the device by its plain id, or by this one, in [Vendor.DECORATION]; DriverVer as given. */
void scene_inf(
	struct scene *scene, const char *path, const char *decoration, const char *driver_ver);
void scene_inf_id(struct scene *scene, const char *path, const char *decoration,
	const char *driver_ver, const char *id);

#endif
