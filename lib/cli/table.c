/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table: two passes over the cells: widths, then lines. */
#include "table.h"

#include "cleanup.h"
#include "text.h"

#include <stdarg.h>
#include <string.h>

void vw_table_begin(struct vw_table *table, const char *const *heads, size_t n_columns)
{
	memset(table, 0, sizeof(*table));
	table->heads = heads;
	table->n_columns = n_columns < VW_TABLE_COLUMNS ? n_columns : VW_TABLE_COLUMNS;
}

void vw_table_end(struct vw_table *table)
{
	for (size_t i = 0; i < table->n_rows; i++)
		for (size_t c = 0; c < VW_TABLE_COLUMNS; c++)
			free(table->rows[i].cells[c]);
	free(table->rows);
	memset(table, 0, sizeof(*table));
}

void vw_table_row(struct vw_table *table, bool child, enum vw_style style)
{
	struct vw_table_row *rows;

	rows = reallocarray(table->rows, table->n_rows + 1, sizeof(*rows));
	if (!rows) {
		table->lost = true;
		return;
	}
	table->rows = rows;
	rows[table->n_rows++] = (struct vw_table_row){ .child = child, .style = style };
}

void vw_table_cell(struct vw_table *table, size_t column, const char *fmt, ...)
{
	vw_auto_free char *raw = NULL;
	char *safe;
	size_t size;
	va_list ap;
	int rc;

	if (table->lost || table->n_rows == 0 || column >= table->n_columns)
		return;
	va_start(ap, fmt);
	rc = vasprintf(&raw, fmt, ap);
	va_end(ap);
	if (rc < 0) {
		raw = NULL;
		table->lost = true;
		return;
	}
	size = 4 * strlen(raw) + 1; /* \xNN for every byte */
	safe = malloc(size);
	if (!safe) {
		table->lost = true;
		return;
	}
	vw_text_escape(safe, size, raw);
	free(table->rows[table->n_rows - 1].cells[column]);
	table->rows[table->n_rows - 1].cells[column] = safe;
}

/* Columns that an escaped, so valid, UTF-8 text takes; wide and combining characters are counted as one. */
static size_t width_of(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static const char *cell_of(const struct vw_table *table, const struct vw_table_row *row, size_t c)
{
	if (row->cells[c])
		return row->cells[c];
	return c + 1 < table->n_columns ? "-" : "";
}

static const char *branch_of(const struct vw_table *table, size_t row, bool utf8)
{
	bool last = row + 1 == table->n_rows || !table->rows[row + 1].child;

	if (!table->rows[row].child)
		return "";
	if (utf8)
		return last ? "└─ " : "├─ ";
	return last ? "`- " : "|- ";
}

static void write_padded(FILE *out, const char *text, size_t used, size_t width, bool last)
{
	fputs(text, out);
	if (!last)
		fprintf(out, "%*s", (int)(width - used) + 2, "");
}

static void write_row(const struct vw_table *table, size_t i, const size_t *widths,
	const struct vw_output *output)
{
	const struct vw_table_row *row = &table->rows[i];
	const char *branch = branch_of(table, i, output->utf8);

	fputs(branch, output->out);
	fputs(vw_style_on(output, row->style), output->out);
	for (size_t c = 0; c < table->n_columns; c++) {
		const char *text = cell_of(table, row, c);
		size_t used = width_of(text) + (c == 0 ? width_of(branch) : 0);
		bool last = c + 1 == table->n_columns;

		/* no blanks at the end of a line */
		if (c + 2 == table->n_columns && !*cell_of(table, row, c + 1))
			last = true;
		write_padded(output->out, text, used, widths[c], last);
	}
	fputs(vw_style_off(output, row->style), output->out);
	fputc('\n', output->out);
}

int vw_table_write(const struct vw_table *table, const struct vw_output *output)
{
	size_t widths[VW_TABLE_COLUMNS] = { 0 };

	if (table->lost)
		return -ENOMEM;
	for (size_t c = 0; c < table->n_columns; c++)
		widths[c] = width_of(table->heads[c]);
	for (size_t i = 0; i < table->n_rows; i++) {
		for (size_t c = 0; c < table->n_columns; c++) {
			size_t width = width_of(cell_of(table, &table->rows[i], c));

			if (c == 0)
				width += width_of(branch_of(table, i, output->utf8));
			if (width > widths[c])
				widths[c] = width;
		}
	}
	for (size_t c = 0; c < table->n_columns; c++)
		write_padded(output->out, table->heads[c], width_of(table->heads[c]), widths[c],
			c + 1 == table->n_columns);
	fputc('\n', output->out);
	for (size_t i = 0; i < table->n_rows; i++)
		write_row(table, i, widths, output);
	return 0;
}
