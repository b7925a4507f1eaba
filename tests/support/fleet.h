/*
 * Repositories whose resources are known as a cloud knows them: what terraform's state says of each
 * ARN is held against what locate says of it.
 *
 *     fleet_read() -> fleet_judge() for a root -> score, score.doubts -> fleet_done()
 *
 * A resource without an ARN is not judged. Nothing fails here but what is unreadable. One thread.
 */
#ifndef TESTS_SUPPORT_FLEET_H
#define TESTS_SUPPORT_FLEET_H

#include "common/buf.h"
#include "common/json.h"
#include "worker/hcl/aws/types.h"
#include "worker/hcl/locate/locate.h"

#define FLEET_DOUBTS_MAX ((size_t)1024 * 1024)

struct fleet_thing {
    char *address;        /* as terraform writes it: module.a["x"].aws_s3_bucket.b[0] */
    const char *type;     /* in the state */
    const char *arn, *id; /* in the state; NULL: it has none */
    bool is_named_by_arn; /* false: its ARN is that of another thing, which it refers to */
};
struct fleet {
    struct json *state;
    struct fleet_thing *things;
    size_t n;
};
/* The managed resources of a raw terraform.tfstate, version 4. */
void fleet_read(struct fleet *out, const char *path);
void fleet_done(struct fleet *fleet);

struct fleet_score {
    size_t resources;
    size_t arns;      /* that name the resource: what is judged */
    size_t sure;      /* one sure answer, and the right instance */
    size_t unkeyed;   /* one sure answer, and the right block; which instance cannot be told */
    size_t ambiguous; /* several answers or a candidate, and the right one is among them */
    size_t outside;   /* no answer, and the table has no such ARN */
    size_t missed;    /* no answer, though the table has such ARNs: said aloud */
    size_t wrong;     /* other resources are the answer: said aloud */
    /* Lines "address, answer, reason" of every ARN that is not sure, one for each answer. */
    struct buf doubts;
};
/* with: what is known besides the ARN of each thing (a state …); NULL: nothing. Adds to score. */
void fleet_judge(const struct hcl_module *root, const struct fleet *fleet,
                 const struct hcl_query *with, struct fleet_score *score);
/* Prints the score in one line. */
void fleet_report(const char *title, const struct fleet_score *score);

#endif
