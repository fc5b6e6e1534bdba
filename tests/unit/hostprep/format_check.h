/* SPDX-License-Identifier: GPL-2.0-or-later */
/* format_check: what must hold of every format of args_file, for given texts and for generated ones. */
#ifndef VW_TEST_FORMAT_CHECK_H
#define VW_TEST_FORMAT_CHECK_H

#include "tree.h"

#include "args_file.h"
#include "cleanup.h"

#include <string.h>

static const struct vw_boot_args want_intel = { .intel_iommu = true };
static const struct vw_boot_args want_both = { .intel_iommu = true, .passthrough = true };
static const struct vw_boot_args want_clean = { 0 };

/* --- numbers that are the same in every run --- */

static uint64_t draw_state;

static inline void draw_seed(uint64_t seed)
{
	draw_state = seed * 0x9e3779b97f4a7c15ULL + 1;
}

/* 0 to n - 1. */
static inline size_t draw(size_t n)
{
	draw_state ^= draw_state << 13;
	draw_state ^= draw_state >> 7;
	draw_state ^= draw_state << 17;
	return (size_t)((draw_state >> 11) % n);
}

#define PICK(array) ((array)[draw(VW_ARRAY_SIZE(array))])

/* A command line as people and installers write them. */
static inline void draw_args(struct vw_bytes *text)
{
	static const char *const words[] = { "ro", "quiet", "rhgb", "root=UUID=0a-b1",
		"root=/dev/sda1", "console=tty0", "console=ttyS0,115200", "rd.lvm.lv=vg/root",
		"rd.lvm.lv=vg/swap", "intel_iommu=on", "intel_iommu=off", "intel-iommu=off",
		"intel_iommu=sm_on,off", "intel_iommu=on,sm_on", "iommu=pt", "iommu=off",
		"iommu=soft,pt", "iommu=nopt", "amd_iommu=off", "intremap=off", "nointremap",
		"iommu.passthrough=0", "pci=noari", "pci=realloc=off,nomsi", "single", "--",
		"crashkernel=1G-4G:192M", "a&b", "x=/y|z", "KEYTABLE=us", "intel_iommu_not=off",
		"xiommu=off", "mem=4G", "splash=silent" };
	static const char *const blanks[] = { " ", " ", " ", " ", "  ", "\t", " \t " };
	size_t n = draw(9);

	for (size_t i = 0; i < n; i++)
		vw_bytes_addf(text, "%s%s", i ? PICK(blanks) : "", PICK(words));
}

static inline const struct vw_boot_args *draw_want(void)
{
	static const struct vw_boot_args *const wants[] = { &want_intel, &want_both, &want_clean };

	return PICK(wants);
}

/* --- one text --- */

static inline struct vw_bytes as_bytes(const char *text)
{
	return (struct vw_bytes){ .data = (char *)text, .len = strlen(text) };
}

/* Edits a text; 1, 0 or -errno, as vw_args_file_edit. */
static inline int edit_text(const struct vw_args_format *format, const struct vw_bytes *text,
	const struct vw_boot_args *want, struct vw_bytes *after)
{
	struct vw_error err = { "" };
	int rc = vw_args_file_edit(
		format, text->data ? text->data : "", text->len, want, after, &err);

	assert_true(rc >= 0 ? err.msg[0] == '\0' : err.msg[0] != '\0');
	return rc;
}

/* Edited, the text is `expected` (NULL: nothing changes); edited again nothing changes; taken back it is what it was. */
static inline void check_text(const struct vw_args_format *format, const char *text,
	const struct vw_boot_args *want, const char *expected)
{
	vw_auto(vw_bytes_free) struct vw_bytes after = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes again = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes back = { 0 };
	struct vw_bytes before = as_bytes(text);
	int rc = edit_text(format, &before, want, &after);

	if (rc < 0 || rc != (expected != NULL))
		fail_msg("%d for: %s", rc, text);
	if (!expected)
		return;
	assert_string_equal(after.data, expected);
	assert_int_equal(edit_text(format, &after, want, &again), 0);
	assert_int_equal(vw_args_file_undo(format, &before, &after, &after, &back, NULL), 1);
	assert_true(vw_bytes_equal(&before, &back));
}

static inline void check_refused(
	const struct vw_args_format *format, const char *text, int rc, const char *message)
{
	vw_auto(vw_bytes_free) struct vw_bytes after = { 0 };
	struct vw_error err = { "" };

	assert_int_equal(
		vw_args_file_edit(format, text, strlen(text), &want_both, &after, &err), rc);
	if (!strstr(err.msg, message))
		fail_msg("'%s' does not say '%s'", err.msg, message);
}

/* --- what must hold of any text --- */

/* Is this word one that vfward may change? */
static inline bool is_ours(const char *word, size_t len)
{
	static const char *const keys[] = { "intel_iommu", "iommu", "amd_iommu", "intremap",
		"nointremap", "iommu.passthrough", "pci" };
	char key[32] = "";

	for (size_t i = 0; i < len && i + 1 < sizeof(key) && word[i] != '='; i++)
		key[i] = word[i] == '-' ? '_' : word[i];
	for (size_t i = 0; i < VW_ARRAY_SIZE(keys); i++)
		if (!strcmp(key, keys[i]))
			return true;
	return false;
}

/* Is text[begin..equals] a name of its own? update-grub's options are "# NAME=VALUE", SLES 11's "NAME_APPEND=VALUE". */
static inline bool is_name(const struct vw_bytes *text, size_t begin, size_t equals)
{
	static const char append[] = "_APPEND";
	size_t len = strlen(append);

	if (equals - begin > len && !memcmp(text->data + equals - len, append, len))
		return true;
	return begin >= 2 && !memcmp(text->data + begin - 2, "# ", 2) &&
	       (begin == 2 || text->data[begin - 3] == '\n');
}

/* The next word of a text that is nobody's but the admin's; false: there is none. */
static inline bool next_foreign(const struct vw_bytes *text, size_t *at, size_t *begin, size_t *end)
{
	static const char between[] = " \t\r\n\"'";

	for (;;) {
		while (*at < text->len && strchr(between, text->data[*at]))
			++*at;
		*begin = *at;
		while (*at < text->len && !strchr(between, text->data[*at]))
			if (text->data[(*at)++] == '=' && is_name(text, *begin, *at - 1))
				break;
		*end = *at;
		if (*begin == *end)
			return false;
		if (!is_ours(text->data + *begin, *end - *begin))
			return true;
	}
}

/* All other words stand there as before, in the same order. */
static inline void check_foreign_words(const struct vw_bytes *before, const struct vw_bytes *after)
{
	size_t i = 0, k = 0, a, b, c, d;
	bool more;

	do {
		more = next_foreign(before, &i, &a, &b);
		if (next_foreign(after, &k, &c, &d) != more)
			fail_msg("more or fewer words:\n%s\n---\n%s", before->data, after->data);
		if (more && (b - a != d - c || memcmp(before->data + a, after->data + c, b - a)))
			fail_msg("'%.*s' became '%.*s'", (int)(b - a), before->data + a,
				(int)(d - c), after->data + c);
	} while (more);
}

/* Outside the command lines every byte is as it was, and each of them says what is wanted. */
static inline void check_places(const struct vw_args_format *format, const struct vw_bytes *before,
	const struct vw_bytes *after, const struct vw_boot_args *want)
{
	vw_auto(vw_places_free) struct vw_places a = { 0 };
	vw_auto(vw_places_free) struct vw_places b = { 0 };
	size_t i = 0, k = 0;

	assert_int_equal(format->find(before->data, before->len, &a, NULL), 0);
	assert_int_equal(format->find(after->data, after->len, &b, NULL), 0);
	assert_int_equal(a.n, b.n);
	for (size_t n = 0; n < a.n; n++) {
		const struct vw_place *x = &a.v[n], *y = &b.v[n];

		assert_int_equal(x->begin - i, y->begin - k);
		assert_memory_equal(before->data + i, after->data + k, x->begin - i);
		i = x->begin + x->len;
		k = y->begin + y->len;
		assert_true(vw_cmdline_says(
			after->data + y->begin, y->len, y->clean_only ? &want_clean : want));
		assert_true(x->begin + x->len <= before->len && x->clean_only == y->clean_only);
		assert_string_equal(x->label, y->label);
	}
}

/* The text, changed and taken back, alone and with what others have put in front of and behind it. */
static inline void check_any(const struct vw_args_format *format, const struct vw_bytes *before,
	const struct vw_boot_args *want, const char *front, const char *behind)
{
	vw_auto(vw_bytes_free) struct vw_bytes after = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes again = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes now = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes then = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes back = { 0 };
	int rc = edit_text(format, before, want, &after);

	assert_true(rc >= 0);
	if (rc == 0) {
		check_places(format, before, before, want);
		return;
	}
	assert_int_equal(edit_text(format, &after, want, &again), 0);
	check_foreign_words(before, &after);
	if (!format->finish)
		check_places(format, before, &after, want);
	assert_int_equal(vw_args_file_undo(format, before, &after, &after, &back, NULL), 1);
	assert_true(vw_bytes_equal(before, &back));
	vw_bytes_addf(&now, "%s%s%s", front, after.data, behind);
	vw_bytes_addf(&then, "%s%s%s", front, before->data, behind);
	assert_int_equal(vw_args_file_undo(format, before, &after, &now, &back, NULL), 1);
	if (!vw_bytes_equal(&then, &back)) {
		fprintf(stderr, "%s\n--- became\n%s\n--- came back as\n%s", then.data, now.data,
			back.data);
		fail();
	}
}

#endif
