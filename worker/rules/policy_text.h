/*
 * Policy text: the statement as the fix writes it, in the three forms that a document has.
 *
 *     policy_text_object() in jsonencode, policy_text_block() in a data source, policy_text_json()
 *         in JSON -> policy_json.c
 */
#ifndef WORKER_RULES_POLICY_TEXT_H
#define WORKER_RULES_POLICY_TEXT_H

#include "worker/rules/policy_statement.h"

struct policy_words {
    const struct policy_want *want;
    const char *sid;
    const char *self; /* the subject as an expression, "aws_s3_bucket.data" or "each.value" */
};
struct policy_style { /* of the object beside it */
    bool quoted_keys;
    bool colons;
};
struct policy_layout {  /* of JSON */
    const char *indent; /* where the statement begins */
    const char *step;   /* one level more; "": all in one line */
    const char *colon;  /* between a key and its value */
};

void policy_text_object(const struct policy_words *words, const struct policy_style *style,
                        struct buf *out);
void policy_text_block(const struct policy_words *words, struct buf *out);
void policy_text_json(const struct policy_words *words, const struct policy_layout *layout,
                      struct buf *out);

/* The bytes of a template (a heredoc or a quoted text) with the JSON statement added. 0; a positive
 * answer: *why says what cannot be done. ERR_REJECT, ERR_FATAL. */
int policy_json_extend(const struct hcl_file *file, const struct hcl_node *node,
                       const struct policy_words *words, const char **why, struct buf *out,
                       struct err *err) MUST_USE;

#endif
