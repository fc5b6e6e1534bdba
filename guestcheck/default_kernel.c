/* SPDX-License-Identifier: GPL-2.0-or-later */
/* default_kernel: which of a guest's kernels boots when nobody chooses.
 *
 * What a boot loader's configuration names decides, and of several configurations the first whose boot loader is there. The entry's image is
 * traced to an installed kernel: it is a kernel's image (maybe by another name), or says its release, or has it in its name. Where it is of
 * none that is installed, the default is not known: no other kernel takes its place. */
#include "default_kernel_priv.h"

#include "boot_file.h"
#include "bytes.h"
#include "cleanup.h"
#include "kernel_image.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#define PATH_SIZE 1024

struct search {
	const struct vw_host *files;
	const struct vw_guest_kernels *kernels;
	struct vw_findings *findings;
};

/* Where an entry's image leads. */
struct target {
	size_t index;         /* SIZE_MAX = none that is installed */
	char path[PATH_SIZE]; /* of the image; "" = there is none */
	bool nameless;        /* it says nothing of its release: it may be any kernel's */
	bool guessed;         /* … and so is taken for the only one */
	bool unreadable;
};

void vw_default_kernel_free(struct vw_default_kernel *kernel)
{
	free(kernel->evidence);
	free(kernel->cmdline);
	free(kernel->cmdline_file);
	*kernel = (struct vw_default_kernel){ .index = SIZE_MAX };
}

/* --- from an image to a kernel --- */

static size_t by_release(const struct vw_guest_kernels *kernels, const char *release)
{
	for (size_t i = 0; i < kernels->n; i++)
		if (!strcmp(kernels->v[i].release, release))
			return i;
	return SIZE_MAX;
}

/* The kernel whose image this is, by whatever name. */
static size_t by_image(const struct search *s, const char *path)
{
	struct stat mine, other;
	bool known = vw_host_statf(s->files, &mine, "%s", path) == 0;

	for (size_t i = 0; i < s->kernels->n; i++) {
		const char *image = s->kernels->v[i].image;

		if (image && !strcmp(image, path))
			return i;
		if (image && known && mine.st_ino &&
			vw_host_statf(s->files, &other, "%s", image) == 0 &&
			mine.st_dev == other.st_dev && mine.st_ino == other.st_ino)
			return i;
	}
	return SIZE_MAX;
}

/* The kernel whose release is a component of the path, or ends one behind a "-"; the longest of several. */
static size_t by_name(const struct vw_guest_kernels *kernels, const char *name)
{
	size_t best = SIZE_MAX, best_len = 0;

	for (size_t i = 0; i < kernels->n; i++) {
		const char *release = kernels->v[i].release;
		size_t len = strlen(release);

		for (const char *at = name; len > best_len && (at = strstr(at, release)); at++)
			if (at > name && (at[-1] == '/' || at[-1] == '-') &&
				(!at[len] || at[len] == '/' || at[len] == '+' ||
					!strcasecmp(at + len, ".efi"))) {
				best = i;
				best_len = len;
			}
	}
	return best;
}

static bool has_digit(const char *name)
{
	const char *base = strrchr(name, '/');

	for (base = base ? base : name; *base; base++)
		if (isdigit((unsigned char)*base))
			return true;
	return false;
}

static void trace(const struct search *s, const char *mount, const char *name, struct target *t)
{
	char release[VW_RELEASE_MAX];
	bool found;
	int says = 0, rc;

	*t = (struct target){ .index = SIZE_MAX };
	rc = vw_boot_find(s->files, mount, name, t->path, sizeof(t->path));
	found = rc == 1;
	t->unreadable = rc < 0;
	if (!found)
		t->path[0] = '\0';
	else
		t->index = by_image(s, t->path);
	if (found && t->index == SIZE_MAX) {
		says = vw_kernel_image_release(s->files, t->path, release, sizeof(release));
		t->unreadable |= says < 0;
		if (says == 1)
			t->index = by_release(s->kernels, release);
	}
	if (t->index == SIZE_MAX && says == 0)
		t->index = by_name(s->kernels, name);
	t->nameless = t->index == SIZE_MAX && found && says == 0 && !has_digit(name);
	if (t->nameless && s->kernels->n == 1) {
		t->index = 0;
		t->guessed = true;
	}
}

/* --- from a configuration to an answer --- */

/* The file system whose paths an entry has: the one that boot loader entries, or a grub.cfg on the ESP, are on; else /boot may be one of its
 * own. */
static void find_mount(const struct vw_boot_entry *entry, char *mount, size_t size)
{
	const char *end = strstr(entry->file, "/loader/entries/");

	end = end ? end : strstr(entry->file, "/EFI/");
	snprintf(mount, size, "%.*s", end ? (int)(end - entry->file) : (int)strlen("/boot"),
		end ? entry->file : "/boot");
}

static void trace_entry(
	const struct search *s, const struct vw_boot_entry *entry, struct target *target)
{
	char mount[PATH_SIZE];

	find_mount(entry, mount, sizeof(mount));
	trace(s, mount, entry->kernel, target);
}

/* "FILE:LINE", or the file alone where no line is known. */
static void add_place(struct vw_bytes *out, const char *file, unsigned int line)
{
	vw_bytes_addf(out, "%s", file);
	if (line)
		vw_bytes_addf(out, ":%u", line);
}

static void say_why_not(
	const struct search *s, const struct vw_boot_entry *entry, const struct target *target)
{
	const char *remedy = "install the kernel with its modules, or set another default";
	vw_auto(vw_bytes_free) struct vw_bytes what = { 0 };

	add_place(&what, entry->file, entry->line);
	if (!entry->kernel[0])
		vw_bytes_addf(&what, ": the default entry \"%s\" names no kernel", entry->title);
	else
		vw_bytes_addf(&what, ": the default entry boots %s", entry->kernel);
	if (target->unreadable)
		vw_bytes_addf(&what, ", which cannot be read");
	else if (target->index == SIZE_MAX && target->nameless)
		vw_bytes_addf(&what, ", which does not say of which kernel it is");
	else if (target->index == SIZE_MAX && target->path[0])
		vw_bytes_addf(&what, ", of which no modules are installed");
	else if (target->index == SIZE_MAX && entry->kernel[0])
		vw_bytes_addf(&what, ", which is not there, nor are its modules");
	else if (!target->path[0])
		vw_bytes_addf(&what, ", which is not there");
	else
		return;
	vw_finding_add(s->findings, VW_WARN, "guest-boot-entry", entry->file, remedy, "%s",
		what.lost ? "out of memory" : what.data);
}

static int set_evidence(const struct vw_boot_why *why, const struct vw_boot_entry *entry,
	struct vw_default_kernel *out)
{
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };

	add_place(&text, why->file, why->line);
	vw_bytes_addf(
		&text, ": %s, which boots %s", why->value, entry ? entry->kernel : "no Linux");
	out->evidence = text.lost ? NULL : strdup(text.data);
	return out->evidence ? 0 : -ENOMEM;
}

static int answer(
	const struct search *s, const struct vw_boot_config *config, struct vw_default_kernel *out)
{
	const struct vw_boot_why *why = &config->entries.why;
	const struct vw_boot_entry *entry = vw_boot_entries_default(&config->entries);
	struct target target;

	out->rule = why->rule;
	out->confidence = config->confidence;
	if (set_evidence(why, entry, out))
		return -ENOMEM;
	out->other = true;
	if (!entry) {
		vw_finding_add(s->findings, VW_WARN, "guest-boot-entry", why->file,
			"set a default that boots Linux",
			"what boots by default is no Linux kernel: %s", why->value);
		return 0;
	}
	trace_entry(s, entry, &target);
	say_why_not(s, entry, &target);
	out->index = target.index;
	out->other = target.index == SIZE_MAX && !target.nameless;
	if (target.guessed)
		out->confidence = VW_CONFIDENCE_LOW;
	else if (!target.path[0] && out->confidence > VW_CONFIDENCE_MEDIUM)
		out->confidence = VW_CONFIDENCE_MEDIUM;
	out->cmdline = strdup(entry->cmdline);
	out->cmdline_file = strdup(entry->file);
	out->cmdline_line = entry->line;
	return out->cmdline && out->cmdline_file ? 0 : -ENOMEM;
}

/* The first whose boot loader is there; else the first. */
static const struct vw_boot_config *choose(const struct vw_boot_configs *configs)
{
	for (size_t i = 0; i < configs->n; i++)
		if (configs->v[i].has_code)
			return &configs->v[i];
	return configs->n ? &configs->v[0] : NULL;
}

/* Other configurations that would boot another kernel: which one the firmware starts is not in the image. */
static void compare(const struct search *s, const struct vw_boot_configs *configs,
	const struct vw_boot_config *chosen, struct vw_default_kernel *out)
{
	for (size_t i = 0; i < configs->n; i++) {
		const struct vw_boot_config *other = &configs->v[i];
		const struct vw_boot_entry *entry = vw_boot_entries_default(&other->entries);
		struct target target = { .index = SIZE_MAX };

		if (other == chosen)
			continue;
		if (entry)
			trace_entry(s, entry, &target);
		if (target.index == out->index)
			continue;
		vw_finding_add(s->findings, VW_WARN, "guest-boot-ambiguous",
			other->entries.why.file,
			"remove the configuration of the boot loader that is not used",
			"another boot loader's configuration boots something else: %s (%s), and "
			"not %s (%s), which was chosen because %s",
			other->entries.why.value, other->entries.why.rule,
			chosen->entries.why.value, chosen->entries.why.rule,
			chosen->has_code ? "its boot loader is there" : "it comes first");
		if (!chosen->has_code || other->has_code)
			out->confidence = VW_CONFIDENCE_LOW;
		else if (out->confidence > VW_CONFIDENCE_MEDIUM)
			out->confidence = VW_CONFIDENCE_MEDIUM;
	}
}

/* --- without a boot loader's configuration --- */

/* Links that distributions keep for boot loaders that know nothing of versions, and for people who boot by hand. 1, 0, -ENOMEM. */
static int by_link(const struct search *s, struct vw_default_kernel *out)
{
	static const char *const links[] = { "/vmlinuz", "/boot/vmlinuz" };
	char leads[PATH_SIZE];

	for (size_t i = 0; i < VW_ARRAY_SIZE(links); i++) {
		struct target target;

		if (vw_host_readlinkf(s->files, leads, sizeof(leads), "%s", links[i]) < 0)
			continue;
		trace(s, "", links[i], &target);
		if (target.guessed)
			continue;
		if (target.index == SIZE_MAX)
			target.index = by_name(s->kernels, leads);
		if (target.index == SIZE_MAX)
			continue;
		out->index = target.index;
		out->rule = "link";
		out->confidence = VW_CONFIDENCE_MEDIUM;
		if (asprintf(&out->evidence, "%s leads to %s", links[i], leads) < 0) {
			out->evidence = NULL;
			return -ENOMEM;
		}
		return 1;
	}
	return 0;
}

/* Kernels without an image cannot boot: they come after all that have one. */
static int by_version(const struct search *s, struct vw_default_kernel *out)
{
	const struct vw_guest_kernels *kernels = s->kernels;
	size_t best = kernels->n - 1;

	for (size_t i = kernels->n; i-- > 0;)
		if (kernels->v[i].image) {
			best = i;
			break;
		}
	out->index = best;
	out->rule = "highest-version";
	out->confidence = kernels->n == 1 ? VW_CONFIDENCE_MEDIUM : VW_CONFIDENCE_LOW;
	if (asprintf(&out->evidence, "%s%s, and no boot loader's configuration says which boots",
		    kernels->v[best].dir,
		    kernels->n == 1 ? " is the only kernel" : " has the highest version") < 0) {
		out->evidence = NULL;
		return -ENOMEM;
	}
	return 0;
}

/* Where boot loaders have their files: what cannot be read there may hold the one that counts. */
static bool is_unreadable(const struct search *s)
{
	static const char *const dirs[] = { "/boot", "/boot/grub", "/boot/grub2", "/boot/efi/EFI",
		"/efi/EFI" };
	bool any = false;

	for (size_t i = 0; i < VW_ARRAY_SIZE(dirs); i++) {
		vw_auto(vw_names_free) struct vw_names names = { 0 };
		int rc = vw_host_listf(s->files, &names, "%s", dirs[i]);

		if (rc >= 0 || vw_error_absent(rc))
			continue;
		any = true;
		vw_finding_add(s->findings, VW_WARN, "guest-boot-config", dirs[i],
			"look at the guest's file systems", "cannot read %s: %s", dirs[i],
			strerror(-rc));
	}
	return any;
}

static int find(const struct search *s, struct vw_default_kernel *out, struct vw_error *err)
{
	vw_auto(vw_boot_configs_free) struct vw_boot_configs configs = { 0 };
	const struct vw_boot_config *chosen;
	int rc = vw_boot_configs_read(s->files, &configs, s->findings, err);

	if (rc < 0)
		return rc;
	chosen = choose(&configs);
	if (chosen) {
		rc = answer(s, chosen, out);
		if (rc == 0)
			compare(s, &configs, chosen, out);
		return rc;
	}
	rc = by_link(s, out);
	return rc == 0 && s->kernels->n ? by_version(s, out) : rc < 0 ? rc : 0;
}

int vw_default_kernel_find(const struct vw_host *files, const struct vw_guest_kernels *kernels,
	struct vw_default_kernel *out, struct vw_findings *findings, struct vw_error *err)
{
	const struct search s = { files, kernels, findings };
	int rc;

	*out = (struct vw_default_kernel){ .index = SIZE_MAX };
	rc = find(&s, out, err);
	if (is_unreadable(&s))
		out->confidence = VW_CONFIDENCE_LOW;
	if (rc < 0) {
		vw_default_kernel_free(out);
		return vw_error_set(err, ENOMEM, "out of memory");
	}
	return 0;
}
