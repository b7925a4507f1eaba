/* What the files of bench_hcl_repository share; the story stands in hcl_repository.c. */
#ifndef TESTS_BENCH_HCL_REPOSITORY_H
#define TESTS_BENCH_HCL_REPOSITORY_H

#include "tests/bench/hcl_expected.h"
#include "tests/bench/side.h"
#include "worker/hcl/module/module.h"

#define ROOTS_MAX 1024

struct repository {
    const char *directory;
    struct side_files files;
    struct expected expected;
    const char *roots[ROOTS_MAX]; /* of the repository opened last; borrowed from it */
    struct hcl_module *modules[ROOTS_MAX];
    size_t n_roots;
};

/* The command "edit"; context is a repository. ERR_REJECT, ERR_FATAL. */
int repository_edit(void *context, const char *argument, struct err *err) MUST_USE;

#endif
