/*
 * Functions: Terraform's, as far as they are evaluated. A row of a table names one, how many
 * arguments it takes, and whether every argument must be a known value before it is called.
 *
 * What is not in a table is unknown with the function's name, never a guess.
 */
#ifndef WORKER_HCL_FUNCTIONS_H
#define WORKER_HCL_FUNCTIONS_H

#include "worker/hcl/value.h"

struct arguments {
    struct hcl_repo *repo;
    const struct hcl_value **items;
    size_t n;
};

typedef const struct hcl_value *(*function_fn)(const struct arguments *arguments);

struct function {
    const char *name;
    size_t min, max;
    bool needs_known; /* no argument is open or null when it is called */
    function_fn call;
};

#define ANY_COUNT LIST_MAX

extern const struct function TEXT_FUNCTIONS[];
extern const size_t TEXT_FUNCTION_COUNT;
extern const struct function LIST_FUNCTIONS[];
extern const size_t LIST_FUNCTION_COUNT;
extern const struct function OTHER_FUNCTIONS[];
extern const size_t OTHER_FUNCTION_COUNT;

#endif
