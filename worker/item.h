/*
 * One item's way, straight down the page: claim, find_pr, decide, fetch, analyze, generate, check,
 * publish, record. Each step is a file under steps/ and works on struct item_run.
 *
 *     item_walk(services, item, record, &end, err)
 *
 * Holds:    each step may be repeated after a crash at any point: what is outside is looked up
 * before it is made, and nothing is written once the lease is gone. Does not: commit offsets
 * (worker.c), or decide when a deferred item comes again (outlet.c).
 */
#ifndef WORKER_ITEM_H
#define WORKER_ITEM_H

#include "common/base.h"
#include "common/buf.h"
#include "common/digest.h"
#include "common/redis/claim_store.h"
#include "common/redis/resource_lock.h"
#include "proto/item.h"
#include "worker/gate/gate.h"
#include "worker/git/git.h"
#include "worker/hcl/edit/edit.h"
#include "worker/hcl/eval/evaluate.h"
#include "worker/merge_history.h"
#include "worker/rules/rules.h"

#define ITEM_WAIT_SHORTEST (-1)

struct services;
struct queue_record;
struct lease;
struct model_trace;
struct plan;

struct item_end {   /* how an item ended, or why not yet */
    char state[24]; /* PR_OPEN ADOPTED MERGED CLOSED_BY_HUMAN NO_CHANGE SUPPRESSED PENDING_REVIEW
                       DLQ */
    char reason[ERR_TEXT_BYTES + 64];
    char pr_url[512];
    char branch[256];
    char fp[SHA256_HEX_BYTES];
    char control[200];
    char *details_json; /* owned; NULL when there is nothing to tell */
    bool dry_run;
    bool repeated; /* it had ended before this delivery; only its event was sent again */
    /* ITEM_DEFERRED only */
    /* At least; 0: the tier of attempts decides; ITEM_WAIT_SHORTEST: the shortest tier. */
    int64_t wait_ms;
    int64_t attempts;
    bool charged; /* the last of them now: the wait is not shorter than its tier's */
};
void item_end_done(struct item_end *end);

enum item_answer {
    ITEM_DEFERRED = 1, /* not ended: put it on a retry topic */
};

/* What the steps hand on. Everything below the line is owned and freed by item_walk. */
struct item_run {
    struct services *services;
    const struct item *item;
    const struct queue_record *record; /* NULL when it did not come from a topic */
    const struct rule *rule;           /* NULL: no rule answers */
    char control[200];                 /* canonical: a rule's id, or "source:test" */
    char fp[SHA256_HEX_BYTES];
    char branch[256];
    struct item_end *end;
    bool is_alone;        /* in its worker, which died under it before */
    bool own_door_failed; /* Kafka or Redis, not the item: wait and walk again */
    const char *stage;    /* the step under way */
    /* ---- */
    struct claim claim;
    struct lease *lease;
    struct resource_lock lock; /* key "": not held */
    struct git_mirror *mirror;
    char base_branch[256];
    char base_commit[GIT_ID_BYTES];
    struct hcl_repo *repo;
    struct hcl_module *root;
    const struct hcl_resource *resource;
    const struct hcl_instance *instance; /* that the finding names; NULL: the whole block */
    bool in_any_root;                    /* the block fits under several roots; root is the first */
    char located_how[256];
    struct hcl_edits *edits;
    const struct hcl_edited *edited;
    size_t n_edited;
    struct rule_outcome outcome;
    struct model_trace *model; /* how the model came to the edits; NULL: they are a rule's */
    struct gate_report gate;
    struct merge_history history; /* of the rule or the model that made it */
    struct plan *plan;
};

/*
 * 0: the item has ended; its state is recorded, its event is acked, or services->settling stands
 * for the ack. ITEM_DEFERRED: end says from when. ERR_RETRY: our own Redis or Kafka is away, or a
 * stop was asked: the claim is given back, nothing is recorded; walk again. ERR_FATAL. *end is
 * always to be freed with item_end_done.
 */
int item_walk(struct services *services, const struct item *item, const struct queue_record *record,
              struct item_end *end, struct err *err) MUST_USE;

#endif
