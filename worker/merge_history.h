/*
 * Merge history: what people did with the pull requests of one author, a rule or a model, as far as
 * Plumbline has seen it: an item that comes again looks for its pull request, and finds it merged
 * or closed.
 *
 *     merge_history_opened (fingerprint, author) … merge_history_ended -> merge_history_read
 *
 * In Redis, for the whole fleet; each pull request counts once. A hint for reviewers and nothing
 * else: when Redis forgets, it begins anew, and no failure here costs an item anything.
 */
#ifndef WORKER_MERGE_HISTORY_H
#define WORKER_MERGE_HISTORY_H

#include "common/base.h"

struct item_run;

struct merge_history {
    int64_t merged, closed; /* closed: without merging */
};

/* run's author is its model, if it asked one, else its rule. */
void merge_history_opened(struct item_run *run);
void merge_history_ended(struct item_run *run, bool merged);
struct merge_history merge_history_read(const struct item_run *run); /* zeros when not known */

#endif
