/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table: columns for people, whose rows may hang below another row like the leaves of a tree. */
#ifndef VW_TABLE_H
#define VW_TABLE_H

#include "output.h"

#define VW_TABLE_COLUMNS 12

struct vw_table_row {
	bool child; /* hangs below the last row that is none */
	enum vw_style style;
	char *cells[VW_TABLE_COLUMNS]; /* NULL = empty */
};

struct vw_table {
	const char *const *heads;
	size_t n_columns;
	struct vw_table_row *rows;
	size_t n_rows;
	bool lost; /* out of memory: something is missing */
};

/* heads: n_columns titles that live as long as the table. */
void vw_table_begin(struct vw_table *table, const char *const *heads, size_t n_columns);
void vw_table_end(struct vw_table *table);

/* Begins a row; its cells start empty. */
void vw_table_row(struct vw_table *table, bool child, enum vw_style style);
/* Fills a cell of the last row; the text is escaped here, so any bytes may come. */
void vw_table_cell(struct vw_table *table, size_t column, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* 0 or -ENOMEM. An empty cell in front of the last column is shown as "-". */
int vw_table_write(const struct vw_table *table, const struct vw_output *output);

#endif
