/*
 * Expected: what the generated repository's author says a plan would make of it, one resource
 * instance a line (hcl_repository.awk has the columns). For the HCL bench alone; one thread.
 */
#ifndef TESTS_BENCH_HCL_EXPECTED_H
#define TESTS_BENCH_HCL_EXPECTED_H

#include "common/base.h"

struct expected_row {
    const char *arn, *root, *address, *file, *type, *name;
    const char *change, *change_value; /* an argument of the block, and what it becomes */
    const char *add, *add_value;       /* one that it has not */
};
struct expected {
    char *text; /* the rows point into it */
    struct expected_row *rows;
    size_t n;
};

/* ERR_REJECT: absent, or a line with another number of columns. */
int expected_read(struct expected *out, const char *path, struct err *err) MUST_USE;
void expected_done(struct expected *expected);

#endif
