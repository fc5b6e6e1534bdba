/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_table: columns, branches, and foreign bytes in cells. */
#include "cmocka_first.h"

#include "table.h"

#include <stdlib.h>
#include <string.h>

static const char *const heads[] = { "A", "LONGER", "C" };

/* What the table looks like. */
static char *draw(struct vw_table *table, bool utf8, bool color)
{
	struct vw_output output = { .utf8 = utf8, .color = color };
	char *text = NULL;
	size_t len = 0;

	output.out = open_memstream(&text, &len);
	assert_non_null(output.out);
	assert_int_equal(vw_table_write(table, &output), 0);
	fclose(output.out);
	return text;
}

static void fill(struct vw_table *table)
{
	vw_table_begin(table, heads, 3);
	vw_table_row(table, false, VW_STYLE_BOLD);
	vw_table_cell(table, 0, "top");
	vw_table_cell(table, 2, "%d", 7);
	vw_table_row(table, true, VW_STYLE_PLAIN);
	vw_table_cell(table, 0, "x");
	vw_table_cell(table, 1, "wide enough");
	vw_table_row(table, true, VW_STYLE_PLAIN);
	vw_table_cell(table, 0, "\xc3\xa4");
	vw_table_cell(table, 2, "end");
	vw_table_row(table, false, VW_STYLE_PLAIN);
	vw_table_row(table, true, VW_STYLE_PLAIN);
	vw_table_cell(table, 0, "last");
}

static void test_shape(void **state)
{
	struct vw_table table;
	char *text;

	(void)state;
	fill(&table);
	text = draw(&table, false, false);
	assert_string_equal(text, "A        LONGER       C\n"
				  "top      -            7\n"
				  "|- x     wide enough\n"
				  "`- \xc3\xa4     -            end\n"
				  "-        -\n"
				  "`- last  -\n");
	free(text);
	text = draw(&table, true, false);
	assert_string_equal(text, "A        LONGER       C\n"
				  "top      -            7\n"
				  "├─ x     wide enough\n"
				  "└─ \xc3\xa4     -            end\n"
				  "-        -\n"
				  "└─ last  -\n");
	free(text);
	text = draw(&table, false, true);
	assert_non_null(strstr(text, "\n\033[1mtop      -            7\033[0m\n"));
	assert_non_null(strstr(text, "\n|- x "));
	free(text);
	vw_table_end(&table);
}

static void test_hostile(void **state)
{
	struct vw_table table;
	char *text, *huge = malloc(100001);

	(void)state;
	assert_non_null(huge);
	memset(huge, '\001', 100000);
	huge[100000] = '\0';
	vw_table_begin(&table, heads, 3);
	vw_table_cell(&table, 0, "no row yet");
	vw_table_row(&table, false, VW_STYLE_PLAIN);
	vw_table_cell(&table, 3, "no such column");
	vw_table_cell(&table, 0, "a\nb\033[2J\xc2\x9b\xff");
	vw_table_cell(&table, 2, "%s", huge);
	text = draw(&table, false, false);
	assert_non_null(strstr(text, "a\\x0ab\\x1b[2J\\xc2\\x9b\\xff"));
	assert_int_equal(strlen(strstr(text, "\\x01")), 400001);
	for (const char *p = text; *p; p++)
		assert_true(*p == '\n' || (*p >= ' ' && *p < 127));
	free(text);
	free(huge);
	vw_table_end(&table);
}

static void test_lost(void **state)
{
	struct vw_output output = { .out = stderr };
	struct vw_table table;

	(void)state;
	vw_table_begin(&table, heads, 3);
	table.lost = true;
	assert_int_equal(vw_table_write(&table, &output), -ENOMEM);
	vw_table_end(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shape),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
