/*
 * Gate: what stands between a generated fix and a pull request. The same layers, in the same order,
 * whoever made the fix. Each layer is one small function in a file of its own; the first failure
 * ends the run, later layers say "not run".
 *
 *     parse -> addresses -> limits -> denied -> regressions -> widening -> companions -> inventions
 *           -> predicate -> rescan -> fmt -> validate -> plan
 *
 * Companions and inventions look at a model's fix alone, and are not named for a rule's. A layer
 * that could not run (no terraform on this machine, no provider schema) says so and does not fail.
 */
#ifndef WORKER_GATE_GATE_H
#define WORKER_GATE_GATE_H

#include "common/base.h"
#include "worker/hcl/edit/edit.h"
#include "worker/hcl/module/module.h"
#include "worker/rules/rules.h"

#define GATE_LAYERS_MAX        14
#define GATE_FILES_MAX         4
#define GATE_CHANGED_LINES_MAX 200
#define GATE_FILE_MAX_BYTES    ((size_t)256 * 1024)

enum gate_verdict { GATE_PASSED, GATE_FAILED, GATE_NOT_RUN };

struct gate_layer_result {
    const char *layer; /* static */
    enum gate_verdict verdict;
    char detail[400];
};
struct gate_report {
    struct gate_layer_result layers[GATE_LAYERS_MAX];
    size_t n;
    bool passed; /* no layer failed */
};

struct gate_plan_settings {
    bool with_state;                /* the configured backend and the cloud are asked */
    const char *const *environment; /* "NAME=value", NULL-ended: what the operator gives a plan */
};

struct gate_input {
    const struct rules *rules;
    const struct rule *rule; /* NULL: no rule answers (LLM): the predicate layer is "not run" */
    bool by_model;           /* a stranger wrote it: what cannot be known is refused */
    const struct rule_input *inputs; /* what a model may name besides what the repository does */
    size_t n_inputs;
    struct hcl_repo *before;
    const char *directory;           /* of the root module */
    const char *address;             /* of the resource, or of one instance with its keys */
    const struct hcl_edited *edited; /* the fix */
    size_t n_edited;
    const char (*predicted)[256]; /* addresses that may differ */
    size_t n_predicted;
    const char *terraform_binary;          /* "" or NULL: never run */
    const char *terraform_mirror;          /* "" or NULL: none */
    const struct gate_plan_settings *plan; /* NULL: no plan is wanted */
    const char *scratch_dir; /* an existing private directory for terraform's copies */
    bool (*should_stop)(void *context);
    void *stop_context;
};

/* 0: report filled, whatever the verdict. ERR_RETRY: terraform's machinery failed; ERR_FATAL. */
int gate_run(const struct gate_input *input, struct gate_report *report, struct err *err) MUST_USE;
const char *gate_verdict_name(enum gate_verdict verdict); /* "passed", "failed", "not run" */

#endif
