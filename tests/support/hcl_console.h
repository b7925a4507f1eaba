/* What `terraform console` said about expressions (tests/data/hcl/eval/console.tsv), and what the
 * evaluator says. */
#ifndef TESTS_SUPPORT_HCL_CONSOLE_H
#define TESTS_SUPPORT_HCL_CONSOLE_H

#include "common/buf.h"

struct console_row {
    char *expression;
    char *type;  /* as the console prints it, on one line; "!" when it refuses the expression */
    char *value; /* as jsonencode writes it */
};

struct console_rows {
    char *text;
    struct console_row *items;
    size_t n;
    size_t wrong;
};

/* Fails the test when the file cannot be read. */
void console_rows_read(struct console_rows *out);
void console_rows_done(struct console_rows *rows);

enum console_verdict {
    CONSOLE_SAME,    /* the same value and type; or refused there and not known here */
    CONSOLE_UNKNOWN, /* known there, unknown here and not said to be refused */
    CONSOLE_WRONG,
};
/* What the evaluator makes of it; why: the difference, or the reason. */
enum console_verdict console_compare(const struct console_row *row, struct buf *why);

#endif
