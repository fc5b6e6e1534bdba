/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel_model: a small kernel that reads its command line, written apart from cmdline.c and simpler, and a source of random lines.
 *
 * What was seen when Linux 6.1 was booted with these lines is in the table of test_cmdline.c; the model must agree with it. */
#ifndef VW_KERNEL_MODEL_H
#define VW_KERNEL_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct kernel {
	bool intel, intel_said, no_iommu, amd_off, pt, soft, no_intremap, realloc, noari;
};

static inline bool kernel_like(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static inline void kernel_word(struct kernel *k, const char *name, char *value)
{
	char *comma, *element = value;
	bool single = strcmp(name, "iommu.passthrough") == 0;

	if (strcmp(name, "nointremap") == 0)
		k->no_intremap = true;
	while (element) {
		comma = single ? NULL : strchr(element, ',');
		if (comma)
			*comma = '\0';
		if (strcmp(name, "intel_iommu") == 0 &&
			(kernel_like(element, "on") || kernel_like(element, "off"))) {
			k->intel = element[1] == 'n';
			k->intel_said = true;
		}
		if (strcmp(name, "iommu") == 0) {
			k->no_iommu |= kernel_like(element, "off");
			k->soft |= kernel_like(element, "soft");
			k->pt = kernel_like(element, "pt") ||
				(k->pt && !kernel_like(element, "nopt"));
		}
		if (single && strchr("1yYtT", element[0]) && element[0])
			k->pt = true;
		if (single && strchr("0nNfF", element[0]) && element[0])
			k->pt = false;
		if (strcmp(name, "amd_iommu") == 0)
			k->amd_off |= kernel_like(element, "off");
		if (strcmp(name, "intremap") == 0)
			k->no_intremap = kernel_like(element, "off") ||
					 (k->no_intremap && !kernel_like(element, "on"));
		if (strcmp(name, "pci") == 0) {
			k->noari |= kernel_like(element, "noari");
			if (kernel_like(element, "realloc=off"))
				k->realloc = false;
			else if (!strcmp(element, "realloc") || kernel_like(element, "realloc=on"))
				k->realloc = true;
		}
		element = comma ? comma + 1 : NULL;
	}
}

/* line is overwritten. */
static inline void kernel_boot(struct kernel *k, char *line)
{
	memset(k, 0, sizeof(*k));
	while (*line) {
		char word[8192], *value;
		size_t n = 0;
		bool quote = false, whole;

		while (*line && strchr(" \t\n\v\f\r", *line))
			line++;
		whole = *line == '"';
		for (; *line && (quote || !strchr(" \t\n\v\f\r", *line)); line++) {
			quote ^= *line == '"';
			word[n++] = *line;
		}
		word[n] = '\0';
		if (!n)
			return;
		if (whole && n > 1 && word[n - 1] == '"')
			word[n - 1] = '\0';
		memmove(word, word + whole, strlen(word + whole) + 1);
		value = strchr(word, '=');
		if (!value && strcmp(word, "--") == 0)
			return;
		if (value) {
			*value++ = '\0';
			if (*value == '"') {
				value++;
				if (*value && value[strlen(value) - 1] == '"')
					value[strlen(value) - 1] = '\0';
			}
		}
		for (char *c = word; *c; c++)
			*c = *c == '-' ? '_' : *c;
		kernel_word(k, word, value);
	}
}

/* --- random lines, the same in every run --- */

struct dice {
	uint64_t state;
};

static inline unsigned int roll(struct dice *dice, unsigned int sides)
{
	dice->state = dice->state * 6364136223846793005U + 1442695040888963407U;
	return (unsigned int)(dice->state >> 33) % sides;
}

static const char *const owned_words[] = { "intel_iommu=on", "intel_iommu=off", "intel-iommu=off",
	"intel_iommu=sm_on", "intel_iommu=on,sm_on", "intel_iommu=sm_on,off,igfx_off",
	"intel_iommu=on,off", "intel_iommu=", "intel_iommu", "intel_iommu=\"off\"",
	"\"intel_iommu=off\"", "intel_iommu=,off,", "iommu=pt", "iommu=off", "iommu=soft",
	"iommu=nopt", "iommu=force,soft", "iommu=nopt,pt", "iommu=pt,nopt", "iommu=\"pt,off\"",
	"iommu", "iommu.passthrough=1", "iommu.passthrough=0", "iommu.passthrough=n",
	"amd_iommu=on", "amd_iommu=off", "amd-iommu=fullflush,off", "intremap=off",
	"intremap=on,nosid", "intremap=nosid,off", "nointremap", "pci=noari", "pci=realloc",
	"pci=realloc=off", "pci=nomsi,realloc=off,noaer", "pci=realloc=on", "pci=assign-busses" };
static const char *const other_words[] = { "quiet", "ro", "root=UUID=1-2", "console=tty0",
	"console=ttyS0,115200n8", "rd.lvm.lv=vg/root", "rd.lvm.lv=vg/swap", "INTEL_IOMMU=off",
	"my_intel_iommu=off", "iommufd=off", "dyndbg=\"file a +p\"", "x=\"a intel_iommu=off b\"",
	"a=b=c", "=x", "crashkernel=auto", "ixgbe.max_vfs=4", "iommu.strict=1",
	"amd_iommu_dump=1" };

/* A random line; returns its length. end: with "--", quotes that are never closed, odd blanks. */
static inline size_t roll_line(struct dice *dice, bool odd, char *line, size_t size)
{
	unsigned int words = roll(dice, 9);
	size_t n = 0;

	line[0] = '\0';
	for (unsigned int w = 0; w < words; w++) {
		const char *word = roll(dice, 2)
					   ? owned_words[roll(dice,
						     sizeof(owned_words) / sizeof(owned_words[0]))]
					   : other_words[roll(dice,
						     sizeof(other_words) / sizeof(other_words[0]))];

		if (odd && roll(dice, 24) == 0)
			word = "--";
		if (odd && w + 1 == words && roll(dice, 12) == 0)
			word = "y=\"never closed";
		n += (size_t)snprintf(line + n, size - n, "%s%s",
			w || (odd && roll(dice, 8) == 0)
				? (odd && roll(dice, 5) == 0 ? " \t " : " ")
				: "",
			word);
	}
	if (odd && roll(dice, 8) == 0)
		n += (size_t)snprintf(line + n, size - n, "  ");
	return n;
}

#endif
