/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of a hive: types, sizes and UTF-16 of any kind. */
#include "hive_here.h"

#include "cleanup.h"
#include "win.h"

#include <string.h>

struct fixture {
	struct tree tree;
	struct hive_here here;
	struct vw_guest guest;
	struct vw_system system;
	struct vw_win win;
	struct vw_win_hive hive;
};

static struct fixture *start(const char *lines)
{
	struct fixture *f = calloc(1, sizeof(*f));

	tree_new(&f->tree);
	hive_write(&f->tree, "/Windows/System32/config/SYSTEM", lines, NULL);
	f->here.tree = &f->tree;
	f->guest = (struct vw_guest){
		.files = f->tree.host, .hives = &hive_here_source, .hives_data = &f->here
	};
	f->win = (struct vw_win){ .guest = &f->guest,
		.system = &f->system,
		.root = "/Windows",
		.ceiling = VW_CONFIDENCE_HIGH };
	assert_int_equal(vw_win_hive_open(&f->win, "SYSTEM", &f->hive), 0);
	return f;
}

static void end(struct fixture *f)
{
	vw_win_hive_close(&f->hive);
	vw_system_free(&f->system);
	vw_names_free(&f->win.doubts);
	tree_free(&f->tree);
	free(f);
}

static void is_text(const char *bytes, size_t len, const char *want)
{
	vw_auto_free char *got = vw_win_utf8(bytes, len);

	assert_string_equal(got, want);
}

static void utf16(void **state)
{
	char *big = malloc(65536), *got;

	(void)state;
	is_text("", 0, "");
	is_text("a", 1, "");
	is_text("a\0b\0", 4, "ab");
	is_text("a\0b", 3, "a");       /* half a unit */
	is_text("a\0\0\0b\0", 6, "a"); /* behind the NUL */
	is_text("\xe9\0\xac\x20", 4, "\xc3\xa9\xe2\x82\xac");
	is_text("\x3d\xd8\x00\xde", 4, "\xf0\x9f\x98\x80");
	is_text("\x3d\xd8", 2, "\xef\xbf\xbd");           /* a lone high surrogate, */
	is_text("\x3d\xd8\x61\0", 4, "\xef\xbf\xbd\x61"); /* before something else, */
	is_text("\x3d\xd8\x00", 3, "\xef\xbf\xbd");       /* before half a unit, */
	is_text("\x00\xde\x61\0", 4, "\xef\xbf\xbd\x61"); /* a lone low one */
	is_text("\x3d\xd8\x3d\xd8\x00\xde", 6, "\xef\xbf\xbd\xf0\x9f\x98\x80");
	for (size_t i = 0; i < 65536; i += 2)
		memcpy(big + i, "\xac\x20", 2);
	got = vw_win_utf8(big, 65536);
	assert_in_range(strlen(got), VW_WIN_TEXT_MAX - 8, VW_WIN_TEXT_MAX);
	free(got);
	free(big);
}

static void types(void **state)
{
	struct fixture *f = start("[A\\B]\ntext=sz:some text\nnumber=dword:7\nblob=hex:01 ff\n"
				  "odd=hex(1):61 00 62\nshort=hex(4):01 02\nlong=hex(4):1 2 3 4 5\n"
				  "=sz:default\nempty=hex(1):\nexpand=hex(2):78 00 00 00\n");
	vw_auto_free char *text = NULL, *odd = NULL, *def = NULL, *expand = NULL, *none = NULL;
	unsigned char bytes[2];
	uint32_t number = 0;
	int64_t node;

	(void)state;
	assert_int_equal(vw_win_key(&f->hive, f->hive.root, "a\\b", &node), 0);
	assert_int_equal(vw_win_text(&f->hive, node, "TEXT", &text), 0);
	assert_string_equal(text, "some text");
	assert_int_equal(vw_win_text(&f->hive, node, "odd", &odd), 0);
	assert_string_equal(odd, "a");
	assert_int_equal(vw_win_text(&f->hive, node, "", &def), 0);
	assert_string_equal(def, "default");
	assert_int_equal(vw_win_text(&f->hive, node, "expand", &expand), 0);
	assert_string_equal(expand, "x");
	assert_int_equal(vw_win_text(&f->hive, node, "number", &none), -EBADMSG);
	assert_null(none);
	assert_int_equal(vw_win_text(&f->hive, node, "nothing", &none), -ENOENT);

	assert_int_equal(vw_win_dword(&f->hive, node, "number", &number), 0);
	assert_int_equal(number, 7);
	assert_int_equal(vw_win_dword(&f->hive, node, "text", &number), -EBADMSG);
	assert_int_equal(vw_win_dword(&f->hive, node, "short", &number), -EBADMSG);
	assert_int_equal(vw_win_dword(&f->hive, node, "long", &number), -EBADMSG);
	assert_int_equal(number, 7);

	assert_int_equal(vw_win_bytes(&f->hive, node, "blob", bytes, 2), 2);
	assert_memory_equal(bytes, "\x01\xff", 2);
	assert_int_equal(vw_win_bytes(&f->hive, node, "blob", bytes, 1), -EFBIG);
	assert_int_equal(vw_win_bytes(&f->hive, node, "text", bytes, 2), -EBADMSG);
	end(f);
}

static void lists(void **state)
{
	struct fixture *f =
		start("[A]\nthree=multi:one|two|three\nsingle=sz:one\nnone=multi:\n"
		      "open=hex(7):61 00 00 00 62 00\npair=hex(1):61 00 00 00 62 00 00 00\n");
	struct vw_names names;
	int64_t node;

	(void)state;
	assert_int_equal(vw_win_key(&f->hive, f->hive.root, "A", &node), 0);
	assert_int_equal(vw_win_texts(&f->hive, node, "three", 3, &names), 0);
	assert_int_equal(names.n, 3);
	assert_string_equal(names.v[2], "three");
	vw_names_free(&names);
	assert_int_equal(vw_win_texts(&f->hive, node, "three", 2, &names), -E2BIG);
	assert_int_equal(names.n, 0);
	assert_int_equal(vw_win_texts(&f->hive, node, "single", 3, &names), 0);
	assert_int_equal(names.n, 1);
	vw_names_free(&names);
	assert_int_equal(vw_win_texts(&f->hive, node, "none", 3, &names), 0);
	assert_int_equal(names.n, 0);
	assert_int_equal(
		vw_win_texts(&f->hive, node, "open", 3, &names), 0); /* no NUL at the end */
	assert_int_equal(names.n, 2);
	assert_string_equal(names.v[1], "b");
	vw_names_free(&names);
	assert_int_equal(vw_win_texts(&f->hive, node, "pair", 3, &names), 0);
	assert_int_equal(names.n, 1);
	vw_names_free(&names);
	end(f);
}

static void keys(void **state)
{
	struct fixture *f = start("[A\\B\\C]\nx=sz:y\n");
	char *longer = calloc(1, 600);
	int64_t node;

	(void)state;
	assert_int_equal(vw_win_key(&f->hive, f->hive.root, "A\\B\\C", &node), 0);
	assert_int_equal(vw_win_key(&f->hive, f->hive.root, "A\\X\\C", &node), -ENOENT);
	assert_int_equal(vw_win_key(&f->hive, f->hive.root, "A\\\\C", &node), -ENOENT);
	memset(longer, 'x', 599);
	assert_int_equal(vw_win_key(&f->hive, f->hive.root, longer, &node), -ENOENT);
	free(longer);
	end(f);
}

static void hives(void **state)
{
	struct fixture *f = start("[A]\nx=sz:y\n");
	struct vw_win_hive other;

	(void)state;
	assert_int_equal(f->win.ceiling, VW_CONFIDENCE_HIGH);
	vw_win_hive_close(&f->hive);
	assert_int_equal(vw_win_hive_open(&f->win, "DRIVERS", &other), -ENOENT);
	assert_int_equal(f->win.doubts.n, 0);

	tree_file(&f->tree, "/Windows/System32/config/DRIVERS", "this is no hive");
	assert_true(vw_win_hive_open(&f->win, "DRIVERS", &other) < 0);
	assert_int_equal(f->win.doubts.n, 1);
	assert_string_equal(f->system.findings.v[0].id, "windows-hive-unreadable");

	/* one that is there, and leads nowhere, is no hive that is missing */
	tree_link(&f->tree, "/Windows/System32/config/COMPONENTS",
		"unsupported reparse tag 0x80000017");
	assert_int_equal(vw_win_hive_open(&f->win, "COMPONENTS", &other), -EIO);
	assert_int_equal(f->win.doubts.n, 2);

	hive_unfinished(&f->tree, "/Windows/System32/config/SYSTEM");
	assert_int_equal(vw_win_hive_open(&f->win, "system", &f->hive), 0);
	assert_int_equal(f->win.ceiling, VW_CONFIDENCE_LOW);
	assert_string_equal(f->system.findings.v[2].id, "windows-hive-dirty");
	end(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf16),
		cmocka_unit_test(types),
		cmocka_unit_test(lists),
		cmocka_unit_test(keys),
		cmocka_unit_test(hives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
