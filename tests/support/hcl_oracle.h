/*
 * Oracle: what the tests share that ask `terraform fmt` about many files at once.
 *
 *     oracle_set_up -> oracle_need(oracle.canonical, …) -> dir = oracle_new_dir("odd")
 *         -> oracle_write(dir, i, …) … -> hcl_fmt(dir, …) -> oracle_tear_down
 *
 * One per process; whatever cannot be made ends the test.
 */
#ifndef TESTS_SUPPORT_HCL_ORACLE_H
#define TESTS_SUPPORT_HCL_ORACLE_H

#include "tests/support/hcl_corpus.h"
#include "worker/hcl/syntax/tree.h"

#define ORACLE_OUTPUT_MAX ((size_t)32 * 1024 * 1024)

struct oracle {
    struct hcl_corpus *corpus;    /* as found; NULL: there is none */
    struct hcl_corpus *canonical; /* after terraform fmt; NULL without terraform */
    struct buf told;              /* by terraform fmt on the way there */
    char *scratch;
};
extern struct oracle oracle;

/* cmocka's set-up and tear-down of a group. The corpus is laid out by terraform once for all. */
int oracle_set_up(void **state);
int oracle_tear_down(void **state);

/* Skips the test, loudly, when what is NULL. */
void oracle_need(const void *what, const char *name);
/* A directory in the scratch directory; borrowed until the next call. */
const char *oracle_new_dir(const char *name);
/* dir/f00012.tf for number 12. */
void oracle_write(const char *dir, size_t number, const char *bytes, size_t len);
/* NULL when it is refused. */
struct hcl_file *oracle_parse(const char *path, const char *bytes, size_t len);

#endif
