/*
 * Functions: Terraform's. A row of a table names one, how its arguments are converted, and what
 * calls it. functions.c converts and checks; the rows stand in functions_*.c, by subject.
 *
 * Written from HashiCorp's documentation of each function and from what `terraform console`
 * answers, which tests/data/hcl/eval keeps. What is not evaluated (it reads files, the clock or
 * chance, or its bytes depend on an implementation) stands in a table too, with the reason. What is
 * in no table does not exist in Terraform 1.11, unless it is a provider's.
 */
#ifndef WORKER_HCL_FUNCTIONS_FUNCTIONS_H
#define WORKER_HCL_FUNCTIONS_FUNCTIONS_H

#include "worker/hcl/eval/convert.h"
#include "worker/hcl/eval/value.h"

struct arguments {
    struct hcl_repo *repo;
    const char *name;
    const struct hcl_value **items;
    size_t n;
};

typedef const struct hcl_value *(*function_fn)(const struct arguments *arguments);

enum {
    TAKES_OPEN = 1, /* called even when an argument is not known */
    TAKES_NULL = 2, /* … or null */
    PASSES_ON = 4,  /* the elements of what it gives are those of its arguments */
    GIVES_TEXT = 8, /* unknown or not, it gives a text; likewise a number, a bool */
    GIVES_NUMBER = 16,
    GIVES_BOOL = 32,
};

/*
 * parameters: one letter each, the last one repeated as often as needed when a '*' follows it.
 * s text, n number, a any, b list of bools, l list of any, t list of texts, x set of any, m map of
 * lists of texts.
 */
struct function {
    const char *name;
    const char *parameters;
    size_t min, max;
    int flags;
    function_fn call;
    const char *why; /* instead of call: why it is not evaluated */
};

#define ANY_COUNT LIST_MAX

extern const struct function TEXT_FUNCTIONS[], FORMAT_FUNCTIONS[], REGEX_FUNCTIONS[],
    NUMBER_FUNCTIONS[], LIST_FUNCTIONS[], MAP_FUNCTIONS[], SET_FUNCTIONS[], CHOOSE_FUNCTIONS[],
    CODE_FUNCTIONS[], JSON_FUNCTIONS[], NETWORK_FUNCTIONS[], TIME_FUNCTIONS[], OUTSIDE_FUNCTIONS[];
extern const size_t TEXT_FUNCTION_COUNT, FORMAT_FUNCTION_COUNT, REGEX_FUNCTION_COUNT,
    NUMBER_FUNCTION_COUNT, LIST_FUNCTION_COUNT, MAP_FUNCTION_COUNT, SET_FUNCTION_COUNT,
    CHOOSE_FUNCTION_COUNT, CODE_FUNCTION_COUNT, JSON_FUNCTION_COUNT, NETWORK_FUNCTION_COUNT,
    TIME_FUNCTION_COUNT, OUTSIDE_FUNCTION_COUNT;

/* The i-th of all, in no particular order; NULL past the end. */
const struct function *function_at(size_t i);

/* --- for the rows --- */
static inline const char *text_at(const struct arguments *a, size_t i)
{
    return a->items[i]->text;
}
/* An integer argument; false: it is none. */
static inline bool int_at(const struct arguments *a, size_t i, int64_t *out)
{
    return value_index(a->items[i], out);
}
/* "name: what", invalid. */
static inline const struct hcl_value *refuse(const struct arguments *a, const char *what)
{
    return value_invalid(a->repo, "%s: %s", a->name, what);
}
/* functions_json.c: the text of a value, as jsonencode writes it. */
void write_json(struct hcl_repo *repo, struct buf *out, const struct hcl_value *v, int depth);

#endif
