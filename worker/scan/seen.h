/*
 * Seen: the worst answer of a rule about a block so far. A block that several roots run is asked
 * once for each, and told once.
 *
 *     seen_new -> seen_worse … -> seen_count -> seen_free
 */
#ifndef WORKER_SCAN_SEEN_H
#define WORKER_SCAN_SEEN_H

#include "worker/rules/rules.h"

struct seen;

/* From good to bad. A block that one root's call suppresses and another's does not is not. */
enum seen_answer {
    SEEN_NOT_APPLICABLE,
    SEEN_HOLDS,
    SEEN_SUPPRESSED,
    SEEN_UNKNOWN,
    SEEN_FAILS,
};

int seen_new(struct seen **out, struct err *err) MUST_USE;
void seen_free(struct seen *seen);
DEFINE_CLEANUP(struct seen *, seen_free)
/* Notes the answer. *out: is it worse than every one before (the first is)? rule NULL notes the
 * block itself. ERR_FATAL. */
int seen_worse(struct seen *seen, const struct rule *rule, const struct hcl_node *block,
               enum seen_answer answer, bool *out, struct err *err) MUST_USE;
/* How many (rule, block) ended with the answer; blocks themselves are not counted. */
size_t seen_count(const struct seen *seen, enum seen_answer answer);
size_t seen_blocks(const struct seen *seen);

#endif
