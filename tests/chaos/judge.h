/*
 * Judge: do the promises hold over what a run left behind? I1 to I10 of the failure model, each
 * over plain facts (a JSON document), so that a test can feed it a violation of every one.
 *
 *     facts_collect (facts.h)  ->  judge(facts, JUDGE_ENDED, stdout)  ->  the number of violations
 *
 * The facts:
 *     records   on the topics of items, the retry topics and the dead-letter queue: topic,
 *               partition, offset, fp ("" when unreadable), generation, from ("topic/partition/
 *               offset" of a dead letter's original)
 *     sent      the audit topic: id, kind, fp, generation, state, node_id, partition, offset
 *     log       the audit log: bad_line, why, lines, and events (as in sent)
 *     states    what Redis holds: fp, state
 *     pulls     of the forge: repository, number, fp, state, url, head_commit, tip, paths
 *     github    of the fake GitHub, else null: most_open_per_head, writes, least_gap_ms,
 *               most_per_minute
 *     offsets   topic, partition, committed (-1: none), end; sink: the sink's group
 *     ends      the workers' own lines about items that they ended: fp, unix_ms
 *     leaks     canaries found: where; files_searched
 *     redis_losses   how often Redis lost what it knew; redis_lost_at: when (unix_ms), or nothing
 *     held_up   requests to GitHub were held up on their way, or sent while Redis was away or had
 *               lost what it knew: then the gap between two that arrive says nothing
 */
#ifndef TESTS_CHAOS_JUDGE_H
#define TESTS_CHAOS_JUDGE_H

#include <stdio.h>

#include "common/base.h"

struct json;

enum judge_moment {
    JUDGE_ENDED,   /* everything has come to rest: every promise is due */
    JUDGE_UNDERWAY /* in the middle: only what must hold at every instant */
};

/* Prints one line for each invariant, and one for each violation (the first twenty of a kind). */
int judge(const struct json *facts, enum judge_moment moment, FILE *out) MUST_USE;

/* --- for the parts of the judge --- */

#define INVARIANTS 10

struct verdict {
    const char *what; /* what was counted */
    int64_t looked_at;
    int64_t violations;
    bool not_due; /* there was nothing to judge it by, or it is too early */
};

struct judgement {
    const struct json *facts;
    enum judge_moment moment;
    FILE *out;
    bool lossy;                              /* Redis has lost what it knew */
    struct verdict verdicts[INVARIANTS + 1]; /* by number */
};

void judge_violation(struct judgement *j, int invariant, const char *format, ...) PRINTF_LIKE(3, 4);
void judge_items(struct judgement *j);   /* I1, I4, I8 */
void judge_effects(struct judgement *j); /* I2, I6, I7, I9 */
void judge_trail(struct judgement *j);   /* I3, I5, I10 */

#endif
