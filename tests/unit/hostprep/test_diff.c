/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of hostprep/diff.c. */
#include "files.h"

#include "diff.h"

#define HEAD   "--- a/f\n+++ b/f\n"
#define NO_END "\\ No newline at end of file\n"

static void test_as_diff_writes_it(void **state)
{
	static const struct {
		const char *before, *after, *diff;
	} rows[] = {
		{ "a\n", "a\n", "" },
		{ "", "", "" },
		{ "a\n", "b\n", HEAD "@@ -1 +1 @@\n-a\n+b\n" },
		{ "", "a\nb\n", HEAD "@@ -0,0 +1,2 @@\n+a\n+b\n" },
		{ "a\nb\n", "", HEAD "@@ -1,2 +0,0 @@\n-a\n-b\n" },
		{ "a\nb\n", "a\nx\nb\n", HEAD "@@ -1,2 +1,3 @@\n a\n+x\n b\n" },
		{ "1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\n5\nx\n",
			HEAD "@@ -3,4 +3,4 @@\n 3\n 4\n 5\n-6\n+x\n" },
		{ "x\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\n5\n6\n",
			HEAD "@@ -1,4 +1,4 @@\n-x\n+1\n 2\n 3\n 4\n" },
		/* six lines between two changes: one hunk; seven: two */
		{ "a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
			HEAD "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n" },
		{ "a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
			HEAD "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n"
			     "@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n" },
		{ "a", "b\n", HEAD "@@ -1 +1 @@\n-a\n" NO_END "+b\n" },
		{ "a\n", "a", HEAD "@@ -1 +1 @@\n-a\n+a\n" NO_END },
		{ "x\na", "y\na", HEAD "@@ -1,2 +1,2 @@\n-x\n+y\n a\n" NO_END },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(rows); i++) {
		struct vw_bytes before = bytes(rows[i].before), after = bytes(rows[i].after);
		vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };

		vw_diff(&out, "/f", &before, &after);
		assert_string_equal(out.data ? out.data : "", rows[i].diff);
	}
}

static void test_new_and_binary(void **state)
{
	struct vw_bytes text = bytes("a\n"), binary = { .data = "a\0b\n", .len = 4 }, none = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 }, new = { 0 }, empty = { 0 };

	(void)state;
	vw_diff(&new, "/f", NULL, &text);
	assert_string_equal(new.data, "--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+a\n");
	vw_diff(&empty, "/f", NULL, &none);
	assert_string_equal(empty.data, "--- /dev/null\n+++ b/f\n");
	vw_diff(&out, "/f", &text, &binary);
	assert_string_equal(out.data, "Binary files a/f and b/f differ\n");
}

/* Applies a diff as patch does, and trusts nothing in it. */
static void apply(const struct vw_bytes *before, const char *diff, struct vw_bytes *after)
{
	const char *from = before->data, *end = from + before->len;
	size_t line = 1;

	if (!diff || !*diff) {
		vw_bytes_add(after, before->data, before->len);
		return;
	}
	assert_int_equal(strncmp(diff, HEAD, strlen(HEAD)), 0);
	for (diff += strlen(HEAD); *diff;) {
		size_t a, n = 1, b, m = 1;
		const char *p = diff;

		assert_int_equal(sscanf(p, "@@ -%zu", &a), 1);
		p += strcspn(p + 3, " ,") + 3;
		if (*p == ',')
			n = strtoul(p + 1, NULL, 10);
		p = strchr(p, '+');
		b = strtoul(p + 1, NULL, 10);
		p += strcspn(p, " ,");
		if (*p == ',')
			m = strtoul(p + 1, NULL, 10);
		(void)b;
		for (diff = strchr(p, '\n') + 1; line < (n ? a : a + 1); line++) {
			size_t len = strcspn(from, "\n") + 1;

			vw_bytes_add(after, from, len);
			from += len;
		}
		while (n || m) {
			size_t len = strcspn(diff + 1, "\n") + 1;
			bool cut = !strncmp(diff + 1 + len, NO_END, strlen(NO_END));

			if (*diff != '+') {
				assert_memory_equal(from, diff + 1, len - cut);
				from += len - cut;
				line++;
				n--;
			}
			if (*diff != '-') {
				vw_bytes_add(after, diff + 1, len - cut);
				m--;
			}
			diff += 1 + len + (cut ? strlen(NO_END) : 0);
		}
	}
	vw_bytes_add(after, from, (size_t)(end - from));
}

static void random_text(struct vw_bytes *text, unsigned int kinds)
{
	int n = rand() % 40;

	for (int i = 0; i < n; i++)
		vw_bytes_addf(text, "%u\n", (unsigned int)rand() % kinds);
	if (rand() % 4 == 0)
		vw_bytes_addf(text, "end");
	if (!text->data)
		vw_bytes_add(text, "", 0);
}

static void test_gives_what_it_was_made_of(void **state)
{
	(void)state;
	srand(7);
	for (int i = 0; i < 3000; i++) {
		vw_auto(vw_bytes_free) struct vw_bytes before = { 0 }, after = { 0 }, got = { 0 };
		vw_auto(vw_bytes_free) struct vw_bytes diff = { 0 };

		random_text(&before, 2 + (unsigned int)i % 20);
		random_text(&after, 2 + (unsigned int)i % 20);
		vw_diff(&diff, "/f", &before, &after);
		apply(&before, diff.data, &got);
		assert_true(vw_bytes_equal(&got, &after));
	}
}

/* A table of all pairs of lines would take 40 GB. */
static void test_large(void **state)
{
	vw_auto(vw_bytes_free) struct vw_bytes before = { 0 }, after = { 0 }, got = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes diff = { 0 };

	(void)state;
	for (int i = 0; i < 100000; i++) {
		vw_bytes_addf(&before, "%d\n", i);
		vw_bytes_addf(&after, "%d\n", i + 1);
	}
	vw_diff(&diff, "/f", &before, &after);
	apply(&before, diff.data, &got);
	assert_true(vw_bytes_equal(&got, &after));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_diff_writes_it),
		cmocka_unit_test(test_new_and_binary),
		cmocka_unit_test(test_gives_what_it_was_made_of),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
