/*
 * Render: the Terraform text that a fix writes, in lines, with a blank one before a nested block.
 * Indentation and columns are the editor's (hcl/edit.h), which lays out all that it puts in.
 */
#ifndef WORKER_RULES_RENDER_H
#define WORKER_RULES_RENDER_H

#include "common/buf.h"
#include "worker/rules/check.h"

struct render_need { /* an input, and what the repository gives for it */
    const struct rule_need *need;
    char candidate[600]; /* "aws_kms_key.k.arn"; "" when there is not exactly one */
    size_t n_candidates;
    bool is_taken; /* it was */
};
struct render_made { /* a resource that is written */
    const char *type;
    const char *name;
};
struct render {
    const char *subject; /* what {subject} becomes: "aws_s3_bucket.data", "each.value", … */
    const char *name;    /* {name}: the subject's Terraform name */
    const struct rule_input *inputs;
    size_t n_inputs;
    struct render_need *needs; /* asked where inputs say nothing */
    size_t n_needs;
    const char *missing;             /* set to the first input that was not given */
    const struct render_need *taken; /* set when a candidate was taken: a name of its module */
    /* While resources are written for a subject with count or for_each: what tells the instances
     * apart ("each.key"), which goes behind {name} in texts and into references to made. */
    const char *key;
    const struct render_made *made;
    size_t n_made;
};

const char *render_input(struct render *render, const char *name); /* NULL and missing set */
void render_literals(struct render *render, const struct literals *literals, struct buf *out);
/* Would an expression of a pack be Terraform? ERR_REJECT, with what is wrong. */
int expression_check(const struct literal *literal, struct err *why) MUST_USE;
/* A key of an object, in quotes where it needs them. */
void render_key(const char *key, struct buf *out);
/* The inside of a block. */
void render_body(struct render *render, const struct body *body, struct buf *out);
/* "type {\n … }", without a newline at its end. */
void render_block(struct render *render, const char *type, const struct body *body,
                  struct buf *out);

#endif
