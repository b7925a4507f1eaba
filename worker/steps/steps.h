/*
 * The steps of an item, in the order in which item.c calls them. Each reads and fills struct
 * item_run and answers 0 (go on), one of step_answer (run->end says how), or an error class.
 */
#ifndef WORKER_STEPS_STEPS_H
#define WORKER_STEPS_STEPS_H

#include "common/base.h"
#include "worker/item.h"

enum step_answer {
    STEP_ENDED = 1,    /* a terminal state is known */
    STEP_DEFERRED = 2, /* not now: run->end->wait_ms says when again */
    STEP_RECORDED = 3, /* claim: it had ended before; only its event is to be sent again */
    STEP_HAS_PLAN = 4, /* find_pr: a saved plan was read back; go on with publish */
};

int step_claim(struct item_run *run, struct err *err) MUST_USE;
int step_find_pr(struct item_run *run, struct err *err) MUST_USE;
int step_decide(struct item_run *run, struct err *err) MUST_USE;
int step_fetch(struct item_run *run, struct err *err) MUST_USE;
int step_analyze(struct item_run *run, struct err *err) MUST_USE;
int step_generate(struct item_run *run, struct err *err) MUST_USE;
/* The part of it that asks the model. rule_refused: why run->rule makes no fix; NULL without one.
 */
int step_generate_model(struct item_run *run, const char *rule_refused, struct err *err) MUST_USE;
int step_check(struct item_run *run,
               struct err *err) MUST_USE; /* the gate; then the plan is saved */
int step_publish(struct item_run *run, struct err *err) MUST_USE; /* branch, pull request */
int step_record(struct item_run *run, struct err *err) MUST_USE;  /* state, event */

/* The gate over run->edited: 0, whatever it says; run->gate is filled. */
int step_judge(struct item_run *run, struct err *err) MUST_USE;
const struct gate_layer_result *gate_first_failed(const struct gate_report *report); /* or NULL */
/* Fills run->end; returns STEP_ENDED. */
int step_end(struct item_run *run, const char *state, const char *format, ...) PRINTF_LIKE(3, 4);
/* Likewise, as its pull request says: the one of run->branch. */
struct forge_pr;
int step_end_with(struct item_run *run, const struct forge_pr *pr);
/* The open pull request of any generation of this finding: 0, its branch in run->branch; or
 * FORGE_NO_PR, which leaves run->branch as it was. */
int step_find_open(struct item_run *run, struct forge_pr *pr, struct err *err) MUST_USE;
/* Fills run->end; returns STEP_DEFERRED. */
int step_defer(struct item_run *run, int64_t wait_ms, const char *format, ...) PRINTF_LIKE(3, 4);
/* Marks a failure of our own Redis or Kafka, which costs the item nothing. Returns r. */
int step_own_door(struct item_run *run, int r);
/* ERR_RETRY when the lease is gone or a stop was asked: nothing outside may be written any more. */
int step_may_write(struct item_run *run, struct err *err) MUST_USE;
/* The branch of this item in a generation; long_name after a collision with another fingerprint. */
void step_branch_name(const struct item_run *run, int64_t generation, bool long_name,
                      char out[256]);
/* Makes the commit of a plan in the mirror, for publish and for the diff that check shows. */
struct plan;
int publish_commit(struct item_run *run, const struct plan *plan, char out_commit[GIT_ID_BYTES],
                   struct err *err) MUST_USE;
/* The repository's mirror in run->mirror, opened once. */
int step_open_mirror(struct item_run *run, struct err *err) MUST_USE;

#endif
