/*
 * Table: rows of texts for people. Columns are as wide as their widest cell, up to a limit; the
 * last takes what the terminal leaves. What others wrote may not steer the terminal: control
 * characters are shown as question marks.
 *
 *     table_row(&table, cells) … -> table_write(&table, columns, &out) -> table_done
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "common/base.h"
#include "common/buf.h"

#define TABLE_COLUMNS_MAX 8
#define TABLE_CELL_WIDTH  44 /* of all columns but the last */

struct table {
    const char *titles[TABLE_COLUMNS_MAX];
    size_t columns;
    char **cells; /* row by row */
    size_t n, capacity;
    bool no_memory;
};

/* Copies the cells; as many as there are columns. */
void table_row(struct table *table, const char *const *cells);
/* terminal: its columns; 0 no limit. */
void table_write(const struct table *table, int terminal, struct buf *out);
void table_done(struct table *table);
/* Of standard output; 0 when it is no terminal. */
int table_terminal_columns(void);
/* "45s", "12m", "3h", "5d" since then. */
void table_age(int64_t now_unix_ms, int64_t then_unix_ms, char out[24]);

#endif
