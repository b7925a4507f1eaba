/*
 * Gate inside: what the layers share. A layer looks at one gate_run and writes one result; gate.c
 * holds the order.
 */
#ifndef WORKER_GATE_GATE_INSIDE_H
#define WORKER_GATE_GATE_INSIDE_H

#include "worker/gate/gate.h"

#define GATE_CHANGES_MAX 64

struct gate_run {
    const struct gate_input *in;
    struct hcl_module *before; /* the root module; NULL until the parse layer */
    struct hcl_repo *after;
    struct hcl_module *root_after;
};

/* 0 with result filled; a negative class when the machinery itself failed. */
typedef int (*gate_layer_fn)(struct gate_run *run, struct gate_layer_result *result,
                             struct err *err);

int gate_parse(struct gate_run *run, struct gate_layer_result *result, struct err *err) MUST_USE;
int gate_addresses(struct gate_run *run, struct gate_layer_result *result,
                   struct err *err) MUST_USE;
int gate_limits(struct gate_run *run, struct gate_layer_result *result, struct err *err) MUST_USE;
int gate_denied(struct gate_run *run, struct gate_layer_result *result, struct err *err) MUST_USE;
int gate_regressions(struct gate_run *run, struct gate_layer_result *result,
                     struct err *err) MUST_USE;
int gate_widening(struct gate_run *run, struct gate_layer_result *result, struct err *err) MUST_USE;
int gate_companions(struct gate_run *run, struct gate_layer_result *result,
                    struct err *err) MUST_USE;
int gate_inventions(struct gate_run *run, struct gate_layer_result *result,
                    struct err *err) MUST_USE;
int gate_predicate(struct gate_run *run, struct gate_layer_result *result,
                   struct err *err) MUST_USE;
int gate_rescan(struct gate_run *run, struct gate_layer_result *result, struct err *err) MUST_USE;
int gate_fmt(struct gate_run *run, struct gate_layer_result *result, struct err *err) MUST_USE;
int gate_plan(struct gate_run *run, struct gate_layer_result *result, struct err *err) MUST_USE;
int gate_validate(struct gate_run *run, struct gate_layer_result *result, struct err *err) MUST_USE;

/* Each writes the verdict and the sentence, and returns 0. */
int gate_pass(struct gate_layer_result *result, const char *format, ...) PRINTF_LIKE(2, 3);
int gate_fail(struct gate_layer_result *result, const char *format, ...) PRINTF_LIKE(2, 3);
int gate_not_run(struct gate_layer_result *result, const char *format, ...) PRINTF_LIKE(2, 3);

/* The edited file as it was and as it is; NULL when new, or broken. */
const struct hcl_file *gate_before(const struct gate_run *run, const char *path);
const struct hcl_file *gate_after(const struct gate_run *run, const char *path);

/* --- for the layers that run terraform (scratch.c) --- */
struct scratch {
    char path[4096]; /* a fresh directory; removed by scratch_done */
};
int scratch_new(struct scratch *scratch, const char *parent, struct err *err) MUST_USE;
void scratch_done(struct scratch *scratch);
/* Writes root/relative, with its directories. relative was checked by the limits layer or comes
 * from git. */
int scratch_write(const char *root, const char *relative, const char *bytes, size_t len,
                  struct err *err) MUST_USE;

#endif
