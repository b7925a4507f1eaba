/*
 * Rule words: what a rule demands and what its fix does, as a person reads it.
 */
#ifndef WORKER_SCAN_RULE_WORDS_H
#define WORKER_SCAN_RULE_WORDS_H

#include "common/buf.h"
#include "worker/rules/rules.h"

#define RULE_INPUTS_MAX 16

/* By our id, or by an alias with or without its source ("checkov:CKV_AWS_18", "CKV_AWS_18"). */
bool rule_is_named(const struct rule *rule, const char *name);
const char *rule_class_name(enum rule_class class); /* "SAFE" … */
/* The names of the inputs that the fix asks for, each once. */
size_t rule_inputs(const struct rule *rule, const char *out[RULE_INPUTS_MAX]);
/* What the input means to a person; NULL: the rule takes no such input, or its pack does not say.
 */
const char *rule_input_means(const struct rule *rule, const char *name);
/* A line for each of them, with its meaning where the pack tells it. */
void rule_input_words(const struct rule *rule, struct buf *out);
/* "plumb fix writes it", "plumb fix needs the input log_bucket", "by hand: …". */
void rule_fix_words(const struct rule *rule, struct buf *out);
/* What must hold, a line for each demand, "  " for each level. */
void rule_must_words(const struct rule *rule, struct buf *out);
/* The verbs of its demands, "attribute, companion", each once in order. */
void rule_verbs(const struct rule *rule, struct buf *out);

#endif
