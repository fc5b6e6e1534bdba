/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of args_file.c with a format of three lines: "args LABEL TEXT", "sh LABEL WORD" or "sh LABEL "TEXT"", "own TEXT". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "args_file.h"
#include "cleanup.h"

#include <errno.h>

static int toy_find(const char *text, size_t len, struct vw_places *places, struct vw_error *err)
{
	unsigned int number = 0;
	const char *line, *end;

	for (line = text; line < text + len; line = end + 1) {
		struct vw_place place = { .line = ++number };
		size_t size, head = 0;

		end = memchr(line, '\n', (size_t)(text + len - line));
		if (!end)
			end = text + len;
		size = (size_t)(end - line);
		if (size >= 4 && !memcmp(line, "bad!", 4))
			return vw_error_set(err, EBADMSG, "line %u: bad", number);
		if (sscanf(line, "args %60s %zn", place.label, &head) == 1 && head) {
			place.quoting = VW_QUOTE_PLAIN;
		} else if (sscanf(line, "sh %60s %zn", place.label, &head) == 1 && head) {
			place.quoting = VW_QUOTE_BARE;
			place.clean_only = place.label[0] == 'C';
			if (head < size && line[head] == '"') {
				place.quoting = VW_QUOTE_DOUBLE;
				head++;
				size--;
			}
		} else if (size >= 4 && !memcmp(line, "own ", 4)) {
			head = 4;
			place.line_begin = (size_t)(line - text);
			place.line_end = (size_t)(end - text) + (end < text + len);
		} else {
			continue;
		}
		head = head > size ? size : head; /* sscanf does not stop at the line's end */
		place.begin = (size_t)(line - text) + head;
		place.len = size - head;
		if (vw_places_add(places, &place))
			return -ENOMEM;
	}
	return 0;
}

static int toy_finish(struct vw_bytes *text, struct vw_error *err)
{
	if (strstr(text->data, "refuse"))
		return vw_error_set(err, ENOSPC, "no room");
	vw_bytes_add(text, "#", 1);
	return 0;
}

static const struct vw_args_format toy = { "toy", toy_find, NULL },
				   finished = { "toy", toy_find, toy_finish };
static const struct vw_boot_args intel = { .intel_iommu = true };

static struct vw_bytes bytes(const char *text)
{
	return (struct vw_bytes){ .data = (char *)text, .len = strlen(text) };
}

static void check_edit(const char *text, const char *expected)
{
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
	int rc = vw_args_file_edit(&toy, text, strlen(text), &intel, &out, NULL);

	assert_int_equal(rc, expected ? 1 : 0);
	if (expected)
		assert_string_equal(out.data, expected);
	else
		assert_int_equal(out.len, 0);
}

static void test_edit(void **ctx)
{
	(void)ctx;
	check_edit("", NULL);
	check_edit("# args intel_iommu=off\n\n", NULL);
	check_edit("args a  x intel_iommu=on\n", NULL);
	check_edit("\t# x\nargs a  x  y \nargs b intel_iommu=off\nrest",
		"\t# x\nargs a  x  y intel_iommu=on \nargs b "
		"intel_iommu=on\nrest");
	/* a bare word gets quotes only where it has to */
	check_edit("sh a quiet\n", "sh a \"quiet intel_iommu=on\"\n");
	check_edit("sh a intel_iommu=off\n", "sh a intel_iommu=on\n");
	check_edit("sh a \"x intel_iommu=\\\"off\\\"\"\n", "sh a \"x intel_iommu=\\\"on\\\"\"\n");
	/* what is not to get anything is cleaned */
	check_edit("sh C \"x iommu=off\"\n", "sh C \"x\"\n");
	check_edit("sh C \"x\"\n", NULL);
}

static void test_refused(void **ctx)
{
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
	struct vw_error err = { "" };
	char text[3000] = "args a x\nargs b ";

	(void)ctx;
	assert_int_equal(
		vw_args_file_edit(&toy, "args a x\nbad!\n", 14, &intel, &out, &err), -EBADMSG);
	assert_non_null(strstr(err.msg, "line 2"));
	assert_int_equal(vw_args_file_edit(&toy, "args a \0\n", 9, &intel, &out, &err), -EBADMSG);
	assert_non_null(strstr(err.msg, "NUL"));
	memset(text + strlen(text), 'y', 2500);
	assert_int_equal(vw_args_file_edit(&toy, text, strlen(text), &intel, &out, &err), -E2BIG);
	assert_non_null(strstr(err.msg, "line 2: "));
}

static void test_finish(void **ctx)
{
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };

	(void)ctx;
	assert_int_equal(vw_args_file_edit(&finished, "args a x", 8, &intel, &out, NULL), 1);
	assert_string_equal(out.data, "args a x intel_iommu=on#");
	assert_int_equal(
		vw_args_file_edit(&finished, "args a refuse", 13, &intel, &out, NULL), -ENOSPC);
}

static void check_undo(const char *before, const char *after, const char *now, const char *expected)
{
	struct vw_bytes b = bytes(before), a = bytes(after), n = bytes(now);
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
	int rc = vw_args_file_undo(&toy, &b, &a, &n, &out, NULL);

	if (rc != (expected ? 1 : 0))
		fail_msg("'%s': %d", now, rc);
	if (expected && strcmp(out.data, expected) != 0)
		fail_msg("'%s' becomes '%s', not '%s'", now, out.data, expected);
}

static void test_undo(void **ctx)
{
	static const char *before = "# a\nargs A x  y\nargs B intel_iommu=off z\n",
			  *after = "# a\nargs A x  y intel_iommu=on\nargs B intel_iommu=on z\n";

	(void)ctx;
	check_undo(before, after, after, before);
	check_undo(before, before, after, NULL);
	check_undo(before, after, before, NULL);
	/* comments, an entry gone, entries in another order */
	check_undo(before, after, "args A x  y intel_iommu=on\n# b\n", "args A x  y\n# b\n");
	check_undo(before, after, "args B intel_iommu=on z\nargs A x  y intel_iommu=on\n",
		"args B intel_iommu=off z\nargs A x  y\n");
	/* a kernel update has copied an entry: the copy becomes what its model becomes */
	check_undo(before, after, "args N x  y intel_iommu=on\nargs A x  y intel_iommu=on\n",
		"args N x  y\nargs A x  y\n");
	check_undo(before, after, "args N new x y intel_iommu=on\n", "args N new x y\n");
	check_undo(
		before, after, "args N intel_iommu=on z new\n", "args N intel_iommu=off z new\n");
	/* others have changed a line */
	check_undo(before, after, "args A y intel_iommu=on more\nargs B intel_iommu=on z\n",
		"args A y more\nargs B intel_iommu=off z\n");
}

/* Two lines that became the same were not the same: the label tells, and else their order. */
static void test_undo_twins(void **ctx)
{
	static const char *before = "args A x\nargs B x intel_iommu=on\n",
			  *after = "args A x intel_iommu=on\nargs B x intel_iommu=on\n";

	(void)ctx;
	check_undo(before, after, "#\nargs B x intel_iommu=on\nargs A x intel_iommu=on\n",
		"#\nargs B x intel_iommu=on\nargs A x\n");
	check_undo("args A x\nargs A x intel_iommu=on\n",
		"args A x intel_iommu=on\nargs A x intel_iommu=on\n",
		"#\nargs A x intel_iommu=on\nargs A x intel_iommu=on\n",
		"#\nargs A x\nargs A x intel_iommu=on\n");
}

static void test_undo_quotes(void **ctx)
{
	static const char *before = "sh A quiet\nsh B\n",
			  *after = "sh A \"quiet intel_iommu=on\"\nsh B\n";

	(void)ctx;
	check_undo(before, after, after, before);
	check_undo(before, after, "#\nsh A \"quiet intel_iommu=on\"\n", "#\nsh A quiet\n");
	check_undo(before, after, "sh A \"quiet intel_iommu=on x\"\n", "sh A \"quiet x\"\n");
	check_undo(before, after, "sh A intel_iommu=on\n", "sh A \n");
	check_undo("sh A iommu=off\n", "sh A \n", "sh A x\n", "sh A \"iommu=off x\"\n");
}

/* A line that is our own goes as a whole, and only that. */
static void test_undo_own(void **ctx)
{
	static const char *before = "args A iommu=off\nend",
			  *after = "args A \nend\nown intel_iommu=on\n";

	(void)ctx;
	check_undo(before, after, after, before);
	check_undo(before, after, "args A \n#\nown intel_iommu=on\nmore\n",
		"args A iommu=off\n#\nmore\n");
	check_undo(before, after, "own intel_iommu=on more\n", "");
	/* one that stood there before, put in by an earlier run, stays */
	check_undo("own intel_iommu=on\nargs A iommu=off\n", "own intel_iommu=on\nargs A \n",
		"own intel_iommu=on\n#\nargs A \n", "own intel_iommu=on\n#\nargs A iommu=off\n");
}

static void test_undo_refused(void **ctx)
{
	struct vw_bytes b = bytes("args A x\n"), a = bytes("args A x iommu=pt\n"),
			n = bytes("\nbad!\n");
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
	struct vw_error err = { "" };

	(void)ctx;
	assert_int_equal(vw_args_file_undo(&toy, &b, &a, &n, &out, &err), -EBADMSG);
	assert_non_null(strstr(err.msg, "line 2"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edit),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_finish),
		cmocka_unit_test(test_undo),
		cmocka_unit_test(test_undo_twins),
		cmocka_unit_test(test_undo_quotes),
		cmocka_unit_test(test_undo_own),
		cmocka_unit_test(test_undo_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
