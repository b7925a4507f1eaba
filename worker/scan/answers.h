/*
 * Answers: the worst answer of a rule about a block so far. A block that several roots run is asked
 * once for each, and told once.
 *
 *     answers_new -> answers_worse … -> answers_count -> answers_free
 */
#ifndef WORKER_SCAN_ANSWERS_H
#define WORKER_SCAN_ANSWERS_H

#include "worker/rules/rules.h"

struct answers;

/* From good to bad. A block that one root's call suppresses and another's does not is not. */
enum worst_answer {
    ANSWER_NOT_APPLICABLE,
    ANSWER_HOLDS,
    ANSWER_SUPPRESSED,
    ANSWER_UNKNOWN,
    ANSWER_FAILS,
};

int answers_new(struct answers **out, struct err *err) MUST_USE;
void answers_free(struct answers *answers);
DEFINE_CLEANUP(struct answers *, answers_free)
/* Notes the answer. *out: is it worse than every one before (the first is)? rule NULL notes the
 * block itself. ERR_FATAL. */
int answers_worse(struct answers *answers, const struct rule *rule, const struct hcl_node *block,
                  enum worst_answer answer, bool *out, struct err *err) MUST_USE;
/* How many (rule, block) ended with the answer; blocks themselves are not counted. */
size_t answers_count(const struct answers *answers, enum worst_answer answer);
size_t answers_blocks(const struct answers *answers);

#endif
