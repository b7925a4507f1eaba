/*
 * Made: what the evaluator notes down while it runs, so that provenance.h can answer.
 *
 * Each running expression has a frame in which the values it reads are noted; what it gives is
 * then made of them. A note is either of the whole value or of its structure alone (what decides
 * its length and keys): a function that passes elements on needs the structure, for the elements
 * carry their own history.
 */
#ifndef WORKER_HCL_EVAL_MADE_H
#define WORKER_HCL_EVAL_MADE_H

#include "worker/hcl/eval/eval.h"
#include "worker/hcl/eval/provenance.h"

#define FRAME_FEW 6

struct made_input {
    const struct hcl_value *value;
    bool whole;
};

struct hcl_made {
    struct hcl_origin at;
    bool is_literal, is_written;
    unsigned round;                /* the last walk that met it */
    const struct hcl_made *before; /* what the value had, when it was only passed on */
    size_t n;
    const struct made_input *inputs;
};

struct frame {
    bool whole; /* how reads are noted */
    bool hidden;
    size_t n, cap;
    struct made_input *inputs;
    struct made_input few[FRAME_FEW];
};

/* v was read by the expression that runs. */
void frame_note(struct hcl_repo *repo, const struct hcl_value *v);
/* Reads until frame_show(repo, the answer) are not noted. */
bool frame_hide(struct hcl_repo *repo);
void frame_show(struct hcl_repo *repo, bool was_hidden);

/* What node gives, with its history: a copy of v. */
const struct hcl_value *made_of(const struct scope *scope, const struct hcl_node *node,
                                const struct hcl_value *v, const struct frame *frame);
/* v stands at node, an argument, local …: the same with that span in front. */
const struct hcl_value *made_written(const struct scope *scope, const struct hcl_node *node,
                                     const struct hcl_value *v);
/* v was made from another value's structure. */
const struct hcl_value *made_from(struct hcl_repo *repo, const struct hcl_value *v,
                                  const struct hcl_value *from);

#endif
