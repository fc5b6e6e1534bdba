/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy_priv: what the parts of policy share: a rule, and reading one file of devices and rules. */
#ifndef VW_POLICY_PRIV_H
#define VW_POLICY_PRIV_H

#include "policy.h"

#include "ini_file.h"
#include "policy_version.h"

#define VW_POLICY_DEVICES_MAX 4096
#define VW_POLICY_RULES_MAX   1024

enum vw_effect { VW_EFFECT_OFF, VW_EFFECT_INFO, VW_EFFECT_WARN, VW_EFFECT_FAIL };

/* A release that a rule is for. */
struct vw_release {
	char *distro;  /* Linux: ID of os-release; NULL on Windows */
	bool versions; /* only those in the range: of VERSION_ID, or of the NT version */
	struct vw_version_range range;
};

/* One section [rule NAME]. Lists are NULL-terminated or NULL; what is empty or NULL does not restrict the rule. */
struct vw_policy_rule {
	char *name;
	char *file; /* where it stands, with its first line */
	unsigned int line;
	/* which */
	char **devices; /* "8086:10ed", or a family */
	bool windows;   /* else Linux */
	struct vw_release *releases;
	size_t n_releases;
	int server; /* 1 = servers only, 0 = clients only, -1 = both */
	/* when; all of them must hold */
	bool no_driver;
	char **drivers; /* globs */
	char **paths;   /* globs */
	struct vw_version driver_below, kernel_below;
	bool unknown_fails; /* a version that is not known counts as too low */
	/* what then */
	enum vw_effect effect;
	char *note, *remedy, *source;
	enum vw_confidence confidence;
};
void vw_policy_rule_free(struct vw_policy_rule *rule);

/* One file on its way. */
struct vw_policy_file {
	struct vw_ini ini; /* the first, so that its callbacks find the rest */
	struct vw_policy *policy;
	struct vw_names seen; /* sections of this file */
	/* the section that is being read */
	enum { VW_SECTION_NONE, VW_SECTION_DEVICE, VW_SECTION_RULE } kind;
	unsigned int line;
	uint32_t keys;   /* that it had */
	size_t mistakes; /* of the file, when it began */
	char **ids;      /* [device ID...] */
	struct vw_vf_device device;
	struct vw_policy_rule rule;
	char *releases; /* of the rule, as written: what they mean depends on its system */
	unsigned int releases_line;
};

/* A key of a section. set takes the value over into the file's device or rule, or reports the mistake. */
struct vw_policy_key {
	const char *name;
	void (*set)(struct vw_policy_file *file, const char *value);
	bool needed;
};
extern const struct vw_policy_key vw_policy_device_keys[], vw_policy_rule_keys[]; /* end: NULL */

/* A rule is read: what its keys say together. Reports mistakes. */
void vw_policy_rule_check(struct vw_policy_file *file);

/* "8086:10ed", in lower case, because files are searched and compared; false: it is none. */
bool vw_policy_device_id(const char *text, uint16_t *vendor, uint16_t *device);
/* Fields separated by blanks and tabs, NULL at the end; NULL = no memory. Freed with vw_policy_words_free. */
char **vw_policy_words(const char *text);
void vw_policy_words_free(char ***words);
void vw_policy_device_free(struct vw_vf_device *device);

/* Adds what stands in a file, or in a text (path: its name for the findings). A missing file is an empty one. 0 even with mistakes; -ENOMEM. */
int vw_policy_read(const struct vw_host *host, const char *path, struct vw_policy *policy,
	struct vw_findings *findings);
int vw_policy_parse(const char *text, size_t len, const char *path, struct vw_policy *policy,
	struct vw_findings *findings);

/* Rules for families or ids that no device has, and that would never say anything: FAIL findings. */
void vw_policy_check(const struct vw_policy *policy, struct vw_findings *findings);

#endif
